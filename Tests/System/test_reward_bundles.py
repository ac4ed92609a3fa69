"""Several codes in one command of a till, and vouchers that rules issue, on a running system: two instances that are
killed, and the independent model says what comes off and what is issued."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from model.basket import Line, Offer, Till
from model.issuing import Issuer
from rig.platform import Platform
from rig.shop import ANSWER_SECONDS, PROGRAMME, SERVICES, Shop, derived, digest, pool, reward
from rig.waiting import wait_until

LOCAL = timedelta(hours=7)
BASKET = {"currency": "VND", "lines": [{"sku": "latte", "amount": "95000"}, {"sku": "beans", "amount": "180000"}]}
OFFERS = {
    "tenth": ({"kind": "percent", "percent": "10"}, ("percent", "10", None)),
    "fifty": ({"kind": "amount", "amount": "50000"}, ("amount", 50000, "basket", "amount", None)),
    "card": ({"kind": "credit", "value": "100000"}, ("credit", 100000)),
}
RULES = [
    {"id": "cake", "pool": "fifty", "on": {"birthday": True}},
    {"id": "mark", "pool": "fifty", "on": {"points": 1000}, "per": "year"},
]


@pytest.fixture
def shop():
    with Platform(clock="wall", flags={"commit_interval_ms": 20}).start(services=()) as platform:
        shop = Shop(platform)
        shop.publish("loyalty.programs", {**PROGRAMME, "issues": RULES})
        for name, (effect, _) in OFFERS.items():
            shop.publish("loyalty.voucher-pools", pool(name, effect=effect))
            shop.publish("loyalty.rewards", reward(name, name))
        shop.publisher.flush()
        for service in SERVICES:
            for instance in ("1", "2"):
                platform.worker(service, instance).start()
        for worker in platform.workers.values():
            worker.wait_ready()
        yield shop


def several(shop, type, id, codes, **more):
    digests = [digest(code) for code in codes]
    document = {"type": f"voucher.{type}", "id": id, "source": "pos-1", "codes": digests, **more}
    shop.send("loyalty.voucher-commands", digests[0], document)


def answers(shop, ids):
    shop.publisher.flush()
    return {each["id"]: each for each in shop.wait_for("loyalty.voucher-answers", ids)}


def test_codes_of_a_bill_are_held_and_used_together_or_not_at_all(shop):
    bills = 12
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    shop.give("M-1", 100 * len(OFFERS) * bills)
    shop.publisher.flush()
    wait_until(lambda: shop.available().get("M-1"), ANSWER_SECONDS, "the points")
    for bill in range(bills):
        for name in OFFERS:
            shop.redeem(f"{name}-{bill}", "M-1", name)
    shop.publisher.flush()
    ids = [f"{name}-{bill}" for bill in range(bills) for name in OFFERS]
    shop.wait_for("loyalty.redemptions", ids, 120)
    orders, bad, expected = {}, {}, {}
    for bill in range(bills):
        names = chance.sample(list(OFFERS), 3)
        codes = [derived(name, "M-1", f"{name}-{bill}") for name in names]
        if bill % 3 == 2:
            bad[bill] = chance.randrange(4)
            codes.insert(bad[bill], f"NOBODY-{bill}")
        orders[bill] = codes
        till = Till([Line("latte", 1, 95000), Line("beans", 1, 180000)], 0)
        offs = till.ring([Offer(OFFERS[name][1]) for name in names])
        expected[bill] = (str(sum(till.left)), [str(sum(off.lines)) for off in offs])
        several(shop, "hold", f"t-{bill}", codes, hold=f"h-{bill}", bill=f"B-{bill}", basket=BASKET)
        if bill % 4 == 1:
            shop.publisher.flush()
            worker = chance.choice([each for each in shop.platform.workers.values() if each.running])
            worker.kill()
            worker.start()
    held = answers(shop, [f"t-{bill}" for bill in range(bills)])
    for bill in range(bills):
        answer = held[f"t-{bill}"]
        if bill in bad:
            assert (answer["type"], answer["code"], answer["place"]) == ("voucher.refused", "unknown", bad[bill])
        else:
            assert answer["type"] == "voucher.held", answer
            assert (answer["toPay"], [each["off"]["total"] for each in answer["vouchers"]]) == expected[bill]
        several(shop, "commit", f"c-{bill}", orders[bill], hold=f"h-{bill}")
    used = answers(shop, [f"c-{bill}" for bill in range(bills)])
    for bill in range(bills):
        told = used[f"c-{bill}"]
        assert told["type"] == ("voucher.refused" if bill in bad else "voucher.committed"), told
    # Of the refused bills each code is free, by itself.
    for bill, place in bad.items():
        orders[bill].pop(place)
        several(shop, "hold", f"again-{bill}", orders[bill], hold=f"h2-{bill}", bill=f"C-{bill}", basket=BASKET)
    again = answers(shop, [f"again-{bill}" for bill in bad])
    for bill in bad:
        assert again[f"again-{bill}"]["type"] == "voucher.held", again
        assert again[f"again-{bill}"]["toPay"] == expected[bill][0]
    counted = [each["id"] for each in shop.documents("loyalty.voucher-answers")]
    assert len(counted) == len(set(counted)) == 2 * bills + len(bad)
    assert shop.platform.read("reward-engine.dead-letters") == []


def test_rules_issue_on_birthdays_and_marks_once(shop):
    day = (datetime.now(UTC) + LOCAL).date()
    profile = {"type": "member.profile", "birthday": f"1990-{day.month:02}-{day.day:02}"}
    cake = Issuer("beans", "cake", ("birthday", None), "year")
    mark = Issuer("beans", "mark", ("points", 1000), "year")
    expected = set()
    for number in range(6):
        member = f"B-{number}"
        cake.last = mark.last = None
        for _ in range(2):
            shop.send("loyalty.members", member, {**profile, "id": member})
        expected.add((member, cake.take(("birthday",), day)))
        points = 999 + number % 2
        shop.give(member, points)
        if mark_id := mark.take(("points", 0, points), day):
            expected.add((member, mark_id))
    shop.publisher.flush()
    for worker in shop.platform.workers.values():
        worker.kill()
        worker.start()

    def issued():
        return [
            (each["memberId"], each["id"])
            for each in shop.documents("loyalty.redemptions")
            if each["type"] == "redemption.issued"
        ]

    wait_until(lambda: len(issued()) >= len(expected), ANSWER_SECONDS, lambda: f"{expected - set(issued())}")
    assert sorted(issued()) == sorted(expected)
    assert shop.platform.read("reward-engine.dead-letters") == []
