"""What the topics say after a woven history, beside what the model says of every member in every programme."""

from collections import Counter, defaultdict
from fractions import Fraction

from model import instant

from .books import Books, Snapshot

AWARDS = {"points.earned", "points.reduced", "points.corrected"}
# Of reversals the total is compared: a tier change that becomes known after a return shifts them between causes.
MOVES = {
    "points.redeemed": "redeemed",
    "points.redemption-cancelled": "redemption-cancelled",
    "points.adjusted": "adjusted",
    "points.transferred-out": "transferred-out",
    "points.transferred-in": "transferred-in",
    "points.transfer-returned": "transfer-returned",
}
DAY_MS = 86_400_000
# How long after its last event a statement is read; none of the woven members has as many days as a statement sums up.
DAYS_AHEAD = (0, 1, 30, 61, 62, 92, 200, 365, 366, 700)
TOTALS = ("issued", "redeemed", "expired", "reversed", "adjusted", "transferred")


def findings(platform, world):
    """Sentences on every member for whom the topics and the model disagree, or whose books disagree in themselves."""
    snapshot = Snapshot(platform)
    return [
        f"{program_id}: {sentence}"
        for program_id in world.programmes.versions
        for sentence in Comparison(Books(snapshot, program_id), world, program_id).sentences()
    ]


class Comparison:
    """One programme."""

    def __init__(self, books, world, program_id):
        self.books = books
        self.world = world
        self.program_id = program_id
        self.entries = defaultdict(list)
        for entry in books.entries:
            self.entries[entry["memberId"]].append(entry)
        self.lots = books.lots()

    def sentences(self):
        found = self.books.contradictions()
        for name, member in self.world.members.items():
            account = member.accounts.get(self.program_id)
            if account is not None:
                found += [f"{name}: {sentence}" for sentence in self._of(name, account)]
        known = {name for name, member in self.world.members.items() if self.program_id in member.accounts}
        return found + [f"{name}: has entries, and none are expected" for name in self.entries.keys() - known]

    def _of(self, name, account):
        entries, held = self.entries[name], account.holdings
        yield from _unlike("balances", self._balances(name), {"pending": held.pending, "available": held.available})
        expected_totals, expected_moves = _expected(account, moves(entries))
        yield from _unlike("totals", totals(entries), expected_totals)
        yield from _unlike("moves", moves(entries), expected_moves)
        yield from _unlike("refused", {cause: 1 for cause in refused(entries)}, {cause: 1 for cause in account.refused})
        # Where tiers matter a purchase may be rated again, and what is told of the first rating stays.
        if self.world.programmes.versions[self.program_id][-1].tiers is None:
            yield from _unlike("limited", dict.fromkeys(limited(entries), 1), dict.fromkeys(account.limited, 1))
        yield from _unlike("lots", self._lots(name), expected_lots(held))
        tiers = self.world.tier(name, self.program_id)
        if tiers is not None:
            yield from _unlike("tier", self._tier(name, tiers), _expected_tier(tiers))
            for what, told in self._told_progress(name):
                if tiers.now is not None:
                    yield from _unlike(what, _progress(told, tiers.now), _expected_progress(told, tiers))

    def _told_progress(self, name):
        """Where progress is told: beside the tier, and on the account."""
        account = self.books.accounts.get(name, {})
        for what, told in (("tier", self.books.tiers.get(name)), ("account", account.get("tier"))):
            if told is not None:
                yield f"{what}'s progress", told

    def _balances(self, name):
        account = self.books.accounts.get(name)
        return account["balances"] if account else {"pending": 0, "available": 0}

    def _lots(self, name):
        """(pending until, expires at) → points, pending ones apart from available ones."""
        held = Counter()
        for lot in self.lots.get(name, {}).values():
            held["pending", lot["pendingUntil"], lot["expiresAt"]] += lot["pending"]
            held["available", None, lot["expiresAt"]] += lot["available"]
        return +held

    def _tier(self, name, tiers):
        tier = self.books.tiers.get(name)
        if tier is None:
            return {"level": tiers.levels[0]["id"], "since": None, "until": None}
        since, until = (instant(tier[field]) if field in tier else None for field in ("since", "until"))
        return {"level": tier["level"], "since": since, "until": until}


def moves(entries):
    """(what, cause, rule) → points, in how many steps and out of which lots left aside."""
    net = Counter()
    for entry in entries:
        sign = -1 if entry.get("credit") in ("program:issued", "program:adjusted") else 1
        if entry["type"] in AWARDS and "program:issued" in (entry["debit"], entry["credit"]):
            net["earned", entry["cause"], entry["rule"]] += sign * entry["points"]
        elif entry["type"] in MOVES:
            net[MOVES[entry["type"]], entry["cause"], None] += sign * entry["points"]
    return {key: points for key, points in net.items() if points}


def _expected(account, ours):
    """Totals and moves. What a campaign gave late, or not at all, to purchases that have come back whole was not to be
    taken back either."""
    expected_totals = {each: getattr(account.holdings.totals, each) for each in TOTALS}
    expected_moves = {key: points for key, points in account.log.items() if points and key[0] != "reversed"}
    for (cause, rule), points in account.left_to_campaigns().items():
        key = "earned", cause, rule
        spared = points - ours.get(key, 0)
        if 0 < spared <= points:
            expected_moves[key] -= spared
            expected_totals["issued"] -= spared
            expected_totals["reversed"] -= spared
    return expected_totals, {key: points for key, points in expected_moves.items() if points}


def refused(entries):
    return {entry["cause"] for entry in entries if entry["type"].endswith("refused") and not _is_limited(entry)}


def limited(entries):
    """(cause, rule) of which a limit left nothing."""
    return {(entry["cause"], entry["rule"]) for entry in entries if _is_limited(entry)}


def _is_limited(entry):
    return entry.get("reason") == "limit-reached"


def totals(entries):
    net = Counter()
    for entry in entries:
        for side, sign in (("debit", -1), ("credit", 1)):
            net[entry.get(side)] += sign * entry["points"]
    accounts = {each: net[f"program:{each}"] for each in TOTALS}
    return accounts | {"issued": -net["program:issued"], "transferred": net["program:transfer"]}


def expected_lots(held):
    expected = Counter()
    for lot in held.lots:
        # What only a freeze keeps pending has no instant of release.
        pending_until = lot.pending_until if lot.pending_until > lot.earned_at else None
        expires_at = held.postponed(lot)
        expected["pending", pending_until, expires_at] += lot.pending
        expected["available", None, expires_at] += lot.available
    return +expected


def _expected_tier(tiers):
    return {"level": tiers.level, "since": tiers.since, "until": tiers.until}


def progress_at(progress, ms):
    """What counts at an instant, read as the topics' pages say: what counted, less what has left by then."""
    left = (Fraction(leave["amount"]) for leave in progress["leaves"] if instant(leave["at"]) <= ms)
    return Fraction(progress["counted"]) - sum(left)


def _progress(told, now):
    """Day by day into the future, from now on."""
    found = {day: progress_at(told["progress"], now + day * DAY_MS) for day in DAYS_AHEAD}
    return found | {"missing": Fraction(told["next"]["missing"]) if "next" in told else None}


def _expected_progress(told, tiers):
    expected = {day: tiers.counted(tiers.now + day * DAY_MS) for day in DAYS_AHEAD}
    if "next" not in told:
        return expected | {"missing": None}
    return expected | {"missing": max(Fraction(0), Fraction(told["next"]["from"]) - expected[0])}


def _unlike(what, ours, theirs):
    keys = [key for key in {**theirs, **ours} if ours.get(key) != theirs.get(key)]
    if keys:
        parts = [f"{key}: topics {ours.get(key)}, model {theirs.get(key)}" for key in keys[:4]]
        yield f"{what}: " + "; ".join(parts) + (f"; and {len(keys) - 4} more" if len(keys) > 4 else "")
