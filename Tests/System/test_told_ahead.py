"""Members told ahead of points that expire, from what the engine really books: once, though a worker loses its disk."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from rig.platform import Platform
from rig.services import SERVICES
from rig.waiting import wait_until

PROGRAMME = {
    "version": 1,
    "effectiveFrom": "2020-01-01T00:00:00Z",
    "name": "Quà Tặng Sen",
    "currencies": ["VND"],
    "timeZone": "Asia/Ho_Chi_Minh",
    "locales": ["vi", "en"],
    "earning": [{"id": "base", "kind": "spend", "points": 1, "per": "1000"}],
    "expiry": {"kind": "days", "days": 10},
}
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SECONDS = 60


def telling(id, days_ahead):
    messages = {"tell": ["points-expiring"], "templates": {"points-expiring": {"daysAhead": days_ahead}}}
    return PROGRAMME | {"id": id, "messages": messages}


@pytest.fixture
def sen(tmp_path):
    # Points live for ten days: the one programme tells of them at once, the other when they are nearly over.
    member = {"id": "LAN", "email": "lan@example.com", "locale": "en", "consent": {"email": ["service"], "sms": []}}
    (tmp_path / "members.ndjson").write_text(json.dumps(member) + "\n", "utf-8")
    platform = Platform(clock="wall")
    with platform.start([service for service in SERVICES if service != "notifier"]):
        platform.worker("notifier", mail_from="Sen <points@example.com>").start().wait_ready()
        for programme in (telling("sen", 14), telling("tea", 2)):
            path = tmp_path / f"{programme['id']}.json"
            path.write_text(json.dumps(programme), "utf-8")
            platform.operator.run("programs", "publish", path)
        platform.operator.run("members", "import", tmp_path / "members.ndjson")
        platform.wait_drained()
        yield platform


def send(platform, topic, member, document):
    publisher = platform.publisher()
    publisher.send(topic, member, json.dumps(document))
    publisher.flush()
    platform.wait_drained()


def buy(platform, number, amount):
    purchase = {
        "type": "purchase.completed",
        "id": f"P-{number}",
        "occurredAt": datetime.now(UTC).isoformat(),
        "source": "pos-1",
        "currency": "VND",
        "member": {"id": "LAN"},
        "lines": [{"sku": "A", "amount": amount}],
    }
    send(platform, "commerce.purchases", "LAN", purchase)


def told(platform):
    records = [record.document for record in platform.read("loyalty.notifications")]
    return [(each["programId"], each["outcome"]) for each in records if each["template"] == "points-expiring"]


def test_points_that_expire_are_told_ahead_and_once(sen):
    platform = sen
    buy(platform, 1, "95000")
    wait_until(lambda: told(platform) == [("sen", "sent")], SECONDS, lambda: told(platform))

    # More of the same days, a statement that says so, and a worker that knows nothing but its changelogs.
    buy(platform, 2, "5000")
    notifier = platform.worker("notifier")
    notifier.kill()
    notifier.delete_state()
    notifier.start().wait_ready()
    buy(platform, 3, "7000")
    wait_until(lambda: len(list(platform.smtp.messages())) >= 4, SECONDS, lambda: len(list(platform.smtp.messages())))
    assert told(platform) == [("sen", "sent")]
    expiring = [mail for mail in platform.smtp.messages() if "expire" in str(mail["Subject"])]
    assert [str(mail["Subject"]) for mail in expiring] == ["95 points will expire soon"]
    until = (datetime.now(ZONE) + timedelta(days=9)).date()
    body = expiring[0].get_body(("plain",)).get_content()
    assert f"until {until.day} {until:%B %Y}" in body, body
