"""Rewards that a partner delivers, on a running system: whatever dies and whatever is not answered, each redemption is
ordered once, under one reference, and paid for once."""

import json
import random

import pytest
from rig.partner import Partner
from rig.platform import VOUCHER_SECRET, Platform
from rig.shop import PRICE, PROGRAMME, Shop, reward
from rig.waiting import wait_until

DONE, FAILED, REFUSED = 0, 1, 4
TIMEOUT_MS = 2_000
# A call whose worker is gone is found 5 s after its answer was due, asked for then, and every 15 s and more after that.
DELIVERY_SECONDS = 180
ASKED = 48


@pytest.fixture
def partner(tmp_path):
    with Partner(tmp_path / "partners") as partner:
        yield partner


@pytest.fixture
def platform():
    with Platform(clock="wall", flags={"commit_interval_ms": 20}).start(services=()) as platform:
        yield platform


@pytest.fixture
def shop(platform, partner):
    return open_shop(platform, partner)


def open_shop(platform, partner, instances=2, timeout_ms=TIMEOUT_MS):
    shop = Shop(platform)
    shop.publish("loyalty.programs", PROGRAMME)
    shop.publish("loyalty.partners", partner.document)
    tea = {**reward("tea", None, stock=1000), "deliver": {"partner": partner.id, "product": "tea"}}
    shop.publish("loyalty.rewards", tea)
    shop.publisher.flush()
    platform.worker("points-engine").start()
    flags = {"partner_credentials_folder": partner.folder, "partner_timeout_ms": timeout_ms}
    for instance in range(1, instances + 1):
        platform.worker("reward-engine", str(instance), **flags).start()
    for worker in platform.workers.values():
        worker.wait_ready()
    return shop


def give(shop, members, points):
    for member in members:
        shop.give(member, points)
    shop.publisher.flush()
    wait_until(lambda: len(shop.available()) == len(members), DELIVERY_SECONDS, "the points")


def told(shop, redemption):
    return [each for each in shop.documents("loyalty.redemptions") if each["redemptionId"] == redemption]


def test_each_order_is_issued_once_while_workers_are_killed_over_their_calls(platform, partner, shop, tmp_path):
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    members = [f"M-{number}" for number in range(12)]
    give(shop, members, PRICE * ASKED)
    asked = {f"r-{number}": chance.choice(members) for number in range(ASKED)}
    batches = [list(asked)[start : start + ASKED // 4] for start in range(0, ASKED, ASKED // 4)]
    for number, batch in enumerate(batches):
        partner.meet("slow", 2, seconds=1.0)
        for fault in chance.sample(["lost-after", "lost-before", "half", "slow", "down"], 4):
            partner.meet(fault)
        done = len(partner.events("issued"))
        for id in batch:
            shop.redeem(id, asked[id], "tea")
        shop.publisher.flush()
        # The partner has done an order and is slow to say so: whoever has it out dies now.
        wait_until(lambda done=done: len(partner.events("issued")) > done, DELIVERY_SECONDS, "an order at the partner")
        worker = platform.workers[f"reward-engine-{number % 2 + 1}"]
        worker.kill()
        worker.start()
    answers = shop.wait_for("loyalty.redemptions", asked, DELIVERY_SECONDS)
    assert {each["type"] for each in answers} == {"redemption.issued"}, answers
    assert sorted(each["id"] for each in answers) == sorted(asked)
    # One order each at the partner, and each of its codes with one member.
    assert len(partner.issued()) == ASKED and set(partner.issued().values()) == {1}
    assert {each["reference"] for each in answers} == set(partner.issued())
    ends = [voucher["codeEnd"] for each in answers for voucher in each["vouchers"]]
    assert len(ends) == len(set(ends)) == ASKED
    paid = {member: PRICE * (ASKED - list(asked.values()).count(member)) for member in members}
    wait_until(lambda: shop.available() == paid, DELIVERY_SECONDS, "the points to be paid once")
    assert any(each["type"] == "redemption.unknown" for each in shop.documents("loyalty.redemptions"))
    judge_topics(platform)
    statement = tmp_path / "statement.csv"
    statement.write_text("".join(f"{reference},1,45000,\n" for reference in partner.issued()), "utf-8")
    found = platform.operator.json("partners", "reconcile", partner.id, "--statement", statement)
    assert found["agreed"] == ASKED and found["differences"] == [] and found["toAsk"] == []
    judge_differences(platform, partner, statement)


def judge_topics(platform):
    for topic in ("loyalty.orders", "loyalty.vouchers", "loyalty.redemptions", "loyalty.reward-messages"):
        # Codes of the test server.
        assert not any(b"40000000" in (record.value or b"") for record in platform.read(topic)), topic
    orders = {}
    for record in platform.read("loyalty.orders"):
        orders[record.key] = record.document
    assert {order["type"] for order in orders.values()} == {"order.issued"}
    for service in ("points-engine", "reward-engine"):
        assert platform.read(f"{service}.dead-letters") == []
    assert platform.operator.json("audit")["audit"] == "pass"


def judge_differences(platform, partner, statement):
    """What the partner leaves out, and what it made up."""
    lines = statement.read_text("utf-8").splitlines()
    statement.write_text("\n".join([*lines[1:], "made-up,1,,"]) + "\n", "utf-8")
    words = ("partners", "reconcile", partner.id, "--statement", statement)
    days = ("--from", "2020-01-01", "--to", "2100-01-01")
    done = platform.operator.run(*words, *days, "--whole", "--json", check=False)
    assert done.returncode == FAILED
    differences = {each["reference"]: each["code"] for each in json.loads(done.stdout)["differences"]}
    assert differences == {lines[0].split(",")[0]: "missing-there", "made-up": "missing-here"}
    asked = platform.operator.run(*words, *days, check=False)
    assert asked.returncode == FAILED and "1 are to be asked for" in asked.stdout and "not to be paid" in asked.stdout


def test_an_order_in_doubt_is_settled_by_hand(platform, partner, shop, tmp_path):
    give(shop, ["M-1"], PRICE * 2)
    partner.meet("error", 1_000, of="status")
    partner.meet("lost-after", 2)
    for id in ("r-1", "r-2"):
        shop.redeem(id, "M-1", "tea")
    shop.publisher.flush()
    shop.wait_for("loyalty.redemptions", ["r-1/unknown", "r-2/unknown"], DELIVERY_SECONDS)
    operator = platform.operator
    waiting = {each["redemption"]: each for each in operator.json("partners", "orders", partner.id)["orders"]}
    assert {each["state"] for each in waiting.values()} == {"in-doubt"} and set(waiting) == {"r-1", "r-2"}

    codes = tmp_path / "codes"
    codes.write_text("TEA-BY-HAND-7788\n", "utf-8")
    secret = ("--voucher-secret", VOUCHER_SECRET)
    settle = ("partners", "settle", waiting["r-1"]["order"], "--id", "s-1", "--actor", "ann")
    done = operator.run(*settle, "--codes-file", codes, *secret, check=False)
    assert done.returncode == DONE, done
    assert "TEA-BY-HAND-7788" in done.stdout
    # What is settled is so for good.
    again = operator.run(*settle, "--codes-file", codes, *secret, check=False)
    assert again.returncode == REFUSED and "issued" in again.stderr

    reference = waiting["r-2"]["reference"]
    words = ("partners", "settle", reference, "--id", "s-2", "--actor", "ann", "--not-issued")
    done = operator.run(*words, check=False)
    assert done.returncode == DONE and "Given back" in done.stdout, done
    wait_until(lambda: shop.available()["M-1"] == PRICE, DELIVERY_SECONDS, "the points to be back")
    assert [each["type"] for each in told(shop, "r-2")] == [
        "redemption.delivering",
        "redemption.unknown",
        "redemption.refused",
    ]

    # The partner had done both: its statement shows what was given back wrongly.
    statement = tmp_path / "statement.csv"
    statement.write_text("".join(f"{reference},1\n" for reference in partner.issued()), "utf-8")
    found = operator.run("partners", "reconcile", partner.id, "--statement", statement, "--json", check=False)
    assert found.returncode == FAILED
    (difference,) = json.loads(found.stdout)["differences"]
    assert difference["reference"] == reference and difference["code"] == "issued-there-refused-here"
    assert operator.json("audit")["audit"] == "pass"


def test_a_stop_ends_in_time_and_what_was_out_is_asked_for(platform, partner):
    shop = open_shop(platform, partner, instances=1, timeout_ms=60_000)
    give(shop, ["M-1"], PRICE)
    partner.meet("slow", seconds=60.0)
    shop.redeem("r-1", "M-1", "tea")
    shop.publisher.flush()
    wait_until(lambda: partner.events("issued"), DELIVERY_SECONDS, "the order at the partner")
    worker = platform.workers["reward-engine-1"]
    # Negative where it had to be killed.
    assert worker.stop() == 0, worker.process.tail()
    shop.wait_for("loyalty.redemptions", ["r-1/delivering", "r-1/unknown"], DELIVERY_SECONDS)
    worker.start().wait_ready()
    (issued,) = shop.wait_for("loyalty.redemptions", ["r-1"], DELIVERY_SECONDS)
    assert issued["type"] == "redemption.issued" and set(partner.issued()) == {issued["reference"]}
    assert [event["kind"] for event in partner.events("call") if event["kind"] != "issue"] == ["status"]
    wait_until(lambda: shop.available()["M-1"] == 0, DELIVERY_SECONDS, "the points")
