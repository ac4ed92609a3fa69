"""The points engine beside its job in Kafka Streams (less of it: no returns, late tiers, de-duplication or timers), on
one broker: purchases a second and a core-second from a backlog, and the wait at a steady rate.

Skipped where the installation of Apache Kafka has no peer.
"""

import time

from confluent_kafka import ConsumerGroupTopicPartitions
from confluent_kafka.admin import AdminClient, NewTopic
from latency import PERCENTILES, WARM_UP_SECONDS, quantile, send, waits
from ledger_reader import LedgerReader
from load import MIB, ROUNDS, processor_seconds, publish_backlog, system, wait_worked_off
from rig import console
from rig.apache import peer
from rig.apache.peer import Peer
from rig.waiting import wait_until

RATE = 1000
INTERVAL_MS = 10
# Enough to go on well after the warm-up.
PEER_ROUNDS = 4 * ROUNDS
LOOK_SECONDS = 0.25
PATIENCE_SECONDS = 600
CALL_SECONDS = 30
INPUT, LEDGER, ACCOUNTS = "loyalty.transactions", "peer.ledger", "peer.accounts"


def run():
    if peer.source() is None:
        console.say("Peer: skipped, since KAFKA_HOME names no Apache Kafka with a peer/PeerEngine.java.")
        return
    console.heading(f"The peer: points-engine's job in Kafka Streams, the first {WARM_UP_SECONDS} s of it left out")
    rows = backlog()
    console.table(("a backlog", "purchases/s", "a core-second", "of the peer", "resident"), rows)
    rows = [wait("points-engine", engine), wait("peer", streams)]
    console.table(("ingest and …", *(name for name, _ in PERCENTILES)), rows)


# -- A backlog


def backlog():
    with system() as platform:
        count, _ = publish_backlog(platform, PEER_ROUNDS)
        ingest = platform.worker("transaction-ingest", threads=1).start().wait_ready()
        wait_worked_off(ingest, "commerce.purchases", count)
        platform.wait_drained(services=("transaction-ingest",))
        ingest.stop()
        found = []
        for group, make in (("peer-engine", streams), ("points-engine", engine)):
            worker = make(platform, commit_interval_ms=500)
            found.append((group, *measure(platform, group, worker, count)))
            worker.stop()
    of_peer = found[0][2]
    return [
        (name, f"{speed:,.0f}", f"{a_core:,.0f}", f"{a_core / of_peer:.1f}", f"{memory // MIB} MiB")
        for name, speed, a_core, memory in found
    ]


def measure(platform, group, worker, count):
    """(purchases a second, a core-second, peak resident bytes), from when it is warm to the last look."""
    admin = AdminClient({"bootstrap.servers": platform.brokers})
    looks = []

    def done():
        read = positions(admin, group)
        if read:
            looks.append((time.monotonic(), read, processor_seconds(worker)))
        return read >= count

    wait_until(done, PATIENCE_SECONDS, lambda: f"{group} to read {count:,}; {looks[-1:]}", every=LOOK_SECONDS)
    warm = next((look for look in looks if look[0] >= looks[0][0] + WARM_UP_SECONDS), looks[0])
    last = looks[-1]
    read = last[1] - warm[1]
    return read / (last[0] - warm[0]), read / (last[2] - warm[2]), worker.process.resident_bytes()[1]


def positions(admin, group):
    """Records of the input that the group has committed; markers count as records do."""
    asked = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])[group].result(CALL_SECONDS)
    return sum(max(0, each.offset) for each in asked.topic_partitions if each.topic == INPUT)


# -- A steady rate


def wait(name, make):
    with system(commit_interval_ms=INTERVAL_MS) as platform:
        ingest = platform.worker("transaction-ingest", threads=1).start()
        worker = make(platform, commit_interval_ms=INTERVAL_MS)
        ingest.wait_ready()
        reader = LedgerReader(platform.brokers, "loyalty.ledger" if make is engine else LEDGER)
        started = time.monotonic()
        sent = send(platform, RATE)
        reader.wait_settled()
        reader.close()
        worker.stop()
        waited = waits(reader, sent, started)
    return name, *(f"{quantile(waited, share) * 1000:.0f} ms" for _, share in PERCENTILES)


# -- Who does it


def engine(platform, commit_interval_ms):
    return platform.worker("points-engine", threads=1, commit_interval_ms=commit_interval_ms).start().wait_ready()


def streams(platform, commit_interval_ms):
    admin = AdminClient({"bootstrap.servers": platform.brokers})
    topics = [NewTopic(name, platform.partitions, 1) for name in (LEDGER, ACCOUNTS)]
    for made in admin.create_topics(topics).values():
        made.result(CALL_SECONDS)
    other = Peer(platform.directory / "peer", platform.brokers, LEDGER, ACCOUNTS, commit_interval_ms=commit_interval_ms)
    return other.start()
