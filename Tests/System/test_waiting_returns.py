"""Returns that come before their purchases: points and tiers keep the same ones, at the bounds too."""

import json

import pytest
from model.waiting import has_room
from rig.platform import Platform
from rig.waiting import wait_until

SERVICES = ("transaction-ingest", "points-engine", "tier-evaluator")
TOLD_SECONDS = 60
SPEND = 1_000
PROGRAMME = {
    "id": "waits",
    "version": 1,
    "effectiveFrom": "2017-01-01T00:00:00Z",
    "name": "Waits",
    "currencies": ["USD"],
    "timeZone": "UTC",
    "earning": [{"id": "base", "kind": "spend", "points": 1, "per": "1.00"}],
    "tiers": {
        "metric": "spend",
        "window": {"kind": "lifetime"},
        "levels": [{"id": "member", "from": "0"}, {"id": "gold", "from": "100000"}],
    },
}


def event(kind, id, member, **fields):
    return {
        **{"type": f"purchase.{kind}", "id": id, "occurredAt": "2017-03-01T10:00:00Z", "source": "pos"},
        **{"member": {"id": member}, "currency": "USD"},
        **fields,
    }


def purchase(id, member):
    lines = [{"sku": "A", "amount": f"{SPEND - 100}.00"}] + [
        {"sku": sku(number), "amount": "1.00"} for number in range(100)
    ]
    return event("completed", id, member, lines=lines)


def sku(number):
    return f"{number:03d}" + "\U0001f600" * 124


def of_one_purchase(member):
    """More than may wait, of one."""
    return [
        event("returned", f"{member}-{number}", member, purchaseId=f"{member}-P0", refund="1.00")
        for number in range(120)
    ]


def of_many_purchases(member):
    """More than may wait, of several."""
    return [
        event("returned", f"{member}-{number}", member, purchaseId=f"{member}-P{number % 7}", refund="1.00")
        for number in range(120)
    ]


def of_many_bytes(member):
    """Large ones beside small ones: further small ones have room where a large one has none."""
    lines = [{"sku": sku(number), "amount": "1.00"} for number in range(100)]
    large = [
        event("returned", f"{member}-L{number}", member, purchaseId=f"{member}-P{number}", lines=lines)
        for number in range(6)
    ]
    small = [
        event("returned", f"{member}-{number}", member, purchaseId=f"{member}-P6", refund="1.00")
        for number in range(10)
    ]
    return large + small


def kept(returns):
    """Those that the model keeps waiting."""
    waiting = []
    for each in returns:
        if has_room(each, waiting):
            waiting.append(each)
    return waiting


def worth(returned):
    return len(returned["lines"]) if "lines" in returned else 1


@pytest.mark.parametrize("returns", [of_one_purchase, of_many_purchases, of_many_bytes])
def test_what_the_engine_refuses_lowers_no_tier_and_what_it_keeps_does(platform, returns):
    member = f"M-{returns.__name__}"
    early, bought = returns(member), [purchase(f"{member}-P{number}", member) for number in range(7)]
    waiting = kept(early)
    assert 0 < len(waiting) < len(early)
    left = SPEND * len(bought) - sum(map(worth, waiting))
    platform.publish_purchases([json.dumps(each, ensure_ascii=False).encode() for each in early])
    platform.wait_drained(services=SERVICES)
    platform.publish_purchases([json.dumps(each, ensure_ascii=False).encode() for each in bought])
    platform.wait_drained(services=SERVICES)

    def of_member(topic):
        return [each.document for each in platform.read(topic) if each.document and each.document["memberId"] == member]

    refused = [entry["cause"] for entry in of_member("loyalty.ledger") if entry.get("reason") == "too-many-returns"]
    assert sorted(refused) == sorted({each["id"] for each in early} - {each["id"] for each in waiting})
    held = of_member("loyalty.accounts")[-1]["balances"]
    assert held["pending"] + held["available"] == left
    wait_until(
        lambda: of_member("loyalty.tiers")[-1]["metric"] == str(left), TOLD_SECONDS, lambda: of_member("loyalty.tiers")
    )


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    with Platform().start(SERVICES) as platform:
        file = tmp_path_factory.mktemp("waits") / "waits.json"
        file.write_text(json.dumps(PROGRAMME), "utf-8")
        platform.operator.run("programs", "publish", file)
        yield platform
        assert platform.operator.json("audit")["audit"] == "pass"
