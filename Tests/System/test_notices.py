"""What a programme asks its members to be told, from what the engine really books."""

import json

import pytest
from rig.platform import Platform
from rig.services import SERVICES
from rig.waiting import wait_until

TOLD = ["points-released", "points-adjusted", "points-taken-back", "account-frozen", "account-unfrozen"]
PROGRAMME = {
    "id": "sen",
    "version": 1,
    "effectiveFrom": "2020-01-01T00:00:00Z",
    "name": "Quà Tặng Sen",
    "currencies": ["VND"],
    "timeZone": "Asia/Ho_Chi_Minh",
    "locales": ["vi", "en"],
    "earning": [{"id": "base", "kind": "spend", "points": 1, "per": "1000"}],
    "pending": {"days": 1},
    "returns": {"overdraw": "negative"},
}
LAN = {"id": "LAN", "name": "Lan", "email": "lan@example.com", "locale": "en"}
SECONDS = 60


@pytest.fixture(params=[[], [*TOLD, "account-closed"]], ids=["asks-for-nothing", "asks"])
def sen(request, tmp_path):
    programme = PROGRAMME | {"messages": {"tell": request.param}}
    (tmp_path / "programme.json").write_text(json.dumps(programme), "utf-8")
    member = LAN | {"consent": {"email": ["service"], "sms": []}}
    (tmp_path / "members.ndjson").write_text(json.dumps(member) + "\n", "utf-8")
    platform = Platform()
    with platform.start([service for service in SERVICES if service != "notifier"]):
        platform.worker("notifier", mail_from="Sen <points@example.com>").start().wait_ready()
        platform.operator.run("programs", "publish", tmp_path / "programme.json")
        platform.operator.run("members", "import", tmp_path / "members.ndjson")
        platform.wait_drained()
        yield platform, request.param


def on(day):
    return f"2026-05-{day}T10:00:00+07:00"


def send(platform, topic, document):
    publisher = platform.publisher()
    publisher.send(topic, "LAN", json.dumps(document))
    publisher.flush()
    platform.wait_drained()


def command(platform, kind, day, **more):
    named = {"type": kind, "id": f"{kind}-{day}", "occurredAt": on(day), "memberId": "LAN", "programId": "sen"}
    send(platform, "loyalty.commands", named | {"actor": "ann", "reason": "asked for"} | more)


def test_what_a_programme_asks_for_is_told_and_nothing_else(sen):
    platform, asked = sen
    purchase = {"type": "purchase.completed", "id": "P-1", "occurredAt": on(10), "source": "pos-1", "currency": "VND"}
    member = {"member": {"id": "LAN"}}
    send(platform, "commerce.purchases", purchase | member | {"lines": [{"sku": "A", "amount": "95000"}]})
    command(platform, "points.adjust", 13, points=-10)
    cancelled = {"type": "purchase.cancelled", "id": "X-1", "occurredAt": on(14), "source": "pos-1"}
    send(platform, "commerce.purchases", cancelled | member | {"purchaseId": "P-1"})
    command(platform, "member.freeze", 15)
    command(platform, "member.unfreeze", 16)
    command(platform, "member.close", 17)

    def outcomes():
        return [record.document for record in platform.read("loyalty.notifications")]

    expected = sorted(["points-earned", *asked])
    told = wait_until(lambda: len(outcomes()) >= len(expected) and outcomes(), SECONDS, outcomes)
    assert sorted(each["template"] for each in told) == expected, told
    assert all(each["outcome"] == "sent" for each in told), told
    subjects = {str(mail["Subject"]) for mail in platform.smtp.messages()}
    if asked:
        assert subjects == {
            "You earned 95 points",
            "95 pending points added to your balance",
            "10 points were deducted from your account",
            "95 points taken back after a return",
            "Your account is on hold",
            "Your account is no longer on hold",
            "Your account has been closed",
        }
