"""The programmes that woven histories run under: the owner's examples, told in the words, the currency and the year of
the real baskets, and a few more, so that together they use every rule kind, condition, limit, expiry and tier."""

import json

from .worker import ROOT

EXAMPLES = ROOT / "topics" / "examples"
# `drawer` has all that is left in the drawer: no shop would run it. `market` comes in two versions.
OWN = ROOT / "Tests" / "System" / "programmes"
# The examples' words → categories and articles that the real baskets know.
WORDS = {
    "coffee": {"coffee": "pastry", "tea": "deli", "beans": "produce"},
    "supermarket": {},
    "fashion": {"outlet": "drug gm"},
    "hotel": {"room": "produce", "restaurant": "deli", "spa": "pastry"},
    "airline": {"flight": "grocery", "room": "produce", "FARE-J": "1029743", "SGN-DAD": "1082185", "DAD-SGN": "995242"},
    "membership": {},
    "cashback": {},
}
# Half a year of small baskets reaches these.
LEVELS = {
    "fashion": ("0", "150", "600"),
    "hotel": ("0", "2", "6"),
    "airline": ("0", "300", "1200"),
    "membership": ("0", "400"),
}
# And leaves these.
WINDOWS = {"airline": {"kind": "rolling", "months": 2}, "membership": {"kind": "rolling", "months": 3}}
MINIMUM = {
    "hotel": 300,
    "airline": 50,
    "cashback": 100,
    "coffee": 50,
    "supermarket": 20,
    "fashion": 50,
    "membership": 20,
}


def example(name):
    """The owner's document as it stands."""
    return json.loads((EXAMPLES / f"{name}.json").read_text("utf-8"))


def translated(name):
    """An example for the real baskets of 2017."""
    document = json.loads((EXAMPLES / f"{name}.json").read_text("utf-8").replace("2026-", "2017-"))
    for part in document["earning"] + document.get("multipliers", []):
        part["when"] = _in_our_words(part.get("when", {}), WORDS[name])
        if not part["when"]:
            del part["when"]
    document["currencies"] = ["USD"]
    document["effectiveFrom"] = "2016-12-31T00:00:00Z"
    for rule in document["earning"]:
        if rule.get("per") == "1000":
            rule["per"] = "0.10"
    document["redemption"] = {"minimumPoints": MINIMUM[name]}
    if name in LEVELS:
        for level, start in zip(document["tiers"]["levels"], LEVELS[name], strict=True):
            level["from"] = start
    if name in WINDOWS:
        document["tiers"]["window"] = WINDOWS[name]
    if "transfer" in document:
        document["transfer"] = {"minimumPoints": 20, "pointsPerDay": 5000, "pointsPerMonth": 8000}
    return document


def _in_our_words(value, words):
    if isinstance(value, dict):
        return {key: _in_our_words(each, words) for key, each in value.items()}
    if isinstance(value, list):
        return [_in_our_words(each, words) for each in value]
    return words.get(value, value) if isinstance(value, str) else value


def all_programmes():
    """Every programme of the history that release 0.1.0 was recorded with, several versions of one among them."""
    return [example("journey"), *(translated(name) for name in WORDS), *_own(OWN)]


def woven_programmes():
    """The same and those that came after the release whose history is kept: each has a field that it does not read."""
    return [*all_programmes(), *_own(OWN / "later")]


def _own(folder):
    return [json.loads(file.read_text("utf-8")) for file in sorted(folder.glob("*.json"))]
