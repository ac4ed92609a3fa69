"""Records that a worker cannot get past: what they cause does not fit, or they kill it. Each becomes a dead letter, and
what comes behind it is unharmed."""

import json
import signal

import pytest
from conftest import PROGRAMME_FILE
from rig.books import Books
from rig.broker import Broker
from rig.platform import Platform
from rig.sanitizer import watched
from rig.topic import Publisher, create_topic, delete_topic, read_topic
from rig.waiting import wait_until
from rig.worker import Worker

# Starts that end before the record is known as the one to blame, and the one that goes on.
STARTS_MAX = 8
START_SECONDS = 60
# How long a worker waits for a topic that a broker says is not there, and a bit.
MISSING_SECONDS = 60
LONG_HEADER = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".ljust(1_048_300, b"0")
NOWHERE = 99


def purchase(member, number):
    return {
        "type": "purchase.completed",
        "id": f"{member}-{number}",
        "occurredAt": f"2017-03-01T10:{number:02d}:00-05:00",
        "source": "store-1",
        "member": {"id": member},
        "currency": "USD",
        "lines": [{"sku": "A1", "category": "grocery", "quantity": 1, "amount": "10.00"}],
    }


def encoded(document):
    return json.dumps(document).encode()


def letters(platform, service):
    return [(letter.headers["dl_error"].decode(), letter) for letter in platform.read(f"{service}.dead-letters")]


@pytest.fixture(scope="module")
def platform(programme):
    with Platform() as platform:
        platform.operator.run("programs", "publish", PROGRAMME_FILE)
        yield platform


def book_a_canary(platform, programme, member):
    publisher = platform.publisher()
    publisher.send("commerce.purchases", member, encoded(purchase(member, 1)))
    publisher.flush()
    platform.wait_drained()
    assert [entry["cause"] for entry in Books(platform, programme["id"]).entries if entry["memberId"] == member]


def test_a_traceparent_of_a_mebibyte_is_dropped_and_its_record_taken(platform, programme):
    command = {
        "type": "points.adjust", "id": "C-long", "occurredAt": "2017-03-01T10:00:00-05:00", "memberId": "M-long",
        "programId": programme["id"], "points": 7, "actor": "ann", "reason": "a lost receipt",
    }  # fmt: skip
    activity = {
        "type": "activity", "activity": "review.written", "id": "A-long", "occurredAt": "2017-03-01T10:00:00-05:00",
        "source": "app", "memberId": "M-long",
    }  # fmt: skip
    request = {
        "type": "privacy.erasure.requested", "id": "R-long", "occurredAt": "2017-03-01T10:00:00-05:00",
        "memberId": "M-gone",
    }  # fmt: skip
    publisher = platform.publisher()
    headers = [("traceparent", LONG_HEADER)]
    publisher.send("commerce.purchases", "M-long", encoded(purchase("M-long", 1)), headers)
    publisher.send("loyalty.commands", "M-long", encoded(command), headers)
    publisher.send("loyalty.activities", "M-long", encoded(activity), headers)
    publisher.send("privacy.requests", "M-gone", encoded(request), headers)
    publisher.flush()
    platform.wait_drained()
    entries = [entry for entry in Books(platform, programme["id"]).entries if entry["memberId"] == "M-long"]
    assert {entry["cause"] for entry in entries} == {"C-long", "M-long-1"}
    for service, records in (("transaction-ingest", 1), ("points-engine", 2), ("gdpr-worker", 1)):
        dropped = platform.worker(service).metrics()
        assert [value for name, value in dropped.items() if "traceparents_dropped" in name] == [records], service
    for topic in ("loyalty.transactions", "loyalty.ledger", "privacy.tasks", "privacy.certificates"):
        assert not any("traceparent" in record.headers for record in platform.read(topic))
    platform.check_running()


def test_what_is_for_a_partition_that_is_not_there_makes_a_dead_letter(platform, programme):
    lookup = {
        "type": "contact.removed", "digest": "00112233445566778899aabbccddeeff", "memberId": "M-1",
        "requestId": "R-1", "partition": NOWHERE,
    }  # fmt: skip
    budget = {
        "type": "budget.claimed", "id": "journey:spring:99:1", "occurredAt": "2017-03-01T10:00:00Z",
        "programId": "journey", "campaign": "spring", "partition": NOWHERE, "claim": 1, "points": 1,
    }  # fmt: skip
    publisher = platform.publisher()
    publisher.send("loyalty.lookups", "00112233445566778899aabbccddeeff", encoded(lookup))
    publisher.send("loyalty.budgets", "journey\x1fspring", encoded(budget))
    publisher.flush()
    book_a_canary(platform, programme, "M-canary-1")
    for service, topic in (("transaction-ingest", "loyalty.lookups"), ("points-engine", "loyalty.budgets")):
        (letter,) = [
            letter for code, letter in letters(platform, service) if letter.headers["dl_topic"].decode() == topic
        ]
        assert letter.headers["dl_error"] == b"unknown-partition"
        assert "partition that there is not" in letter.headers["dl_message"].decode()
    platform.check_running()


def test_a_topic_that_is_deleted_under_a_worker_ends_it_with_a_line_and_harms_no_memory(programme):
    """librdkafka freed the headers of the records twice that it refuses then."""
    with Platform() as platform:
        platform.operator.run("programs", "publish", PROGRAMME_FILE)
        engine = platform.worker("points-engine")
        assert engine.stop() == 0
        engine.process.env = watched()
        engine.start().wait_ready()
        book_a_canary(platform, programme, "M-before")
        delete_topic(platform.brokers, "loyalty.ledger")
        publisher = platform.publisher()
        for number in range(2, 30):
            publisher.send("commerce.purchases", f"M-{number}", encoded(purchase(f"M-{number}", number)))
        publisher.flush()
        wait_until(lambda: not engine.running, MISSING_SECONDS, "the engine to give up")
        assert engine.process.exit_code == 1, engine.process.tail()
        assert "a topic does not exist" in engine.log_lines()[-1]["message"]
        assert "AddressSanitizer" not in engine.process.output()
        assert not letters(platform, "points-engine")


def create_topics(broker, **of_counts):
    for topic in ("events", "ticks", "counts", "dead-letters", "counts.changelog"):
        settings = of_counts if topic == "counts" else {}
        create_topic(broker.address, f"trap-worker.{topic}", partitions=2, **settings)


def publish_counted(broker, *others):
    """Sixty events of three keys, and some others amidst them."""
    publisher = Publisher(broker.address)
    for number in range(60):
        if number == 31:
            for key, value in others:
                publisher.send("trap-worker.events", key, value)
        publisher.send("trap-worker.events", f"k{number % 3}", b"1000")
    publisher.flush()


def wait_counted(broker, worker):
    def all_are():
        assert worker.running, worker.process.tail()
        return len(read_topic(broker.address, "trap-worker.counts")) == 60

    wait_until(all_are, START_SECONDS, "all other records to be counted")


def test_what_is_larger_than_its_topic_takes_makes_a_dead_letter(tmp_path):
    with Broker(tmp_path / "broker") as broker:
        create_topics(broker, max_message_bytes=500)
        publish_counted(broker, ("k" * 600, b"1000"))
        worker = Worker("TrapWorker", tmp_path, broker.address)
        worker.start()
        try:
            wait_counted(broker, worker)
            (letter,) = read_topic(broker.address, "trap-worker.dead-letters")
            assert letter.headers["dl_error"] == b"output-too-large" and letter.key == b"k" * 600
            assert b"for trap-worker.counts has 729 bytes, and the topic takes 500" in letter.headers["dl_message"]
        finally:
            worker.kill()


@pytest.mark.parametrize(
    ("value", "number"), [("trap", signal.SIGILL), ("wild", signal.SIGSEGV), ("abort", signal.SIGABRT)]
)
def test_a_record_that_kills_the_worker_becomes_a_dead_letter(tmp_path, value, number):
    with Broker(tmp_path / "broker") as broker:
        create_topics(broker)
        publish_counted(broker, ("k1", value.encode()))
        worker = Worker("TrapWorker", tmp_path, broker.address)
        deaths = []

        def is_past_it():
            return bool(read_topic(broker.address, "trap-worker.dead-letters"))

        try:
            while len(deaths) < STARTS_MAX:
                worker.start()
                wait_until(lambda: not worker.running or is_past_it(), START_SECONDS, "the worker to die or go on")
                if worker.running:
                    break
                deaths.append(worker.process.exit_code)
                # What follows is the backtrace of the language.
                last = [line for line in worker.log_lines() if "message" in line][-1]
            wait_counted(broker, worker)
            (letter,) = read_topic(broker.address, "trap-worker.dead-letters")
            partition, offset = (letter.headers[f"dl_{name}"].decode() for name in ("partition", "offset"))
            place = f"trap-worker.events[{partition}]@{offset}"
            assert deaths == [-number] * len(deaths) and 4 <= len(deaths) <= 5
            assert last["message"] == f"the process dies of signal {int(number)} at {place}"
            assert letter.headers["dl_error"] == b"crashed-worker" and letter.value == value.encode()
            assert place in letter.headers["dl_message"].decode()
            assert worker.stop() == 0
            assert not list(worker.state.rglob("*.attempts")), "a stop in good order takes the notes away"
        finally:
            worker.kill()
