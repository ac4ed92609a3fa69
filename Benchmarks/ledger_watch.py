"""Reads the ledger as it grows, and notes when the first entry of each purchase is there to be read.

A consumer library would ask the development broker again the moment it answers that there is nothing, and take a core
from what is measured. So this asks by itself, and rests for a millisecond after an empty answer.
"""

import re
import socket
import struct
import threading
import time

from rig.record_log import batches

FETCH, VERSION = 1, 11
BYTES_MAX = 2_000_000_000
REST_SECONDS = 0.001
CAUSE = re.compile(rb'"cause":"([^"]+)"')


class LedgerWatch:
    """`seen`: purchase id → monotonic seconds. Runs on a thread of its own from the construction to `close`."""

    def __init__(self, address, starts, topic="loyalty.ledger"):
        """`starts`: partition → the offset to read from."""
        host, _, port = address.rpartition(":")
        self.seen = {}
        self._topic = topic.encode()
        self._next = dict(starts)
        self._connection = socket.create_connection((host, int(port)))
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read, name="ledger-watch", daemon=True)
        self._thread.start()

    def close(self):
        self._stop.set()
        self._thread.join()
        self._connection.close()

    def _read(self):
        while not self._stop.is_set():
            if not self._take(self._ask()):
                time.sleep(REST_SECONDS)

    def _ask(self):
        partitions = b"".join(
            struct.pack(">iiqqi", partition, -1, offset, -1, BYTES_MAX) for partition, offset in self._next.items()
        )
        # Replica, wait, bytes min and max, read_committed, no session.
        head = (
            struct.pack(">hhih", FETCH, VERSION, 1, 5)
            + b"bench"
            + struct.pack(">iiiibii", -1, 0, 1, BYTES_MAX, 1, 0, -1)
        )
        topic = struct.pack(">ih", 1, len(self._topic)) + self._topic + struct.pack(">i", len(self._next))
        request = head + topic + partitions + struct.pack(">ih", 0, 0)
        self._connection.sendall(struct.pack(">i", len(request)) + request)
        (length,) = struct.unpack(">i", self._connection.recv(4, socket.MSG_WAITALL))
        return self._connection.recv(length, socket.MSG_WAITALL)

    def _take(self, answer):
        """Whether there was something."""
        now = time.monotonic()
        at = 14 + 4 + 2 + len(self._topic)
        (count,) = struct.unpack_from(">i", answer, at)
        at, before = at + 4, len(self.seen)
        for _ in range(count):
            partition, error, _, _, _, aborted = struct.unpack_from(">ihqqqi", answer, at)
            if error:
                raise RuntimeError(f"{self._topic.decode()}/{partition}: fetch error {error}")
            at += 34 + 16 * max(0, aborted) + 4
            (size,) = struct.unpack_from(">i", answer, at)
            records = answer[at + 4 : at + 4 + max(0, size)]
            at += 4 + max(0, size)
            for batch in batches(records):
                self._next[partition] = max(self._next[partition], batch.last_offset + 1)
            for cause in CAUSE.findall(records):
                self.seen.setdefault(cause.decode(), now)
        return len(self.seen) > before
