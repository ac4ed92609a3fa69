"""`make elasticity`: how long each partition of the points engine stands still while instances come and go.

A store of 100,000 members a partition is filled; then, under a steady load, instances join one by one and leave again.
A partition's standstill is the longest time between two entries of its ledger around that event, by the time at which
the worker wrote them, so a commit that follows late is not hidden. STAMPEDE_MEMBERS=N fills N members a partition.
"""

import itertools
import os
import sys
import threading
import time
from collections import defaultdict

from rig import console
from rig.platform import Platform
from rig.topic import read_topic
from rig.waiting import wait_until
from rig.worker import ROOT

PROGRAMME_FILE = ROOT / "topics" / "examples" / "journey.json"
PARTITIONS = 4
MEMBERS = int(os.environ.get("STAMPEDE_MEMBERS", 100_000))
INSTANCES = 4
RATE = 800
FILL_SECONDS = 600
# How long the load runs on before, and after, each join and each leave.
CALM_SECONDS = 5
TARGET_SECONDS = 3


def main():
    platform = Platform(partitions=PARTITIONS, measured=True, flags={"session-timeout-ms": 10_000})
    platform.start(services=())
    try:
        platform.operator.run("programs", "publish", PROGRAMME_FILE)
        return run(platform)
    finally:
        platform.stop()


def run(platform):
    console.heading(f"A store of {MEMBERS:,} members a partition")
    fill(platform)
    first = platform.worker("points-engine")
    restarts = [("a lost disk", *restart(first, lose_disk=True)), ("the same disk", *restart(first, lose_disk=False))]
    console.table(("restart on", "rows restored", "seconds", "rows/s"), [restore_row(*row) for row in restarts])
    console.heading(f"1 → {INSTANCES} → 1 instances at {RATE} purchases/s")
    events = move(platform)
    return 0 if report(platform, events) else 1


# -- The store


def transaction(number, member, second):
    """An accepted purchase as ingest writes it: one line, ten points."""
    minute, second = divmod(second, 60)
    hour, minute = divmod(minute, 60)
    return (
        f'{{"type":"purchase.accepted","id":"E{number}","occurredAt":"2017-03-01T{hour:02}:{minute:02}:{second:02}Z",'
        f'"source":"till","memberId":"M-{member}","currency":"USD",'
        f'"lines":[{{"sku":"1","category":"grocery","quantity":1,"amount":"10.00"}}],"total":"10.00"}}'
    )


def fill(platform):
    publisher = platform.publisher()
    for number in range(PARTITIONS * MEMBERS):
        publisher.send("loyalty.transactions", f"M-{number}", transaction(number, number, 0))
    publisher.flush()
    worker = platform.worker("points-engine").start().wait_ready()
    started = time.monotonic()
    wait_until(lambda: total(worker, "stampede_records_in_total") >= PARTITIONS * MEMBERS, FILL_SECONDS, "fill", 0.5)
    console.say(f"{PARTITIONS * MEMBERS:,} purchases booked in {time.monotonic() - started:.1f} s")
    assert worker.stop() == 0


def restart(worker, lose_disk):
    """(rows restored, seconds from the assignment to the last partition that runs) of a stopped worker's next start."""
    if lose_disk:
        worker.delete_state()
    worker.start().wait_ready(300)
    seconds = standstill_of_start(worker)
    rows = total(worker, "stampede_restore_records_total")
    assert worker.stop() == 0
    return rows, seconds


def restore_row(name, rows, seconds):
    return name, f"{rows:,.0f}", f"{seconds:.2f}", f"{rows / seconds:,.0f}" if rows > 1000 else "—"


def standstill_of_start(worker):
    times = defaultdict(list)
    for line in worker.log_lines():
        times[line.get("message")].append(clock(line))
    return max(times["task running"]) - max(times["partitions assigned"])


def clock(line):
    hours, minutes, seconds = line["time"][11:-1].split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def total(worker, metric):
    return sum(value for name, value in worker.metrics().items() if name.startswith(metric + "{"))


# -- Joining and leaving


class Load(threading.Thread):
    """Purchases of the members that the store knows, at a steady rate, evenly over the partitions."""

    def __init__(self, platform):
        super().__init__(name="load", daemon=True)
        self.publisher = platform.publisher()
        self.ending = threading.Event()
        self.sent = 0

    def run(self):
        started = time.monotonic()
        while not self.ending.is_set():
            due = int((time.monotonic() - started) * RATE)
            while self.sent < due:
                member = self.sent * 7919 % (PARTITIONS * MEMBERS)
                number = PARTITIONS * MEMBERS + self.sent
                self.publisher.send(
                    "loyalty.transactions", f"M-{member}", transaction(number, member, self.sent // RATE + 60)
                )
                self.sent += 1
            self.ending.wait(0.005)

    def end(self):
        self.ending.set()
        self.join()
        self.publisher.flush()


def move(platform):
    """[(what, from, until, rows restored)], wall seconds, each with its time of calm behind it."""
    load, events = Load(platform), []
    workers = [
        platform.worker("points-engine", instance=str(number + 1), leave_group_on_stop=True)
        for number in range(INSTANCES)
    ]
    workers[0] = platform.worker("points-engine").start().wait_ready()
    load.start()
    time.sleep(CALM_SECONDS)
    for count, worker in enumerate(workers[1:], 2):
        before = restored(workers[: count - 1])
        start = time.time()
        worker.start().wait_ready()
        events.append(settle(f"{count - 1} → {count}", start, workers[:count], before))
    for count in range(INSTANCES - 1, 0, -1):
        before = restored(workers[:count])
        start = time.time()
        assert workers[count].stop() == 0, workers[count].process.tail()
        events.append(settle(f"{count + 1} → {count}", start, workers[:count], before))
    load.end()
    wait_until(lambda: total(workers[0], "stampede_partition_lag_records") == 0, 60, "the end of the load")
    workers[0].stop()
    return events


def settle(what, start, running, restored_before):
    wait_until(
        lambda: sum(worker.partitions_running() for worker in running) == PARTITIONS, 120, "every partition to run"
    )
    rows = restored(running) - restored_before
    time.sleep(CALM_SECONDS)
    return what, start, time.time(), rows


def restored(running):
    return sum(total(worker, "stampede_restore_records_total") for worker in running)


def report(platform, events):
    written = defaultdict(list)
    for record in read_topic(platform.brokers, "loyalty.ledger", 300):
        written[record.partition].append(record.timestamp_ms / 1000)
    rows, longest = [], 0
    for what, start, end, restored_rows in events:
        gaps = [longest_gap(written[partition], start, end) for partition in range(PARTITIONS)]
        rows.append((what, f"{restored_rows:,.0f}", *(f"{gap:.2f} s" for gap in gaps)))
        longest = max(longest, *gaps)
    console.table(("instances", "rows restored", *(f"partition {number}" for number in range(PARTITIONS))), rows)
    console.say(f"The longest standstill: {longest:.2f} s; the target: {TARGET_SECONDS} s.")
    return longest <= TARGET_SECONDS


def longest_gap(times, start, end):
    inside = sorted(moment for moment in times if start - 1 <= moment <= end)
    return max((after - before for before, after in itertools.pairwise(inside)), default=end - start)


if __name__ == "__main__":
    sys.exit(main())
