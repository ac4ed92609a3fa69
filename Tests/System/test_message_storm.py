"""Messages while notifiers are killed, and while their provider is down, busy or unwilling: none comes twice, each has
one outcome, what a kill leaves in doubt is bounded, and every mail that arrives is read by Python's own reader.

The moments of the blows come from a seed, which is printed; STAMPEDE_SEED=N repeats it. `make messages` runs the long
one: STAMPEDE_MESSAGES=N says of how many messages.
"""

import os
import random
import time
from collections import Counter

import pytest
from rig import console, letters, mail_check
from rig.post_office import SESSION_TIMEOUT_MS, SLOTS, WAITING, PostOffice
from rig.waiting import wait_until

SECONDS = 120
MESSAGES = int(os.environ.get("STAMPEDE_MESSAGES", 50_000))
# The server takes so long over a message, so that a run is long enough for many kills.
DELAY_SECONDS = 0.03
# Of an instance whose partitions another one is to take over.
AWAY_SECONDS = 2.5 * SESSION_TIMEOUT_MS / 1_000
HELD = 'stampede_channel_held{service="notifier",channel="email"}'
OLDEST = 'stampede_messages_oldest_waiting_seconds{service="notifier",channel="email"}'


class Blows:
    """Kills one of two notifiers after another; some stay away for longer than their session, so that the
    group may give their partitions to the other."""

    def __init__(self, office, seed, pause):
        self.office = office
        self.random = random.Random(seed)
        self.pause = pause
        self.kills = 0

    def strike_until(self, done):
        while not done():
            self._wait(self.random.uniform(*self.pause), done)
            if done():
                return
            worker = self.random.choice(self.office.workers)
            worker.kill()
            self.kills += 1
            if self.random.random() < 0.2:
                self._wait(AWAY_SECONDS, done)
            worker.start()

    @staticmethod
    def _wait(seconds, done):
        until = time.monotonic() + seconds
        while time.monotonic() < until and not done():
            time.sleep(0.05)

    def moves(self):
        """How often an instance lost partitions while it lived: what it had in hand is the next one's to guess."""
        words = ("partitions revoked", "partitions lost")
        logs = [worker.process.log.read_text("utf-8", "replace") for worker in self.office.workers]
        return sum(log.count(word) for log in logs for word in words)


def storm(office, count, seed, pause):
    """Returns the kills, the outcomes and how long it took."""
    office.sink.tell(delay=DELAY_SECONDS)
    for instance in ("1", "2"):
        office.notifier(instance)
    for worker in office.workers:
        worker.wait_ready()
    started = time.monotonic()
    letters.send(office.platform, "STORM", count)
    blows = Blows(office, seed, pause)
    # What is in doubt never arrives, so that the last few are not waited for here.
    blows.strike_until(lambda: office.sink.count() >= count - SLOTS * (blows.kills + 5))
    for worker in office.workers:
        if not worker.running:
            worker.start()
    outcomes = office.wait_outcomes(count, SECONDS * 3)
    return blows, outcomes, time.monotonic() - started


def judge(office, count, blows, outcomes):
    """What must hold after any storm. Returns how many are in doubt."""
    assert len(outcomes) == count and len({each["id"] for each in outcomes}) == count, "one outcome each"
    assert {each["memberId"] for each in outcomes} == {letters.member_of("STORM", number) for number in range(count)}
    found = Counter((each["outcome"], each.get("reason")) for each in outcomes)
    assert set(found) <= {("sent", None), ("maybe-sent", "worker-interrupted")}, found
    doubtful = found[("maybe-sent", "worker-interrupted")]
    assert doubtful <= SLOTS * (blows.kills + blows.moves()), (doubtful, blows.kills, blows.moves())
    arrived = Counter()
    for _, data in office.sink.mails():
        arrived[mail_check.message_id(data)] += 1
    assert set(arrived.values()) == {1}, "none comes twice"
    sent = {each["id"] for each in outcomes if each["outcome"] == "sent"}
    ids = {name.strip("<>").split("@")[0] for name in arrived}
    assert sent <= ids, "what is told to be sent has arrived"
    assert ids <= {each["id"] for each in outcomes}
    return doubtful


def check_mails(office, share=1):
    """Every mail, or one in so many, by a reader that knows nothing of who has written it."""
    near, wrong, read = mail_check.now(), [], 0
    for number, (recipient, data) in enumerate(office.sink.mails()):
        if number % share == 0:
            read += 1
            wrong += [f"to {recipient}: {problem}" for problem in mail_check.problems(data, near)]
    assert not wrong, (len(wrong), wrong[:5])
    return read


def seed():
    chosen = int(os.environ.get("STAMPEDE_SEED", random.randrange(1_000_000)))
    print(f"\nSTAMPEDE_SEED={chosen}", flush=True)
    return chosen


def test_kills_double_no_message_and_every_one_has_an_outcome(tmp_path):
    count = 3_000
    with PostOffice(tmp_path) as office:
        blows, outcomes, _ = storm(office, count, seed(), pause=(0.5, 1.5))
        judge(office, count, blows, outcomes)
        assert blows.kills >= 2
        assert check_mails(office) >= count - SLOTS * (blows.kills + blows.moves())


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_the_long_storm(tmp_path):
    with PostOffice(tmp_path) as office:
        blows, outcomes, seconds = storm(office, MESSAGES, seed(), pause=(2, 5))
        doubtful = judge(office, MESSAGES, blows, outcomes)
        read = check_mails(office)
        console.heading(f"{MESSAGES:,} messages, two notifiers")
        console.pairs(
            [
                ("took", f"{seconds:.0f} s, {MESSAGES / seconds:.0f} messages/s"),
                ("kill -9", blows.kills),
                ("partitions moved from a live notifier", blows.moves()),
                ("in doubt", doubtful),
                ("at most", SLOTS * (blows.kills + blows.moves())),
                ("mails that arrived, each once", office.sink.count()),
                ("of these read by Python's email package", read),
            ]
        )


# -- A provider on bad days


def test_a_provider_that_is_down_loses_none(tmp_path):
    down_seconds = 15
    with PostOffice(tmp_path) as office:
        office.sink.stop()
        worker = office.notifier().wait_ready()
        letters.send(office.platform, "DOWN", 300)
        wait_until(lambda: worker.metrics().get(WAITING) == 300, SECONDS, "all to wait")
        wait_until(lambda: worker.metrics().get(HELD) == 1, SECONDS, "the channel to be held")
        ended = time.monotonic() + down_seconds
        while time.monotonic() < ended:
            assert worker.get("/readyz")[0] == 200
            time.sleep(0.2)
        assert worker.metrics()[OLDEST] >= down_seconds - 2
        assert not office.outcomes() and office.sink.count() == 0
        office.sink.start()
        outcomes = office.wait_outcomes(300)
        assert Counter((each["outcome"], each["attempts"]) for each in outcomes) == {("sent", 1): 300}
        assert len({mail_check.message_id(data) for _, data in office.sink.mails()}) == office.sink.count() == 300
        assert check_mails(office) == 300
        assert worker.stop() == 0


def test_a_domain_that_is_busy_holds_up_no_other_and_loses_none(tmp_path):
    with PostOffice(tmp_path, send_attempts_max=1_000) as office:
        office.sink.tell(domains={"slow.example": "421 4.7.0 try again later"})
        worker = office.notifier().wait_ready()
        letters.send(office.platform, "SLOW", 50, domain="slow.example")
        letters.send(office.platform, "FAST", 200, domain="fast.example")
        wait_until(lambda: office.sink.count() == 200, SECONDS, lambda: f"the others; {office.sink.count()} came")
        assert {recipient.rpartition("@")[2] for recipient, _ in office.sink.mails()} == {"fast.example"}
        wait_until(lambda: worker.metrics().get(WAITING) == 50, SECONDS, "the slow ones alone to wait")
        assert worker.metrics().get(HELD, 0) == 0
        office.sink.tell()
        outcomes = office.wait_outcomes(250)
        assert {each["outcome"] for each in outcomes} == {"sent"}
        assert len({mail_check.message_id(data) for _, data in office.sink.mails()}) == office.sink.count() == 250
        assert worker.stop() == 0


def test_a_suspended_account_loses_none_through_restarts(tmp_path):
    with PostOffice(tmp_path, send_attempts_max=1) as office:
        office.sink.tell(mail="550 5.7.1 account suspended")
        worker = office.notifier().wait_ready()
        letters.send(office.platform, "SUSPENDED", 200)
        for _ in range(3):
            wait_until(lambda: worker.metrics().get(HELD) == 1, SECONDS, "the channel to be held")
            worker.kill()
            worker.start().wait_ready()
        office.sink.tell()
        outcomes = office.wait_outcomes(200)
        # One message is tried at a time; a kill over it leaves nobody knowing.
        found = Counter(each["outcome"] for each in outcomes)
        assert found["sent"] + found["maybe-sent"] == 200 and found["maybe-sent"] <= 3 * SLOTS, found
        assert len({mail_check.message_id(data) for _, data in office.sink.mails()}) == office.sink.count()
        assert office.sink.count() >= found["sent"]
        assert worker.stop() == 0


# -- The reader itself

MAIL = (
    b"From: =?utf-8?q?L=C3=AA?= <points@example.com>\r\nTo: lan@example.com\r\nSubject: Hello\r\n"
    b"Date: Mon, 30 Nov 2026 21:30:00 +0000\r\nMessage-ID: <n-1@example.com>\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"
    b"Auto-Submitted: auto-generated\r\n\r\nH=C3=A9llo\r\n"
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Hello\r\nDate", b"Hello\nDate"),
        (b"A9llo\r\n", b"A9llo\r"),
        (b"=C3=A9", b"=C3"),
        (b"=C3=A9", b"x" * 77),
        (b"=C3=A9", b"x" * 999),
        (b"Message-ID: <n-1@example.com>\r\n", b""),
        (b"<n-1@example.com>", b"<n-1>"),
        (b"30 Nov 2026 21:30:00 +0000", b"yesterday"),
        (b"To: lan@example.com", b"To: lan@example.com, mai@example.com"),
        (b"Hello\r\nDate", b"Hello\r\nSubject: Hello\r\nDate"),
        (b"=?utf-8?q?L=C3=AA?=", b"=?utf-8?q?" + b"L" * 80 + b"?="),
        (b"text/plain", b"text/html"),
        (b"charset=utf-8", b"charset=latin-1"),
    ],
)
def test_the_reader_of_mails_sees_what_is_wrong_with_one(old, new):
    assert mail_check.problems(MAIL) == []
    assert MAIL.count(old) == 1
    assert mail_check.problems(MAIL.replace(old, new))
