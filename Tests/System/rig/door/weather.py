"""Bad weather between clients and broker."""

import asyncio

from .calls import INT16
from .offsets import Offsets
from .transactions import Transactions, Writes


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
