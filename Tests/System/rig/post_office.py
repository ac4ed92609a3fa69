"""A broker and the topics, a mail sink, and notifiers; nothing else runs."""

from .mail_sink import MailSink
from .platform import Platform
from .waiting import wait_until
from .worker import ROOT, Worker

PROGRAMME_FILE = ROOT / "topics" / "examples" / "journey.json"
SECONDS = 120
SLOTS = 8
WAITING = 'stampede_messages_waiting{service="notifier",channel="email"}'
# So long without a word and the group gives an instance's partitions to another.
SESSION_TIMEOUT_MS = 6_000
FLAGS = {
    "mail_from": "Chương trình khách hàng thân thiết <points@example.com>",
    "smtp_starttls": "none",
    "send_slots_max": SLOTS,
    "send_timeout_ms": 2_000,
    "send_retry_delay_ms": 200,
    "send_retry_delay_max_ms": 1_000,
    "session_timeout_ms": SESSION_TIMEOUT_MS,
}


class PostOffice:
    def __init__(self, folder, **flags):
        self.platform = Platform(folder / "platform", clock="wall")
        self.sink = MailSink(folder / "sink")
        self.flags = {f"--{name.replace('_', '-')}": value for name, value in {**FLAGS, **flags}.items()}
        self.folder = folder
        self.workers = []

    def __enter__(self):
        self.platform.start(services=())
        self.platform.operator.run("programs", "publish", PROGRAMME_FILE)
        self.sink.start()
        return self

    def __exit__(self, *_):
        for worker in self.workers:
            worker.kill()
        self.sink.stop()
        self.platform.stop()

    def notifier(self, instance="1"):
        flags = {"--smtp-url": self.sink.url, "--kafka-properties": self.platform.broker.kafka_properties, **self.flags}
        worker = Worker("notifier", self.folder, self.platform.brokers, instance, "wall", flags)
        self.workers.append(worker)
        return worker.start()

    def outcomes(self):
        return [record.document for record in self.platform.read("loyalty.notifications")]

    def wait_outcomes(self, count, seconds=SECONDS):
        """By the ends of the topic first, for it is read whole only when it may be all."""

        def waiting():
            return sum(worker.metrics().get(WAITING, 0) for worker in self.workers if worker.running)

        wait_until(
            lambda: all(worker.is_ready() for worker in self.workers) and waiting() == 0,
            seconds,
            lambda: f"no message to wait; {waiting()} do\n{self.workers[0].process.tail()}",
            every=0.5,
        )
        return wait_until(
            lambda: len(found := self.outcomes()) >= count and found,
            SECONDS,
            lambda: f"{count} outcomes; there are {len(self.outcomes())}\n{self.workers[0].process.tail()}",
            every=1,
        )
