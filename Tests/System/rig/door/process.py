"""A door's process: which of the two it is, on which port, and what it is told."""

import socket
import sys
from pathlib import Path

from ..processes import OwnedProcess

OPEN_SECONDS = 30
# In which it has done what it was told; shutting waits for transactions.
TOLD_SECONDS = 30


class DoorProcess:
    def __init__(self, module, directory):
        self.module = module
        self.directory = directory
        self.process = None
        self._control = None

    def open(self, broker_port, port=0):
        """Returns the port at which clients come in."""
        self.process = OwnedProcess(
            self.module,
            [sys.executable, "-m", f"rig.{self.module}", broker_port, port],
            self.directory / f"{self.module.replace('_', '-')}.log",
            cwd=Path(__file__).parents[2],
        ).start()
        own, control = self.process.wait_for_output(
            lambda output: output.split() if output.endswith("\n") else None, OPEN_SECONDS, "the door's ports"
        )
        self._control = int(control)
        return own

    def tell(self, line):
        with socket.create_connection(("127.0.0.1", self._control), timeout=TOLD_SECONDS) as control:
            control.sendall(f"{line}\n".encode())
            assert control.recv(16) == b"ok\n"

    def cut(self, client, seconds):
        """What clients whose id starts so send, and what they are answered, goes nowhere for that long; then their
        connections break."""
        self.tell(f"cut {client} {seconds}")

    def delay(self, client, ms, seconds):
        """Each request and each answer of those clients takes that much longer."""
        self.tell(f"delay {client} {ms} {seconds}")

    def kill(self):
        if self.process:
            self.process.kill()
