"""Transactions and writes: which are under way, and whether another may begin."""

import asyncio

from .calls import ADD_OFFSETS, BEGINNINGS, INIT_PRODUCER, INT16, INT32, INVALID_PRODUCER_ID_MAPPING, Reading

# In which a live producer ends its transaction, and the broker answers what it was sent.
SHUT_SECONDS = 10


class Transactions:
    """Which producers have one open, by their transactional ids, and whether another may begin."""

    def __init__(self):
        self.open = set()
        # Those that have asked for their id since the broker was started again; None: it never was.
        self.known = None
        self.may_begin = asyncio.Event()
        self.may_begin.set()

    async def asked(self, api, data):
        """A call that begins or ends a transaction came by: its producer's id. Returns when it may go on."""
        reading = Reading(data, 8)
        reading.text()  # client id
        producer = reading.text()
        if api in BEGINNINGS and producer not in self.open:
            await self.may_begin.wait()
            self.open.add(producer)
        return producer

    def refusal(self, api, data):
        """The answer to AddPartitionsToTxn or AddOffsetsToTxn, both of version 0, of a producer that the broker has
        forgotten; None: the broker may answer."""
        reading = Reading(data, 4)
        correlation = reading.take(INT32)
        reading.text()  # client id
        if self.known is None or reading.text() in self.known:
            return None
        error = INT16.pack(INVALID_PRODUCER_ID_MAPPING)
        answer = bytearray(INT32.pack(correlation) + INT32.pack(0))
        if api == ADD_OFFSETS:
            return bytes(answer + error)
        reading.skip(10)  # producer id and epoch
        answer += INT32.pack(topics := reading.take(INT32))
        for _ in range(topics):
            name = reading.text()
            answer += INT16.pack(len(name)) + name + INT32.pack(partitions := reading.take(INT32))
            for _ in range(partitions):
                answer += INT32.pack(reading.take(INT32)) + error
        return bytes(answer)

    def ended(self, api, producer):
        self.open.discard(producer)
        if api == INIT_PRODUCER and self.known is not None:
            self.known.add(producer)

    def broker_starts_again(self):
        self.open.clear()
        self.known = set()
        self.may_begin.set()

    async def end(self):
        """Lets none begin and waits for those that are open; of a producer that was killed nobody ends it."""
        self.may_begin.clear()
        await until(lambda: not self.open)


class Writes:
    """Which calls that write the broker has not answered yet, and whether another may be made."""

    def __init__(self):
        self.unanswered = set()  # (connection, correlation id)
        self.may_begin = asyncio.Event()
        self.may_begin.set()

    async def asked(self, connection, correlation):
        await self.may_begin.wait()
        self.unanswered.add((connection, correlation))

    def answered(self, connection, correlation):
        self.unanswered.discard((connection, correlation))

    def closed(self, connection):
        self.unanswered = {call for call in self.unanswered if call[0] is not connection}

    async def end(self):
        self.may_begin.clear()
        assert await until(lambda: not self.unanswered), f"{len(self.unanswered)} writes were not answered"


async def until(condition):
    deadline = asyncio.get_running_loop().time() + SHUT_SECONDS
    while not condition() and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.005)
    return condition()
