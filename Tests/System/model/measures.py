"""What a programme's tiers count of a purchase in another currency, and of an activity."""

from fractions import Fraction
from math import trunc

from .known import only
from .programme_numbers import MINOR_DIGITS, ROUNDINGS

MILLION = 10**6


def check(tiers):
    """Refuses what this model does not compute."""
    only(tiers.get("activities") or {}, "names attribute", "activities")


def spend_of(programme, currency, spend):
    """Spend as it counts: in another currency at its rate, rounded to the smallest coin of the programme's own; without
    a rate not at all. Where there are no rates it counts as it is."""
    rates, own = programme.tiers.get("rates"), programme.currencies[0]
    if rates is None or currency == own:
        return spend
    if currency not in rates:
        return Fraction(0)
    coins = 10 ** MINOR_DIGITS[own]
    rounded = ROUNDINGS[programme.tiers.get("rateRounding", "nearest")](spend * Fraction(str(rates[currency])) * coins)
    return Fraction(rounded, coins)


def spend_lost(programme, currency, whole, refunded, refund):
    """What a refund takes of it, where `refunded` has come back of the whole with it."""
    before, after = whole - (refunded - refund), whole - refunded
    return spend_of(programme, currency, before) - spend_of(programme, currency, after)


def of_activity(programme, document):
    """What an activity counts; None: nothing. Finer than a millionth is cut off."""
    counted = (programme.tiers or {}).get("activities")
    if counted is None or document["activity"] not in counted["names"]:
        return None
    if "attribute" not in counted:
        return Fraction(1)
    value = document.get("attributes", {}).get(counted["attribute"])
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        return None
    return Fraction(trunc(Fraction(str(value)) * MILLION), MILLION)
