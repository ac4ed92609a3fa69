"""Blows on the brokers of a cluster of three, one after another, each of which the workers must live through."""

import random
import time
from dataclasses import dataclass
from statistics import median

from .apache.cluster import NODES

# A dead broker is noticed after six seconds: some come back before, some after.
DOWN_SECONDS = (1, 10)
CALM_SECONDS = (0.5, 2)


@dataclass(frozen=True)
class Blow:
    kind: str
    node: int
    # Monotonic seconds: when it fell; when its node was back and every copy whole.
    fell: float
    healed: float


class BrokerStorm:
    """`check` is called after each blow, and fails when a worker has ended."""

    def __init__(self, cluster, seed, check):
        self.cluster = cluster
        self.random = random.Random(seed)
        self.check = check
        self.blows = []

    def blow(self, kinds):
        for kind in kinds:
            node = self.cluster.controller() if kind == "depose" else self.random.choice(NODES)
            fell = time.monotonic()
            getattr(self, kind)(node)
            self.cluster.wait_in_sync()
            self.blows.append(Blow(kind, node, fell, time.monotonic()))
            print(f"  {kind} of node {node}: whole again after {time.monotonic() - fell:.1f} s", flush=True)
            self.check()
            time.sleep(self.random.uniform(*CALM_SECONDS))
        self.ended = time.monotonic()

    # -- Blows

    def kill(self, node):
        self.cluster.kill(node)
        time.sleep(self.random.uniform(*DOWN_SECONDS))
        self.cluster.begin(node)

    def depose(self, controller):
        """Who leads the others is killed, and they choose another."""
        self.kill(controller)

    def roll(self, _):
        self.cluster.restart()

    def fill_disk(self, node):
        """Under load: it ends over the next record."""
        self.cluster.fill_disk(node)
        time.sleep(self.random.uniform(*DOWN_SECONDS))
        self.cluster.begin(node)

    # -- Report

    def gaps(self, bookings):
        """Of each blow: (the longest time without an entry anywhere, the longest of a partition), from its fall to the
        next one's."""
        ends = [*(blow.fell for blow in self.blows[1:]), self.ended]
        return [
            (
                bookings.longest_gap(blow.fell, end),
                max(bookings.longest_gap(blow.fell, end, partition) for partition in bookings.partitions),
            )
            for blow, end in zip(self.blows, ends, strict=True)
        ]

    def table(self, bookings):
        """Rows of (blow, how often, median and longest without an entry anywhere, the same of a partition)."""
        gaps = self.gaps(bookings)
        for kind in dict.fromkeys(blow.kind for blow in self.blows):
            own = [gap for blow, gap in zip(self.blows, gaps, strict=True) if blow.kind == kind]
            whole, partition = zip(*own, strict=True)
            figures = (median(whole), max(whole), median(partition), max(partition))
            yield kind, len(own), *(f"{figure:.2f} s" for figure in figures)
