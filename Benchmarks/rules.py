"""What a purchase costs the points engine under a programme of 3 rules and under one of 30.

The 30 are the 3 and 27 more of every purchase kind, with conditions on lines, purchase and member, of which about two
match a basket: a shop's calendar of promotions. Cost is processor time of the whole process; entries booked are shown
beside it, since a rule that matches is booked as a movement of its own.
"""

import json
from itertools import cycle, islice

from load import processor_seconds, publish_backlog, records_out, system, wait_worked_off
from rig import console

BASE = [
    {"id": "base", "kind": "spend", "points": 1, "per": "1.00"},
    {"id": "produce", "kind": "spend", "points": 2, "per": "1.00", "when": {"category": ["produce"]}},
    {"id": "fifth-visit", "kind": "visits", "every": 5, "points": 50},
]
# Rare departments, and occasions that few baskets meet.
CONDITIONS = [
    {"category": ["seafood", "seafood-pckgd"]},
    {"category": ["floral"], "weekday": ["fri", "sat"]},
    {"any": [{"category": ["spirits"]}, {"sku": ["818980", "1082185"]}]},
    {"category": {"include": ["deli"], "exclude": ["salad bar"]}, "quantity": {"atLeast": "3"}},
    {"amount": {"atLeast": "200.00"}},
    {"time": {"from": "06:00", "until": "08:00"}, "category": ["pastry"]},
    {"all": [{"category": ["meat"]}, {"not": {"weekday": ["sat", "sun"]}}], "lineAmount": {"atLeast": "20.00"}},
    {"store": ["367"], "category": ["nutrition"]},
    {"nthPurchase": {"every": 25}},
]
KINDS = [
    {"kind": "spend", "points": 3, "per": "2.00"},
    {"kind": "product", "points": 5},
    {"kind": "threshold", "amount": "50.00", "points": 20},
]


def run():
    console.heading("Rules: the points engine under 3 and under 30 rules")
    rows, base = [], None
    for count in (3, 30):
        cost, entries = measure(programme(count))
        base = base or cost
        rows.append((count, f"{cost:.1f} µs", f"{cost / base:.2f}", f"{entries:.2f}"))
    console.table(("rules", "processor a purchase", "of the first row", "entries a purchase"), rows)


def programme(count):
    more = (
        {"id": f"promotion-{number}", **kind, "when": condition}
        for number, (kind, condition) in enumerate(zip(cycle(KINDS), cycle(CONDITIONS + CONDITIONS[:1])))
    )
    return {
        "id": "rules",
        "version": 1,
        "effectiveFrom": "2016-01-01T00:00:00-05:00",
        "name": f"{count} rules",
        "currencies": ["USD"],
        "timeZone": "America/New_York",
        "earning": BASE + list(islice(more, count - len(BASE))),
        "pending": {"days": 14},
        "expiry": {"kind": "months", "months": 6},
    }


def measure(document):
    """(processor microseconds, ledger entries) a purchase."""
    with system(programme=json.dumps(document)) as platform:
        count, _ = publish_backlog(platform)
        ingest = platform.worker("transaction-ingest", threads=1).start().wait_ready()
        wait_worked_off(ingest, "commerce.purchases", count)
        ingest.stop()
        engine = platform.worker("points-engine", threads=1).start().wait_ready()
        before = processor_seconds(engine)
        wait_worked_off(engine, "loyalty.transactions", count)
        cost = (processor_seconds(engine) - before) * 1e6 / count
        entries = records_out(engine, "loyalty.ledger") / count
        engine.stop()
        return cost, entries
