"""Purchases that found no member, on a running system: claimed, claimed wrongly, found by an enrolment; and what the
members hear of it by e-mail and SMS."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from rig.platform import Platform
from rig.waiting import wait_until

PROGRAMME = {
    "id": "café",
    "version": 1,
    "effectiveFrom": "2020-01-01T00:00:00Z",
    "name": "Cà Phê Sen",
    "currencies": ["VND"],
    "timeZone": "Asia/Ho_Chi_Minh",
    "locales": ["vi", "en"],
    "earning": [{"id": "base", "kind": "spend", "points": 1, "per": "1000"}],
    "intake": {"enrolmentDays": 14, "emailMatch": "any-case-and-dots"},
}
ZONE = timedelta(hours=7)
NOW = datetime.now(UTC)
REFUSED, USAGE = 4, 64
TOLD_SECONDS = 30


def instant(days_ago):
    return (NOW - timedelta(days=days_ago)).isoformat(timespec="seconds")


def day(days_ago):
    """The day that the receipt shows."""
    return (NOW - timedelta(days=days_ago) + ZONE).date().isoformat()


class Cafe:
    def __init__(self, platform, folder):
        self.platform = platform
        self.operator = platform.operator
        self.folder = folder

    def enrol(self, id, **fields):
        file = self.folder / f"{id}.ndjson"
        file.write_text(json.dumps({"id": id, **fields}, ensure_ascii=False) + "\n", "utf-8")
        self.operator.run("members", "import", file)

    def sell(self, id, member=None, days_ago=2):
        publisher = self.platform.publisher()
        purchase = {
            "type": "purchase.completed",
            "id": id,
            "occurredAt": instant(days_ago),
            "source": "pos-1",
            "member": member,
            "currency": "VND",
            "lines": [{"sku": "A", "amount": "50000"}],
        }
        publisher.send("commerce.purchases", id, json.dumps(purchase))
        publisher.flush()

    def claim(self, id, member, receipt, total="50000", days_ago=2):
        words = (member, receipt, "--total", total, "--date", day(days_ago), "--id", id, "--actor", "ann")
        return self.operator.run("purchases", "claim", *words, check=False)

    def points(self, member):
        self.platform.wait_drained()
        return [
            entry.document["points"]
            for entry in self.platform.read("loyalty.ledger")
            if entry.document["memberId"] == member
        ]

    def mails(self, member):
        """Subjects of the messages to a member that are not about points."""
        mails = [mail for mail in self.platform.smtp.messages() if mail["To"] == f"{member.lower()}@example.com"]
        return sorted(mail["Subject"] for mail in mails if "điểm" not in mail["Subject"])

    def texts(self, number=None):
        """The same of a number, or of all."""
        messages = [json.loads(request.body) for request in self.platform.sms.requests()]
        return sorted(one["text"] for one in messages if number in (None, one["to"]) and "points" not in one["text"])


@pytest.fixture
def cafe(tmp_path):
    file = tmp_path / "programme.json"
    file.write_text(json.dumps(PROGRAMME), "utf-8")
    with Platform(clock="wall") as platform:
        platform.operator.run("programs", "publish", file)
        yield Cafe(platform, tmp_path)


def test_claims_are_booked_once_refused_with_a_reason_and_told(cafe):
    lan = {"email": "lan@example.com", "locale": "vi", "consent": {"email": ["service"], "sms": []}}
    cafe.enrol("LAN", **lan)
    cafe.enrol("BEN", phone="+84907654321", locale="en", consent={"email": [], "sms": ["service"]})
    cafe.enrol("OLD-LAN", status="closed", mergedInto="LAN")
    cafe.enrol("GONE", status="closed")
    for receipt in ("R-1", "R-2", "R-3"):
        cafe.sell(receipt)
    cafe.platform.wait_drained()

    wrong = cafe.claim("C-1", "LAN", "R-1", total="5000")
    assert wrong.returncode == REFUSED and "receipt-not-found" in wrong.stdout, wrong
    assert cafe.claim("C-2", "LAN", "R-1").returncode == 0
    assert cafe.claim("C-2", "LAN", "R-1").returncode == 0, "the same claim gets the same answer"
    late = cafe.claim("C-3", "BEN", "R-1")
    assert late.returncode == REFUSED and "already-claimed" in late.stdout, late
    assert cafe.claim("C-4", "BEN", "R-2").returncode == 0
    # A merged member's claim is that of the member they became; a closed one has none.
    assert cafe.claim("C-5", "OLD-LAN", "R-3").returncode == 0
    closed = cafe.claim("C-6", "GONE", "R-3")
    assert closed.returncode == REFUSED and "account-closed" in closed.stdout, closed
    assert cafe.points("LAN") == [50, 50] and cafe.points("BEN") == [50]

    # After five wrong claims in all the member's claims are locked, the right ones too.
    for number in range(7, 11):
        assert "receipt-not-found" in cafe.claim(f"C-{number}", "LAN", f"X-{number}").stdout
    cafe.sell("R-4")
    cafe.platform.wait_drained()
    locked = cafe.claim("C-11", "LAN", "R-4")
    assert locked.returncode == REFUSED and "Claims are locked until 20" in locked.stdout, locked
    assert cafe.claim("C-12", "BEN", "R-4").returncode == 0

    refused = "Chưa thể ghi nhận giao dịch của bạn"
    expected = sorted(["Giao dịch của bạn đã được ghi nhận", "Tạm ngừng ghi nhận giao dịch", *[refused] * 5])
    wait_until(lambda: cafe.mails("LAN") == expected, TOLD_SECONDS, lambda: f"{expected}, not {cafe.mails('LAN')}")
    told = wait_until(
        lambda: len(cafe.texts("+84907654321")) == 3 and cafe.texts("+84907654321"), TOLD_SECONDS, cafe.texts
    )
    assert [text.split(": ", 1)[0] for text in told] == ["Ca Phe Sen"] * 3
    assert [("was added to your account" in text, "could not" in text) for text in told] == [
        (False, True),
        (True, False),
        (True, False),
    ]


def test_a_total_whose_thousands_are_set_off_by_a_point_is_told_as_that(cafe):
    wrong = cafe.claim("C-point", "M-point", "R-point", total="50.000")
    assert wrong.returncode == USAGE and "has 3 decimals, more than any currency" in wrong.stderr, wrong
    assert "(VND)" in wrong.stderr
    claims = [each.document["id"] for each in cafe.platform.read("commerce.claims")]
    assert "C-point" not in claims


def test_an_enrolment_gets_the_purchases_of_the_days_before(cafe):
    for number, days_ago in enumerate((1, 10, 20)):
        cafe.sell(f"R-{number}", {"phone": "0901 234 567"}, days_ago)
        cafe.sell(f"E-{number}", {"email": "T.U+shop@Example.com"}, days_ago)
    cafe.platform.wait_drained()
    assert cafe.platform.read("loyalty.ledger") == []
    consent = {"email": ["service"], "sms": []}
    cafe.enrol("TU", phone="+84901234567", email="tu@example.com", locale="vi", consent=consent)
    assert cafe.points("TU") == [50] * 4, "one and ten days before, by phone and by e-mail"
    found = ["Chúng tôi đã tìm thấy giao dịch trước đây của bạn"]
    wait_until(lambda: cafe.mails("TU") == found, TOLD_SECONDS, lambda: f"one message, not {cafe.mails('TU')}")
    statuses = [record.document for record in cafe.platform.read("loyalty.claims")]
    assert len(statuses) == 4 and all(status["cause"] == "enrolment" for status in statuses)
