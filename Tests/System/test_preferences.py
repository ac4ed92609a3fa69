"""Members end messages as people and mail providers do: a mail is read, its link followed, and what comes next, or is
queued already, is not sent. Nothing of it is left after an erasure."""

import email
import email.policy
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from rig.loyalty_command import Operator
from rig.platform import Platform
from rig.scripted_smtp import ScriptedSMTP
from rig.services import SERVICES
from rig.topic import latest_by_key
from rig.waiting import wait_until
from rig.web import LINK_SECRET, SMS_SECRET, NotifierWeb

SECONDS = 90
DAY = "2026-05-10T10:00:00+07:00"
PHONE = "+84901234567"
SECRET = "lookups-of-the-test"
PROGRAMME = {
    "id": "sen",
    "version": 1,
    "effectiveFrom": "2020-01-01T00:00:00Z",
    "name": "Sen",
    "currencies": ["VND"],
    "timeZone": "Asia/Ho_Chi_Minh",
    "locales": ["en"],
    "earning": [{"id": "base", "kind": "spend", "points": 1, "per": "1000"}],
    "tiers": {
        "metric": "spend",
        "window": {"kind": "lifetime"},
        "levels": [{"id": "member", "from": "0"}, {"id": "gold", "from": "90000", "factor": "1.5"}],
    },
}
WAITING = 'stampede_messages_waiting{service="notifier",channel="email"}'


class Sen:
    """A platform whose mail server does as it is told, and the notifier's web server before it."""

    def __init__(self, platform, web, smtp):
        self.platform = platform
        self.web = web
        self.smtp = smtp
        self.bought = 0

    def enrol(self, *members, channels=("email",), **fields):
        publisher = self.platform.publisher()
        for member in members:
            consent = {channel: ["service"] for channel in channels}
            profile = {"type": "member.profile", "id": member, "occurredAt": "2026-01-01T00:00:00Z"}
            profile |= {"email": f"{member.lower()}@example.com", "locale": "en", "consent": consent}
            publisher.send("loyalty.members", member, json.dumps(profile | fields))
        publisher.flush()
        self.platform.wait_drained()

    def buy(self, member, amount="10000"):
        self.bought += 1
        purchase = {"type": "purchase.completed", "id": f"P-{self.bought}", "occurredAt": DAY, "source": "pos"}
        purchase |= {"member": {"id": member}, "currency": "VND", "lines": [{"sku": "A", "amount": amount}]}
        self.platform.publish_purchases([json.dumps(purchase)])
        self.platform.wait_drained()

    def outcomes(self, member):
        found = [each.document for each in self.platform.read("loyalty.notifications")]
        return [
            " ".join(filter(None, (each["template"], each["channel"], each["outcome"], each.get("reason"))))
            for each in found
            if each["memberId"] == member
        ]

    def told(self, member, count):
        """The outcomes of a member's messages, once there are so many."""
        return wait_until(
            lambda: len(self.outcomes(member)) >= count and self.outcomes(member),
            SECONDS,
            lambda: f"{count} outcomes of {member}: {self.outcomes(member)}",
        )

    def mails(self, member):
        mails = [email.message_from_string(text, policy=email.policy.default) for text in self.smtp.taken()]
        return [mail for mail in mails if mail["To"] == f"{member.lower()}@example.com"]

    def said(self, member):
        """(channel, topic) → whether it is wanted, as the notifier tells it."""
        state = latest_by_key(self.platform.read("loyalty.preferences")).get(member.encode())
        if state is None or state.is_tombstone:
            return None
        return {(each["channel"], each["topic"]): each["wanted"] for each in state.document["settings"]}

    def wait_said(self, member, channel, topic, wanted):
        wait_until(
            lambda: (self.said(member) or {}).get((channel, topic)) is wanted,
            SECONDS,
            lambda: f"{member} to have said {wanted} of {channel} {topic}; {self.said(member)}",
        )


@pytest.fixture(scope="module")
def sen(tmp_path_factory):
    folder = tmp_path_factory.mktemp("preferences")
    (folder / "programme.json").write_text(json.dumps(PROGRAMME), "utf-8")
    platform = Platform(folder / "platform")
    smtp = ScriptedSMTP()
    try:
        platform.start([name for name in SERVICES if name not in ("notifier", "transaction-ingest")])
        platform.worker("transaction-ingest", lookup_secret=SECRET).start().wait_ready()
        web = NotifierWeb(platform, folder, lookup_secret=SECRET)
        platform.worker(
            "notifier",
            smtp_url=smtp.url,
            smtp_starttls="none",
            preferences_url=web.url,
            link_secret=LINK_SECRET,
            unsubscribe_url="mailto:stop@example.com",
            send_retry_delay_ms=500,
            send_retry_delay_max_ms=500,
        ).start().wait_ready()
        web.start()
        try:
            web.wait_ready()
            platform.operator.run("programs", "publish", folder / "programme.json")
            platform.wait_drained()
            yield Sen(platform, web, smtp)
        finally:
            code = web.stop()
        assert code == 0, web.process.tail()
        assert "Traceback" not in web.process.output() and LINK_SECRET not in web.process.output()
    finally:
        smtp.stop()
        platform.stop()


def links(mail):
    """The https and the mailto URL of List-Unsubscribe."""
    found = re.findall(r"<([^>]*)>", mail["List-Unsubscribe"])
    assert [url.split(":")[0] for url in found] == ["https", "mailto"], mail["List-Unsubscribe"]
    return found


def test_one_click_ends_the_messages_of_its_topic_and_no_others(sen):
    sen.enrol("LAN", phone=PHONE, channels=("email", "sms"))
    sen.buy("LAN")
    assert sen.told("LAN", 1) == ["points-earned email sent"]
    [mail] = sen.mails("LAN")
    link, _ = links(mail)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.get_body(("plain",)).get_content().rstrip().endswith(f"--\nUnsubscribe: {link}")
    assert "LAN" not in link.split("/u/")[1]

    page = sen.web.ask("GET", link)
    assert page.status == 200 and "set-cookie" not in page.headers
    assert page.body.count(" checked>") == 12 and "<script" not in page.body
    assert sen.said("LAN") is None, "looking changes nothing"

    answer = sen.web.click(link)
    assert answer.status == 200 and not {"location", "set-cookie"} & answer.headers.keys()
    sen.wait_said("LAN", "email", "points", False)
    sen.buy("LAN", "90000")
    outcomes = sen.told("LAN", 3)
    assert "tier-reached email sent" in outcomes
    assert outcomes.count("points-earned email suppressed preference-off") == 1
    assert not any(" sms " in outcome for outcome in outcomes), "nobody who ends e-mails gets SMS instead"
    wait_until(
        lambda: 'name="email-points" value="on"><span>' in sen.web.ask("GET", link).body, SECONDS, "the page to show it"
    )


def test_a_withdrawal_reaches_what_is_queued(sen):
    sen.enrol("MAI")
    sen.buy("MAI")
    sen.told("MAI", 1)
    link, _ = links(sen.mails("MAI")[0])
    sen.smtp.tell(rcpt="450 4.2.1 come back later")
    sen.buy("MAI")
    notifier = sen.platform.worker("notifier")
    wait_until(lambda: notifier.metrics()[WAITING] == 1, SECONDS, "the message to wait")
    assert sen.web.click(link).status == 200
    sen.wait_said("MAI", "email", "points", False)
    assert sen.told("MAI", 2)[1] == "points-earned email suppressed preference-off"
    sen.smtp.tell()
    assert len(sen.mails("MAI")) == 1


def test_the_page_changes_each_choice_and_speaks_vietnamese(sen):
    sen.enrol("HOA")
    sen.buy("HOA")
    sen.told("HOA", 1)
    link, _ = links(sen.mails("HOA")[0])
    form = {"Content-Type": "application/x-www-form-urlencoded", "Accept-Language": "vi-VN,vi;q=0.9"}
    saved = sen.web.ask("POST", link, "form=choices&email-tier=on&email-expiry=on&sms-offers=on", form)
    assert saved.status == 200 and "Đã lưu lựa chọn của bạn." in saved.body and '<html lang="vi">' in saved.body
    sen.wait_said("HOA", "email", "points", False)
    assert {pair for pair, wanted in sen.said("HOA").items() if wanted} == {
        ("email", "tier"),
        ("email", "expiry"),
        ("sms", "offers"),
    }
    shown = sen.platform.operator.json("preferences", "show", "HOA")
    assert len(shown["settings"]) == 8 and {each["source"] for each in shown["settings"]} == {"web-page"}
    sen.platform.operator.run("preferences", "set", "HOA", "--channel", "email", "--topic", "points", "--wanted", "on")
    assert sen.said("HOA")["email", "points"] is True
    sen.buy("HOA")
    assert sen.told("HOA", 2)[1] == "points-earned email sent"


def test_a_mail_to_the_unsubscribe_address_ends_them_too(sen):
    sen.enrol("BINH")
    sen.buy("BINH")
    sen.told("BINH", 1)
    _, mailto = links(sen.mails("BINH")[0])
    subject = unquote(mailto.split("subject=")[1])
    token = subject.split()[-1]
    take = ("preferences", "mail", "--link-secret", LINK_SECRET, "--json")
    operator = sen.platform.operator
    for text, outcome in [
        (f"From: binh@example.com\nSubject: {subject}\nAuto-Submitted: auto-replied\n\n", "automatic"),
        (f"From: binh@example.com\nSubject: {subject[:-1]}\n\n", "no-token"),
        (f"From: binh@example.com\nTo: stop+{token}@example.com\n\n", "handed-over"),
    ]:
        assert json.loads(operator.run(*take, given=text).stdout)["outcome"] == outcome
    sen.wait_said("BINH", "email", "points", False)
    away = Operator("127.0.0.1:1").run("--broker-patience-ms", 500, *take, given=text, check=False)
    assert away.returncode == 75, away.stdout + away.stderr


def test_stop_from_a_phone_holds_for_all_whose_phone_it_is(sen):
    shared = "+84907654321"
    family = ["BA", "ME", "CON"]
    sen.enrol(*family, phone=shared, channels=("sms",))
    sen.buy("BA")
    assert sen.told("BA", 1) == ["points-earned sms sent"]
    inbound = f"{sen.web.url}/sms/inbound"
    assert sen.web.ask("GET", f"{inbound}?from={quote(shared)}&text=STOP").status == 401
    kannel = f"{inbound}?secret={SMS_SECRET}&from=0907654321&text={quote('Hủy')}"
    first, second = (sen.web.ask("GET", kannel) for _ in range(2))
    assert first.body.startswith("Qua Tang Sen: ban se khong nhan SMS nua") and second.body == ""
    for member in family:
        sen.wait_said(member, "sms", "points", False)
        sen.buy(member)
    assert sen.told("BA", 2)[1] == "points-earned sms suppressed preference-off"
    assert sen.told("CON", 1) == ["points-earned sms suppressed preference-off"]
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {SMS_SECRET}"}
    back = sen.web.ask("POST", inbound, json.dumps({"from": shared, "text": "START"}), headers)
    assert json.loads(back.body)["reply"].startswith("Qua Tang Sen: you will get our SMS again")
    sen.wait_said("ME", "sms", "points", True)
    for record in sen.platform.read("loyalty.preference-requests"):
        assert "907654321" not in record.value.decode()


def test_an_erasure_leaves_nothing_and_an_old_link_brings_nothing_back(sen):
    sen.enrol("TAM")
    sen.buy("TAM")
    sen.told("TAM", 1)
    link, _ = links(sen.mails("TAM")[0])
    assert sen.web.click(link).status == 200
    sen.wait_said("TAM", "email", "points", False)
    sen.platform.operator.run("privacy", "erase", "TAM", "--yes")
    assert sen.said("TAM") is None
    state = latest_by_key(sen.platform.read("loyalty.preferences"))[b"TAM"]
    assert state.is_tombstone
    # Years later.
    assert sen.web.ask("GET", link).status == 200
    assert sen.web.click(link).status == 200
    sen.platform.wait_drained()
    assert latest_by_key(sen.platform.read("loyalty.preferences"))[b"TAM"].is_tombstone
    changelog = latest_by_key(sen.platform.read("notifier.preferences.changelog"))
    assert changelog[b"TAM"].is_tombstone
    notifier = sen.platform.worker("notifier")
    assert notifier.stop() == 0, notifier.process.tail()
    assert b"TAM" not in b"\n".join(cells(notifier.state))
    notifier.start().wait_ready()


def cells(folder):
    """Of every row of every store under a folder."""
    for file in sorted(Path(folder).rglob("*")):
        if file.is_file() and file.read_bytes().startswith(b"SQLite format 3"):
            with closing(sqlite3.connect(file)) as database:
                database.text_factory = bytes
                for (table,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
                    for row in database.execute(f'SELECT * FROM "{table.decode()}"').fetchall():
                        yield from (cell if isinstance(cell, bytes) else str(cell).encode() for cell in row)


def test_a_server_without_brokers_promises_nothing_and_stops_in_time(sen, tmp_path):
    sen.enrol("VAN")
    sen.buy("VAN")
    sen.told("VAN", 1)
    link, _ = links(sen.mails("VAN")[0])
    other = NotifierWeb(sen.platform, tmp_path, brokers="127.0.0.1:1").start().wait_listening()
    try:
        assert other.get("/livez")[0] == 200 and other.get("/readyz")[0] == 503
        own = link.replace(sen.web.url, other.url)
        page = other.ask("GET", own)
        assert page.status == 200 and "cannot show what is set" in page.body and "checkbox" not in page.body
        click = other.click(own)
        assert click.status == 503 and int(click.headers["retry-after"]) > 0
        assert other.ask("GET", f"{other.url}/u/nonsense").status == 404
        assert other.metrics()['stampede_web_publish_failures_total{service="notifier-web"}'] == 1
        assert other.stop() == 0, other.process.tail()
    finally:
        other.kill()
    assert sen.said("VAN") is None
