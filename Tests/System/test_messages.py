"""What members are told, as they would read it: each mail by Python's own reader, each SMS as the gateway takes it."""

import email
import json
import re
from email.header import decode_header, make_header

import pytest
from rig.platform import Platform
from rig.services import SERVICES
from rig.waiting import wait_until

PROGRAMME = {
    "id": "sen",
    "version": 1,
    "effectiveFrom": "2020-01-01T00:00:00Z",
    "name": "Quà Tặng Sen",
    "currencies": ["VND"],
    "timeZone": "Asia/Ho_Chi_Minh",
    "locales": ["vi", "en"],
    "earning": [
        {"id": "base", "kind": "spend", "points": 1, "per": "1000"},
        {"id": "welcome", "kind": "activity", "activity": "member.enrolled", "points": 100},
    ],
    "expiry": {"kind": "months", "months": 6, "at": "monthEnd"},
    "returns": {"overdraw": "negative"},
    "tiers": {
        "metric": "spend",
        "window": {"kind": "calendar-year"},
        "downgrade": "to-earned",
        "levels": [{"id": "member", "from": "0"}, {"id": "gold", "from": "90000", "factor": "1.5"}],
    },
}
SENDER = "Chương trình khách hàng thân thiết Quà Tặng Sen <diem@quà-tặng.example>"
DAY = "2026-05-10T10:00:00+07:00"
SECONDS = 60
MAIL = {"email": ["service"], "sms": []}
SMS = {"email": [], "sms": ["service"]}
MEMBERS = [
    {"id": "LAN", "name": "Nguyễn Ánh", "email": "lan@quà-tặng.example", "locale": "vi", "consent": MAIL},
    {"id": "LINK", "name": "click http://evil.example", "email": "link@example.com", "locale": "en", "consent": MAIL},
    {"id": "TURN", "name": "naL\u202e", "email": "người@example.com", "locale": "vi", "consent": MAIL},
    {"id": "ICE", "name": "Jean-Luc O’Neill", "email": "ice@example.com", "locale": "en", "consent": MAIL},
    {"id": "OWES", "name": "Mai", "email": "owes@example.com", "locale": "en", "consent": MAIL},
    {"id": "MAI", "name": "Mai", "phone": "+84907000003", "locale": "vi", "consent": SMS},
    {"id": "DESK", "name": "Desk", "phone": "+842838123456", "locale": "vi", "consent": SMS},
]


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


class Sen:
    def __init__(self, platform):
        self.platform = platform

    def send(self, topic, member, document):
        publisher = self.platform.publisher()
        publisher.send(topic, member, json.dumps(document))
        publisher.flush()
        self.platform.wait_drained()

    def buy(self, member, id, amount="50000", occurred_at=DAY, **more):
        purchase = {"type": "purchase.completed", "id": id, "occurredAt": occurred_at, "source": "pos-1"}
        purchase |= {"member": {"id": member}, "currency": "VND", "lines": [{"sku": "A", "amount": amount}]}
        self.send("commerce.purchases", member, purchase | more)

    def outcomes(self):
        return [record.document for record in self.platform.read("loyalty.notifications")]

    def told(self, count):
        return wait_until(lambda: len(self.outcomes()) >= count and self.outcomes(), SECONDS, self.outcomes)

    def mails(self, recipient):
        return [mail for mail in self.platform.smtp.messages() if str(mail["X-RcptTo"]) == recipient]


@pytest.fixture
def sen(tmp_path):
    (tmp_path / "programme.json").write_text(json.dumps(PROGRAMME), "utf-8")
    (tmp_path / "members.ndjson").write_text("".join(json.dumps(member) + "\n" for member in MEMBERS), "utf-8")
    platform = Platform()
    with platform.start([service for service in SERVICES if service != "notifier"]):
        platform.worker("notifier", mail_from=SENDER, sms_letters="marked", sms_segments_max=4).start().wait_ready()
        platform.operator.run("programs", "publish", tmp_path / "programme.json")
        platform.operator.run("members", "import", tmp_path / "members.ndjson")
        platform.wait_drained()
        yield Sen(platform)


def test_messages_tell_what_was_booked_as_people_read_it(sen):
    sen.buy("LAN", "P-1", "95000")
    enrolled = {"type": "activity", "id": "A-1", "occurredAt": DAY, "source": "app", "memberId": "LAN"}
    sen.send("loyalty.activities", "LAN", enrolled | {"activity": "member.enrolled"})
    sen.buy("LINK", "P-2")
    sen.buy("TURN", "P-3")
    freeze = {"type": "member.freeze", "id": "F-1", "occurredAt": DAY, "memberId": "ICE", "programId": "sen"}
    sen.buy("ICE", "P-4", occurred_at="2026-05-09T10:00:00+07:00")
    sen.send("loyalty.commands", "ICE", freeze | {"actor": "ann", "reason": "asked for"})
    sen.buy("ICE", "P-5", "7000", occurred_at="2026-05-11T10:00:00+07:00")
    sen.buy("OWES", "P-6")
    redeem = {"type": "points.redeem", "id": "R-1", "occurredAt": "2026-05-11T10:00:00+07:00", "memberId": "OWES"}
    sen.send("loyalty.commands", "OWES", redeem | {"programId": "sen", "points": 50})
    returned = {"type": "purchase.cancelled", "id": "X-1", "occurredAt": "2026-05-12T10:00:00+07:00"}
    sen.send(
        "commerce.purchases", "OWES", returned | {"source": "pos-1", "purchaseId": "P-6", "member": {"id": "OWES"}}
    )
    sen.buy("OWES", "P-7", "1000", occurred_at="2026-05-13T10:00:00+07:00")
    sen.buy("MAI", "P-8")
    sen.buy("DESK", "P-9")
    outcomes = sen.told(12)
    assert len(outcomes) == 12, outcomes

    # Gone at 0:00 of 1 December, and the level at 0:00 of 1 January.
    lan = {str(mail["Subject"]): text_of(mail) for mail in sen.mails("lan@xn--qu-tng-jta8222d.example")}
    bought = lan["Bạn vừa nhận được 95 điểm"]
    assert "Chào Nguyễn Ánh,\n\nCảm ơn bạn đã mua sắm cùng chúng tôi. Bạn vừa nhận được 95 điểm." in bought
    assert "Bạn có thể dùng ngay số điểm này, đến hết ngày 30/11/2026." in bought
    joined = lan["Bạn vừa nhận được 100 điểm"]
    assert "Chào Nguyễn Ánh,\n\nBạn vừa nhận được 100 điểm.\n" in joined and "mua sắm" not in joined
    [change] = [
        each.document for each in sen.platform.read("loyalty.tiers") if each.document.get("reason") == "upgrade"
    ]
    assert re.fullmatch(r"20\d\d-12-31T17:00:00Z", change["until"]), change
    assert f"đến hết ngày 31/12/{change['until'][:4]}." in lan["Chúc mừng bạn lên hạng Gold"]

    # Names that are none.
    [link] = sen.mails("link@example.com")
    assert text_of(link).startswith("Hello,\n\nThank you for shopping") and "evil" not in link.as_string()
    assert "They can be used right away, until 30 November 2026." in text_of(link)
    [turn] = sen.mails("người@example.com")
    assert text_of(turn).startswith("Chào bạn,\n\n") and "\u202e" not in text_of(turn)

    # What can be used, and what not.
    frozen = {str(mail["Subject"]): text_of(mail) for mail in sen.mails("ice@example.com")}["You earned 7 points"]
    assert frozen.startswith("Hello Jean-Luc O’Neill,\n\n") and "Your account is on hold at the moment." in frozen
    assert "right away" not in frozen and "ready to use" not in frozen and "can be used from" not in frozen
    owes = {str(mail["Subject"]): text_of(mail) for mail in sen.mails("owes@example.com")}
    assert "You have 0 points left to use." in owes["You used 50 points"]
    assert "It made up for what your account was short of." in owes["You earned 1 point"]
    assert "Your account is 49 points below zero." in owes["You earned 1 point"]

    # SMS: what it takes is told, and one to a landline is not sent.
    by_member = {each["memberId"]: each for each in outcomes if each["channel"] == "sms"}
    assert (by_member["DESK"]["outcome"], by_member["DESK"]["reason"]) == ("suppressed", "phone-not-mobile")
    [request] = sen.platform.sms.requests()
    text = json.loads(request.body)["text"]
    assert text.startswith("Quà Tặng Sen: bạn vừa nhận 50 điểm, dùng được đến hết ngày 30/11/2026.")
    assert by_member["MAI"]["encoding"] == "ucs-2"
    assert by_member["MAI"]["segments"] == -(-len(text) // 67) == 2
    check_headers(sen.platform.smtp)


def check_headers(smtp):
    """As RFC 2047 and 5322 have them, by the bytes and by a reader of them."""
    files = list((smtp.maildir / "new").iterdir())
    assert len(files) == 10
    folded = 0
    for file in files:
        head = file.read_bytes().split(b"\n\n", 1)[0].decode("utf-8")
        assert head.isascii() or "To: người@example.com" in head, "an address alone may be more"
        for line in head.splitlines():
            assert len(line) <= (76 if "=?utf-8?" in line else 998), line
            assert all(len(word) <= 75 for word in re.findall(r"=\?\S*\?=", line)), line
        folded += head.count("\n =?utf-8?")
        # Python 3.11 reads a name of several words with a space at each fold; its reader of one header does not.
        sender = email.message_from_bytes(file.read_bytes())["From"]
        assert str(make_header(decode_header(sender))) == SENDER.replace("quà-tặng", "xn--qu-tng-jta8222d")
    assert folded >= len(files), "the sender's name alone takes two words"
    for mail in smtp.messages():
        assert not mail.defects and not mail["Subject"].defects and not mail["From"].defects, mail.as_string()
        [sender] = mail["From"].addresses
        assert sender.addr_spec == "diem@xn--qu-tng-jta8222d.example"
        assert mail["Message-ID"].endswith("@xn--qu-tng-jta8222d.example>")
        assert mail.get_content_type() == "multipart/alternative"
        assert [part.get_content_charset() for part in mail.iter_parts()] == ["utf-8", "utf-8"]
