"""Kannel from Debian between a notifier and Kannel's own `fakesmsc`: bearerbox, smsbox and the SMSC, each a process of
this one's, configured in a folder of its own. Call-backs (`dlr-url`) come to an HTTP server on a thread."""

import re
import socket
import threading
from collections import defaultdict
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from .apache.node import free_ports
from .processes import OwnedProcess
from .waiting import wait_until

FAKESMSC = "/usr/lib/kannel/test/fakesmsc"
INSTALLED = Path(FAKESMSC).exists()
USER = "sen"
PASSWORD = "p&ss=word"
SECONDS = 30

CONFIGURATION = """
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = {password}
smsbox-port = {boxes}
box-allow-ip = "127.0.0.1"
dlr-storage = internal
store-type = file
store-location = "{folder}/store"

group = smsc
smsc = fake
smsc-id = fake
port = {smsc}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
sendsms-interface = 127.0.0.1
sendsms-chars = "0123456789 +-"
global-sender = 13013

group = sendsms-user
username = {user}
password = "{password}"
max-messages = 10
concatenation = true
"""
ARRIVED = re.compile(r"Got message \d+: <(\S+) (\S+) (.*)>$")


@dataclass
class Text:
    sender: str
    to: str
    is_ucs2: bool
    text: str
    segments: int


class Kannel:
    def __init__(self, directory):
        self.directory = Path(directory)
        self.admin, self.boxes, self.smsc, self.sendsms = free_ports(4)
        self.directory.mkdir(parents=True, exist_ok=True)
        file = self.directory / "kannel.conf"
        file.write_text(
            CONFIGURATION.format(
                admin=self.admin,
                boxes=self.boxes,
                smsc=self.smsc,
                sendsms=self.sendsms,
                user=USER,
                password=PASSWORD,
                folder=self.directory,
            )
        )

        def process(name, *argv):
            return OwnedProcess(name, argv, self.directory / f"{name}.log")

        self.bearerbox = process("bearerbox", "/usr/sbin/bearerbox", "-v", "0", file)
        self.smsbox = process("smsbox", "/usr/sbin/smsbox", "-v", "0", file)
        # It sends a message of its own as it starts, and the next one long after every test.
        self.fakesmsc = process(
            "fakesmsc", FAKESMSC, "-H", "127.0.0.1", "-r", self.smsc, "-i", "100000", "-m", "-1", "1 2 text nop"
        )
        self.reports = Reports()

    def __enter__(self):
        try:
            self.reports.start()
            self.bearerbox.start()
            self.bearerbox.wait_for_output(lambda log: "MAIN: Start-up done" in log, SECONDS, "bearerbox to run")
            self.start_smsbox()
            self.fakesmsc.start()
            self.fakesmsc.wait_for_output(lambda log: "sent message 1" in log, SECONDS, "the SMSC to be connected")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in (self.smsbox, self.fakesmsc, self.bearerbox):
            process.kill()
        self.reports.stop()

    def start_smsbox(self):
        self.smsbox.start()
        wait_until(self._answers, SECONDS, lambda: f"smsbox to listen\n{self.smsbox.tail()}")

    def _answers(self):
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.sendsms)) == 0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.sendsms}/cgi-bin/sendsms"

    def texts(self):
        """What arrived at the SMSC, put together from its segments."""
        whole, parts = [], defaultdict(dict)
        for line in self.fakesmsc.output().splitlines():
            found = ARRIVED.search(line)
            if not found or found[2] == "1":
                continue
            sender, to, rest = found.groups()
            kind, _, content = rest.partition(" ")
            if kind == "udh":
                header, _, content = content.partition(" ")
                _, _, content = content.partition(" ")
                reference, count, number = unquote_to_bytes(header)[3:6]
                parts[sender, to, reference, count][number] = content
            else:
                whole.append(_text(sender, to, kind, [content]))
        for (sender, to, _, count), found in parts.items():
            if len(found) == count:
                whole.append(_text(sender, to, "udh", [found[number] for number in sorted(found)]))
        return whole


def _text(sender, to, kind, parts):
    # What is text is shown as it is, the rest with escapes.
    contents = [part.encode() if kind == "text" else unquote_to_bytes(part.replace("+", " ")) for part in parts]
    bytes = b"".join(contents)
    is_ucs2 = b"\0" in bytes
    return Text(sender, to, is_ucs2, bytes.decode("utf-16-be" if is_ucs2 else "utf-8"), len(parts))


class Reports:
    """Takes the call-backs."""

    def __init__(self):
        self._lock = threading.Lock()
        self._queries = []
        reports = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                with reports._lock:
                    reports._queries.append(urlsplit(self.path).query)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_POST = do_GET

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="sms-reports", daemon=True)

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}/sms?t=5e9d7c"

    def queries(self):
        with self._lock:
            return list(self._queries)

    def start(self):
        self._thread.start()

    def stop(self):
        if self._thread.ident is not None:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
