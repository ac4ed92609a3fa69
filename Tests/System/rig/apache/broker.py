"""One node of Apache Kafka in the place of the development broker, on a free port."""

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from ..door.process import DoorProcess
from ..topic import latest_by_key, read_topic
from ..waiting import wait_until
from .node import HOST, Node, free_ports, unique_id, wait_for_brokers

# What a cluster of one must not be asked for.
SINGLE = {
    "offsets.topic.replication.factor": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
}
FORGETFUL = {
    "transactional.id.expiration.ms": 1000,
    "transaction.remove.expired.transaction.cleanup.interval.ms": 500,
}
FORGET_SECONDS = 60


class ApacheBroker:
    """Owns one broker process; its data is deleted with it. `measured`: it runs as an operator's does, not so that it
    starts soon. `weather`: clients reach it through a door at which they can be cut off or slowed down. `properties`
    are its own, beside those of every node."""

    # What workers must be told, beside where it is.
    kafka_properties = None
    replication_factor = 1
    # Made when the node is formatted: name → SCRAM-SHA-512 password.
    users = None

    def __init__(self, directory=None, measured=False, weather=False, properties=None):
        self._own_directory = directory is None
        self.directory = Path(directory or tempfile.mkdtemp(prefix="stampede-broker-"))
        self.measured = measured
        self.properties = properties or {}
        self.node = None
        self.door = DoorProcess("weather_door", self.directory) if weather else None
        self.address = None

    def start(self, port=0):
        own, controller = free_ports(2)
        reached = self.door.open(own, port) if self.door else port or own
        listening = own if self.door else reached
        self.address = f"{HOST}:{reached}"
        properties = self._properties(listening, controller)
        self.node = Node(1, unique_id(), self.directory, properties, self.measured, self.users)
        self.node.start()
        self._wait_for_answer()
        return self

    def _properties(self, port, controller):
        return {
            "controller.quorum.voters": f"1@{HOST}:{controller}",
            "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller}",
            "advertised.listeners": f"PLAINTEXT://{self.address}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            **SINGLE,
            **self.properties,
        }

    def _wait_for_answer(self):
        wait_for_brokers(self.address, 1, [self.node])

    @property
    def process(self):
        return self.node.process

    @property
    def cluster_id(self):
        return self.node.cluster_id

    def restart(self):
        """As its operator would: SIGTERM and a start on the same data."""
        with self.away():
            pass

    @contextmanager
    def away(self):
        """Nobody listens at its address meanwhile; it keeps what it holds."""
        self.node.stop()
        yield
        self.node.start()
        self._wait_for_answer()

    def forget_producers(self):
        """As it does after a week without a transaction of theirs: their ids are unknown to it."""
        properties = self.node.properties
        self.node.properties = {**properties, **FORGETFUL}
        self.restart()
        self.node.properties = properties
        wait_until(lambda: not self._transactional_ids(), FORGET_SECONDS, lambda: f"{self._transactional_ids()} to go")
        self.restart()

    def _transactional_ids(self):
        ids = latest_by_key(read_topic(self.address, "__transaction_state"))
        return [key for key, record in ids.items() if not record.is_tombstone]

    # -- Bad weather between clients and broker

    def cut(self, client, seconds):
        self.door.cut(client, seconds)

    def delay(self, client, ms, seconds):
        self.door.delay(client, ms, seconds)

    def stop(self):
        for process in (self.node, self.door):
            if process:
                process.kill()
        shutil.rmtree(self.directory if self._own_directory else self.directory / "data", ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
