"""The model against cases of other systems (named where they come from) and cases worked out by hand."""

import pytest
from model import World, instant

BASE = {"id": "base", "kind": "spend", "points": 1, "per": "1.00"}
# A delivery among them: 152.00 in all.
BASKET = (("123", "red", "12.00"), ("000", "blue", "100.00"), ("DEL", "delivery", "40.00"))


def programme(*earning, **fields):
    document = {
        "id": "p",
        "version": 1,
        "effectiveFrom": "2016-01-01T00:00:00Z",
        "name": "P",
        "status": "active",
        "currencies": ["USD"],
        "timeZone": "America/New_York",
        "earning": list(earning) or [BASE],
    }
    return document | fields


class Life:
    """One member's messages, a day apart."""

    def __init__(self, *documents, member="M-1"):
        self.world = World(documents)
        self.member = member
        self.day = 0

    def _send(self, document):
        self.day += 1
        month, day = divmod(self.day - 1, 28)
        at = f"2017-{month + 1:02d}-{day + 1:02d}T12:00:00-05:00"
        self.world.feed({"id": f"e{self.day}", "occurredAt": at, "source": "pos"} | document)
        return f"e{self.day}"

    def buy(self, *lines, **fields):
        lines = [line if isinstance(line, tuple) else ("A", "grocery", line) for line in lines]
        parsed = [
            {"sku": sku, "category": category, "quantity": 1, "amount": amount} for sku, category, amount in lines
        ]
        document = {"type": "purchase.completed", "member": {"id": self.member}, "currency": "USD", "lines": parsed}
        return self._send(document | fields)

    def bring_back(self, purchase, refund=None, **fields):
        """All of it, an amount of money, or what the fields say."""
        kind = {"type": "purchase.cancelled"} if refund is None else {"type": "purchase.returned", "refund": refund}
        return self._send({"member": {"id": self.member}, "purchaseId": purchase, "currency": "USD"} | kind | fields)

    def command(self, kind, **fields):
        return self._send({"type": kind, "memberId": self.member, "programId": "p"} | fields)

    def advance(self, text):
        self.world.advance(instant(text))

    @property
    def account(self):
        return self.world.account(self.member, "p")

    @property
    def available(self):
        return self.account.holdings.available

    @property
    def lots(self):
        return [lot.available for lot in self.account.holdings.in_order()]


def spend(points, rule_id="base", **fields):
    return {"id": rule_id, "kind": "spend", "points": points, "per": "1.00"} | fields


def earned(document, *lines, **fields):
    life = Life(document)
    life.buy(*lines, **fields)
    return life.available


def exclude(**lists):
    return {name: {"exclude": values} for name, values in lists.items()}


RED = {"category": ["red"]}
BLUE = {"category": ["blue"]}


@pytest.mark.parametrize(
    ("expected", "document"),
    [
        (608, programme(spend(4))),
        (208, programme(spend(4, when=exclude(sku=["000"])))),
        (560, programme(spend(4, when=exclude(category=["red"])))),
        (48, programme(spend(4, when=RED))),
        (400, programme(spend(4, when=exclude(category=["red", "delivery"])))),
        (2128, programme(spend(10), spend(4, "more"))),
        (708, programme(spend(4), {"id": "f", "kind": "transaction", "points": 100, "when": {"sku": ["123"]}})),
        (704, programme(spend(4), multipliers=[{"id": "m", "factor": "3", "when": {"sku": ["123"]}}])),
        (
            2704,
            programme(
                spend(4),
                multipliers=[{"id": "r", "factor": "3", "when": RED}, {"id": "b", "factor": "6", "when": BLUE}],
            ),
        ),
        (
            160,
            programme(
                spend(4),
                multipliers=[{"id": "r", "factor": "0", "when": RED}, {"id": "b", "factor": "0", "when": BLUE}],
            ),
        ),
        (608, programme(spend(4, when={"amount": {"atLeast": "100.00"}}))),
        (0, programme(spend(4, when={"amount": {"atLeast": "300.00"}}))),
        (304, programme(spend(1), spend(1, "stop", last=True), spend(10, "never"))),
        (456, programme(spend(1), spend(1, "s", last=True, when={"amount": {"atLeast": "1000000"}}), spend(2, "t"))),
    ],
)
def test_open_loyalty_basket(expected, document):
    assert earned(document, *BASKET) == expected


def test_open_loyalty_half_of_a_sale_returned():
    life = Life(programme(spend(5)))
    sale = life.buy("200.00")
    assert life.available == 1000
    life.bring_back(sale, "100.00")
    assert life.available == 500


def test_odoo_refunded_order_that_spent_points():
    life = Life(programme())
    life.command("points.adjust", points=200, actor="a", reason="r")
    order = life.buy("70.00")
    redemption = life.command("points.redeem", points=150)
    assert life.available == 120
    life.bring_back(order)
    life.command("points.redeem.cancel", redemptionId=redemption)
    assert life.available == 200


PROPOSED = {"actor": "ann", "reason": "r"}


def test_an_adjustment_that_another_person_approves_is_booked_then():
    life = Life(programme(expiry={"kind": "months", "months": 6}))
    proposal = life.command("points.adjust.proposed", points=200, **PROPOSED)
    own = life.command("points.adjust.approved", proposalId=proposal, actor=" Ann")
    assert life.available == 0 and life.account.refused == {own}
    again = life.command("points.adjust.approved", proposalId="another", actor="bob")
    approved = life.command("points.adjust.approved", proposalId=proposal, actor="bob")
    assert life.available == 200 and life.account.log["adjusted", proposal, None] == 200
    assert life.account.holdings.lots[0].earned_at == instant(life.world.seen[(False, "pos", approved)]["occurredAt"])
    twice = life.command("points.adjust.approved", proposalId=proposal, actor="bob")
    assert life.available == 200 and life.account.refused == {own, again, twice}


def test_an_adjustment_that_nobody_approves_in_seven_days_is_refused():
    life = Life(programme())
    proposal = life.command("points.adjust.proposed", points=-20, **PROPOSED)
    refused = life.command("points.adjust.approved", proposalId=proposal, actor="bob")
    assert life.account.refused == {refused}, "there is nothing to deduct, and it goes on waiting"
    life.advance("2017-01-08T11:59:59-05:00")
    assert proposal in life.account.proposals
    life.advance("2017-01-08T12:00:00-05:00")
    assert life.account.refused == {refused, proposal} and not life.account.proposals


def test_an_adjustment_that_somebody_declines_is_not_booked():
    life = Life(programme())
    proposal = life.command("points.adjust.proposed", points=200, **PROPOSED)
    life.command("points.adjust.declined", proposalId=proposal, actor="bob")
    late = life.command("points.adjust.approved", proposalId=proposal, actor="bob")
    twice = life.command("points.adjust.declined", proposalId=proposal, actor="eve")
    own = life.command("points.adjust.proposed", points=-200, **PROPOSED)
    life.command("points.adjust.declined", proposalId=own, actor="ann")
    assert life.available == 0 and not life.account.proposals
    assert life.account.refused == {proposal, late, twice, own}


def test_setono_fifo_and_clawback():
    life = Life(programme(expiry={"kind": "months", "months": 6}))
    life.buy("50.00")
    life.buy("50.00")
    life.command("points.redeem", points=70)
    assert life.lots == [30]


@pytest.mark.parametrize(("overdraw", "left"), [("clamp", 0), ("negative", -100)])
def test_setono_clawback_beyond_the_balance(overdraw, left):
    life = Life(programme(returns={"overdraw": overdraw}))
    bought = life.buy("150.00")
    life.command("points.redeem", points=100)
    life.bring_back(bought, id="again")
    life.bring_back(bought, id="again")
    assert life.available == left
    assert life.account.holdings.shortfall == (100 if overdraw == "clamp" else 0)


@pytest.mark.parametrize(("rounding", "expected"), [("down", 28), ("nearest", 29), ("up", 29)])
def test_setono_two_rules_and_a_multiplier_on_one(rounding, expected):
    rules = spend(1), {"id": "half", "kind": "spend", "points": 1, "per": "2.00"}
    multipliers = [{"id": "m", "factor": "1.5", "rules": ["base"]}]
    # 19.99 gives 19 and 9 rounded down, 20 and 10 otherwise; ×1.5 adds 9 (9.5 down) or 10.
    points = {"down": 19 + 9 + 9, "nearest": 20 + 10 + 10, "up": 20 + 10 + 10}[rounding]
    assert earned(programme(*rules, rounding=rounding, multipliers=multipliers), "19.99") == points
    alone = programme(spend(1), rounding=rounding, multipliers=multipliers)
    assert earned(alone, "19.00") == expected


def test_setono_product_and_spend():
    first = {"id": "first", "kind": "product", "points": 120, "when": {"sku": ["A"]}}
    assert earned(programme(first, spend(1, when={"sku": ["B"]})), ("A", "x", "40.00"), ("B", "x", "60.00")) == 180


@pytest.mark.parametrize(
    ("expected", "combine", "third"),
    [(600, "compound", {}), (400, "add", {}), (500, "compound", {"id": "five", "factor": "5", "exclusive": True})],
)
def test_setono_multipliers_compound_add_or_work_alone(expected, combine, third):
    multipliers = [{"id": "two", "factor": "2"}, {"id": "three", "factor": "3", "combine": combine}]
    assert earned(programme(multipliers=[*multipliers, *([third] if third else [])]), "100.00") == expected


def test_bink_capped_and_stamps():
    assert earned(programme(limits={"pointsPerTransaction": 1000}), "1250.00") == 1000
    stamps = programme({"id": "stamp", "kind": "threshold", "amount": "500.00", "points": 100})
    life = Life(stamps)
    for amount in ("550.00", "550.00", "600.00", "480.00"):
        life.buy(amount)
    assert life.available == 300


@pytest.mark.parametrize(
    ("before", "now", "level"),
    [("0", "6000", "bronze"), ("0", "15000", "silver"), ("8000", "3000", "silver"), ("18000", "3000", "gold")],
)
def test_erpnext_tiers(before, now, level):
    levels = [{"id": "bronze", "from": "0"}, {"id": "silver", "from": "10000"}, {"id": "gold", "from": "20000"}]
    life = Life(programme(tiers={"metric": "spend", "window": {"kind": "lifetime"}, "levels": levels}))
    life.buy(before)
    life.buy(now)
    assert life.world.tier("M-1", "p").level == level


def test_square_points_per_ten():
    assert earned(programme({"id": "b", "kind": "spend", "points": 1, "per": "10.00"}), "105.00") == 10
    assert earned(programme(multipliers=[{"id": "m", "factor": "1.5"}]), "4.00") == 6


def test_loyalife_cap_with_450_earned():
    life = Life(programme(limits={"pointsPerMonth": 500}))
    life.buy("450.00")
    life.buy("100.00")
    assert life.available == 500


# -- Worked out by hand


def test_overlapping_multipliers_work_on_what_stands_on_their_own_lines():
    multipliers = [
        {"id": "red", "factor": "2", "when": RED},
        {"id": "app", "factor": "1.5", "when": {"sku": ["1", "2"]}},
    ]
    lines = ("1", "red", "10.00"), ("2", "blue", "20.00"), ("3", "red", "30.00")
    # 60; red doubles 40: +40; app: (10 + 20, and red's 10 on sku 1) × 0.5 = +20.
    assert earned(programme(multipliers=multipliers), *lines) == 60 + 40 + 20


def test_a_factor_below_one_takes_rounding_away_from_the_member():
    assert earned(programme(multipliers=[{"id": "half", "factor": "0.5"}]), "3.00") == 3 - 2


def test_points_paid_with_and_gift_cards_earn_nothing():
    payments = [{"tender": "points", "amount": "30.00"}, {"tender": "card", "amount": "70.00"}]
    assert earned(programme(), "60.00", "40.00", payments=payments) == 70
    gift = {"sku": "G", "quantity": 1, "amount": "25.00", "tender": "giftcard"}
    line = {"sku": "A", "quantity": 1, "amount": "5.00"}
    assert earned(programme(), lines=[line, gift]) == 5


def test_a_monthly_threshold_belongs_to_the_purchase_that_crosses_and_goes_when_the_month_falls_below():
    rule = {"id": "t", "kind": "threshold", "amount": "100.00", "points": 50, "within": "month"}
    life = Life(programme(rule))
    first, second = life.buy("60.00"), life.buy("40.00")
    assert life.account.log["earned", second, "t"] == 50
    life.bring_back(first, "0.01")
    assert life.available == 0
    life.buy("0.01")
    assert life.available == 50


def test_a_partial_return_of_several_rules_reverses_their_sum_in_proportion():
    life = Life(programme(spend(1), spend(1, "b", per="2.00")))
    bought = life.buy("10.00")
    life.bring_back(bought, "3.33")
    assert life.available == 15 - 4  # 15 × 0.333 = 4.995, rounded down
    life.bring_back(bought, "6.67")
    assert life.available == 0


def test_inactivity_expires_all_after_the_last_earning_or_redeeming():
    life = Life(programme(expiry={"kind": "inactivity", "days": 20}))
    life.buy("10.00")
    life.advance("2017-01-20T12:00:00-05:00")
    life.day = 19
    life.buy("5.00")
    life.advance("2017-02-09T11:59:59-05:00")
    assert life.available == 15
    life.advance("2017-02-09T12:00:00-05:00")
    assert life.available == 0


def test_what_a_frozen_account_earns_waits_for_the_thaw():
    life = Life(programme())
    life.command("member.freeze")
    life.buy("10.00")
    assert (life.available, life.account.holdings.pending) == (0, 10)
    life.command("member.unfreeze")
    assert (life.available, life.account.holdings.pending) == (10, 0)


def test_a_closed_account_earns_nothing_and_loses_the_rest_after_its_grace():
    life = Life(programme(closing={"graceDays": 2}, pending={"days": 90}))
    life.buy("10.00")
    life.command("member.close")
    life.buy("10.00")
    assert life.account.holdings.pending == 10
    life.buy("10.00")
    assert life.account.holdings.pending == 0 and life.account.holdings.totals.expired == 10


def test_transferred_points_keep_their_expiry():
    life = Life(programme(expiry={"kind": "days", "days": 10}, transfer={"minimumPoints": 5}))
    life.buy("10.00")
    expires = life.account.holdings.lots[0].expires_at
    life.command("points.transfer", to="M-2", points=6)
    other = life.world.account("M-2", "p").holdings
    assert (life.available, other.available, other.lots[0].expires_at) == (4, 6, expires)


def test_a_tier_set_by_hand_holds_until_its_date():
    levels = [{"id": "a", "from": "0"}, {"id": "b", "from": "100", "factor": "2"}]
    tiers = {"metric": "spend", "window": {"kind": "lifetime"}, "levels": levels}
    life = Life(programme(tiers=tiers))
    life.command("tier.set", level="b", until="2017-01-03T00:00:00-05:00")
    life.buy("10.00")
    assert life.available == 20
    life.buy("10.00")
    assert life.available == 30


def test_an_activity_is_rewarded_as_often_as_its_limit_says():
    rule = {"id": "s", "kind": "activity", "activity": "survey", "limit": {"times": 2, "per": "month"}}
    rule["formula"] = {"attribute": "score", "factor": "2.5", "plus": "1"}
    life = Life(programme(rule))
    for _ in range(3):
        life.command("activity", activity="survey", attributes={"score": 3})
    assert life.available == 8 + 8
