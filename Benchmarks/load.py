"""What the parts of the benchmark share: a system to measure on, purchases to send, figures to read off."""

import json
import os
import re
from contextlib import contextmanager
from pathlib import Path

from rig import purchases
from rig.platform import Platform
from rig.waiting import wait_until
from rig.worker import ROOT

PROGRAMME_FILE = ROOT / "topics" / "examples" / "journey.json"
CEILING = ROOT / "Benchmarks" / ".build" / "ceiling"
HOP = ROOT / "Benchmarks" / ".build" / "hop"
# The real baskets, so many times over, each round with members of its own.
ROUNDS = int(os.environ.get("STAMPEDE_BENCH_ROUNDS", 10))
WORK_SECONDS = 600
MIB = 1024 * 1024
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def system(programme=None, **flags):
    """A broker with topics and a programme (a document; journey's when None), reached directly: nothing is killed here,
    and the door costs time."""
    platform = Platform(measured=True, flags=flags)
    platform.start(services=())
    try:
        file = PROGRAMME_FILE
        if programme is not None:
            file = platform.directory / "programme.json"
            file.write_text(programme)
        platform.operator.run("programs", "publish", file)
        yield platform
    finally:
        platform.stop()


def publish_backlog(platform, rounds=ROUNDS):
    """(purchases, members): the real baskets, many times over, on `commerce.purchases`."""
    publisher, people, count = platform.publisher(), set(), 0
    for member, document in purchases.repeated(purchases.baskets(), rounds):
        publisher.send("commerce.purchases", member, document)
        people.add(member)
        count += 1
    publisher.flush()
    return count, len(people)


def renamed_baskets():
    """Without end: (purchase id, member, document)."""
    for member, document in purchases.repeated(purchases.baskets(), 1_000_000, label="load"):
        yield json.loads(document)["id"], member, document


def records_in(worker, topic=""):
    """Records consumed by this run of a worker, by its own counter: `loyalty status` would take the cores measured."""
    pattern = re.compile(rf'^stampede_records_in_total{{.*topic="{topic or ".*"}".*}} (\d+)', re.MULTILINE)
    return sum(int(value) for value in pattern.findall(worker.get("/metrics")[1]))


def records_out(worker, topic):
    """Records that this run of a worker has written to a topic in committed cycles."""
    pattern = re.compile(rf'^stampede_records_out_total{{.*topic="{topic}".*}} (\d+)', re.MULTILINE)
    return sum(int(value) for value in pattern.findall(worker.get("/metrics")[1]))


def topics_written(worker):
    """Those that this run of a worker has written to in committed cycles."""
    pattern = re.compile(r'^stampede_records_out_total{.*topic="([^"]+)".*} [1-9]', re.MULTILINE)
    return sorted(set(pattern.findall(worker.get("/metrics")[1])))


def wait_worked_off(worker, topic, count):
    wait_until(
        lambda: records_in(worker, topic) >= count,
        WORK_SECONDS,
        lambda: f"{worker.name} to read {count:,} records of {topic}; it read {records_in(worker, topic):,}",
        every=0.1,
    )


def processor_seconds(owner):
    """Of all threads of a process, or of one that owns a process, since its start."""
    fields = Path(f"/proc/{owner.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS
