"""Members and tills of a shop that gives rewards: what they ask, and what they are answered."""

import hashlib
import hmac
import json
from datetime import UTC, datetime

from model import codes

from .platform import VOUCHER_SECRET
from .tail import Tail
from .waiting import wait_until

SERVICES = ("points-engine", "reward-engine")
ANSWER_SECONDS = 60
PROGRAMME = {
    "id": "beans",
    "version": 1,
    "effectiveFrom": "2020-01-01T00:00:00Z",
    "name": "Beans",
    "currencies": ["VND"],
    "timeZone": "Asia/Ho_Chi_Minh",
    "earning": [],
}
PATTERN = "LT-####-#####-####"
PRICE = 100


def keyed(message):
    return hmac.new(VOUCHER_SECRET.encode(), message.encode(), hashlib.sha256).digest()


def digest(code):
    return codes.digest(keyed("stampede voucher digest"), code)


def derived(pool, member, redemption, piece=0):
    """The code that is made for a piece, by the rules as docs/vouchers.md has them."""
    voucher = hashlib.sha256(f"{member}\n{redemption}\n{piece}".encode()).hexdigest()[:32]
    secret = keyed(f"stampede voucher pool\n{pool}")
    return codes.derived(secret, pool, PATTERN, codes.ALPHABETS["standard"], voucher, 0)


def pool(id, **more):
    return {
        "id": id,
        "version": 1,
        "names": {"en": id},
        "timeZone": "Asia/Ho_Chi_Minh",
        "source": "own",
        "pattern": PATTERN,
        "codesMax": 100000,
        "validForDays": 30,
        "currency": "VND",
        "effect": {"kind": "amount", "amount": "50000"},
        **more,
    }


def imported(id):
    document = pool(id, source="imported")
    del document["pattern"], document["codesMax"]
    return document


def reward(id, pool, **more):
    return {
        "id": id,
        "version": 1,
        "names": {"en": id},
        "programId": "beans",
        "kind": "gift",
        "costs": [{"points": PRICE}],
        "deliver": {"voucher": pool},
        **more,
    }


class Shop:
    """Speaks for members and tills, and hears what is answered from its beginning on."""

    HEARD = ("loyalty.redemptions", "loyalty.voucher-answers", "loyalty.ledger")

    def __init__(self, platform):
        self.platform = platform
        self.publisher = platform.publisher()
        self.tail = Tail(platform.brokers, self.HEARD)
        self.heard = {topic: [] for topic in self.HEARD}

    def send(self, topic, key, document, publisher=None):
        head = {"occurredAt": datetime.now(UTC).isoformat(timespec="milliseconds")}
        (publisher or self.publisher).send(topic, key, json.dumps({**head, **document}))

    def publish(self, topic, document):
        self.publisher.send(topic, f"{document['id']}:{document['version']}", json.dumps(document))

    def give(self, member, points):
        self.send(
            "loyalty.commands",
            member,
            {
                "type": "points.adjust",
                "id": f"gift-{member}",
                "memberId": member,
                "programId": "beans",
                "points": points,
                "actor": "ann",
                "reason": "test",
            },
        )

    def redeem(self, id, member, reward, publisher=None):
        document = {"type": "reward.redeem", "id": id, "memberId": member, "reward": reward}
        self.send("loyalty.reward-requests", member, document, publisher)

    def import_code(self, pool, code):
        key = digest(code)
        document = {"type": "voucher.code-imported", "id": key, "pool": pool, "code": f"sealed-{key}"}
        document["codeEnd"] = code[-4:]
        self.send("loyalty.voucher-codes", key, document)

    def till(self, type, id, code, publisher=None, **more):
        document = {"type": f"voucher.{type}", "id": id, "source": "pos-1", "codes": [digest(code)], **more}
        self.send("loyalty.voucher-commands", digest(code), document, publisher)

    def hold(self, id, code, bill, publisher=None):
        basket = {"currency": "VND", "lines": [{"sku": "latte", "amount": "95000"}]}
        self.till("hold", id, code, publisher, hold=f"h-{bill}", bill=bill, basket=basket)

    def commit(self, id, code, bill, publisher=None):
        self.till("commit", id, code, publisher, hold=f"h-{bill}")

    def documents(self, topic):
        for record in self.tail.records():
            if not record.is_tombstone:
                self.heard[record.topic].append(record.document)
        return self.heard[topic]

    def wait_for(self, topic, ids, seconds=ANSWER_SECONDS):
        """The documents of these ids, once all are there."""
        ids = set(ids)

        def found():
            documents = [document for document in self.documents(topic) if document["id"] in ids]
            return documents if {document["id"] for document in documents} == ids else None

        def missing():
            there = {document["id"] for document in self.documents(topic)}
            stands = "\n".join(self.platform.told_of(service) for service in SERVICES)
            return f"answers on {topic}; {len(ids - there)} are missing, such as {sorted(ids - there)[:3]}\n{stands}"

        return wait_until(found, seconds, missing, 0.3)

    def available(self):
        """Points by member, as the ledger tells them last."""
        last = {}
        for entry in self.documents("loyalty.ledger"):
            if entry["sequence"] > last.get(entry["memberId"], (0, 0))[0]:
                last[entry["memberId"]] = (entry["sequence"], entry["balances"]["available"])
        return {member: balance for member, (_, balance) in last.items()}
