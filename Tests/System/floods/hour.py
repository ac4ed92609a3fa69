"""Memory over an hour's worth of events: 1,000 purchases a second, sent as fast as they are worked off, two events in a
hundred again. They go in parts that the worker has read before the next but one is sent, since the development broker
would hand out a whole backlog at once; and what was read is deleted there, since it keeps all in memory."""

import statistics
from datetime import UTC, datetime, timedelta

from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient
from rig import console
from rig.topic import ends_of

from .load import MIB, PURCHASES, SCALE, SERVICE, by_id, count_of, id_of, purchase, system, wait_read

EVENTS = count_of("STAMPEDE_EVENTS", 3_600_000)
PART = max(1_000, min(20_000, EVENTS // 50))
PARTS_BETWEEN_DELETING = 20
MEMBERS = 200_000
AGAIN_EVERY = 50
BEGIN = datetime(2017, 3, 1, 15, tzinfo=UTC)
# Its caches fill in the first half hour. After that it may grow by so much.
GROWTH_MAX = 0.05
# The changelogs are compacted: of these a broker deletes nothing on demand.
TOPICS = (PURCHASES, "loyalty.transactions")


def run():
    console.heading(f"An hour: {EVENTS:,} purchases, {PART:,} at a time")
    samples = []
    with system() as platform:
        worker = platform.worker(SERVICE).start().wait_ready()
        publisher = platform.publisher(linger_ms=20)
        admin = AdminClient({"bootstrap.servers": platform.brokers, "log_level": 0})
        sent = number = 0
        for part in range(EVENTS // PART):
            for _ in range(PART):
                again = number % AGAIN_EVERY == 0
                at = BEGIN + timedelta(seconds=3600 * number / EVENTS)
                text = at.isoformat(timespec="milliseconds").encode()
                value = purchase(number, by_id(number * 7919 % MEMBERS), text)
                for _ in range(2 if again else 1):
                    publisher.send(PURCHASES, id_of(number), value)
                    sent += 1
                number += 1
            publisher.flush()
            wait_read(worker, sent - PART)
            samples.append(worker.resident_bytes()[0])
            if part % PARTS_BETWEEN_DELETING == PARTS_BETWEEN_DELETING - 1:
                forget(platform, admin)
        wait_read(worker, sent)
        platform.wait_drained(services=(SERVICE,))
        peak = worker.resident_bytes()[1]
    tenth = max(1, len(samples) // 10)
    early, late = statistics.median(samples[4 * tenth : 5 * tenth]), statistics.median(samples[-tenth:])
    growth = late / early - 1
    console.table(
        ("share of the hour", *(f"{step}0%" for step in (1, 2, 4, 6, 8)), "end", "peak"),
        [
            (
                "resident, MiB",
                *(samples[min(len(samples) - 1, len(samples) * step // 10)] // MIB for step in (1, 2, 4, 6, 8)),
                samples[-1] // MIB,
                peak // MIB,
            )
        ],
    )
    told = f"fifth tenth to last: {growth:+.1%}"
    if SCALE < 1:
        console.say(f"{told}; so few events do not fill the caches, so it is not judged")
        return True
    flat = growth <= GROWTH_MAX
    console.say(f"{told} (target at most {GROWTH_MAX:+.0%}): {'flat' if flat else 'IT GROWS'}")
    return flat


def forget(platform, admin):
    """Deletes all that was written so far but for the last parts, which may not have been read yet."""
    for topic in TOPICS:
        ends = ends_of(platform.brokers, topic)
        places = [TopicPartition(topic, partition, end - 2 * PART) for partition, end in ends.items() if end > 2 * PART]
        if places:
            for future in admin.delete_records(places).values():
                future.result()
