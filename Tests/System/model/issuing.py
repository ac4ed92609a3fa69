"""Vouchers that rules of programmes issue, worked out from docs/programme.md: once a rule, member and period."""

from calendar import isleap
from datetime import date, timedelta


def period(per, day):
    """The first day of the period that a day lies in."""
    if per == "lifetime":
        return date(1970, 1, 1)
    if per == "week":
        return day - timedelta(days=day.weekday())
    return {"day": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}[per]


def birthday(month, day, year):
    return date(year, month, 28 if (month, day) == (2, 29) and not isleap(year) else day)


def happens(on, event):
    """Whether what a rule waits for came about: `("level", now)`, `("points", before, after)`, `("birthday",)`."""
    kind, value = on
    if kind != event[0]:
        return False
    if kind == "points":
        return event[1] < value <= event[2]
    return kind == "birthday" or event[1] == value


class Issuer:
    """One member under one rule."""

    def __init__(self, programme, rule, on, per):
        self.name, self.on, self.per, self.last = f"{programme}/{rule}", on, per, None

    def take(self, event, day):
        """The id of what is issued, or nothing."""
        if not happens(self.on, event):
            return None
        first = period(self.per, day)
        if self.last is not None and first <= self.last:
            return None
        self.last = first
        return f"{self.name}/{'once' if self.per == 'lifetime' else first.isoformat()}"
