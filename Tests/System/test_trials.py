"""Real baskets through what a cluster of Apache Kafka does to its users: each trial ends in books that say what the
reference says, or in a stop that says what was lost.

STAMPEDE_BASKETS=N takes the first N; all of the year where it is not set. `make test-trials` runs them.
"""

import os
import re
import threading
import time

import pytest
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType
from conftest import PROGRAMME_FILE
from rig import members, purchases
from rig.apache.broker import ApacheBroker
from rig.apache.cluster import ApacheCluster
from rig.apache.secured import SecuredBroker, newer_library
from rig.apache.secured_platform import SecuredPlatform
from rig.bookings import Bookings
from rig.books import Books
from rig.messages import Messages, wait_told
from rig.platform import Platform
from rig.services import SERVICES
from rig.topic import create_topic, delete_topic, ends_of, latest_by_key, read_topic, starts_of
from rig.verdict import assert_books
from rig.waiting import wait_until

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(3600),
    pytest.mark.apache,
]

BASKETS = int(os.environ["STAMPEDE_BASKETS"]) if "STAMPEDE_BASKETS" in os.environ else None
FINAL_CLOCK = "2018-03-01T00:00:00-05:00"
DRAIN_SECONDS = 900
COMPACTION_SECONDS = 600
STOP_SECONDS = 60
# As long as a rolling restart takes.
FLOW_SECONDS = 60
# What the log tells to run once a partition has stopped.
REMEDY = re.compile(r"`loyalty (?P<words>offsets accept-loss [^`]* --partition (?P<partition>\d+) [^`]*)`")
# So that an hour's work of the cleaner is done in seconds.
EAGER_CLEANER = {
    "log.cleaner.backoff.ms": 500,
    "log.retention.check.interval.ms": 1000,
    "log.segment.delete.delay.ms": 500,
}
COMPACTED_SOON = {
    "min.compaction.lag.ms": 0,
    "max.compaction.lag.ms": 3000,
    "min.cleanable.dirty.ratio": "0.01",
    "segment.ms": 2000,
}


@pytest.fixture
def documents():
    return purchases.baskets(BASKETS)


@pytest.fixture
def system(programme, tmp_path, documents, request):
    """All services on one node or three, with the programme and the members."""
    brokers = getattr(request, "param", ApacheBroker)
    directory = tmp_path / "brokers"
    platform = Platform(
        tmp_path / "platform",
        broker=brokers(directory, properties=EAGER_CLEANER),
        flags={"session_timeout_ms": None},
    )
    try:
        platform.start()
        platform.operator.run("programs", "publish", PROGRAMME_FILE)
        people = members.write_file(purchases.members_of(documents), tmp_path / "members.ndjson")
        platform.operator.run("members", "import", people)
        yield platform
    finally:
        platform.stop()


three_nodes = pytest.mark.parametrize("system", [ApacheCluster], indirect=True, ids=["three nodes"])


def feed(platform, documents, seconds=0):
    """Evenly over so many seconds; at once when 0."""
    publisher, began = platform.publisher(), time.monotonic()
    for number, document in enumerate(documents):
        time.sleep(max(0, began + number * seconds / len(documents) - time.monotonic()))
        publisher.send("commerce.purchases", purchases.member_of(document), document)
    publisher.flush()


def finish(platform, programme, documents):
    """The books agree with the reference, and everybody was told once."""
    books = assert_books(platform, programme, documents, SERVICES, FINAL_CLOCK, DRAIN_SECONDS)
    assert not wait_told(platform, books).contradictions()
    assert "pass" in platform.operator.run("audit").stdout


def while_it_flows(platform, documents, strike):
    """`strike()` once entries are booked, while the rest is on its way."""
    bookings = Bookings(platform.brokers)
    sending = threading.Thread(target=feed, args=(platform, documents, FLOW_SECONDS), name="feed", daemon=True)
    sending.start()
    try:
        wait_until(bookings.count, 60, "first entries")
        strike()
    finally:
        sending.join()
        bookings.close()
    platform.check_running()


def stop_workers(platform):
    for worker in platform.workers.values():
        assert worker.stop() == 0, worker.process.tail()


def start_workers(platform):
    for worker in platform.workers.values():
        worker.start()
    for worker in platform.workers.values():
        worker.wait_ready(DRAIN_SECONDS)


def configure(platform, topic, settings):
    admin = AdminClient({"bootstrap.servers": platform.brokers, "log_level": 0})
    entries = [
        ConfigEntry(name, str(value), incremental_operation=AlterConfigOpType.SET) for name, value in settings.items()
    ]
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=entries)
    for done in admin.incremental_alter_configs([resource]).values():
        done.result()


# -- Brokers


@three_nodes
def test_baskets_through_a_rolling_restart(system, programme, documents):
    while_it_flows(system, documents, system.broker.restart)
    finish(system, programme, documents)


@three_nodes
def test_baskets_through_a_full_disk_of_a_broker(system, programme, documents):
    def strike():
        system.broker.fill_disk(2)
        system.broker.begin(2)
        system.broker.wait_in_sync()

    while_it_flows(system, documents, strike)
    finish(system, programme, documents)


# -- Positions and topics


def accept_losses(platform, worker, partitions):
    """Waits until so many partitions have stopped, and does what the worker's log tells its operator. Returns what it
    said of each."""

    def stops():
        found = {}
        for line in worker.log_lines():
            if line.get("level") == "error" and (command := REMEDY.search(str(line))):
                found[command["partition"]] = (str(line["message"]), command["words"].split())
        return found if len(found) == partitions else None

    told = wait_until(stops, STOP_SECONDS, lambda: f"{partitions} partitions to stop:\n{worker.process.tail()}")
    for _, words in told.values():
        platform.operator.run(*words, "--actor", "trial", "--reason", "nobody has them", "--yes")
    return [message for message, _ in told.values()]


def test_baskets_and_what_retention_took_from_a_stopped_worker(system, programme, documents):
    third = len(documents) // 3
    before, lost, after = documents[:third], documents[third : 2 * third], documents[2 * third :]
    topic, ingest = "commerce.purchases", system.worker("transaction-ingest")
    feed(system, before)
    system.wait_drained(DRAIN_SECONDS)
    assert ingest.stop() == 0
    feed(system, lost)
    configure(system, topic, {"retention.ms": 1})
    wait_until(
        lambda: starts_of(system.brokers, topic) == ends_of(system.brokers, topic), COMPACTION_SECONDS, "retention", 0.5
    )
    configure(system, topic, {"retention.ms": -1})
    feed(system, after)
    ingest.start()
    told = accept_losses(system, ingest, system.partitions)
    counts = [int(re.search(r" lost (\d+) records", message)[1]) for message in told]
    assert sum(counts) == len(lost), told
    finish(system, programme, before + after)


def test_baskets_and_an_input_that_was_made_again(system, programme, documents):
    half = len(documents) // 2
    topic, ingest = "commerce.purchases", system.worker("transaction-ingest")
    feed(system, documents[:half])
    system.wait_drained(DRAIN_SECONDS)
    assert ingest.stop() == 0
    delete_topic(system.brokers, topic)
    create_topic(system.brokers, topic, system.partitions)
    feed(system, documents[half:])
    ingest.start()
    told = accept_losses(system, ingest, system.partitions)
    assert all("recreated" in message for message in told), told
    finish(system, programme, documents)


def delete_group(platform, group):
    """Whether it is gone. Members that stopped are its members until their sessions run out."""
    admin = AdminClient({"bootstrap.servers": platform.brokers, "log_level": 0})
    try:
        admin.delete_consumer_groups([group])[group].result()
    except KafkaException as failure:
        if failure.args[0].code() != KafkaError.NON_EMPTY_GROUP:
            raise
        return False
    return True


def test_baskets_and_a_group_that_was_deleted(system, programme, documents):
    half = len(documents) // 2
    feed(system, documents[:half])
    system.wait_drained(DRAIN_SECONDS)
    told = len(wait_told(system, Books(system, programme["id"])).outcomes)
    stop_workers(system)
    for service in SERVICES:
        wait_until(
            lambda group=service: delete_group(system, group), STOP_SECONDS, f"{service} to have no members", 0.5
        )
    start_workers(system)
    system.wait_drained(DRAIN_SECONDS)
    assert len(Messages(system).outcomes) == told
    feed(system, documents[half:])
    finish(system, programme, documents)


def test_baskets_restored_from_compacted_changelogs(system, programme, documents):
    changelogs = [topic for topic in system.publisher().topics() if topic.endswith(".changelog")]
    for topic in changelogs:
        configure(system, topic, COMPACTED_SOON)
    half = len(documents) // 2
    feed(system, documents[:half])
    system.wait_drained(DRAIN_SECONDS)
    stop_workers(system)
    written = {topic: sum(ends_of(system.brokers, topic).values()) for topic in changelogs}
    watched = max(changelogs, key=written.get)
    wait_until(
        lambda: is_compacted(system, watched, written[watched]), COMPACTION_SECONDS, f"{watched} to be compacted", 2
    )
    for worker in system.workers.values():
        worker.delete_state()
    start_workers(system)
    feed(system, documents[half:])
    finish(system, programme, documents)


def is_compacted(platform, topic, written):
    """Most of what was overwritten is gone; the last segment of a partition never is compacted."""
    records = read_topic(platform.brokers, topic)
    kept = len(latest_by_key(records))
    return len(records) < kept + (written - kept) / 2


# -- Rights


@pytest.mark.parametrize("way", ["mtls", "scram"])
def test_baskets_with_the_rights_that_are_listed_and_no_others(programme, tmp_path, documents, way):
    """SCRAM takes a newer librdkafka than Debian 12 has."""
    library = newer_library(tmp_path / "library") if way == "scram" else None
    with SecuredPlatform(SecuredBroker(tmp_path / "broker"), way, tmp_path / "platform", library) as platform:
        platform.operator.run("programs", "publish", PROGRAMME_FILE)
        people = members.write_file(purchases.members_of(documents), tmp_path / "members.ndjson")
        platform.operator.run("members", "import", people)
        feed(platform, documents)
        finish(platform, programme, documents)
