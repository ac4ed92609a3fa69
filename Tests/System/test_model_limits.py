"""The model's limits by number and its expiry by dates, idle months and the first of several, worked out by hand."""

import pytest
from model import instant
from model.dates import text_of
from model.programme import Programme
from test_model_rules import Life, programme, spend

STAMP = {"id": "stamp", "kind": "threshold", "amount": "5.00", "points": 10, "repeat": True}


def expiry(document, earned_at, zone="America/New_York"):
    own, latest = Programme(programme(expiry=document, timeZone=zone)).expiry.of_lot(instant(earned_at))
    return text_of(own), latest and text_of(latest)


@pytest.mark.parametrize(
    ("on", "years", "earned_at", "expected"),
    [
        ("03-31", 1, "2020-03-31T23:59:00-04:00", "2021-04-01T04:00:00.000Z"),
        ("03-31", 1, "2020-04-01T00:00:00-04:00", "2022-04-01T04:00:00.000Z"),
        ("03-31", 1, "2020-02-29T12:00:00-05:00", "2021-04-01T04:00:00.000Z"),
        ("03-31", 0, "2020-03-31T12:00:00-04:00", "2020-04-01T04:00:00.000Z"),
        ("02-29", 1, "2020-02-29T12:00:00-05:00", "2021-03-01T05:00:00.000Z"),
        ("02-29", 1, "2023-02-28T12:00:00-05:00", "2024-03-01T05:00:00.000Z"),
        ("02-29", 1, "2023-03-01T12:00:00-05:00", "2025-03-01T05:00:00.000Z"),
    ],
)
def test_a_day_of_the_year_ends_the_points_that_have_lived_so_many_years_by_then(on, years, earned_at, expected):
    assert expiry({"kind": "date", "on": on, "years": years}, earned_at) == (expected, None)


def test_the_first_of_two_rules_ends_points_and_activity_moves_one_of_them_alone():
    first = {"kind": "first", "of": [{"kind": "months", "months": 3}, {"kind": "inactivity", "months": 1}]}
    life = Life(programme(expiry=first))
    life.buy("10.00")  # 1 January
    for _ in range(26):
        life.buy("0.10")
    life.command("points.redeem", points=1)  # 28 January: the month begins anew
    life.advance("2017-02-28T11:59:59-05:00")
    assert life.available == 9
    life.advance("2017-02-28T12:00:00-05:00")
    assert life.available == 0
    life = Life(programme(expiry=first))
    life.buy("10.00")
    life.world.account("M-1", "p").holdings.kept_until = instant("2018-01-01T00:00:00Z")
    life.advance("2017-04-01T11:59:59-04:00")
    assert life.available == 10
    life.advance("2017-04-01T12:00:00-04:00")
    assert life.available == 0


def test_stamps_are_limited_by_number_a_purchase_and_a_period():
    life = Life(programme({**STAMP, "limits": {"timesPerTransaction": 3, "timesPerMonth": 5}}))
    bought = life.buy("17.00")
    assert life.available == 30
    life.buy("25.00")
    assert life.available == 50
    life.buy("5.00")
    assert life.available == 50
    life.bring_back(bought)
    assert life.available == 20
    life.buy("25.00")
    assert life.available == 50


def test_a_multiplier_is_used_up_and_what_it_would_give_is_told():
    document = programme(spend(1), multipliers=[{"id": "twice", "factor": "2", "limits": {"timesLifetime": 1}}])
    life = Life(document)
    life.buy("10.00")
    again = life.buy("10.00")
    assert life.available == 30
    assert life.account.limited == {(again, "twice")}


def test_a_programme_counts_purchases_and_activities_that_earn():
    review = {"id": "review", "kind": "activity", "activity": "review.written", "points": 5}
    life = Life(programme(spend(1), review, limits={"timesPerMonth": 2}))
    life.buy("0.50")
    bought = life.buy("10.00")
    life._send({"type": "activity", "memberId": "M-1", "activity": "review.written"})
    life.buy("10.00")
    assert life.available == 15
    life.bring_back(bought)
    life.buy("20.00")
    assert life.available == 25
