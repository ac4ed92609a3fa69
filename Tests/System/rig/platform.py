"""The whole system on one machine: broker, topics, six workers, an SMTP server and an SMS gateway."""

import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from . import purchases
from .broker import Broker
from .loyalty_command import Operator
from .services import SERVICES
from .sms_gateway import SMSGateway
from .smtp_server import SMTPServer
from .topic import Publisher, read_topic
from .waiting import wait_until
from .worker import BINARIES, Worker

PARTITIONS = 4
DRAIN_SECONDS = 240
# On a busy machine the development broker may stand still for seconds. It expires no member, so that nothing is won by
# a consumer that takes itself for lost.
SESSION_TIMEOUT_MS = 60_000
# Servers on the same machine answer soon; after this a message whose notifier was killed over it gets its outcome.
SEND_TIMEOUT_MS = 10_000
# They take thousands of messages a minute, so more are taken up than there are senders.
SEND_SLOTS = 32
# What codes of vouchers are made and found by.
VOUCHER_SECRET = "voucher-secret-of-tests-0123456789abcdef"
# Figures that tell where a worker stands.
TELLING = ("stampede_tasks{", "stampede_cycles_", "stampede_partition_lag_records{")


class Platform:
    """Owns every process of one running system. Everything it writes lies under one folder, deleted at the end unless
    the folder was given. `flags` are given to every worker; `measured` and `weather` are the broker's, unless that is
    given; `binaries` are the workers' programs, those of another release perhaps."""

    def __init__(
        self,
        directory=None,
        clock="stream",
        partitions=PARTITIONS,
        flags=None,
        measured=False,
        weather=False,
        binaries=BINARIES,
        broker=None,
    ):
        self._own_directory = directory is None
        self.directory = Path(directory or tempfile.mkdtemp(prefix="stampede-"))
        self.clock = clock
        self.partitions = partitions
        self.flags = flags or {}
        self.binaries = binaries
        self.broker = broker or Broker(self.directory / "broker", measured, weather)
        self.smtp = SMTPServer(self.directory / "smtp")
        self.sms = SMSGateway()
        self.workers = {}
        self.operator = None

    # -- Start and stop

    def start(self, services=SERVICES):
        """Starts broker, topics and servers, then one instance of each service, and waits until all are ready."""
        try:
            self.broker.start()
            self.operator = self._admit_operator()
            self.operator.run(
                "topics",
                "apply",
                "--partitions",
                self.partitions,
                "--replication-factor",
                self.broker.replication_factor,
            )
            self.smtp.start()
            self.sms.start()
            for service in services:
                self.worker(service).start()
            for worker in self.workers.values():
                worker.wait_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def _admit_operator(self):
        """Who operates it, with what it takes to come to the broker."""
        return Operator(self.brokers)

    @property
    def brokers(self):
        return self.broker.address

    def worker(self, service, instance="1", **flags):
        """That instance of a service, made at the first mention, not started. Flags are `commit_interval_ms=100`."""
        name = f"{service}-{instance}"
        if name not in self.workers:
            given = {
                "session_timeout_ms": SESSION_TIMEOUT_MS,
                "kafka_properties": self.broker.kafka_properties,
                **self.flags,
                **flags,
            }
            extra = {f"--{flag.replace('_', '-')}": value for flag, value in given.items()}
            if service == "notifier":
                extra |= {
                    "--smtp-url": self.smtp.url,
                    "--mail-from": "loyalty@example.com",
                    "--sms-url": self.sms.url,
                    "--send-timeout-ms": SEND_TIMEOUT_MS,
                    "--send-slots-max": SEND_SLOTS,
                    # Tests run at night as well. Earlier releases know nothing of it.
                    **({"--service-sms-quiet": "none"} if self.binaries == BINARIES else {}),
                    **extra,
                }
            if service == "reward-engine":
                extra |= {"--voucher-secret": VOUCHER_SECRET, **extra}
            self.workers[name] = Worker(
                service, self.directory, self.brokers, instance, self.clock, extra, self.binaries
            )
        return self.workers[name]

    def change_release(self, binaries):
        """Stops the workers in good order; those mentioned from now on run other programs over the same state."""
        for worker in self.workers.values():
            if worker.running:
                assert worker.stop() == 0, worker.process.tail()
        self.workers = {}
        self.binaries = binaries

    def stop(self):
        """Stops the workers as their operator would, then ends the rest. Returns worker name → exit code."""
        running = [worker for worker in self.workers.values() if worker.running]
        with ThreadPoolExecutor(max_workers=max(1, len(running))) as pool:
            codes = dict(zip((worker.name for worker in running), pool.map(Worker.stop, running), strict=True))
        self.smtp.stop()
        self.sms.stop()
        self.broker.stop()
        if self._own_directory:
            shutil.rmtree(self.directory, ignore_errors=True)
        return codes

    def __enter__(self):
        return self if self.operator else self.start()

    def __exit__(self, *_):
        self.stop()

    # -- What tests do with it

    def publisher(self, linger_ms=5, through_restarts=False, **more):
        return Publisher(self.brokers, linger_ms, through_restarts, **more)

    def publish_purchases(self, documents):
        publisher = self.publisher()
        for document in documents:
            publisher.send("commerce.purchases", purchases.member_of(document), document)
        publisher.flush()

    def read(self, topic):
        return read_topic(self.brokers, topic)

    def wait_drained(self, seconds=DRAIN_SECONDS, services=SERVICES):
        """Waits until nobody has anything left to read.

        Lags are read one service after another while records may move on to the next service, so one zero proves
        nothing; two in a row with the same positions prove that nothing moved between them.
        """
        before = None

        def drained():
            nonlocal before
            self.check_running()
            status = self.operator.json("status")
            positions = _positions(status, services)
            quiet = positions is not None and positions == before
            before = positions
            return quiet

        wait_until(drained, seconds, lambda: f"all records to be read; {self._told_of_lag(services)}", 0.1)

    def _told_of_lag(self, services):
        behind = [each["service"] for each in self.operator.json("status")["services"] if each["lag"] != 0]
        told = [self.told_of(service) for service in behind if service in services]
        return "\n".join([self.operator.run("status").stdout, *told])

    def told_of(self, service):
        """The group as the broker sees it; where each of its workers stands, and what it said last."""
        lines = []
        try:
            admin = AdminClient({"bootstrap.servers": self.brokers})
            group = admin.describe_consumer_groups([service])[service].result()
            lines.append(f"    group {service}: {group.state.name}")
            for member in group.members:
                count = len(member.assignment.topic_partitions)
                lines.append(f"    member {member.client_id} {member.member_id}: {count} partitions")
        except KafkaException as failure:
            lines.append(f"    group {service}: {failure}")
        for name, worker in self.workers.items():
            if worker.service == service:
                figures = worker.get("/metrics")[1] if worker.running and worker.has_port else ""
                stands = [line for line in figures.splitlines() if line.startswith(TELLING)]
                lines += [f"    -- {name}", *(f"    {line}" for line in stands), worker.process.tail()]
        return "\n".join(lines)

    def check_running(self):
        """Fails when a worker that was started and not stopped by the test has ended."""
        for worker in self.workers.values():
            code = worker.process.exit_code
            if code not in (None, 0, -9):
                raise AssertionError(f"{worker.name} ended with {code}:\n{worker.process.tail()}")


def _positions(status, services):
    """Every service's positions when all their lags are 0, None otherwise."""
    reported = {service["service"]: service for service in status["services"]}
    if any(reported[name]["lag"] != 0 for name in services):
        return None
    return {name: reported[name]["partitions"] for name in services}
