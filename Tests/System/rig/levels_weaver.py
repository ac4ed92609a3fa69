"""Woven histories in which tiers have something to count besides: flights with miles, some of them taken back, and
baskets paid in several currencies, one of them without a rate."""

import json

from .programmes import OWN
from .returns_weaver import ReturnsWeave

CURRENCIES = ("EUR", "EUR", "KWD", "GBP")
# In how many of a hundred cases.
ABROAD = 30
FLOWN = 60
MILES = (120, 250, 480.25, 800, 1500, 0.1234567, -300)


def level_programmes():
    """Programmes with quarters, levels that are valid for some months, activities and rates."""
    return [json.loads(file.read_text("utf-8")) for file in sorted((OWN / "levels").glob("*.json"))]


class LevelsWeave(ReturnsWeave):
    def _dress(self, basket):
        super()._dress(basket)
        if self._chance(ABROAD):
            basket["currency"] = self.random.choice(CURRENCIES)

    def _activity(self, member, at):
        document = super()._activity(member, at)
        if self._chance(FLOWN):
            document["activity"] = self.random.choice(("flight.flown", "flight.flown", "stay.completed"))
            document["attributes"] = {"miles": self.random.choice(MILES)}
            if self._chance(5):
                document["attributes"] = {"miles": "many"}
        return document
