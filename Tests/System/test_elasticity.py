"""Instances that join, leave and restart: what moves, what is restored, and how an instance lost for good is let go."""

import pytest
from confluent_kafka import Producer
from rig import purchases
from rig.topic import read_topic
from rig.waiting import DeadlineMissed

RESTORED = 'stampede_restore_records_total{service="points-engine"}'
CHAIN = ("transaction-ingest", "points-engine", "tier-evaluator")


def feed(platform, documents):
    platform.publish_purchases(documents)
    platform.wait_drained(services=CHAIN)


def moves(worker):
    """The assignments and revocations in this run's log, in order."""
    spoken = ("partitions assigned", "partitions revoked", "partitions lost")
    return [(line["message"], line["partitions"]) for line in worker.log_lines() if line.get("message") in spoken]


def rows_changed(platform):
    names = ("accounts", "purchases", "commands")
    return sum(len(platform.read(f"points-engine.{name}.changelog")) for name in names)


def test_a_restart_on_the_same_disk_restores_only_what_is_missing(platform):
    feed(platform, purchases.baskets(1000))
    worker = platform.worker("points-engine")
    worker.stop()
    worker.start().wait_ready()
    assert worker.metrics()[RESTORED] == 0
    worker.stop()
    worker.delete_state()
    # A running worker writes on: where its inputs stand, once it has come to rest.
    changed = rows_changed(platform)
    worker.start().wait_ready()
    assert worker.metrics()[RESTORED] == changed


def test_partitions_that_come_back_to_a_disk_restore_only_the_tail(platform):
    documents = purchases.baskets(1200)
    feed(platform, documents[:1000])
    before = rows_changed(platform)
    host, guest = platform.worker("points-engine"), platform.worker("points-engine", "2", leave_group_on_stop=True)
    guest.start().wait_ready()
    feed(platform, documents[1000:])
    assert 0 < guest.metrics()[RESTORED] <= before
    assert guest.stop() == 0
    host.wait_holding(platform.partitions)
    assert 0 < host.metrics()[RESTORED] <= rows_changed(platform) - before


def test_a_restart_within_the_session_timeout_moves_nothing(platform):
    stays, restarts = platform.worker("points-engine"), platform.worker("points-engine", "2")
    restarts.start().wait_ready()
    stays.wait_holding(2)
    restarts.wait_holding(2)
    before, held = moves(stays), moves(restarts)[-1]
    for end in (restarts.stop, restarts.kill):
        end()
        restarts.start().wait_ready()
        restarts.wait_holding(2)
        feed(platform, purchases.baskets(100))
        assert moves(restarts) == [held]
    assert moves(stays) == before


def test_fence_ends_what_a_lost_instance_left_open(platform):
    lost = Producer({"bootstrap.servers": platform.brokers, "transactional.id": "points-engine-9-0", "log_level": 0})
    lost.init_transactions()
    lost.begin_transaction()
    lost.produce("loyalty.ledger", b"{}", partition=0)
    lost.flush()
    with pytest.raises(DeadlineMissed, match="still open"):
        read_topic(platform.brokers, "loyalty.ledger", seconds=2)
    platform.operator.run("fence", "points-engine-9-0", "--absent", "--yes")
    assert read_topic(platform.brokers, "loyalty.ledger") == []
