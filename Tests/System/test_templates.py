"""Templates as documents: published, sent, and read by Python's own reader of mail and a strict reader of HTML."""

import json
import re
from html.parser import HTMLParser

import html5lib
import pytest
from rig.loyalty_command import Operator
from rig.platform import Platform
from rig.waiting import wait_until
from rig.worker import ROOT
from test_messages import DAY, PROGRAMME, SECONDS

CONSENT = {"email": ["service"], "sms": []}
NAMES = {"LAN": "Lan", "ANH": "Nguyễn Ánh", "OLE": "Ole O’Neill"}
DIFFERS = 3


def template(version, subject, program=None, **texts):
    """Of points-earned, in Vietnamese and English."""
    written = {
        "subject": f"{subject} {{{{points}}}}",
        "text": [
            "{{#if memberName}}Hi {{memberName}},{{/if}}",
            "",
            "{{points}} points for you.",
            "",
            "{{programName}}",
        ],
        "html": [
            '<p title="{{memberName}}">{{#if memberName}}Hi {{memberName}},{{/if}}</p>',
            '<p style="color:{{accentTextColor}};background-color:{{accentColor}}">{{points}} points for you.</p>',
            '<p><a href="https://sen.example/?name={{memberName}}">{{programName}}</a></p>',
        ],
        "sms": "{{programName}}: {{points}}.",
    } | texts
    document = {"id": "points-earned", "version": version, "languages": {"vi": written, "en": written}}
    return document | ({"programId": program} if program else {})


BRAND = {
    "id": "brand",
    "programId": "sen",
    "version": 1,
    "brand": {
        "senderName": "Sen & Söhne <Coffee>",
        "accentColor": "#8a4b2a",
        "postalAddress": "12 Lê Lợi, Quận 1",
        "footer": {"en": "You get this as a member & friend."},
    },
}


class Desk:
    def __init__(self, platform, folder):
        self.platform = platform
        self.folder = folder

    def write(self, name, document):
        path = self.folder / name
        path.write_text(document if isinstance(document, str) else json.dumps(document, ensure_ascii=False), "utf-8")
        return path

    def run(self, *words, check=True):
        return self.platform.operator.run("templates", *words, check=check)

    def buy(self, member, id, amount="50000"):
        purchase = {"type": "purchase.completed", "id": id, "occurredAt": DAY, "source": "pos-1", "currency": "VND"}
        publisher = self.platform.publisher()
        lines = [{"sku": "A", "amount": amount}]
        publisher.send("commerce.purchases", member, json.dumps(purchase | {"member": {"id": member}, "lines": lines}))
        publisher.flush()
        self.platform.wait_drained()

    def versions(self, count):
        """By member, the version of the template that a message went by."""
        return {each["memberId"]: each.get("templateVersion") for each in self.outcomes(count)}

    def outcomes(self, count):
        def read():
            return [record.document for record in self.platform.read("loyalty.notifications")]

        return wait_until(lambda: len(read()) >= count and read(), SECONDS, read)


@pytest.fixture
def desk(tmp_path):
    platform = Platform()
    with platform.start():
        desk = Desk(platform, tmp_path)
        members = [
            {"id": id, "name": name, "email": f"{id.lower()}@example.com", "locale": "en", "consent": CONSENT}
            for id, name in NAMES.items()
        ]
        lines = "".join(json.dumps(member) + "\n" for member in members)
        platform.operator.run("programs", "publish", desk.write("programme.json", PROGRAMME))
        platform.operator.run("members", "import", desk.write("members.ndjson", lines))
        platform.wait_drained()
        yield desk


def test_what_is_published_is_what_members_read(desk):
    desk.buy("LAN", "P-1")
    [first] = desk.outcomes(1)
    assert "templateVersion" not in first, "shipped"
    both = ",".join(str(path) for path in (desk.write("all.json", template(3, "all")), desk.write("brand.json", BRAND)))
    dry = desk.run("publish", both, "--dry-run")
    assert "Nothing is published" in dry.stdout and "is the first of points-earned" in dry.stdout
    assert desk.run("publish", both).stdout.count(" is published") == 2
    assert "is published already" in desk.run("publish", both).stdout
    desk.buy("ANH", "P-2")
    assert desk.versions(2) == {"LAN": None, "ANH": 3}
    own = desk.write("own.json", template(1, "own", program="sen"))
    assert desk.run("diff", own, check=False).returncode == DIFFERS
    desk.run("publish", own)
    desk.buy("OLE", "P-3")
    assert desk.versions(3) == {"LAN": None, "ANH": 3, "OLE": 1}

    # Versions only grow, and what a number stands for does not change.
    for document in (template(1, "other", program="sen"), template(2, "older")):
        refused = desk.run("publish", desk.write("refused.json", document), check=False)
        assert refused.returncode == 1 and "versions only grow" in refused.stdout + refused.stderr
    listed = json.loads(desk.run("list", "--json").stdout)
    counting = {(each["id"], each.get("programId"), each.get("version")) for each in listed if each["counts"] == "yes"}
    assert {("points-earned", "sen", 1), ("points-earned", None, 3), ("brand", "sen", 1)} <= counting
    assert ("points-earned", None, None) not in counting and ("tier-reached", None, None) in counting

    mails = {str(mail["X-RcptTo"]): mail for mail in desk.platform.smtp.messages()}
    assert str(mails["lan@example.com"]["Subject"]) == "You earned 50 points"
    assert str(mails["anh@example.com"]["Subject"]) == "all 50"
    assert str(mails["ole@example.com"]["Subject"]) == "own 50"
    for mail in mails.values():
        check(mail)
    [sender] = mails["ole@example.com"]["From"].addresses
    assert sender.display_name == BRAND["brand"]["senderName"]
    text, page = parts(mails["ole@example.com"])
    assert text.startswith("Hi Ole O’Neill,\n\n50 points for you.\n\nQuà Tặng Sen\n\n--\n")
    assert text.endswith("You get this as a member & friend.\n12 Lê Lợi, Quận 1\n")
    assert "background-color:#8a4b2a" in page and "?name=Ole%20O%E2%80%99Neill" in page


def parts(mail):
    assert mail.get_content_type() == "multipart/alternative"
    kinds = [part.get_content_type() for part in mail.iter_parts()]
    assert kinds == ["text/plain", "text/html"], "the best form comes last"
    return [part.get_content() for part in mail.iter_parts()]


def check(mail):
    """The mail as its readers read it: nothing wrong with the MIME, the HTML valid, both parts of one content."""
    assert not mail.defects and not any(part.defects for part in mail.walk()), mail.as_string()
    for line in mail.as_bytes().splitlines():
        assert len(line) <= 998
    text, page = parts(mail)
    words = check_page(page)
    said = {number.replace(".", "").replace(",", "") for number in re.findall(r"\d[\d.,]*", text)}
    assert said == {number.replace(".", "").replace(",", "") for number in re.findall(r"\d[\d.,]*", words)}


def check_page(page):
    parser = html5lib.HTMLParser(strict=True)
    parser.parse(page)
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert not reader.open, reader.open
    assert not {"script", "iframe", "form", "object", "table"} & reader.tags
    assert all(not name.startswith("on") for name in reader.attributes)
    return " ".join(reader.words)


class Reader(HTMLParser):
    """Tags, attributes and the words that a person sees."""

    VOID = {"meta", "br", "img", "hr"}

    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.words, self.open = set(), set(), [], []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"style", "title"} & set(self.open):
            self.words.append(data)


def test_every_shipped_message_is_a_valid_page_in_every_case(tmp_path):
    # Nobody is asked.
    loyalty = Operator("127.0.0.1:1")
    hostile_name = ("--member-name", "\"><script>alert(1)</script> & 'O'")
    for path in sorted((ROOT / "Sources/Messages/Shipped/Documents").glob("*.json")):
        for case in ("usual", "later", "one", "zero", "owes", "partly", "bare", "long", "frozen", "closed"):
            for language in ("vi", "en"):
                out = tmp_path / "page.html"
                words = ("preview", path, "--language", language, "--case", case, "--html-out", out)
                hostile = hostile_name if case == "usual" else ()
                loyalty.run("templates", *words, *hostile, "--unsubscribe-url", "https://sen.example/u?a=1&b=2")
                seen = check_page(out.read_text("utf-8"))
                assert ("Unsubscribe" if language == "en" else "Hủy nhận thư") in seen
                assert not hostile or "<script>alert(1)</script>" in seen


def test_what_is_wrong_is_told_before_anything_is_published(desk):
    wrong = template(1, "x", text=["fine", "oh {{pionts}}"], html="<p>{{points}}")
    path = desk.write("wrong.json", wrong)
    good = desk.write("good.json", template(1, "good"))
    refused = desk.run("publish", f"{good},{path}", check=False)
    assert refused.returncode == 1
    assert "$.languages.en.text line 2, column 4: points-earned has no field pionts" in refused.stderr
    assert "did you mean {{points}}?" in refused.stderr and "<p> is not closed" in refused.stderr
    listed = json.loads(desk.run("list", "--json").stdout)
    assert all("version" not in each for each in listed), "nothing was published"
    odd = desk.write("odd.json", template(1, "odd", sms="none"))
    lint = desk.run("lint", odd, check=False)
    assert lint.returncode == 1 and "en.sms does not say {{points}}" in lint.stdout


def test_a_test_mail_goes_out_over_the_notifiers_settings(desk):
    before = desk.platform.smtp.count()
    words = ("points-redeemed", "--to", "me@example.com", "--language", "vi", "--shipped")
    server = ("--smtp-url", desk.platform.smtp.url, "--smtp-starttls", "none", "--mail-from", "Sen <sen@example.com>")
    sent = desk.run("send-test", *words, *server)
    assert "The mail server took points-redeemed in vi" in sent.stdout
    assert desk.platform.smtp.count() == before + 1
    [mail] = [mail for mail in desk.platform.smtp.messages() if str(mail["X-RcptTo"]) == "me@example.com"]
    check(mail)
    assert str(mail["Subject"]) == "Bạn vừa dùng 1.234 điểm"
