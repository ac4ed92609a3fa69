"""Rewards, pools and partners by the operator's command on a real broker: published, looked at, codes imported."""

import gzip
import json
import random

import pytest
from rig.platform import Platform
from rig.worker import ROOT

DONE, FAILED, REFUSED, UNANSWERED, USAGE = 0, 1, 4, 5, 64
EXAMPLES = ROOT / "topics/examples/rewards"
SECRET = "a-secret-of-vouchers-for-tests-0123456789"
KEY = ("--voucher-secret", SECRET)
KNOWN = ("--actor", "a", "--reason", "r")


class Desk:
    def __init__(self, platform, folder):
        self.platform = platform
        self.operator = platform.operator
        self.folder = folder

    def run(self, *words):
        return self.operator.run(*words, check=False)

    def example(self, name, **changes):
        document = json.loads((EXAMPLES / f"{name}.json").read_text("utf-8")) | changes
        return self.file(f"{name}.json", json.dumps(document))

    def file(self, name, text):
        file = self.folder / name
        file.write_text(text, "utf-8")
        return file

    def codes(self, codes):
        """What lies on the topic, by digest."""
        return {record.key.decode(): record.document for record in self.platform.read("loyalty.voucher-codes")}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A broker and no workers, with the coffee chain's programme."""
    folder = tmp_path_factory.mktemp("rewards")
    platform = Platform(folder / "platform").start(())
    try:
        platform.operator.run("programs", "publish", ROOT / "topics/examples/coffee.json")
        platform.operator.run("vouchers", "pools", "publish", EXAMPLES / "50k-off.pool.json")
        yield Desk(platform, folder)
    finally:
        platform.stop()


def test_a_reward_is_published_after_what_it_names(desk):
    reward = desk.example("free-drink.reward")
    refused = desk.run("rewards", "publish", reward)
    assert refused.returncode == FAILED, refused
    assert "$.deliver.voucher names no pool that is published" in refused.stderr
    assert desk.operator.json("rewards", "list") == []
    desk.operator.run("vouchers", "pools", "publish", desk.example("free-drink.pool"))
    published = desk.operator.json("rewards", "publish", reward)
    assert published == {
        "id": "free-drink",
        "version": 1,
        "status": "active",
        "published": True,
        "counts": True,
        "needsConsent": False,
    }
    again = desk.operator.json("rewards", "publish", reward)
    assert again["published"] is False
    shown = desk.operator.json("rewards", "show", "free-drink")
    assert shown == json.loads(reward.read_text("utf-8"))
    other = desk.run("rewards", "publish", desk.example("free-drink.reward", programId="tea"))
    assert other.returncode == FAILED and "raise the version" in other.stderr


def test_a_version_that_takes_an_active_ones_place_wants_yes_and_shows_what_it_changes(desk):
    donation = desk.example("donation.reward")
    desk.operator.run("rewards", "publish", donation)
    dearer = desk.example("donation.reward", version=2, costs=[{"points": 360}])
    asked = desk.run("rewards", "publish", dearer)
    assert asked.returncode == FAILED and "say --yes" in asked.stderr
    assert "changed  $.costs" in asked.stdout and "instead of version 1" in asked.stdout
    assert desk.run("rewards", "publish", dearer, "--dry-run").returncode == DONE
    assert desk.operator.json("rewards", "show", "plant-a-tree")["version"] == 1
    assert desk.run("rewards", "publish", dearer, "--yes").returncode == DONE
    assert desk.operator.json("rewards", "show", "plant-a-tree")["version"] == 2
    assert desk.operator.json("rewards", "show", "plant-a-tree:1")["costs"] == [{"points": 300}]
    replaced = desk.example("donation.reward", version=2, costs=[{"points": 370}])
    assert desk.run("rewards", "publish", replaced, "--yes").returncode == FAILED
    assert desk.run("rewards", "publish", replaced, "--yes", "--replace").returncode == DONE
    draft = desk.example("donation.reward", version=3, status="draft", deliver={"partner": "none", "product": "x"})
    told = desk.run("rewards", "publish", draft)
    assert told.returncode == DONE and "$.deliver.partner names no partner" in told.stderr
    assert desk.operator.json("rewards", "show", "plant-a-tree")["costs"] == [{"points": 370}]
    lines = desk.operator.run("rewards", "list").stdout.splitlines()
    rows = [line.split()[:4] for line in lines if line.startswith("plant-a-tree")]
    assert rows == [
        ["plant-a-tree", "1", "active", "no"],
        ["plant-a-tree", "2", "active", "yes"],
        ["plant-a-tree", "3", "draft", "no"],
    ]
    missing = desk.run("rewards", "show", "nothing")
    assert missing.returncode == REFUSED and "there is: " in missing.stderr


def test_a_broken_document_is_told_by_path_and_without_a_broker(desk):
    broken = desk.example("50k-off.pool", source="own", pattern="##", codesMax=10)
    refused = desk.operator.run("vouchers", "pools", "publish", broken, check=False)
    assert refused.returncode == FAILED and "$.pattern must be parts between hyphens" in refused.stderr
    assert desk.run("partners", "check", desk.example("got-it.partner", token="t")).returncode == FAILED
    assert desk.run("partners", "publish", desk.example("got-it.partner")).returncode == DONE
    assert [each["id"] for each in desk.operator.json("partners", "list")] == ["got-it"]
    assert desk.operator.json("vouchers", "pools", "show", "50k-off")["source"] == "imported"
    assert "50000 VND off" in desk.operator.run("vouchers", "pools", "list").stdout


def test_codes_are_imported_sealed_and_each_once(desk):
    codes = [f"TET-{number:08}" for number in range(3_000)]
    lines = [*codes, codes[5], codes[7].replace("-", "")]
    file = desk.folder / "codes.txt.gz"
    file.write_bytes(gzip.compress("\n".join(lines).encode()))
    told = desk.run("vouchers", "import", "50k-off", file, *KEY, "--json")
    assert json.loads(told.stdout) == {
        "pool": "50k-off",
        "read": 3_002,
        "new": 3_000,
        "published": 3_000,
        "alreadyThere": 0,
        "repeated": 2,
        "skipped": 0,
    }
    assert "line 3001: is the code of line 6" in told.stderr and "line 3002: is the code of line 8" in told.stderr
    held = desk.codes(codes)
    assert len(held) == 3_000 and {document["pool"] for document in held.values()} == {"50k-off"}
    everything = json.dumps(list(held.values()))
    assert not any(code in everything for code in codes[:50]), "codes lie there sealed"
    assert {document["codeEnd"] for document in held.values()} == {code[-4:] for code in codes}

    again = desk.operator.json("vouchers", "import", "50k-off", file, *KEY)
    assert again["published"] == 0 and again["alreadyThere"] == 3_002
    # Broken off after some of them, and begun again with the rest.
    longer = desk.file("longer.txt", "\n".join([*codes[:10], "NEW-000001", "NEW-000002"]))
    dry = desk.operator.json("vouchers", "import", "50k-off", longer, *KEY, "--dry-run")
    assert (dry["new"], dry["published"]) == (2, 0)
    assert desk.operator.json("vouchers", "import", "50k-off", longer, *KEY)["published"] == 2
    assert len(list(desk.platform.read("loyalty.voucher-codes"))) == 3_002


def test_a_file_with_a_bad_line_is_not_imported(desk):
    rng = random.Random(7)
    file = desk.file("bad.txt", f"GOOD-{rng.randrange(10**9):09}\nshort\nwith space in it\n")
    before = len(desk.codes(()))
    refused = desk.run("vouchers", "import", "50k-off", file, *KEY)
    assert refused.returncode == FAILED and "2 of 3 lines are bad" in refused.stderr
    assert "line 2: is no code: 6 to 64 characters" in refused.stderr
    assert len(desk.codes(())) == before
    told = desk.operator.json("vouchers", "import", "50k-off", file, *KEY, "--skip-bad")
    assert (told["published"], told["skipped"]) == (1, 2)


def test_codes_want_a_pool_that_takes_them_and_the_key(desk):
    desk.operator.run("vouchers", "pools", "publish", desk.example("gift-card.pool"))
    file = desk.file("some.txt", "SOME-CODE\n")
    own = desk.run("vouchers", "import", "gift-card-500k", file, *KEY)
    assert own.returncode == REFUSED and "made by the reward engine" in own.stderr
    unknown = desk.run("vouchers", "import", "nothing", file, *KEY)
    assert unknown.returncode == REFUSED and "no pool nothing counts" in unknown.stderr
    keyless = desk.run("vouchers", "import", "50k-off", file)
    assert keyless.returncode == USAGE and "--voucher-secret" in keyless.stderr
    short = desk.run("vouchers", "import", "50k-off", file, "--voucher-secret", "short")
    assert short.returncode == USAGE and "needs 32 characters" in short.stderr


def test_what_nobody_answers_ends_so_and_says_what_to_look_at(desk):
    asked = ("--timeout-ms", 500)
    basket = desk.file("basket.json", json.dumps({"currency": "VND", "lines": [{"sku": "a", "amount": "1"}]}))
    hold = ("--hold", "H-1")
    asks = {
        "rewards redeem": ("M-1", "free-drink", "--id", "R-1", "--unknown-member", "--clock", "wall"),
        "rewards cancel": ("M-1", "--redemption", "R-1", "--id", "C-1", "--unknown-member", "--clock", "wall"),
        "rewards deliver": ("M-1", "--redemption", "R-1", "--id", "D-1", "--unknown-member", "--clock", "wall"),
        "vouchers issue": ("M-1", "free-drink", "--id", "I-1", "--unknown-member", "--clock", "wall"),
        "vouchers check": ("SOME-CODE", "--basket", basket),
        "vouchers hold": ("SOME-CODE,OTHER-CODE", *hold, "--bill", "B-1", "--basket", basket),
        "vouchers commit": ("SOME-CODE", *hold, "--amount", "120000", "--currency", "VND"),
        "vouchers release": ("SOME-CODE", *hold, "--bill", "B-1"),
        "vouchers rollback": ("SOME-CODE", "--redemption", "H-1", "--reason", "r"),
        "vouchers cancel": ("SOME-CODE", *KNOWN, "--yes"),
    }
    for name, words in asks.items():
        answer = desk.run(*name.split(), *words, *KEY, *asked, "--json")
        assert answer.returncode == UNANSWERED, (name, answer)
        assert "`loyalty status`" in json.loads(answer.stdout)["error"]["message"]
        handed = desk.run(*name.split(), *words, *KEY, "--no-wait", "--json")
        assert json.loads(handed.stdout)["outcome"] == "handed-over", (name, handed)
    requests = [record.document["type"] for record in desk.platform.read("loyalty.reward-requests")]
    assert sorted(set(requests)) == ["reward.cancel", "reward.delivered", "reward.redeem", "voucher.issue"]
    commands = [record.document for record in desk.platform.read("loyalty.voucher-commands")]
    kinds = {"check", "hold", "commit", "release", "rollback", "cancel"}
    assert {command["type"] for command in commands} == {f"voucher.{kind}" for kind in kinds}
    assert "SOME-CODE" not in json.dumps(commands)


def test_nothing_is_out_where_no_engine_has_given_anything(desk):
    out = desk.folder / "out.ndjson"
    told = desk.operator.json("vouchers", "export", "50k-off", "--out", out)
    assert told == {"pool": "50k-off", "vouchers": 0} and out.read_text("utf-8") == ""
    assert out.stat().st_mode & 0o077 == 0
    assert desk.run("vouchers", "export", "50k-off", "--json").returncode == USAGE
    shown = desk.run("vouchers", "show", "SOME-CODE")
    assert shown.returncode == REFUSED and "--voucher-secret-file" in shown.stderr
    assert desk.run("vouchers", "cancel", "SOME-CODE", *KNOWN, *KEY).returncode == FAILED
    many = desk.run("vouchers", "check", ",".join(f"CODE-{number}" for number in range(21)), *KEY)
    assert many.returncode == FAILED and "must be 1 to 20" in many.stderr
    wrong = desk.run("vouchers", "commit", "SOME-CODE", "--hold", "H", "--amount", "1.5", "--currency", "VND", *KEY)
    assert wrong.returncode == USAGE
