"""The door to the development broker: clients connect here, and its answers to fetches are put right on their way out.

`noida-db` 0.2.3 leaves out the first batch of an aborted transaction, and tells a consumer beside the records of every
transaction that was ever aborted in a partition, also of those that ended before the offset it asks for. Kafka tells of
those that concern the answer: the client waits for the end of each, hides what their producer wrote until then, and so
loses every later record of a producer that was once killed inside a transaction. The door makes the list anew from the
batches and markers in the answer. It also holds back empty answers for a moment, as Kafka does, so that idle clients do
not spin.

And `noida-db` takes a transaction's offsets from anybody, from members that their group has passed over as from those
it never knew, and tells of offsets while the transaction that holds newer ones is open: of two members that were given
the same partition, one before and one after, both could commit. The door refuses as Kafka does: offsets of those that
are not in the group's last generation, and questions after offsets that are about to change.

Everything else passes as it is, but for what makes clients come through this door: the broker's port in its answers,
and the newest versions of the calls it reads.

It can also make bad weather: a line `cut CLIENT SECONDS` or `delay CLIENT MS SECONDS` on its control port holds up what
clients whose id starts with CLIENT send and are answered. `shut` lets no transaction begin and waits until those that
are open have ended, then lets nothing be written and waits until all that was is answered, then ends all connections
and lets nobody in until `open`: a transaction that is open while `noida-db` is stopped stays open in its partitions for
ever, even if its producer ends it afterwards, and what it takes while it saves may be lost. It forgets its producers'
ids too, but lets them go on, and what such a one leaves open is ended by no other of the same id: after a restart the
door lets a producer begin nothing before it has asked for its id again.

Run as a program (`python -m rig.broker_door BROKER_PORT [PORT]`) it prints the port it listens on and its control port,
and serves until it is killed.
"""

import asyncio
import struct
import sys

from .record_log import aborted_transactions, batches

HOST = "127.0.0.1"
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
# How long an answer without records is held back, at most what the consumer is ready to wait.
EMPTY_HELD_MS = 20
FRAME_BYTES_MAX = 2_000_000_000
# In which a live producer ends its transaction, and the broker answers what it was sent.
SHUT_SECONDS = 10

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


# -- Fetch, version 11


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


# -- What makes clients come through the door


def with_own_port(api, version, data, port):
    """The answer to Metadata or FindCoordinator, every broker's port in it changed."""
    data = bytearray(data)
    reading = Reading(data, 4)
    if api == METADATA:
        reading.skip(4 if version >= 3 else 0)  # throttle
        for _ in range(reading.take(INT32)):
            reading.skip(4)  # node id
            reading.text()  # host
            INT32.pack_into(data, reading.at, port)
            reading.skip(4)
            if version >= 1:
                reading.text()  # rack
    else:
        reading.skip(4 if version >= 1 else 0)  # throttle
        error = reading.take(INT16)
        if version >= 1:
            reading.text()  # error message
        reading.skip(4)  # node id
        reading.text()  # host
        if not error:
            INT32.pack_into(data, reading.at, port)
    return data


def with_known_versions(version, data):
    """The answer to ApiVersions, offering no version that the door cannot read."""
    data = bytearray(data)
    reading = Reading(data, 6)  # behind correlation id and error
    if version >= 3:
        count = data[6] - 1  # a varint, of one byte below 128
        assert data[6] < 128, "the broker knows more calls than the door can count"
        reading.skip(1)
    else:
        count = reading.take(INT32)
    for _ in range(count):
        newest = NEWEST.get(reading.take(INT16))
        reading.skip(2)  # oldest version
        if newest is not None:
            INT16.pack_into(data, reading.at, min(newest, INT16.unpack_from(data, reading.at)[0]))
        reading.skip(3 if version >= 3 else 2)
    return data


# -- Groups and their offsets


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


def varint(value):
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


# -- Transactions


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


# -- Bad weather


class Weather:
    """What holds up which clients, until when (seconds of the event loop's clock)."""

    def __init__(self):
        self.cuts = {}
        self.delays = {}
        self.is_shut = False
        self.connections = set()  # the tasks that serve them
        self.transactions = Transactions()
        self.writes = Writes()
        self.offsets = Offsets()

    async def order(self, words):
        now = asyncio.get_running_loop().time()
        match words:
            case ["cut", client, seconds]:
                self.cuts[client] = now + float(seconds)
            case ["delay", client, ms, seconds]:
                self.delays[client] = (now + float(seconds), float(ms) / 1000)
            case ["shut"]:
                await self.transactions.end()
                await self.writes.end()
                self.is_shut = True
                for connection in self.connections:
                    connection.cancel()
            case ["open"]:
                self.is_shut = False
                self.offsets.broker_starts_again()
                self.transactions.broker_starts_again()
                self.writes.may_begin.set()
            case _:
                raise ValueError(f"no weather: {words}")

    def transaction_ended(self, api, producer, data):
        """An answer to EndTxn or InitProducerId, both of version 1."""
        (error,) = INT16.unpack_from(data, 8)  # behind correlation id and throttle
        if not error:
            self.transactions.ended(api, producer)
            self.offsets.transaction_ended(producer)

    async def pass_through(self, client):
        """Returns when a frame of the client may go on; a frame that met a cut never does, and its connection ends."""
        now = asyncio.get_running_loop().time()
        ends = [until for prefix, until in self.cuts.items() if client.startswith(prefix) and until > now]
        if ends:
            await asyncio.sleep(max(ends) - now)
            raise ConnectionAbortedError
        for prefix, (until, seconds) in self.delays.items():
            if client.startswith(prefix) and until > now:
                await asyncio.sleep(seconds)


# -- Connections


class Connection:
    """One client's: its id once it has sent a request, and the requests that wait for an answer the door reads."""

    def __init__(self):
        self.client = ""
        self.asked = {}


class Door:
    def __init__(self, broker_port):
        self.broker_port = broker_port
        self.port = None
        self.weather = Weather()

    async def serve(self, port):
        server = await asyncio.start_server(self._client, HOST, port, limit=1 << 20)
        control = await asyncio.start_server(self._control, HOST, 0)
        self.port = server.sockets[0].getsockname()[1]
        print(self.port, control.sockets[0].getsockname()[1], flush=True)
        await asyncio.gather(server.serve_forever(), control.serve_forever())

    async def _control(self, reader, writer):
        await self.weather.order((await reader.readline()).decode().split())
        writer.write(b"ok\n")
        await writer.drain()
        writer.close()

    async def _client(self, reader, writer):
        """One client with a connection to the broker of its own; when either side ends, both do."""
        if self.weather.is_shut:
            writer.close()
            return
        try:
            broker_reader, broker_writer = await asyncio.open_connection(HOST, self.broker_port, limit=1 << 20)
        except OSError:
            writer.close()
            return
        connection = Connection()
        ways = [
            asyncio.ensure_future(self._inward(reader, broker_writer, writer, connection)),
            asyncio.ensure_future(self._outward(broker_reader, writer, connection)),
        ]
        self.weather.connections.update(ways)
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.weather.connections.difference_update(ways)
            self.weather.writes.closed(connection)
            for way in ways:
                way.cancel()
            for end in (writer, broker_writer):
                end.close()
            for outcome in await asyncio.gather(*ways, return_exceptions=True):
                if isinstance(outcome, Exception) and not isinstance(outcome, (asyncio.IncompleteReadError, OSError)):
                    print(f"a connection ended: {outcome!r}", file=sys.stderr, flush=True)

    async def _inward(self, reader, writer, client_writer, connection):
        while True:
            size, data = await frame(reader)
            api, version, correlation = struct.unpack_from(">hhi", data)
            connection.client = Reading(data, 8).text().decode()
            if api == FETCH:
                assert version == NEWEST[FETCH], f"fetch version {version}"
                connection.asked[correlation] = (api, version, fetch_request(data))
            elif api == JOIN_GROUP:
                assert version == NEWEST[api], f"join version {version}"
                connection.asked[correlation] = (api, version, self.weather.offsets.joining(data))
            elif api in (METADATA, FIND_COORDINATOR, API_VERSIONS):
                connection.asked[correlation] = (api, version, None)
            elif api in BEGINNINGS + ENDINGS:
                connection.asked[correlation] = (api, version, await self.weather.transactions.asked(api, data))
            await self.weather.pass_through(connection.client)
            if api in BEGINNINGS and (refusal := self.weather.transactions.refusal(api, data)):
                await send(client_writer, refusal)
                continue
            if api == COMMIT_TRANSACTION_OFFSETS:
                assert version == NEWEST[api], f"offset commit version {version}"
                commit, refusal = self.weather.offsets.committed(data)
                if refusal:
                    await send(client_writer, refusal)
                    continue
                connection.asked[correlation] = (api, version, commit)
            elif api == FETCH_OFFSETS:
                assert version == NEWEST[api], f"offset fetch version {version}"
                connection.asked[correlation] = (api, version, self.weather.offsets.asked(data))
            if api in WRITES:
                await self.weather.writes.asked(connection, correlation)
            writer.write(size + data)
            await writer.drain()

    async def _outward(self, reader, writer, connection):
        while True:
            size, data = await frame(reader)
            (correlation,) = INT32.unpack_from(data)
            api, version, asked = connection.asked.pop(correlation, (None, None, None))
            self.weather.writes.answered(connection, correlation)
            if api == FETCH:
                wait_ms, is_committed = asked
                data, has_records = repaired_fetch(data, is_committed)
                if not has_records:
                    await asyncio.sleep(min(wait_ms, EMPTY_HELD_MS) / 1000)
            elif api in ENDINGS:
                self.weather.transaction_ended(api, asked, data)
            elif api == COMMIT_TRANSACTION_OFFSETS:
                self.weather.offsets.taken(asked, data)
            elif api == FETCH_OFFSETS:
                data = with_unstable(data, asked)
            elif api in (METADATA, FIND_COORDINATOR):
                data = with_own_port(api, version, data, self.port)
            elif api == JOIN_GROUP:
                self.weather.offsets.joined(asked, data)
            elif api == API_VERSIONS:
                data = with_known_versions(version, data)
            await self.weather.pass_through(connection.client)
            await send(writer, data)


async def send(writer, data):
    writer.write(INT32.pack(len(data)) + data)
    await writer.drain()


async def frame(reader):
    size = await reader.readexactly(4)
    (length,) = INT32.unpack(size)
    assert 4 <= length <= FRAME_BYTES_MAX, f"a frame of {length} bytes"
    return size, await reader.readexactly(length)


if __name__ == "__main__":
    asyncio.run(Door(int(sys.argv[1])).serve(int(sys.argv[2]) if len(sys.argv) > 2 else 0))
