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
import sys

from .door.addresses import with_known_versions, with_own_port
from .door.calls import (
    API_VERSIONS,
    BEGINNINGS,
    COMMIT_TRANSACTION_OFFSETS,
    ENDINGS,
    FETCH,
    FETCH_OFFSETS,
    FIND_COORDINATOR,
    INT32,
    JOIN_GROUP,
    METADATA,
    NEWEST,
    WRITES,
)
from .door.fetches import fetch_request, repaired_fetch
from .door.offsets import with_unstable
from .door.passage import Passage, client_of, frame, request_head, send

# How long an answer without records is held back, at most what the consumer is ready to wait.
EMPTY_HELD_MS = 20


class Door(Passage):
    async def inward(self, reader, writer, client_writer, connection):
        while True:
            size, data = await frame(reader)
            api, version, correlation = request_head(data)
            connection.client = client_of(data)
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

    async def outward(self, reader, writer, connection):
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


if __name__ == "__main__":
    asyncio.run(Door(int(sys.argv[1])).serve(int(sys.argv[2]) if len(sys.argv) > 2 else 0))
