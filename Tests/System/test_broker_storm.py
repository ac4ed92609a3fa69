"""Brokers of a cluster of three killed, restarted, deposed and run out of disk, while purchases flow: no worker ends,
and the books say what the reference says.

The order of the blows comes from a seed, which is printed; STAMPEDE_SEED=N repeats it. STAMPEDE_KILLS=N sets how many
brokers the long one kills; it runs beside a peer on Kafka Streams where the installation has one.
"""

import os
import random
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from conftest import PROGRAMME_FILE
from rig import console, purchases
from rig.apache import peer
from rig.apache.cluster import ApacheCluster
from rig.bookings import Bookings
from rig.broker_storm import BrokerStorm
from rig.platform import Platform
from rig.services import SERVICES
from rig.topic import create_topic
from rig.verdict import assert_books
from rig.waiting import wait_until

pytestmark = pytest.mark.apache

CHAIN = ("transaction-ingest", "points-engine", "tier-evaluator")
FINAL_CLOCK = "2017-07-12T12:00:00-04:00"
KILLS = int(os.environ.get("STAMPEDE_KILLS", 60))
MEMBERS_OF_BASKET = 10
PEER_START_SECONDS = 120
DRAIN_SECONDS = 300
COLUMNS = ("blow", "times", "nobody booked: median", "longest", "a partition: median", "longest")


@dataclass(frozen=True)
class Season:
    blows: tuple
    services: tuple
    # Purchases a second while it blows.
    rate: int


SHORT = Season(("kill", "depose", "roll", "fill_disk", "kill"), CHAIN, rate=60)
LONG = Season(("kill",) * KILLS, SERVICES, rate=60)


class Load(threading.Thread):
    """The real baskets, each for several members, at a steady rate until it is ended; `sent` are those it sent."""

    def __init__(self, platform, rate):
        super().__init__(name="load", daemon=True)
        # An idempotent producer of librdkafka spins on a core while brokers are away (librdkafka #3692).
        self.publisher = platform.publisher(through_restarts=True)
        self.rate = rate
        self.sent = []
        self.ending = threading.Event()
        self.failure = None

    def run(self):
        try:
            began = time.monotonic()
            for member, document in self.woven():
                wait = began + len(self.sent) / self.rate - time.monotonic()
                if self.ending.wait(max(0, wait)):
                    return
                self.publisher.send("commerce.purchases", member, document)
                self.sent.append(document)
        except Exception as failure:  # handed to the thread that ends it
            self.failure = failure

    def woven(self):
        """In order of time, as the clock of a stream wants them."""
        for basket in purchases.baskets():
            yield from purchases.repeated([basket], MEMBERS_OF_BASKET)

    def end(self):
        assert self.is_alive() or self.failure, "the baskets did not last"
        self.ending.set()
        self.join()
        if self.failure:
            raise self.failure
        self.publisher.flush()


def survive(programme, tmp_path, season, beside_peer=False):
    seed = int(os.environ.get("STAMPEDE_SEED", random.randrange(1_000_000)))
    print(f"\nSTAMPEDE_SEED={seed}", flush=True)
    # Those that a worker has by itself, not those that the development broker needs.
    platform = Platform(
        tmp_path / "platform", broker=ApacheCluster(tmp_path / "cluster"), flags={"session_timeout_ms": None}
    )
    with ExitStack() as ending:
        ending.callback(platform.stop)
        platform.start(season.services)
        platform.operator.run("programs", "publish", PROGRAMME_FILE)
        load = Load(platform, season.rate)
        load.start()
        watched = {"points-engine": watch(platform, "loyalty.ledger", ending)}
        if beside_peer:
            watched["Kafka Streams"] = start_peer(platform, tmp_path, ending)
        wait_until(lambda: all(each.count() for each in watched.values()), PEER_START_SECONDS, "first entries")
        storm = BrokerStorm(platform.broker, seed, platform.check_running)
        storm.blow(season.blows)
        load.end()
        for name, bookings in watched.items():
            console.heading(f"{name}: time without bookings, {season.rate} purchases a second")
            console.table(COLUMNS, list(storm.table(bookings)))
        assert_books(platform, programme, load.sent, season.services, FINAL_CLOCK, DRAIN_SECONDS)
        console.say(f"{len(load.sent):,} purchases; the books say what the reference says.")


def watch(platform, topic, ending):
    bookings = Bookings(platform.brokers, topic)
    ending.callback(bookings.close)
    return bookings


def start_peer(platform, tmp_path, ending):
    for topic in ("peer.ledger", "peer.accounts"):
        create_topic(platform.brokers, topic, platform.partitions, platform.broker.replication_factor)
    bookings = watch(platform, "peer.ledger", ending)
    beside = peer.Peer(
        tmp_path / "peer", platform.brokers, "peer.ledger", "peer.accounts",
        replication_factor=platform.broker.replication_factor,
    )  # fmt: skip
    beside.start()
    ending.callback(beside.kill)
    return bookings


def test_what_strikes_one_broker_of_three_is_not_seen_in_the_books(programme, tmp_path):
    survive(programme, tmp_path, SHORT)


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_brokers_killed_one_after_another_end_no_worker(programme, tmp_path):
    survive(programme, tmp_path, LONG, beside_peer=peer.source() is not None)
