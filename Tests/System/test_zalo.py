"""Zalo ZNS before SMS: a scripted Zalo, a gateway, and one notifier."""

import json

import pytest
from rig.letters import booking, instant
from rig.platform import Platform
from rig.post_office import PROGRAMME_FILE
from rig.scripted_gateway import ScriptedGateway
from rig.waiting import wait_until
from rig.worker import Worker

SECONDS = 60
HELD = 'stampede_channel_held{service="notifier",channel="zns"}'
HELD_SMS = 'stampede_channel_held{service="notifier",channel="sms"}'
WAITING = 'stampede_messages_waiting{service="notifier",channel="zns"}'
TEMPLATES = {
    "templates": [
        {
            "message": "points-earned",
            "language": "vi",
            "templateId": "7895417a",
            "parameters": {"customer_name": "{{memberName}}", "points": "{{points}}"},
        }
    ]
}


@pytest.fixture(scope="module")
def platform():
    running = Platform(clock="wall").start(services=())
    try:
        running.operator.run("programs", "publish", PROGRAMME_FILE)
        yield running
    finally:
        running.stop()


class Zalo:
    """Knows one access token; a phone's last digits say what becomes of a message to it."""

    def __init__(self, token):
        self.token = token
        self.quota = False
        self.server = ScriptedGateway(self.answer)

    def answer(self, asked):
        if asked.headers.get("access_token") != self.token:
            return {"error": -124, "message": "Access token invalid"}
        if self.quota:
            return {"error": -144, "message": "Out of daily quota"}
        match asked.body["phone"][-2:]:
            case "08":
                return {"error": -108, "message": "Phone number invalid"}
            case "18":
                return {"error": -118, "message": "Zalo account not existed"}
            case "99":
                return None
        return {"error": 0, "message": "Success", "data": {"msg_id": f"z{asked.body['phone']}"}}


@pytest.fixture
def post(platform, tmp_path):
    zalo = Zalo("token-1")
    sms = ScriptedGateway(lambda asked: {"id": f"s{asked.body['to'][1:]}"})
    (tmp_path / "templates.json").write_text(json.dumps(TEMPLATES))
    (tmp_path / "token").write_text("token-1\n")
    flags = {
        "--sms-url": sms.url,
        "--zns-url": zalo.server.url,
        "--zns-templates": tmp_path / "templates.json",
        "--zns-token-file": tmp_path / "token",
        "--login-without-tls": True,
        "--service-sms-quiet": "none",
        "--send-retry-delay-ms": 100,
        "--send-retry-delay-max-ms": 500,
    }
    worker = Worker("notifier", tmp_path / "worker", platform.brokers, clock="wall", flags=flags).start()
    worker.wait_ready()
    try:
        yield Post(platform, worker, zalo, sms, tmp_path / "token")
    finally:
        worker.kill()
        zalo.server.stop()
        sms.stop()


class Post:
    def __init__(self, platform, worker, zalo, sms, token):
        self.platform = platform
        self.worker = worker
        self.zalo = zalo
        self.sms = sms
        self.token = token
        self.members = []

    def earn(self, *endings, label, locale="vi"):
        publisher = self.platform.publisher()
        for ending in endings:
            member = f"{label}-{ending}"
            self.members.append(member)
            profile = {
                "type": "member.profile",
                "id": member,
                "occurredAt": "2017-01-01T00:00:00Z",
                "name": "Lan",
                "locale": locale,
                "phone": f"+849012345{ending}",
                "consent": {"sms": ["service"]},
            }
            publisher.send("loyalty.members", member, json.dumps(profile))
        publisher.flush()
        for ending in endings:
            member = f"{label}-{ending}"
            publisher.send("loyalty.ledger", member, json.dumps(booking(member, "P-1", instant())))
        publisher.flush()

    def outcomes(self):
        """Of each member what was told, in its order."""
        told = {}
        for record in self.platform.read("loyalty.notifications"):
            document = record.document
            if document["memberId"] in self.members:
                told.setdefault(document["memberId"], []).append(document)
        return told

    def wait_outcomes(self, count):
        wait_until(
            lambda: sum(map(len, self.outcomes().values())) >= count,
            SECONDS,
            lambda: f"{count} outcomes: {self.outcomes()}\n{self.worker.process.tail()}",
            every=0.2,
        )
        return self.outcomes()

    def wait_metric(self, name, value):
        wait_until(
            lambda: self.worker.metrics().get(name) == value,
            SECONDS,
            lambda: f"{name}: {self.worker.metrics()}\n{self.worker.process.tail()}",
        )


def kinds(outcomes):
    return [(each["outcome"], each["provider"], each.get("reason"), each.get("providerMessageId")) for each in outcomes]


def test_what_zalo_refuses_for_good_goes_by_sms_and_nothing_else_does(post):
    post.earn("01", "08", "18", "99", label="ZALO")
    post.earn("02", label="ENGLISH", locale="en")
    outcomes = post.wait_outcomes(7)
    assert kinds(outcomes["ZALO-01"]) == [("sent", "zalo-zns", None, "z84901234501")]
    for ending in ("08", "18"):
        passed, sent = outcomes[f"ZALO-{ending}"]
        assert kinds([passed, sent]) == [
            ("passed-on", "zalo-zns", f"zalo-zns-1{ending}", None),
            ("sent", "json", None, f"s849012345{ending}"),
        ]
        assert passed["id"] == sent["id"] and (passed["attempts"], sent["attempts"]) == (1, 2)
    assert kinds(outcomes["ZALO-99"]) == [("maybe-sent", "zalo-zns", "gateway-no-answer", None)]
    assert kinds(outcomes["ENGLISH-02"]) == [("sent", "json", None, "s84901234502")]
    assert sorted(asked.body["to"][-2:] for asked in post.sms.asked()) == ["02", "08", "18"]
    first = next(asked for asked in post.zalo.server.asked() if asked.body["phone"].endswith("01"))
    assert first.path == "/message/template" and first.body["template_id"] == "7895417a"
    assert first.body["template_data"] == {"customer_name": "Lan", "points": "9"}
    assert first.body["tracking_id"] == outcomes["ZALO-01"][0]["id"]
    # Each was asked once.
    assert len(post.zalo.server.asked()) == 4 and len(post.sms.asked()) == 3
    assert "+8490" not in post.worker.process.tail() and "token-1" not in post.worker.process.tail()


def test_a_token_that_ended_holds_zalo_until_another_lies_there(post):
    post.zalo.token = "token-2"
    post.earn("03", "04", label="TOKEN")
    post.wait_metric(HELD, 1)
    post.earn("05", label="TOKEN-EN", locale="en")
    assert kinds(post.wait_outcomes(1)["TOKEN-EN-05"]) == [("sent", "json", None, "s84901234505")]
    assert post.worker.metrics()[HELD_SMS] == 0 and post.worker.get("/readyz")[0] == 200
    post.token.write_text("token-2")
    outcomes = post.wait_outcomes(3)
    for ending in ("03", "04"):
        assert kinds(outcomes[f"TOKEN-{ending}"]) == [("sent", "zalo-zns", None, f"z849012345{ending}")]
        assert outcomes[f"TOKEN-{ending}"][0]["attempts"] == 1
    post.wait_metric(HELD, 0)
    assert len(post.sms.asked()) == 1


def test_a_quota_that_is_used_up_makes_no_sms_and_loses_nothing(post):
    post.zalo.quota = True
    post.earn("06", "07", label="QUOTA")
    post.wait_metric(HELD, 1)
    post.wait_metric(WAITING, 2)
    assert post.worker.stop() == 0
    assert not post.outcomes() and not post.sms.asked()
    # Another process knows nothing of the quota and asks again.
    post.zalo.quota = False
    post.worker.start()
    post.worker.wait_ready()
    outcomes = post.wait_outcomes(2)
    assert [kinds(each)[0][:2] for each in outcomes.values()] == [("sent", "zalo-zns")] * 2
    assert not post.sms.asked()
