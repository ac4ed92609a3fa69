"""Records of clients that partition by another hash, as kcat and confluent-kafka do that are told nothing: they are
sent on to where their keys belong, and nobody's points, messages or rights are lost."""

import json
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from rig.platform import Platform
from rig.topic import Publisher
from rig.waiting import wait_until

PROGRAMME = {
    "id": "cafe",
    "version": 1,
    "effectiveFrom": "2020-01-01T00:00:00Z",
    "name": "Cafe",
    "currencies": ["USD"],
    "timeZone": "UTC",
    "earning": [
        {"id": "base", "kind": "spend", "points": 1, "per": "1.00"},
        {"id": "review", "kind": "activity", "activity": "review.written", "points": 7},
    ],
}
NOW = datetime.now(UTC)
SECONDS = 60
# So many that with four partitions some lie right and some wrong by the other hash.
MEMBERS = [f"K-{number}" for number in range(8)]
MARK = "stampede_forwarded_from"


def instant(days_ago=0.0):
    return (NOW - timedelta(days=days_ago)).isoformat(timespec="seconds")


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    with Platform(clock="wall") as running:
        file = tmp_path_factory.mktemp("strays") / "programme.json"
        file.write_text(json.dumps(PROGRAMME), "utf-8")
        running.operator.run("programs", "publish", file)
        yield running


def kcat(platform, topic, key, document):
    """As somebody does who was told nothing of a partitioner."""
    value = json.dumps(document)
    subprocess.run(
        ["kcat", "-P", "-b", platform.brokers, "-t", topic, "-k", key],
        input=value,
        text=True,
        check=True,
        timeout=SECONDS,
    )


def send(platform, topic, documents):
    publisher = platform.publisher(partitioner=Publisher.OWN_DEFAULT)
    for key, document in documents:
        publisher.send(topic, key, json.dumps(document))
    publisher.flush()


def forwarded(platform, topic):
    return [record for record in platform.read(topic) if MARK in record.headers]


def profile(member):
    return {
        "type": "member.profile",
        "id": member,
        "occurredAt": instant(30),
        "joinedAt": instant(30),
        "email": f"{member.lower()}@example.com",
        "phone": f"+8490765432{member[-1]}",
        "locale": "en",
        "consent": {"email": ["service"], "sms": []},
    }


def purchase(id, **member):
    return {
        "type": "purchase.completed",
        "id": id,
        "occurredAt": instant(1),
        "source": "till",
        "currency": "USD",
        "lines": [{"sku": "A", "amount": "20.00"}],
        **member,
    }


def alive(platform):
    """(member, partition) of each profile that compaction would keep on loyalty.members."""
    latest = {}
    for record in platform.read("loyalty.members"):
        latest[record.key.decode(), record.partition] = record.is_tombstone
    return {place for place, is_tombstone in latest.items() if not is_tombstone}


@pytest.fixture(scope="module")
def enrolled(platform):
    for member in MEMBERS:
        kcat(platform, "loyalty.members", member, profile(member))
    platform.wait_drained()
    return platform


def entries(platform, member):
    found = [record for record in platform.read("loyalty.ledger") if record.document["memberId"] == member]
    return [record.document for record in found]


def test_every_profile_lies_once_and_where_its_key_belongs(enrolled):
    places = alive(enrolled)
    assert sorted(member for member, _ in places) == MEMBERS
    assert 0 < len(forwarded(enrolled, "loyalty.members")) < len(MEMBERS)
    assert enrolled.operator.run("members", "check").returncode == 0
    told = [line for line in enrolled.worker("transaction-ingest").process.tail(400).splitlines() if "murmur2" in line]
    assert len(told) == 1, told


def test_a_purchase_finds_each_by_phone_and_each_is_told(enrolled):
    publisher = enrolled.publisher()
    for member in MEMBERS:
        bought = purchase(f"B-{member}", member={"phone": profile(member)["phone"]})
        publisher.send("commerce.purchases", bought["id"], json.dumps(bought))
    publisher.flush()
    enrolled.wait_drained()
    for member in MEMBERS:
        assert sum(entry["points"] for entry in entries(enrolled, member) if entry["cause"] == f"B-{member}") == 20
    wanted = {profile(member)["email"] for member in MEMBERS}
    wait_until(
        lambda: wanted <= {mail["To"] for mail in enrolled.smtp.messages()}, SECONDS, "a message to each of the members"
    )


def test_a_command_is_booked_once_on_the_members_own_account(enrolled):
    commands = [
        {
            "type": "points.adjust",
            "id": f"ADJ-{member}",
            "occurredAt": instant(),
            "memberId": member,
            "programId": "cafe",
            "points": 100,
            "actor": "ann",
            "reason": "welcome",
        }
        for member in MEMBERS
    ]
    send(enrolled, "loyalty.commands", [(command["memberId"], command) for command in commands])
    enrolled.wait_drained()
    assert 0 < len(forwarded(enrolled, "loyalty.commands")) < len(MEMBERS)
    for member in MEMBERS:
        own = entries(enrolled, member)
        assert [entry["sequence"] for entry in own] == list(range(1, len(own) + 1))
        assert [entry["points"] for entry in own if entry["type"] == "points.adjusted"] == [100]
        assert enrolled.operator.run("account", "show", member).returncode == 0


def test_an_activity_earns_on_the_members_own_account(enrolled):
    activities = [
        {
            "type": "activity",
            "id": f"ACT-{member}",
            "occurredAt": instant(),
            "memberId": member,
            "source": "app",
            "activity": "review.written",
        }
        for member in MEMBERS
    ]
    send(enrolled, "loyalty.activities", [(activity["memberId"], activity) for activity in activities])
    enrolled.wait_drained()
    assert 0 < len(forwarded(enrolled, "loyalty.activities")) < len(MEMBERS)
    for member in MEMBERS:
        assert [entry["points"] for entry in entries(enrolled, member) if entry.get("rule") == "review"] == [7]


def test_a_claim_is_answered(enrolled):
    publisher = enrolled.publisher()
    for member in MEMBERS:
        publisher.send("commerce.purchases", f"C-{member}", json.dumps(purchase(f"C-{member}", member=None)))
    publisher.flush()
    enrolled.wait_drained()
    claims = [
        {
            "type": "purchase.claim",
            "id": f"CL-{member}",
            "occurredAt": instant(),
            "memberId": member,
            "receipt": f"C-{member}",
            "total": "20.00",
            "date": (NOW - timedelta(days=1)).date().isoformat(),
        }
        for member in MEMBERS
    ]
    send(enrolled, "commerce.claims", [(claim["memberId"], claim) for claim in claims])
    enrolled.wait_drained()
    answers = {record.document["memberId"]: record.document["type"] for record in enrolled.read("loyalty.claims")}
    assert answers == dict.fromkeys(MEMBERS, "claim.accepted")


def test_an_erasure_leaves_nothing_on_the_compacted_topic(enrolled):
    # One that lay wrong before strays were sent on is as far from everybody's sight.
    erased = MEMBERS[:4]
    requests = [
        {"type": "privacy.erasure.requested", "id": f"E-{member}", "occurredAt": instant(), "memberId": member}
        for member in erased
    ]
    send(enrolled, "privacy.requests", [(request["memberId"], request) for request in requests])
    wait_until(lambda: len(enrolled.read("privacy.certificates")) == len(erased), SECONDS, "the certificates")
    enrolled.wait_drained()
    assert forwarded(enrolled, "privacy.requests")
    assert sorted(member for member, _ in alive(enrolled)) == MEMBERS[4:]
    for member in erased:
        for record in enrolled.read("loyalty.members"):
            if record.key.decode() == member:
                last = record
        assert last.is_tombstone


def test_the_books_hold_and_no_record_was_lost(enrolled):
    audit = enrolled.operator.run("audit", check=False)
    assert audit.returncode == 0, audit.stdout
    for service in ("transaction-ingest", "points-engine", "tier-evaluator", "notifier", "gdpr-worker"):
        assert enrolled.read(f"{service}.dead-letters") == []


def test_what_lay_wrong_before_is_listed_and_mended(tmp_path):
    """Written while no worker runs, as by an earlier release that never looked."""
    with Platform(partitions=3) as platform:
        for worker in platform.workers.values():
            assert worker.stop() == 0
        publisher = platform.publisher()
        own = {}
        for member in ("M-1", "M-2", "M-3", "M-4"):
            publisher.send("privacy.tasks", member, "{}")
        publisher.flush()
        for record in platform.read("privacy.tasks"):
            own[record.key.decode()] = record.partition
        other = {member: (partition + 1) % 3 for member, partition in own.items()}

        def write(member, partition, days_ago, id=None, value=...):
            document = {"type": "member.profile", "id": id or member, "occurredAt": instant(days_ago)}
            value = json.dumps(document) if value is ... else value
            publisher.send("loyalty.members", member, value, partition=partition)
            publisher.flush()

        write("M-1", other["M-1"], 5)
        write("M-2", other["M-2"], 5)
        write("M-2", own["M-2"], 1)
        write("M-3", other["M-3"], 5)
        write("M-3", own["M-3"], 0, value=None)
        write("M-4", own["M-4"], 5, id="M-1")
        listed = platform.operator.run("members", "check", "--json", check=False)
        assert listed.returncode == 1
        found = {stray["key"]: (stray["problem"], stray["mend"]) for stray in json.loads(listed.stdout)["strays"]}
        assert found == {
            "M-1": ("wrong-partition", "move"),
            "M-2": ("superseded", "remove"),
            "M-3": ("deleted", "remove"),
            "M-4": ("wrong-key", "remove"),
        }
        text = platform.operator.run("members", "check", check=False)
        assert text.returncode == 1 and "murmur2_random" in text.stdout
        assert json.loads(platform.operator.run("members", "check", "--mend", "--json").stdout)["mended"]
        assert alive(platform) == {("M-1", own["M-1"]), ("M-2", own["M-2"])}
        again = platform.operator.run("members", "check")
        assert again.returncode == 0 and "lies where its key belongs" in again.stdout
