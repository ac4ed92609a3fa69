"""A member's tier through time."""

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

from .dates import add_months, local_day, midnight

METRICS = ("spend", "points", "basePoints", "visits", "activities")
# Months of the periods that windows count by.
PERIODS = {"calendar-year": 12, "calendar-quarter": 3, "anniversary": 12}


class TierLife:
    """One member's climb: fed in order of time, it judges at each thing that counts and at every instant between them
    at which the programme says so."""

    def __init__(self, programme):
        self.scheme = programme.tiers
        assert self.scheme["metric"] in METRICS
        self.levels = self.scheme["levels"]
        self.window = self.scheme["window"]["kind"]
        self.months = self.scheme["window"].get("months")
        self.downgrade = self.scheme.get("downgrade", "to-earned")
        self.grace_days = self.scheme.get("graceDays", 0)
        self.zone = programme.zone
        self.index = 0
        self.since = None
        self.until = None
        self.history = [(None, self.levels[0]["id"])]  # (since, level), in order
        self.achieved = defaultdict(Fraction)  # local day → metric
        self.leaving = {}  # rolling: local day → the instant at which what was achieved on it leaves the window
        self.first_day = None  # anniversary: the first day of the member's years
        self.now = None  # the last instant that was judged
        self.judge_again = None  # rolling: n months after a one-level downgrade
        self.pinned_until = None
        self.valid_from = None  # validity: the day that the level is valid from

    @property
    def level(self):
        return self.levels[self.index]["id"]

    def level_at(self, ms):
        """The level whose `since` is the latest at or before the instant."""
        return [level for since, level in self.history if since is None or since <= ms][-1]

    # -- What counts

    def count(self, ms, amount, counted_on=None):
        """Something of the metric that happens at an instant, counted on the local day of `counted_on` (a return: of
        its purchase)."""
        self.advance(ms)
        day = local_day(ms if counted_on is None else counted_on, self.zone)
        amount = Fraction(amount)
        if amount == 0:
            return
        self.achieved[day] += amount
        if amount > 0 and self.first_day is None:
            self.first_day = day
        if amount > 0 and self.window == "rolling" and day not in self.leaving:
            self.leaving[day] = midnight(add_months(day, self.months), self.zone)
        if self.pinned_until is not None:
            return
        today = local_day(ms, self.zone)
        earned = self._earned(self._best(today))
        if earned >= self.index:
            self.judge_again = None  # earned again since the step down
        falls = earned < self.index and amount < 0 and self.scheme.get("onReversal") == "rejudge"
        if earned > self.index or falls:
            self._move(earned, ms + 1)
            self._hold_what_was_earned(today)

    def pin(self, ms, level, until):
        """Sets a level by hand, until an instant."""
        self.advance(ms)
        index = next(index for index, each in enumerate(self.levels) if each["id"] == level)
        self.pinned_until = self.until = until
        self._move(index, ms)

    def counted(self, ms):
        """What counts towards the next level at an instant: in the window, or in the running period."""
        return self._metric(local_day(ms, self.zone))

    # -- Time

    def advance(self, ms):
        """Judges at every instant that is due up to and including this one."""
        while (due := self._next_judgement()) is not None and due <= ms:
            self.now = due
            self._judge(due)
        self.now = ms if self.now is None else max(self.now, ms)

    @property
    def _has_periods(self):
        return self.window in PERIODS

    def _next_judgement(self):
        if self.pinned_until is not None:
            return self.pinned_until
        if self.now is None or self.window == "lifetime":
            return None
        if self._has_periods or self.window == "validity":
            return self.until
        instants = [*self.leaving.values(), self.judge_again]
        return min((at for at in instants if at is not None and at > self.now), default=None)

    def _judge(self, at):
        day = local_day(at, self.zone)
        if self.pinned_until is not None:
            self.pinned_until = self.until = None
            earned = self._earned(self._best(day))
            if earned != self.index:
                self._move(earned, at)
            self._hold_what_was_earned(day)
        elif self._has_periods:
            self._lower(self._earned(self._best(day)), at)
            self.until = self._end_of(day, 0) if self._may_fall else None
        elif self.window == "validity":
            earned = self._earned(self._best(day))
            if earned > self.index:
                self._move(earned, at)
            self._lower(earned, at)
            self._be_valid_from(add_months(self.valid_from, self.months))
        elif self._lower(self._earned(self._metric(day)), at) and self.downgrade == "one-level":
            self.judge_again = midnight(add_months(day, self.months), self.zone)

    def _lower(self, earned, at):
        if earned >= self.index or self.downgrade == "never":
            return False
        self._move(self.index - 1 if self.downgrade == "one-level" else earned, at)
        return True

    def _move(self, index, since):
        if index != self.index:
            self.since = since
            self.history.append((since, self.levels[index]["id"]))
        self.index = index

    # -- Periods

    @property
    def _may_fall(self):
        return self.index > 0 and self.downgrade != "never"

    def _hold_what_was_earned(self, day):
        """A level earned by this period's activity holds through the next one; by the last one's, through this."""
        if self._has_periods:
            by_this = self._earned(self._metric(day)) >= self.index
            self.until = self._end_of(day, int(by_this)) if self._may_fall else None
        elif self.window == "validity":
            today = self.valid_from is None or self._earned(self._metric(day)) >= self.index
            self._be_valid_from(day if today else self.valid_from)

    def _be_valid_from(self, day):
        """Valid through the same day so many months later, and judged when that day and the days of grace are over."""
        self.valid_from = day if self.index else None
        self.until = None
        if self._may_fall:
            over = add_months(day, self.months) + timedelta(days=1 + self.grace_days)
            self.until = midnight(over, self.zone)

    def _start_of(self, day):
        """The first day of the period that a day lies in."""
        if self.window == "calendar-year":
            return date(day.year, 1, 1)
        if self.window == "calendar-quarter":
            return date(day.year, day.month - (day.month - 1) % 3, 1)
        if self.first_day is None:
            return day
        years = day.year - self.first_day.year
        while add_months(self.first_day, 12 * years) > day:
            years -= 1
        return add_months(self.first_day, 12 * years)

    def _end_of(self, day, later):
        """The instant at which a fall at the end of a day's period, or of a later one, takes effect."""
        end = add_months(self._start_of(day), PERIODS[self.window] * (1 + later))
        if self.window == "anniversary":
            first = self.first_day or day
            years = self._start_of(day).year - first.year
            end = add_months(first, 12 * (years + 1 + later))
        return midnight(end + timedelta(days=self.grace_days), self.zone)

    def _best(self, day):
        """What counts on a day; where there are periods, the better of the one that ended last and the running one."""
        if self.window == "validity":
            return max(self._metric(day), self._valid_metric(day))
        if not self._has_periods or self.first_day is None:
            return self._metric(day)
        start = self._start_of(day)
        return max(self._metric(day), self._metric(add_months(start, -PERIODS[self.window])))

    def _valid_metric(self, day):
        """While the level is valid, what the window held on the day it is valid from; after that, what was done on the
        days after that one, through the last valid one."""
        if self.valid_from is None:
            return Fraction(0)
        last = add_months(self.valid_from, self.months)
        if day <= last:
            return self._metric(self.valid_from)
        if day > last + timedelta(days=1 + self.grace_days):
            return Fraction(0)
        return sum((amount for on, amount in self.achieved.items() if self.valid_from < on <= last), Fraction(0))

    def _metric(self, day):
        return sum((amount for spent, amount in self.achieved.items() if self._counts(spent, day)), Fraction(0))

    def _counts(self, spent, day):
        if self.window == "lifetime":
            return True
        if self._has_periods:
            return self._start_of(spent) == self._start_of(day)
        return spent <= day < add_months(spent, self.months)

    def _earned(self, metric):
        return max(
            index for index, level in enumerate(self.levels) if metric >= Fraction(str(level["from"])) or not index
        )
