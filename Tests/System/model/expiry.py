"""When points expire: the rule of one programme, or several of which the first decides."""

from datetime import date, timedelta

from .dates import add_months, day_end, days_later, local_day, midnight, month_end, months_later, year_end
from .known import NotKnown, only

FIELDS = {
    "never": "",
    "months": "months at",
    "days": "days at",
    "date": "on years",
    "inactivity": "days months",
    "first": "of",
}
MOMENTS = {"exact": lambda ms, _: ms, "dayEnd": day_end, "monthEnd": month_end, "yearEnd": year_end}


class Expiry:
    def __init__(self, document, zone):
        if document["kind"] not in FIELDS:
            raise NotKnown(f"expiry of kind {document['kind']}")
        only(document, f"kind {FIELDS[document['kind']]}", "expiry")
        self.zone = zone
        rules = document["of"] if document["kind"] == "first" else [document]
        for rule in rules:
            only(rule, f"kind {FIELDS[rule['kind']]}", "expiry")
        self.idle = next((rule for rule in rules if rule["kind"] == "inactivity"), None)
        self.fixed = [rule for rule in rules if rule["kind"] not in ("inactivity", "never")]

    def of_lot(self, earned_at):
        """When what was earned at an instant expires, if nothing follows, and until when at most activity keeps it;
        None: never, or without end."""
        ends = [self._end(rule, earned_at) for rule in self.fixed]
        latest = min(ends, default=None)
        if self.idle is None:
            return latest, None
        return min([*ends, self.kept_until(earned_at)]), latest

    def kept_until(self, at):
        """Until when an activity at an instant keeps all lots; None: it keeps none."""
        if self.idle is None:
            return None
        later = months_later if "months" in self.idle else days_later
        return later(at, self.idle.get("months", self.idle.get("days")), self.zone)

    def _end(self, rule, earned_at):
        if rule["kind"] == "date":
            return midnight(self._day(rule, earned_at) + timedelta(days=1), self.zone)
        later = months_later if rule["kind"] == "months" else days_later
        return MOMENTS[rule.get("at", "exact")](later(earned_at, rule[rule["kind"]], self.zone), self.zone)

    def _day(self, rule, earned_at):
        """The first such day that lies whole years after the day of earning, or later."""
        month, number = map(int, rule["on"].split("-"))
        least = add_months(local_day(earned_at, self.zone), 12 * rule["years"])
        days = (_day_of(year, month, number) for year in (least.year, least.year + 1))
        return next(day for day in days if day >= least)


def _day_of(year, month, number):
    """29 February is the 28th in other years."""
    try:
        return date(year, month, number)
    except ValueError:
        return date(year, month, 28)
