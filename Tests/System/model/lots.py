"""A member's points in one programme: lots, what is owed, and what moved where."""

from dataclasses import dataclass, field, replace


@dataclass
class Lot:
    key: object  # what opened it
    earned_at: int
    pending_until: int
    expires_at: int | None
    latest: int | None = None  # when it expires however active the member is
    pending: int = 0
    available: int = 0
    order: int = 0


@dataclass(frozen=True)
class Part:
    """Points taken out of a lot, and what is needed to put them back."""

    points: int
    key: object
    earned_at: int
    pending_until: int
    expires_at: int | None
    latest: int | None = None


@dataclass
class Totals:
    issued: int = 0
    redeemed: int = 0
    expired: int = 0
    reversed: int = 0
    adjusted: int = 0
    transferred: int = 0


@dataclass
class Holdings:
    lots: list = field(default_factory=list)
    owed: int = 0
    shortfall: int = 0
    totals: Totals = field(default_factory=Totals)
    expired_of: dict = field(default_factory=dict)  # lot key → points of it that expired
    opened: int = 0
    kept_until: int | None = None  # where points expire by inactivity: no lot that expires does so before

    @property
    def pending(self):
        return sum(lot.pending for lot in self.lots)

    @property
    def available(self):
        """What can be spent; below zero while the member owes."""
        return sum(lot.available for lot in self.lots) - self.owed

    def postponed(self, lot):
        """The expiry of a lot, or of a part of one, as far as activity has kept it."""
        if None in (lot.expires_at, self.kept_until):
            return lot.expires_at
        kept = max(lot.expires_at, self.kept_until)
        return kept if lot.latest is None else min(kept, lot.latest)

    def gone_at(self, lot):
        """When a lot expires: never before it is released."""
        expires_at = self.postponed(lot)
        return None if expires_at is None else max(expires_at, lot.pending_until)

    def in_order(self):
        """The lots as debits take them: what expires first, the oldest of those that expire together, then those that
        never do."""
        forever = float("inf")
        return sorted(
            self.lots,
            key=lambda lot: (
                forever if lot.expires_at is None else self.postponed(lot),
                lot.earned_at,
                lot.order,
            ),
        )

    def lot(self, key, earned_at, pending_until, expires_at, latest=None):
        """The lot of that key and terms, opened if there is none."""
        for lot in self.lots:
            if (lot.key, lot.pending_until, lot.expires_at) == (key, pending_until, expires_at):
                return lot
        self.opened += 1
        self.lots.append(Lot(key, earned_at, pending_until, expires_at, latest, order=self.opened))
        return self.lots[-1]

    def credit(self, lot, points):
        """Puts available points into a lot; a debt is repaid first."""
        repaid = min(points, self.owed)
        self.owed -= repaid
        lot.available += points - repaid

    def take(self, points):
        """Takes available points in order: the parts. There must be as many."""
        taken = []
        for lot in self.in_order():
            part = min(points, lot.available)
            if part:
                lot.available -= part
                points -= part
                taken.append(Part(part, lot.key, lot.earned_at, lot.pending_until, lot.expires_at, lot.latest))
        assert points == 0
        return taken

    def release(self, lot):
        points, lot.pending = lot.pending, 0
        self.credit(lot, points)

    def expire(self, lot):
        points = lot.pending + lot.available
        lot.pending = lot.available = 0
        self.totals.expired += points
        self.expired_of[lot.key] = self.expired_of.get(lot.key, 0) + points

    def reverse(self, points, key, may_owe):
        """Takes points back: from the own lot, pending first; what of it expired; then from the others; what is missing
        is owed or recorded."""
        left = points
        own = [lot for lot in self.lots if lot.key == key]
        for lot in own:
            left -= _take_from(lot, left)
        past = min(left, self.expired_of.get(key, 0))
        if past:
            self.expired_of[key] -= past
            self.totals.expired -= past
            left -= past
        for lot in self.in_order():
            left -= _take_from(lot, left)
        if may_owe:
            self.owed += left
            left = 0
        self.shortfall += left
        self.totals.reversed += points - left
        return points - left

    def forget_empty(self):
        self.lots = [lot for lot in self.lots if lot.pending or lot.available]


def _take_from(lot, points):
    pending = min(points, lot.pending)
    lot.pending -= pending
    available = min(points - pending, lot.available)
    lot.available -= available
    return pending + available


def last_of(parts, points):
    """The last `points` of what was taken, last first, and the parts that stay taken. There are as many."""
    back, left = [], list(parts)
    while points:
        part = left.pop()
        taken = min(part.points, points)
        points -= taken
        back.append(replace(part, points=taken))
        if part.points > taken:
            left.append(replace(part, points=part.points - taken))
    return back, left
