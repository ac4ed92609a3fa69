"""What an account remembers of a purchase, and what a return of it takes."""

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction

from .rating import Rating


@dataclass
class Remembered:
    """A purchase as its returns need it."""

    purchase: object
    rating: Rating
    programme: object
    refunded: Fraction = Fraction(0)
    amounts_refunded: Fraction = Fraction(0)  # by returns that named an amount and no lines
    returned: dict = field(default_factory=lambda: defaultdict(Fraction))  # number of the line → quantity
    taken: int = 0  # of what reverses in proportion
    bonuses: dict = field(default_factory=dict)  # rule → points that still stand
    base_taken: int = 0

    def refund(self, document):
        """Takes a return or a cancel in; the eligible spend that it newly refunds. Nothing is refunded twice: neither
        a line's quantity nor more than the purchase was worth."""
        spend, before = self.purchase.spend, self.refunded
        if document["type"] == "purchase.cancelled":
            self.refunded = spend
            return spend - before
        if "refund" in document:
            self.amounts_refunded += Fraction(str(document["refund"]))
        for line in document.get("lines", []) if "refund" not in document else []:
            self._take_back(line["sku"], Fraction(str(line["quantity"])))
        lines = self.purchase.lines
        worth = sum(
            (max(Fraction(0), lines[index].spend) * quantity / lines[index].quantity)
            for index, quantity in self.returned.items()
        )
        self.refunded = max(before, min(self.amounts_refunded + worth, spend))
        return self.refunded - before

    def _take_back(self, sku, quantity):
        for index, line in enumerate(self.purchase.lines):
            if line.sku == sku:
                part = min(quantity, line.quantity - self.returned[index])
                self.returned[index] += part
                quantity -= part

    @property
    def proportional(self):
        return self.rating.total - sum(self.rating.bonuses.values())


@dataclass
class Reversal:
    """What a return took: eligible spend; of each purchase points and base points; and whether nothing is left."""

    spend: Fraction
    points: dict  # purchase key → (points, base points): the purchase itself, and others that held a bonus
    whole: bool
