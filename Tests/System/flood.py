"""`make flood`: transaction-ingest on clean input, then on dirt, and what its memory against duplicates costs.

Dirty input is what shops send on a bad day: every purchase ten times, interleaved, half of them by one member, one
record in a hundred garbage. Nothing may be lost or doubled, and throughput must stay within 0.8 of that on clean input.
STAMPEDE_PURCHASES=N records each (200,000); STAMPEDE_REMEMBERED=N ids for the restore (0: as many as were sent;
10,000,000 take about half an hour).
"""

import json
import os
import random
import sys
import time

from demo import PROGRAMME_FILE
from rig import console
from rig.platform import Platform
from rig.waiting import wait_until

PURCHASES = int(os.environ.get("STAMPEDE_PURCHASES", 200_000))
REMEMBERED = int(os.environ.get("STAMPEDE_REMEMBERED", 0))
SEED = int(os.environ.get("STAMPEDE_SEED", 20_261_122))
ROUNDS = 3
PARTITIONS = 4
COPIES = 10
RATIO_TARGET = 0.8
SECONDS = 3600
SERVICE = "transaction-ingest"


def main():
    platform = Platform(partitions=PARTITIONS, through_door=False)
    platform.start(services=())
    try:
        platform.operator.run("programs", "publish", PROGRAMME_FILE)
        return run(platform, random.Random(SEED))
    finally:
        platform.stop()


def purchase(number, member):
    return json.dumps(
        {
            "type": "purchase.completed",
            "id": f"POS7-{number:09}",
            "occurredAt": "2017-03-01T10:00:00-05:00",
            "source": "pos-hcm-07",
            "member": {"id": member},
            "currency": "USD",
            "store": "HCM-07",
            "lines": [
                {"sku": "A1", "category": "coffee", "quantity": 2, "amount": "9.50", "discount": "0.50"},
                {"sku": "B2", "category": "bread", "quantity": 1, "amount": "3.25"},
            ],
            "total": "12.25",
        }
    ).encode()


def clean(numbers):
    for number in numbers:
        yield f"POS7-{number:09}", purchase(number, f"M-{number % 50_000}")


def dirty(numbers, dice):
    """As many records as numbers, of a tenth as many purchases; the last one in a hundred is garbage."""
    numbers = list(numbers)
    records = []
    for number in numbers[: len(numbers) * 99 // 100 // COPIES]:
        value = purchase(number, "M-0" if number % 2 else f"M-{dice.randrange(50_000)}")
        records += [(f"POS7-{number:09}", value)] * COPIES
    while len(records) < len(numbers):
        value = purchase(numbers[0], "M-1")
        records.append(
            ("garbage", dice.choice([b"", value[:-9], b"\xff" + value, value.replace(b"USD", b"U$D"), b"[]"]))
        )
    dice.shuffle(records)
    return records


def send(platform, records):
    publisher = platform.publisher(linger_ms=50)
    for key, value in records:
        publisher.send("commerce.purchases", key, value)
    publisher.flush(600)


def drain(platform, worker):
    """Seconds from ready to the last record."""
    worker.start().wait_ready()
    begun = time.monotonic()
    platform.wait_drained(SECONDS, (SERVICE,))
    return time.monotonic() - begun


def run(platform, dice):
    worker = platform.worker(SERVICE)
    number = 0
    rates = {"clean": [], "dirty": []}
    expected = 0
    for _ in range(ROUNDS):
        for kind in rates:
            numbers = range(number, number + PURCHASES)
            number += PURCHASES
            records = list(clean(numbers)) if kind == "clean" else dirty(numbers, dice)
            expected += len({key for key, _ in records} - {"garbage"})
            # The worker is away while the records are sent, so that it alone decides how long they take.
            if worker.running:
                worker.stop()
            send(platform, records)
            seconds = drain(platform, worker)
            rates[kind].append(len(records) / seconds)
    best = {kind: max(values) for kind, values in rates.items()}
    ratio = best["dirty"] / best["clean"]
    resident, peak = worker.resident_bytes()
    console.heading("Clean and dirty input, records a second, best of three")
    console.table(
        ("input", *(f"round {index + 1}" for index in range(ROUNDS)), "best"),
        [(kind, *(f"{rate:,.0f}" for rate in values), f"{best[kind]:,.0f}") for kind, values in rates.items()],
    )
    accepted = [record.document["id"] for record in platform.read("loyalty.transactions")]
    whole = len(accepted) == len(set(accepted)) == expected
    print(f"\ndirty / clean: {ratio:.2f} (target {RATIO_TARGET}); {len(accepted):,} accepted of {expected:,}, ", end="")
    print(f"{'none' if whole else 'SOME'} lost or doubled; {resident >> 20} MiB resident, {peak >> 20} MiB at most")
    memory(platform, worker, number, expected)
    return 0 if whole and ratio >= RATIO_TARGET else 1


def memory(platform, worker, number, known):
    """Bytes a remembered purchase on disk, and how long a restore of all takes."""
    if REMEMBERED > known:
        send(platform, clean(range(number, number + REMEMBERED - known)))
        platform.wait_drained(SECONDS, (SERVICE,))
    rows = sum(v for k, v in worker.metrics().items() if k.startswith("stampede_store_rows{") and '"purchases"' in k)
    worker.stop()
    size = sum(file.stat().st_size for file in worker.state.rglob("*") if file.is_file())
    worker.delete_state()
    begun = time.monotonic()
    worker.start()
    wait_until(worker.is_ready, SECONDS, "the store to be restored")
    seconds = time.monotonic() - begun
    console.heading("Memory against duplicates")
    console.table(
        ("ids remembered", "bytes a purchase on disk", "restore, s", "rows/s"),
        [(f"{rows:,.0f}", f"{size / max(rows, 1):.0f}", f"{seconds:.1f}", f"{rows / seconds:,.0f}")],
    )


if __name__ == "__main__":
    sys.exit(main())
