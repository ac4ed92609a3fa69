"""Who goes first, and who waits for whom, at a mail server that says what it heard in order."""

import email
import email.policy
import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from conftest import PROGRAMME_FILE
from rig import purchases
from rig.platform import Platform
from rig.scripted_smtp import ScriptedSMTP
from rig.waiting import wait_until
from test_held_channel import Post, kinds

SERVICES = ("transaction-ingest", "points-engine")
HELD_DOMAINS = 'stampede_domains_held{service="notifier",channel="email"}'
WAITING = 'stampede_messages_waiting{service="notifier",channel="email"}'
STILL_WAITING = 200
# The defaults of the notifier, and what `Post` gives it.
SLOTS = 8
LONGEST_PAUSE_SECONDS = 1


@pytest.fixture(scope="module")
def books():
    running = Platform(clock="wall").start(SERVICES)
    try:
        running.operator.run("programs", "publish", PROGRAMME_FILE)
        yield running
    finally:
        running.stop()


class Queue(Post):
    def join(self, member, address):
        profile = {
            "type": "member.profile",
            "id": member,
            "occurredAt": "2017-01-01T00:00:00Z",
            "email": address,
            "consent": {"email": ["service"]},
        }
        self.send("loyalty.members", member, json.dumps(profile).encode())

    def send(self, topic, key, value):
        publisher = self.platform.publisher()
        publisher.send(topic, key, value)
        publisher.flush()

    def subjects(self):
        messages = (email.message_from_string(text, policy=email.policy.default) for text in self.server.taken())
        return [message["Subject"] for message in messages]


def test_a_redemption_alert_passes_five_hundred_that_wait(books, tmp_path):
    # A server that takes its time over each: the queue lasts half a minute.
    server = ScriptedSMTP(dot="late:0.5:250 2.0.0 taken")
    with Queue(books, tmp_path, "FAIR", server) as post:
        member = "FAIR-GOLD"
        post.join(member, "gold@example.com")
        # Old enough to be spent at once, and not expired.
        bought = (datetime.now(UTC) - timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
        post.send("commerce.purchases", member, purchases.one_line("FAIR-P", member, "900.00", bought))
        post.wait_outcomes(1)
        post.earn(500)
        post.wait_metric(WAITING, lambda value: value > 400)
        books.operator.run("points", "redeem", member, "--points", 500, "--program", "journey", "--id", "FAIR-R")
        booked = len(post.subjects())
        wait_until(lambda: any("used 500" in subject for subject in post.subjects()), 60, "the alert")
        waiting = post.worker.metrics()[WAITING]
        place = next(index for index, subject in enumerate(post.subjects()) if "used 500" in subject)
        passed = max(0, place - booked)
        print(f"{passed} messages before the alert, {waiting:.0f} behind it")
        assert passed <= 2 * SLOTS and waiting > STILL_WAITING, "it came with the queue"
        outcomes = post.wait_outcomes(502)
        assert {each["outcome"] for each in outcomes} == {"sent"}
        assert set(post.arrivals().values()) == {1}
        assert post.worker.stop() == 0


def test_a_domain_that_asks_for_patience_holds_up_no_other(books, tmp_path):
    server = ScriptedSMTP(**{"rcpt@slow.example": "421 4.7.0 try again later"})
    with Queue(books, tmp_path, "SLOW", server) as post:
        started = time.monotonic()
        for number in range(20):
            member = f"SLOW-S{number}"
            post.join(member, f"s{number}@slow.example")
            bought = purchases.one_line(f"{member}-P", member, "9.00", "2017-03-01T00:00:00Z")
            post.send("commerce.purchases", member, bought)
        post.wait_metric(HELD_DOMAINS, lambda value: value == 1)
        post.earn(40)
        assert kinds(post.wait_outcomes(40)) == {("sent", None, 1): 40}
        post.wait_metric(WAITING, lambda value: value == 20)
        asked = sum("slow.example" in event.get("line", "") for event in list(server.events))
        # Those that were on their way as it first said so, then one a pause; not each of the twenty at each.
        assert asked <= SLOTS + 4 + (time.monotonic() - started) / LONGEST_PAUSE_SECONDS
        assert not post.told("error", ""), "one domain is not the channel"
        server.tell()
        outcomes = post.wait_outcomes(60)
        assert {each["outcome"] for each in outcomes} == {"sent"}
        post.wait_metric(HELD_DOMAINS, lambda value: value == 0)
        assert post.worker.stop() == 0
