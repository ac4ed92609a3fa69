"""A voucher and what tills may do with it, worked out from the rules of rewards. Instants are whole minutes."""

from dataclasses import dataclass, field

HOLD_MAX = 15
ENDED_MAX = 8


@dataclass
class Hold:
    id: str
    bill: str
    member: str | None
    store: str | None
    made: int
    until: int
    amount: int


@dataclass
class Use:
    id: str
    amount: int
    occurred: int
    stands: bool = True


@dataclass
class Voucher:
    """`uses` is how often, or how much where it is a gift card."""

    card: bool
    uses: int
    holder: str | None
    stores: frozenset | None
    first: int
    end: int
    cancelled: int | None = None
    holds: list = field(default_factory=list)
    history: list = field(default_factory=list)

    @property
    def left(self):
        standing = [use for use in self.history if use.stands]
        return self.uses - (sum(use.amount for use in standing) if self.card else len(standing))

    def state(self, now):
        if self.cancelled is not None:
            return "cancelled"
        if not self.left:
            return "used"
        if any(now < hold.until for hold in self.holds):
            return "held"
        return "active" if now < self.end else "expired"

    def kept(self, bill, now, made_by=None):
        """When the holds of other bills let it go, where they keep all of it."""
        others = [
            hold.until
            for hold in self.holds
            if now < hold.until and hold.bill != bill and (made_by is None or hold.made <= made_by)
        ]
        room = 1 if self.card else self.left
        return min(others) if others and len(others) >= room else None

    def reason(self, bill, member, store, now):
        if self.holder not in (None, member):
            return ("wrong-holder",)
        if self.cancelled is not None:
            return "cancelled", self.cancelled
        if now < self.first:
            return "not-yet", self.first
        if not self.left:
            return "used", self.uses
        if now >= self.end:
            return "expired", self.end
        until = self.kept(bill, now)
        if until is not None:
            return "held", until
        return None if self.stores is None or store in self.stores else ("wrong-store",)

    def check(self, bill, member, store, now):
        return self.refused(self.reason(bill, member, store, now)) or f"usable,{self.left}"

    def hold(self, id, bill, member, store, amount, ttl, now):
        refused = self.refused(self.reason(bill, member, store, now))
        if refused:
            return refused
        if any(use.id == id for use in self.history):
            return "!no-hold"
        for hold in self.holds:
            if hold.id == id and hold.bill != bill and now < hold.until:
                return self.refused(("held", hold.until))
        if amount is None:
            amount = self.left if self.card else 0
        if self.card and amount > self.left:
            return self.refused(("limit-reached", self.left, amount))
        until = now + min(HOLD_MAX if ttl is None else ttl, HOLD_MAX)
        self.holds = [hold for hold in self.holds if hold.id != id and hold.bill != bill]
        ended = sorted((hold for hold in self.holds if hold.until <= now), key=lambda hold: hold.until)
        for hold in ended[: max(0, len(ended) - ENDED_MAX)]:
            self.holds.remove(hold)
        self.holds.append(Hold(id, bill, member, store, now, until, amount))
        return f"held,{until},{amount}"

    def commit(self, id, amount, now):
        known = self.use_of(id)
        if known:
            return f"used,{known.amount},{self.left}"
        if self.cancelled is not None:
            return self.refused(("cancelled", self.cancelled))
        hold = next((hold for hold in self.holds if hold.id == id), None)
        if hold is None:
            return "!no-hold"
        if now >= hold.until:
            refused = self.refused(self.reason(hold.bill, hold.member, hold.store, now))
            if refused:
                return refused
        if not self.left:
            return self.refused(("used", self.uses))
        amount = hold.amount if amount is None else amount
        most = min(hold.amount, self.left)
        if self.card and amount > most:
            return self.refused(("limit-reached", most, amount))
        return self.book(id, hold.bill, amount, now)

    def offline(self, id, bill, member, store, amount, occurred, now):
        known = self.use_of(id)
        if known:
            return f"used,{known.amount},{self.left}"
        then = min(occurred, now)
        if self.holder not in (None, member):
            return "!wrong-holder"
        if self.cancelled is not None and self.cancelled <= then:
            return self.refused(("cancelled", self.cancelled))
        if then < self.first:
            return self.refused(("not-yet", self.first))
        if not self.left:
            last = [use for use in self.history if use.stands][-1]
            return self.refused(("already-used", last.id, last.occurred))
        if then >= self.end:
            return self.refused(("expired", self.end))
        until = self.kept(bill, now, made_by=then)
        if until is not None:
            return self.refused(("held", until))
        if self.stores is not None and store not in self.stores:
            return "!wrong-store"
        if amount is None:
            amount = self.left if self.card else 0
        if self.card and amount > self.left:
            return self.refused(("limit-reached", self.left, amount))
        return self.book(id, bill, amount, then)

    def release(self, id, bill, now):
        mine = [hold for hold in self.holds if hold.id == id and hold.bill == bill]
        if mine:
            self.holds.remove(mine[0])
            return "released"
        others = [hold.until for hold in self.holds if now < hold.until and hold.bill != bill]
        return self.refused(("held", min(others))) if others else "released"

    def roll_back(self, id, now):
        use = self.use_of(id)
        if use is None:
            return "!unknown"
        use.stands = False
        return f"back,{use.amount},{self.state(now)}"

    def cancel(self, now):
        if self.cancelled is None:
            if not self.left:
                return self.refused(("used", self.uses))
            self.cancelled = now
            self.holds = []
        return "cancelled"

    def use_of(self, id):
        return next((use for use in self.history if use.id == id), None)

    def book(self, id, bill, amount, when):
        self.history.append(Use(id, amount, when))
        self.holds = [hold for hold in self.holds if hold.id != id and hold.bill != bill]
        return f"used,{amount},{self.left}"

    @staticmethod
    def refused(reason):
        return "!" + ",".join(str(part) for part in reason) if reason else None
