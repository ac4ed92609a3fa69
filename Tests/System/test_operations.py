"""What the person who runs the workers relies on: probes, metrics, stopping, and plain words when it cannot go on."""

import subprocess
import time

import pytest
from rig import purchases
from rig.platform import VOUCHER_SECRET
from rig.services import SERVICES
from rig.verdict import assert_books
from rig.waiting import wait_until
from rig.worker import BINARIES, STOP_SECONDS, Worker

METRICS = (
    "stampede_records_in_total",
    "stampede_records_out_total",
    "stampede_records_forwarded_total",
    "stampede_records_rejected_total",
    "stampede_records_dead_lettered_total",
    "stampede_cycles_committed_total",
    "stampede_commit_seconds_bucket",
    "stampede_partition_lag_records",
    "stampede_store_rows",
    "stampede_restore_remaining_records",
    "stampede_stores_rewriting",
)
UNREACHABLE_SECONDS = 20
DOUBLE_SECONDS = 120
FINAL_CLOCK = "2018-03-01T00:00:00-05:00"


@pytest.mark.parametrize("service", SERVICES)
def test_probes_answer_and_metrics_are_there(platform, service):
    worker = platform.worker(service)
    assert worker.get("/livez")[0] == 200
    assert worker.get("/readyz")[0] == 200
    assert worker.get("/nowhere")[0] == 404
    text = worker.get("/metrics")[1]
    missing = [name for name in METRICS if f"# TYPE {name.removesuffix('_bucket')} " not in text]
    assert not missing


def test_every_worker_stops_within_ten_seconds_under_load(platform, tmp_path):
    platform.publish_purchases(purchases.baskets(3000))
    for service in SERVICES:
        worker = platform.worker(service)
        started = time.monotonic()
        assert worker.stop() == 0, f"{worker.name}:\n{worker.process.tail()}"
        assert time.monotonic() - started < STOP_SECONDS


def test_of_two_processes_of_one_name_one_ends_in_words_and_the_other_goes_on(platform, programme, tmp_path):
    """Each takes the other's place in the group, until one of them believes that it is not alone."""
    first = platform.worker("transaction-ingest")
    flags = {name: value for name, value in first.flags.items() if name != "--state-dir"}
    second = Worker(first.service, tmp_path, platform.brokers, first.instance, platform.clock, flags).start()
    try:
        wait_until(lambda: not (first.running and second.running), DOUBLE_SECONDS, "one of the two to end")
        ended, left = (second, first) if first.running else (first, second)
        assert left.running and ended.process.exit_code == 1, ended.process.tail()
        errors = [line for line in ended.log_lines() if line.get("level") == "error"]
        assert len(errors) == 1 and "its own --instance" in errors[0]["message"], errors
        platform.workers[first.name] = left
        left.wait_ready()
        documents = purchases.baskets(300)
        platform.publish_purchases(documents)
        assert_books(platform, programme, documents, SERVICES, FINAL_CLOCK)
    finally:
        second.kill()


@pytest.mark.parametrize("service", SERVICES)
def test_an_unreachable_broker_ends_a_worker_with_one_error_line(service, tmp_path):
    flags = {"--startup-timeout-ms": 1000}
    if service == "notifier":
        flags |= {"--smtp-url": "smtp://127.0.0.1:1", "--mail-from": "loyalty@example.com"}
    if service == "reward-engine":
        flags |= {"--voucher-secret": VOUCHER_SECRET}
    worker = Worker(service, tmp_path, "127.0.0.1:1", flags=flags).start()
    try:
        assert worker.process.wait_for_exit(UNREACHABLE_SECONDS) > 0
    finally:
        worker.kill()
    errors = [line for line in worker.log_lines() if line.get("level", "error") == "error"]
    assert len(errors) == 1 and "127.0.0.1:1" in str(errors[0]), errors


@pytest.mark.parametrize("service", SERVICES)
def test_every_bad_setting_is_named_at_once(service, tmp_path):
    worker = Worker(service, tmp_path, "", flags={"--threads": "many", "--clock": "sideways"}).start()
    assert worker.process.wait_for_exit(10) == 64
    output = worker.process.output()
    assert all(name in output for name in ("--brokers", "--threads", "--clock")), output


@pytest.mark.parametrize("flags", [{}, {"--smtp-user": "points", "--smtp-password": "p"}])
def test_a_notifier_that_could_send_nothing_does_not_start(flags, tmp_path):
    worker = Worker("notifier", tmp_path, "127.0.0.1:1", flags=flags).start()
    assert worker.process.wait_for_exit(10) == 64
    output = worker.process.output()
    assert "--smtp-url" in output and ("--without-channels" in output) == (not flags), output


def test_the_programs_tell_their_version_and_their_settings():
    for program in (*SERVICES, "notifier-web", "loyalty"):
        for flag in ("--help", "--version"):
            told = subprocess.run([BINARIES / program, flag], capture_output=True, text=True, timeout=10)
            assert told.returncode == 0 and program in told.stdout, (program, flag, told)
