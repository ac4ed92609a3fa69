"""Topics followed from where they end now: what comes afterwards, kept and never read twice."""

from confluent_kafka import Consumer, KafkaException, TopicPartition

from .topic import Record, ends_of
from .worker import ANSWER_BYTES_MAX

POLL_SECONDS = 0.1
RECORDS_MAX = 5_000


class Tail:
    def __init__(self, brokers, topics):
        self._consumer = Consumer(
            {
                "bootstrap.servers": brokers,
                "group.id": "rig-tail",
                "enable.auto.commit": False,
                "auto.offset.reset": "error",
                "isolation.level": "read_committed",
                "receive.message.max.bytes": ANSWER_BYTES_MAX,
                "log_level": 0,
            }
        )
        places = [
            TopicPartition(topic, partition, offset)
            for topic in topics
            for partition, offset in ends_of(brokers, topic).items()
        ]
        self._consumer.assign(places)

    def records(self):
        """What has come since the last call; waits a moment where nothing has."""
        found = []
        for message in self._consumer.consume(RECORDS_MAX, POLL_SECONDS):
            if message.error() is None:
                place = (message.topic(), message.partition(), message.offset())
                found.append(Record(*place, message.key(), message.value(), dict(message.headers() or [])))
            elif message.error().fatal():
                raise KafkaException(message.error())
        return found

    def close(self):
        self._consumer.close()
