"""A small history that fills every store: woven baskets under every programme, and members who are found by card, phone
and e-mail, claim purchases, enrol, merge and are erased. What a release's state is recorded of, and lived on with."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from . import purchases
from .programmes import all_programmes
from .weaver import Weave

SEED = 1207
NEW_YORK = ZoneInfo("America/New_York")
HOUSEHOLDS = 5
SLICES = 4
# Tiers fall, points expire.
LAST_CLOCK = "2018-03-15T00:00:00-04:00"

CAFE = {
    "id": "cafe",
    "version": 1,
    "effectiveFrom": "2016-12-31T00:00:00Z",
    "name": "Cà Phê Sen",
    "currencies": ["VND"],
    "timeZone": "Asia/Ho_Chi_Minh",
    "locales": ["vi", "en"],
    "earning": [{"id": "base", "kind": "spend", "points": 1, "per": "1000"}],
    "intake": {"enrolmentDays": 400, "emailMatch": "any-case-and-dots"},
}


class Step:
    """Messages that are sent together and worked off before the next; of a clock step the instant time runs to."""

    def __init__(self, what, messages=(), clock=None):
        self.what = what
        self.messages = list(messages)
        self.clock = clock


def programmes():
    return [*all_programmes(), CAFE]


def steps():
    """Everything, in order. The first third makes the state, the rest is what comes after an upgrade."""
    weave = Weave(SEED, all_programmes(), HOUSEHOLDS, SLICES, map(_as_recorded, purchases.baskets()))
    own = iter(_own_steps())
    for what, topic, messages in weave.steps():
        if topic is None:
            yield from next(own, [])
            yield Step("clock", clock=messages)
        else:
            yield Step(what, [(topic, key, json.dumps(document)) for key, document in messages])
    for rest in own:
        yield from rest
    yield Step("clock", clock=LAST_CLOCK)


def _as_recorded(document):
    """A basket as it was when the state of release 0.1.0 was recorded: its UTC time stood there as New York time."""
    basket = json.loads(document)
    occurred_at = datetime.fromisoformat(basket["occurredAt"]).astimezone(UTC).replace(tzinfo=NEW_YORK)
    return json.dumps(basket | {"occurredAt": occurred_at.isoformat()})


def _own_steps():
    """By slice."""
    yield [
        Step("profiles", [_profile(f"L-{number}", **fields) for number, fields in enumerate(PEOPLE)]),
        Step(
            "purchases by contact",
            [
                _sale("S-1", {"card": "9704000000000018"}, 20),
                _sale("S-2", {"phone": "+84907000001"}, 21),
                _sale("S-3", {"email": "l.2@example.com"}, 22),
                *(_sale(f"N-{number}", {"phone": "+84907999999"}, 23) for number in range(4)),
                *(_sale(f"K-{number}", None, 24) for number in range(5)),
                _return("N-0", 25),
                _return("K-4", 25),
            ],
        ),
        Step("claims", [_claim("C-1", "L-0", "K-0", 24), _claim("C-2", "L-1", "K-1", 24, "1")]),
        Step("erasures", [_erasure("E-1", "L-3", 26)]),
    ]
    yield [
        Step("merger", [_profile("L-4", status="closed", mergedInto="L-0", occurredAt=_at(60))]),
        Step("purchases of the merged", [_sale("S-4", {"id": "L-4"}, 61), _sale("S-5", {"id": "L-1"}, 61)]),
        Step("claims", [_claim("C-3", "L-1", "K-1", 24), _claim("C-4", "L-2", "K-0", 24)]),
    ]
    yield [
        Step("enrolment", [_profile("L-5", phone="+84907999999", locale="en", consent=SMS, occurredAt=_at(100))]),
        Step("purchases again", [_sale("S-1", {"card": "9704000000000018"}, 20), _sale("S-6", {"id": "L-5"}, 101)]),
        Step("claims", [_claim("C-1", "L-0", "K-0", 24), _claim("C-5", "L-2", "K-2", 24)]),
        Step("erasures", [_erasure("E-2", "L-1", 102)]),
    ]
    yield [
        Step("purchases of the erased", [_sale("S-7", {"id": "L-3"}, 20), _sale("S-8", {"id": "L-2"}, 150)]),
        Step("claims", [_claim("C-6", "L-0", "K-4", 24)]),
    ]


# Erased in the course of it.
ERASED = {"L-3", "L-1"}
MAIL = {"email": ["service"], "sms": []}
SMS = {"email": [], "sms": ["service"]}
PEOPLE = [
    {"cards": ["9704000000000018"], "email": "l.0@example.com", "name": "Lan", "locale": "vi", "consent": MAIL},
    {"phone": "+84907000001", "locale": "en", "consent": SMS},
    {"email": "L.2@example.com", "name": "Ben", "consent": MAIL},
    {"phone": "+84907000003", "consent": SMS},
    {"phone": "+84907000004"},
]


def _at(day):
    return f"2017-{1 + day // 28:02d}-{1 + day % 28:02d}T10:00:00Z"


def _profile(member, **fields):
    document = {"type": "member.profile", "id": member, "occurredAt": "2017-01-01T05:00:00Z", **fields}
    return "loyalty.members", member, json.dumps(document)


def _sale(id, member, day):
    document = {
        "type": "purchase.completed",
        "id": id,
        "occurredAt": _at(day),
        "source": "till-1",
        "member": member,
        "currency": "VND",
        "lines": [{"sku": "A", "quantity": 2, "amount": "50000"}],
    }
    return "commerce.purchases", id, json.dumps({field: value for field, value in document.items() if value})


def _return(id, day):
    document = {
        "type": "purchase.returned",
        "id": f"{id}-back",
        "occurredAt": _at(day),
        "source": "till-1",
        "currency": "VND",
        "purchaseId": id,
        "refund": "20000",
    }
    return "commerce.purchases", id, json.dumps(document)


def _claim(id, member, receipt, day, total="50000"):
    document = {
        "type": "purchase.claim",
        "id": id,
        "occurredAt": _at(30),
        "memberId": member,
        "receipt": receipt,
        "total": total,
        "date": _at(day)[:10],
    }
    return "commerce.claims", member, json.dumps(document)


def _erasure(id, member, day):
    document = {"type": "privacy.erasure.requested", "id": id, "occurredAt": _at(day), "memberId": member}
    return "privacy.requests", member, json.dumps(document)
