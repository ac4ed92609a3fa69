"""What the memory against duplicates costs at 10,000,000 ids: rows, bytes, and the time of a restore to an empty disk.

A few purchases go the whole way. Their rows are then written to the changelog again and again, under ids of the same
length: what is restored is what that many purchases would have left.

The development broker answers a fetch with all it has, so that the worker holds the whole backlog while it restores:
about 400 bytes an id, 4 GB at 10,000,000. A broker that keeps to the limits of a fetch costs none of that.
"""

from rig import console
from rig.storm import restored
from rig.topic import read_topic
from rig.waiting import wait_until

from .load import (
    MIB,
    PARTITIONS,
    PURCHASES,
    SECONDS,
    SERVICE,
    by_id,
    bytes_on_disk,
    count_of,
    id_of,
    purchase,
    rejected,
    rows,
    send,
    system,
)

REMEMBERED = count_of("STAMPEDE_REMEMBERED", 10_000_000)
REAL = 1_000
CHANGELOG = f"{SERVICE}.purchases.changelog"
PROBES = 1_000


def run():
    console.heading(f"Memory against duplicates: {REMEMBERED:,} ids")
    with system() as platform:
        worker = platform.worker(SERVICE).start().wait_ready()
        send(platform, [(id_of(number), purchase(number, by_id(number))) for number in range(REAL)])
        platform.wait_drained(services=(SERVICE,))
        worker.stop()
        template = next(record for record in read_topic(platform.brokers, CHANGELOG) if b"POS7-" in (record.key or b""))
        source = template.key.split(b"POS7-")[0]
        publisher = platform.publisher(linger_ms=50)
        for number in range(REAL, REMEMBERED):
            publisher.send(CHANGELOG, source + id_of(number), template.value, partition=number % PARTITIONS)
        publisher.flush(600)
        worker.delete_state()
        worker.start()
        wait_until(worker.is_ready, SECONDS, "the store to be restored", every=0.2)
        replayed, seconds = restored(worker)
        found = rows(worker, "purchases")
        size = bytes_on_disk(worker.state)
        resident, peak = worker.resident_bytes()
        # Other events under remembered ids, where their rows lie: each is known, and refused.
        for number in range(REAL, REAL + PROBES):
            publisher.send(
                PURCHASES, id_of(number), purchase(number, b'"id":"someone-else"'), partition=number % PARTITIONS
            )
        publisher.flush()
        platform.wait_drained(services=(SERVICE,))
        known = rejected(worker, "conflicting-duplicate")
    console.table(
        ("ids", "bytes an id on disk", "in the changelog", "restore, s", "rows/s", "resident, MiB", "peak, MiB"),
        [
            (
                found,
                f"{size / found:.0f}",
                f"{len(template.key) + len(template.value)}",
                f"{seconds:.1f}",
                f"{replayed / seconds:,.0f}" if seconds else "",
                resident // MIB,
                peak // MIB,
            )
        ],
    )
    console.say(f"{known:,} of {PROBES:,} ids asked for are known; the peak holds the broker's whole-backlog answers")
    return known == PROBES and found >= REMEMBERED
