"""The model against returns, exchanges and voided lines worked out by hand."""

import pytest
from test_model_rules import Life, earned, programme, spend

A50 = {"sku": "A", "quantity": 1, "amount": "50.00"}


def line(sku, amount, **fields):
    return {"sku": sku, "quantity": 1, "amount": amount} | fields


@pytest.mark.parametrize(
    ("left", "per_unit", "bought", "returns"),
    [
        (40, 1, {"lines": [A50]}, [{"lines": [{"sku": "A", "amount": "10.00"}]}]),
        (40, 1, {"lines": [A50]}, [{"lines": [{"sku": "A", "quantity": 1, "amount": "10.00"}]}]),
        (535, 10, {"lines": [line("A", "73.50", quantity=3)]}, [{"lines": [line("A", "10.00")]}] * 2),
        (
            10,
            1,
            {"lines": [line("A", "10.00"), line("A", "10.00", discount="10.00")]},
            [{"lines": [line("A", "0.00")]}],
        ),
        (
            0,
            1,
            {"lines": [line("A", "10.00", discount="10.00"), line("A", "10.00")]},
            [{"lines": [line("A", "10.00")]}],
        ),
        (10, 1, {"lines": [line("A", "10.00"), line("A", "4.00")]}, [{"lines": [line("A", "4.00")]}]),
        (30, 1, {"lines": [line("A1", "10.00"), line("B1", "20.00")]}, [{"lines": [{"sku": "A1"}, {"sku": "b1"}]}]),
        (100, 1, {"lines": [line("A", "100.00")], "shipping": "10.00"}, [{"refund": "10.00", "shipping": "10.00"}]),
        (
            50,
            1,
            {"lines": [A50, line("B", "50.00")], "tax": "20.00", "total": "120.00"},
            [{"refund": "60.00"}],
        ),
        (50, 1, {"lines": [A50, line("B", "50.00")], "tax": "20.00"}, [{"refund": "60.00", "tax": "10.00"}]),
        (
            0,
            1,
            {"lines": [line("A", "83.33")], "tax": "16.67"},
            [{"refund": "3.33"} for _ in range(20)] + [{"refund": "33.40"}],
        ),
        (
            6,
            1,
            {"lines": [line("A", "10.00", lineId="1"), line("A", "6.00", lineId="2")]},
            [{"lines": [{"sku": "A", "lineId": "1"}]}],
        ),
        (10, 1, {"lines": [line("A", "10.00"), line("A", "4.00")]}, [{"lines": [{"sku": "A"}]}]),
        (0, 1, {"lines": [A50]}, [{"lines": [line("A", "10.00")]}, {"lines": [{"sku": "A"}]}]),
        (
            35,
            1,
            {"lines": [line("A", "100.00")], "tax": "20.00", "payments": [{"tender": "points", "amount": "30.00"}]},
            [{"refund": "45.00"}],
        ),
    ],
)
def test_what_a_return_leaves(left, per_unit, bought, returns):
    life = Life(programme(spend(per_unit)))
    purchase = life.buy(**bought)
    for fields in returns:
        life.bring_back(purchase, type="purchase.returned", **fields)
    assert life.available == left


def test_a_line_that_was_not_bought_refuses_the_whole_return():
    life = Life(programme())
    purchase = life.buy(lines=[A50])
    refused = life.bring_back(purchase, type="purchase.returned", lines=[{"sku": "A"}, {"sku": "b"}])
    assert (life.available, life.account.refused) == (50, {refused})


def test_an_exchange_is_the_return_and_the_purchase_that_it_is():
    life = Life(programme())
    first = life.buy(lines=[A50])
    second = life.bring_back(first, type="purchase.exchanged", returned=[{"sku": "A"}], lines=[line("B", "60.00")])
    assert life.available == 60
    life.bring_back(second)
    assert life.available == 0


def test_a_return_in_the_successor_is_taken_by_the_fixed_rate():
    life = Life(programme(currencies=["BGN"]))
    early = life.bring_back("e2", "25.56", currency="EUR")
    life.buy(lines=[line("A", "100.00")], currency="BGN")
    assert life.available == 51 and not life.account.refused
    life.bring_back("e2", "25.57", currency="EUR")
    assert life.available == 0 and life.account.log["reversed", early, None] == 49
    refused = life.bring_back("e2", "1.00", currency="USD")
    assert refused in life.account.refused


def test_voided_lines_and_lines_of_quantity_nothing_earn_nothing():
    void = line("V", "9.00", void=True)
    nothing = line("N", "5.00", quantity=0)
    coupon = line("C", "0.00", quantity=0, discount="1.00")
    assert earned(programme(), lines=[line("A", "7.00"), void, nothing, coupon]) == 6


def test_a_purchase_takes_a_thousand_returns():
    life = Life(programme())
    purchase = life.buy(lines=[line("A", "1000.00")])
    for number in range(1001):
        life.bring_back(purchase, "0.01", id=f"r{number}", occurredAt="2017-01-05T12:00:00-05:00")
    assert (life.available, life.account.refused) == (990, {"r1000"})


def test_a_hundred_returns_wait():
    life = Life(programme())
    for number in range(101):
        life.bring_back(f"p{number}", "1.00", id=f"r{number}", occurredAt="2017-01-05T12:00:00-05:00")
    assert life.account.refused == {"r100"}


def test_returns_that_wait_take_so_many_bytes_together():
    life, at = Life(programme()), "2017-01-05T12:00:00-05:00"
    for number in range(5):
        lines = [{"sku": f"{each:03d}" + "x" * 509} for each in range(100)]
        life.bring_back(f"p{number}", type="purchase.returned", id=f"r{number}", lines=lines, occurredAt=at)
    assert life.account.refused == {"r4"}
    life.bring_back("p", "1.00", id="small", occurredAt=at)
    assert life.account.refused == {"r4"}


def test_beyond_two_thousand_holders_the_oldest_keep_their_bonuses():
    rule = {"id": "b", "kind": "threshold", "amount": "50.00", "points": 10, "within": "year", "repeat": True}
    life = Life(programme(rule))
    at = "2017-01-05T12:00:00-05:00"
    for number in range(2001):
        life.buy("50.00", id=f"p{number}", occurredAt=at)
    for number in range(1001):
        life.bring_back(f"p{number}", id=f"r{number}", occurredAt=at)
    assert life.available == 10010
