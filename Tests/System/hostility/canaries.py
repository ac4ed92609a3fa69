"""Ordinary events after the hostile ones: whether every service still does its work, to the point."""

import json
from collections import defaultdict
from datetime import UTC, datetime

from rig.tail import Tail
from rig.waiting import wait_until

PROGRAMME = {
    "id": "canary",
    "version": 1,
    "effectiveFrom": "2017-01-01T00:00:00Z",
    "name": "Canary",
    "currencies": ["USD"],
    "timeZone": "UTC",
    "earning": [{"id": "base", "kind": "spend", "points": 1, "per": "1.00"}],
}
# What tells the canaries.
PAUSABLE = ("email", "points-earned")
# Enough to lie in every partition.
MEMBERS = 12
CANARY_SECONDS = 120
TOPICS = ("loyalty.ledger", "loyalty.notifications", "privacy.certificates")


class Canaries:
    """Each batch has members of its own. They are made known before it, buy after it, are told by e-mail of what they
    earned, and are erased after the next one."""

    def __init__(self, platform):
        self.platform = platform
        self.tail = Tail(platform.brokers, TOPICS)
        self.earned = defaultdict(list)  # member → points of each entry
        self.told = set()
        self.certified = set()
        self.born = {}  # batch → its members

    def prepare(self, batch):
        self.born[batch] = [f"canary-{batch}-{number}" for number in range(MEMBERS)]
        self._send("loyalty.members", {member: _profile(member) for member in self.born[batch]})

    def fly(self, batch):
        """Sends what is to be booked after a batch, and waits for all of it."""
        # One that keeps to the contract may have paused them, as an operator does.
        for subject in PAUSABLE:
            self.platform.operator.run("messages", "resume", subject, "--actor", "canary")
        points = 10 + batch % 90
        members, leaving = self.born[batch], self.born.get(batch - 1, [])
        self._send("commerce.purchases", {member: _purchase(member, points) for member in members})
        self._send("privacy.requests", {member: _erasure(member) for member in leaving})
        requests = {_erasure(member)["id"] for member in leaving}

        def arrived():
            self.platform.check_running()
            self._read()
            return (
                all(self.earned[member] for member in members)
                and self.told.issuperset(members)
                and requests <= self.certified
            )

        def missing():
            unpaid = [member for member in members if not self.earned[member]]
            untold = sorted(set(members) - self.told)
            return (
                f"the canaries of batch {batch}: not booked {unpaid}, not told {untold}, not erased "
                f"{sorted(requests - self.certified)}"
            )

        wait_until(arrived, CANARY_SECONDS, missing)
        wrong = {member: self.earned[member] for member in members if self.earned[member] != [points]}
        assert not wrong, f"batch {batch}: {points} points each were due, booked are {wrong}"

    def _read(self):
        for record in self.tail.records():
            try:
                document = json.loads(record.value or b"null")
            except (ValueError, RecursionError):
                continue  # Hostile records lie on the ledger, too.
            if not isinstance(document, dict):
                continue
            if record.topic == "privacy.certificates" and document.get("type") == "privacy.request.completed":
                self.certified.add(document["requestId"])
            elif record.topic == "loyalty.notifications" and document.get("outcome") == "sent":
                # Whichever programme's: one message tells what a purchase earned in all of them.
                self.told.add(document.get("memberId"))
            elif document.get("programId") == PROGRAMME["id"] and document.get("type") == "points.earned":
                self.earned[document["memberId"]].append(document["points"])

    def _send(self, topic, documents):
        publisher = self.platform.publisher()
        for member, document in documents.items():
            publisher.send(topic, member, json.dumps(document).encode())
        publisher.flush()

    def close(self):
        self.tail.close()


def _now():
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _profile(member):
    return {
        "type": "member.profile",
        "id": member,
        "occurredAt": "2017-01-01T00:00:00Z",
        "email": f"{member}@example.com",
        "locale": "en",
        "consent": {"email": ["service"]},
    }


def _purchase(member, points):
    return {
        "type": "purchase.completed",
        "id": f"P-{member}",
        "occurredAt": _now(),
        "source": "canary",
        "member": {"id": member},
        "currency": "USD",
        "lines": [{"sku": "A", "category": "none", "amount": f"{points}.00"}],
    }


def _erasure(member):
    return {
        "type": "privacy.erasure.requested",
        "id": f"erase-{member}",
        "occurredAt": _now(),
        "memberId": member,
        "actor": "canary",
    }
