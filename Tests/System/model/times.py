"""Limits by number: how many awards a rule or multiplier gives a member, and how many purchases and activities earn.

A purchase that comes back whole gives back what it counted. A threshold that repeats awards once a multiple."""

from .dates import period
from .programme import times


def within_times(rule, points, day, counters):
    """What a rule gives within its limits by number, and of how many awards that is."""
    wanted = points // rule["points"] if rule.get("kind") == "threshold" else 1
    left = _left(times(rule.get("limits", {})), rule["id"], day, counters)
    if points <= 0 or left is None or left >= wanted:
        return points, wanted
    return (rule["points"] * left if rule.get("kind") == "threshold" else 0), left


def note_times(rule, number, day, counters, counted):
    _note(times(rule.get("limits", {})), rule["id"], number, day, counters, counted)


def programme_times(programme, lines, granted, day, counters, rating):
    """All the lines, or none where as many have earned as may."""
    if not any(points > 0 for points in granted.values()):
        return lines
    if _left(programme.times, None, day, counters) == 0:
        rating.limited += [name for name, points in lines.items() if points > 0]
        return {}
    _note(programme.times, None, 1, day, counters, rating.counted)
    return lines


def give_back(memory, counters):
    """What a purchase that came back whole had counted."""
    for key, number in memory.rating.counted:
        counters.awards[key] -= number


def _left(allowed, owner, day, counters):
    """How many awards any limit leaves; None without limits."""
    rooms = [
        number if kind == "transaction" else number - counters.awards[owner, period(day, kind)]
        for kind, number in allowed.items()
    ]
    return max(0, min(rooms)) if rooms else None


def _note(allowed, owner, number, day, counters, counted):
    for kind in allowed:
        if kind != "transaction":
            key = owner, period(day, kind)
            counters.awards[key] += number
            counted.append((key, number))
