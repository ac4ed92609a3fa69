"""Messages to members' apps: a scripted Firebase, a mail server, and one notifier that is killed."""

import json

import pytest
from rig.letters import booking, instant
from rig.platform import Platform
from rig.scripted_firebase import ScriptedFirebase
from rig.scripted_smtp import ScriptedSMTP
from rig.waiting import wait_until
from rig.worker import Worker

SECONDS = 60
PROGRAMME = {
    "id": "sen",
    "version": 1,
    "effectiveFrom": "2017-01-01T00:00:00Z",
    "name": "Sen",
    "currencies": ["VND"],
    "timeZone": "Asia/Ho_Chi_Minh",
    "locales": ["vi"],
    "earning": [{"id": "base", "kind": "spend", "points": 1, "per": "1000"}],
    "messages": {"channels": ["push"]},
}
HELD = 'stampede_channel_held{service="notifier",channel="push"}'


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    running = Platform(clock="wall").start(services=())
    try:
        file = tmp_path_factory.mktemp("programme") / "sen.json"
        file.write_text(json.dumps(PROGRAMME))
        running.operator.run("programs", "publish", file)
        yield running
    finally:
        running.stop()


class Apps:
    def __init__(self, platform, worker, firebase):
        self.platform = platform
        self.worker = worker
        self.firebase = firebase
        self.members = set()

    def join(self, member, *devices, email=False):
        self.members.add(member)
        consent = {"push": ["service"], **({"email": ["service"]} if email else {})}
        profile = {
            **{"type": "member.profile", "id": member, "occurredAt": "2017-01-01T00:00:00Z", "locale": "vi"},
            **{"email": f"{member.lower()}@example.com", "consent": consent},
            "devices": [{"token": device, "platform": "android"} for device in devices],
        }
        publisher = self.platform.publisher()
        publisher.send("loyalty.members", member, json.dumps(profile))
        publisher.flush()

    def earn(self, member, purchase):
        publisher = self.platform.publisher()
        publisher.send(
            "loyalty.ledger", member, json.dumps({**booking(member, purchase, instant()), "programId": "sen"})
        )
        publisher.flush()

    def outcomes(self):
        found = [record.document for record in self.platform.read("loyalty.notifications")]
        return [each for each in found if each["memberId"] in self.members]

    def told(self, count):
        wait_until(
            lambda: len(self.outcomes()) >= count,
            SECONDS,
            lambda: f"{count} outcomes: {self.outcomes()}\n{self.worker.process.tail()}",
            every=0.2,
        )
        return [
            (each["channel"], each["outcome"], each.get("provider"), each.get("reason")) for each in self.outcomes()
        ]

    def wait_devices(self, count):
        wait_until(
            lambda: len(self.firebase.devices()) >= count,
            SECONDS,
            lambda: f"{count} messages: {self.firebase.devices()}\n{self.worker.process.tail()}",
        )


@pytest.fixture
def apps(platform, tmp_path):
    firebase = ScriptedFirebase(tmp_path)
    smtp = ScriptedSMTP()
    flags = {
        **firebase.flags(),
        "--smtp-url": smtp.url,
        "--mail-from": "points@example.com",
        "--feedback-secret": "a-secret-of-the-test",
        "--send-retry-delay-ms": 200,
        "--send-retry-delay-max-ms": 500,
        "--send-timeout-ms": 2_000,
    }
    worker = Worker("notifier", tmp_path / "worker", platform.brokers, clock="wall", flags=flags).start()
    worker.wait_ready()
    try:
        yield Apps(platform, worker, firebase)
    finally:
        worker.kill()
        firebase.stop()
        smtp.stop()


def test_a_message_reaches_each_device_and_one_that_is_gone_is_asked_no_more(apps):
    apps.firebase.answer = lambda message: (404, "UNREGISTERED") if message["token"] == "gone-1" else None
    apps.join("PUSH-1", "here-1", "gone-1")
    apps.earn("PUSH-1", "P-1")
    assert apps.told(1) == [("push", "sent", "fcm", None)]
    assert sorted(apps.firebase.devices()) == ["gone-1", "here-1"] and apps.firebase.grants == 1
    message = apps.firebase.messages()[0]
    notification = apps.outcomes()[0]
    assert message["android"]["notification"]["tag"] == notification["id"] == message["android"]["collapse_key"]
    assert message["notification"]["title"] == "Bạn vừa nhận được 9 điểm" and message["notification"]["body"]
    assert notification["providerMessageId"].startswith("projects/sen-rewards/messages/")
    listed = [record.document for record in apps.platform.read("loyalty.suppressions")]
    assert [(each["channel"], each["reason"]) for each in listed][-1] == ("push", "bounced")
    assert "gone-1" not in json.dumps(listed) and "gone-1" not in apps.worker.process.output()
    apps.earn("PUSH-1", "P-2")
    apps.told(2)
    assert apps.firebase.devices().count("gone-1") == 1 and apps.firebase.devices().count("here-1") == 2


def test_an_app_that_is_gone_everywhere_gives_way_to_mail(apps):
    apps.firebase.answer = lambda message: (404, "UNREGISTERED")
    apps.join("MAIL-1", "old-1", email=True)
    apps.earn("MAIL-1", "P-1")
    assert apps.told(2) == [
        ("push", "passed-on", "fcm", "fcm-unregistered"),
        ("email", "sent", None, None),
    ]
    assert len({each["id"] for each in apps.outcomes()}) == 1


def test_a_kill_makes_no_second_message(apps):
    """What was being sent goes again under its tag, which a device shows once; what was sent does not."""
    apps.firebase.answer = lambda message: "cut" if message["token"] == "slow-1" else None
    apps.join("KILL-1", "fast-1", "slow-1")
    apps.earn("KILL-1", "P-1")
    apps.wait_devices(2)
    apps.worker.kill()
    apps.firebase.answer = lambda message: None
    apps.worker.start()
    apps.worker.wait_ready()
    assert apps.told(1) == [("push", "sent", "fcm", None)]
    assert apps.firebase.devices().count("fast-1") == 1
    tags = {message["android"]["notification"]["tag"] for message in apps.firebase.messages()}
    assert len(tags) == 1
    # Again from the start of the topic it is the same message, and has its outcome.
    assert len(apps.outcomes()) == 1


def test_a_project_that_refuses_the_account_holds_push_until_it_is_mended(apps):
    apps.firebase.answer = lambda message: (403, "SENDER_ID_MISMATCH")
    apps.join("HELD-1", "held-1", email=True)
    apps.earn("HELD-1", "P-1")
    wait_until(lambda: apps.worker.metrics().get(HELD) == 1, SECONDS, lambda: f"the hold\n{apps.worker.process.tail()}")
    assert not apps.outcomes() and apps.worker.get("/readyz")[0] == 200
    apps.firebase.answer = lambda message: None
    assert apps.told(1) == [("push", "sent", "fcm", None)]
    assert apps.outcomes()[0]["attempts"] == 1
