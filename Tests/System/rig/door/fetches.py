"""Answers to fetches, version 11, put right."""

import struct

from ..record_log import aborted_transactions, batches
from .calls import INT32, INT64, READ_COMMITTED, Reading


def fetch_request(data):
    """How long the consumer that sent this request is ready to wait, and whether it reads what is committed only."""
    reading = Reading(data, 8)  # behind key, version and correlation id
    reading.text()  # client id
    reading.skip(4)  # replica id
    wait_ms = reading.take(INT32)
    reading.skip(8)  # bytes min, bytes max
    return wait_ms, data[reading.at] == READ_COMMITTED


def repaired_fetch(data, is_committed):
    """The answer with the aborted transactions that its own batches and markers show, instead of those the broker
    tells of, and whether it holds records."""
    reading = Reading(data, 14)  # behind correlation id, throttle, error, session id
    parts, copied, has_records = [], 0, False
    for _ in range(reading.take(INT32)):
        reading.text()
        for _ in range(reading.take(INT32)):
            reading.skip(30)  # partition, error, high watermark, last stable offset, log start
            start = reading.at
            told = [(reading.take(INT64), reading.take(INT64)) for _ in range(max(0, reading.take(INT32)))]
            end = reading.at
            reading.skip(4)  # preferred replica
            length = max(0, reading.take(INT32))
            records = memoryview(data)[reading.at : reading.at + length]
            reading.skip(length)
            has_records = has_records or length > 0
            true = aborted_transactions(batches(records)) if is_committed else told
            if true != told:
                parts += [data[copied:start], INT32.pack(len(true)), *(struct.pack(">qq", *entry) for entry in true)]
                copied = end
    return b"".join([*parts, data[copied:]]) if parts else data, has_records
