"""The real campaigns of Tests/Data: their audiences, coupons and redemptions."""

import gzip
import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

FILE = Path(__file__).parents[2] / "Data" / "coupons-journey.ndjson.gz"


@dataclass(frozen=True)
class Campaign:
    id: str
    first: date
    last: date
    audience: frozenset
    coupons: frozenset

    @property
    def end(self):
        """The first day on which nothing of it is good."""
        return self.last + timedelta(days=1)


@dataclass(frozen=True)
class Redemption:
    """`number` counts all redemptions, `again` those of the same member, coupon and campaign before."""

    number: int
    day: date
    member: str
    coupon: str
    campaign: Campaign
    again: int


def read():
    """Campaigns by id, and redemptions in the order in which they happened."""
    campaigns, redemptions, seen = {}, [], {}
    with gzip.open(FILE, "rt") as lines:
        for line in map(json.loads, lines):
            if line["kind"] == "campaign":
                first, last = date.fromisoformat(line["from"]), date.fromisoformat(line["to"])
                audience, coupons = frozenset(line["audience"]), frozenset(line["coupons"])
                campaigns[line["id"]] = Campaign(line["id"], first, last, audience, coupons)
            else:
                what = line["member"], line["coupon"], line["campaign"]
                again = seen[what] = seen.get(what, -1) + 1
                redemptions.append(
                    Redemption(
                        len(redemptions),
                        date.fromisoformat(line["date"]),
                        line["member"],
                        line["coupon"],
                        campaigns[line["campaign"]],
                        again,
                    )
                )
    return campaigns, redemptions
