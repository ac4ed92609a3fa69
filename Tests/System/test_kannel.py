"""SMS through a real Kannel: what arrives at the SMSC, what a wrong password and a killed smsbox do, what is told."""

import json
from collections import Counter

import pytest
from conftest import PROGRAMME_FILE
from rig import purchases
from rig.kannel import INSTALLED, PASSWORD, USER, Kannel
from rig.platform import Platform
from rig.waiting import wait_until
from rig.worker import Worker

pytestmark = pytest.mark.skipif(not INSTALLED, reason="needs kannel and kannel-extras: make packages")
SECONDS = 120
HELD = 'stampede_channel_held{service="notifier",channel="sms"}'


@pytest.fixture(scope="module")
def books():
    running = Platform(clock="wall").start(("transaction-ingest", "points-engine"))
    try:
        running.operator.run("programs", "publish", PROGRAMME_FILE)
        yield running
    finally:
        running.stop()


@pytest.fixture
def kannel(tmp_path):
    with Kannel(tmp_path / "kannel") as running:
        yield running


class Phones:
    """Members with a phone each, and the notifier that writes to them by way of Kannel."""

    def __init__(self, platform, folder, label, kannel, password=PASSWORD, **flags):
        self.platform, self.label, self.kannel = platform, label, kannel
        (folder / "password").write_text(password + "\n")
        given = {
            "sms_provider": "kannel",
            "sms_url": kannel.url,
            "sms_user": USER,
            "sms_password_file": folder / "password",
            "sms_from": "SEN",
            "sms_letters": "marked",
            "sms_callback_url": kannel.reports.url,
            "service_sms_quiet": "none",
            "login_without_tls": True,
            "send_retry_delay_ms": 200,
            "send_retry_delay_max_ms": 1000,
            "send_timeout_ms": 2000,
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

    def earn(self, *members):
        """Each buys something: (name, phone, language)."""
        publisher = self.platform.publisher()
        for name, phone, language in members:
            id = f"{self.label}-{name}"
            profile = {
                "type": "member.profile",
                "id": id,
                "occurredAt": "2017-01-01T00:00:00Z",
                "phone": phone,
                "locale": language,
                "consent": {"sms": ["service"]},
            }
            publisher.send("loyalty.members", id, json.dumps(profile).encode())
            publisher.send("commerce.purchases", id, purchases.one_line(f"{id}-P", id, "9.00", "2017-03-01T00:00:00Z"))
        publisher.flush()

    def outcomes(self, count):
        def told():
            records = self.platform.read("loyalty.notifications")
            found = [each.document for each in records if each.document["memberId"].startswith(f"{self.label}-")]
            return len(found) >= count and found

        return wait_until(told, SECONDS, lambda: f"{count} outcomes\n{self.worker.process.tail()}", every=0.5)

    def wait_held(self, value):
        wait_until(
            lambda: self.worker.metrics().get(HELD) == value,
            SECONDS,
            lambda: f"{HELD} to be {value}\n{self.worker.process.tail()}",
        )


def test_messages_arrive_with_their_letters_and_come_back_as_delivered(books, kannel, tmp_path):
    with Phones(books, tmp_path, "BOTH", kannel) as phones:
        phones.earn(("VI", "+84901234567", "vi"), ("EN", "+84912345678", "en"))
        outcomes = phones.outcomes(2)
        assert {(each["outcome"], each["provider"]) for each in outcomes} == {("sent", "kannel")}
        told = {each["memberId"]: each for each in outcomes}
        wait_until(lambda: len(kannel.texts()) == 2, SECONDS, kannel.texts)
        texts = {text.to: text for text in kannel.texts()}
        vietnamese, english = texts["+84901234567"], texts["+84912345678"]
        assert vietnamese.is_ucs2 and not english.is_ucs2
        assert "bạn vừa nhận" in vietnamese.text and "điểm" in vietnamese.text and "you earned" in english.text
        assert {vietnamese.sender, english.sender} == {"SEN"}
        for text, member in ((vietnamese, "BOTH-VI"), (english, "BOTH-EN")):
            assert (told[member]["encoding"] == "ucs-2") == text.is_ucs2
            assert told[member]["segments"] == text.segments
        # Each message is reported once a segment; the state is read by the document.
        ids = {each["id"] for each in outcomes}

        def delivered():
            states = Counter()
            for query in kannel.reports.queries():
                words = ("--json", "providers", "callback", "kannel", "--query", query)
                read = json.loads(books.operator.run(*words).stdout)
                states[read["message"], read["state"]] += 1
            return {id for id, state in states if state == "delivered"} == ids

        wait_until(delivered, SECONDS, lambda: f"reports; {kannel.reports.queries()}", every=1)
        assert all(query.startswith("t=5e9d7c&id=n-") for query in kannel.reports.queries())
        assert phones.worker.stop() == 0
    log = phones.worker.process.output()
    assert PASSWORD not in log and "5e9d7c" not in log and "+849" not in log
    smsbox = kannel.smsbox.output()
    assert not [line for line in smsbox.splitlines() if "Got HTTP request" in line and PASSWORD in line]


def test_a_wrong_password_holds_the_channel_and_loses_none(books, kannel, tmp_path):
    members = [(f"M{number}", f"+8490123{number:04}", "en") for number in range(10)]
    with Phones(books, tmp_path, "WRONG", kannel, password="hunter2", send_attempts_max=1) as phones:
        phones.earn(*members)
        phones.wait_held(1)
        told = [line for line in phones.worker.log_lines() if line.get("level") == "error"]
        assert [line["code"] for line in told] == ["gateway-403"]
        assert "hunter2" not in phones.worker.process.output() and not kannel.texts()
        assert phones.worker.stop() == 0
    with Phones(books, tmp_path, "WRONG", kannel, send_attempts_max=1) as phones:
        outcomes = phones.outcomes(10)
        assert {(each["outcome"], each["attempts"]) for each in outcomes} == {("sent", 1)}
        wait_until(lambda: len(kannel.texts()) == 10, SECONDS, kannel.texts)
        assert {text.to for text in kannel.texts()} == {phone for _, phone, _ in members}
        assert phones.worker.stop() == 0


def test_a_killed_smsbox_loses_none(books, kannel, tmp_path):
    """A double is preferred here to a message that may be lost."""
    members = [(f"M{number}", f"+8493123{number:04}", "en") for number in range(200)]
    with Phones(books, tmp_path, "KILLED", kannel, prefer_double=True) as phones:
        phones.earn(*members)
        wait_until(lambda: len(kannel.texts()) > 20, SECONDS, lambda: f"texts\n{phones.worker.process.tail()}")
        kannel.smsbox.kill()
        phones.wait_held(1)
        kannel.start_smsbox()
        outcomes = phones.outcomes(200)
        assert {each["outcome"] for each in outcomes} == {"sent"}
        phones.wait_held(0)
        arrived = lambda: Counter(text.to for text in kannel.texts())  # noqa: E731
        wait_until(lambda: len(arrived()) == 200, SECONDS, lambda: f"{len(arrived())} numbers")
        assert set(arrived()) == {phone for _, phone, _ in members}
        assert phones.worker.stop() == 0
