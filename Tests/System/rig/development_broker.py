"""The development broker: `noida-db`, a single program that speaks the Kafka protocol, on a free port."""

import re
import shutil
import signal
import subprocess
import tempfile
import uuid
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, NewTopic

from .door.process import DoorProcess
from .held_thread import HeldThread
from .processes import OwnedProcess
from .waiting import wait_until
from .worker import KAFKA_PROPERTIES

FETCH_PACING = Path(__file__).parent / "fetch_pacing.c"
START_SECONDS = 30
SAVE_SECONDS = 120


class DevelopmentBroker:
    """Owns one broker process. Its data is expendable and is deleted with it, so it is ended by SIGKILL: on SIGTERM
    it would first write all of it to disk, which takes long and which nobody reads.

    Clients reach it through the door that puts its answers right (`broker_door`), or directly, for a measurement in
    which nothing is killed. It then saves nothing either: every two seconds it would write all that it holds to disk
    anew, as JSON, which takes a core from what is measured and grows with the run. Start and stop such a one from one
    thread."""

    replication_factor = 1

    def __init__(self, directory=None, measured=False, weather=False):
        """`measured`: reached directly. `weather`: its door can make it without being asked for."""
        assert not (measured and weather), "only the door makes bad weather"
        self._own_directory = directory is None
        self.directory = Path(directory or tempfile.mkdtemp(prefix="stampede-broker-"))
        self.process = None
        self.door = None if measured else DoorProcess("broker_door", self.directory)
        self.address = None
        # What workers must be told, beside where it is.
        self.kafka_properties = KAFKA_PROPERTIES
        self._own_port = None
        self._saving = None

    def start(self, port=0):
        self.address = self._run(0 if self.door else port)
        if self.door:
            self._own_port = self.address.rpartition(":")[2]
            self.address = f"127.0.0.1:{self.door.open(self._own_port, port)}"
        self._wait_for_answer()
        if not self.door:
            self._saving = HeldThread(self.process.pid, "autosave")
            self.kafka_properties = f"{KAFKA_PROPERTIES},plugin.library.paths={self._fetch_pacing()}"
        return self

    def _fetch_pacing(self):
        """The plugin that stands for the door's holding back of empty answers, compiled."""
        plugin = self.directory / "fetch_pacing.so"
        library = subprocess.run(
            ["pkg-config", "--cflags", "--libs", "rdkafka"], check=True, capture_output=True, text=True
        ).stdout.split()
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", plugin, FETCH_PACING, *library], check=True)
        return plugin

    def restart(self):
        """As its operator would: SIGTERM, which saves everything, and a start on the same data.

        The development broker saves while it goes on writing, one partition after another, so that a file may hold a
        part of a transaction; and such a file may be the last, if a save was under way when SIGTERM came. So the door
        is shut first, between two transactions of each producer and with every write answered, and a whole save is
        waited for."""
        assert self.door, "only the door keeps the address"
        self.door.tell("shut")
        # The first may have begun before the door was shut.
        for _ in range(2):
            self._wait_saved()
        assert self.process.stop(SAVE_SECONDS) != -signal.SIGKILL, "the broker did not save its data in time"
        self._run(self._own_port)
        self.door.tell("open")
        self._wait_for_answer()

    def forget_producers(self):
        """Their ids are unknown to it, as to Apache Kafka after a week without a transaction."""
        self.restart()

    def _wait_saved(self):
        """Until what it holds on disk names a topic that is made now."""
        admin = AdminClient({"bootstrap.servers": f"127.0.0.1:{self._own_port}", "log_level": 0})
        name = f"rig.saved-{uuid.uuid4()}"
        admin.create_topics([NewTopic(name, 1, 1)])[name].result()
        saved = self.directory / "data" / "kafka.json"
        wait_until(lambda: saved.exists() and name.encode() in saved.read_bytes(), SAVE_SECONDS, "the broker to save")

    def _run(self, port):
        program = files("noida_db").joinpath("noida-db")
        self.process = OwnedProcess(
            "broker",
            [program, "start", "--only", "kafka", "--kafka-port", port, "--data-dir", self.directory / "data"],
            self.directory / "broker.log",
        ).start()
        listening = self.process.wait_for_output(
            lambda output: re.search(r"kafka\s+(127\.0\.0\.1:\d+)", output), START_SECONDS, "the broker's address"
        )
        return listening.group(1)

    def _wait_for_answer(self):
        admin = AdminClient({"bootstrap.servers": self.address, "log_level": 0})
        wait_until(lambda: _answers(admin), START_SECONDS, "the broker's first answer")

    @contextmanager
    def away(self):
        """Nobody listens at its address meanwhile; it keeps what it holds."""
        port = self.address.rpartition(":")[2]
        self.door.kill()
        yield
        self.door.open(self._own_port, port)

    # -- Bad weather between clients and broker

    def cut(self, client, seconds):
        self.door.cut(client, seconds)

    def delay(self, client, ms, seconds):
        self.door.delay(client, ms, seconds)

    def stop(self):
        if self._saving:
            self._saving.let_go()
        for process in (self.process, self.door):
            if process:
                process.kill()
        shutil.rmtree(self.directory if self._own_directory else self.directory / "data", ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


def _answers(admin):
    try:
        return admin.list_topics(timeout=5)
    except KafkaException:
        return None
