"""A mail server that refuses the account, cuts messages off or hangs, and a notifier that is killed over its messages:
none is lost, none comes twice, and what is in doubt is counted."""

import email
import email.policy
import json
import time
from collections import Counter

import pytest
from conftest import PROGRAMME_FILE
from rig import purchases
from rig.platform import Platform
from rig.scripted_smtp import ScriptedSMTP
from rig.waiting import wait_until
from rig.worker import Worker

SERVICES = ("transaction-ingest", "points-engine")
SECONDS = 120
STOP_SECONDS = 9
HELD = 'stampede_channel_held{service="notifier",channel="email"}'
WAITING = 'stampede_messages_waiting{service="notifier",channel="email"}'
IN_HAND = 'stampede_messages_in_hand{service="notifier",channel="email"}'
INTERRUPTED = 'stampede_messages_interrupted_total{service="notifier",channel="email"}'


@pytest.fixture(scope="module")
def books():
    running = Platform(clock="wall").start(SERVICES)
    try:
        running.operator.run("programs", "publish", PROGRAMME_FILE)
        yield running
    finally:
        running.stop()


class Post:
    """A notifier and its mail server. Members have names of this post's own."""

    def __init__(self, platform, folder, label, server, **flags):
        self.platform = platform
        self.label = label
        self.server = server
        given = {
            "smtp_url": server.url,
            "smtp_starttls": "none",
            "mail_from": "loyalty@example.com",
            "send_retry_delay_ms": 200,
            "send_retry_delay_max_ms": 1000,
            "send_timeout_ms": 1000,
            "announce_within_days": 3650,
            "message_memory_days": 3650,
            **flags,
        }
        flags = {f"--{name.replace('_', '-')}": value for name, value in given.items()}
        self.worker = Worker("notifier", folder, platform.brokers, clock="wall", flags=flags).start()

    def __enter__(self):
        self.worker.wait_ready()
        return self

    def __exit__(self, *_):
        self.worker.kill()
        self.server.stop()

    def earn(self, count):
        """Each of so many members buys something."""
        publisher = self.platform.publisher()
        for number in range(count):
            member = f"{self.label}-{number}"
            profile = {
                "type": "member.profile",
                "id": member,
                "occurredAt": "2017-01-01T00:00:00Z",
                "email": f"{member.lower()}@example.com",
                "consent": {"email": ["service"]},
            }
            publisher.send("loyalty.members", member, json.dumps(profile).encode())
            purchase = purchases.one_line(f"{member}-P", member, "9.00", "2017-03-01T00:00:00Z")
            publisher.send("commerce.purchases", member, purchase)
        publisher.flush()

    def wait_metric(self, name, holds):
        wait_until(
            lambda: holds(self.worker.metrics().get(name, 0)),
            SECONDS,
            lambda: f"{name}; {self.worker.metrics()}\n{self.worker.process.tail()}",
        )

    def outcomes(self):
        records = self.platform.read("loyalty.notifications")
        return [each.document for each in records if each.document["memberId"].startswith(f"{self.label}-")]

    def wait_outcomes(self, count):
        wait_until(
            lambda: len(self.outcomes()) >= count,
            SECONDS,
            lambda: f"{count} outcomes, not {len(self.outcomes())}\n{self.worker.process.tail()}",
            every=0.5,
        )
        outcomes = self.outcomes()
        assert len(outcomes) == count and len({each["id"] for each in outcomes}) == count
        return outcomes

    def arrivals(self):
        """Message-ID → how often the server took it."""
        messages = (email.message_from_string(text, policy=email.policy.default) for text in self.server.taken())
        return Counter(message["Message-ID"] for message in messages)

    def told(self, level, words):
        return [
            line for line in self.worker.log_lines() if line.get("level") == level and words in line.get("message", "")
        ]


def kinds(outcomes):
    return Counter((each["outcome"], each.get("reason"), each["attempts"]) for each in outcomes)


def test_a_refused_account_holds_the_mail_and_loses_none(books, tmp_path):
    server = ScriptedSMTP(mail="550 5.7.1 account suspended")
    with Post(books, tmp_path, "SUSPENDED", server, send_attempts_max=1) as post:
        post.earn(30)
        post.wait_metric(WAITING, lambda value: value == 30)
        post.wait_metric(HELD, lambda value: value == 1)
        # It is tried again, one message at a time.
        seen = len(server.events)
        server.wait_for("connection", since=seen)
        assert post.worker.get("/readyz")[0] == 200
        assert len(post.told("error", "")) == len(post.told("error", "the channel is held")) == 1
        assert not post.outcomes() and not post.told("warning", "a message was not sent")
        server.tell()
        outcomes = post.wait_outcomes(30)
        assert kinds(outcomes) == {("sent", None, 1): 30}
        assert set(post.arrivals().values()) == {1} and len(post.arrivals()) == 30
        post.wait_metric(HELD, lambda value: value == 0)
        assert post.worker.stop() == 0


def test_messages_that_are_cut_inside_data_are_sent_again(books, tmp_path):
    server = ScriptedSMTP(body="cut", times=10)
    with Post(books, tmp_path, "CUT", server) as post:
        post.earn(10)
        outcomes = post.wait_outcomes(10)
        assert {each["outcome"] for each in outcomes} == {"sent"}
        assert sum(each["attempts"] for each in outcomes) == 20
        assert set(post.arrivals().values()) == {1} and len(post.arrivals()) == 10
        assert post.worker.stop() == 0


@pytest.mark.parametrize("phase", ["greeting", "mail", "dot", "quit"])
def test_a_stop_ends_in_its_time_with_a_server_that_hangs(phase, books, tmp_path):
    server = ScriptedSMTP(**{phase: "hang"})
    label = f"HUNG-{phase}"
    with Post(books, tmp_path, label, server) as post:
        post.earn(3)
        server.wait_for("connection")
        if phase == "dot":
            wait_until(lambda: server.count("message") == 3, SECONDS, lambda: f"three messages; {server.events}")
        if phase == "quit":
            post.wait_outcomes(3)
        started = time.monotonic()
        assert post.worker.stop() == 0, post.worker.process.tail()
        assert time.monotonic() - started < STOP_SECONDS
        assert not post.told("error", ""), "a stop is no refusal"
        # What was not surely sent stays queued; what was, nobody knows.
        server.tell()
        post.worker.start().wait_ready()
        expected = {"greeting": "sent", "mail": "sent", "dot": "maybe-sent", "quit": "sent"}[phase]
        assert {each["outcome"] for each in post.wait_outcomes(3)} == {expected}
        assert all(count == 1 for count in post.arrivals().values())
        assert post.worker.stop() == 0


def test_a_kill_leaves_no_more_in_doubt_than_there_are_slots(books, tmp_path):
    slots = 8
    server = ScriptedSMTP()
    with Post(books, tmp_path, "KILLED", server, send_slots_max=slots) as post:
        post.earn(400)
        in_hand = 0
        while len(server.taken()) < 150:
            in_hand = max(in_hand, post.worker.metrics().get(IN_HAND, 0))
        post.worker.kill()
        post.worker.start().wait_ready()
        found = kinds(post.wait_outcomes(400))
        doubtful = found[("maybe-sent", "worker-interrupted", 1)]
        assert found == Counter({("sent", None, 1): 400 - doubtful, ("maybe-sent", "worker-interrupted", 1): doubtful})
        assert 0 < in_hand <= slots and doubtful <= slots
        assert post.worker.metrics()[INTERRUPTED] == doubtful
        assert set(post.arrivals().values()) == {1} and len(post.arrivals()) >= 400 - doubtful
        assert post.worker.stop() == 0
