"""The life of an account as an operator sees it: points given to another member, freezing, closing, the wallet."""

import json

import pytest
from rig.platform import Platform
from test_bad_input import purchase

PROGRAMME = {
    "id": "gifts",
    "version": 1,
    "effectiveFrom": "2017-01-01T00:00:00-05:00",
    "name": "Gifts",
    "currencies": ["USD"],
    "timeZone": "America/New_York",
    "earning": [{"id": "base", "kind": "spend", "points": 1, "per": "1.00"}],
    "expiry": {"kind": "inactivity", "days": 90},
    "transfer": {"minimumPoints": 2},
}
REFUSED = 4


@pytest.fixture
def shop(tmp_path):
    """A running system in which M-1 and M-2 have 20 points each, and their command line."""
    file = tmp_path / "programme.json"
    file.write_text(json.dumps(PROGRAMME))
    with Platform() as platform:
        platform.operator.run("programs", "publish", file)
        publisher = platform.publisher()
        for member in ("M-1", "M-2"):
            for number in range(2):
                document = purchase(member, number, id=f"{member}-{number}")
                publisher.send("commerce.purchases", member, json.dumps(document))
        publisher.flush()
        platform.wait_drained()
        yield Shop(platform)


class Shop:
    def __init__(self, platform):
        self.platform = platform
        self.operator = platform.operator
        self.commands = 0

    def points(self, name, member, *words, id=None):
        self.commands += 1
        words = (*words, "--program", "gifts", "--id", id or f"C-{self.commands}")
        return self.operator.run("points", name, member, *words, check=False)

    def member(self, name, member):
        self.commands += 1
        words = ("--actor", "ann", "--reason", "as asked", "--yes", "--id", f"C-{self.commands}")
        words = words if name == "close" else [word for word in words if word != "--yes"]
        return self.operator.run("member", name, member, *words)

    def account(self, member):
        self.platform.wait_drained()
        return self.operator.json("account", "show", member, "--program", "gifts")["programs"][0]["account"]


def test_points_are_given_once_and_come_back_from_a_closed_account(shop):
    gift = ("--to", "M-2", "--points", 15, "--actor", "app")
    assert "points.transferred-out: -15 points" in shop.points("transfer", "M-1", *gift, id="T").stdout
    assert "answered before" in shop.points("transfer", "M-1", *gift, id="T").stdout
    assert [shop.account(member)["balances"]["available"] for member in ("M-1", "M-2")] == [5, 35]

    assert "ends at" in shop.member("close", "M-2").stdout
    assert shop.points("transfer", "M-1", "--to", "M-2", "--points", 5, "--actor", "app").returncode == 0
    wallet = shop.account("M-1")
    assert wallet["balances"] == {"pending": 0, "available": 5} and wallet["totals"]["transferred"] == 15
    assert shop.account("M-2")["status"] == "closed"
    audit = shop.operator.json("audit")
    assert audit["audit"] == "pass" and audit["pointsUnderWay"] == 0, audit


def test_a_frozen_account_spends_nothing_until_it_is_unfrozen(shop):
    assert "member.frozen" in shop.member("freeze", "M-1").stdout
    refused = shop.points("redeem", "M-1", "--points", 5)
    assert refused.returncode == REFUSED and "account-frozen" in refused.stdout
    refused = shop.points("transfer", "M-1", "--to", "M-2", "--points", 5, "--actor", "app")
    assert refused.returncode == REFUSED and "account-frozen" in refused.stdout
    assert shop.account("M-1")["status"] == "frozen"
    assert "member.unfrozen" in shop.member("unfreeze", "M-1").stdout
    assert shop.points("redeem", "M-1", "--points", 5).returncode == 0
    wallet = shop.account("M-1")
    assert wallet["status"] == "active" and wallet["lifetime"] == {"earned": 20, "redeemed": 5, "expired": 0}
    # Both lots run out together, 90 days after the redemption.
    assert [due["points"] for due in wallet["expiries"]] == [15]
    assert shop.operator.json("audit")["audit"] == "pass"


def test_a_purchase_is_simulated_as_the_known_members_and_books_nothing(shop, tmp_path):
    # The member has bought twice: a document that is not published yet rewards the third purchase.
    third = {"id": "third", "kind": "spend", "points": 100, "per": "1.00", "when": {"nthPurchase": {"numbers": [3]}}}
    programme, bought = tmp_path / "unpublished.json", tmp_path / "purchase.json"
    programme.write_text(json.dumps({**PROGRAMME, "version": 2, "earning": [*PROGRAMME["earning"], third]}))
    bought.write_text(json.dumps(purchase("M-1", 7)))

    def simulate(*more):
        words = ("simulate", "--program-file", programme, "--purchase", bought, *more)
        return shop.operator.run(*words, check=False)

    before = shop.account("M-1")
    known = simulate("--member", "M-1").stdout
    assert "purchase M-1-7 by M-1" in known and "1,010" in known, known
    assert "1,010" not in simulate().stdout
    assert shop.account("M-1") == before
    stranger = simulate("--member", "M-9")
    assert stranger.returncode != 0 and "M-9 has no account in programme gifts" in stranger.stderr
    shop.member("freeze", "M-1")
    shop.account("M-1")
    assert "become available when the account is unfrozen" in simulate("--member", "M-1").stdout
