"""Three nodes of Apache Kafka that keep a copy of everything each, as production has at the least: what one of them
suffers must not be seen by anybody's points."""

import json
import resource
import shutil
import tempfile
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from ..waiting import wait_until
from .node import ANSWER_SECONDS, HOST, Node, free_ports, unique_id, wait_for_brokers

NODES = (1, 2, 3)
SYNC_SECONDS = 120
FULL_DISK_SECONDS = 60
QUORUM_STATE = Path("__cluster_metadata-0", "quorum-state")
REPLICATED = {
    "default.replication.factor": 3,
    "min.insync.replicas": 2,
    "offsets.topic.replication.factor": 3,
    "transaction.state.log.replication.factor": 3,
    "transaction.state.log.min.isr": 2,
    "share.coordinator.state.topic.replication.factor": 3,
    "share.coordinator.state.topic.min.isr": 2,
    # A dead broker is noticed after that long.
    "broker.session.timeout.ms": 6000,
    "broker.heartbeat.interval.ms": 1000,
}


class ApacheCluster:
    """Owns three broker processes, each also a controller. Nodes are named by their numbers, 1 to 3."""

    kafka_properties = None
    replication_factor = len(NODES)

    def __init__(self, directory=None, measured=False, properties=None):
        self._own_directory = directory is None
        self.directory = Path(directory or tempfile.mkdtemp(prefix="stampede-cluster-"))
        self.measured = measured
        self.properties = properties or {}
        self.cluster_id = unique_id()
        self.nodes = {}
        self.address = None

    def start(self):
        ports, controllers = self._ports()
        self.address = ",".join(f"{HOST}:{port}" for port in ports.values())
        voters = ",".join(f"{number}@{HOST}:{port}" for number, port in controllers.items())
        for number in NODES:
            properties = {
                "controller.quorum.voters": voters,
                "listeners": f"PLAINTEXT://{HOST}:{ports[number]},CONTROLLER://{HOST}:{controllers[number]}",
                "advertised.listeners": f"PLAINTEXT://{HOST}:{ports[number]}",
                "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                **REPLICATED,
                **self.properties,
            }
            self.nodes[number] = Node(
                number, self.cluster_id, self.directory / f"node-{number}", properties, self.measured
            ).start()
        self.wait_in_sync()
        return self

    @staticmethod
    def _ports():
        ports = free_ports(2 * len(NODES))
        return dict(zip(NODES, ports, strict=False)), dict(zip(NODES, ports[len(NODES) :], strict=True))

    # -- What strikes it

    def kill(self, number):
        """kill -9, with nothing handed over."""
        self.nodes[number].kill()

    def begin(self, number):
        """Starts one that was killed, stopped or ended by itself, on the data it had."""
        self.nodes[number].start()

    def stop_node(self, number):
        """As its operator would: SIGTERM, and it hands over what it leads."""
        self.nodes[number].stop()

    def restart(self):
        """One after the other, as their operator would: the next is stopped when all copies are whole again."""
        for number in NODES:
            self.stop_node(number)
            self.begin(number)
            self.wait_in_sync()

    def controller(self):
        """Which node leads the others; each writes down whom it follows, and the latest is right."""
        states = [json.loads(file.read_text()) for file in self.directory.glob(f"node-*/data/{QUORUM_STATE}")]
        return max(states, key=lambda state: state["leaderEpoch"])["leaderId"]

    def fill_disk(self, number, write=lambda: None):
        """Nothing that it writes to disk from now on fits there, until it is started again; it ends by itself over what
        `write` sends it. The system refuses the writes with another number than of a full disk; to Kafka each is a
        broken disk."""
        process = self.nodes[number].process
        _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, hard))
        write()
        process.wait_for_exit(FULL_DISK_SECONDS)

    # -- How it stands

    def wait_in_sync(self, seconds=SYNC_SECONDS):
        """Until all nodes live and each partition has all its copies, as each of the nodes says: one that was started
        again answers when the others know of it, and until then they may not have missed it."""
        for node in self.nodes.values():
            wait_for_brokers(node.address, len(NODES), [node])
        wait_until(lambda: not self.behind(), seconds, lambda: f"copies to be whole: {self.behind()}", every=0.2)

    def behind(self):
        """Partitions that lack a copy, or a leader."""
        found = set()
        for node in self.nodes.values():
            admin = AdminClient({"bootstrap.servers": node.address, "log_level": 0})
            try:
                topics = admin.list_topics(timeout=ANSWER_SECONDS).topics
            except KafkaException as failure:
                found.add(f"node {node.number}: {failure}")
                continue
            found |= {
                f"{name}[{number}]"
                for name, topic in topics.items()
                for number, partition in topic.partitions.items()
                if len(partition.isrs) < len(partition.replicas) or partition.leader < 0
            }
        return found

    def stop(self):
        for node in self.nodes.values():
            node.kill()
        if self._own_directory:
            shutil.rmtree(self.directory, ignore_errors=True)
            return
        for node in self.nodes.values():
            shutil.rmtree(node.data, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
