"""Rewards and vouchers on a running system by the operator's command alone, with the examples: from points to a used
voucher, and every refusal that a desk meets."""

import json

import pytest
from rig.platform import VOUCHER_SECRET, Platform
from rig.waiting import wait_until
from rig.worker import ROOT

DONE, REFUSED = 0, 4
SERVICES = ("points-engine", "reward-engine")
EXAMPLES = ROOT / "topics/examples/rewards"
KEY = ("--voucher-secret", VOUCHER_SECRET)
WAIT = ("--timeout-ms", 60_000)
CODES = [f"TET-{number:06}" for number in range(40)]


class Desk:
    def __init__(self, platform, folder):
        self.platform = platform
        self.operator = platform.operator
        self.folder = folder

    def file(self, name, document):
        file = self.folder / name
        file.write_text(json.dumps(document), "utf-8")
        return file

    def ask(self, *words):
        """The exit code and the answer."""
        told = self.operator.run(*words, *KEY, *WAIT, "--json", check=False)
        return told.returncode, json.loads(told.stdout)

    def redeem(self, reward, id, *words, member="LAN"):
        return self.ask("rewards", "redeem", member, reward, "--id", id, "--unknown-member", *words)

    def cancel(self, redemption, id):
        return self.ask("rewards", "cancel", "LAN", "--redemption", redemption, "--id", id, "--unknown-member")

    def till(self, command, code, *words):
        return self.ask("vouchers", command, code, *words)

    def code(self, reward, id):
        exit_code, answer = self.redeem(reward, id)
        assert exit_code == DONE and answer["state"] == "redemption.issued", answer
        return answer["vouchers"][0]["code"]

    def points(self):
        shown = self.operator.json("account", "show", "LAN")
        return shown["programs"][0]["account"]["balances"]["available"]

    def expect(self, points):
        """The account follows its ledger, and what is given back follows the answer."""
        wait_until(lambda: self.points() == points, 30, f"{points} points")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk")
    with Platform(folder / "platform", clock="wall").start(SERVICES) as platform:
        desk = Desk(platform, folder)
        run = platform.operator.run
        run("programs", "publish", ROOT / "topics/examples/coffee.json")
        run("partners", "publish", EXAMPLES / "got-it.partner.json")
        for path in sorted(EXAMPLES.glob("*.pool.json")):
            run("vouchers", "pools", "publish", path)
        for path in sorted(EXAMPLES.glob("*.reward.json")):
            document = json.loads(path.read_text("utf-8"))
            # The hours of the day of the test are any; who joined when nobody has told.
            document.pop("hours", None)
            if document["id"] == "50k-off":
                document.pop("when")
            run("rewards", "publish", desk.file(path.name, document))
        codes = folder / "codes.txt"
        codes.write_text("\n".join(CODES), "utf-8")
        run("vouchers", "import", "50k-off", codes, *KEY)
        gift = ("--program", "coffee", "--points", 20_000, "--actor", "ann", "--reason", "gift", "--id", "G")
        run("points", "adjust", "LAN", *gift, "--unknown-member", *WAIT)
        yield desk


BASKET = {
    "currency": "VND",
    "lines": [
        {"sku": "latte", "category": "drinks", "amount": "45000"},
        {"sku": "beans", "category": "beans", "amount": "180000"},
    ],
}


def test_points_pay_on_a_bill_and_come_back_where_the_sale_does_not_come_about(desk):
    before = desk.points()
    bill = ("--bill", "B-77", "--amount", 620_000, "--currency", "VND")
    exit_code, answer = desk.redeem("pay", "pos-7:B-77", "--pay", 2_550, *bill)
    assert exit_code == DONE, answer
    paid = (answer["points"], answer["amount"], answer["currency"], answer["reference"])
    assert paid == (2_500, "250000", "VND", "B-77"), answer
    desk.expect(before - 2_500)
    assert desk.redeem("pay", "pos-7:B-77", "--pay", 2_550, *bill) == (DONE, answer)
    assert desk.points() == before - 2_500
    exit_code, answer = desk.cancel("pos-7:B-77", "pos-7:B-77/void")
    assert exit_code == DONE and answer["state"] == "redemption.cancelled", answer
    desk.expect(before)
    exit_code, answer = desk.redeem("pay", "pos-7:B-78", "--pay", 499, *bill)
    assert exit_code == REFUSED and answer["refused"] == "below-minimum", answer
    assert (answer["required"], answer["available"]) == (500, 499)
    exit_code, answer = desk.redeem("free-drink", "pos-7:B-79", "--pay", 500, *bill)
    assert exit_code == REFUSED and answer["refused"] == "no-effect", answer
    told = desk.operator.run("rewards", "redeem", "LAN", "pay", "--id", "X", "--pay", 500, "--bill", "B", check=False)
    assert told.returncode == 64 and "--amount" in told.stderr, told
    told = desk.operator.run("rewards", "redeem", "LAN", "pay", "--id", "X", "--bill", "B", check=False)
    assert told.returncode == 64 and "--pay" in told.stderr, told


def test_points_become_a_free_drink_that_a_till_uses_once(desk):
    before = desk.points()
    exit_code, answer = desk.redeem("free-drink", "R-1", "--price", 400)
    assert exit_code == DONE and (answer["state"], answer["points"]) == ("redemption.issued", 400), answer
    desk.expect(before - 400)
    code = answer["vouchers"][0]["code"]
    assert code.startswith("NUOC-") and len(code) == len("NUOC-#####-#####-####")
    again, same = desk.redeem("free-drink", "R-1", "--price", 400)
    assert (again, same["vouchers"]) == (DONE, answer["vouchers"])
    assert desk.points() == before - 400
    # Without the key a desk sees the last four.
    plain = desk.operator.json(
        *("rewards", "redeem", "LAN", "free-drink", "--id", "R-1", "--price", 400, "--unknown-member")
    )
    assert plain["vouchers"][0]["code"] == f"…{code[-4:]}"

    basket = desk.file("basket.json", BASKET)
    member = ("--member", "LAN")
    typed = code.lower().replace("-", " ")
    assert desk.till("check", typed, *member, "--basket", basket)[0] == DONE
    stranger = desk.till("check", code, "--member", "MAI", "--basket", basket)
    assert stranger[0] == REFUSED and stranger[1]["refused"] == "unknown"
    hold = ("--hold", "B-1-1", "--bill", "B-1", "--basket", basket)
    exit_code, held = desk.till("hold", code, *member, *hold)
    assert exit_code == DONE and held["toPay"] == "180000" and held["vouchers"][0]["off"] == "45000", held
    other = desk.till("hold", code, *member, "--hold", "B-2-1", "--bill", "B-2", "--basket", basket)
    assert other[0] == REFUSED and other[1]["refused"] == "held" and "until" in other[1]["message"]
    assert desk.till("commit", code, *member, "--hold", "B-1-1")[0] == DONE
    assert desk.till("commit", code, *member, "--hold", "B-1-1")[0] == DONE, "it is answered the same"
    used = desk.till("check", code, *member)
    assert used[0] == REFUSED and used[1]["refused"] == "used" and (used[1]["required"], used[1]["available"]) == (1, 0)
    late = desk.cancel("R-1", "C-1")
    assert late[0] == REFUSED and late[1]["refused"] == "used", late
    assert desk.till("rollback", code, *member, "--redemption", "B-1-1", "--reason", "void")[0] == DONE
    assert desk.till("check", code, *member)[0] == DONE


def test_what_is_not_used_is_given_back_with_its_points(desk):
    before = desk.points()
    code = desk.code("free-drink", "R-2")
    desk.expect(before - 400)
    exit_code, answer = desk.cancel("R-2", "C-2")
    assert exit_code == DONE and answer["state"] == "redemption.cancelled", answer
    desk.expect(before)
    gone = desk.till("check", code, "--member", "LAN")
    assert gone[0] == REFUSED and gone[1]["refused"] in ("unknown", "cancelled"), gone
    nothing = desk.cancel("R-NONE", "C-3")
    assert nothing[0] == REFUSED and nothing[1]["refused"] == "unknown-redemption"
    kept = desk.code("gift-card-500k", "R-3")
    never = desk.cancel("R-3", "C-4")
    assert kept and never[0] == REFUSED and never[1]["refused"] == "not-cancellable"


def test_a_redemption_is_refused_in_numbers_with_the_remedy(desk):
    exit_code, answer = desk.redeem("gift-card-500k", "R-10", "--quantity", 4)
    lacking = answer["required"] - answer["available"]
    assert (exit_code, answer["refused"], answer["required"]) == (REFUSED, "insufficient-points", 20_000), answer
    assert f"{lacking:,} are missing" in answer["message"]
    exit_code, answer = desk.redeem("gift-card-500k", "R-11", "--price", 4_000)
    assert (exit_code, answer["refused"], answer["required"], answer["available"]) == (
        *(REFUSED, "price-changed"),
        *(5_000, 4_000),
    )
    assert "say --price 5000" in answer["message"]
    exit_code, answer = desk.redeem("nothing", "R-12")
    assert (exit_code, answer["refused"]) == (REFUSED, "unknown-reward")
    exit_code, answer = desk.redeem("free-drink", "R-13", "--quantity", 3)
    assert (exit_code, answer["refused"], answer["required"]) == (REFUSED, "member-limit", 3), answer


def test_an_imported_code_takes_fifty_thousand_off_from_two_hundred_thousand_on(desk):
    code = desk.code("50k-off", "R-20")
    assert code in CODES
    early = desk.till("check", code, "--member", "LAN")
    assert early[0] == REFUSED and early[1]["refused"] == "not-yet", "it begins on the next day"
    shown = desk.operator.json("vouchers", "show", code, *KEY)
    assert (shown["pool"], shown["memberId"], shown["redemption"]) == ("50k-off", "LAN", "R-20")
    assert desk.operator.json("vouchers", "show", shown["id"])["code"] == f"…{code[-4:]}"
    out = desk.folder / "out.ndjson"
    assert desk.operator.json("vouchers", "export", "50k-off", "--out", out, *KEY)["vouchers"] == 1
    assert json.loads(out.read_text("utf-8"))["code"] == code
    known = ("--actor", "ann", "--reason", "stolen", "--yes")
    assert desk.till("cancel", code, *known)[0] == DONE
    gone = desk.till("check", code, "--member", "LAN")
    assert gone[0] == REFUSED and gone[1]["refused"] == "cancelled" and "for good" in gone[1]["message"]


def test_a_gift_card_pays_in_parts(desk):
    code = desk.code("gift-card-500k", "R-30")
    basket = desk.file("cup.json", {"currency": "VND", "lines": [{"sku": "cup", "amount": "120000"}]})
    for bill, left in (("B-31", 380_000), ("B-32", 260_000)):
        exit_code, held = desk.till(
            *("hold", code, "--member", "LAN", "--hold", f"{bill}-1", "--bill", bill, "--basket", basket)
        )
        assert exit_code == DONE and held["toPay"] == "0", held
        assert desk.till("commit", code, "--member", "LAN", "--hold", f"{bill}-1")[0] == DONE
        assert desk.operator.json("vouchers", "show", code, *KEY)["left"] == left


def test_a_donation_is_delivered_by_hand(desk):
    exit_code, answer = desk.redeem("plant-a-tree", "R-40")
    assert exit_code == DONE and answer["state"] == "redemption.delivering", answer
    words = ("rewards", "deliver", "LAN", "--redemption", "R-40", "--unknown-member")
    exit_code, answer = desk.ask(*words, "--id", "D-40", "--reference", "tree 4711")
    assert exit_code == DONE and answer["state"] == "redemption.issued" and answer["reference"] == "tree 4711", answer


def test_a_voucher_is_given_without_points(desk):
    before = desk.points()
    words = ("vouchers", "issue", "LAN", "free-drink", "--unknown-member", "--cause", "birthday")
    exit_code, answer = desk.ask(*words, "--id", "birthday-2027-LAN")
    assert exit_code == DONE and answer["points"] == 0 and len(answer["vouchers"]) == 1, answer
    assert desk.ask(*words, "--id", "birthday-2027-LAN")[1]["vouchers"] == answer["vouchers"]
    assert desk.points() == before
