"""The development broker: `noida-db`, a single program that speaks the Kafka protocol, on a free port."""

import re
import shutil
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

from confluent_kafka.admin import AdminClient

from .processes import OwnedProcess
from .waiting import wait_until

START_SECONDS = 30


class Broker:
    """Owns one broker process. Its data is expendable and is deleted with it, so it is ended by SIGKILL: on SIGTERM
    it would first write all of it to disk, which takes long and which nobody reads.

    Clients reach it through the door that puts its answers right (`broker_door`), or directly, for a measurement in
    which nothing is killed."""

    def __init__(self, directory=None, through_door=True):
        self._own_directory = directory is None
        self.directory = Path(directory or tempfile.mkdtemp(prefix="stampede-broker-"))
        self.through_door = through_door
        self.process = None
        self.door = None
        self.address = None

    def start(self, port=0):
        own_port = 0 if self.through_door else port
        program = files("noida_db").joinpath("noida-db")
        self.process = OwnedProcess(
            "broker",
            [program, "start", "--only", "kafka", "--kafka-port", own_port, "--data-dir", self.directory / "data"],
            self.directory / "broker.log",
        ).start()
        listening = self.process.wait_for_output(
            lambda output: re.search(r"kafka\s+(127\.0\.0\.1:\d+)", output), START_SECONDS, "the broker's address"
        )
        self.address = listening.group(1)
        if self.through_door:
            self.address = f"127.0.0.1:{self._open_door(self.address.rpartition(':')[2], port)}"
        admin = AdminClient({"bootstrap.servers": self.address, "log_level": 0})
        wait_until(lambda: admin.list_topics(timeout=5), START_SECONDS, "the broker's first answer")
        return self

    def _open_door(self, own_port, port):
        self.door = OwnedProcess(
            "broker-door",
            [sys.executable, "-m", "rig.broker_door", own_port, port],
            self.directory / "broker-door.log",
            cwd=Path(__file__).parents[1],
        ).start()
        return self.door.wait_for_output(
            lambda output: output.strip() if output.endswith("\n") else None, START_SECONDS, "the door's port"
        )

    def stop(self):
        for process in (self.process, self.door):
            if process:
                process.kill()
        shutil.rmtree(self.directory if self._own_directory else self.directory / "data", ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
