"""Hostile records on every topic that a worker reads: none stops one, and what comes between them is booked."""

import os
import secrets
from datetime import UTC, datetime

import contract
import pytest
from hostility.events import topics_read
from hostility.ordeal import PARTITIONS, Ordeal, narrow
from hostility.records import HostileRecords

RECORDS = 2_000
MINUTES = 15


def described(records):
    return [(each.topic, each.key, each.value, each.headers, each.partition) for each in records]


def test_a_record_follows_from_the_seed_and_its_number():
    now = datetime.now(UTC)
    one, again = (HostileRecords("7", now, PARTITIONS) for _ in range(2))
    later = [described(again.of(number)) for number in range(299, -1, -1)]
    assert [described(one.of(number)) for number in range(300)] == later[::-1]
    assert described(HostileRecords("8", now, PARTITIONS).of(3)) != described(one.of(3))


def test_every_topic_that_is_read_gets_some_of_every_kind():
    records = HostileRecords("5", datetime.now(UTC), PARTITIONS, leaves_out=lambda _: False)
    made = [record for number in range(RECORDS) for record in records.of(number)]
    assert {record.topic for record in made} == set(topics_read())
    # Documents of partners are published and checked; no worker orders from partners yet.
    assert set(contract.INPUTS) - {"loyalty.partners"} <= set(topics_read())
    traits = set().union(*(record.traits for record in made))
    assert traits >= {
        "edge",
        "null",
        "bytes",
        "great",
        "crowd",
        "key",
        "partition",
        "timestamp",
        "huge-header",
        "heavy",
    }
    assert any(record.value is None for record in made) and any(record.value == b"" for record in made)
    assert max(len(record.value or b"") for record in made) > 4_000_000


def test_no_producer_decides_when_its_record_is_deleted():
    """Retention goes by a record's time: one that its producer stamped long ago is gone before it is read, and its
    partition stands still as after any loss."""
    topics = contract.topics()
    deleted = [name for name in topics_read() if topics[name]["config"]["cleanup.policy"] == "delete"]
    assert len(deleted) > 10
    assert {topics[name]["config"].get("message.timestamp.type") for name in deleted} == {"LogAppendTime"}


def test_the_culprit_is_found_among_many():
    class Found:
        def __init__(self, numbers):
            self.failure = "dead" if 337 in numbers else None

    assert narrow(Found, range(1_000)) == [337]


@pytest.mark.timeout(MINUTES * 60)
def test_no_record_stops_a_worker(tmp_path):
    """STAMPEDE_SEED=N repeats a run; `make hostile SEED=N NARROW=1` finds the record."""
    seed = os.environ.get("STAMPEDE_SEED") or str(secrets.randbelow(10**9))
    outcome = Ordeal(tmp_path / "platform", seed).run(count=RECORDS)
    assert outcome.failure is None, f"seed {seed}, numbers {outcome.numbers}: {outcome.failure}"
    assert outcome.sent >= RECORDS
