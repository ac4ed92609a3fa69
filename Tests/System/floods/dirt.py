"""Throughput on dirt beside that on clean input: every purchase ten times, interleaved, half of them by one member, one
record in a hundred garbage. Nothing may be lost or doubled, and dirt may cost a fifth."""

import random

from rig import console

from .load import MIB, SEED, SERVICE, by_id, count_of, id_of, purchase, rate_of_a_backlog, send, system

RECORDS = count_of("STAMPEDE_PURCHASES", 500_000)
ROUNDS = 3
COPIES = 10
MEMBERS = 50_000
RATIO_TARGET = 0.8

# A kind of garbage a line: what it makes of a good event. Each is refused by a code of its own.
GARBAGE = (
    lambda value: b"",
    lambda value: value[:-9],
    lambda value: value + b"}",
    lambda value: b"\xff" + value,
    lambda value: b"[]",
    lambda value: b"[" * 5_000,
    lambda value: b"no json at all",
    lambda value: b" " * 300_000,
    lambda value: value.replace(b"USD", b"U$D"),
    lambda value: value.replace(b"USD", b"VND"),
    lambda value: value.replace(b"completed", b"begun"),
    lambda value: value.replace(b'"9.50"', b'"9,50"'),
    lambda value: value.replace(b'"9.50"', b'"9.505"'),
    lambda value: value.replace(b'"9.50"', b'"-9.50"'),
    lambda value: value.replace(b'"9.50"', b'"99999999999999999"'),
    lambda value: value.replace(b'"9.50"', b"{}"),
    lambda value: value.replace(b'"quantity":2', b'"quantity":-2'),
    lambda value: value.replace(b"2017-03-01T10:00:00-05:00", b"2017-02-30T10:00:00"),
    lambda value: value.replace(b'"occurredAt"', b'"occuredAt"'),
    lambda value: value.replace(b'"total"', b'"store":"X","total"'),
    lambda value: value.replace(b'"lines":[', b'"lines":[],"more":['),
    lambda value: value.replace(b'"member":{', b'"member":{"card":"AB12",'),
    lambda value: value.replace(b'"member":{"id"', b'"member":{"phone"'),
    lambda value: value.replace(b'"id":"POS7', b'"id":" POS7'),
    lambda value: value.replace(b'"currency"', b'"programId":"no-such","currency"'),
)


def clean(numbers):
    return [(id_of(number), purchase(number, by_id(number % MEMBERS))) for number in numbers]


def dirty(numbers, dice):
    """As many records as numbers, of a tenth as many purchases; one in a hundred is garbage."""
    count = len(numbers)
    records = []
    for number in numbers[: count * 99 // 100 // COPIES]:
        value = purchase(number, by_id(0 if number % 2 else dice.randrange(MEMBERS)))
        records += [(id_of(number), value)] * COPIES
    left = count - len(records)
    records += [
        (b"garbage-%d" % number, GARBAGE[number % len(GARBAGE)](purchase(numbers[0], by_id(1))))
        for number in range(left)
    ]
    dice.shuffle(records)
    return records, left


def run():
    console.heading(f"Dirt: {RECORDS:,} records a round")
    dice = random.Random(SEED)
    rates = {"clean": [], "dirty": []}
    expected = garbage = number = 0
    with system() as platform:
        worker = platform.worker(SERVICE)
        for _ in range(ROUNDS):
            for kind, rounds in rates.items():
                numbers = range(number, number + RECORDS)
                number += RECORDS
                records, dirt = (clean(numbers), 0) if kind == "clean" else dirty(numbers, dice)
                garbage += dirt
                expected += len({key for key, _ in records if not key.startswith(b"garbage")})
                # The worker is away while the records are sent, so that it alone decides how long they take.
                if worker.running:
                    worker.stop()
                send(platform, records)
                rounds.append(rate_of_a_backlog(worker, len(records)))
        platform.wait_drained(services=(SERVICE,))
        resident, peak = worker.resident_bytes()
        accepted = [record.document["id"] for record in platform.read("loyalty.transactions")]
        refused = len(platform.read("commerce.rejections"))
    best = {kind: max(rounds) for kind, rounds in rates.items()}
    console.table(
        ("input", *(f"round {index + 1}" for index in range(ROUNDS)), "best, records/s"),
        [(kind, *(f"{rate:,.0f}" for rate in rounds), f"{best[kind]:,.0f}") for kind, rounds in rates.items()],
    )
    ratio = best["dirty"] / best["clean"]
    whole = len(accepted) == len(set(accepted)) == expected and refused == garbage
    console.say(f"dirty / clean: {ratio:.2f} (target {RATIO_TARGET})")
    console.say(
        f"{len(accepted):,} accepted of {expected:,}, {refused:,} refused of {garbage:,} of {len(GARBAGE)} kinds: "
    )
    console.say("none lost, none doubled" if whole else "SOME ARE LOST OR DOUBLED")
    console.say(f"{resident // MIB} MiB resident, {peak // MIB} MiB at most (the broker's whole-backlog answers)")
    return whole and ratio >= RATIO_TARGET
