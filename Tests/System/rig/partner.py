"""A partner who delivers vouchers: the test server of PartnersTests, with what it has said."""

import json
import subprocess
import sys
import threading

from .worker import ROOT

SERVER = ROOT / "Tests/PartnersTests/Servers/partners.py"
TOKEN = "json-token"


class Partner:
    """The plain JSON one. `said` are its events, in their order."""

    id = "tea-house"

    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        (folder / f"{self.id}.json").write_text(json.dumps({"token": TOKEN}), "utf-8")
        self.said = []
        self._server = subprocess.Popen(
            [sys.executable, SERVER, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.port = json.loads(self._server.stdout.readline())["port"]
        self._hearing = threading.Thread(target=self._hear, daemon=True)
        self._hearing.start()

    def _hear(self):
        for line in self._server.stdout:
            self.said.append(json.loads(line))

    @property
    def document(self):
        return {
            "id": self.id,
            "version": 1,
            "names": {"en": "Tea House"},
            "adapter": "json",
            "url": f"http://127.0.0.1:{self.port}/json",
        }

    def meet(self, fault, times=1, **more):
        """The next orders meet this, or with of="status" the next questions."""
        self._server.stdin.write(json.dumps({"fault": fault, "times": times, **more}) + "\n")
        self._server.stdin.flush()

    def events(self, name):
        return [event for event in list(self.said) if event["event"] == name]

    def issued(self):
        """Vouchers by reference; the server makes an order once."""
        found = {}
        for event in self.events("issued"):
            assert event["reference"] not in found, event
            found[event["reference"]] = event["vouchers"]
        return found

    def close(self):
        self._server.stdin.close()
        self._server.wait(10)
        self._hearing.join(10)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
