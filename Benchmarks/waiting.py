"""What a notifier takes while its mail server is away and messages wait: memory, disk, and how soon it is back at work.

STAMPEDE_BENCH_WAITING=N says how many messages, 1,000,000 where it says nothing.
"""

import json
import os
import socket
import time

from load import MIB, processor_seconds, system
from rig import console, letters
from rig.waiting import wait_until
from rig.worker import Worker

MESSAGES = int(os.environ.get("STAMPEDE_BENCH_WAITING", 1_000_000))
# Worked off before the next part is sent: the development broker would hand out a whole backlog at once.
PART = 50_000
SECONDS = 900
WAITING = 'stampede_messages_waiting{service="notifier",channel="email"}'


def run():
    console.heading(f"Waiting: {MESSAGES:,} messages whose mail server is away")
    with system() as platform, socket.socket() as closed:
        # A port that is taken and does not listen.
        closed.bind(("127.0.0.1", 0))
        worker = notifier(platform, closed.getsockname()[1])
        worker.start().wait_ready()
        publisher, rows = platform.publisher(), []
        started = time.monotonic()
        for first in range(0, MESSAGES, PART):
            count = min(PART, MESSAGES - first)
            send(publisher, first, count)
            wait_waiting(worker, first + count)
            if first + count in (PART, 4 * PART, MESSAGES // 2, MESSAGES):
                now, peak = worker.resident_bytes()
                rows.append((f"{first + count:,} waiting", f"{now // MIB} MiB", f"{peak // MIB} MiB"))
        took, used = time.monotonic() - started, processor_seconds(worker)
        began = time.monotonic()
        assert worker.get("/metrics")[0] == 200
        probe = time.monotonic() - began
        assert worker.stop() == 0, worker.process.tail()
        disk = sum(file.stat().st_size for file in worker.state.rglob("*") if file.is_file())
        began = time.monotonic()
        worker.start().wait_ready()
        again = time.monotonic() - began
        wait_waiting(worker, MESSAGES)
        now, peak = worker.resident_bytes()
        rows.append(("after a restart", f"{now // MIB} MiB", f"{peak // MIB} MiB"))
        worker.kill()
    console.table(("notifier, one thread", "resident", "peak"), rows)
    console.pairs(
        [
            ("taken in", f"{MESSAGES / took:,.0f} messages/s, {used * 1e6 / MESSAGES:.0f} µs of a processor each"),
            ("on disk", f"{disk // MIB} MiB, {disk // MESSAGES} bytes a message with its member's profile"),
            ("/metrics answers in", f"{probe * 1000:.0f} ms"),
            ("ready after a restart in", f"{again:.1f} s"),
        ]
    )


def notifier(platform, port):
    flags = {
        "--smtp-url": f"smtp://127.0.0.1:{port}",
        "--mail-from": "points@example.com",
        "--threads": 1,
        "--kafka-properties": platform.broker.kafka_properties,
    }
    return Worker("notifier", platform.directory / "notifier", platform.brokers, "1", "wall", flags)


def send(publisher, first, count):
    at = letters.instant()
    for number in range(first, first + count):
        member = letters.member_of("WAIT", number)
        publisher.send("loyalty.members", member, json.dumps(letters.profile(member, number)))
        publisher.send("loyalty.ledger", member, json.dumps(letters.booking(member, f"P-{number}", at)))
    publisher.flush(SECONDS)


def wait_waiting(worker, count):
    wait_until(
        lambda: worker.metrics().get(WAITING, 0) >= count,
        SECONDS,
        lambda: f"{count:,} messages to wait; {worker.metrics().get(WAITING)} do\n{worker.process.tail()}",
        every=0.05,
    )
