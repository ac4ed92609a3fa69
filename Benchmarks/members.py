"""Memory and cost a purchase with 10,000, 100,000 and 1,000,000 members.

Each member shops once, then purchases of one line come from members at random. They are sent in parts that the workers
have worked off before the next: the development broker would hand out a whole backlog at once, and its size would be
measured. Cost is processor time of the whole process, which others on the machine disturb least.
"""

import os
import random

from load import MIB, processor_seconds, system, wait_worked_off
from rig import console, purchases

MEMBERS = tuple(int(count) for count in os.environ.get("STAMPEDE_BENCH_MEMBERS", "10000,100000,1000000").split(","))
PURCHASES = 100_000
PART = 20_000


def run():
    console.heading(f"Members: one purchase each, then {PURCHASES:,} at random")
    rows, base = [], None
    for members in MEMBERS:
        costs, resident = measure(members)
        base = base or costs
        rows.append(
            (
                f"{members:,}",
                " + ".join(f"{cost:.1f}" for cost in costs) + " µs",
                " + ".join(f"{cost / first:.2f}" for cost, first in zip(costs, base, strict=True)),
                " + ".join(f"{size // MIB}" for size in resident) + " MiB",
            )
        )
    console.table(("members", "processor a purchase", "of the first row", "resident"), rows)
    console.say("Each: transaction-ingest and points-engine.")


def measure(members):
    """(processor microseconds a purchase, resident bytes), each of ingest and engine."""
    with system() as platform:
        workers = [platform.worker(service, threads=1).start() for service in ("transaction-ingest", "points-engine")]
        for worker in workers:
            worker.wait_ready()
        feed = Feed(platform, workers)
        feed.send(range(members))
        before = [processor_seconds(worker) for worker in workers]
        chance = random.Random(members)
        feed.send(chance.randrange(members) for _ in range(PURCHASES))
        used = [processor_seconds(worker) - start for worker, start in zip(workers, before, strict=True)]
        return [seconds * 1e6 / PURCHASES for seconds in used], [worker.resident_bytes()[0] for worker in workers]


class Feed:
    def __init__(self, platform, workers):
        self.publisher = platform.publisher()
        self.ingest, self.engine = workers
        self.sent = 0

    def send(self, members):
        for member in members:
            # A purchase every tenth of a second.
            second, tenth = divmod(self.sent, 10)
            minute, second = divmod(second, 60)
            hour, minute = divmod(minute, 60)
            day, hour = divmod(hour, 24)
            at = f"2017-01-{day + 1:02}T{hour:02}:{minute:02}:{second:02}.{tenth}-05:00"
            name = f"M-{member:07}"
            document = purchases.one_line(f"P-{self.sent:08}", name, "12.50", at)
            self.publisher.send("commerce.purchases", name, document)
            self.sent += 1
            if self.sent % PART == 0:
                self.wait()
        self.wait()

    def wait(self):
        self.publisher.flush()
        wait_worked_off(self.ingest, "commerce.purchases", self.sent)
        wait_worked_off(self.engine, "loyalty.transactions", self.sent)
