"""From a purchase sent to its ledger entry there to be read, at steady rates, and the memory that takes."""

import statistics
import time

from confluent_kafka import Consumer, TopicPartition
from ledger_watch import LedgerWatch
from load import MIB, processor_seconds, renamed_baskets, system
from rig import console
from rig.topic import partitions_of
from rig.waiting import wait_until

RATES = (1000, 5000)
SECONDS = 30
# Sent in the first so many seconds, a purchase waits for connections and caches that a running worker has.
WARM_UP_SECONDS = 2
PATIENCE_SECONDS = 60
INTERVALS_MS = (50, 10)
PERCENTILES = (("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999))


def run():
    console.heading(f"Latency: purchase sent → ledger entry to be read, {SECONDS} s after {WARM_UP_SECONDS} s")
    rows = []
    for interval in INTERVALS_MS:
        with system(commit_interval_ms=interval) as platform:
            rows += [row(platform, interval, rate) for rate in RATES]
    header = ("rate", "commit interval", *(name for name, _ in PERCENTILES), "of a core", "resident")
    console.table(header, rows)
    console.say("Of a core and resident: transaction-ingest and points-engine.")


def row(platform, interval, rate):
    workers = [platform.worker(service, threads=1).start() for service in ("transaction-ingest", "points-engine")]
    for worker in workers:
        worker.wait_ready()
    watch, publisher = LedgerWatch(platform.brokers, ledger_ends(platform.brokers)), platform.publisher(linger_ms=0)
    sent, resident, baskets = {}, [], renamed_baskets()
    used = [processor_seconds(worker) for worker in workers]
    started = time.monotonic()
    for number in range(rate * SECONDS):
        ahead = started + number / rate - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)
        purchase_id, member, document = next(baskets)
        sent[purchase_id] = time.monotonic()
        publisher.send("commerce.purchases", member, document)
        if number % rate == 0:
            resident.append([worker.resident_bytes()[0] for worker in workers])
    publisher.flush()
    took = time.monotonic() - started
    used = [processor_seconds(worker) - before for worker, before in zip(workers, used, strict=True)]
    platform.wait_drained(PATIENCE_SECONDS, ("transaction-ingest", "points-engine"))
    wait_until(settled(watch), PATIENCE_SECONDS, "the last ledger entries", every=0.5)
    watch.close()
    for worker in workers:
        worker.stop()
    warm = started + WARM_UP_SECONDS
    waited = sorted(at - sent[cause] for cause, at in watch.seen.items() if sent.get(cause, 0) >= warm)
    return (
        f"{len(sent) / took:,.0f}/s",
        f"{interval} ms",
        *(f"{quantile(waited, share) * 1000:.0f} ms" for _, share in PERCENTILES),
        " + ".join(f"{seconds / took:.2f}" for seconds in used),
        " + ".join(f"{max(sample) // MIB}" for sample in zip(*resident, strict=True)) + " MiB",
    )


def quantile(ascending, share):
    return statistics.quantiles(ascending, n=1000, method="inclusive")[round(share * 1000) - 1]


def ledger_ends(brokers):
    """Partition → the offset after its last record."""
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": "bench"})
    try:
        return {
            partition: consumer.get_watermark_offsets(TopicPartition("loyalty.ledger", partition), timeout=10)[1]
            for partition in partitions_of(brokers, "loyalty.ledger")
        }
    finally:
        consumer.close()


def settled(watch):
    """A condition: nothing was seen since it was last asked."""
    before = None

    def ask():
        nonlocal before
        quiet, before = before == len(watch.seen), len(watch.seen)
        return quiet

    return ask
