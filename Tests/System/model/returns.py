"""What comes back of a purchase: which of its eligible spend a return refunds.

An amount that is given decides, a quantity alone returns its share. Everything is counted in whole minor units, shares
of lines rounded down over all that came back, shares of refunds to the nearest."""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from .programme_numbers import MINOR_DIGITS

# Replaced currency → the one that took its place, and how many of the old became one of the new.
SUCCESSORS = {
    "BGN": ("EUR", "1.95583"),
    "HRK": ("EUR", "7.53450"),
    "LTL": ("EUR", "3.45280"),
    "LVL": ("EUR", "0.702804"),
    "EEK": ("EUR", "15.6466"),
}


def gives_back(currency, paid_in):
    """Whether a return may be told in a currency; None: it tells none."""
    return currency in (None, paid_in) or SUCCESSORS.get(paid_in, ("", ""))[0] == currency


@dataclass
class Piece:
    """A line as it comes back."""

    sku: str
    id: str | None
    quantity: Fraction
    worth: int  # minor units, nothing below 0
    came_back: Fraction = Fraction(0)
    paid_back: int = 0

    @property
    def left(self):
        return self.worth - self.paid_back

    @property
    def stays(self):
        return self.quantity - self.came_back

    def price(self, quantity):
        return floor(self.worth * min(quantity, self.quantity) / self.quantity) if self.quantity else 0


class Comeback:
    """What came back of one purchase by now."""

    def __init__(self, purchase):
        self.purchase = purchase
        self.minor = 10 ** MINOR_DIGITS[purchase.currency]
        self.spend = int(purchase.spend * self.minor)
        self.pieces = [
            Piece(line.sku, line.id, line.quantity, max(0, int(line.spend * self.minor))) for line in purchase.lines
        ]
        self.refunds = Counter()  # what a refund does not tell → minor units of such refunds
        self.refunded = 0

    def take(self, document):
        """Eligible spend that a return or cancel newly refunds; None: it is refused."""
        if not gives_back(document.get("currency"), self.purchase.currency):
            return None
        before = self.refunded
        if document["type"] == "purchase.cancelled":
            self.refunded = self.spend
            for piece in self.pieces:
                piece.came_back, piece.paid_back = piece.quantity, piece.worth
            return Fraction(self.spend - before, self.minor)
        lines = [line for line in document.get("lines", []) if not line.get("void")]
        if not all(self._candidates(line) for line in lines):
            return None
        money = Exchange(document.get("currency"), self.purchase.currency, self.minor)
        if "refund" in document and not (lines and all("amount" in line for line in lines)):
            self._refund(document, lines, money)
        else:
            for line in lines:
                self._bring_back(line, money)
        by_now = sum(piece.paid_back for piece in self.pieces) + sum(map(self._share, self.refunds.items()))
        if self.spend - by_now <= money.slack:
            by_now = self.spend
        self.refunded = max(before, min(self.spend, by_now))
        return Fraction(self.refunded - before, self.minor)

    # -- Refunds

    def _refund(self, document, lines, money):
        told = {part: money.minor(document[part]) for part in ("shipping", "tax") if part in document}
        if lines and all("tax" in line for line in lines):
            told["tax"] = sum(money.minor(line["tax"]) for line in lines)
        untold = frozenset(part for part, amount in self.purchase.extras.items() if amount > 0 and part not in told)
        self.refunds[untold] += max(0, money.minor(document["refund"]) - sum(told.values()))

    def _share(self, refund):
        """Eligible of refunds that do not tell the same parts: with all of them told it is all of it; else its
        proportion to what was paid without those that were told."""
        untold, money = refund
        if not untold:
            return money
        told = sum(amount for part, amount in self.purchase.extras.items() if part not in untold)
        whole = max(self.spend, int((self.purchase.paid - told) * self.minor))
        return floor(Fraction(min(money, whole) * self.spend, whole) + Fraction(1, 2)) if whole else 0

    # -- Lines

    def _candidates(self, line):
        """The last bought first."""
        alike = [piece for piece in reversed(self.pieces) if piece.sku == line["sku"]]
        if "lineId" in line and any(piece.id for piece in self.pieces):
            alike = [piece for piece in alike if piece.id == line["lineId"]]
        return alike

    def _bring_back(self, line, money):
        pieces, quantity = self._candidates(line), Fraction(str(line.get("quantity", 1)))
        if "amount" not in line:
            self._by_quantity(pieces, quantity)
            return
        amount = max(0, money.minor(Fraction(str(line["amount"])) - Fraction(str(line.get("discount", 0)))))
        for piece in self._fitting(pieces, amount, quantity, money.slack):
            taken = piece.paid_back
            piece.paid_back += self._exact(piece, amount, quantity, money.slack)
            amount -= piece.paid_back - taken
            back = max(Fraction(0), min(quantity, piece.stays))
            piece.came_back += back
            quantity -= back
            if amount <= 0:
                break

    @staticmethod
    def _fitting(pieces, amount, quantity, slack):
        """The one line that an amount is of, or all of them where none is worth so much."""
        holding = [piece for piece in pieces if piece.left + slack >= amount]
        there = [piece for piece in holding if piece.stays >= quantity]
        priced = [piece for piece in there if abs(piece.price(quantity) - amount) <= slack]
        best = (priced or there or holding)[:1]
        return best or pieces

    @staticmethod
    def _exact(piece, amount, quantity, slack):
        """An amount that was converted stands for what is left of a line, or for the price, where it is next to it."""
        plain = min(amount, piece.left)
        if slack and plain > 0:
            for meant in (piece.left, min(piece.left, piece.price(quantity))):
                if abs(meant - amount) <= slack:
                    return meant
        return plain

    @staticmethod
    def _by_quantity(pieces, quantity):
        for piece in pieces:
            part = max(Fraction(0), min(quantity, piece.stays))
            worth = piece.price(piece.came_back + part) - piece.price(piece.came_back)
            piece.paid_back += min(piece.left, worth)
            piece.came_back += part
            quantity -= part
        # Units that came back for less than their price may come back once more.
        for piece in pieces:
            if quantity > 0 and piece.left > 0:
                part = min(quantity, piece.quantity)
                piece.paid_back += min(piece.left, piece.price(part))
                quantity -= part


class Exchange:
    """Amounts of a return in minor units of its purchase's currency."""

    def __init__(self, currency, paid_in, minor):
        self.rate, self.unit, self.slack = Fraction(1), minor, 0
        if currency not in (None, paid_in):
            self.rate = Fraction(SUCCESSORS[paid_in][1])
            self.slack = ceil(self.rate * minor / 10 ** MINOR_DIGITS[currency] / 2)

    def minor(self, amount):
        return floor(Fraction(str(amount)) * self.rate * self.unit + Fraction(1, 2))
