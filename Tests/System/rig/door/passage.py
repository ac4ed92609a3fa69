"""What a door does with every client: a connection to the broker of its own, frames both ways, and bad weather."""

import asyncio
import struct
import sys

from .calls import INT32, Reading
from .weather import Weather

HOST = "127.0.0.1"
FRAME_BYTES_MAX = 2_000_000_000


class Connection:
    """One client's: its id once it has sent a request, and the requests that wait for an answer the door reads."""

    def __init__(self):
        self.client = ""
        self.asked = {}


class Passage:
    """Lets everything through as it is; who has more to do puts `inward` and `outward` in its own way."""

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
            asyncio.ensure_future(self.inward(reader, broker_writer, writer, connection)),
            asyncio.ensure_future(self.outward(broker_reader, writer, connection)),
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

    async def inward(self, reader, writer, _client_writer, connection):
        while True:
            _, data = await frame(reader)
            connection.client = client_of(data)
            await self.weather.pass_through(connection.client)
            await send(writer, data)

    async def outward(self, reader, writer, connection):
        while True:
            _, data = await frame(reader)
            await self.weather.pass_through(connection.client)
            await send(writer, data)


def request_head(data):
    """(call, its version, correlation id) of a request."""
    return struct.unpack_from(">hhi", data)


def client_of(data):
    """The id that a client gives in each of its requests."""
    return Reading(data, 8).text().decode()


async def send(writer, data):
    writer.write(INT32.pack(len(data)) + data)
    await writer.drain()


async def frame(reader):
    size = await reader.readexactly(4)
    (length,) = INT32.unpack(size)
    assert 4 <= length <= FRAME_BYTES_MAX, f"a frame of {length} bytes"
    return size, await reader.readexactly(length)
