"""Kafka's calls as bytes: their numbers, the versions the door reads, a cursor over requests and answers."""

import struct

PRODUCE, FETCH, METADATA, COMMIT_OFFSETS, FETCH_OFFSETS, FIND_COORDINATOR, JOIN_GROUP = 0, 1, 3, 8, 9, 10, 11
API_VERSIONS = 18
INIT_PRODUCER, ADD_PARTITIONS, ADD_OFFSETS, END_TRANSACTION, COMMIT_TRANSACTION_OFFSETS = 22, 24, 25, 26, 28
BEGINNINGS, ENDINGS = (ADD_PARTITIONS, ADD_OFFSETS), (INIT_PRODUCER, END_TRANSACTION)
WRITES = (PRODUCE, COMMIT_OFFSETS, COMMIT_TRANSACTION_OFFSETS, *BEGINNINGS, *ENDINGS)
READ_COMMITTED = 1
ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID, UNSTABLE_OFFSET_COMMIT = 22, 25, 82, 88
INVALID_PRODUCER_ID_MAPPING = 49
NO_OFFSET = -1
# The newest version of each call that the door reads; the librdkafka of workers and of Python agree on these.
NEWEST = {
    FETCH: 11,
    METADATA: 8,
    FETCH_OFFSETS: 7,
    FIND_COORDINATOR: 2,
    JOIN_GROUP: 5,
    INIT_PRODUCER: 1,
    ADD_PARTITIONS: 0,
    ADD_OFFSETS: 0,
    END_TRANSACTION: 1,
    COMMIT_TRANSACTION_OFFSETS: 3,
}

INT16, INT32, INT64 = struct.Struct(">h"), struct.Struct(">i"), struct.Struct(">q")


class Reading:
    """A cursor over the bytes of a request or an answer."""

    def __init__(self, data, at=0):
        self.data = data
        self.at = at

    def take(self, kind):
        (value,) = kind.unpack_from(self.data, self.at)
        self.at += kind.size
        return value

    def skip(self, count):
        self.at += count

    def text(self):
        length = max(0, self.take(INT16))
        self.at += length
        return bytes(self.data[self.at - length : self.at])

    # As newer versions of calls have it.

    def varint(self):
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def compact_text(self):
        length = max(0, self.varint() - 1)
        self.at += length
        return bytes(self.data[self.at - length : self.at])

    def tags(self):
        for _ in range(self.varint()):
            self.varint()
            self.skip(self.varint())


def varint(value):
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
