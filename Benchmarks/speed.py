"""Purchases a second of each worker alone, beside a plain C loop, and how fast its store comes back.

Speed is read off the output topics, the same way for all: purchases over the time between the record that ends the
first tenth of the output and the last one, by the producers' timestamps. So start-up and group joins do not count.

The development broker hands a consumer its whole backlog in one answer, whatever limits were asked for; the peak
memory here holds that answer. The memory at a steady rate (`latency`, `members`) is the one to plan with.
"""

import itertools
import statistics
import subprocess
from dataclasses import astuple, dataclass

from confluent_kafka.admin import AdminClient, NewTopic
from load import CEILING, MIB, ROUNDS, publish_backlog, system, topics_written, wait_worked_off
from rig import console
from rig.storm import restored
from rig.topic import read_topic

CEILING_RUNS = 3
numbers = itertools.count(1)
# Where each worker leaves a record or more for every purchase.
OUTPUTS = {
    "transaction-ingest": ("commerce.purchases", "loyalty.transactions"),
    "points-engine": ("loyalty.transactions", "loyalty.ledger"),
    "tier-evaluator": ("loyalty.transactions", "tier-evaluator.purchases.changelog"),
}


@dataclass(frozen=True)
class Written:
    """What is written for a purchase, on average: records with their bytes and headers, rows with their bytes."""

    records: float
    record_bytes: int
    headers: float
    rows: float
    row_bytes: int


def run():
    with system() as platform:
        count, people = publish_backlog(platform)
        console.heading(f"Speed: {count:,} purchases (the real baskets, {ROUNDS} times over {people:,} members)")
        console.say("One process, one thread, exactly once; nothing else runs but the broker.")
        plain = ceiling(platform, count)
        rows = [("plain C loop", f"{plain:,}", "1.00", "", "", "")]
        for service in OUTPUTS:
            speed, written, peak, restore = measure(platform, service, count)
            alike = ceiling(platform, count, written)
            name = f"C loop that writes as much as {service}"
            rows.append((name, f"{alike:,}", f"{alike / plain:.2f}", "1.00", "", told(written)))
            rows.append(
                (service, f"{speed:,}", f"{speed / plain:.2f}", f"{speed / alike:.2f}", f"{peak // MIB} MiB", restore)
            )
        heads = ("", "purchases/s", "of the C loop", "of the one that writes as much", "peak memory", "")
        console.table(heads, rows)


def told(written):
    return (
        f"a purchase {written.records:.1f} records of {written.record_bytes} bytes with {written.headers:.1f} headers, "
        f"{written.rows:.1f} rows of {written.row_bytes} bytes"
    )


def ceiling(platform, count, written=None):
    """The median of several runs; without `written` it writes one record and one row a purchase."""
    admin = AdminClient({"bootstrap.servers": platform.brokers})
    load = astuple(written) if written else ()
    speeds = []
    for _ in range(CEILING_RUNS):
        output = f"bench.ceiling.{next(numbers)}"
        admin.create_topics([NewTopic(output, platform.partitions, 1)])[output].result()
        database = platform.directory / f"{output}.db"
        arguments = [platform.brokers, "commerce.purchases", output, database, count, *load]
        subprocess.run([CEILING, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)
        speeds.append(speed_of(platform, output, count))
    return round(statistics.median(speeds))


def measure(platform, service, count):
    """Of one service and the whole backlog: purchases a second, what it wrote, peak resident bytes, how its lost disk
    came back."""
    source, output = OUTPUTS[service]
    worker = platform.worker(service, threads=1).start().wait_ready()
    wait_worked_off(worker, source, count)
    platform.wait_drained(services=(service,))
    peak = worker.resident_bytes()[1]
    written = written_by(platform, worker, count)
    worker.stop()
    speed = round(speed_of(platform, output, count))
    worker.delete_state()
    worker.start().wait_ready()
    rows, seconds = restored(worker)
    worker.stop()
    back = f"lost disk: {rows:,} rows" + (f", {rows / seconds:,.0f}/s" if seconds else "")
    return speed, written, peak, back


def written_by(platform, worker, count):
    """Rows are read off the changelogs, which have one record for each that a cycle changed."""
    records = size = headers = rows = row_size = 0
    for topic in topics_written(worker):
        for record in read_topic(platform.brokers, topic):
            length = len(record.value or b"")
            records, size, headers = records + 1, size + length, headers + len(record.headers)
            if topic.endswith(".changelog"):
                rows, row_size = rows + 1, row_size + length
    return Written(records / count, size // records, headers / records, max(1, rows / count), max(8, row_size // rows))


def speed_of(platform, output, count):
    times = sorted(record.timestamp_ms for record in read_topic(platform.brokers, output))
    tenth = times[len(times) // 10]
    return count * 0.9 * 1000 / (times[-1] - tenth)
