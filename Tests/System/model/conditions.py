"""Conditions (`when`) of rules and multipliers: asked of one line of one purchase by one member."""

from calendar import isleap
from dataclasses import dataclass, field
from datetime import date, time
from fractions import Fraction

from .dates import days_later, local
from .known import only

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FIELDS = (
    "all any not sku category brand quantity lineAmount store channel currency tender weekday time date amount"
    " nthPurchase tier segment member"
)


@dataclass
class Traits:
    """What a programme may know of a member. None: unknown, and a condition on it does not hold."""

    joined_at: int | None = None
    locale: str | None = None
    segments: tuple = ()
    birthday: tuple | None = None  # (month, day)


@dataclass
class Circumstances:
    """What a condition is asked about, beside the line."""

    purchase: object
    zone: object
    number: int  # of the member's purchases with eligible spend, this is the first, second …
    level: str | None = None
    traits: Traits = field(default_factory=Traits)


def check_condition(when):
    """Refuses conditions that are not known here."""
    only(when, FIELDS, "when")
    for part in [*when.get("all", []), *when.get("any", []), *([when["not"]] if "not" in when else [])]:
        check_condition(part)
    only(when.get("member", {}), "birthday joinedWithinDays locale", "member")
    only(when.get("nthPurchase", {}), "every numbers", "nthPurchase")


def holds(when, line, about):
    """Whether a line meets a condition; all of its fields must."""
    return all(_holds(name, wanted, line, about) for name, wanted in when.items())


def _holds(name, wanted, line, about):
    purchase = about.purchase
    match name:
        case "all":
            return all(holds(part, line, about) for part in wanted)
        case "any":
            return any(holds(part, line, about) for part in wanted)
        case "not":
            return not holds(wanted, line, about)
        case "sku" | "category" | "brand":
            return _listed(wanted, [getattr(line, name)])
        case "quantity":
            return _between(wanted, line.quantity)
        case "lineAmount":
            return _between(wanted, line.spend)
        case "amount":
            return _between(wanted, purchase.spend)
        case "store" | "channel" | "currency":
            return _listed(wanted, [getattr(purchase, name)])
        case "tender":
            return _listed(wanted, purchase.tenders)
        case "weekday":
            return WEEKDAYS[local(purchase.at, about.zone).weekday()] in wanted
        case "time":
            return _in_hours(wanted, local(purchase.at, about.zone).time())
        case "date":
            day = local(purchase.at, about.zone).date()
            return date.fromisoformat(wanted.get("from", "0001-01-01")) <= day <= _last_date(wanted)
        case "nthPurchase":
            return _is_nth(wanted, about.number)
        case "tier":
            return _listed(wanted, [about.level])
        case "segment":
            return _listed(wanted, about.traits.segments)
        case "member":
            return _is_member(wanted, about)
    raise ValueError(name)


def _listed(wanted, values):
    """Any of the values is included (where there is such a list), and none excluded."""
    lists = wanted if isinstance(wanted, dict) else {"include": wanted}
    known = [value for value in values if value is not None]
    if "include" in lists and not any(value in lists["include"] for value in known):
        return False
    return not any(value in lists.get("exclude", []) for value in known)


def _between(wanted, value):
    if "atLeast" in wanted and value < Fraction(str(wanted["atLeast"])):
        return False
    return "below" not in wanted or value < Fraction(str(wanted["below"]))


def _in_hours(wanted, at):
    start, end = time.fromisoformat(wanted["from"]), _end(wanted["until"])
    if end is None:
        return start <= at
    return start <= at < end if start < end else at >= start or at < end


def _end(text):
    """None: the end of the day."""
    return None if text == "24:00" else time.fromisoformat(text)


def _last_date(wanted):
    return date.fromisoformat(wanted.get("to", "9999-12-31"))


def _is_nth(wanted, number):
    return number % wanted["every"] == 0 if "every" in wanted else number in wanted["numbers"]


def _is_member(wanted, about):
    traits = about.traits
    day = local(about.purchase.at, about.zone).date()
    if "birthday" in wanted:
        if traits.birthday is None:
            return False
        month, day_of_month = traits.birthday
        if (month, day_of_month) == (2, 29) and not isleap(day.year):
            day_of_month = 28
        if day.month != month or (wanted["birthday"] == "day" and day.day != day_of_month):
            return False
    if "joinedWithinDays" in wanted:
        joined, at = traits.joined_at, about.purchase.at
        if joined is None or not joined <= at < days_later(joined, wanted["joinedWithinDays"], about.zone):
            return False
    return "locale" not in wanted or any(_speaks(traits.locale, each) for each in wanted["locale"])


def _speaks(locale, wanted):
    """The language itself or one of its regions: vi holds for vi-VN."""
    return locale is not None and (locale == wanted or locale.startswith(wanted + "-"))
