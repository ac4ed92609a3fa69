"""When entries of a ledger can be read: what a stock consumer sees, which shows committed records alone."""

import itertools
import threading
import time
from collections import defaultdict

from confluent_kafka import Consumer, KafkaException, TopicPartition

from .topic import ends_of

POLL_SECONDS = 0.1


class Bookings:
    """Reads on from the end of a topic on a thread of its own, from the construction to `close`. What brokers that come
    and go cost the reader is part of what it tells."""

    def __init__(self, brokers, topic="loyalty.ledger"):
        self.seen = defaultdict(list)  # partition → monotonic seconds at which entries arrived
        self.failure = None
        self._topic = topic
        self._ending = threading.Event()
        self._consumer = Consumer(
            {
                "bootstrap.servers": brokers,
                "group.id": "rig-bookings",
                "enable.auto.commit": False,
                "auto.offset.reset": "error",
                "isolation.level": "read_committed",
                "fetch.wait.max.ms": 50,
                "reconnect.backoff.max.ms": 500,
                "topic.metadata.refresh.fast.interval.ms": 100,
                "log_level": 0,
            }
        )
        starts = ends_of(brokers, topic)
        self.partitions = sorted(starts)
        self._consumer.assign([TopicPartition(topic, partition, offset) for partition, offset in starts.items()])
        self._thread = threading.Thread(target=self._read, name=f"bookings of {topic}", daemon=True)
        self._thread.start()

    def _read(self):
        try:
            while not self._ending.is_set():
                messages = self._consumer.consume(1000, POLL_SECONDS)
                now = time.monotonic()
                for message in messages:
                    if message.error() is None:
                        self.seen[message.partition()].append(now)
                    elif not message.error().retriable() and message.error().fatal():
                        raise KafkaException(message.error())
        except Exception as failure:  # handed to the thread that closes
            self.failure = failure

    def close(self):
        self._ending.set()
        self._thread.join()
        self._consumer.close()
        if self.failure:
            raise self.failure

    def count(self):
        return sum(len(times) for times in self.seen.values())

    def longest_gap(self, start, end, partition=None):
        """The longest time without an entry between these two moments, of one partition or of all together."""
        partitions = self.partitions if partition is None else [partition]
        times = sorted(moment for each in partitions for moment in self.seen[each] if start <= moment <= end)
        return max(after - before for before, after in itertools.pairwise([start, *times, end]))
