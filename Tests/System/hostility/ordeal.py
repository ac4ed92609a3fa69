"""A platform under hostile records, batch after batch: workers live, catch up and book what comes between."""

import itertools
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from confluent_kafka import KafkaException, Producer
from rig.platform import Platform
from rig.services import SERVICES
from rig.slow_connections import SlowConnections
from rig.topic import partitions_of
from rig.waiting import DeadlineMissed
from rig.worker import ROOT

from .canaries import PROGRAMME, Canaries
from .records import HostileRecords

BATCH = 500
PARTITIONS = 4
SLOW_CONNECTIONS = 70
DRAIN_SECONDS = 300
# A line of a worker's log, whatever it tells of: four texts of 8 KiB each, escaped.
LOG_LINE_BYTES_MAX = 65_536
EXAMPLES = ROOT / "topics" / "examples"
# What an operator asks a platform that has lived through it, and where a bad record must not stop the answer.
QUESTIONS = (
    ("status",),
    ("programs", "list"),
    ("members", "check"),
    ("account", "show", "H-1"),
    ("account", "explain", "H-1", "1"),
    ("audit",),
    ("report", "actors"),
    ("points", "proposals"),
    ("keys", "list"),
    *(("dead-letters", "list", service) for service in SERVICES),
)


@dataclass
class Outcome:
    """What a run came to. `failure` is None, or what the first batch that went wrong showed."""

    seed: str
    sent: int = 0
    refused_by_broker: Counter = field(default_factory=Counter)
    by_topic: Counter = field(default_factory=Counter)
    failure: str | None = None
    # Numbers of the batch that went wrong: from, and up to.
    numbers: tuple | None = None


class Ordeal:
    """One platform and what is sent to it. `numbers` are taken in order until `count` records are sent."""

    def __init__(self, directory, seed, say=print, batch=BATCH):
        self.directory = directory
        self.seed = seed
        self.say = say
        self.batch = batch

    def run(self, numbers=None, count=None):
        outcome = Outcome(self.seed)
        with Platform(self.directory, clock="wall", partitions=PARTITIONS) as platform:
            self._publish_programmes(platform)
            canaries = Canaries(platform)
            slow = [SlowConnections(worker.port, SLOW_CONNECTIONS) for worker in platform.workers.values()]
            records = HostileRecords(self.seed, datetime.now(UTC), PARTITIONS)
            try:
                for batch, made in enumerate(self._batches(records, numbers, count)):
                    outcome.numbers = (made[0].number, made[-1].number)
                    self._live_through(platform, canaries, slow, batch, made, outcome)
                    self.say(f"{outcome.sent:,} records, up to number {made[-1].number}: alive and caught up")
                outcome.numbers = None
                self._ask(platform)
                self._look_at_logs(platform)
            except (AssertionError, DeadlineMissed) as failure:
                outcome.failure = str(failure)
            finally:
                for each in slow:
                    each.close()
                canaries.close()
        return outcome

    def _batches(self, records, numbers, count):
        numbers = itertools.count() if numbers is None else numbers
        made, sent = [], 0
        for number in numbers:
            made += records.of(number)
            if len(made) >= self.batch or (count is not None and sent + len(made) >= count):
                yield made
                sent += len(made)
                made = []
                if count is not None and sent >= count:
                    return
        if made:
            yield made

    def _publish_programmes(self, platform):
        canary = platform.directory / "canary.json"
        canary.write_text(json.dumps(PROGRAMME), "utf-8")
        for file in (canary, EXAMPLES / "journey.json", EXAMPLES / "membership.json"):
            platform.operator.run("programs", "publish", file, "--yes")

    def _live_through(self, platform, canaries, slow, batch, made, outcome):
        canaries.prepare(batch)
        for each in slow:
            each.hold()
        outcome.by_topic.update(record.topic for record in made)
        outcome.refused_by_broker.update(send(platform, made))
        outcome.sent += len(made)
        platform.wait_drained(DRAIN_SECONDS)
        for worker in platform.workers.values():
            assert worker.get("/livez")[0] == 200, f"{worker.name} does not answer /livez beside slow connections"
        canaries.fly(batch)

    def _ask(self, platform):
        """A command ends with an answer or says what is wrong; it does not crash."""
        for words in QUESTIONS:
            asked = platform.operator.run(*words, check=False)
            told = f"loyalty {' '.join(words)} ended with {asked.returncode}:\n{asked.stderr[-2_000:]}"
            assert asked.returncode >= 0, told
        inbox = platform.directory / "inbox"
        inbox.mkdir()
        purchase = {
            "type": "purchase.completed",
            "id": "from-a-file",
            "occurredAt": "2017-03-01T10:00:00Z",
            "source": "file",
            "member": {"id": "canary-file"},
            "currency": "USD",
            "lines": [{"sku": "A", "amount": "1.00"}],
        }
        (inbox / "day.ndjson").write_text(json.dumps(purchase) + "\n", "utf-8")
        asked = platform.operator.run("inbox", inbox, check=False)
        assert asked.returncode == 0, (
            f"loyalty inbox ended with {asked.returncode}:\n{asked.stdout}{asked.stderr[-2_000:]}"
        )

    def _look_at_logs(self, platform):
        for worker in platform.workers.values():
            longest = max(worker.process.output().splitlines(), key=len, default="")
            size = len(longest.encode())
            assert size <= LOG_LINE_BYTES_MAX, f"{worker.name} wrote a line of {size} bytes: {longest[:500]}"


def send(platform, made):
    """Writes the records as they are; returns why brokers refused some, and how often."""
    refused = Counter()

    def delivered(error, _):
        if error is not None:
            refused[error.name()] += 1

    producer = Producer(
        {
            "bootstrap.servers": platform.brokers,
            "acks": "all",
            "partitioner": "murmur2_random",
            "linger.ms": 5,
            # A record that the broker refuses must not take those beside it along.
            "batch.num.messages": 50,
            "message.max.bytes": 4_300_000,
            "queue.buffering.max.kbytes": 2_000_000,
            "log_level": 0,
        }
    )
    counts = {}
    for record in made:
        where = {}
        if record.partition is not None:
            count = counts.setdefault(record.topic, len(partitions_of(platform.brokers, record.topic)))
            where["partition"] = record.partition % count
        if record.timestamp_ms is not None:
            where["timestamp"] = record.timestamp_ms
        while True:
            try:
                producer.produce(
                    record.topic, record.value, record.key, headers=record.headers, on_delivery=delivered, **where
                )
                break
            except BufferError:
                producer.poll(0.1)
            except (KafkaException, ValueError, TypeError) as failure:
                # Larger than a client sends, or what no client of Python can say.
                refused[type(failure).__name__] += 1
                break
        producer.poll(0)
    assert producer.flush(120) == 0, "the broker does not take the records"
    return refused


def narrow(run, numbers):
    """The fewest of these numbers, one after another, that still fail: halves are tried, each on a fresh platform."""
    numbers = list(numbers)
    while len(numbers) > 1:
        middle = len(numbers) // 2
        for half in (numbers[:middle], numbers[middle:]):
            if run(half).failure:
                numbers = half
                break
        else:
            break
    return numbers
