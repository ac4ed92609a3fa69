"""An SMTP server that does as it is told, for what real ones do on bad days. It needs nothing beyond Python, and
`ScriptedSMTP` is the owner of such a process.

Run as a program (`scripted_smtp.py ORDERS`) it prints a JSON object a line: {"event": "ready", "port": …} first, then
"connection", "command", "message" (its whole dot was read), "cut" and "end". A line of JSON on its standard input
changes what it does from then on, and is answered by "told"; it ends when that is closed. What it does is said by phase
(greeting, ehlo, starttls, auth, mail, rcpt, data, body, dot, quit): the text of a reply, or

    "cut"         closes the connection without an answer, what is unread with it; in `body` after 100 bytes
    "close"       the same, when everything that has come is read
    "hang"        never answers; reads on
    "late:S:TEXT" answers with TEXT after S seconds

`rcpt@slow.example` is said of recipients in that domain alone.

{"times": n} beside these: the first n connections, then all is well.
"""

import json
import select
import socket
import subprocess
import sys
import threading
import time

WELL = {
    "greeting": "220 scripted",
    "ehlo": "250-scripted\r\n250-SIZE 1000000\r\n250 ENHANCEDSTATUSCODES",
    "mail": "250 2.1.0 ok",
    "rcpt": "250 2.1.5 ok",
    "data": "354 go on",
    "dot": "250 2.0.0 taken",
    "rset": "250 ok",
    "noop": "250 ok",
    "quit": "221 bye",
}
CUT_AFTER_BYTES = 100
lock = threading.Lock()
told = {}
connections = 0


def say(**event):
    with lock:
        print(json.dumps(event), flush=True)


class Gone(Exception):
    """The connection is at its end."""


class Session:
    def __init__(self, connection, number, orders):
        self.connection = connection
        self.number = number
        self.orders = orders

    def run(self):
        say(event="connection", number=self.number)
        try:
            self.answer("greeting")
            while True:
                line = self.line()
                phase = line.split(":")[0].split()[0].lower() if line.split() else "noop"
                say(event="command", number=self.number, line=line)
                self.answer(self.of_domain(line) if phase == "rcpt" else phase)
                if phase == "data" and self.orders.get("data", "354").startswith("354"):
                    self.take_message()
                if phase == "quit":
                    raise Gone
        except (Gone, ConnectionError):
            pass
        finally:
            self.connection.close()
            say(event="end", number=self.number)

    def of_domain(self, line):
        phase = f"rcpt@{line.rsplit('@', 1)[-1].split('>')[0].lower()}"
        return phase if phase in self.orders else "rcpt"

    def take_message(self):
        order = self.orders.get("body")
        if order == "cut":
            self.connection.recv(CUT_AFTER_BYTES)
            self.cut()
        if order == "close":
            self.connection.recv(1_000_000)
            self.cut()
        lines = []
        while (line := self.line()) != ".":
            lines.append(line[1:] if line.startswith(".") else line)
        dot = self.orders.get("dot", WELL["dot"])
        say(event="message", number=self.number, data="\n".join(lines), taken=dot.split(":")[-1].startswith("250"))
        self.answer("dot")

    def answer(self, phase):
        order = self.orders.get(phase, WELL.get(phase, "502 5.5.1 no"))
        phase = phase.split("@")[0]
        if order in ("cut", "close"):
            if order == "close":
                self.drain()
            self.cut()
        if order == "hang":
            while self.connection.recv(65_536):
                pass
            raise Gone
        if order.startswith("late:"):
            _, seconds, order = order.split(":", 2)
            time.sleep(float(seconds))
        # What is said before the message has come is said at once.
        early = self.orders.get("body") if phase == "data" else None
        self.send(f"{order}\r\n{early}" if early and early[0].isdigit() else order)

    def cut(self):
        self.connection.close()
        say(event="cut", number=self.number)
        raise Gone

    def drain(self):
        while select.select([self.connection], [], [], 0)[0] and self.connection.recv(65_536):
            pass

    def send(self, text):
        self.connection.sendall(f"{text}\r\n".encode())

    def line(self):
        """Reads no byte beyond the line."""
        found = b""
        while not found.endswith(b"\n"):
            ahead = self.connection.recv(65_536, socket.MSG_PEEK)
            if not ahead:
                raise Gone
            found += self.connection.recv(ahead.find(b"\n") + 1 or len(ahead))
        return found.decode("utf-8", "replace").rstrip("\r\n")


def orders_of_next():
    global connections
    with lock:
        connections += 1
        still = connections - told.get("from", 0) <= told.get("times", 1 << 60)
        return connections, dict(told["orders"]) if still and "orders" in told else {}


def listen(server):
    while True:
        connection, _ = server.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=Session(connection, *orders_of_next()).run, daemon=True).start()


def obey(line):
    orders = json.loads(line)
    with lock:
        told.clear()
        told.update({"from": connections, "times": orders.pop("times", 1 << 60), "orders": orders})
    say(event="told")


def main():
    server = socket.create_server(("127.0.0.1", 0), backlog=128)
    if len(sys.argv) > 1:
        orders = json.loads(sys.argv[1])
        told.update({"times": orders.pop("times", 1 << 60), "orders": orders})
    say(event="ready", port=server.getsockname()[1])
    threading.Thread(target=listen, args=(server,), daemon=True).start()
    for line in sys.stdin:
        obey(line)


class ScriptedSMTP:
    """Started at once; `events` holds what it has said so far."""

    def __init__(self, **orders):
        self.events = []
        self._said = threading.Condition()
        self._process = subprocess.Popen(
            [sys.executable, __file__, json.dumps(orders)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        threading.Thread(target=self._listen, name="scripted-smtp", daemon=True).start()
        self.port = self.wait_for("ready")["port"]

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    def tell(self, **orders):
        """Does so from the next connection on; returns when it knows."""
        seen = len(self.events)
        self._process.stdin.write(json.dumps(orders) + "\n")
        self.wait_for("told", since=seen)

    def wait_for(self, event, since=0, seconds=60):
        with self._said:
            found = self._said.wait_for(
                lambda: next((each for each in self.events[since:] if each["event"] == event), None), seconds
            )
        assert found, f"the mail server did not say {event} within {seconds} s: {self.events[-5:]}"
        return found

    def count(self, event):
        return sum(each["event"] == event for each in list(self.events))

    def taken(self):
        """The whole text of each message that it took, in order."""
        return [each["data"] for each in list(self.events) if each["event"] == "message" and each["taken"]]

    def stop(self):
        self._process.stdin.close()
        self._process.kill()
        self._process.wait()

    def _listen(self):
        for line in self._process.stdout:
            with self._said:
                self.events.append(json.loads(line))
                self._said.notify_all()


if __name__ == "__main__":
    main()
