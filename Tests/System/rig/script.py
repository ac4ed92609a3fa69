"""What shops, members and operators send during a storm: baskets, returns, redemptions and erasures, in a fixed order.

What a member of one kind does lies on one topic under one key, so that the outcome does not depend on how topics
interleave, and an undisturbed run of the same script must end in the same books.
"""

import json

from . import members, purchases

RETURNS_EVERY = 8  # baskets
REDEMPTIONS_EVERY = 8
# How many baskets later a member of these kinds comes back.
LATER = 20


class Script:
    """`before`: sent and worked off before the storm. `during`: the rest. Each a list of (topic, key, value)."""

    def __init__(self, baskets, erasures, programme_id):
        self.programme_id = programme_id
        self.baskets = purchases.baskets(baskets)
        self.erased = [f"X-{number}" for number in range(erasures)]
        self.before = [_purchase(f"XP{number}", member) for number, member in enumerate(self.erased)]
        self.before += [_profile(member) for member in self.erased]
        self.during = list(self._during())
        extra = {key for topic, key, _ in self.during if topic != "privacy.requests"}
        self.people = sorted({*purchases.members_of(self.baskets), *self.erased, *extra})

    def write_members(self, path):
        return members.write_file(self.people, path)

    def _during(self):
        due = {}
        every = max(1, len(self.baskets) // max(1, len(self.erased)))
        for index, basket in enumerate(self.baskets):
            yield "commerce.purchases", purchases.member_of(basket), basket
            if index % RETURNS_EVERY == 0:
                number = index // RETURNS_EVERY
                yield _purchase(f"TP{number}", f"T-{number}")
                due.setdefault(index + LATER, []).extend(_returns(number))
            if index % REDEMPTIONS_EVERY == 4:
                yield from self._redemptions(index // REDEMPTIONS_EVERY)
            if index % every == 0 and index // every < len(self.erased):
                yield _erasure(index // every, self.erased[index // every])
            yield from due.pop(index, [])
        for late in due.values():
            yield from late

    def _redemptions(self, number):
        """Of 1,000 points awarded 300 are redeemed, 900 more are refused, and every other member changes his mind."""
        member = f"R-{number}"

        def command(kind, **fields):
            document = {"type": kind, "occurredAt": "2017-02-01T12:00:00Z", "memberId": member, **fields}
            return "loyalty.commands", member, json.dumps({**document, "programId": self.programme_id})

        yield _profile(member)
        yield command("points.adjust", id=f"RA{number}", points=1000, actor="storm", reason="to redeem")
        yield command("points.redeem", id=f"RR{number}", points=300, **{"for": "ORDER-1"})
        yield command("points.redeem", id=f"RS{number}", points=900, **{"for": "ORDER-2"})
        yield command("points.redeem", id=f"RR{number}", points=300, **{"for": "ORDER-1"})
        if number % 2:
            yield command("points.redeem.cancel", id=f"RC{number}", redemptionId=f"RR{number}", actor="storm")


def _profile(member):
    return "loyalty.members", member, json.dumps(members.profile(member))


def _purchase(purchase, member):
    return "commerce.purchases", member, purchases.one_line(purchase, member, "80.00", "2017-02-01T10:00:00-05:00")


def _returns(number):
    """Half of it comes back, twice the same message; of every third the rest as well."""
    member, purchase = f"T-{number}", f"TP{number}"

    def event(kind, **fields):
        document = {"type": kind, "occurredAt": "2017-02-03T10:00:00-05:00", "source": "store-1", **fields}
        document |= {"member": {"id": member}, "currency": "USD", "purchaseId": purchase}
        return "commerce.purchases", member, json.dumps(document)

    half = event("purchase.returned", id=f"TR{number}", refund="40.00")
    yield half
    yield half
    if number % 3 == 0:
        yield event("purchase.cancelled", id=f"TC{number}")


def _erasure(number, member):
    document = {
        "type": "privacy.erasure.requested",
        "id": f"erasure-{number}",
        "occurredAt": "2017-02-05T10:00:00Z",
        "memberId": member,
    }
    return "privacy.requests", member, json.dumps(document)
