"""What the operator's command says is so: conflicts, refusals in numbers, unknown names, the workers' own time."""

import json
import subprocess

import pytest
from rig.platform import Platform
from rig.services import SERVICES
from rig.worker import BINARIES
from test_bad_input import purchase

DONE, FAILED, REFUSED, CONFLICT, USAGE = 0, 1, 4, 6, 64
PROGRAMME = {
    "id": "gifts",
    "version": 1,
    "effectiveFrom": "2017-01-01T00:00:00-05:00",
    "name": "Gifts",
    "currencies": ["USD"],
    "timeZone": "America/New_York",
    "earning": [{"id": "base", "kind": "spend", "points": 1, "per": "1.00"}],
    "redemption": {"minimumPoints": 5},
    "transfer": {"minimumPoints": 2, "pointsPerDay": 10},
    "tiers": {
        "metric": "spend",
        "window": {"kind": "lifetime"},
        "levels": [{"id": "member", "from": "0"}, {"id": "gold", "from": "1000"}],
    },
}
DONG = {**PROGRAMME, "id": "dong", "currencies": ["VND"], "earning": PROGRAMME["earning"]}
PROFILE = {"id": "MEMBER-1", "phone": "+84907654321", "email": "Ann@Example.com", "cards": ["7700 1234"]}


class Desk:
    def __init__(self, platform, folder):
        self.platform = platform
        self.operator = platform.operator
        self.folder = folder

    def write(self, name, document):
        file = self.folder / name
        file.write_text(json.dumps(document) + "\n", "utf-8")
        return file

    def run(self, *words):
        return self.operator.run(*words, check=False)

    def points(self, name, member, *words, id):
        return self.run("points", name, member, *words, "--program", "gifts", "--id", id)

    def adjust(self, member, points, *words, id, reason="goodwill"):
        return self.points("adjust", member, "--points", points, "--actor", "ann", "--reason", reason, *words, id=id)

    def available(self, member):
        self.platform.wait_drained()
        return self.operator.json("account", "show", member)["programs"][0]["account"]["balances"]["available"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A running system in which MEMBER-1 and MEMBER-2 have 40 points each; only the first has a profile."""
    folder = tmp_path_factory.mktemp("desk")
    with Platform() as platform:
        desk = Desk(platform, folder)
        for programme in (PROGRAMME, DONG):
            platform.operator.run("programs", "publish", desk.write(f"{programme['id']}.json", programme))
        platform.operator.run("members", "import", desk.write("members.ndjson", PROFILE))
        publisher = platform.publisher()
        for member in ("MEMBER-1", "MEMBER-2"):
            for number in range(4):
                publisher.send("commerce.purchases", member, json.dumps(purchase(member, number)))
        publisher.flush()
        platform.wait_drained()
        yield desk
        audit = platform.operator.json("audit")
        assert audit["audit"] == "pass", audit


def test_an_id_that_stands_for_another_command_is_a_conflict(desk):
    first = desk.points("redeem", "MEMBER-1", "--points", 5, "--for", "A", id="R")
    assert first.returncode == DONE and "points.redeemed: -5 points" in first.stdout
    for _ in range(2):
        other = desk.points("redeem", "MEMBER-1", "--points", 6, "--for", "A", id="R")
        assert other.returncode == CONFLICT, other
        assert "conflicting-command" in other.stdout and "loyalty account explain MEMBER-1 R" in other.stdout
        again = desk.points("redeem", "MEMBER-1", "--points", 5, "--for", "A", id="R")
        assert again.returncode == DONE and "answered before; nothing moved now" in again.stdout
    assert desk.points("redeem", "MEMBER-1", "--points", 5, "--for", "B", id="R").returncode == CONFLICT
    assert desk.adjust("MEMBER-1", 5, id="R").returncode == CONFLICT
    assert desk.available("MEMBER-1") == 35

    level = ("tier", "set", "MEMBER-1", "gold", "--program", "gifts", "--actor", "ann", "--reason", "r", "--id", "TS")
    assert desk.run(*level, "--until", "2018-01-01T00:00:00Z").returncode == DONE
    assert desk.run(*level, "--until", "2018-01-01T00:00:00Z").returncode == DONE
    other = desk.run(*level, "--until", "2018-02-01T00:00:00Z", "--json")
    assert other.returncode == CONFLICT and json.loads(other.stdout)["refused"] == "conflicting-command"
    # Whoever writes it without this command hears of it too.
    letters = [letter.headers["dl_error"] for letter in desk.platform.read("tier-evaluator.dead-letters")]
    assert letters == [b"conflicting-command"]
    assert desk.run(*level, "--until", "2018-01-01T00:00:00Z").returncode == DONE


def test_refusals_tell_numbers_and_amounts_their_sign(desk):
    held = desk.available("MEMBER-2")
    refused = desk.points("redeem", "MEMBER-2", "--points", 500, id="N1")
    assert refused.returncode == REFUSED
    assert f"insufficient-points. {held} available, 500 wanted" in refused.stdout, refused.stdout
    assert "3 wanted, at least 5 at once" in desk.points("redeem", "MEMBER-2", "--points", 3, id="N2").stdout
    gift = ("--to", "MEMBER-1", "--actor", "app", "--points", 11)
    assert "a member may give 10 a day" in desk.points("transfer", "MEMBER-2", *gift, id="N3").stdout
    owing = desk.adjust("MEMBER-2", -500, id="N4")
    assert owing.returncode == REFUSED and '"overdraw": "negative"' in owing.stdout
    assert "points.adjusted: +7 points" in desk.adjust("MEMBER-2", 7, id="N5").stdout
    assert "points.adjusted: -7 points" in desk.adjust("MEMBER-2", -7, id="N6").stdout


def test_a_redemption_is_cancelled_in_part(desk):
    before = desk.available("MEMBER-2")
    desk.points("redeem", "MEMBER-2", "--points", 15, id="P")
    cancelled = desk.points("cancel", "MEMBER-2", "--redemption", "P", "--points", 6, id="PC1")
    assert cancelled.returncode == DONE and "+6 points" in cancelled.stdout
    assert desk.available("MEMBER-2") == before - 9
    more = desk.points("cancel", "MEMBER-2", "--redemption", "P", "--points", 10, id="PC2")
    assert more.returncode == REFUSED and "10 wanted back, and fewer are left" in more.stdout
    assert desk.points("cancel", "MEMBER-2", "--redemption", "P", id="PC3").returncode == DONE
    assert desk.available("MEMBER-2") == before
    assert "nothing is left" in desk.points("cancel", "MEMBER-2", "--redemption", "P", id="PC4").stdout


def test_names_that_nobody_has_are_refused_with_those_that_are_near(desk):
    ledger = len(desk.platform.read("loyalty.ledger"))
    for words in (
        ("points", "adjust", "MEMBER-11", "--points", 5, "--program", "gifts", "--actor", "a", "--reason", "r"),
        ("points", "transfer", "MEMBER-2", "--to", "MEMBER-11", "--points", 5, "--program", "gifts", "--actor", "a"),
        ("member", "freeze", "MEMBER-11", "--actor", "a", "--reason", "r"),
        ("privacy", "erase", "MEMBER-11", "--yes"),
    ):
        refused = desk.run(*words, "--id", "U")
        assert refused.returncode == FAILED, words
        assert "nobody knows MEMBER-11" in refused.stderr and "MEMBER-1" in refused.stderr.split("Similar ones")[1]
    assert len(desk.platform.read("loyalty.ledger")) == ledger and desk.platform.read("privacy.requests") == []
    new = desk.adjust("NEW-1", 5, "--unknown-member", "--at", "2017-03-01T10:03:00-05:00", id="U1")
    assert new.returncode == DONE, new
    for name, near in (("points-engine-7-0", "points-engine-1-0"), ("point-engine-1-0", "points-engine")):
        refused = desk.run("fence", name, "--yes")
        assert refused.returncode == FAILED and near in refused.stderr, refused.stderr
    unknown = desk.run("points", "redeem", "MEMBER-1", "--program", "gift", "--points", 5, "--id", "U2")
    assert unknown.returncode == FAILED and "there is: dong, gifts" in unknown.stderr


def test_what_cannot_be_taken_back_wants_yes(desk):
    known = ("--actor", "a", "--reason", "r", "--id", "Y")
    for words in (
        ("member", "close", "MEMBER-2", *known),
        ("privacy", "erase", "MEMBER-2"),
        ("fence", "points-engine-1-0"),
        (
            *("points", "adjust", "MEMBER-2", "--points", 1, "--program", "gifts"),
            *known,
            "--at",
            "2036-01-01T00:00:00Z",
        ),
        (
            *("points", "adjust", "MEMBER-2", "--points", 1, "--program", "gifts"),
            *known,
            "--at",
            "2007-01-01T00:00:00Z",
        ),
    ):
        refused = desk.run(*words)
        assert refused.returncode == FAILED and "say --yes where nobody can be asked" in refused.stderr, refused
    assert desk.run("fence", "points-engine-1-0", "--yes").returncode == DONE


def test_a_member_is_frozen_where_they_have_an_account_and_nowhere_else(desk):
    words = ("--actor", "fraud desk", "--reason", "card stolen")
    assert desk.run("member", "freeze", "MEMBER-2", *words, "--id", "F1").returncode == DONE
    desk.platform.wait_drained()
    held = desk.operator.json("account", "show", "MEMBER-2")["programs"]
    assert [(each["programId"], each["account"]["status"]) for each in held] == [("gifts", "frozen")]
    spent = desk.points("redeem", "MEMBER-2", "--points", 5, id="F2")
    assert "account-frozen. `loyalty member unfreeze MEMBER-2`" in spent.stdout
    assert desk.run("member", "unfreeze", "MEMBER-2", *words, "--id", "F3").returncode == DONE


def test_the_workers_tell_the_time_they_live_in(desk, monkeypatch):
    wrong = desk.run(
        "points", "redeem", "MEMBER-1", "--program", "gifts", "--points", 5, "--id", "T", "--clock", "wall"
    )
    assert wrong.returncode == USAGE and "the workers live on stream time" in wrong.stderr
    assert "loyalty points redeem --help" in wrong.stderr
    desk.operator.env["STAMPEDE_CLOCK"] = "wall"
    try:
        assert desk.adjust("MEMBER-1", 1, id="T1").returncode == DONE
    finally:
        del desk.operator.env["STAMPEDE_CLOCK"]
    entry = [each.document for each in desk.platform.read("loyalty.ledger") if each.document["cause"] == "T1"][0]
    assert entry["occurredAt"].startswith("2017-"), "at the account's own time"


def test_entries_are_shown_from_an_instant_on_and_on_the_clocks_of_the_programme(desk):
    desk.available("MEMBER-1")
    entries = desk.operator.json("account", "show", "MEMBER-1")["programs"][0]["entries"]
    second = next(entry for entry in entries if entry["cause"] == "MEMBER-1-1")
    shown = desk.operator.json("account", "show", "MEMBER-1", "--since", second["occurredAt"])["programs"][0]["entries"]
    assert shown == [entry for entry in entries if entry["occurredAt"] >= second["occurredAt"]] and shown != entries
    text = desk.operator.run("account", "show", "MEMBER-1", "--since", second["occurredAt"]).stdout
    assert f"Since {second['occurredAt']} (2017-03-01 10:01): {len(shown)} ledger entries" in text, text
    assert "on the clocks of America/New_York in brackets" in text
    rows = text.split("ledger entries\n")[-1]
    assert "2017-03-01T15:01:00Z (2017-03-01 10:01)" in rows and "(2017-03-01 10:00)" not in rows, text


def test_an_id_used_again_after_its_memory_is_another_command_and_the_books_agree(tmp_path):
    platform = Platform(tmp_path / "platform").start(())
    try:
        desk = Desk(platform, tmp_path)
        for service in SERVICES:
            platform.worker(service, **({"command_memory_days": 1} if service == "points-engine" else {})).start()
        for worker in platform.workers.values():
            worker.wait_ready()
        platform.operator.run("programs", "publish", desk.write("gifts.json", PROGRAMME))
        platform.publish_purchases([json.dumps(purchase("MEMBER-1", 1, amount="40.00"))])
        assert desk.points("redeem", "MEMBER-1", "--points", 5, id="R").returncode == DONE
        platform.operator.run("clock", "advance", "--to", "2017-03-04T00:00:00Z")
        assert desk.available("MEMBER-1") == 35
        # At the account's own time, which has stood still.
        old = desk.points("redeem", "MEMBER-1", "--points", 5, id="R")
        assert old.returncode == REFUSED and "command-too-old" in old.stdout
        again = desk.points("redeem", "MEMBER-1", "--points", 6, "--at", "2017-03-04T00:00:00Z", "--yes", id="R")
        assert again.returncode == DONE and desk.available("MEMBER-1") == 29
        booked = [each.document for each in platform.read("loyalty.ledger") if each.document["cause"] == "R"]
        assert [entry["points"] for entry in booked] == [5, 0, 6] and len({entry["id"] for entry in booked}) == 3
        assert platform.operator.json("audit")["audit"] == "pass"
    finally:
        platform.stop()


def test_a_version_for_the_past_says_what_it_does_and_wants_yes(desk):
    past = desk.write("past.json", {**DONG, "version": 2, "effectiveFrom": "2017-02-01T00:00:00Z"})
    refused = desk.run("programs", "publish", past)
    assert refused.returncode == FAILED and "say --yes" in refused.stderr
    assert "It counts from 2017-02-01T00:00:00Z on, instead of version 1." in refused.stdout
    assert "what was booked since stays as it was booked" in refused.stdout
    same = desk.write("same.json", {**DONG, "version": 3, "effectiveFrom": "2017-01-01T00:00:00-05:00"})
    assert "Version 1 will never be in force any more." in desk.run("programs", "publish", same).stdout
    assert desk.run("programs", "publish", past, "--yes").returncode == DONE
    later = desk.write("later.json", {**DONG, "version": 4, "effectiveFrom": "2017-06-01T00:00:00Z"})
    assert desk.run("programs", "publish", later).returncode == DONE, "nothing was booked after that"


def test_members_are_found_by_what_a_shop_knows(desk):
    for words in (("--phone", "0907 654 321"), ("--email", "ann@example.com"), ("--card", "77001234")):
        assert [each["memberId"] for each in desk.operator.json("members", "find", *words)] == ["MEMBER-1"]
    assert desk.run("members", "find", "--phone", "0907 654 322").returncode == REFUSED
    both = desk.run("members", "find", "--phone", "0907 654 321", "--email", "ben@example.com")
    assert both.returncode == REFUSED
    assert desk.run("members", "find", "--phone", "12").returncode == USAGE


def test_every_command_answers_in_json(desk):
    bought = desk.write("bought.ndjson", purchase("MEMBER-1", 50))
    known = ("--actor", "a", "--reason", "r")
    texts = {"subject": "{{points}}", "text": "{{points}}", "sms": "{{points}}"}
    template = desk.write("template.json", {"id": "points-earned", "version": 1, "languages": {"en": texts}})
    server = ("--smtp-url", desk.platform.smtp.url, "--smtp-starttls", "none", "--mail-from", "a@example.com")
    asks = {
        "topics apply": ("--partitions", desk.platform.partitions, "--replication-factor", 1),
        "topics acls": (),
        "programs publish": (desk.folder / "gifts.json",),
        "programs list": (),
        "programs check": (desk.folder / "gifts.json",),
        "programs show": (desk.folder / "gifts.json",),
        "templates publish": (template,),
        "templates list": (),
        "templates show": ("points-earned",),
        "templates diff": (template,),
        "templates preview": ("points-earned", "--channel", "sms"),
        "templates lint": (template,),
        "templates send-test": ("points-earned", "--to", "b@example.com", *server),
        "members import": (desk.folder / "members.ndjson",),
        "members find": ("--card", "77001234"),
        "purchases replay": (bought,),
        "purchases claim": ("MEMBER-1", "NONE", "--total", "10.00", "--date", "2017-03-01", "--id", "J1"),
        "account show": ("MEMBER-1",),
        "account explain": ("MEMBER-1", "MEMBER-1-0"),
        "member freeze": ("MEMBER-1", *known, "--id", "J2"),
        "member unfreeze": ("MEMBER-1", *known, "--id", "J3"),
        "member close": ("NEW-2", *known, "--id", "J4", "--program", "gifts", "--unknown-member", "--yes"),
        "points redeem": ("MEMBER-1", "--program", "gifts", "--points", 5, "--id", "J5"),
        "points cancel": ("MEMBER-1", "--program", "gifts", "--redemption", "J5", "--id", "J6"),
        "points adjust": ("MEMBER-1", "--program", "gifts", "--points", 5, *known, "--id", "J7"),
        "points transfer": ("MEMBER-1", "--program", "gifts", "--points", 5, *known, "--to", "MEMBER-2", "--id", "J8"),
        "points proposals": (),
        "points approve": ("J7", "--member", "MEMBER-1", "--program", "gifts", "--actor", "b"),
        "points decline": ("J7", "--member", "MEMBER-1", "--program", "gifts", "--actor", "b"),
        "keys create": (desk.folder / "key.pem",),
        "keys publish": ("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "--actor", "a"),
        "keys list": (),
        "keys revoke": ("21fe31dfa154a261", "--yes"),
        "report actors": (),
        "tier set": (
            *("MEMBER-1", "gold", "--program", "gifts", *known, "--id", "J9"),
            *("--until", "2018-01-01T00:00:00Z"),
        ),
        "privacy erase": ("MEMBER-3", "--unknown-member", "--yes"),
        "clock advance": ("--to", "2017-03-02T00:00:00Z"),
        "rejections list": (),
        "rejections retry": ("--code", "no-lines"),
        "offsets accept-loss": (
            *("notifier", "--topic", "loyalty.tiers", "--partition", 0, "--from", 0, "--up-to", 1_000_000),
            *known,
            "--yes",
        ),
        "dead-letters list": ("points-engine",),
        "dead-letters replay": ("points-engine",),
        "simulate": ("--program-file", desk.folder / "gifts.json", "--purchase", bought),
        "status": (),
        "audit": (),
        "fence": ("points-engine-1-0", "--yes"),
        "completion": ("bash",),
        "manual": (),
    }
    at = ("--at", "2017-03-01T10:03:00-05:00")
    for name, words in asks.items():
        more = at if name in ("member close", "purchases claim") else ()
        answer = desk.run(*name.split(), *words, *more, "--json")
        assert answer.returncode in (DONE, FAILED, REFUSED), (name, answer)
        document = json.loads(answer.stdout)
        if answer.returncode == FAILED:
            assert document["error"]["exitCode"] == FAILED and document["error"]["message"], (name, document)
    told = subprocess.run([BINARIES / "loyalty", "--help"], capture_output=True, text=True, timeout=10).stdout
    lines = told.split("\nCommands\n")[1].split("\n\n")[0].splitlines()
    names = {
        " ".join(word for word in line.split("  ")[1].split() if word.islower()) for line in lines if line[2] != " "
    }
    # These tell of each row as they come to it; a rejection is a document anyway; test_inbox has the answer of `inbox`,
    # test_feedback, test_message_commands, test_preferences and test_providers those of what needs mails and messages,
    # test_reward_commands and test_reward_documents those of rewards, test_partners that of what asks a partner.
    elsewhere = {"validate", "inbox", "rejections show", "members check"}
    groups = (
        "feedback ",
        "messages ",
        "preferences ",
        "suppressions ",
        "providers ",
        "rewards ",
        "vouchers ",
        "partners ",
    )
    left = {name for name in names - asks.keys() - elsewhere if not name.startswith(groups)}
    assert not left, left
