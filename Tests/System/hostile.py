"""`make hostile`: hostile records of a seed to a whole platform, and the first of them that breaks it.

usage: hostile.py [--records N] [--seed S] [--batch N] [--from NUMBER] [--to NUMBER] [--narrow] [--show NUMBER]

Each record follows from the seed and its number, so that a run with the same seed makes the same ones. Where a batch
breaks something its numbers are told: `--from A --to B` sends these alone, `--narrow` halves them until the culprit is
left, `--show` prints a record. Ends with 1 where something broke.
"""

import argparse
import secrets
import sys
import time
from datetime import UTC, datetime

from hostility.ordeal import BATCH, PARTITIONS, Ordeal, narrow
from hostility.records import HostileRecords
from rig import console

SHOWN_BYTES = 2_000


def arguments():
    parser = argparse.ArgumentParser(description="Hostile records to a whole platform.")
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--seed", default=None)
    parser.add_argument("--batch", type=int, default=BATCH, help="records between two rounds of canaries")
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("--to", type=int, default=None, dest="last")
    parser.add_argument("--narrow", action="store_true")
    parser.add_argument("--show", type=int, default=None)
    return parser.parse_args()


def show(seed, number):
    for record in HostileRecords(seed, datetime.now(UTC), PARTITIONS, leaves_out=lambda _: False).of(number):
        console.say(str(record))
        console.say(f"key {record.key!r}, partition {record.partition}, timestamp {record.timestamp_ms}")
        for name, value in record.headers[:20]:
            console.say(f"header {name!r}: {(value or b'')[:200]!r}")
        console.say(repr((record.value or b"")[:SHOWN_BYTES]))


def main(given):
    seed = given.seed or str(secrets.randbelow(10**9))
    if given.show is not None:
        show(seed, given.show)
        return 0
    console.say(f"seed {seed}")

    def run(numbers, count=None):
        return Ordeal(None, seed, console.say, given.batch).run(numbers, count)

    begun = time.monotonic()
    numbers = None if given.last is None else range(given.first, given.last + 1)
    if numbers is None and given.first:
        numbers = range(given.first, given.first + 10**9)
    outcome = run(numbers, given.records if given.last is None else None)
    console.say(f"{outcome.sent:,} records in {time.monotonic() - begun:.0f} s")
    for topic, count in outcome.by_topic.most_common():
        console.say(f"  {topic}: {count:,}")
    for reason, count in outcome.refused_by_broker.items():
        console.say(f"  {count:,} not taken by broker or client: {reason}")
    if outcome.failure is None:
        console.say("Every worker is alive and caught up, and every canary was booked to the point.")
        return 0
    console.say(outcome.failure)
    if outcome.numbers is None:
        return 1
    first, last = outcome.numbers
    console.say(f"Again: make hostile SEED={seed} FROM={first} TO={last}; NARROW=1 finds the culprit.")
    if given.narrow:
        left = narrow(run, range(first, last + 1))
        console.say(f"It takes {len(left)} numbers: {left[0]} to {left[-1]}")
        if len(left) == 1:
            show(seed, left[0])
    return 1


if __name__ == "__main__":
    sys.exit(main(arguments()))
