"""Histories woven by a seed: the real baskets of some households over half a year, and in between them what else
happens in a loyalty programme: returns, cancels, redemptions, adjustments, transfers, frozen and closed accounts,
reviews, surveys, tiers set by hand.

What arrives on different topics has no order of its own, so a history comes in steps; a step is worked off before the
next is sent. Time is cut into slices: purchases, then what happens at the slice's end, each step a second after the one
before.
"""

import json
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from model import World, instant

from . import purchases

START = datetime(2017, 1, 1, 5, tzinfo=UTC)
END = datetime(2017, 7, 1, 4, tzinfo=UTC)
BRANDS = ("Harvest", "Acme", "Corner", None)
LOCALES = ("vi", "en")
SEGMENTS = ("staff", "students", "vip")
# Of what happens, in how many of a hundred cases.
SPECIAL_BASKET = 25
RETURN_FIRST = 3
TWICE = 4
RETURNED = 6
COMMANDED = 70
ACTIVE = 45


class Weave:
    """One history. `world` is the model, fed with every step before that step is handed out, so that what is woven can
    depend on what members hold."""

    def __init__(self, seed, programmes, households, slices, documents=None):
        self.random = random.Random(seed)
        self.programmes = programmes
        self.world = World(programmes)
        self.slices = slices
        by_member = {}
        for document in purchases.baskets() if documents is None else documents:
            basket = json.loads(document)
            by_member.setdefault(basket["member"]["id"], []).append(basket)
        self.members = self.random.sample(sorted(by_member), min(households, len(by_member)))
        self.baskets = sorted(
            (basket for member in self.members for basket in by_member[member]),
            key=lambda each: instant(each["occurredAt"]),
        )
        self.bought = {}  # (source, id) → purchase that may still be returned
        self.redeemed = []  # (member, programme, command id, points) that may be cancelled
        self.frozen = set()
        self.closed = set()
        self.number = 0

    # -- Steps

    def steps(self):
        """(what it is, topic, [(key, document)]) in order; topic None: time passes for everybody up to that instant."""
        yield self._step("members", "loyalty.members", [self._profile(member) for member in self.members])
        length = (END - START) / self.slices
        rest = iter(self.baskets)
        basket = next(rest, None)
        after = START
        for number in range(self.slices):
            end = START + length * (number + 1)
            own = []
            while basket and (number == self.slices - 1 or instant(basket["occurredAt"]) < _ms(end)):
                if instant(basket["occurredAt"]) < _ms(after):
                    basket["occurredAt"] = text(after)
                own.append(basket)
                basket = next(rest, None)
            end = max(end, _moment(own[-1])) if own else end
            yield self._step("purchases", "commerce.purchases", list(self._purchases(own)))
            seconds = [end + timedelta(seconds=second) for second in range(1, 8)]
            yield self._step("returns", "commerce.purchases", list(self._returns(seconds[0])))
            yield self._step("activities", "loyalty.activities", list(self._activities(seconds[1])))
            yield self._step("commands", "loyalty.commands", list(self._commands(seconds[2], seconds[3])))
            if number % 2:
                changed = self.random.sample(self.members, len(self.members) // 8)
                yield self._step("members", "loyalty.members", [self._profile(member) for member in changed])
            self.world.advance(_ms(seconds[5]))
            yield "clock", None, text(seconds[5])
            after = seconds[6]

    def _step(self, what, topic, messages):
        for _, document in messages:
            self.world.feed(document)
        return what, topic, messages

    def _chance(self, percent):
        return self.random.randrange(100) < percent

    def _new(self, kind):
        self.number += 1
        return f"{kind}-{self.number}"

    # -- Members

    def _profile(self, member):
        dice = self.random
        document = {"type": "member.profile", "id": member, "occurredAt": "2017-01-01T05:00:00Z"}
        if self._chance(80):
            document["birthday"] = f"19{dice.randrange(50, 99)}-{dice.randrange(1, 7):02d}-{dice.randrange(1, 29):02d}"
        if self._chance(5):
            document["birthday"] = "--02-29"
        if self._chance(80):
            document["joinedAt"] = text(START + timedelta(days=dice.randrange(-60, 60), minutes=dice.randrange(1440)))
        if self._chance(80):
            document["locale"] = dice.choice(LOCALES)
        document["segments"] = dice.sample(SEGMENTS, dice.randrange(3))
        return member, document

    # -- Purchases

    def _purchases(self, baskets):
        for basket in baskets:
            self._dress(basket)
            key, member = (basket["source"], basket["id"]), basket["member"]["id"]
            if self._chance(RETURN_FIRST):
                yield member, self._return_of(basket, _moment(basket), self._new("early"))
            yield member, basket
            if self._chance(TWICE):
                yield member, basket
            self.bought[key] = basket

    def _dress(self, basket):
        """Gives a basket what the data does not have: brands, channels, tenders, gift cards, order discounts."""
        dice = self.random
        for line in basket["lines"]:
            brand = BRANDS[int(line["sku"]) % len(BRANDS)]
            if brand:
                line["brand"] = brand
        basket["channel"] = dice.choice(("store", "store", "app", "web"))
        if basket["channel"] == "web":
            basket["store"] = "ONLINE"
        total = max(0, int(100 * Decimal(basket.pop("total"))))
        total += self._dress_lines(basket)
        if not self._chance(SPECIAL_BASKET):
            if self._chance(50):
                basket["payments"] = [{"tender": dice.choice(("card", "cash")), "amount": money(total)}]
            return
        kind = dice.choice(("points", "reward", "giftcard", "gift", "discount"))
        if kind == "gift":
            gift = {"sku": "GC", "category": "gift-card", "quantity": 1, "amount": "25.00", "tender": "giftcard"}
            basket["lines"].insert(dice.randrange(len(basket["lines"]) + 1), gift)
        elif kind == "discount" and total > 0:
            basket["discount"] = money(dice.randrange(1, total + 1))
        elif kind != "discount" and total > 0:
            part = dice.randrange(1, total + 1)
            basket["payments"] = [
                {"tender": kind, "amount": money(part)},
                {"tender": "card", "amount": money(total - part)},
            ]

    def _dress_lines(self, basket):
        """By how many cents the lines have become dearer."""
        return 0

    # -- Returns

    def _returns(self, at):
        for key, basket in [*self.bought.items()]:
            if not self._chance(RETURNED):
                continue
            for _ in range(self.random.choice((1, 1, 2, 3))):
                message = self._return_of(basket, at, self._new("back"))
                yield basket["member"]["id"], message
                if message["type"] == "purchase.exchanged":
                    self.bought[message["source"], message["id"]] = message
                if message["type"] == "purchase.cancelled":
                    self.bought.pop(key, None)
                    break
            if self._chance(20):
                yield basket["member"]["id"], message  # the last one, again

    def _return_of(self, basket, at, name):
        kind = self.random.choice(("refund", "line", "rest", "cancel"))
        document = self._return_document(kind, basket, at, name)
        single = [line for line in basket["lines"] if line["quantity"] == 1 and self._is_alone(line, basket)]
        if kind == "line" and single:
            document["lines"] = [{"sku": self.random.choice(single)["sku"], "quantity": 1}]
        elif kind != "cancel":
            document["refund"] = money(self.random.randrange(1, 800) if kind == "refund" else 10_000_00)
        return document

    @staticmethod
    def _return_document(kind, basket, at, name):
        return {
            "type": "purchase.cancelled" if kind == "cancel" else "purchase.returned",
            "id": name,
            "occurredAt": text(at),
            "source": basket["source"],
            "member": basket["member"],
            "currency": basket["currency"],
            "purchaseId": basket["id"],
        }

    @staticmethod
    def _is_alone(line, basket):
        return "tender" not in line and sum(line["sku"] == other["sku"] for other in basket["lines"]) == 1

    # -- Activities

    def _activities(self, at):
        for member in self.members:
            for _ in range(self.random.randrange(3) if self._chance(ACTIVE) else 0):
                yield member, self._activity(member, at)

    def _activity(self, member, at):
        name = self.random.choice(
            ("member.enrolled", "review.written", "referral.completed", "survey.answered", "membership.paid", "unknown")
        )
        attributes = {"score": self.random.randrange(-8, 11)}
        if self._chance(10):
            attributes = {"score": "high"}
        return {
            "type": "activity",
            "id": self._new("activity"),
            "memberId": member,
            "occurredAt": text(at),
            "source": "app",
            "activity": name,
            "attributes": attributes,
        }

    # -- Commands

    def _commands(self, at, transfers_at):
        busy = set()
        for member in self.members:
            if not self._chance(COMMANDED):
                continue
            for document in self._commands_of(member, at):
                busy.add(member)
                yield member, document
                if self._chance(5):
                    yield member, document  # the same again moves nothing
                else:
                    yield from self._something_else(member, document)
        idle = [member for member in self.members if member not in busy | self.frozen]
        self.random.shuffle(idle)
        for sender, recipient in zip(idle[::2], idle[1::2], strict=False):
            yield from self._transfers(sender, recipient, transfers_at)

    def _commands_of(self, member, at):
        """At most one kind a member and step, so that what a member holds now is what the command meets."""
        dice, program = self.random, self._program()
        if member in self.frozen:
            if self._chance(60):
                self.frozen.discard(member)
                yield self._command("member.unfreeze", member, at, actor="support", reason="cleared")
            else:
                yield self._command("points.redeem", member, at, programId=program, points=100)
            return
        match dice.choice(("redeem",) * 8 + ("cancel", "adjust", "adjust", "tier", "freeze", "close")):
            case "redeem":
                for programme in dice.sample(self.programmes, min(3, len(self.programmes))):
                    redemption = self._redemption(member, programme["id"], at)
                    self.redeemed.append((member, programme["id"], redemption["id"], redemption["points"]))
                    yield redemption
            case "cancel":
                own = [each for each in self.redeemed if each[0] == member]
                for each in dice.sample(own, min(2, len(own))):
                    yield self._cancellation(*each, at)
            case "adjust":
                points = dice.choice((250, 40, -30, -5000, 1))
                yield self._command(
                    "points.adjust", member, at, programId=program, points=points, actor="support", reason="goodwill"
                )
            case "tier":
                yield from self._tier_set(member, at)
            case "freeze" if self._is_known(member):
                self.frozen.add(member)
                yield self._command("member.freeze", member, at, actor="support", reason="looked at")
            case "close" if self._chance(25) and self._is_known(member) and member not in self.closed:
                self.closed.add(member)
                yield self._command("member.close", member, at, actor="member", reason="asked for")

    def _program(self):
        return self.random.choice(self.programmes)["id"]

    def _command(self, kind, member, at, **fields):
        document = {"type": kind, "id": self._new("command"), "occurredAt": text(at), "memberId": member, **fields}
        return document

    def _redemption(self, member, program, at):
        """Mostly what the member can pay, sometimes too much or too little."""
        held = self.world.holds(member, program)
        points = self.random.choice((max(1, held // 3), max(1, held // 2), max(1, held), held + 1, 5))
        return self._command("points.redeem", member, at, programId=program, points=points, **{"for": "ORDER"})

    def _cancellation(self, member, program, redemption, points, at):
        self.redeemed.remove((member, program, redemption, points))
        return self._command(
            "points.redeem.cancel", member, at, programId=program, redemptionId=redemption, actor="support"
        )

    # -- What histories that no release was recorded with have besides

    def _something_else(self, member, document):
        """Under the command's own id."""
        return ()

    def _is_known(self, member):
        """Whether what concerns the member, and no programme, is sent."""
        return True

    def _tier_set(self, member, at):
        with_tiers = [programme for programme in self.programmes if "tiers" in programme]
        programme = self.random.choice(with_tiers)
        level = self.random.choice(programme["tiers"]["levels"])["id"]
        until = text(at + timedelta(days=self.random.randrange(10, 90)))
        yield self._command(
            "tier.set", member, at, programId=programme["id"], level=level, until=until, actor="desk", reason="fee paid"
        )

    def _transfers(self, sender, recipient, at):
        for programme in self.programmes:
            held = self.world.holds(sender, programme["id"])
            if self._chance(30 if "transfer" in programme else 3) and held > 0:
                points = self.random.choice((held, held // 2 + 1, held + 1, 7))
                yield (
                    sender,
                    self._command(
                        "points.transfer",
                        sender,
                        at,
                        programId=programme["id"],
                        to=recipient,
                        points=points,
                        actor="member",
                    ),
                )


def _ms(moment):
    return int(moment.timestamp()) * 1000


def _moment(basket):
    return datetime.fromisoformat(basket["occurredAt"])


def text(moment):
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def money(cents):
    return f"{cents // 100}.{cents % 100:02d}"
