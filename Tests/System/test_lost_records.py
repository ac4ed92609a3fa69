"""Inputs that are not what they were: records deleted, topics made again, offsets lost, a state folder of another
cluster. A partition stops and says what is missing, or goes on; nothing is passed over in silence or done twice.
"""

import json
import os
import re
import shutil
import signal

import pytest
from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient
from conftest import PROGRAMME_FILE
from rig import purchases
from rig.platform import Platform
from rig.topic import create_topic, delete_topic, ends_of
from rig.verdict import assert_books
from rig.waiting import wait_until

pytestmark = pytest.mark.apache

CHAIN = ("transaction-ingest", "points-engine", "tier-evaluator")
PURCHASES = "commerce.purchases"
FINAL_CLOCK = "2017-07-12T12:00:00-04:00"
STOP_SECONDS = 30
BASKETS = 600
COMMAND = re.compile(r"`loyalty (offsets accept-loss .*)`")


@pytest.fixture
def chain(programme):
    # A group with members is not deleted; those that are stopped leave it.
    platform = Platform(flags={"leave_group_on_stop": True})
    try:
        platform.start(CHAIN)
        platform.operator.run("programs", "publish", PROGRAMME_FILE)
        yield platform
    finally:
        platform.stop()


def admin(platform):
    return AdminClient({"bootstrap.servers": platform.brokers, "log_level": 0})


def delete_records(platform, topic, before):
    """As retention does: `before` is partition → first offset that stays."""
    wanted = [TopicPartition(topic, partition, offset) for partition, offset in before.items()]
    # Its futures end with the client, so it is kept until they have.
    client = admin(platform)
    for done in client.delete_records(wanted).values():
        done.result()


def lost(worker):
    """Partition of the purchases → records gone, of those that are stopped."""
    pattern = re.compile(rf'stampede_partition_lost_records{{.*topic="{PURCHASES}",partition="(\d+)"}}')
    found = ((pattern.match(name), value) for name, value in worker.metrics().items())
    return {int(match[1]): int(value) for match, value in found if match}


def wait_lost(worker, expected):
    stopped = f'stampede_tasks{{service="{worker.service}",state="stopped"}}'
    wait_until(
        lambda: lost(worker) == expected and worker.metrics().get(stopped) == len(expected),
        STOP_SECONDS,
        lambda: f"{expected} lost; it says {lost(worker)}",
    )
    assert worker.get("/readyz")[0] == 503 and worker.get("/livez")[0] == 200


def stops(worker):
    """The lines that tell of stopped partitions, which are the only errors."""
    errors = [line for line in worker.log_lines() if line.get("level", "error") == "error"]
    assert all(line["message"].startswith("partition stopped: ") for line in errors), errors
    return errors


def accept(platform, worker):
    """What each line says to do, and no restart."""
    for line in stops(worker):
        words = COMMAND.search(line["message"])[1].split()
        platform.operator.run(*words, "--actor", "ada", "--reason", "a test", "--yes")
    worker.wait_ready(STOP_SECONDS)


def test_purchases_that_retention_took_stop_their_partition_until_the_loss_is_accepted(chain, programme):
    documents = purchases.baskets(BASKETS)
    half = BASKETS // 2
    chain.publish_purchases(documents[:half])
    chain.wait_drained(services=CHAIN)
    worker = chain.worker("transaction-ingest")
    assert worker.stop() == 0
    known = ends_of(chain.brokers, PURCHASES)
    chain.publish_purchases(documents[half:])
    ends = ends_of(chain.brokers, PURCHASES)
    # In one partition all of them, in another some, in the others none; what lies before was processed.
    gone = {0: ends[0] - known[0], 1: (ends[1] - known[1]) // 2}
    unread = [record for record in chain.read(PURCHASES) if record.offset >= known[record.partition]]
    missing = {
        record.document["id"]
        for record in unread
        if record.offset < known[record.partition] + gone.get(record.partition, 0)
    }
    assert len(missing) == sum(gone.values()) > 10
    delete_records(chain, PURCHASES, {partition: known[partition] + count for partition, count in gone.items()})
    worker.start()
    wait_lost(worker, gone)
    told = {line["partition"]: line["message"] for line in stops(worker)}
    for partition, count in gone.items():
        assert f"{PURCHASES}[{partition}] lost {count} records before they were processed" in told[str(partition)]
    # It stays so through a restart, and is told again.
    assert worker.stop() == 0
    worker.start()
    wait_lost(worker, gone)
    accept(chain, worker)
    left = [document for document in documents if json.loads(document)["id"] not in missing]
    assert_books(chain, programme, left, CHAIN, FINAL_CLOCK)
    letters = chain.operator.json("dead-letters", "list", "transaction-ingest")
    assert [letter["error"] for letter in letters] == ["loss-accepted"] * len(gone)
    assert all("decided by ada, a test" in letter["message"] for letter in letters)
    assert "0 records handed" in chain.operator.run("dead-letters", "replay", "transaction-ingest").stdout


def test_purchases_deleted_under_a_running_worker_stop_it(chain):
    worker = chain.worker("transaction-ingest")
    chain.publish_purchases(purchases.baskets(100))
    chain.wait_drained(services=CHAIN)
    os.kill(worker.process.pid, signal.SIGSTOP)
    try:
        known = ends_of(chain.brokers, PURCHASES)
        chain.publish_purchases(purchases.baskets(BASKETS)[100:])
        ends = ends_of(chain.brokers, PURCHASES)
        delete_records(chain, PURCHASES, {0: ends[0]})
    finally:
        os.kill(worker.process.pid, signal.SIGCONT)
    wait_until(lambda: 0 in lost(worker), STOP_SECONDS, "the partition to stop")
    assert 0 < lost(worker)[0] <= ends[0] - known[0]


@pytest.mark.parametrize("grown", [False, True], ids=["shorter than it was", "longer than it was"])
def test_a_topic_that_was_made_again_stops_its_partitions(chain, grown):
    """Kafka deletes the group's offsets with a topic."""
    documents = purchases.baskets(BASKETS)
    chain.publish_purchases(documents[:200])
    chain.wait_drained(services=CHAIN)
    worker = chain.worker("transaction-ingest")
    assert worker.stop() == 0
    delete_topic(chain.brokers, PURCHASES)
    create_topic(chain.brokers, PURCHASES, chain.partitions)
    chain.publish_purchases(documents[200:] if grown else documents[200:220])
    worker.start()
    wait_lost(worker, dict.fromkeys(range(chain.partitions), 0))
    words = "holds another record before offset" if grown else "was recreated or lost data"
    assert all(words in line["message"] for line in stops(worker)), stops(worker)
    accept(chain, worker)
    chain.wait_drained(services=CHAIN)
    passed_on = [record.document["id"] for record in chain.read("loyalty.transactions")]
    assert len(passed_on) == len(set(passed_on)) == (BASKETS if grown else 220)


def test_a_group_that_was_deleted_goes_on_where_its_stores_stand(chain, programme):
    documents = purchases.baskets(BASKETS)
    half = BASKETS // 2
    chain.publish_purchases(documents[:half])
    chain.wait_drained(services=CHAIN)
    for service in CHAIN:
        assert chain.worker(service).stop() == 0
    before = {topic: ends_of(chain.brokers, topic) for topic in ("loyalty.transactions", "loyalty.ledger")}
    client = admin(chain)
    for done in client.delete_consumer_groups(list(CHAIN)).values():
        done.result()
    # One goes on over its state, one from its changelog alone.
    chain.worker("points-engine").delete_state()
    for service in CHAIN:
        chain.worker(service).start()
    for service in CHAIN:
        worker = chain.worker(service).wait_ready()
        assert any("the group has lost its offset" in line["message"] for line in worker.log_lines())
    chain.wait_drained(services=CHAIN)
    assert {topic: ends_of(chain.brokers, topic) for topic in before} == before
    chain.publish_purchases(documents[half:])
    assert_books(chain, programme, documents, CHAIN, FINAL_CLOCK)


def test_a_state_folder_of_another_cluster_is_not_trusted(programme, tmp_path):
    documents = purchases.baskets(BASKETS)
    own = Platform(flags={"leave_group_on_stop": True})
    with Platform().start(CHAIN) as other, own.start(()):
        if cluster_of(other) == cluster_of(own):
            pytest.skip("this broker says of every cluster that it is the same")
        other.operator.run("programs", "publish", PROGRAMME_FILE)
        other.publish_purchases(purchases.baskets(2 * BASKETS)[BASKETS:])
        other.wait_drained(services=CHAIN)
        assert other.worker("points-engine").stop() == 0
        shutil.copytree(other.worker("points-engine").state, tmp_path / "foreign")
        worker = own.worker("points-engine")
        shutil.copytree(tmp_path / "foreign", worker.state)
        # Nothing was ever kept here: the folder may be all that is left of those books.
        worker.start()
        assert worker.process.wait_for_exit(STOP_SECONDS) == 1
        told = worker.process.tail()
        assert "is of another cluster" in told and "Check --brokers and --state-dir" in told, told
        worker.delete_state()
        own.operator.run("programs", "publish", PROGRAMME_FILE)
        for service in CHAIN:
            own.worker(service).start()
        for service in CHAIN:
            own.worker(service).wait_ready()
        own.publish_purchases(documents[: BASKETS // 2])
        own.wait_drained(services=CHAIN)
        assert worker.stop() == 0
        worker.delete_state()
        shutil.copytree(tmp_path / "foreign", worker.state)
        worker.start().wait_ready()
        own.publish_purchases(documents[BASKETS // 2 :])
        assert_books(own, programme, documents, CHAIN, FINAL_CLOCK)


def cluster_of(platform):
    return admin(platform).list_topics(timeout=10).cluster_id


def test_a_topic_at_rest_has_no_lag(chain):
    """Its last transaction's marker occupies an offset, which nobody would ever read."""
    chain.publish_purchases(purchases.baskets(100))
    chain.wait_drained(services=CHAIN)
    ends = ends_of(chain.brokers, "loyalty.transactions")
    for service in ("points-engine", "tier-evaluator"):
        wait_until(
            lambda service=service: committed(chain, service, "loyalty.transactions") == ends,
            STOP_SECONDS,
            lambda service=service: f"{ends}; {service} has {committed(chain, service, 'loyalty.transactions')}",
        )
        lags = [value for name, value in chain.worker(service).metrics().items() if "_lag_records{" in name]
        assert lags and not any(lags)


def committed(platform, group, topic):
    asked = ConsumerGroupTopicPartitions(
        group, [TopicPartition(topic, number) for number in range(platform.partitions)]
    )
    client = admin(platform)
    found = client.list_consumer_group_offsets([asked])[group].result()
    return {place.partition: place.offset for place in found.topic_partitions}
