"""Days on which machine or cluster are the problem: each has one defined end, words that help, and no lost point.

`docs/operations.md` says the same to the person on call.
"""

import re

import pytest
from conftest import PROGRAMME_FILE
from rig import bad_days, purchases
from rig.broker import Broker
from rig.loyalty_command import Operator
from rig.platform import Platform
from rig.topic import create_topic, delete_topic
from rig.verdict import assert_books
from rig.worker import Worker

CHAIN = ("transaction-ingest", "points-engine", "tier-evaluator")
FINAL_CLOCK = "2017-07-12T12:00:00-04:00"
EXIT_SECONDS = 60
BASKETS = 1500

needs_mount = pytest.mark.skipif(not bad_days.can_mount(), reason="mounting a small disk needs root")


@pytest.fixture
def chain(programme):
    """The workers from purchase to tier, without those who write to members."""
    platform = Platform()
    try:
        platform.start(CHAIN)
        platform.operator.run("programs", "publish", PROGRAMME_FILE)
        yield platform
    finally:
        platform.stop()


def assert_stops(worker, pattern, seconds=EXIT_SECONDS):
    """The worker ends with exit code 1 and one error line, which says what is wrong and what to do."""
    code = worker.process.wait_for_exit(seconds)
    errors = [line for line in worker.log_lines() if line.get("level", "error") == "error"]
    assert code == 1 and len(errors) == 1, f"exit code {code}\n{worker.process.tail()}"
    assert re.search(pattern, str(errors[0]), re.DOTALL), errors[0]
    print(f"  {errors[0]['message']}")


# -- The disk


@needs_mount
def test_a_full_disk_stops_the_worker_and_space_lets_it_go_on(chain, programme):
    documents = purchases.baskets(BASKETS)
    worker = chain.worker("points-engine")
    worker.stop()
    worker.delete_state()
    with bad_days.small_disk(worker.state, mebibytes=64) as disk:
        worker.start().wait_ready()
        chain.publish_purchases(documents[:200])
        chain.wait_drained(services=CHAIN)
        disk.fill()
        chain.publish_purchases(documents[200:])
        assert_stops(worker, "the disk is full.*Free space")
        worker.start()
        assert_stops(worker, "the disk is full.*Free space")
        disk.empty()
        worker.start().wait_ready()
        assert_books(chain, programme, documents, CHAIN, FINAL_CLOCK)
        worker.stop()


@needs_mount
def test_a_read_only_store_folder_stops_the_worker_at_its_start(chain, programme):
    documents = purchases.baskets(BASKETS)
    worker = chain.worker("points-engine")
    worker.stop()
    worker.delete_state()
    with bad_days.small_disk(worker.state, mebibytes=64) as disk:
        disk.forbid_writing()
        worker.start()
        assert_stops(worker, "cannot be (written|made).*[Ww]rite access")
        disk.allow_writing()
        worker.start().wait_ready()
        chain.publish_purchases(documents[:-100])
        chain.wait_drained(services=CHAIN)
        worker.stop()
        disk.forbid_writing()
        worker.start()
        assert_stops(worker, "cannot be written.*write access")
        disk.allow_writing()
        worker.start().wait_ready()
        chain.publish_purchases(documents[-100:])
        assert_books(chain, programme, documents, CHAIN, FINAL_CLOCK)
        worker.stop()


@pytest.mark.parametrize(
    "damage",
    [
        bad_days.overwrite_header,
        bad_days.overwrite_pages,
        bad_days.cut_short,
        bad_days.empty_files,
        bad_days.lose_write_ahead_logs,
    ],
)
def test_a_damaged_store_comes_back_from_its_changelog(chain, programme, damage):
    documents = purchases.baskets(BASKETS)
    chain.publish_purchases(documents[:1000])
    chain.wait_drained(services=CHAIN)
    worker = chain.worker("points-engine")
    worker.kill() if damage is bad_days.lose_write_ahead_logs else worker.stop()
    damage(worker)
    worker.start().wait_ready()
    chain.publish_purchases(documents[1000:])
    assert_books(chain, programme, documents, CHAIN, FINAL_CLOCK)
    assert worker.running and worker.metrics()['stampede_restore_records_total{service="points-engine"}'] > 0


# -- The cluster


def test_a_worker_waits_for_a_broker_that_comes_late(tmp_path):
    with Broker() as broker:
        Operator(broker.address).run("topics", "apply", "--partitions", 2)
        worker = Worker("transaction-ingest", tmp_path, broker.address)
        try:
            with broker.away():
                worker.start().process.wait_for_output(
                    lambda output: "Connection refused" in output, 30, "its first try"
                )
            worker.wait_ready()
            assert worker.stop() == 0
        finally:
            worker.kill()


def test_a_vanished_changelog_stops_the_worker_and_an_empty_one_too(chain):
    chain.publish_purchases(purchases.baskets(500))
    chain.wait_drained(services=CHAIN)
    worker = chain.worker("points-engine")
    topic = "points-engine.accounts.changelog"
    worker.stop()
    delete_topic(chain.brokers, topic)
    worker.start()
    assert_stops(worker, f"{topic} does not exist")
    chain.operator.run("topics", "apply", "--partitions", chain.partitions)
    worker.start()
    assert_stops(worker, f"{re.escape(topic)}.*recreated or lost data")


def test_a_changelog_that_vanishes_under_a_worker_stops_it(chain):
    chain.publish_purchases(purchases.baskets(500))
    chain.wait_drained(services=CHAIN)
    topic = "points-engine.accounts.changelog"
    delete_topic(chain.brokers, topic)
    chain.publish_purchases(purchases.baskets(1000)[500:])
    assert_stops(chain.worker("points-engine"), re.escape(topic), 120)


def test_a_producer_that_the_cluster_has_forgotten_is_replaced(chain, programme):
    """As after a week without a transaction."""
    worker = chain.worker("transaction-ingest")
    documents = purchases.baskets(500)
    chain.publish_purchases(documents)
    chain.wait_drained(services=CHAIN)
    chain.broker.forget_producers()
    # Sent before: nothing is passed on, and the offsets alone are committed.
    chain.publish_purchases(documents)
    chain.wait_drained(services=CHAIN)
    reasons = [line["reason"] for line in worker.log_lines() if "new producer" in line["message"]]
    assert any("INVALID_PRODUCER_ID_MAPPING" in reason for reason in reasons), reasons
    assert_books(chain, programme, documents, CHAIN, FINAL_CLOCK)


@pytest.mark.parametrize(
    "topic", ["loyalty.commands", "points-engine.accounts.changelog"], ids=["an input", "a changelog"]
)
def test_a_topic_with_the_wrong_number_of_partitions_stops_the_worker(chain, topic):
    worker = chain.worker("points-engine")
    worker.stop()
    delete_topic(chain.brokers, topic)
    create_topic(chain.brokers, topic, chain.partitions + 1)
    worker.start()
    assert_stops(worker, f"{topic} has {chain.partitions + 1} partitions.*must be equal")
