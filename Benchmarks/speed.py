"""Purchases a second of each worker alone, beside a plain C loop, and how fast its store comes back.

Speed is read off the output topics, the same way for all: purchases over the time between the record that ends the
first tenth of the output and the last one, by the producers' timestamps. So start-up and group joins do not count.

The development broker hands a consumer its whole backlog in one answer, whatever limits were asked for; the peak
memory here holds that answer. The memory at a steady rate (`latency`, `members`) is the one to plan with.
"""

import statistics
import subprocess

from confluent_kafka.admin import AdminClient, NewTopic
from load import CEILING, MIB, ROUNDS, publish_backlog, system, wait_worked_off
from rig import console
from rig.storm import restored
from rig.topic import read_topic

CEILING_RUNS = 3
# (name, records produced a purchase, rows read and written): the plainest job, and one that puts out as many records
# and keeps as many rows as the points engine does.
CEILINGS = (("plain C loop", 1, 1), ("the same, 4 records and 2 rows a purchase", 4, 2))
# Where each worker leaves a record or more for every purchase.
OUTPUTS = {
    "transaction-ingest": ("commerce.purchases", "loyalty.transactions"),
    "points-engine": ("loyalty.transactions", "loyalty.ledger"),
    "tier-evaluator": ("loyalty.transactions", "tier-evaluator.purchases.changelog"),
}


def run():
    with system() as platform:
        count, people = publish_backlog(platform)
        console.heading(f"Speed: {count:,} purchases (the real baskets, {ROUNDS} times over {people:,} members)")
        console.say("One process, one thread, exactly once; nothing else runs but the broker.")
        rows, best = [], None
        for name, records, kept in CEILINGS:
            speed = ceiling(platform, count, records, kept)
            best = best or speed
            rows.append((name, f"{speed:,}", f"{speed / best:.2f}", "", ""))
        for service in OUTPUTS:
            speed, peak, restore = measure(platform, service, count)
            rows.append((service, f"{speed:,}", f"{speed / best:.2f}", f"{peak // MIB} MiB", restore))
        console.table(("", "purchases/s", "of the C loop", "peak memory", "lost disk restored"), rows)


def ceiling(platform, count, records, kept):
    """The median of several runs."""
    admin = AdminClient({"bootstrap.servers": platform.brokers})
    speeds = []
    for number in range(CEILING_RUNS):
        output = f"bench.ceiling.{records}.{number}"
        admin.create_topics([NewTopic(output, platform.partitions, 1)])[output].result()
        database = platform.directory / f"ceiling-{records}-{number}.db"
        arguments = [platform.brokers, "commerce.purchases", output, database, count, records, kept]
        subprocess.run([CEILING, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)
        speeds.append(speed_of(platform, output, count))
    return round(statistics.median(speeds))


def measure(platform, service, count):
    """(purchases a second, peak resident bytes, how its lost disk came back) of one service and the whole backlog."""
    source, output = OUTPUTS[service]
    worker = platform.worker(service, threads=1).start().wait_ready()
    wait_worked_off(worker, source, count)
    platform.wait_drained(services=(service,))
    peak = worker.resident_bytes()[1]
    worker.stop()
    speed = round(speed_of(platform, output, count))
    worker.delete_state()
    worker.start().wait_ready()
    rows, seconds = restored(worker)
    worker.stop()
    return speed, peak, f"{rows:,} rows, {rows / seconds:,.0f}/s" if seconds else f"{rows:,} rows"


def speed_of(platform, output, count):
    times = sorted(record.timestamp_ms for record in read_topic(platform.brokers, output))
    tenth = times[len(times) // 10]
    return count * 0.9 * 1000 / (times[-1] - tenth)
