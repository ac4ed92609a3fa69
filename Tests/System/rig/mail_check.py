"""What the standards ask of a mail, held against the bytes that went over the wire, by Python's `email` package and by
nothing of the platform's."""

import email
import email.policy
import re
from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser

HEADERS = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Auto-Submitted")
# RFC 5322 §2.1.1, RFC 2047 §2, RFC 2045 §6.7.
LINE_MAX = 998
ENCODED_LINE_MAX = 76
ENCODED_WORD_MAX = 75
QUOTED_LINE_MAX = 76
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def problems(data, near=None):
    """Sentences on what is wrong with one mail. `near`: when it was sent, give or take an hour."""
    found = []
    # A line ends with both, and neither stands alone.
    if bare := len(re.findall(rb"(?<!\r)\n|\r(?!\n)", data)):
        found.append(f"{bare} line ends are half a one")
    head, _, body = data.partition(b"\r\n\r\n")
    found += _lines(head.split(b"\r\n"), body.split(b"\r\n"))
    mail = email.message_from_bytes(data, policy=email.policy.default)
    found += [f"defect: {defect!r}" for part in mail.walk() for defect in part.defects]
    for name in HEADERS:
        values = mail.get_all(name, [])
        if len(values) != 1:
            found.append(f"{len(values)} headers {name}")
        found += [f"{name}: {defect!r}" for value in values for defect in getattr(value, "defects", ())]
    found += _head(mail, near) + _body(mail)
    # The same by the older reader, whose encoded words are another implementation's.
    old = email.message_from_bytes(data)
    if str(make_header(decode_header(old["Subject"] or ""))) != str(mail["Subject"]):
        found.append("two readers read two subjects")
    return found


def message_id(data):
    return email.message_from_bytes(data.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")["Message-ID"]


def _lines(head, body):
    found = []
    for line in head:
        if len(line) > (ENCODED_LINE_MAX if b"=?" in line else LINE_MAX):
            found.append(f"a header line of {len(line)} bytes")
        words = re.findall(rb"=\?[^\s?]+\?[bBqQ]\?[^\s?]*\?=", line)
        found += [f"an encoded word of {len(word)} bytes" for word in words if len(word) > ENCODED_WORD_MAX]
    found += [f"a line of {len(line)} bytes" for line in body if len(line) > LINE_MAX]
    return found


def _head(mail, near):
    found = []
    if re.fullmatch(r"<[^\s<>@]+@[A-Za-z0-9.-]+>", str(mail["Message-ID"])) is None:
        found.append(f"Message-ID {mail['Message-ID']}")
    try:
        date = parsedate_to_datetime(str(mail["Date"]))
        if date.tzinfo is None or (near and abs(date - near) > timedelta(hours=1)):
            found.append(f"Date {mail['Date']}")
    except ValueError:
        found.append(f"no date: {mail['Date']}")
    for name in ("From", "To"):
        addresses = mail[name].addresses if mail[name] else ()
        if len(addresses) != 1 or "@" not in addresses[0].addr_spec:
            found.append(f"{name} is not one address")
    if not str(mail["Subject"]).strip() or "\ufffd" in str(mail["Subject"]):
        found.append("a subject that says nothing")
    return found


def _body(mail):
    found = []
    texts = [part for part in mail.walk() if part.get_content_maintype() == "text"]
    if not [part for part in texts if part.get_content_subtype() == "plain"]:
        found.append("no plain text")
    for part in texts:
        if part.get_content_charset() != "utf-8":
            found.append(f"charset {part.get_content_charset()}")
        encoding = str(part.get("Content-Transfer-Encoding", "7bit")).lower()
        raw = part.get_payload(decode=True)
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            found.append("text that is no UTF-8")
            continue
        if encoding == "quoted-printable":
            lines = str(part.get_payload()).splitlines()
            found += [f"a quoted line of {len(line)}" for line in lines if len(line) > QUOTED_LINE_MAX]
        if not text.strip() or "\ufffd" in text:
            found.append("text that says nothing")
        if part.get_content_subtype() == "html":
            found += _Tags.problems(text)
    return found


class _Tags(HTMLParser):
    """Whether every element that is opened is closed, in order."""

    @classmethod
    def problems(cls, text):
        parser = cls()
        parser.feed(text)
        parser.close()
        return parser.found + [f"<{tag}> is not closed" for tag in parser.open]

    def __init__(self):
        super().__init__()
        self.open = []
        self.found = []

    def handle_starttag(self, tag, _attributes):
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.found.append(f"</{tag}> closes nothing")


def now():
    return datetime.now(UTC)
