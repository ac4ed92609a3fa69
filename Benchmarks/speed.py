"""Purchases a second of each worker alone, beside a plain C loop, and how fast its store comes back.

Speed is read off the output topics, the same way for all: purchases over the time between the record that ends the
first tenth of the output and the last one, by the producers' timestamps. So start-up and group joins do not count.

A machine's speed changes by the minute, so workers and loops take turns in several runs, each on a broker of its own.
A ratio is that of one run; the median of all stands in the table, the least and the largest behind it.

The development broker hands a consumer its whole backlog in one answer, whatever limits were asked for; the peak
memory here holds that answer. The memory at a steady rate (`latency`, `members`) is the one to plan with.
"""

import itertools
import os
import statistics
import subprocess
from collections import defaultdict
from dataclasses import astuple, dataclass

from confluent_kafka.admin import AdminClient, NewTopic
from load import CEILING, MIB, ROUNDS, publish_backlog, system, topics_written, wait_worked_off
from rig import console
from rig.storm import restored
from rig.topic import read_topic

RUNS = int(os.environ.get("STAMPEDE_BENCH_RUNS", 5))
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


@dataclass(frozen=True)
class Run:
    """One worker in one run: purchases a second beside those of the loops, what it wrote, and what it took."""

    plain: float
    alike: float
    speed: float
    written: Written
    peak: int
    restore: str


def run():
    runs = defaultdict(list)
    for number in range(RUNS):
        with system() as platform:
            count, people = publish_backlog(platform)
            if number == 0:
                baskets = f"{count:,} purchases (the real baskets, {ROUNDS} times over {people:,} members)"
                console.heading(f"Speed: {baskets}, the median of {RUNS} runs")
                console.say("One process, one thread, exactly once; nothing else runs but the broker.")
            plain = ceiling(platform, count)
            for service in OUTPUTS:
                speed, written, peak, restore = measure(platform, service, count)
                alike = ceiling(platform, count, written)
                runs[service].append(Run(plain, alike, speed, written, peak, restore))
                took = f"{plain:,.0f}, {alike:,.0f}, {speed:,.0f} purchases/s, {speed / alike:.2f} of the loop"
                console.say(f"Run {number + 1}: plain loop, loop that writes as much, {service}: {took}.")
    console.table(
        ("", "purchases/s", "of the C loop", "of the one that writes as much", "peak memory", ""),
        [row for service, found in runs.items() for row in rows_of(service, found)],
    )


def rows_of(service, found):
    def median(figure):
        return f"{statistics.median(map(figure, found)):,.0f}"

    def spread(ratio):
        ratios = sorted(map(ratio, found))
        return f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"

    peak = max(each.peak for each in found) // MIB
    alike = spread(lambda each: each.alike / each.plain)
    yield (
        f"C loop that writes as much as {service}",
        median(lambda each: each.alike),
        alike,
        "",
        "",
        told(found[0].written),
    )
    of_plain, of_alike = spread(lambda each: each.speed / each.plain), spread(lambda each: each.speed / each.alike)
    yield service, median(lambda each: each.speed), of_plain, of_alike, f"{peak} MiB", found[-1].restore


def told(written):
    return (
        f"a purchase {written.records:.1f} records of {written.record_bytes} bytes with {written.headers:.1f} headers, "
        f"{written.rows:.1f} rows of {written.row_bytes} bytes"
    )


def ceiling(platform, count, written=None):
    """Without `written` the loop writes one record and one row a purchase."""
    admin = AdminClient({"bootstrap.servers": platform.brokers})
    load = astuple(written) if written else ()
    output = f"bench.ceiling.{next(numbers)}"
    admin.create_topics([NewTopic(output, platform.partitions, 1)])[output].result()
    database = platform.directory / f"{output}.db"
    arguments = [platform.brokers, "commerce.purchases", output, database, count, *load]
    subprocess.run([CEILING, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)
    return speed_of(platform, output, count)


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
    speed = speed_of(platform, output, count)
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
