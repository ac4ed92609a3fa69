"""Instants and the local calendar. An instant is a whole number of milliseconds since the epoch."""

import calendar
import re
from datetime import UTC, date, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant(text):
    """Milliseconds since the epoch of an RFC 3339 instant; digits beyond them are cut off."""
    text = re.sub(r"(\.\d{3})\d+", r"\1", text)
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(milliseconds=1)


def text_of(ms):
    """An instant as RFC 3339 in UTC."""
    return (EPOCH + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def local(ms, zone):
    """The wall-clock time of an instant, without its zone."""
    return (EPOCH + timedelta(milliseconds=ms)).astimezone(zone).replace(tzinfo=None)


def local_day(ms, zone):
    return local(ms, zone).date()


def at_local(wall_clock, zone):
    """The instant of a wall-clock time: one that occurs twice is the first, one that clocks skip is moved on by the gap
    (PEP 495 with fold=0)."""
    return (wall_clock.replace(tzinfo=zone, fold=0).astimezone(UTC) - EPOCH) // timedelta(milliseconds=1)


def midnight(day, zone):
    return at_local(datetime(day.year, day.month, day.day), zone)


def add_months(day, months):
    """The same day of the month, or the month's last day where it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return day.replace(year=year, month=month, day=min(day.day, calendar.monthrange(year, month)[1]))


def days_later(ms, days, zone):
    return at_local(local(ms, zone) + timedelta(days=days), zone)


def months_later(ms, months, zone):
    return at_local(add_months(local(ms, zone), months), zone)


def day_end(ms, zone):
    return midnight(local_day(ms, zone) + timedelta(days=1), zone)


def month_end(ms, zone):
    return midnight(add_months(local_day(ms, zone).replace(day=1), 1), zone)


def year_end(ms, zone):
    return midnight(date(local_day(ms, zone).year + 1, 1, 1), zone)


def period(day, kind):
    """A key that all local days of one day, week (from Monday), month, year or lifetime share."""
    match kind:
        case "day":
            return kind, day
        case "week":
            return kind, day - timedelta(days=day.weekday())
        case "month":
            return kind, day.replace(day=1)
        case "year":
            return kind, day.replace(month=1, day=1)
        case "lifetime":
            return (kind,)
    raise ValueError(kind)
