"""What the topics should say of one programme, out of purchases alone."""

from dataclasses import dataclass, field

from .dates import instant
from .known import NotKnown
from .world import World


@dataclass
class Lot:
    pending: int
    available: int
    pending_until: int
    expires_at: int | None


@dataclass
class Tier:
    """`since` is None while the member never left the first level; `until` is None where no end is set."""

    level: str
    since: int | None = None
    until: int | None = None


@dataclass
class Expected:
    issued: int = 0
    pending: int = 0
    available: int = 0
    expired: int = 0
    lots: dict = field(default_factory=dict)  # lot id → Lot, those that still hold points
    awards: dict = field(default_factory=dict)  # (purchase id, rule) → points
    tier: Tier | None = None


def recompute(document, purchases, clock=None):
    """Every member's Expected under a programme, after all purchases, at the instant `clock` (all of a member's own
    events lie at or before it; None: each member at their own last purchase). Purchases are given in order of time; the
    same (source, id) again is ignored."""
    world, last = World([document]), {}
    for purchase in purchases:
        if purchase["type"] != "purchase.completed":
            raise NotKnown(purchase["type"])
        member, at = purchase["member"]["id"], instant(purchase["occurredAt"])
        if at < last.get(member, at) or (clock is not None and at > clock):
            raise NotKnown("a purchase after the final clock, or before the member's last one")
        last[member] = at
        world.feed(purchase)
    if clock is not None:
        world.advance(clock)
    return {member: expected(world, member, document["id"]) for member in last}


def expected(world, member, program_id):
    account, tiers = world.account(member, program_id), world.tier(member, program_id)
    held = account.holdings
    return Expected(
        issued=held.totals.issued,
        pending=held.pending,
        available=held.available,
        expired=held.totals.expired,
        lots={
            ":".join(lot.key): Lot(lot.pending, lot.available, lot.pending_until, lot.expires_at) for lot in held.lots
        },
        awards={(cause, rule): points for (what, cause, rule), points in account.log.items() if what == "earned"},
        tier=Tier(tiers.level, tiers.since, tiers.until) if tiers else None,
    )
