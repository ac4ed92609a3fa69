"""What the documents of pools decide, from docs/rewards.md: whether codes can be guessed, and from when until when a
voucher is good."""

import re
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from . import dates

STANDARD = 31
EACH = 1_000_000_000


def drawn(pattern):
    """Characters that are drawn: the # of each part but its last."""
    return sum(len(part) - 1 for part in pattern.split("-") if set(part) == {"#"})


def guessable(pool):
    """The sentence by which an own pool is refused, or None."""
    letters = len(pool.get("alphabet", "0" * STANDARD))
    possible, live = letters ** drawn(pool["pattern"]), pool["codesMax"]
    if possible // live >= EACH:
        return None
    needed = next(count for count in range(1, 200) if letters**count >= live * EACH)
    other = f", or set codesMax to {possible // EACH}" if possible >= EACH else ""
    return (
        f"$.pattern can be guessed: {possible} codes for {live} live ones are {possible // live} each, below {EACH}. "
        f"Draw {needed} characters, not {drawn(pool['pattern'])} (# less one a part){other}"
    )


def pattern_is_one(text):
    """Parts between hyphens: of 3 to 12 #, or of digits and capitals; one of # at least, 40 characters at most."""
    parts = text.split("-")
    if not all(re.fullmatch(r"#{3,12}|[0-9A-Z]+", part) for part in parts):
        return False
    return any("#" in part for part in parts) and sum(map(len, parts)) <= 40


def span(pool, issued):
    """From and until, in milliseconds."""
    zone = ZoneInfo(pool["timeZone"])
    first = dates.local_day(issued, zone) + timedelta(days=pool.get("activeAfterDays", 0))
    last = (
        first + timedelta(days=pool["validForDays"])
        if "validForDays" in pool
        else date.fromisoformat(pool["validUntil"])
    )
    start = dates.midnight(first, zone) if pool.get("activeAfterDays") else issued
    return start, dates.midnight(last + timedelta(days=1), zone)
