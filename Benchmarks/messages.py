"""Messages a second to a local server that only counts (Postfix's `smtp-sink`), beside Postfix's own load generator,
`smtp-source`, which puts nothing into words, keeps nothing and remembers nothing.

The notifier is measured from a backlog: profiles and bookings lie on the topics, then it starts. It books nothing, but
marks, words, sends and records each message, exactly once. What it sends per second is read off its own counter, the
first and the last tenth left out.
"""

import os
import pwd
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from load import MIB, processor_seconds, system
from rig import console, letters
from rig.processes import OwnedProcess
from rig.waiting import wait_until
from rig.worker import Worker

MESSAGES = int(os.environ.get("STAMPEDE_BENCH_MESSAGES", 20_000))
SOURCE_MESSAGES = 40_000
SENDERS = 8
SLOTS = (8, 64, 512)
# A mail of ours is about so long.
BYTES = 1_500
SECONDS = 600
SENT = "stampede_messages_total{"


def run():
    source, sink = (shutil.which(name, path="/usr/sbin:/usr/bin") for name in ("smtp-source", "smtp-sink"))
    if not source or not sink:
        console.say("PART=messages needs Postfix's smtp-source and smtp-sink: apt-get install postfix")
        return
    console.heading(f"Messages: {SENDERS} connections to a server that counts, {MESSAGES:,} messages")
    rows = []
    with system() as platform, counting(sink, platform.directory) as port:
        kept = rate_of_source(source, port, ["-d"])
        rows.append(("smtp-source, connections kept", f"{kept:,.0f}", "1.00", "", ""))
        fresh = rate_of_source(source, port, [])
        rows.append(("smtp-source, a connection a message", f"{fresh:,.0f}", f"{fresh / kept:.2f}", "", ""))
        for number, slots in enumerate(SLOTS):
            rate, used, resident = rate_of_notifier(platform, port, f"BENCH{number}", slots)
            rows.append(
                (
                    f"notifier, --send-slots-max {slots}",
                    f"{rate:,.0f}",
                    f"{rate / kept:.2f}",
                    f"{used * 1e6:.0f} µs",
                    f"{resident // MIB} MiB",
                )
            )
        again = rate_of_source(source, port, ["-d"])
        rows.append(("smtp-source once more", f"{again:,.0f}", f"{again / kept:.2f}", "", ""))
    console.table(("what", "messages/s", "of smtp-source", "processor a message", "resident"), rows)


@contextmanager
def counting(sink, directory):
    """The port of a server that says yes to everything."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # It gives up root where it has it.
    user = ["-u", "nobody"] if os.geteuid() == 0 and pwd.getpwnam("nobody") else []
    process = OwnedProcess("smtp-sink", [sink, *user, f"127.0.0.1:{port}", "1000"], Path(directory) / "smtp-sink.log")
    process.start()

    def listens():
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    wait_until(listens, 10, lambda: f"smtp-sink to listen; it says\n{process.tail()}")
    try:
        yield port
    finally:
        process.kill()


def rate_of_source(source, port, options):
    sessions = ["-s", str(SENDERS), "-m", str(SOURCE_MESSAGES), "-l", str(BYTES)]
    people = ["-f", "points@example.com", "-t", "lan@example.com"]
    started = time.monotonic()
    subprocess.run([source, *options, *sessions, *people, f"127.0.0.1:{port}"], check=True, timeout=SECONDS)
    return SOURCE_MESSAGES / (time.monotonic() - started)


def rate_of_notifier(platform, port, label, slots):
    """(messages a second, processor seconds a message, resident bytes)."""
    letters.send(platform, label, MESSAGES)
    flags = {
        "--smtp-url": f"smtp://127.0.0.1:{port}",
        "--smtp-starttls": "none",
        "--mail-from": "points@example.com",
        "--send-slots-max": slots,
        "--sender-threads": SENDERS,
        "--kafka-properties": platform.broker.kafka_properties,
    }
    # The same state each time: what was told before is remembered, and only this label's messages are news.
    worker = Worker("notifier", platform.directory / "notifier", platform.brokers, "1", "wall", flags).start()
    try:
        worker.wait_ready()
        begin = wait_sent(worker, MESSAGES // 10)
        used = processor_seconds(worker)
        end = wait_sent(worker, MESSAGES - MESSAGES // 10)
        used = processor_seconds(worker) - used
        wait_sent(worker, MESSAGES)
        resident = worker.resident_bytes()[0]
        assert worker.stop() == 0, worker.process.tail()
    finally:
        worker.kill()
    (first, started), (last, ended) = begin, end
    return (last - first) / (ended - started), used / (last - first), resident


def wait_sent(worker, count):
    """(how many were sent, when) as soon as so many were."""

    def look():
        found = sum(value for name, value in worker.metrics().items() if name.startswith(SENT) and '="sent"' in name)
        return found >= count and (found, time.monotonic())

    return wait_until(look, SECONDS, lambda: f"{count} messages to be sent; {worker.metrics()}", every=0.02)
