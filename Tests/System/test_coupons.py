"""Real coupons through a running system, beside the baskets of the same households: each redemption is taken while its
campaign runs and its household brings it; a day behind the campaign's end it is expired, and another household is told
nothing. With one voucher per member, coupon and campaign the second is refused."""

import gzip
import json
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from rig import coupons, purchases
from rig.platform import Platform
from rig.shop import Shop, derived, pool

ZONE = ZoneInfo("America/New_York")
ANSWER_SECONDS = 60
# As the file's README counts them.
REDEMPTIONS = 420
AGAIN = 7
SERVICES = ("transaction-ingest", "points-engine", "reward-engine")
REFUSED = "stampede_rewards_refused_total{"


def instant(day, hour=0):
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE).astimezone(UTC).isoformat()


def coupon_pool(id, campaign, **more):
    terms = {"currency": "USD", "effect": {"kind": "amount", "amount": "1.00"}}
    document = pool(id, timeZone=ZONE.key, validUntil=campaign.last.isoformat(), **terms, **more)
    del document["validForDays"]
    return document


class Household(Shop):
    """Speaks for households and their tills, at the times of the file."""

    def __init__(self, platform, outsiders):
        super().__init__(platform)
        self.outsiders = outsiders

    def issue(self, id, redemption, pool):
        document = {
            "type": "voucher.issue",
            "id": id,
            "memberId": redemption.member,
            "pool": pool,
            "occurredAt": instant(redemption.campaign.first),
        }
        self.send("loyalty.reward-requests", redemption.member, document)

    def bring(self, id, redemption, pool, issued, day, hour, member, commit=False):
        """Each from a till of its own: wrong codes are counted by till."""
        code = derived(pool, redemption.member, issued)
        basket = {"currency": "USD", "lines": [{"sku": redemption.coupon, "amount": "3.99"}]}
        head = {"source": f"till-{id}", "memberId": member, "occurredAt": instant(day, hour)}
        self.till("hold", id, code, hold=f"h-{id}", bill=id, basket=basket, **head)
        if commit:
            self.till("commit", f"{id}/commit", code, hold=f"h-{id}", **head)

    def answered(self, topic, ids):
        if ids:
            self.wait_for(topic, ids)

    def outsider(self, redemption):
        return next(each for each in self.outsiders if each not in redemption.campaign.audience)


@pytest.fixture
def platform():
    with Platform(flags={"commit_interval_ms": 20}).start(services=SERVICES) as platform:
        yield platform


def pool_of(kind, redemption):
    return f"{kind}-{redemption.campaign.id}-{redemption.coupon}"


def publish_pools(shop, redemptions):
    for redemption in {(each.campaign.id, each.coupon): each for each in redemptions}.values():
        campaign = redemption.campaign
        shop.publish("loyalty.voucher-pools", coupon_pool(pool_of("many", redemption), campaign))
        once = coupon_pool(pool_of("once", redemption), campaign, perMember={"count": 1})
        shop.publish("loyalty.voucher-pools", once)
    shop.publisher.flush()


def baskets_by_day():
    days = defaultdict(list)
    with gzip.open(purchases.FILE, "rt") as lines:
        for line in lines:
            document = json.loads(line)
            when = datetime.fromisoformat(document["occurredAt"]).astimezone(ZONE)
            days[when.date()].append((document["member"]["id"], line.strip()))
    return days


def test_real_coupons_are_taken_late_ones_expired_and_those_of_others_nobodys(platform, programme):
    campaigns, redemptions = coupons.read()
    assert len(redemptions) == REDEMPTIONS and sum(each.again for each in redemptions) == AGAIN
    households = sorted({each.member for each in redemptions})
    shop = Household(platform, households)
    shop.publish("loyalty.programs", programme)
    publish_pools(shop, redemptions)
    baskets = baskets_by_day()

    # Nothing begins or ends within a step, so that it does not matter which worker's clock is ahead in it.
    bounds = sorted({each.first for each in campaigns.values()} | {each.end for each in campaigns.values()})
    bounds.append(bounds[-1] + timedelta(days=1))
    bought = 0
    for first, end in pairwise(bounds):
        begun = [each for each in redemptions if each.campaign.first == first]
        for each in begun:
            shop.issue(f"many-{each.number}", each, pool_of("many", each))
            shop.issue(f"late-{each.number}", each, pool_of("many", each))
            shop.issue(f"once-{each.number}", each, pool_of("once", each))
        shop.publisher.flush()
        issues = [f"{kind}-{each.number}" for each in begun for kind in ("many", "late", "once")]
        shop.answered("loyalty.redemptions", issues)

        asked = []
        for each in redemptions:
            pool = pool_of("many", each)
            if first <= each.day < end:
                asked += [f"theirs-{each.number}", f"own-{each.number}", f"own-{each.number}/commit"]
                shop.bring(asked[-3], each, pool, f"many-{each.number}", each.day, 9, shop.outsider(each))
                shop.bring(asked[-2], each, pool, f"many-{each.number}", each.day, 12, each.member, commit=True)
            if each.campaign.end == first:
                asked.append(f"late-{each.number}")
                shop.bring(asked[-1], each, pool, f"late-{each.number}", first, 9, each.member)
        for day in (first + timedelta(days=number) for number in range((end - first).days)):
            for member, document in baskets.get(day, []):
                shop.publisher.send("commerce.purchases", member, document)
                bought += 1
        shop.publisher.flush()
        shop.answered("loyalty.voucher-answers", asked)

    # Those of days before the first campaign and behind the last are no part of it.
    assert bought > 10_000
    platform.wait_drained(services=SERVICES)
    judge(platform, shop)


def judge(platform, shop):
    told = Counter()
    for answer in shop.documents("loyalty.voucher-answers"):
        kind = "commit" if answer["id"].endswith("/commit") else answer["id"].partition("-")[0]
        told[kind, answer.get("code", answer["type"])] += 1
    assert told == {
        ("own", "voucher.held"): REDEMPTIONS,
        ("commit", "voucher.committed"): REDEMPTIONS,
        ("late", "expired"): REDEMPTIONS,
        # Whoever brings another's code is not told that there is one.
        ("theirs", "unknown"): REDEMPTIONS,
    }
    (worker,) = (each for each in platform.workers.values() if each.service == "reward-engine")
    refused = {name: count for name, count in worker.metrics().items() if name.startswith(REFUSED)}
    for code in ("wrong-holder", "expired"):
        assert sum(count for name, count in refused.items() if f'code="{code}"' in name) == REDEMPTIONS, refused
    issued = Counter()
    for each in shop.documents("loyalty.redemptions"):
        if each["type"] in ("redemption.issued", "redemption.refused"):
            issued[each["id"].partition("-")[0], each.get("code", "issued")] += 1
    assert issued == {
        ("many", "issued"): REDEMPTIONS,
        ("late", "issued"): REDEMPTIONS,
        ("once", "issued"): REDEMPTIONS - AGAIN,
        ("once", "member-limit"): AGAIN,
    }
    for service in SERVICES:
        assert platform.read(f"{service}.dead-letters") == []
