"""One broker process of Apache Kafka, which is a controller too, on data of its own."""

import random
import re
import signal
import socket
import subprocess
import uuid
from base64 import urlsafe_b64encode

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from ..processes import OwnedProcess
from ..waiting import wait_until
from ..worker import ROOT
from .installation import KAFKA

HOST = "127.0.0.1"
PORTS = range(15_000, 32_000)
# Three at once on a machine that has other work to do.
START_SECONDS = 120
STOP_SECONDS = 60
FORMAT_SECONDS = 60
ANSWER_SECONDS = 5
# Starts in half the time of the default; what is measured gets what an operator gets.
QUICK = ("-Xms64m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
MEASURED = ("-Xms1g", "-Xmx1g")
LOG4J2 = """\
status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = [%d] %p %m (%c)%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
"""
# Of Apache Kafka 3.9.
LOG4J1 = """\
log4j.rootLogger=WARN, out
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=[%d] %p %m (%c)%n
"""
COMMON = {
    "process.roles": "broker,controller",
    "controller.listener.names": "CONTROLLER",
    "auto.create.topics.enable": "false",
    # Fifty would be made, and opened at each start.
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.num.partitions": 4,
    "group.initial.rebalance.delay.ms": 0,
    "group.min.session.timeout.ms": 1000,
    "message.max.bytes": 8 << 20,
    "log.cleaner.dedupe.buffer.size": 16 << 20,
}
# What formatting writes of a node, by what was asked for, so that it is done once in this process.
_formatted = {}


def class_archive():
    """Where the classes of a broker lie once `archive.make` has made them."""
    return ROOT / ".venv" / f"kafka-{KAFKA.version}-java-{KAFKA.java_version}.jsa"


def quick():
    archive = class_archive()
    return (*QUICK, f"-XX:SharedArchiveFile={archive}") if archive.exists() else QUICK


def unique_id():
    """As Kafka writes the ids of clusters and folders; it takes none that begins with a dash."""
    return "k" + urlsafe_b64encode(uuid.uuid4().bytes)[1:22].decode()


def free_ports(count):
    """Of those that no outgoing connection is given, so that a broker that was stopped finds its own again."""
    ports = []
    for port in random.SystemRandom().sample(PORTS, len(PORTS)):
        with socket.socket() as holder:
            try:
                holder.bind((HOST, port))
            except OSError:
                continue
        ports.append(port)
        if len(ports) == count:
            return ports
    raise RuntimeError(f"no {count} free ports among {PORTS}")


class Node:
    """`properties` are its server.properties beside what all nodes have; `users` are made when it is formatted: name →
    SCRAM-SHA-512 password."""

    def __init__(self, number, cluster_id, directory, properties, measured=False, users=None):
        self.number = number
        self.cluster_id = cluster_id
        self.directory = directory
        self.data = directory / "data"
        self.properties = {**COMMON, "node.id": number, "log.dirs": self.data, **properties}
        self.measured = measured
        self.users = users or {}
        self.process = None

    @property
    def file(self):
        return self.directory / "server.properties"

    def start(self, options=None):
        """Runs it, on the data it has or on none; it answers a few seconds later. `options`: the virtual machine's, in
        place of its own."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.file.write_text("".join(f"{name}={value}\n" for name, value in self.properties.items()))
        if not (self.data / "meta.properties").exists():
            self._format()
        for name, text in (("log4j2", LOG4J2), ("log4j", LOG4J1)):
            (self.directory / f"{name}.properties").write_text(text)
        options = [
            *(options or (MEASURED if self.measured else quick())),
            f"-Dlog4j2.configurationFile={self.directory}/log4j2.properties",
            f"-Dlog4j.configuration=file:{self.directory}/log4j.properties",
            f"-Dkafka.logs.dir={self.directory}",
        ]
        command = KAFKA.command("kafka.Kafka", self.file, options=options)
        self.process = OwnedProcess(f"kafka-{self.number}", command, self.directory / "broker.log").start()
        return self

    def _format(self):
        asked = (self.number, tuple(sorted(self.users.items())))
        self.data.mkdir(parents=True, exist_ok=True)
        if asked not in _formatted:
            users = [
                word
                for name, password in self.users.items()
                for word in ("--add-scram", f"SCRAM-SHA-512=[name={name},password={password}]")
            ]
            words = ("format", "-t", self.cluster_id, "-c", self.file, *users)
            done = subprocess.run(
                KAFKA.command("kafka.tools.StorageTool", *words, options=QUICK),
                capture_output=True,
                text=True,
                timeout=FORMAT_SECONDS,
            )
            if done.returncode:
                raise RuntimeError(f"Apache Kafka did not format {self.data}:\n{done.stdout}{done.stderr}")
            _formatted[asked] = {file.name: file.read_bytes() for file in self.data.iterdir() if file.is_file()}
        for name, content in _formatted[asked].items():
            if name == "meta.properties":
                text = re.sub(r"(?m)^cluster\.id=.*$", f"cluster.id={self.cluster_id}", content.decode())
                content = re.sub(r"(?m)^directory\.id=.*$", f"directory.id={unique_id()}", text).encode()
            (self.data / name).write_bytes(content)

    @property
    def address(self):
        """Its first listener's."""
        return self.properties["listeners"].partition(",")[0].partition("://")[2]

    @property
    def running(self):
        return self.process is not None and self.process.running

    def stop(self):
        """As its operator would: SIGTERM, on which it hands over what it leads."""
        code = self.process.stop(STOP_SECONDS)
        assert code != -signal.SIGKILL, f"{self.process.name} did not stop in time:\n{self.process.tail()}"

    def kill(self):
        if self.process:
            self.process.kill()


def wait_for_brokers(address, count, nodes):
    """Until a broker there knows so many that live."""
    admin = AdminClient({"bootstrap.servers": address, "log_level": 0})

    def answers():
        for node in nodes:
            assert node.running, f"{node.process.name} ended:\n{node.process.tail()}"
        try:
            return len(admin.list_topics(timeout=ANSWER_SECONDS).brokers) == count
        except KafkaException:
            return False

    def ends():
        return "\n".join(node.process.tail() for node in nodes)

    wait_until(answers, START_SECONDS, lambda: f"{count} brokers at {address}; their logs end\n{ends()}")
