"""Topics read to their end and written to, with confluent-kafka."""

import json
import time
from dataclasses import dataclass, field
from functools import cached_property

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from .waiting import DeadlineMissed, wait_until
from .worker import ANSWER_BYTES_MAX

READ_SECONDS = 60
# What a cluster answers, for a moment, while brokers come and go.
IN_MOTION = (
    KafkaError.NOT_LEADER_FOR_PARTITION,
    KafkaError.LEADER_NOT_AVAILABLE,
    KafkaError.KAFKA_STORAGE_ERROR,
    KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError._UNKNOWN_PARTITION,
    KafkaError._TRANSPORT,
    KafkaError._TIMED_OUT,
)
MOTION_SECONDS = 30
CHANGE_SECONDS = 30


@dataclass(frozen=True)
class Record:
    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: dict = field(default_factory=dict)
    timestamp_ms: int = 0

    @cached_property
    def document(self):
        """One for all who ask: not to be changed."""
        return json.loads(self.value)

    @property
    def is_tombstone(self):
        return not self.value


def _consumer(brokers, isolation):
    return Consumer(
        {
            "bootstrap.servers": brokers,
            "group.id": "rig-reader",
            "enable.auto.commit": False,
            "auto.offset.reset": "error",
            "enable.partition.eof": True,
            "isolation.level": isolation,
            "receive.message.max.bytes": ANSWER_BYTES_MAX,
            "log_level": 0,
        }
    )


def create_topic(brokers, topic, partitions=1, replication_factor=1, **config):
    """Returns when it may be written to; `config` as `retention_ms=1000`."""
    admin = AdminClient({"bootstrap.servers": brokers, "log_level": 0})
    settings = {name.replace("_", "."): str(value) for name, value in config.items()}
    admin.create_topics([NewTopic(topic, partitions, replication_factor, config=settings)])[topic].result()

    def is_led():
        described = admin.list_topics(topic, timeout=10).topics[topic]
        return len(described.partitions) == partitions and all(
            partition.leader >= 0 for partition in described.partitions.values()
        )

    wait_until(is_led, CHANGE_SECONDS, f"{topic} to be made")


def delete_topic(brokers, topic):
    """Returns when nobody knows it any more."""
    admin = AdminClient({"bootstrap.servers": brokers, "log_level": 0})
    admin.delete_topics([topic])[topic].result()
    wait_until(lambda: topic not in admin.list_topics(timeout=10).topics, CHANGE_SECONDS, f"{topic} to be deleted")


def in_motion(ask):
    """What `ask()` returns, asked again while the cluster is in motion."""
    deadline = time.monotonic() + MOTION_SECONDS
    while True:
        try:
            return ask()
        except KafkaException as failure:
            if failure.args[0].code() not in IN_MOTION or time.monotonic() > deadline:
                raise
        time.sleep(0.1)


def partitions_of(brokers, topic):
    consumer = _consumer(brokers, "read_uncommitted")

    def described():
        found = consumer.list_topics(topic, timeout=10).topics[topic]
        if found.error:
            raise KafkaException(found.error)
        return found

    try:
        return sorted(in_motion(described).partitions)
    finally:
        consumer.close()


def starts_of(brokers, topic):
    """Partition → the offset of the first record that is left."""
    return {partition: low for partition, (low, _) in _all_watermarks(brokers, topic).items()}


def ends_of(brokers, topic):
    """Partition → the offset of the record that will be written next."""
    return {partition: high for partition, (_, high) in _all_watermarks(brokers, topic).items()}


def _all_watermarks(brokers, topic):
    consumer = _consumer(brokers, "read_uncommitted")
    try:
        partitions = partitions_of(brokers, topic)
        return {partition: _watermarks(consumer, topic, partition) for partition in partitions}
    finally:
        consumer.close()


def _watermarks(consumer, topic, partition):
    return in_motion(lambda: consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=10))


def read_topic(brokers, topic, seconds=READ_SECONDS, start=0):
    """All committed records of a topic as of now, from offset `start` on, per partition in order of offset.

    The end is the high watermark that a read_uncommitted handle sees. An end of partition short of it means an open
    transaction: it is waited for, and after `seconds` that is what the error says.
    """
    uncommitted = _consumer(brokers, "read_uncommitted")
    consumer = _consumer(brokers, "read_committed")
    try:
        open_ends, starts = {}, []
        for partition in partitions_of(brokers, topic):
            low, high = _watermarks(uncommitted, topic, partition)
            if high > low:
                open_ends[partition] = high
                starts.append(TopicPartition(topic, partition, max(low, start)))
        records = []
        if not starts:
            return records
        consumer.assign(starts)
        deadline = time.monotonic() + seconds
        while open_ends:
            if time.monotonic() > deadline:
                raise DeadlineMissed(f"{topic}: a transaction is still open before {open_ends} (partition: end)")
            for message in consumer.consume(num_messages=5000, timeout=0.5):
                error, partition = message.error(), message.partition()
                if error is None:
                    records.append(
                        Record(
                            topic,
                            partition,
                            message.offset(),
                            message.key(),
                            message.value(),
                            dict(message.headers() or []),
                            message.timestamp()[1],
                        )
                    )
                elif error.code() == KafkaError._PARTITION_EOF:
                    if message.offset() >= open_ends.get(partition, 0):
                        open_ends.pop(partition, None)
                else:
                    raise RuntimeError(f"{topic}/{partition}: {error.str()}")
        return records
    finally:
        consumer.close()
        uncommitted.close()


def latest_by_key(records):
    """The last record of each key: what compaction would keep. Tombstones stay in, as records without a value."""
    return {record.key: record for record in records}


class Publisher:
    """Writes records with the partitioner that every producer of the system uses, and knows that they arrived."""

    # What a client of librdkafka has that is told nothing, a CRC.
    OWN_DEFAULT = "consistent_random"

    def __init__(self, brokers, linger_ms=5, through_restarts=False, partitioner="murmur2_random"):
        """`through_restarts`: goes on, at the price of duplicates, when the broker is started anew and knows nothing of
        an idempotent producer any more."""
        self._failures = []
        order = {"enable.idempotence": False, "max.in.flight": 1} if through_restarts else {"enable.idempotence": True}
        self._producer = Producer(
            {
                "bootstrap.servers": brokers,
                **order,
                "acks": "all",
                "partitioner": partitioner,
                "linger.ms": linger_ms,
                "queue.buffering.max.messages": 1_000_000,
                "queue.buffering.max.kbytes": 2_000_000,
                "message.max.bytes": 4_000_000,
                "log_level": 0,
            }
        )

    def _delivered(self, error, _message):
        if error is not None:
            self._failures.append(error.str())

    def send(self, topic, key, value, headers=None, partition=None):
        where = {} if partition is None else {"partition": partition}
        while True:
            try:
                self._producer.produce(
                    topic, key=key, value=value, headers=headers, on_delivery=self._delivered, **where
                )
                break
            except BufferError:
                self._producer.poll(0.1)
        self._producer.poll(0)

    def topics(self):
        return sorted(self._producer.list_topics(timeout=10).topics)

    def flush(self, seconds=60):
        left = self._producer.flush(seconds)
        if left or self._failures:
            raise RuntimeError(f"{left} records not delivered; failures: {self._failures[:3]}")
