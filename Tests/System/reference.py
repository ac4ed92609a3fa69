"""The reference model: what every member should hold, recomputed from purchases and programme document alone.

It shares nothing with the workers: no event of theirs, no code of theirs. It is slow and plain on purpose; each
function is one paragraph of the rulebook. It knows purchases only (no returns, no redemptions), and refuses a programme
that asks for more than it knows, so that a comparison can never pass by skipping something.

Instants are milliseconds since the epoch. Money and factors are fractions, points whole numbers.
"""

import calendar
import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import ceil, floor
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINOR_DIGITS = {"VND": 0, "JPY": 0, "KRW": 0, "USD": 2, "EUR": 2, "GBP": 2, "KWD": 3}


class NotKnown(ValueError):
    """The programme or the input asks for something that this model does not compute."""


# -- What it gives back


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
class Account:
    issued: int = 0
    pending: int = 0
    available: int = 0
    expired: int = 0
    lots: dict = field(default_factory=dict)  # lot id → Lot, those that still hold points
    awards: dict = field(default_factory=dict)  # (purchase id, rule) → points
    tier: Tier | None = None


# -- Instants and dates


def instant(text):
    """Milliseconds since the epoch of an RFC 3339 instant; digits beyond them are cut off."""
    text = re.sub(r"(\.\d{3})\d+", r"\1", text)
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(milliseconds=1)


def local(ms, zone):
    """The wall-clock time of an instant, without its zone."""
    return (EPOCH + timedelta(milliseconds=ms)).astimezone(zone).replace(tzinfo=None)


def at_local(wall_clock, zone):
    """The instant of a wall-clock time: one that occurs twice is the first, one that clocks skip is moved on by the gap
    (PEP 495 with fold=0)."""
    return (wall_clock.replace(tzinfo=zone, fold=0).astimezone(UTC) - EPOCH) // timedelta(milliseconds=1)


def add_months(day, months):
    """The same day of the month, or the month's last day where it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return day.replace(year=year, month=month, day=min(day.day, calendar.monthrange(year, month)[1]))


def days_later(ms, days, zone):
    return at_local(local(ms, zone) + timedelta(days=days), zone)


def months_later(ms, months, zone):
    return at_local(add_months(local(ms, zone), months), zone)


def midnight(day, zone):
    return at_local(datetime(day.year, day.month, day.day), zone)


# -- The programme


ROUNDINGS = {"down": floor, "up": ceil, "nearest": lambda value: floor(value + Fraction(1, 2))}


class Programme:
    """A programme document, read for what this model knows. Anything else in it raises NotKnown."""

    def __init__(self, document):
        _only(
            document,
            "id version effectiveFrom name status currencies timeZone locales rounding roundPer earning pending expiry"
            " returns redemption tiers",
            "programme",
        )
        if document.get("status", "active") != "active":
            raise NotKnown("a programme that is not active")
        if document.get("roundPer", "transaction") != "transaction":
            raise NotKnown("roundPer other than transaction")
        self.id = document["id"]
        self.effective_from = instant(document["effectiveFrom"])
        self.currencies = document["currencies"]
        self.zone = ZoneInfo(document["timeZone"])
        self.round = ROUNDINGS[document.get("rounding", "down")]
        self.rules = [self._rule(rule) for rule in document["earning"]]
        pending = document.get("pending", {"days": 0})
        _only(pending, "days", "pending")
        self.pending_days = pending["days"]
        self.expiry_months = self._expiry(document.get("expiry", {"kind": "never"}))
        self.tiers = document.get("tiers")
        if self.tiers:
            _only(self.tiers, "metric window downgrade levels onReversal", "tiers")
            if self.tiers["metric"] not in ("spend", "visits"):
                raise NotKnown(f"tier metric {self.tiers['metric']}")
            _only(self.tiers["window"], "kind months", "window")
            for level in self.tiers["levels"]:
                _only(level, "id from factor", "level")

    @staticmethod
    def _rule(rule):
        fields = {"spend": "points per", "visits": "every points"}.get(rule["kind"])
        if fields is None:
            raise NotKnown(f"earning kind {rule['kind']}")
        _only(rule, f"id kind when {fields}", f"rule {rule['id']}")
        _check_condition(rule.get("when", {}))
        return rule

    @staticmethod
    def _expiry(expiry):
        if expiry["kind"] == "never":
            return None
        _only(expiry, "kind months at", "expiry")
        if expiry["kind"] != "months" or expiry.get("at", "exact") != "exact":
            raise NotKnown(f"expiry {expiry}")
        return expiry["months"]

    def factor(self, level):
        return next(Fraction(entry.get("factor", "1")) for entry in self.tiers["levels"] if entry["id"] == level)


def _only(document, names, where):
    unknown = set(document) - set(names.split())
    if unknown:
        raise NotKnown(f"{where}: {', '.join(sorted(unknown))}")


def _check_condition(when):
    _only(when, "sku category all", "when")
    for part in when.get("all", []):
        _check_condition(part)
    for name in ("sku", "category"):
        if isinstance(when.get(name), dict):
            _only(when[name], "include exclude", name)


def matches(when, line):
    """Whether a line meets a condition; several attributes in one condition must all hold."""
    if not all(matches(part, line) for part in when.get("all", [])):
        return False
    for name in ("sku", "category"):
        if name not in when:
            continue
        lists = when[name] if isinstance(when[name], dict) else {"include": when[name]}
        if "include" in lists and line.get(name) not in lists["include"]:
            return False
        if line.get(name) in lists.get("exclude", []):
            return False
    return True


# -- What a purchase is worth


def eligible_lines(purchase):
    """(line, eligible spend) of each line: amount − discount − its share of the order discount."""
    minor = 10 ** MINOR_DIGITS[purchase["currency"]]
    nets = [Fraction(str(line["amount"])) - Fraction(str(line.get("discount", "0"))) for line in purchase["lines"]]
    order_discount = Fraction(str(purchase.get("discount", "0"))) * minor
    bases = [max(Fraction(0), net) * minor for net in nets]
    whole = sum(bases)
    result, before = [], Fraction(0)
    for line, net, base in zip(purchase["lines"], nets, bases, strict=True):
        after = before + base
        share = 0
        if whole > 0:
            share = floor(order_discount * after / whole) - floor(order_discount * before / whole)
        result.append((line, net - Fraction(share, minor)))
        before = after
    return result


def eligible_spend(lines, when=None):
    """What eligible lines (those that meet the condition) come to, and never less than 0."""
    return max(Fraction(0), sum((spend for line, spend in lines if matches(when or {}, line)), Fraction(0)))


# -- A member's tier through time


class TierLife:
    """One member's climb: fed with purchases in order of time, it judges at each one and at every instant between
    them at which the programme says so."""

    def __init__(self, programme):
        self.scheme = programme.tiers
        self.levels = programme.tiers["levels"]
        self.window = programme.tiers["window"]["kind"]
        self.months = programme.tiers["window"].get("months")
        self.downgrade = programme.tiers.get("downgrade", "to-earned")
        self.zone = programme.zone
        self.index = 0
        self.since = None
        self.until = None
        self.history = [(None, self.levels[0]["id"])]  # (since, level), in order
        self.achieved = defaultdict(Fraction)  # local day → metric
        self.leaving = {}  # rolling: local day → the instant at which what was achieved on it leaves the window
        self.now = None  # the last instant that was judged
        self.judge_again = None  # rolling: n months after a one-level downgrade

    def level_at(self, ms):
        """The level whose `since` is the latest at or before the instant."""
        return [level for since, level in self.history if since is None or since <= ms][-1]

    def purchase(self, ms, spend):
        self.advance(ms)
        day = local(ms, self.zone).date()
        amount = spend if self.scheme["metric"] == "spend" else Fraction(int(spend > 0))
        if amount > 0:
            self.achieved[day] += amount
            if self.window == "rolling" and day not in self.leaving:
                self.leaving[day] = midnight(add_months(day, self.months), self.zone)
        earned = self._earned(self._metric(day))
        if earned > self.index:
            self._move(earned, ms + 1)
            if self.window == "calendar-year":
                self.until = midnight(date(day.year + 2, 1, 1), self.zone)

    def advance(self, ms):
        """Judges at every instant that is due up to and including this one."""
        while (due := self._next_judgement()) is not None and due <= ms:
            self.now = due
            self._judge(due)
        self.now = ms if self.now is None else max(self.now, ms)

    def _next_judgement(self):
        if self.now is None or self.window == "lifetime":
            return None
        if self.window == "calendar-year":
            return self.until
        instants = [*self.leaving.values(), self.judge_again]
        return min((at for at in instants if at is not None and at > self.now), default=None)

    def _judge(self, at):
        day = local(at, self.zone).date()
        if self.window == "calendar-year":
            ended = sum((amount for spent, amount in self.achieved.items() if spent.year == day.year - 1), Fraction(0))
            self._lower(self._earned(ended), at)
            self.until = midnight(date(day.year + 1, 1, 1), self.zone) if self.index > 0 else None
        elif self._lower(self._earned(self._metric(day)), at) and self.downgrade == "one-level":
            self.judge_again = midnight(add_months(day, self.months), self.zone)

    def _lower(self, earned, at):
        if earned >= self.index or self.downgrade == "never":
            return False
        self._move(self.index - 1 if self.downgrade == "one-level" else earned, at)
        return True

    def _move(self, index, since):
        self.index, self.since = index, since
        self.history.append((since, self.levels[index]["id"]))

    def _metric(self, day):
        """What counts on a local day: of the whole life, of its year, or of the days that have not left the window."""
        return sum((amount for spent, amount in self.achieved.items() if self._counts(spent, day)), Fraction(0))

    def _counts(self, spent, day):
        if self.window == "lifetime":
            return True
        if self.window == "calendar-year":
            return spent.year == day.year
        return spent <= day < add_months(spent, self.months)

    def _earned(self, metric):
        return max(index for index, level in enumerate(self.levels) if metric >= Fraction(str(level["from"])))


# -- The whole


def recompute(document, purchases, clock=None):
    """Every member's Account under a programme, after all purchases, at the instant `clock` (all of a member's own
    events lie at or before it; None: each member at their own last purchase). Purchases are given in order of time; the
    same (source, id) again is ignored."""
    programme = Programme(document)
    by_member, seen = defaultdict(list), set()
    for purchase in purchases:
        if purchase["type"] != "purchase.completed":
            raise NotKnown(purchase["type"])
        if (purchase["source"], purchase["id"]) not in seen:
            seen.add((purchase["source"], purchase["id"]))
            by_member[purchase["member"]["id"]].append(purchase)
    return {member: _account(programme, own, clock) for member, own in by_member.items()}


def _account(programme, purchases, clock):
    account = Account()
    clock = instant(purchases[-1]["occurredAt"]) if clock is None else clock
    tiers = TierLife(programme) if programme.tiers else None
    visits = defaultdict(int)
    last = None
    for purchase in purchases:
        occurred = instant(purchase["occurredAt"])
        if occurred > clock or (last is not None and occurred < last):
            raise NotKnown("a purchase after the final clock, or before the member's last one")
        last = occurred
        if occurred < programme.effective_from or purchase["currency"] not in programme.currencies:
            continue
        if tiers:
            tiers.advance(occurred)
        level = tiers.level_at(occurred) if tiers else None
        lines = eligible_lines(purchase)
        awards = _awards(programme, lines, level, visits)
        if tiers:
            tiers.purchase(occurred, eligible_spend(lines))
        for rule, points in awards.items():
            account.awards[purchase["id"], rule] = points
        _open_lot(account, programme, purchase, occurred, sum(awards.values()), clock)
    if tiers:
        tiers.advance(clock)
        account.tier = Tier(tiers.levels[tiers.index]["id"], tiers.since, tiers.until)
    return account


def _awards(programme, lines, level, visits):
    """Rule → points that a purchase of these lines earns; rules that give nothing are left out."""
    awards, multiplied = {}, 0
    for rule in programme.rules:
        spend = eligible_spend(lines, rule.get("when"))
        if rule["kind"] == "spend":
            points = programme.round(Fraction(str(rule["points"])) * spend / Fraction(str(rule["per"])))
            multiplied += points
        else:
            visits[rule["id"]] += spend > 0
            points = rule["points"] if spend > 0 and visits[rule["id"]] % rule["every"] == 0 else 0
        if points:
            awards[rule["id"]] = points
    if level is not None:
        points = programme.round((programme.factor(level) - 1) * multiplied)
        if points:
            awards["tier"] = points
    return awards


def _open_lot(account, programme, purchase, occurred, points, clock):
    if points == 0:
        return
    pending_until = days_later(occurred, programme.pending_days, programme.zone)
    expires_at = None
    if programme.expiry_months is not None:
        expires_at = months_later(occurred, programme.expiry_months, programme.zone)
    account.issued += points
    if clock < pending_until:
        lot = Lot(points, 0, pending_until, expires_at)
    elif expires_at is not None and clock >= max(expires_at, pending_until):
        account.expired += points
        return
    else:
        lot = Lot(0, points, pending_until, expires_at)
    account.pending += lot.pending
    account.available += lot.available
    account.lots[f"{purchase['source']}:{purchase['id']}"] = lot


def read_purchases(documents):
    """Purchases out of NDJSON lines; amounts that stand as JSON numbers are read from their digits."""
    return [json.loads(document, parse_float=Fraction) for document in documents]
