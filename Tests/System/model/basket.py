"""What vouchers take off a basket, worked out from the rules of rewards: amounts are whole minor units."""

from dataclasses import dataclass, field
from fractions import Fraction
from math import floor


@dataclass
class Line:
    sku: str
    quantity: int
    amount: int
    tax: int = 0


@dataclass
class Offer:
    """A voucher; `effect` is a tuple that begins with its kind."""

    effect: tuple
    only: frozenset | None = None
    but: frozenset = frozenset()
    minimum: tuple | None = None
    combinable: bool = True
    room: int | None = None
    rooms: dict = field(default_factory=dict)

    def takes(self, line):
        return (self.only is None or line.sku in self.only) and line.sku not in self.but


@dataclass
class Off:
    """What one voucher did."""

    refusal: str | None
    lines: list
    shipping: int = 0
    added: int = 0


def half_up(number):
    return floor(number + Fraction(1, 2))


def shares(total, weights):
    """Largest remainder: nobody gets less than the floor of their share, the largest fractions get one more."""
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    exact = [Fraction(total * weight, whole) for weight in weights]
    given = [floor(share) for share in exact]
    order = sorted(range(len(weights)), key=lambda place: (given[place] - exact[place], place))
    for place in order[: total - sum(given)]:
        given[place] += 1
    return given


def poured(total, weights, bounds):
    """The same into vessels: what one cannot hold is poured over the others."""
    held = [0] * len(weights)
    while total:
        open_ = [weight if held[place] < bounds[place] else 0 for place, weight in enumerate(weights)]
        moved = 0
        for place, share in enumerate(shares(total, open_)):
            more = min(share, bounds[place] - held[place])
            held[place] += more
            moved += more
        if not moved:
            break
        total -= moved
    return held


class Till:
    def __init__(self, lines, shipping):
        self.lines = lines
        self.left = [line.amount for line in lines]
        self.paid = [line.quantity for line in lines]
        self.bought = [0] * len(lines)
        self.shipping = shipping
        self.working = []

    def ring(self, offers):
        """Discounts in their order, then gift cards in theirs; the answers stand in the order of the offers."""
        answers = [None] * len(offers)
        for cards in (False, True):
            for place, offer in enumerate(offers):
                if (offer.effect[0] == "credit") == cards:
                    answers[place] = self.one(offer)
        return answers

    def one(self, offer):
        refusal = self.too_little(offer) or self.alone(offer)
        if refusal:
            return Off(refusal, [0] * len(self.lines))
        before = list(self.paid), list(self.bought)
        off = getattr(self, offer.effect[0])(offer, *offer.effect[1:])
        if not sum(off.lines) and not off.shipping and not off.added:
            self.paid, self.bought = before
            return Off("no-effect", [0] * len(self.lines))
        self.left = [left - taken for left, taken in zip(self.left, off.lines, strict=True)]
        self.shipping -= off.shipping
        assert min(self.left, default=0) >= 0 and self.shipping >= 0
        if offer.effect[0] != "credit":
            self.working.append(offer)
        return off

    def too_little(self, offer):
        if offer.minimum is None:
            return None
        amount, units, with_tax = offer.minimum
        mine = [line for line in self.lines if offer.takes(line)]
        worth = sum(line.amount if with_tax else line.amount - line.tax for line in mine)
        enough = worth >= amount and sum(line.quantity for line in mine) >= units
        return None if enough else "below-minimum"

    def alone(self, offer):
        if offer.effect[0] == "credit" or not self.working:
            return None
        together = offer.combinable and all(other.combinable for other in self.working)
        return None if together else "not-combinable"

    def price(self, place, units):
        """Of so many paid pieces of a line, at what is left of it."""
        if units == self.paid[place]:
            return self.left[place]
        return half_up(Fraction(self.left[place] * units, self.paid[place]))

    def pieces(self, offer, most=None):
        """How many pieces of each line the offer may work on."""
        room, rooms = offer.room, dict(offer.rooms)
        found = []
        for place, line in enumerate(self.lines):
            units = self.paid[place] if offer.takes(line) else 0
            for bound in (most, room, rooms.get(line.sku)):
                units = units if bound is None else min(units, bound)
            room = None if room is None else room - units
            if line.sku in rooms:
                rooms[line.sku] -= units
            found.append(units)
        return found

    def amount(self, offer, sum_off, per, spread, most):
        pieces = self.pieces(offer, most)
        prices = [self.price(place, units) for place, units in enumerate(pieces)]
        if per == "basket":
            weights = prices if spread == "amount" else pieces
            return Off(None, poured(min(sum_off, sum(prices)), weights, prices))
        times = [units if per == "unit" else min(units, 1) for units in pieces]
        return Off(None, [min(sum_off * many, price) for many, price in zip(times, prices, strict=True)])

    def percent(self, offer, percent, cap):
        prices = [self.price(place, units) for place, units in enumerate(self.pieces(offer))]
        off = half_up(Fraction(percent) * sum(prices) / 100)
        return Off(None, shares(off if cap is None else min(off, cap), prices))

    def freight(self, offer, cap):
        return Off(None, [0] * len(self.lines), self.shipping if cap is None else min(cap, self.shipping))

    def credit(self, offer, value):
        open_ = [left if offer.takes(line) else 0 for left, line in zip(self.left, self.lines, strict=True)]
        pays_all = offer.only is None and not offer.but
        open_.append(self.shipping if pays_all else 0)
        *lines, shipping = shares(min(value, sum(open_)), open_)
        return Off(None, lines, shipping)

    def free(self, offer, buy, get, times, adding):
        """One piece after the other, as somebody at the till would lay them out."""
        laid = [
            (Fraction(self.left[place], self.paid[place]), place)
            for place, line in enumerate(self.lines)
            if offer.takes(line)
            for _ in range(self.paid[place] - self.bought[place])
        ]
        laid.sort()
        times = times if times is not None or buy else 1
        free, added, bought, count, rest = 0, 0, 0, 0, len(laid)
        while times is None or count < times:
            size = buy if adding == "always" else buy + get
            if rest >= size:
                rest -= size
            elif adding == "missing" and rest >= buy:
                added += get - (rest - buy)
                free += rest - buy - get
                rest = 0
            else:
                break
            count += 1
            bought += buy
            if adding == "always":
                added += get
            else:
                free += get
        return Off(None, self.given(offer, laid, free, bought), 0, added)

    def given(self, offer, laid, free, bought):
        room, rooms = offer.room, dict(offer.rooms)
        taken = [0] * len(self.lines)
        for _, place in laid:
            sku = self.lines[place].sku
            if free == 0 or room == 0 or rooms.get(sku) == 0:
                continue
            taken[place] += 1
            free -= 1
            room = None if room is None else room - 1
            if sku in rooms:
                rooms[sku] -= 1
        prices = [self.price(place, units) if units else 0 for place, units in enumerate(taken)]
        self.paid = [paid - units for paid, units in zip(self.paid, taken, strict=True)]
        for _, place in reversed(laid):
            if bought and self.paid[place] > self.bought[place]:
                self.bought[place] += 1
                bought -= 1
        return prices
