"""Groups and their offsets: who may commit, and what is about to change."""

from .calls import (
    FENCED_INSTANCE_ID,
    ILLEGAL_GENERATION,
    INT16,
    INT32,
    INT64,
    NO_OFFSET,
    UNKNOWN_MEMBER_ID,
    UNSTABLE_OFFSET_COMMIT,
    Reading,
    varint,
)


class Group:
    """The members of the last generation that the broker has told of."""

    def __init__(self):
        self.generation = None
        self.instances = {}  # member → its instance id, "" without one

    def joined(self, generation, member, instance):
        if self.generation is None or generation > self.generation:
            self.generation, self.instances = generation, {}
        if generation == self.generation:
            # A static member that starts again has a new member id, and the old one is fenced.
            for other in [other for other, name in self.instances.items() if instance and name == instance]:
                del self.instances[other]
            self.instances[member] = instance

    def refusal(self, generation, member, instance):
        """The error with which Kafka refuses offsets of this member; 0 if it takes them."""
        # A producer without a consumer has neither.
        if generation < 0 and not member:
            return 0
        if member not in self.instances:
            return FENCED_INSTANCE_ID if instance and instance in self.instances.values() else UNKNOWN_MEMBER_ID
        return 0 if generation == self.generation else ILLEGAL_GENERATION


class Offsets:
    """Which members may commit, and which offsets lie in transactions that are open."""

    def __init__(self):
        self.broker_starts_again()

    def broker_starts_again(self):
        self.groups = {}
        self.pending = {}  # transactional id → (group, topic, partition) …

    @staticmethod
    def joining(data):
        """Group and instance id of a request to JoinGroup, version 5."""
        reading = Reading(data, 8)  # behind key, version and correlation id
        reading.text()  # client id
        group = reading.text()
        reading.skip(8)  # session and rebalance timeout
        reading.text()  # member
        return group, reading.text()

    def joined(self, joining, data):
        """The answer to it."""
        group, instance = joining
        reading = Reading(data, 8)  # behind correlation id and throttle
        error, generation = reading.take(INT16), reading.take(INT32)
        reading.text()  # protocol
        reading.text()  # leader
        if not error:
            self.groups.setdefault(group, Group()).joined(generation, reading.text(), instance)

    def committed(self, data):
        """A request to TxnOffsetCommit, version 3, came by: its producer and the places of its offsets, and None if the
        broker may answer it, else the refusal."""
        reading = Reading(data, 4)
        correlation = reading.take(INT32)
        reading.text()  # client id
        reading.tags()
        producer, group = reading.compact_text(), reading.compact_text()
        reading.skip(10)  # producer id and epoch
        generation, member, instance = reading.take(INT32), reading.compact_text(), reading.compact_text()
        error = self.groups.get(group, Group()).refusal(generation, member, instance)
        answer = bytearray(INT32.pack(correlation) + b"\0" + INT32.pack(0))
        answer += varint(topics := reading.varint())
        places = set()
        for _ in range(topics - 1):
            name = reading.compact_text()
            answer += varint(len(name) + 1) + name + varint(partitions := reading.varint())
            for _ in range(partitions - 1):
                partition = reading.take(INT32)
                answer += INT32.pack(partition) + INT16.pack(error) + b"\0"
                places.add((group, name, partition))
                reading.skip(12)  # offset, leader's epoch
                reading.compact_text()  # metadata
                reading.tags()
            reading.tags()
            answer += b"\0"
        if error:
            return (producer, places), bytes(answer + b"\0")
        known = self.pending.setdefault(producer, set())
        places -= known
        known |= places
        return (producer, places), None

    def taken(self, commit, data):
        """The broker's answer to it: one of a producer that was fenced changes nothing."""
        producer, places = commit
        reading = Reading(data, 4)  # behind the correlation id
        reading.tags()
        reading.skip(4)  # throttle
        for _ in range(reading.varint() - 1):
            reading.compact_text()
            for _ in range(reading.varint() - 1):
                reading.skip(4)  # partition
                if reading.take(INT16):
                    self.pending.get(producer, set()).difference_update(places)
                reading.tags()
            reading.tags()

    def transaction_ended(self, producer):
        self.pending.pop(producer, None)

    def asked(self, data):
        """The places of a request to OffsetFetch, version 7, whose offsets are about to change, if it minds that."""
        reading = Reading(data, 8)  # behind key, version and correlation id
        reading.text()  # client id
        reading.tags()
        group = reading.compact_text()
        for _ in range(reading.varint() - 1):
            reading.compact_text()
            reading.skip(4 * (reading.varint() - 1))
            reading.tags()
        requires_stable = data[reading.at]
        return {
            place[1:] for places in self.pending.values() for place in places if place[0] == group and requires_stable
        }


def with_unstable(data, unstable):
    """The answer to OffsetFetch, version 7, that gives no offsets of these places."""
    if not unstable:
        return data
    data = bytearray(data)
    reading = Reading(data, 4)
    reading.tags()
    reading.skip(4)  # throttle
    for _ in range(reading.varint() - 1):
        name = reading.compact_text()
        for _ in range(reading.varint() - 1):
            partition = reading.take(INT32)
            start = reading.at
            reading.skip(12)  # offset, leader's epoch
            reading.compact_text()  # metadata
            if (name, partition) in unstable:
                INT64.pack_into(data, start, NO_OFFSET)
                INT16.pack_into(data, reading.at, UNSTABLE_OFFSET_COMMIT)
            reading.skip(2)
            reading.tags()
        reading.tags()
    return data
