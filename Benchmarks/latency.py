"""From a purchase sent to its ledger entry in the hands of a stock consumer, at steady rates, and the memory it takes.

On Apache Kafka only: the development broker answers a consumer that waits at once, with nothing, and so takes a core
from what is measured.
"""

import re
import statistics
import time

from confluent_kafka import ConsumerGroupState
from confluent_kafka.admin import AdminClient, NewTopic
from ledger_reader import LedgerReader
from load import HOP, MIB, processor_seconds, renamed_baskets, system
from rig import console
from rig.apache.installation import KAFKA
from rig.processes import OwnedProcess
from rig.waiting import wait_until

RATES = (1000, 5000)
SECONDS = 30
# Sent in the first so many seconds, a purchase waits for connections and caches that a running worker has.
WARM_UP_SECONDS = 10
PATIENCE_SECONDS = 60
INTERVALS_MS = (50, 10)
CALL_SECONDS = 30
# What each hop of the floor writes, as many topics as the worker in its place.
HOPS = (("commerce.purchases", 2), ("bench.hop.1.0", 4))
PURCHASE = re.compile(rb'"id":"([^"]+)"')
PERCENTILES = (("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999))


def run():
    if KAFKA is None:
        console.say("Latency: skipped, since KAFKA_HOME names no Apache Kafka.")
        return
    console.heading(f"Latency: purchase sent → ledger entry read, {SECONDS} s after {WARM_UP_SECONDS} s")
    rows = []
    for interval in INTERVALS_MS:
        with system(commit_interval_ms=interval) as platform:
            rows += [row(platform, interval, rate) for rate in RATES]
            rows += [floor(platform, interval, rate) for rate in RATES]
    header = ("rate", "commit interval", *(name for name, _ in PERCENTILES), "of a core", "resident")
    console.table(header, rows)
    console.say(
        "Of a core and resident: transaction-ingest and points-engine. The floor: two hops in C that pass records on."
    )


def row(platform, interval, rate):
    workers = [platform.worker(service, threads=1).start() for service in ("transaction-ingest", "points-engine")]
    for worker in workers:
        worker.wait_ready()
    reader = LedgerReader(platform.brokers)
    used = [processor_seconds(worker) for worker in workers]
    resident = []
    started = time.monotonic()
    sent = send(platform, rate, lambda: resident.append([worker.resident_bytes()[0] for worker in workers]))
    took = time.monotonic() - started
    used = [processor_seconds(worker) - before for worker, before in zip(workers, used, strict=True)]
    platform.wait_drained(PATIENCE_SECONDS, ("transaction-ingest", "points-engine"))
    reader.wait_settled()
    reader.close()
    for worker in workers:
        worker.stop()
    waited = waits(reader, sent, started)
    return (
        f"{len(sent) / took:,.0f}/s",
        f"{interval} ms",
        *(f"{quantile(waited, share) * 1000:.0f} ms" for _, share in PERCENTILES),
        " + ".join(f"{seconds / took:.2f}" for seconds in used),
        " + ".join(f"{max(sample) // MIB}" for sample in zip(*resident, strict=True)) + " MiB",
    )


def floor(platform, interval, rate):
    """The same with the plainest programs in the workers' places."""
    admin = AdminClient({"bootstrap.servers": platform.brokers})
    hops = [hop(platform, admin, number + 1, interval, *each) for number, each in enumerate(HOPS)]
    reader = LedgerReader(platform.brokers, f"bench.hop.{len(HOPS)}.0", PURCHASE)
    used = [processor_seconds(each) for each in hops]
    started = time.monotonic()
    sent = send(platform, rate)
    took = time.monotonic() - started
    used = [processor_seconds(each) - before for each, before in zip(hops, used, strict=True)]
    reader.wait_settled()
    reader.close()
    resident = [each.resident_bytes()[0] // MIB for each in hops]
    for each in hops:
        assert each.stop() == 0, each.tail()
    waited = waits(reader, sent, started)
    return (
        "the floor",
        f"{interval} ms",
        *(f"{quantile(waited, share) * 1000:.0f} ms" for _, share in PERCENTILES),
        " + ".join(f"{seconds / took:.2f}" for seconds in used),
        " + ".join(map(str, resident)) + " MiB",
    )


def hop(platform, admin, number, interval, source, count):
    """Started, with its place in its group."""
    outputs = [f"bench.hop.{number}.{output}" for output in range(count)]
    known = admin.list_topics(timeout=CALL_SECONDS).topics
    missing = [NewTopic(name, platform.partitions, 1) for name in outputs if name not in known]
    for made in (admin.create_topics(missing) if missing else {}).values():
        made.result(CALL_SECONDS)
    group = f"bench-hop-{number}-{time.monotonic_ns()}"
    process = OwnedProcess(
        group, [HOP, platform.brokers, group, interval, source, *outputs], platform.directory / f"{group}.log"
    ).start()

    def is_member():
        found = admin.describe_consumer_groups([group])[group].result(CALL_SECONDS)
        return found.state == ConsumerGroupState.STABLE and all(each.assignment for each in found.members)

    wait_until(is_member, PATIENCE_SECONDS, lambda: f"{group} to join; it said\n{process.tail()}")
    return process


def send(platform, rate, each_second=lambda: None):
    """Purchase id → when it was sent, monotonic seconds."""
    publisher, sent, baskets = platform.publisher(linger_ms=0), {}, renamed_baskets()
    started = time.monotonic()
    for number in range(rate * (WARM_UP_SECONDS + SECONDS)):
        ahead = started + number / rate - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)
        purchase_id, member, document = next(baskets)
        sent[purchase_id] = time.monotonic()
        publisher.send("commerce.purchases", member, document)
        if number % rate == 0:
            each_second()
    publisher.flush()
    return sent


def waits(reader, sent, started):
    """Seconds, ascending, of those sent after the warm-up."""
    warm = started + WARM_UP_SECONDS
    return sorted(at - sent[cause] for cause, at in reader.seen.items() if sent.get(cause, 0) >= warm)


def quantile(ascending, share):
    return statistics.quantiles(ascending, n=1000, method="inclusive")[round(share * 1000) - 1]
