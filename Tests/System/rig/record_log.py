"""A partition as it lies in the broker: batches with their producers and the markers that end transactions.

What a consumer may be shown of a transaction follows from the marker that ends it. Kafka's message format, version 2
(kafka.apache.org/documentation/#messageformat).
"""

import struct
from dataclasses import dataclass

BATCH = struct.Struct(">qiibIhiqqqhii")
HEADER_BYTES = BATCH.size
IS_TRANSACTIONAL, IS_CONTROL = 0x10, 0x20
ABORT, COMMIT = 0, 1


@dataclass(frozen=True)
class Batch:
    offset: int
    last_offset: int
    producer: int
    epoch: int
    is_transactional: bool
    # ABORT or COMMIT of a control batch, else None.
    marker: int | None


def batches(data):
    """Those that lie whole in `data`."""
    at = 0
    while at + HEADER_BYTES <= len(data):
        offset, length, _, _, _, attributes, last, _, _, producer, epoch, _, _ = BATCH.unpack_from(data, at)
        end = at + 12 + length
        if end > len(data):
            return
        marker = None
        if attributes & IS_CONTROL:
            marker = control_type(data, at + HEADER_BYTES)
        yield Batch(offset, offset + last, producer, epoch, bool(attributes & IS_TRANSACTIONAL), marker)
        at = end


def control_type(data, at):
    """Of the one record of a control batch: its key is a version and a type, two bytes each."""
    for skipped in ("length", "attributes", "timestamp delta", "offset delta", "key length"):
        if skipped == "attributes":
            at += 1
            continue
        while data[at] & 0x80:
            at += 1
        at += 1
    return struct.unpack_from(">hh", data, at)[1]


def aborted_transactions(batches):
    """(producer, first offset) of each transaction in these batches that an abort marker ends, or, where that is
    missing, a batch of the same producer in a later epoch: what a consumer must be told with them."""
    aborted, began = [], {}
    for batch in batches:
        if batch.producer < 0 or not batch.is_transactional:
            continue
        first, epoch = began.get(batch.producer, (None, None))
        if batch.marker is not None:
            if batch.marker == ABORT and first is not None:
                aborted.append((batch.producer, first))
            began.pop(batch.producer, None)
        elif first is None:
            began[batch.producer] = (batch.offset, batch.epoch)
        elif epoch != batch.epoch:
            aborted.append((batch.producer, first))
            began[batch.producer] = (batch.offset, batch.epoch)
    return sorted(aborted, key=lambda entry: entry[1])
