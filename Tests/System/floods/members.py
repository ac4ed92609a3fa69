"""The lookup with 5,000,000 members who have a card, a phone and an e-mail each: bytes a member on disk, resident
memory, and how fast purchases that name a phone find theirs.

Some members enrol and shop. The others' rows are copies of theirs, written into the stores while the worker is away:
for a look at what the rows cost it does not matter how they came.
"""

import json
import os
import sqlite3
import time

from rig import console

from .load import MIB, SERVICE, count_of, id_of, purchase, rate_of_a_backlog, rows, send, system

MEMBERS = count_of("STAMPEDE_MEMBERS", 5_000_000)
REAL = min(20_000, MEMBERS // 2)
# A card, a phone, an e-mail in three forms.
CONTACTS = 5
PURCHASES = max(REAL, min(200_000, MEMBERS // 5))


def name_of(number):
    return f"M-{number:07}"


def phone_of(number):
    return f"+849{number:08}"


def run():
    console.heading(f"Members: {MEMBERS:,}, each with a card, a phone and an e-mail")
    with system() as platform:
        worker = platform.worker(SERVICE).start().wait_ready()
        enrolled = enrol(platform, worker)
        worker.stop()
        files = sorted(worker.state.rglob("*.sqlite"))
        before = sum(settled(file) for file in files)
        for file in files:
            fill(file, MEMBERS - REAL, len(files))
        size = sum(settled(file) for file in files)
        begun = time.monotonic()
        worker.start().wait_ready(600)
        ready = time.monotonic() - begun
        resident = worker.resident_bytes()[0]
        profiles, contacts = rows(worker, "profiles"), rows(worker, "contacts")
        worker.stop()
        send(
            platform,
            (
                (id_of(number), purchase(number, b'"phone":"%s"' % phone_of(number * 7919 % REAL).encode()))
                for number in range(PURCHASES)
            ),
        )
        rate = rate_of_a_backlog(worker, PURCHASES)
        platform.wait_drained(services=(SERVICE,))
        busy, peak = worker.resident_bytes()
        found = [record.document for record in platform.read("loyalty.transactions")]
    right = len(found) == PURCHASES and all(
        one["memberId"] == name_of(int(one["id"].split("-")[1]) * 7919 % REAL) for one in found
    )
    added = max(1, MEMBERS - REAL)
    console.table(
        (
            "members",
            "rows",
            "bytes a member: enrolled",
            "copied in order",
            "ready after, s",
            "resident, MiB",
            "under load",
            "peak",
        ),
        [
            (
                profiles,
                profiles + contacts,
                f"{before / REAL:.0f}",
                f"{(size - before) / added:.0f}",
                f"{ready:.1f}",
                resident // MIB,
                busy // MIB,
                peak // MIB,
            )
        ],
    )
    console.say(
        f"{REAL:,} members enrolled at {enrolled:,.0f}/s; {PURCHASES:,} purchases by phone read at {rate:,.0f}/s"
    )
    console.say("each found its member" if right else f"ONLY {len(found):,} FOUND A MEMBER, OR THE WRONG ONE")
    return right


def enrol(platform, worker):
    """Members a second, from the first profile sent to the last contact in the index."""
    publisher = platform.publisher(linger_ms=20)
    begun = time.monotonic()
    for number in range(REAL):
        profile = {
            "type": "member.profile",
            "id": name_of(number),
            "occurredAt": "2017-01-01T00:00:00Z",
            "phone": phone_of(number),
            "email": f"{name_of(number).lower()}@example.com",
            "cards": [f"9704{number:012}"],
        }
        publisher.send("loyalty.members", name_of(number), json.dumps(profile))
    publisher.flush()
    platform.wait_drained(services=(SERVICE,))
    return REAL / (time.monotonic() - begun)


def settled(file):
    """Bytes of a store, once all of it is in its file."""
    database = sqlite3.connect(file)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return file.stat().st_size


def fill(file, count, files):
    """Adds `count` members' rows to all stores together: this file's share of them."""
    database = sqlite3.connect(file)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = OFF")
    [profile] = database.execute("SELECT image FROM profiles WHERE key >= ? LIMIT 1", (b"M-",)).fetchone()
    [contact] = database.execute("SELECT image FROM contacts LIMIT 1").fetchone()
    owner = contact[contact.index(b"M-") :][: len(name_of(0))]
    partition = int(file.stem)
    mine = range(REAL + partition, REAL + count, files)
    database.executemany(
        "INSERT INTO profiles (key, image) VALUES (?, ?)",
        ((name_of(number).encode(), profile) for number in mine),
    )
    # Digests are as good as random; in their order they are written fast.
    step = (1 << 128) // (len(mine) * CONTACTS + 1)
    start = int.from_bytes(os.urandom(15))

    def index():
        digest = start
        for number in mine:
            image = contact.replace(owner, name_of(number).encode())
            for _ in range(CONTACTS):
                digest += step
                yield b"\x01" + (digest % (1 << 128)).to_bytes(16), image

    database.executemany("INSERT OR REPLACE INTO contacts (key, image) VALUES (?, ?)", index())
    database.commit()
    database.close()
