"""Bookings to be told of, put on `loyalty.ledger` as the points engine would, and their members' profiles: what a
notifier needs, without the workers before it."""

import json
from datetime import UTC, datetime

# What names and addresses do to a mail.
NAMES = (
    "Nguyễn Ánh",
    "Lan",
    "Jean-Luc O’Neill",
    "Đặng Thị Minh Khai Nguyễn Phúc Hoàng Gia Bảo Ngọc Trâm Anh",
    "click http://evil.example",
    "",
    None,
    "Müller",
    "李小龙",
    "naL\u202e",
)
LOCALES = ("vi", "en", "vi-VN", None)
DOMAINS = ("example.com", "example.net", "quà-tặng.example")


def instant(now=None):
    return (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")


def member_of(label, number):
    return f"{label}-{number:07d}"


def profile(member, number, domain=None):
    document = {
        "type": "member.profile",
        "id": member,
        "occurredAt": "2017-01-01T00:00:00Z",
        "name": NAMES[number % len(NAMES)],
        "locale": LOCALES[number % len(LOCALES)],
        "email": f"{member.lower()}@{domain or DOMAINS[number % len(DOMAINS)]}",
        "consent": {"email": ["service"]},
    }
    return {name: value for name, value in document.items() if value is not None}


def booking(member, cause, at, points=9):
    """One entry of one purchase, of a programme as journey.json has it."""
    return {
        "type": "points.earned",
        "id": f"{member}:{cause}:journey:1",
        "occurredAt": at,
        "bookedAt": at,
        "memberId": member,
        "programId": "journey",
        "programVersion": 1,
        "sequence": 1,
        "points": points,
        "debit": "program:issued",
        "credit": "member:pending",
        "lotId": f"pos:{cause}",
        "pendingUntil": "2027-12-06T06:04:41Z",
        "expiresAt": "2028-05-22T06:04:41Z",
        "cause": cause,
        "source": "pos",
        "rule": "base",
        "balances": {"pending": points, "available": 0},
        "booking": {"entry": 1, "of": 1},
    }


def send(platform, label, count, domain=None, start=0):
    """A profile and a booking of each of so many members. Profiles first, as where members enrol before they buy."""
    publisher = platform.publisher()
    at = instant()
    for number in range(start, start + count):
        member = member_of(label, number)
        publisher.send("loyalty.members", member, json.dumps(profile(member, number, domain)))
    publisher.flush()
    for number in range(start, start + count):
        member = member_of(label, number)
        publisher.send("loyalty.ledger", member, json.dumps(booking(member, f"P-{number}", at)))
    publisher.flush(600)
