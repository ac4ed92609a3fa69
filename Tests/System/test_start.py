"""How a worker starts: what it answers before it has met a broker, how it is stopped then, what it refuses."""

import json
import os
import socket
import subprocess
import time
from contextlib import closing, contextmanager

import pytest
from rig.sanitizer import watched
from rig.worker import BINARIES, Worker

# A stop that waits for no broker takes a few milliseconds; this is a busy machine's.
PROMPT_SECONDS = 3
REFUSED = 64


@contextmanager
def silent_broker():
    """Takes connections and never answers."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def no_broker():
    with silent_broker() as address:
        pass
    yield address


@pytest.mark.parametrize("brokers", [no_broker, silent_broker])
def test_a_worker_answers_probes_and_hears_a_stop_before_it_has_met_a_broker(tmp_path, brokers):
    with brokers() as address:
        worker = Worker("points-engine", tmp_path, address, flags={"--startup-timeout-ms": 60_000})
        started = time.monotonic()
        worker.start()
        try:
            assert worker.get("/livez") == (200, "ok\n")
            assert time.monotonic() - started < PROMPT_SECONDS
            assert worker.get("/readyz")[0] == 503
            assert worker.get("/metrics")[0] == 200
            told = time.monotonic()
            assert worker.stop() == 0
            assert time.monotonic() - told < PROMPT_SECONDS
        finally:
            worker.kill()
    assert worker.log_lines()[-1]["message"] == "stopped"


WRONG = {
    "security.protocol=ssl,ssl.ca.location=/nowhere/ca.pem": "ssl.ca.location",
    "security.protocol=sasl_ssl,sasl.mechanisms=NOPE,sasl.username=u,sasl.password=hunter2": "NOPE",
    "security.protocol=sasl_ssl,sasl.mechanisms=PLAIN": "sasl.username",
    "security.protocol=sasl_plaintext,sasl.mechanisms=SCRAM-SHA-512,sasl.username=u": "sasl.password",
    "enable.auto.commit=true,transactional.id=x": "transactional.id",
    "ssl.ca.locatoin=/nowhere/ca.pem": "did you mean ssl.ca.location",
}


@pytest.mark.parametrize("program", ["points-engine", "loyalty"])
@pytest.mark.parametrize("properties", WRONG)
def test_a_wrong_setting_is_refused_by_name_and_harms_no_memory(program, properties):
    """A client that librdkafka refuses to make was freed twice."""
    argv = [BINARIES / program, *(["status"] if program == "loyalty" else [])]
    ended = subprocess.run(
        argv,
        env={
            **os.environ,
            "STAMPEDE_BROKERS": "127.0.0.1:1",
            "STAMPEDE_KAFKA_PROPERTIES": properties + "\n",
            **watched(),
        },
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert ended.returncode == REFUSED, ended.stderr
    assert WRONG[properties] in ended.stderr
    assert "AddressSanitizer" not in ended.stderr
    assert "hunter2" not in ended.stderr


def test_a_plugin_beside_a_wrong_setting_harms_no_memory(tmp_path):
    """librdkafka frees a plug-in's interceptors when it makes no client (librdkafka #4142)."""
    source = tmp_path / "plugin.c"
    source.write_text(
        "#include <librdkafka/rdkafka.h>\n"
        "static rd_kafka_resp_err_t made(rd_kafka_t *rk, const rd_kafka_conf_t *conf, void *own, char *why, size_t n)"
        "{ return 0; }\n"
        "rd_kafka_resp_err_t conf_init(rd_kafka_conf_t *conf, void **own, char *why, size_t n)\n"
        '{ return rd_kafka_conf_interceptor_add_on_new(conf, "test", made, 0); }\n'
    )
    plugin = tmp_path / "plugin.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", plugin, source], check=True)
    ended = subprocess.run(
        [
            *(BINARIES / "loyalty", "status", "--brokers", "127.0.0.1:1", "--kafka-properties"),
            f"plugin.library.paths={plugin},security.protocol=ssl,ssl.ca.location=/nowhere/ca.pem",
        ],
        env={**os.environ, **watched()},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert ended.returncode == REFUSED, ended.stderr
    assert "ssl.ca.location" in ended.stderr and "AddressSanitizer" not in ended.stderr


def test_a_debug_line_of_the_command_is_one_json_object_with_each_name_once():
    with no_broker() as address:
        ended = subprocess.run(
            [
                *(BINARIES / "loyalty", "status", "--brokers", address, "--log-level", "debug"),
                *("--kafka-properties", "debug=broker"),
            ],
            capture_output=True,
            text=True,
            timeout=60,
        )
    lines = [line for line in ended.stderr.splitlines() if line.startswith("{")]
    assert lines
    for line in lines:
        names = json.loads(line, object_pairs_hook=lambda pairs: [name for name, _ in pairs])
        assert len(names) == len(set(names)), line
