"""The model's quarters, validity, activities and rates against cases worked out by hand."""

from datetime import date
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from model import World, instant
from model.dates import midnight
from model.measures import of_activity, spend_lost, spend_of
from model.programme import Programme
from test_model import level_and_since, life, programme, purchase, tiers

NEW_YORK = ZoneInfo("America/New_York")


def on(year, month, day):
    return midnight(date(year, month, day), NEW_YORK)


def noon(text):
    return instant(f"{text}T12:00:00-05:00")


def valid(**fields):
    return life(tiers({"kind": "validity", "months": 12}, "to-earned") | fields)


def test_a_quarters_level_holds_through_the_next_one():
    member = life(tiers({"kind": "calendar-quarter"}))
    member.count(noon("2017-03-31"), Fraction(200))
    member.count(noon("2017-04-01"), Fraction(200))
    assert member.level == "member"
    member.count(noon("2017-06-30"), Fraction(100))
    assert member.level == "silver" and member.until == on(2017, 10, 1)
    member.advance(on(2017, 10, 1))
    assert level_and_since(member) == ("member", on(2017, 10, 1))


def test_a_level_is_valid_through_the_same_day_and_the_day_that_reached_it_keeps_nothing():
    member = valid()
    member.count(noon("2017-05-10"), Fraction(300))
    member.count(noon("2017-05-10"), Fraction(300))
    assert member.until == on(2018, 5, 11)
    member.advance(on(2018, 5, 11) - 1)
    assert member.level == "silver"
    member.advance(on(2018, 5, 11))
    assert level_and_since(member) == ("member", on(2018, 5, 11))


@pytest.mark.parametrize("day", ["2017-05-11", "2018-05-10"])
def test_a_level_is_kept_by_its_first_and_its_last_day_and_the_next_span_begins_where_it_ended(day):
    member = valid()
    member.count(noon("2017-05-10"), Fraction(300))
    member.count(noon(day), Fraction(300))
    member.advance(on(2018, 6, 1))
    assert member.level == "silver" and member.until == on(2019, 5, 11)


def test_a_level_above_begins_a_span_of_its_own():
    member = life(tiers({"kind": "validity", "months": 12}))
    member.count(noon("2017-05-10"), Fraction(300))
    member.count(noon("2017-08-01"), Fraction(700))
    assert member.level == "gold" and member.until == on(2018, 8, 2)
    member.advance(on(2018, 8, 2))
    assert member.level == "silver" and member.until == on(2019, 8, 2)


def test_a_return_leaves_a_level_that_stands_on_what_reached_it():
    member = valid(onReversal="rejudge")
    member.count(noon("2017-01-10"), Fraction(200))
    member.count(noon("2017-05-10"), Fraction(100))
    member.count(noon("2017-06-01"), Fraction(20))
    member.count(noon("2018-03-01"), Fraction(-20), counted_on=noon("2017-06-01"))
    assert member.level == "silver"
    member.count(noon("2018-03-02"), Fraction(-1), counted_on=noon("2017-01-10"))
    assert member.level == "member"


def test_days_of_grace_follow_the_span_and_the_last_months_count_in_them():
    member = valid(graceDays=10)
    member.count(noon("2017-05-10"), Fraction(300))
    assert member.until == on(2018, 5, 21)
    member.count(noon("2018-05-11"), Fraction(300))
    member.advance(on(2018, 5, 21))
    assert member.level == "silver" and member.until == on(2019, 5, 21)


# -- Activities


def flights(**fields):
    scheme = tiers({"kind": "lifetime"}, metric="activities")
    return programme(tiers=scheme | {"activities": {"names": ["flight.flown"], **fields}})


def flight(value, name="flight.flown"):
    return {
        "type": "activity",
        "id": f"F-{value}-{name}",
        "memberId": "M-1",
        "occurredAt": "2017-02-01T10:00:00-05:00",
        "source": "app",
        "activity": name,
        "attributes": {"miles": value},
    }


@pytest.mark.parametrize(
    ("value", "counted"),
    [(750, 750), (0.0000019, Fraction(1, 10**6)), (-0.0000019, -Fraction(1, 10**6)), ("750", None), (True, None)],
)
def test_an_attribute_counts_to_a_millionth(value, counted):
    assert of_activity(Programme(flights(attribute="miles")), flight(value)) == counted


def test_without_an_attribute_each_activity_counts_one():
    assert of_activity(Programme(flights()), flight("many")) == 1
    assert of_activity(Programme(flights()), flight(1, "flight.booked")) is None


def test_activities_lift_a_level_with_no_rule_for_them_and_purchases_do_not():
    world = World([flights(attribute="miles")])
    world.feed(purchase(1, "2017-02-01T09:00:00-05:00", "5000.00"))
    world.feed(flight(299.5))
    assert world.tier("M-1", "p").level == "member"
    world.feed(flight(0.5))
    assert world.tier("M-1", "p").level == "silver"


# -- Currencies


def in_euros(rate="1.0333", **fields):
    scheme = tiers({"kind": "lifetime"}) | {"rates": {"EUR": rate}} | fields
    return programme(currencies=["USD", "EUR", "GBP"], tiers=scheme)


@pytest.mark.parametrize(("rounding", "cents"), [("down", 1033), ("nearest", 1033), ("up", 1034)])
def test_spend_counts_at_its_rate(rounding, cents):
    own = Programme(in_euros(rateRounding=rounding))
    assert spend_of(own, "EUR", Fraction(10)) == Fraction(cents, 100)
    assert spend_of(own, "USD", Fraction(10)) == 10
    assert spend_of(own, "GBP", Fraction(10)) == 0


def test_returns_in_parts_take_what_the_purchase_counted():
    own, part, whole = Programme(in_euros()), Fraction("3.33"), Fraction(10)
    taken = [
        spend_lost(own, "EUR", whole, back, back - before)
        for before, back in [(Fraction(0), part), (part, 2 * part), (2 * part, whole)]
    ]
    assert taken == [Fraction("3.44"), Fraction("3.44"), Fraction("3.45")]


def test_a_return_takes_the_rate_of_the_purchase():
    later = in_euros("2") | {"version": 2, "effectiveFrom": "2017-02-10T00:00:00-05:00"}
    world = World([in_euros("1.2"), later])
    world.feed(purchase(1, "2017-02-01T10:00:00-05:00", "100.00", currency="EUR"))
    world.feed(purchase(2, "2017-02-11T10:00:00-05:00", "50.00", currency="EUR"))
    achieved = world.tier("M-1", "p").achieved
    assert sum(achieved.values()) == 220
    back = {
        "type": "purchase.returned",
        "id": "R",
        "occurredAt": "2017-02-12T10:00:00-05:00",
        "source": "store-1",
        "member": {"id": "M-1"},
        "currency": "EUR",
        "purchaseId": "1",
        "refund": "25.00",
    }
    world.feed(back)
    assert sum(achieved.values()) == 190
