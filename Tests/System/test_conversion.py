"""Points that turn into rewards by themselves, on a running system whose reward engine is killed: what is bought and
kept becomes rewards, what is returned meanwhile does not."""

import json
from collections import Counter, defaultdict

import pytest
from rig.platform import Platform
from rig.shop import PROGRAMME, Shop, pool, reward
from rig.waiting import wait_until

EVERY = 700
MEMBERS = 20
RULES = {
    "earning": [{"id": "base", "kind": "spend", "points": 1, "per": "1000"}],
    "convert": {"every": EVERY, "reward": "latte", "allocateAfterDays": 14, "perTransaction": 2},
}
SERVICES = ("transaction-ingest", "points-engine", "reward-engine")


@pytest.fixture
def shop():
    with Platform(flags={"commit_interval_ms": 20}).start(services=()) as platform:
        shop = Shop(platform)
        shop.publish("loyalty.programs", {**PROGRAMME, **RULES})
        shop.publish("loyalty.voucher-pools", pool("latte"))
        shop.publish("loyalty.rewards", reward("latte", "latte"))
        shop.publisher.flush()
        for service in SERVICES:
            platform.worker(service).start().wait_ready()
        yield shop


def send(shop, member, kind, id, day, **more):
    document = {
        "type": f"purchase.{kind}",
        "id": id,
        "occurredAt": f"2026-03-{day:02}T10:00:00+07:00",
        "source": "store-1",
        "member": {"id": member},
        **more,
    }
    shop.publisher.send("commerce.purchases", member, json.dumps(document))


def buy(shop, member, number, points, day):
    lines = [{"sku": "beans", "quantity": 1, "amount": str(points * 1000)}]
    send(shop, member, "completed", f"{member}-{number}", day, currency="VND", lines=lines)


def drained(shop):
    shop.publisher.flush()
    shop.platform.wait_drained(services=SERVICES)


def given(shop):
    told = {}
    for status in shop.documents("loyalty.redemptions"):
        assert status["type"] == "redemption.issued" and status["quantity"] == len(status["vouchers"]), status
        assert status["redemptionId"].startswith("beans/convert/"), status
        told.setdefault(status["memberId"], []).append((status["quantity"], status["points"]))
    return {member: sorted(rewards) for member, rewards in told.items()}


def test_what_is_bought_and_kept_becomes_rewards(shop):
    members = [f"M-{number}" for number in range(MEMBERS)]
    engine = shop.platform.worker("reward-engine")
    for number, member in enumerate(members):
        buy(shop, member, 1, 600, day=1)
        # With the 600 two rewards, of which every third member gives one back, and every fourth both.
        buy(shop, member, 2, 1000, day=2)
        if number % 4 == 0:
            send(shop, member, "cancelled", f"{member}-2-back", 3, purchaseId=f"{member}-2")
        elif number % 3 == 0:
            back = [{"sku": "beans", "quantity": 1, "amount": "400000"}]
            send(shop, member, "returned", f"{member}-2-back", 3, purchaseId=f"{member}-2", currency="VND", lines=back)
        # What it earned beyond two rewards goes with them.
        buy(shop, member, 3, 5000, day=4)
        if number == MEMBERS // 2:
            engine.kill()
            engine.start()
    drained(shop)
    assert given(shop) == {}
    for member in members:
        buy(shop, member, 4, 1, day=25)
    drained(shop)

    def of_the_second(number):
        if number % 4 == 0:
            return []
        return [(1, EVERY)] if number % 3 == 0 else [(2, 2 * EVERY)]

    expected = {member: sorted([*of_the_second(number), (2, 5000)]) for number, member in enumerate(members)}
    wait_until(lambda: given(shop) == expected, 60, lambda: f"the rewards; there are {given(shop)}")
    drained(shop)
    assert given(shop) == expected
    taken = defaultdict(Counter)
    for entry in shop.documents("loyalty.ledger"):
        if entry["type"] == "points.redeemed":
            taken[entry["memberId"]][entry["cause"]] += entry["points"]
    assert {member: sorted(causes.values()) for member, causes in taken.items()} == {
        member: sorted(points for _, points in rewards) for member, rewards in expected.items()
    }
    assert shop.platform.operator.json("audit")["audit"] == "pass"
