"""Reads a ledger as its users do, with a stock consumer, and notes when the first entry of each purchase came."""

import re
import threading
import time

from confluent_kafka import Consumer, KafkaException, TopicPartition
from rig.topic import partitions_of
from rig.waiting import wait_until

CAUSE = re.compile(rb'"cause":"([^"]+)"')
POLL_SECONDS = 0.05
CALL_SECONDS = 10
PATIENCE_SECONDS = 60


class LedgerReader:
    """`seen`: purchase id → monotonic seconds. Reads what is written from the construction on, on a thread of its own,
    until `close`. `cause` finds the purchase in an entry."""

    def __init__(self, brokers, topic="loyalty.ledger", cause=CAUSE):
        self.seen = {}
        self._cause = cause
        self.failure = None
        self._consumer = Consumer(
            {
                "bootstrap.servers": brokers,
                "group.id": "bench.reader",
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
            }
        )
        places = [TopicPartition(topic, number) for number in partitions_of(brokers, topic)]
        for place in places:
            place.offset = self._consumer.get_watermark_offsets(place, timeout=CALL_SECONDS)[1]
        self._consumer.assign(places)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read, name="ledger-reader", daemon=True)
        self._thread.start()

    def wait_settled(self):
        """Until nothing came between two looks."""
        before = None

        def settled():
            nonlocal before
            quiet, before = before == len(self.seen), len(self.seen)
            return quiet

        wait_until(settled, PATIENCE_SECONDS, "the last ledger entries", every=0.5)

    def close(self):
        self._stop.set()
        self._thread.join()
        self._consumer.close()
        if self.failure:
            raise self.failure

    def _read(self):
        try:
            while not self._stop.is_set():
                self._note(self._consumer.poll(POLL_SECONDS))
        except KafkaException as failure:
            self.failure = failure

    def _note(self, message):
        if message is None:
            return
        if message.error():
            raise KafkaException(message.error())
        cause = self._cause.search(message.value() or b"")
        if cause:
            self.seen.setdefault(cause[1].decode(), time.monotonic())
