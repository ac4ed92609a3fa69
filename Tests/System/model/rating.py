"""What a purchase or an activity earns: rules, their limits, multipliers, the programme's limits.

A member's past that earning depends on (visits, limits used, a period's spend) is kept in a `Counters`."""

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

from .conditions import Circumstances, holds
from .dates import instant, local_day, period
from .known import NotKnown
from .programme import limits
from .purchase import spend_of
from .times import note_times, programme_times, within_times

TIER = "tier"
MULTIPLIED = ("spend", "product")
MOST_HOLDERS = 2000


@dataclass
class Counters:
    """What earning remembers of a member in one programme."""

    purchases: int = 0  # with eligible spend
    visits: dict = field(default_factory=lambda: defaultdict(int))  # rule → counted towards the next award
    visit_days: dict = field(default_factory=lambda: defaultdict(int))  # (rule, local day) → purchases that stand
    visit_holders: dict = field(default_factory=dict)  # (rule, local day) → key of the purchase that its award went to
    spend: dict = field(default_factory=lambda: defaultdict(Fraction))  # (rule, period) → spend
    bonuses: dict = field(
        default_factory=lambda: defaultdict(list)
    )  # (rule, period) → [(purchase key or None, multiples)]
    used: dict = field(default_factory=lambda: defaultdict(int))  # (rule or None, period) → points
    activities: dict = field(default_factory=lambda: defaultdict(int))  # (rule, period) → times rewarded
    awards: dict = field(default_factory=lambda: defaultdict(int))  # (rule, multiplier or None, period) → awards


@dataclass
class Rating:
    """What a purchase earned, and what a return of it will need."""

    lines: dict = field(default_factory=dict)  # rule, "tier" or multiplier → points, in the order of the ledger
    bonuses: dict = field(default_factory=dict)  # the part of `lines` that is judged whole or not at all
    visits: list = field(default_factory=list)  # rules that counted this purchase
    completed: list = field(default_factory=list)  # of these the ones whose count it completed
    limited: list = field(default_factory=list)  # rules and factors of which a limit left nothing
    spends: dict = field(default_factory=dict)  # threshold rule → (period or None, spend that it saw)
    base: int = 0  # points before multipliers
    counted: list = field(default_factory=list)  # (key of `Counters.awards`, number) that it counts

    @property
    def total(self):
        return sum(self.lines.values())


# -- Purchases


def rate(programme, purchase, level, traits, counters):
    """The Rating of a purchase at a tier, noted in the counters."""
    rating = Rating()
    if purchase.spend == 0:
        return rating
    counters.purchases += 1
    about = Circumstances(purchase, programme.zone, counters.purchases, level, traits)
    day = local_day(purchase.at, programme.zone)
    granted = {}
    for rule in winners(programme, purchase, about):
        lines = matched(rule, purchase.lines, about)
        points = _bonus(rule, lines, purchase, day, counters, rating)
        if points is None:
            points = _worth(programme, rule, lines)
        asked = points
        points, number = within_times(rule, points, day, counters)
        granted[rule["id"]] = _cut(limits(rule.get("limits", {})), rule["id"], points, day, counters)
        if granted[rule["id"]] > 0:
            note_times(rule, number, day, counters, rating.counted)
        if asked > 0 == granted[rule["id"]]:
            rating.limited.append(rule["id"])
    lines = {**granted, **_multiplied(programme, purchase, about, granted, counters, rating)}
    lines = programme_times(programme, lines, granted, day, counters, rating)
    rating.lines = _within_limits(programme, lines, day, counters)
    rating.base = sum(rating.lines.get(name, 0) for name in granted)
    rating.limited += [name for name, points in lines.items() if points > 0 and name not in rating.lines]
    for rule in programme.rules:
        if rule["kind"] in ("visits", "threshold") and rule["id"] in rating.lines:
            rating.bonuses[rule["id"]] = rating.lines[rule["id"]]
    return rating


def matched(rule, lines, about):
    """The earning lines that a rule or multiplier matches."""
    return [line for line in lines if line.earns and holds(rule.get("when", {}), line, about)]


def winners(programme, purchase, about):
    """The rules that work: all that match; or of the exclusive ones that of highest priority, alone; and none after one
    that is `last`."""
    matching = []
    for rule in programme.rules:
        if rule["kind"] == "activity" or not _in_force(rule, purchase.at):
            continue
        lines = matched(rule, purchase.lines, about)
        if _quantity(lines) > 0 if rule["kind"] == "product" else spend_of(lines) > 0:
            matching.append(rule)
    exclusive = [rule for rule in matching if rule.get("exclusive")]
    if exclusive:
        return [max(exclusive, key=lambda rule: rule.get("priority", 0))]
    for index, rule in enumerate(matching):
        if rule.get("last"):
            return matching[: index + 1]
    return matching


def _in_force(rule, at):
    if "from" in rule and at < instant(rule["from"]):
        return False
    return "until" not in rule or at < instant(rule["until"])


def _quantity(lines):
    return sum((line.quantity for line in lines if line.spend > 0), Fraction(0))


def _worth(programme, rule, lines):
    """Points of a spend, product or transaction rule for some of the lines it matches."""
    if rule["kind"] == "transaction":
        return rule["points"]
    if rule["kind"] == "product":
        each = Fraction(str(rule["points"]))
        if programme.round_per_line:
            return sum(programme.round(each * line.quantity) for line in lines if line.spend > 0)
        return programme.round(each * _quantity(lines))
    if spend_of(lines) == 0:
        return 0
    rate = Fraction(str(rule["points"])) / Fraction(str(rule["per"]))
    if programme.round_per_line:
        return max(0, sum(programme.round(rate * line.spend) for line in lines))
    return programme.round(rate * spend_of(lines))


def _bonus(rule, lines, purchase, day, counters, rating):
    """Points of a visits or threshold rule; None for another kind."""
    name = rule["id"]
    if rule["kind"] == "visits":
        rating.visits.append(name)
        if rule.get("oncePerDay"):
            counters.visit_days[name, day] += 1
            if counters.visit_days[name, day] > 1:
                return 0
        counters.visits[name] += 1
        if counters.visits[name] >= rule["every"]:
            counters.visits[name] -= rule["every"]
            rating.completed.append(name)
            if rule.get("oncePerDay"):
                counters.visit_holders[name, day] = purchase.key
            return rule["points"]
        return 0
    if rule["kind"] != "threshold":
        return None
    spend = spend_of(lines)
    within = rule.get("within", "transaction")
    if within == "transaction":
        rating.spends[name] = (None, spend)
        return rule["points"] * multiples(rule, spend)
    key = name, period(day, within)
    rating.spends[name] = (key, spend)
    counters.spend[key] += spend
    due = multiples(rule, counters.spend[key]) - sum(times for _, times in counters.bonuses[key])
    if due <= 0:
        return 0
    counters.bonuses[key].append((purchase.key, due))
    _forget_names(counters.bonuses)
    return rule["points"] * due


def _forget_names(bonuses):
    """Of bonuses of periods so many purchases are known that hold them. Those of the period that began first are
    forgotten first, the older half at a time: what they hold stays theirs, whatever is returned."""
    while sum(name is not None for held in bonuses.values() for name, _ in held) > MOST_HOLDERS:
        held = next(held for held in bonuses.values() if any(name is not None for name, _ in held))
        known = sum(name is not None for name, _ in held)
        end = len(held) - known + (known + 1) // 2
        held[:end] = [(None, sum(times for _, times in held[:end]))]


def multiples(rule, spend):
    """How many times a spend earns a threshold's points."""
    times = floor(spend / Fraction(str(rule["amount"])))
    return times if rule.get("repeat") else min(1, times)


# -- Multipliers


def _multiplied(programme, purchase, about, granted, counters, rating):
    """The tier's and each multiplier's own points."""
    rules = {rule["id"]: rule for rule in programme.rules if rule["id"] in granted and rule["kind"] in MULTIPLIED}
    steps = [(TIER, programme.factor(about.level), {"id": TIER}, purchase.lines, set(rules))]
    for multiplier in programme.multipliers:
        lines = matched(multiplier, purchase.lines, about)
        chosen = set(rules) & set(multiplier.get("rules", rules))
        if _in_force(multiplier, purchase.at) and lines:
            steps.append((multiplier["id"], Fraction(str(multiplier["factor"])), multiplier, lines, chosen))

    def own(lines, chosen):
        """What the chosen rules give on some lines alone."""
        total = 0
        for name in chosen:
            on_lines = [line for line in lines if line.earns and holds(rules[name].get("when", {}), line, about)]
            total += min(granted[name], _worth(programme, rules[name], on_lines))
        return total

    exclusive = [step for step in steps if step[2].get("exclusive") and own(step[3], step[4]) > 0]
    if exclusive:
        steps = [max(exclusive, key=lambda step: step[2].get("priority", 0))]

    day = local_day(purchase.at, programme.zone)
    used_up = {
        step[0] for step in steps if own(step[3], step[4]) > 0 and within_times(step[2], 1, day, counters)[1] == 0
    }
    for step in steps:
        if own(step[3], step[4]) > 0 and step[0] not in used_up:
            note_times(step[2], 1, day, counters, rating.counted)

    def gives(index, lines, chosen, whatever=False):
        """What one step adds on some lines, for some rules, on top of the steps before it. One that is used up adds
        nothing, `whatever` it would."""
        if steps[index][0] in used_up and not whatever:
            return 0
        _, factor, multiplier, its_lines, its_rules = steps[index]
        lines = [line for line in its_lines if any(line is other for other in lines)]
        chosen = chosen & its_rules
        stands = own(lines, chosen)
        if multiplier.get("combine", "compound") == "compound":
            stands += sum(gives(earlier, lines, chosen) for earlier in range(index))
        # Factors that add may take off more than there is; what is below nothing is not multiplied.
        return programme.round((factor - 1) * max(0, stands))

    net, given = own(purchase.lines, set(rules)), {}
    for index, step in enumerate(steps):
        # Factors below 1 take off no more than there is.
        given[step[0]] = max(gives(index, purchase.lines, set(rules)), -net)
        net += given[step[0]]
        if step[0] in used_up and gives(index, purchase.lines, set(rules), whatever=True) > 0:
            rating.limited.append(step[0])
    return given


# -- Limits


def _periods(limit_kind, day):
    return None if limit_kind == "transaction" else period(day, limit_kind)


def _room(allowed, owner, day, counters):
    """The least that any limit leaves; None without limits."""
    rooms = [
        points if kind == "transaction" else points - counters.used[owner, period(day, kind)]
        for kind, points in allowed.items()
    ]
    return max(0, min(rooms)) if rooms else None


def _use(allowed, owner, points, day, counters):
    for kind in allowed:
        if kind != "transaction":
            counters.used[owner, period(day, kind)] += points


def _cut(allowed, owner, points, day, counters):
    room = _room(allowed, owner, day, counters)
    points = points if room is None else min(points, room)
    _use(allowed, owner, points, day, counters)
    return points


def _within_limits(programme, lines, day, counters):
    """The lines, cut from the last backwards where they come to more than the programme's limits leave."""
    lines = dict(lines)
    room = _room(programme.limits, None, day, counters)
    if room is not None:
        over = sum(lines.values()) - room
        for name in reversed(list(lines)):
            if over > 0 and lines[name] > 0:
                cut = min(over, lines[name])
                lines[name] -= cut
                over -= cut
        _use(programme.limits, None, sum(lines.values()), day, counters)
    return {name: points for name, points in lines.items() if points}


# -- Activities


@dataclass(frozen=True)
class Moment:
    """What a condition on an activity may ask of it: when it was. It has no lines, store or tender."""

    at: int
    spend: Fraction = Fraction(0)
    tenders: tuple = ()
    store: str | None = None
    channel: str | None = None
    currency: str | None = None


def rate_activity(programme, activity, level, traits, counters):
    """Rule → points of an activity document at a tier, and the rules of which a limit left nothing."""
    at = instant(activity["occurredAt"])
    day = local_day(at, programme.zone)
    about = Circumstances(Moment(at), programme.zone, 0, level, traits)
    granted, limited = {}, []
    for rule in programme.rules:
        if rule["kind"] != "activity" or rule["activity"] != activity["activity"] or not _in_force(rule, at):
            continue
        if rule.get("exclusive") or rule.get("last"):
            raise NotKnown("exclusive or last on an activity")
        if not holds(rule.get("when", {}), None, about):
            continue
        limit = rule.get("limit")
        key = (rule["id"], period(day, limit["per"])) if limit else None
        if limit and counters.activities[key] >= limit["times"]:
            continue
        points = _activity_points(programme, rule, activity.get("attributes", {}))
        if points is None:
            continue
        if limit:
            counters.activities[key] += 1
        asked = points
        points, number = within_times(rule, points, day, counters)
        granted[rule["id"]] = _cut(limits(rule.get("limits", {})), rule["id"], points, day, counters)
        if granted[rule["id"]] > 0:
            note_times(rule, number, day, counters, [])
        if asked > 0 == granted[rule["id"]]:
            limited.append(rule["id"])
    rating = Rating()
    lines = programme_times(programme, granted, granted, day, counters, rating)
    limited += rating.limited
    lines = _within_limits(programme, lines, day, counters)
    limited += [name for name, points in granted.items() if points > 0 and name not in lines]
    return lines, limited


def _activity_points(programme, rule, attributes):
    if "formula" not in rule:
        return rule["points"]
    formula = rule["formula"]
    value = attributes.get(formula["attribute"])
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        return None
    exact = Fraction(str(formula["factor"])) * Fraction(str(value)) + Fraction(str(formula.get("plus", "0")))
    return max(0, programme.round(exact))
