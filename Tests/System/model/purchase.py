"""What a purchase is worth to a loyalty programme: the eligible spend of its lines."""

from dataclasses import dataclass
from fractions import Fraction
from math import floor

from .dates import instant
from .programme_numbers import MINOR_DIGITS

# Tenders that are points already: what was paid with them earns nothing.
POINTS_TENDERS = ("points", "reward")


@dataclass(frozen=True)
class Line:
    sku: str | None
    id: str | None
    category: str | None
    brand: str | None
    quantity: Fraction
    earns: bool  # a gift card bought, or a reward, does not
    spend: Fraction  # eligible; below zero where a discount was above the price


class Purchase:
    """One purchase.completed event. `key` is (source, id), which makes it the same purchase however often it comes."""

    def __init__(self, document):
        self.document = document
        self.id = document["id"]
        self.key = document["source"], document["id"]
        self.at = instant(document["occurredAt"])
        self.member = document["member"]["id"]
        self.currency = document["currency"]
        self.program_id = document.get("programId")
        self.store = document.get("store")
        self.channel = document.get("channel")
        self.tenders = [payment["tender"] for payment in document.get("payments", [])]
        self.lines = eligible_lines(document)
        self.spend = spend_of(self.lines)
        lines = sold(document)
        tax = _decimal(document["tax"]) if "tax" in document else _sum(line.get("tax", 0) for line in lines)
        self.extras = {"shipping": _decimal(document.get("shipping", 0)), "tax": tax}
        self.paid = self._total(lines) - _sum(
            each["amount"] for each in document.get("payments", []) if _is_points(each)
        )

    def _total(self, lines):
        if "total" in self.document:
            return _decimal(self.document["total"])
        nets = _sum(net_of(line) for line in lines)
        return nets - _decimal(self.document.get("discount", 0)) + _sum(self.extras.values())


def sold(document):
    """The lines that were not taken off the slip again."""
    return [line for line in document["lines"] if not line.get("void")]


def net_of(line):
    """Amount less discount. Nothing was sold where the quantity is 0: then a discount alone counts."""
    net = _decimal(line["amount"]) - _decimal(line.get("discount", "0"))
    return net if _decimal(line.get("quantity", 1)) else min(Fraction(0), net)


def spend_of(lines):
    """What lines come to, and never less than 0."""
    return max(Fraction(0), sum((line.spend for line in lines if line.earns), Fraction(0)))


def eligible_lines(document):
    """Each line with amount − discount − its share of what came off the whole: order discount and points paid with."""
    minor = 10 ** MINOR_DIGITS[document["currency"]]
    lines = sold(document)
    earning = [line.get("tender") is None for line in lines]
    nets = [net_of(line) for line in lines]
    discount = _decimal(document.get("discount", "0"))
    paid = sum((_decimal(each["amount"]) for each in document.get("payments", []) if _is_points(each)), Fraction(0))
    bases = [max(Fraction(0), net) for net in nets]
    off_all = _shares(discount, bases, minor)
    left = [
        max(Fraction(0), net - off) if earns else Fraction(0)
        for net, off, earns in zip(nets, off_all, earning, strict=True)
    ]
    off_points = _shares(min(paid, sum(left)), left, minor)
    return [
        Line(
            sku=line.get("sku"),
            id=line.get("lineId"),
            category=line.get("category"),
            brand=line.get("brand"),
            quantity=_decimal(line.get("quantity", 1)),
            earns=earns,
            spend=net - off - points if earns else Fraction(0),
        )
        for line, net, off, points, earns in zip(lines, nets, off_all, off_points, earning, strict=True)
    ]


def _shares(amount, bases, minor):
    """An amount spread over bases in proportion, in whole minor units, none lost: each base gets what the running total
    has gained, rounded down."""
    whole = sum(bases)
    shares, before = [], Fraction(0)
    for base in bases:
        after = before + base
        share = floor(amount * minor * after / whole) - floor(amount * minor * before / whole) if whole > 0 else 0
        shares.append(Fraction(share, minor))
        before = after
    return shares


def _sum(values):
    return sum(map(_decimal, values), Fraction(0))


def _is_points(payment):
    return payment["tender"] in POINTS_TENDERS


def _decimal(value):
    return value if isinstance(value, Fraction) else Fraction(str(value))
