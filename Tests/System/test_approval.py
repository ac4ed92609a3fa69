"""What operators may do by hand: limits, approvals by another person, signatures, and the report on all of it."""

import base64
import json
import subprocess
from datetime import UTC, datetime

import pytest
from rig.platform import Platform
from rig.topic import Publisher
from rig.waiting import wait_until
from test_commands import DONE, REFUSED, Desk

WAITS, FAILED = 7, 1
SECONDS = 60
PROGRAMME = {
    "id": "gifts",
    "version": 1,
    "effectiveFrom": "2017-01-01T00:00:00Z",
    "name": "Gifts",
    "currencies": ["USD"],
    "timeZone": "UTC",
    "earning": [{"id": "base", "kind": "spend", "points": 1, "per": "1.00"}],
    "tiers": {
        "metric": "spend",
        "window": {"kind": "lifetime"},
        "levels": [{"id": "member", "from": "0"}, {"id": "gold", "from": "1000"}],
    },
}
POINTED = {**PROGRAMME, "id": "pointed", "tiers": {**PROGRAMME["tiers"], "metric": "points"}}
LIMITS = {"adjust_points_max": 1_000, "adjust_points_day_max": 2_500, "tier_sets_day_max": 2}
# Those that one service alone knows.
TAKES = {name: ("points-engine",) for name in ("adjust_points_max", "adjust_points_day_max", "proposal_days")}
MEMBERS = [f"K-{number}" for number in range(8)]


def start(folder, clock, **flags):
    """Engine and evaluator with these flags, and what they need."""
    platform = Platform(clock=clock).start(())
    try:
        for service in ("points-engine", "tier-evaluator"):
            own = {name: value for name, value in flags.items() if service in TAKES.get(name, (service,))}
            platform.worker(service, commit_interval_ms=50, **own).start()
        for worker in platform.workers.values():
            worker.wait_ready()
        desk = Desk(platform, folder)
        for programme in (PROGRAMME, POINTED):
            platform.operator.run("programs", "publish", desk.write(f"{programme['id']}.json", programme))
        return desk
    except BaseException:
        platform.stop()
        raise


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    desk = start(tmp_path_factory.mktemp("limits"), "wall", **LIMITS)
    with desk.platform:
        yield desk
        audit = desk.operator.json("audit")
        assert audit["audit"] == "pass", audit


def adjust(desk, member, points, id, *words, actor="ann", program="gifts"):
    named = ("--actor", actor, "--reason", "goodwill", "--program", program, "--id", id, "--unknown-member")
    return desk.run("points", "adjust", member, "--points", points, *named, *words)


def entries(desk, cause):
    return [each.document for each in desk.platform.read("loyalty.ledger") if each.document["cause"] == cause]


def test_more_than_one_person_may_adjust_waits_for_another(desk):
    assert adjust(desk, "K-0", 1_000, "small", actor="cal").returncode == DONE
    waits = adjust(desk, "K-0", 1_001, "large", actor="cal")
    assert waits.returncode == WAITS and "loyalty points approve large" in waits.stdout, waits
    again = json.loads(adjust(desk, "K-0", 1_001, "large", "--json", actor="cal").stdout)
    assert again["outcome"] == "answered-before" and again["exitCode"] == WAITS
    assert again["answers"][0]["proposal"] == "large" and again["answers"][0]["proposed"] == 1_001
    waiting = desk.operator.json("points", "proposals")
    assert [(each["id"], each["memberId"], each["points"]) for each in waiting] == [("large", "K-0", 1_001)]
    assert "large" in desk.operator.run("points", "proposals").stdout

    own = desk.run("points", "approve", "large", "--actor", "Cal")
    assert own.returncode == REFUSED and "own-proposal" in own.stdout
    approved = desk.run("points", "approve", "large", "--actor", "lead")
    assert approved.returncode == DONE and "+1,001 points" in approved.stdout, approved
    assert desk.operator.json("points", "proposals") == []
    place = ("--member", "K-0", "--program", "gifts")
    again = desk.run("points", "approve", "large", "--actor", "lead", *place)
    assert again.returncode == DONE and "answered before" in again.stdout
    asked = adjust(desk, "K-0", 1_001, "large", actor="cal")
    assert asked.returncode == DONE and "+1,001 points (answered before" in asked.stdout, asked
    late = desk.run("points", "approve", "large", "--actor", "lead", "--id", "late", *place)
    assert late.returncode == REFUSED and "already-booked" in late.stdout
    gone = desk.run("points", "approve", "nobodys", "--actor", "lead")
    assert gone.returncode == FAILED and "loyalty points proposals" in gone.stderr

    booked = [entry for entry in entries(desk, "large") if entry["points"]]
    assert [(entry["points"], entry["actor"], entry["approvedBy"]) for entry in booked] == [(1_001, "cal", "lead")]
    assert "approved by lead (large/approved/lead)" in desk.run("account", "explain", "K-0", "large").stdout


def test_what_waits_can_be_declined_and_withdrawn(desk):
    place = ("--member", "K-5", "--program", "gifts")
    for id, points in (("bad", 5_000), ("typo", -5_000)):
        assert adjust(desk, "K-5", points, id, actor="gus").returncode == WAITS
    declined = desk.run("points", "decline", "bad", "--actor", "lead", "--reason", "not ours")
    assert declined.returncode == DONE and "bad waits no more: 5,000 points for K-5" in declined.stdout, declined
    again = desk.operator.json("points", "decline", "bad", "--actor", "lead", "--reason", "not ours", *place)
    assert again["outcome"] == "answered-before" and again["exitCode"] == DONE
    assert again["answers"][0]["declinedBy"] == "lead" and again["answers"][0]["proposal"] == "bad"
    withdrawn = desk.run("points", "decline", "typo", "--actor", "gus")
    assert withdrawn.returncode == DONE, withdrawn
    assert not [each for each in desk.operator.json("points", "proposals") if each["memberId"] == "K-5"]

    asked = adjust(desk, "K-5", 5_000, "bad", actor="gus")
    assert asked.returncode == REFUSED and "proposal-declined" in asked.stdout, asked
    approved = desk.run("points", "approve", "bad", "--actor", "lead", *place)
    assert approved.returncode == REFUSED and "proposal-declined" in approved.stdout, approved
    late = desk.run("points", "decline", "bad", "--actor", "eve", *place)
    assert late.returncode == REFUSED and "proposal-declined" in late.stdout, late
    gone = desk.run("points", "decline", "nobodys", "--actor", "lead")
    assert gone.returncode == FAILED and "loyalty points proposals" in gone.stderr
    (entry,) = [entry for entry in entries(desk, "bad") if entry["type"] == "points.adjustment-refused"]
    assert (entry["actor"], entry["declinedBy"], entry["proposed"], entry["points"]) == ("gus", "lead", 5_000, 0)
    assert "declined by lead (bad/declined/lead)" in desk.run("account", "explain", "K-5", "bad").stdout
    assert "withdrawn by gus" in desk.run("account", "explain", "K-5", "typo").stdout
    lead = next(line for line in desk.operator.json("report", "actors") if line["actor"] == "lead")
    assert lead["declined"] == 1


def test_what_no_engine_wrote_among_the_proposals_stops_nobody(desk):
    publisher = desk.platform.publisher()
    publisher.send("loyalty.proposals", "K-0", b"no proposal")
    publisher.flush()
    assert adjust(desk, "K-6", 4_000, "beside", actor="hal").returncode == WAITS
    listed = desk.operator.run("points", "proposals")
    assert "beside" in listed.stdout and "1 records of loyalty.proposals" in listed.stderr
    assert desk.run("points", "approve", "beside", "--actor", "boss").returncode == DONE


def test_an_actors_day_is_one_sum_over_all_partitions(desk):
    """Five of six fit, whoever comes first: partitions race, and not a point too much is booked."""
    publisher = desk.platform.publisher()
    for number, member in enumerate(MEMBERS):
        command = {
            **{"type": "points.adjust", "id": f"race-{number}", "occurredAt": now(), "memberId": member},
            **{"programId": "gifts", "points": 500, "actor": "dan", "reason": "a race"},
        }
        for _ in range(2):
            publisher.send("loyalty.commands", member, json.dumps(command))
    publisher.flush()

    def answers():
        ledger = [each.document for each in desk.platform.read("loyalty.ledger")]
        return [entry for entry in ledger if entry.get("actor") == "dan"]

    wait_until(lambda: len(answers()) >= len(MEMBERS), SECONDS, "an answer to each")
    desk.platform.wait_drained(services=("points-engine", "tier-evaluator"))
    types = [entry["type"] for entry in answers()]
    assert sorted(types) == ["points.adjusted"] * 5 + ["points.adjustment-proposed"] * 3
    told = adjust(desk, "K-1", 1, "one more", actor="dan")
    assert told.returncode == WAITS, told
    assert adjust(desk, "K-1", 1, "another's", actor="eve").returncode == DONE


@pytest.mark.parametrize("program", ["gifts", "pointed"])
def test_levels_that_one_actor_may_set_in_a_day_are_counted(desk, program):
    def set_level(member, id):
        words = ("--program", program, "--actor", program, "--reason", "match", "--id", id, "--unknown-member")
        return desk.run("tier", "set", member, "gold", "--until", "2099-01-01T00:00:00Z", *words)

    for number in range(2):
        for _ in range(2):
            assert set_level(f"K-{number}", f"level-{number}").returncode == DONE
    refused = set_level("K-2", "level-2")
    assert refused.returncode == REFUSED and "too-many-tier-sets" in refused.stdout, refused


def test_the_report_tells_who_adjusted_what(desk):
    profiles = [
        {"id": "K-6", "email": "flo@example.com", "phone": "+84907654321"},
        {"id": "K-7", "phone": "+84907654321"},
    ]
    file = desk.folder / "profiles.ndjson"
    file.write_text("".join(json.dumps(profile) + "\n" for profile in profiles), "utf-8")
    desk.operator.run("members", "import", file)
    for id, member, points in (("own", "K-6", 100), ("home", "K-7", 7), ("other", "K-9", -7), ("more", "K-9", 9)):
        adjust(desk, member, points, f"report-{id}", actor="Flo@Example.com")
    assert desk.run("points", "redeem", "K-7", "--points", 5, "--program", "gifts", "--id", "spent").returncode == DONE
    lines = desk.operator.json("report", "actors", "--round-to", 100)
    flo = next(line for line in lines if line["actor"] == "Flo@Example.com")
    assert (flo["adjustments"], flo["awarded"], flo["members"]) == (3, 116, 3), "the deduction was refused"
    assert flo["ownHousehold"] == 2 and flo["round"] == 1 and flo["spentWithinADay"] == 1
    cal = next(line for line in lines if line["actor"] == "cal")
    assert cal["proposed"] == 1 and "ownHousehold" not in cal
    assert next(line for line in lines if line["actor"] == "lead")["approvedPoints"] == 1_001
    assert desk.operator.json("report", "actors", "--since", "2099-01-01T00:00:00Z") == []
    assert "Flo@Example.com" in desk.operator.run("report", "actors").stdout


def test_a_proposal_waits_so_many_days_and_no_longer(tmp_path):
    desk = start(tmp_path, "stream", adjust_points_max=100, proposal_days=2)
    with desk.platform as platform:
        at = ("--at", "2017-03-01T00:00:00Z")
        assert adjust(desk, "K-0", 200, "A", *at).returncode == WAITS
        engine = platform.worker("points-engine")
        engine.kill()
        engine.delete_state()
        engine.start().wait_ready()
        platform.operator.run("clock", "advance", "--to", "2017-03-02T23:59:59Z")
        wait_until(lambda: len(desk.operator.json("points", "proposals")) == 1, SECONDS, "it to wait still")
        platform.operator.run("clock", "advance", "--to", "2017-03-03T00:00:00Z")
        wait_until(lambda: desk.operator.json("points", "proposals") == [], SECONDS, "it to wait no longer")
        assert [entry.get("reason") for entry in entries(desk, "A")] == ["goodwill", "proposal-expired"]


# -- Signatures


def openssl(*words, input=None):
    return subprocess.run(["openssl", *words], input=input, check=True, capture_output=True, timeout=30).stdout


def signature(key, record_key, value, folder):
    """As any client makes one: what docs/commands-and-approval.md says, by OpenSSL."""
    message = folder / "message"
    message.write_bytes(b"stampede-command-v1\0loyalty.commands\0" + record_key.encode() + b"\0" + value.encode())
    signed = openssl("pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", message)
    return base64.b64encode(signed).decode()


def now():
    return datetime.now(UTC).isoformat(timespec="seconds")


def test_where_commands_must_be_signed_actor_is_more_than_a_claim(tmp_path):
    desk = start(tmp_path, "wall", require_signed_commands=True)
    with desk.platform as platform:
        made = desk.operator.json("keys", "create", tmp_path / "ann.pem")
        assert (tmp_path / "ann.pem").stat().st_mode & 0o777 == 0o600
        assert desk.run("keys", "create", tmp_path / "ann.pem").returncode == FAILED, "what is there stays"
        openssl("genpkey", "-algorithm", "ed25519", "-out", tmp_path / "till.pem")
        till = base64.b64encode(
            openssl("pkey", "-in", tmp_path / "till.pem", "-pubout", "-outform", "DER")[-32:]
        ).decode()
        ann = desk.operator.json("keys", "publish", made["publicKey"], "--actor", "ann")
        tills = desk.operator.json("keys", "publish", till, "--actor", "till-7")
        assert ann["key"] == made["key"]
        assert {each["actor"] for each in desk.operator.json("keys", "list")} == {"ann", "till-7"}

        unsigned = adjust(desk, "K-0", 5, "unsigned")
        assert unsigned.returncode == REFUSED and "unsigned-command" in unsigned.stdout
        desk.operator.env["STAMPEDE_SIGNING_KEY_FILE"] = str(tmp_path / "ann.pem")
        assert adjust(desk, "K-0", 5, "signed").returncode == DONE
        another = adjust(desk, "K-0", 5, "in bob's name", actor="bob")
        assert another.returncode == REFUSED and "unknown-key" in another.stdout
        level = ("--until", "2099-01-01T00:00:00Z", "--actor", "ann", "--reason", "r", "--unknown-member")
        for program in ("gifts", "pointed"):
            done = desk.run("tier", "set", "K-0", "gold", *level, "--program", program, "--id", f"level-{program}")
            assert done.returncode == DONE, done

        # A client of its own that partitions otherwise: what it signed is sent on, and counts.
        publisher = platform.publisher(partitioner=Publisher.OWN_DEFAULT)
        for number, member in enumerate(MEMBERS):
            command = {
                **{"type": "points.adjust", "id": f"till-{number}", "occurredAt": now(), "memberId": member},
                **{"programId": "gifts", "points": 10, "actor": "till-7", "reason": "by hand"},
            }
            value, forged = json.dumps(command), json.dumps({**command, "id": f"forged-{number}", "points": 1_000_000})
            signed = signature(tmp_path / "till.pem", member, value, tmp_path)
            headers = {"stampede_key_id": tills["key"], "stampede_signature": signed}
            publisher.send("loyalty.commands", member, value, headers=headers)
            publisher.send("loyalty.commands", member, forged, headers=headers)
        publisher.flush()

        def ledger():
            entries = [each.document for each in platform.read("loyalty.ledger")]
            return [entry for entry in entries if entry.get("actor") == "till-7"]

        wait_until(lambda: len(ledger()) >= len(MEMBERS), SECONDS, "the till's adjustments")
        platform.wait_drained(services=("points-engine", "tier-evaluator"))
        assert [entry["points"] for entry in ledger()] == [10] * len(MEMBERS)
        letters = platform.read("points-engine.dead-letters")
        codes = [letter.headers["dl_error"].decode() for letter in letters]
        assert sorted(codes) == sorted(["unsigned-command", "unknown-key"] + ["bad-signature"] * len(MEMBERS))
        assert platform.read("tier-evaluator.dead-letters") == []

        assert desk.run("keys", "revoke", ann["key"], "--yes").returncode == DONE
        revoked = adjust(desk, "K-0", 5, "revoked")
        assert revoked.returncode == REFUSED and "unknown-key" in revoked.stdout
        back = desk.run("keys", "publish", made["publicKey"], "--actor", "ann")
        assert back.returncode == REFUSED and "revoked" in back.stderr
