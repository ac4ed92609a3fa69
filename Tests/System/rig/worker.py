"""One instance of one worker program: its process, its state folder, its probes."""

import json
import os
import shutil
import urllib.error
import urllib.request
from pathlib import Path

from .apache.installation import KAFKA
from .processes import OwnedProcess
from .waiting import wait_until

ROOT = Path(__file__).parents[3]
# STAMPEDE_BINARIES: of another build, as `make hostile SANITIZER=address` makes one.
BINARIES = Path(os.environ.get("STAMPEDE_BINARIES", ROOT / ".build" / "release"))
# The development broker answers a fetch with all it has, whatever limit the request names, and librdkafka refuses
# answers above 100 MB. No client of Apache Kafka needs this.
ANSWER_BYTES_MAX = 2_000_000_000
# What every client must be told, beside where the broker is; None: nothing.
KAFKA_PROPERTIES = f"receive.message.max.bytes={ANSWER_BYTES_MAX}" if KAFKA is None else None
READY_SECONDS = 150
STOP_SECONDS = 10


class Worker:
    """Started, killed and started again as often as a test likes; the state folder stays until it is deleted. A flag
    that takes no value has True; one that is not given has None."""

    def __init__(self, service, directory, brokers, instance="1", clock="stream", flags=(), binaries=BINARIES):
        self.service = service
        self.instance = instance
        self.name = f"{service}-{instance}"
        self.state = Path(directory) / "state" / self.name
        self.flags = {
            "--brokers": brokers,
            "--state-dir": self.state,
            "--instance": instance,
            "--http-port": 0,
            "--clock": clock,
            "--kafka-properties": KAFKA_PROPERTIES,
            **dict(flags),
        }
        given = [flag for flag in self.flags.items() if flag[1] is not None]
        argv = [Path(binaries) / service, *(word for flag in given for word in flag if word is not True)]
        self.process = OwnedProcess(self.name, argv, Path(directory) / "logs" / f"{self.name}.log")
        self._port = None

    def start(self):
        self._port = None
        self.state.mkdir(parents=True, exist_ok=True)
        self.process.start()
        return self

    @property
    def running(self):
        return self.process.running

    def stop(self):
        """SIGTERM; returns the exit code, negative when it had to be killed."""
        return self.process.stop(STOP_SECONDS)

    def kill(self):
        return self.process.kill()

    def delete_state(self):
        assert not self.running, f"{self.name} still uses its state"
        shutil.rmtree(self.state)

    def log_lines(self):
        """This run's log as dictionaries; a line that is not a JSON object comes as {"text": line}."""
        return [_parsed(line) for line in self.process.output().splitlines()]

    @property
    def has_port(self):
        """Whether this run has said where it listens."""
        return self._port is not None or any("httpPort" in line for line in self.log_lines())

    @property
    def port(self):
        """The HTTP port, which the worker names in its log once it listens."""
        if self._port is None:
            self._port = self.process.wait_for_output(
                lambda _: next((line["httpPort"] for line in self.log_lines() if "httpPort" in line), None),
                READY_SECONDS,
                "its HTTP port",
            )
        return self._port

    def get(self, path):
        """(status, body) of a probe; (0, "") while nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def is_ready(self):
        if not self.running:
            raise AssertionError(f"{self.name} ended with {self.process.exit_code}:\n{self.process.tail()}")
        return self.get("/readyz")[0] == 200

    def wait_ready(self, seconds=READY_SECONDS):
        wait_until(
            self.is_ready,
            seconds,
            lambda: f"{self.name} to be ready; it says {self.get('/readyz')}, its log ends\n{self.process.tail()}",
        )
        return self

    def partitions_running(self):
        return sum(value for name, value in self.metrics().items() if "stampede_tasks{" in name and '"running"' in name)

    def wait_holding(self, count, seconds=READY_SECONDS):
        wait_until(
            lambda: self.is_ready() and self.partitions_running() == count,
            seconds,
            lambda: f"{self.name} to hold {count} partitions; its log ends\n{self.process.tail()}",
        )

    def metrics(self):
        """Sample name with labels → value, as the Prometheus text has them."""
        status, text = self.get("/metrics")
        assert status == 200, f"{self.name}: /metrics answered {status}"
        samples = (line.rpartition(" ") for line in text.splitlines() if line and not line.startswith("#"))
        return {name: float(value) for name, _, value in samples}

    def resident_bytes(self):
        """Resident memory now, and its peak."""
        return self.process.resident_bytes()


def _parsed(line):
    try:
        value = json.loads(line)
    except ValueError:
        return {"text": line}
    return value if isinstance(value, dict) else {"text": line}
