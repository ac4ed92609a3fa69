"""Workers killed, emptied, moved and starved at random moments while purchases flow: nothing lost, nothing doubled.

The order and the moments come from a seed, which is printed; STAMPEDE_SEED=N repeats a run (as far as the machine's own
timing allows).
"""

import os
import random
import signal
import threading
import time
from dataclasses import dataclass

import pytest
from conftest import PROGRAMME_FILE
from reference import instant, read_purchases, recompute
from rig import members, purchases
from rig.books import Books
from rig.messages import wait_told
from rig.platform import Platform
from rig.worker import SERVICES

# Of the first baskets some points have expired by then, some have not; of the last, some are still pending.
FINAL_CLOCK = "2017-07-12T12:00:00-04:00"


@dataclass(frozen=True)
class Storm:
    """How hard it blows."""

    baskets: int | None
    baskets_per_second: int
    kills: int  # of each worker
    visits: int  # of a second instance of each worker
    pauses: int  # of each worker, by SIGSTOP
    pause_seconds: float  # at most
    calm_seconds: float  # between two blows, at most


SHORT = Storm(baskets=5000, baskets_per_second=250, kills=3, visits=1, pauses=0, pause_seconds=0, calm_seconds=0.6)
LONG = Storm(baskets=None, baskets_per_second=60, kills=12, visits=4, pauses=3, pause_seconds=15, calm_seconds=3)


class Feed(threading.Thread):
    """Publishes purchases at a steady rate, so that whatever is hit is hit at work; at full speed once it is to end."""

    def __init__(self, platform, documents, per_second):
        super().__init__(name="feed", daemon=True)
        self.publisher = platform.publisher()
        self.documents = documents
        self.per_second = per_second
        self.hurry = threading.Event()

    def run(self):
        started = time.monotonic()
        for number, document in enumerate(self.documents):
            wait = started + number / self.per_second - time.monotonic()
            if wait > 0:
                self.hurry.wait(wait)
            self.publisher.send("commerce.purchases", purchases.member_of(document), document)

    def end(self):
        self.hurry.set()
        self.join()
        self.publisher.flush()


class Chaos:
    """Blows of one storm in the seed's order, while purchases come in."""

    def __init__(self, platform, storm, seed):
        self.platform = platform
        self.storm = storm
        self.random = random.Random(seed)
        self.done = []

    def blow(self, documents):
        blows = [
            *[(self.kill, service) for service in SERVICES for _ in range(self.storm.kills)],
            *[(self.visit, service) for service in SERVICES for _ in range(self.storm.visits)],
            *[(self.pause, service) for service in SERVICES for _ in range(self.storm.pauses)],
            (self.kill_and_empty, self.random.choice(SERVICES[:4])),
        ]
        self.random.shuffle(blows)
        feed = Feed(self.platform, documents, self.storm.baskets_per_second)
        feed.start()
        for act, service in blows:
            time.sleep(self.random.uniform(0, self.storm.calm_seconds))
            self.platform.check_running()
            act(service)
            self.done.append(f"{act.__name__} {service}")
        feed.end()

    def kill(self, service):
        worker = self.platform.worker(service)
        worker.kill()
        worker.start()

    def kill_and_empty(self, service):
        worker = self.platform.worker(service)
        worker.kill()
        worker.delete_state()
        worker.start()

    def visit(self, service):
        """A second instance joins, works for a while, and leaves as its operator tells it to."""
        guest = self.platform.worker(service, instance="2", leave_group_on_stop=True).start()
        guest.wait_ready()
        time.sleep(self.random.uniform(0, self.storm.calm_seconds))
        code = guest.stop()
        assert code == 0, f"{guest.name} left with {code}:\n{guest.process.tail()}"

    def pause(self, service):
        """Starved: it stands still, is perhaps taken for dead, and goes on as if nothing had been."""
        worker = self.platform.worker(service)
        os.kill(worker.process.pid, signal.SIGSTOP)
        time.sleep(self.random.uniform(0, self.storm.pause_seconds))
        os.kill(worker.process.pid, signal.SIGCONT)


def survive(platform, programme, tmp_path, storm):
    seed = int(os.environ.get("STAMPEDE_SEED", random.randrange(1_000_000)))
    print(f"\nSTAMPEDE_SEED={seed}", flush=True)
    documents = purchases.baskets(storm.baskets)
    people = purchases.members_of(documents)
    platform.operator.run("members", "import", members.write_file(people, tmp_path / "members.ndjson"))

    chaos = Chaos(platform, storm, seed)
    chaos.blow(documents)
    print("  " + ", ".join(chaos.done), flush=True)
    for worker in platform.workers.values():
        if worker.instance == "1":
            worker.wait_ready()
    platform.wait_drained(600)
    platform.operator.run("clock", "advance", "--to", FINAL_CLOCK)
    platform.wait_drained()

    expected = recompute(programme, read_purchases(documents), instant(FINAL_CLOCK))
    books = Books(platform, programme["id"])
    found = books.contradictions() + books.differences(expected, programme["tiers"]["levels"][0]["id"])
    found += wait_told(platform, books).contradictions()
    assert not found, f"STAMPEDE_SEED={seed}: {len(found)} findings:\n" + "\n".join(found[:20])
    audit = platform.operator.run("audit", check=False)
    assert audit.returncode == 0 and "pass" in audit.stdout, audit.stdout + audit.stderr


@pytest.fixture
def platform(programme):
    """The system with two threads a worker, so that partitions also move between threads, and with cycles so short that
    a blow as a rule falls into a transaction."""
    with Platform(flags={"threads": 2, "commit_interval_ms": 5}) as running:
        running.operator.run("programs", "publish", PROGRAMME_FILE)
        yield running


def test_a_short_storm_loses_and_doubles_nothing(platform, programme, tmp_path):
    survive(platform, programme, tmp_path, SHORT)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_long_storm_loses_and_doubles_nothing(platform, programme, tmp_path):
    survive(platform, programme, tmp_path, LONG)
