"""A programme document, read for what this model knows. Anything else in it raises NotKnown, so that a comparison can
never pass by skipping something."""

from collections import defaultdict
from fractions import Fraction
from zoneinfo import ZoneInfo

from .conditions import check_condition
from .dates import days_later, instant
from .expiry import Expiry
from .known import NotKnown, only
from .measures import check as check_measures
from .programme_numbers import ROUNDINGS

FIELDS = (
    "id version effectiveFrom name status currencies timeZone locales rounding roundPer earning multipliers campaigns"
    " limits pending expiry returns redemption transfer closing tiers names messages"
)
RULE_FIELDS = {
    "spend": "points per",
    "product": "points",
    "visits": "every points oncePerDay",
    "transaction": "points",
    "activity": "activity points formula limit",
    "threshold": "amount points within repeat",
}
COMMON_RULE_FIELDS = "id kind when exclusive priority last from until limits campaign names"
LIMITS = {
    "pointsPerTransaction": "transaction",
    "pointsPerDay": "day",
    "pointsPerWeek": "week",
    "pointsPerMonth": "month",
    "pointsPerYear": "year",
    "pointsLifetime": "lifetime",
}
TIMES = {name.replace("points", "times"): period for name, period in LIMITS.items()}


class Programme:
    """One version of a programme."""

    def __init__(self, document):
        only(document, FIELDS, "programme")
        if document.get("status", "active") != "active":
            raise NotKnown("a programme that is not active")
        self.id = document["id"]
        self.version = document.get("version", 1)
        self.effective_from = instant(document["effectiveFrom"])
        self.currencies = document["currencies"]
        self.zone = ZoneInfo(document["timeZone"])
        self.round = ROUNDINGS[document.get("rounding", "down")]
        self.round_per_line = document.get("roundPer", "transaction") == "line"
        self.rules = [_rule(rule) for rule in document["earning"]]
        self.multipliers = [_multiplier(multiplier) for multiplier in document.get("multipliers", [])]
        self.campaigns = {campaign["id"]: campaign["budget"] for campaign in document.get("campaigns", [])}
        self.limits = limits(document.get("limits", {}))
        self.times = times(document.get("limits", {}))
        pending = document.get("pending", {"days": 0})
        only(pending, "days", "pending")
        self.pending_days = pending["days"]
        self.expiry = Expiry(document.get("expiry", {"kind": "never"}), self.zone)
        returns = document.get("returns", {})
        only(returns, "overdraw waitDays graceDays", "returns")
        self.may_owe = returns.get("overdraw", "clamp") == "negative"
        self.wait_days = returns.get("waitDays", 30)
        self.grace_days = returns.get("graceDays", 30)
        redemption = document.get("redemption", {})
        only(redemption, "minimumPoints pointsPerUnit unitValue", "redemption")
        self.minimum_redemption = redemption.get("minimumPoints", 0)
        self.transfer = document.get("transfer")
        only(self.transfer or {}, "minimumPoints pointsPerDay pointsPerMonth", "transfer")
        self.closing_days = document.get("closing", {}).get("graceDays", 30)
        self.tiers = document.get("tiers")
        if self.tiers:
            only(
                self.tiers, "metric activities rates rateRounding window downgrade graceDays onReversal levels", "tiers"
            )
            check_measures(self.tiers)
            only(self.tiers["window"], "kind months", "window")
            for level in self.tiers["levels"]:
                only(level, "id from factor names", "level")

    def factor(self, level):
        """What a level multiplies by; 1 where there are no tiers."""
        if level is None:
            return Fraction(1)
        return next(Fraction(str(entry.get("factor", "1"))) for entry in self.tiers["levels"] if entry["id"] == level)

    def pending_until(self, earned_at):
        return days_later(earned_at, self.pending_days, self.zone)


class Programmes:
    """All versions of all programmes."""

    def __init__(self, documents):
        self.versions = defaultdict(list)
        for document in documents:
            self.versions[document["id"]].append(Programme(document))
        for versions in self.versions.values():
            versions.sort(key=lambda programme: programme.effective_from)

    def at(self, program_id, ms):
        """The version in force at an instant, None before the first."""
        return next((each for each in reversed(self.versions[program_id]) if each.effective_from <= ms), None)


def _rule(rule):
    if rule["kind"] not in RULE_FIELDS:
        raise NotKnown(f"earning kind {rule['kind']}")
    only(rule, f"{COMMON_RULE_FIELDS} {RULE_FIELDS[rule['kind']]}", f"rule {rule['id']}")
    check_condition(rule.get("when", {}))
    limits(rule.get("limits", {}))
    return rule


def _multiplier(multiplier):
    only(multiplier, "id factor when rules from until combine exclusive priority campaign limits names", "multiplier")
    check_condition(multiplier.get("when", {}))
    if limits(multiplier.get("limits", {})):
        raise NotKnown("a multiplier limited by points")
    return multiplier


def limits(document):
    """Kind of period → points."""
    only(document, " ".join([*LIMITS, *TIMES]), "limits")
    return {LIMITS[name]: points for name, points in document.items() if name in LIMITS}


def times(document):
    """Kind of period → number of awards."""
    return {TIMES[name]: number for name, number in document.items() if name in TIMES}
