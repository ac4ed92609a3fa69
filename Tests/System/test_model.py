"""The model against cases worked out by hand: it must be right before it may judge the workers."""

from datetime import date
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from model import NotKnown, instant, recompute
from model.dates import add_months, days_later, local, midnight, months_later
from model.expected import Lot
from model.programme import Programme
from model.purchase import Purchase
from model.tiers import TierLife

NEW_YORK = ZoneInfo("America/New_York")


def programme(**changes):
    document = {
        "id": "p",
        "version": 1,
        "effectiveFrom": "2017-01-01T00:00:00-05:00",
        "name": "P",
        "status": "active",
        "currencies": ["USD"],
        "timeZone": "America/New_York",
        "locales": ["en"],
        "earning": [{"id": "base", "kind": "spend", "points": 1, "per": "1.00"}],
        "pending": {"days": 14},
        "expiry": {"kind": "months", "months": 6, "at": "exact"},
    }
    return {**document, **changes}


def purchase(number, occurred_at, *amounts, member="M-1", **changes):
    lines = [{"sku": "A", "category": "grocery", "quantity": 1, "amount": amount} for amount in amounts]
    document = {
        "type": "purchase.completed",
        "id": str(number),
        "occurredAt": occurred_at,
        "source": "store-1",
        "member": {"id": member},
        "currency": "USD",
        "lines": lines,
    }
    return {**document, **changes}


def tiers(window, downgrade="one-level", metric="spend", levels=(("member", "0"), ("silver", "300"), ("gold", "1000"))):
    return {
        "metric": metric,
        "window": window,
        "downgrade": downgrade,
        "levels": [{"id": name, "from": start} for name, start in levels],
    }


def life(scheme):
    return TierLife(Programme(programme(tiers=scheme)))


def level_and_since(tier_life):
    return tier_life.level, tier_life.since


# -- Dates


def test_months_end_on_the_last_day_of_a_shorter_month():
    assert add_months(date(2017, 8, 31), 6) == date(2018, 2, 28)
    assert add_months(date(2016, 2, 29), 12) == date(2017, 2, 28)
    assert add_months(date(2017, 12, 15), 1) == date(2018, 1, 15)


def test_days_keep_the_local_time_of_day_across_daylight_saving():
    assert days_later(instant("2017-03-01T09:30:00-05:00"), 14, NEW_YORK) == instant("2017-03-15T09:30:00-04:00")


def test_a_local_time_that_clocks_skip_moves_on_by_the_gap():
    assert days_later(instant("2017-02-26T02:30:00-05:00"), 14, NEW_YORK) == instant("2017-03-12T03:30:00-04:00")


def test_a_local_time_that_occurs_twice_is_the_first():
    assert months_later(instant("2017-05-05T01:30:00-04:00"), 6, NEW_YORK) == instant("2017-11-05T01:30:00-04:00")


def test_instants_are_cut_to_milliseconds():
    assert instant("1970-01-01T00:00:00.0019999Z") == 1
    assert instant("1970-01-01T07:00:01+07:00") == 1000


# -- Eligible spend


def test_order_discount_is_shared_in_proportion_without_losing_a_cent():
    bought = purchase(1, "2017-02-01T10:00:00-05:00", "10.00", "10.00", "10.00", discount="1.00")
    assert [line.spend for line in Purchase(bought).lines] == [Fraction("9.67"), Fraction("9.67"), Fraction("9.66")]


def test_a_line_discounted_below_zero_takes_no_share_and_lowers_the_sum():
    bought = purchase(1, "2017-02-01T10:00:00-05:00", "5.00", "10.00", discount="2.00")
    bought["lines"][0]["discount"] = "6.00"
    assert [line.spend for line in Purchase(bought).lines] == [Fraction(-1), Fraction(8)]
    assert Purchase(bought).spend == 7


def test_spend_below_zero_counts_as_none():
    bought = purchase(1, "2017-02-01T10:00:00-05:00", "1.00")
    bought["lines"][0]["discount"] = "3.00"
    assert Purchase(bought).spend == 0


# -- Points and lots


def test_rules_add_up_and_each_is_rounded_once_per_purchase():
    rules = [
        {"id": "base", "kind": "spend", "points": 1, "per": "1.00"},
        {"id": "produce", "kind": "spend", "points": 2, "per": "1.00", "when": {"category": ["produce"]}},
    ]
    bought = purchase(1, "2017-02-01T10:00:00-05:00", "0.60", "0.60")
    bought["lines"][1]["category"] = "produce"
    member = recompute(programme(earning=rules), [bought], instant("2017-02-02T00:00:00Z"))["M-1"]
    assert member.awards == {("1", "base"): 1, ("1", "produce"): 1}
    assert (member.pending, member.available) == (2, 0)


@pytest.mark.parametrize(("rounding", "points"), [("down", 2), ("nearest", 3), ("up", 3)])
def test_rounding_is_the_programmes_choice(rounding, points):
    bought = [purchase(1, "2017-02-01T10:00:00-05:00", "2.50")]
    assert recompute(programme(rounding=rounding), bought, instant("2017-02-02T00:00:00Z"))["M-1"].issued == points


def test_every_second_visit_awards_the_purchase_that_completes_it_and_empty_baskets_do_not_count():
    rules = [{"id": "second", "kind": "visits", "every": 2, "points": 50}]
    bought = [
        purchase(1, "2017-02-01T10:00:00-05:00", "1.00"),
        purchase(2, "2017-02-01T11:00:00-05:00", "0.00"),
        purchase(3, "2017-02-01T12:00:00-05:00", "1.00"),
        purchase(4, "2017-02-01T13:00:00-05:00", "1.00"),
    ]
    member = recompute(programme(earning=rules), bought, instant("2017-02-02T00:00:00Z"))["M-1"]
    assert member.awards == {("3", "second"): 50}


def test_points_are_released_and_expire_at_the_instant_itself():
    bought = [purchase(1, "2017-02-01T10:00:00-05:00", "7.00")]
    released, expired = instant("2017-02-15T10:00:00-05:00"), instant("2017-08-01T10:00:00-04:00")

    def at(clock):
        member = recompute(programme(), bought, clock)["M-1"]
        return member.pending, member.available, member.expired

    assert at(released - 1) == (7, 0, 0)
    assert at(released) == (0, 7, 0)
    assert at(expired - 1) == (0, 7, 0)
    assert at(expired) == (0, 0, 7)


def test_a_lot_carries_its_source_and_both_dates():
    bought = [purchase(1, "2017-02-01T10:00:00-05:00", "7.00")]
    lots = recompute(programme(), bought, instant("2017-03-01T00:00:00Z"))["M-1"].lots
    released, expires = instant("2017-02-15T10:00:00-05:00"), instant("2017-08-01T10:00:00-04:00")
    assert lots == {"store-1:1": Lot(0, 7, released, expires)}


def test_points_never_expire_before_they_are_released():
    bought = [purchase(1, "2017-02-01T10:00:00-05:00", "7.00")]
    slow = programme(pending={"days": 45}, expiry={"kind": "months", "months": 1, "at": "exact"})
    assert recompute(slow, bought, instant("2017-03-10T00:00:00Z"))["M-1"].pending == 7
    assert recompute(slow, bought, instant("2017-03-18T15:00:00Z"))["M-1"].expired == 7


def test_the_same_purchase_again_and_one_before_the_programme_earn_nothing():
    early = purchase(0, "2016-12-31T23:59:59-05:00", "7.00")
    bought = purchase(1, "2017-02-01T10:00:00-05:00", "7.00")
    assert recompute(programme(), [early, bought, bought], instant("2017-02-02T00:00:00Z"))["M-1"].issued == 7


def test_another_currency_earns_nothing():
    bought = [purchase(1, "2017-02-01T10:00:00-05:00", "7.00", currency="EUR")]
    assert recompute(programme(), bought, instant("2017-02-02T00:00:00Z"))["M-1"].issued == 0


# -- Tiers


def test_a_purchase_earns_at_the_tier_held_before_it():
    scheme = tiers({"kind": "lifetime"})
    scheme["levels"][1]["factor"] = "1.25"
    bought = [
        purchase(1, "2017-02-01T10:00:00-05:00", "300.00"),
        purchase(2, "2017-02-01T10:00:00-05:00", "10.00"),
        purchase(3, "2017-02-01T10:00:01-05:00", "10.00"),
    ]
    member = recompute(programme(tiers=scheme), bought, instant("2017-02-02T00:00:00Z"))["M-1"]
    assert member.awards == {("1", "base"): 300, ("2", "base"): 10, ("3", "base"): 10, ("3", "tier"): 2}
    assert (member.tier.level, member.tier.since) == ("silver", instant("2017-02-01T10:00:00-05:00") + 1)


def test_a_threshold_is_reached_when_it_is_met_exactly_and_levels_can_be_jumped():
    member = life(tiers({"kind": "lifetime"}))
    member.count(instant("2017-02-01T10:00:00-05:00"), Fraction("999.99"))
    assert level_and_since(member)[0] == "silver"
    member.count(instant("2017-02-02T10:00:00-05:00"), Fraction("0.01"))
    assert level_and_since(member)[0] == "gold"
    jumped = life(tiers({"kind": "lifetime"}))
    jumped.count(instant("2017-02-01T10:00:00-05:00"), Fraction(1000))
    assert level_and_since(jumped)[0] == "gold"


def test_spend_leaves_a_rolling_window_at_local_midnight_and_lowers_one_level_at_a_time():
    member = life(tiers({"kind": "rolling", "months": 12}))
    member.count(instant("2017-02-10T10:00:00-05:00"), Fraction(1200))
    left = midnight(date(2018, 2, 10), NEW_YORK)
    member.advance(left - 1)
    assert level_and_since(member)[0] == "gold"
    member.advance(left)
    assert level_and_since(member) == ("silver", left)
    again = midnight(date(2019, 2, 10), NEW_YORK)
    member.advance(again - 1)
    assert level_and_since(member) == ("silver", left)
    member.advance(again)
    assert level_and_since(member) == ("member", again)


def test_a_second_day_that_leaves_judges_again_before_the_months_are_over():
    member = life(tiers({"kind": "rolling", "months": 12}))
    member.count(instant("2017-02-10T10:00:00-05:00"), Fraction(900))
    member.count(instant("2017-03-10T10:00:00-05:00"), Fraction(100))
    member.advance(midnight(date(2018, 3, 10), NEW_YORK))
    assert [level for _, level in member.history] == ["member", "silver", "gold", "silver", "member"]
    assert member.since == midnight(date(2018, 3, 10), NEW_YORK)


@pytest.mark.parametrize(("downgrade", "level"), [("one-level", "silver"), ("to-earned", "member"), ("never", "gold")])
def test_the_downgrade_policy_decides_how_far(downgrade, level):
    member = life(tiers({"kind": "rolling", "months": 12}, downgrade))
    member.count(instant("2017-02-10T10:00:00-05:00"), Fraction(1200))
    member.advance(instant("2018-02-11T00:00:00-05:00"))
    assert level_and_since(member)[0] == level


def test_a_calendar_year_tier_lasts_to_the_end_of_the_next_year_and_is_kept_by_what_was_achieved_in_it():
    member = life(tiers({"kind": "calendar-year"}))
    member.count(instant("2017-02-10T10:00:00-05:00"), Fraction(1200))
    assert member.until == midnight(date(2019, 1, 1), NEW_YORK)
    member.count(instant("2018-05-01T10:00:00-04:00"), Fraction(1000))
    member.advance(midnight(date(2019, 1, 1), NEW_YORK))
    assert level_and_since(member)[0] == "gold" and member.until == midnight(date(2020, 1, 1), NEW_YORK)
    member.advance(midnight(date(2020, 1, 1), NEW_YORK))
    assert level_and_since(member) == ("silver", midnight(date(2020, 1, 1), NEW_YORK))


def test_visits_can_be_what_is_measured():
    member = life(tiers({"kind": "lifetime"}, metric="visits", levels=(("member", "0"), ("regular", "2"))))
    for minute, spend in enumerate([1, 0, 1]):
        member.count(instant(f"2017-02-10T10:0{minute}:00-05:00"), Fraction(spend))
    assert level_and_since(member) == ("regular", instant("2017-02-10T10:02:00-05:00") + 1)


def test_days_are_local_days():
    late_evening = instant("2017-02-10T23:30:00-05:00")
    assert local(late_evening, NEW_YORK).date() == date(2017, 2, 10)


# -- What it does not know


@pytest.mark.parametrize(
    "unknown",
    [
        {"gamification": []},
        {"limits": {"pointsPerDecade": 5}},
        {"earning": [{"id": "w", "kind": "referral", "points": 1}]},
        {"earning": [{"id": "w", "kind": "spend", "points": 1, "per": "1", "when": {"moon": ["full"]}}]},
        {"status": "paused"},
    ],
)
def test_a_programme_beyond_it_is_refused(unknown):
    with pytest.raises(NotKnown):
        Programme(programme(**unknown))


@pytest.mark.parametrize(
    ("window", "counted"),
    [
        ({"kind": "lifetime"}, (250, 250, 250, 250)),
        ({"kind": "calendar-year"}, (250, 0, 0, 0)),
        ({"kind": "rolling", "months": 12}, (250, 250, 0, 0)),
        ({"kind": "anniversary"}, (250, 250, 0, 0)),
    ],
)
def test_progress_is_what_the_window_holds_when_it_is_read(window, counted):
    member = life(tiers(window))
    member.count(instant("2018-05-10T10:00:00-04:00"), "250.00")
    days = (
        "2018-12-31T23:59:59-05:00",
        "2019-05-09T23:59:59-04:00",
        "2019-05-10T00:00:00-04:00",
        "2019-07-01T12:00:00Z",
    )
    assert tuple(member.counted(instant(day)) for day in days) == counted
