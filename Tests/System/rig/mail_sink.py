"""A quick SMTP server that keeps the bytes of every message it says yes to, and does what providers do: slow, down,
busy for one domain, suspended. `MailSink` is the owner of such a process.

Run as a program (`mail_sink.py FILE [PORT]`) it prints its port; a line of JSON on its standard input gives it orders
from then on, which it answers by "told":

    {"delay": seconds}            it takes so long over each message
    {"mail": "550 5.7.1 …"}       what it says to MAIL
    {"domains": {"d": "421 …"}}   what it says to a RCPT of a domain

A message is in the file before the yes to it goes out: length, recipient's length, recipient, bytes. It is never in
there twice unless it was taken twice.
"""

import asyncio
import json
import os
import struct
import subprocess
import sys
from pathlib import Path

from .processes import die_with

HEAD = struct.Struct(">II")


class MailSink:
    def __init__(self, directory, port=0):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.file = self.directory / "mails"
        self.port = port
        self.process = None
        self._read_to = 0
        self._count = 0

    def start(self):
        """A sink that was stopped comes back at its port."""
        assert self.process is None
        argv = [sys.executable, "-m", "rig.mail_sink", str(self.file), str(self.port)]
        self.process = subprocess.Popen(
            argv,
            cwd=Path(__file__).parents[1],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=die_with(os.getpid()),
        )
        self.port = int(self.process.stdout.readline())
        return self

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    def tell(self, **orders):
        self.process.stdin.write(json.dumps(orders) + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline().strip() == "told"

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout):
                pipe.close()
            self.process = None

    def count(self):
        """How many it has taken, read on from where it was read to."""
        size = self.file.stat().st_size if self.file.exists() else 0
        with self.file.open("a+b") as file:
            file.seek(self._read_to)
            while len(head := file.read(HEAD.size)) == HEAD.size:
                end = file.tell() + sum(HEAD.unpack(head))
                if end > size:
                    break
                file.seek(end)
                self._read_to, self._count = end, self._count + 1
        return self._count

    def mails(self):
        """(recipient, bytes) of each, in the order in which they were taken."""
        if not self.file.exists():
            return
        with self.file.open("rb") as file:
            while len(head := file.read(HEAD.size)) == HEAD.size:
                size, address_size = HEAD.unpack(head)
                yield file.read(address_size).decode(), file.read(size)


class Session:
    def __init__(self, sink, reader, writer):
        self.sink = sink
        self.reader = reader
        self.writer = writer
        self.recipient = ""

    async def run(self):
        try:
            self.say("220 sink")
            while line := await self.reader.readline():
                await self.answer(line)
                await self.writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.writer.close()

    def say(self, text):
        self.writer.write(text.encode() + b"\r\n")

    async def answer(self, line):
        word = line[:4].upper()
        orders = self.sink.orders
        if word in (b"EHLO", b"HELO"):
            self.say("250-sink\r\n250-SIZE 1000000\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES")
        elif word == b"MAIL":
            self.say(orders.get("mail", "250 2.1.0 ok"))
        elif word == b"RCPT":
            self.recipient = line.decode().split("<", 1)[1].split(">", 1)[0]
            domain = self.recipient.rpartition("@")[2]
            self.say(orders.get("domains", {}).get(domain, "250 2.1.5 ok"))
        elif word == b"DATA":
            self.say("354 go on")
            await self.writer.drain()
            data = await self.reader.readuntil(b"\r\n.\r\n")
            await asyncio.sleep(orders.get("delay", 0))
            self.sink.keep(self.recipient, data[: -len(b".\r\n")].replace(b"\r\n..", b"\r\n."))
            self.say("250 2.0.0 taken")
        elif word == b"QUIT":
            self.say("221 2.0.0 bye")
        else:
            self.say("250 2.0.0 ok")


class Sink:
    def __init__(self, path):
        self.file = Path(path).open("ab", buffering=0)
        self.orders = {}

    def keep(self, recipient, data):
        address = recipient.encode()
        self.file.write(HEAD.pack(len(data), len(address)) + address + data)

    async def serve(self, port):
        server = await asyncio.start_server(lambda *ends: Session(self, *ends).run(), "127.0.0.1", port, limit=2**22)
        print(server.sockets[0].getsockname()[1], flush=True)
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            self.orders = json.loads(line)
            print("told", flush=True)


if __name__ == "__main__":
    asyncio.run(Sink(sys.argv[1]).serve(int(sys.argv[2])))
