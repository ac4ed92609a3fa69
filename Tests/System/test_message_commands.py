"""`loyalty messages`: what operators see of messages, and what they may do about them."""

import json

import pytest
from rig import letters
from rig.post_office import WAITING, PostOffice
from rig.waiting import wait_until

SECONDS = 60
PAUSED = 'stampede_messages_paused{service="notifier",subject="%s"}'


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    with PostOffice(tmp_path_factory.mktemp("office")) as running:
        running.sink.tell(domains={"bad.example": "550 5.1.1 nobody here"})
        running.notifier().wait_ready()
        yield running


def run(office, *words, code=0):
    process = office.platform.operator.run("messages", *words, check=False)
    assert process.returncode == code, process.stdout + process.stderr
    return process.stdout + process.stderr


def listed(office, *words):
    return json.loads(office.platform.operator.run("messages", "list", *words, "--json").stdout)


def told(office, label, count):
    """Outcomes of the members of a label, as soon as there are so many."""

    def outcomes():
        found = [each for each in listed(office, "--limit", 1000) if each["memberId"].startswith(f"{label}-")]
        return len(found) >= count and found

    return wait_until(outcomes, SECONDS, f"{count} outcomes of {label}", every=0.5)


def enrol(office, member, **fields):
    publisher = office.platform.publisher()
    profile = {"type": "member.profile", "id": member, "occurredAt": "2017-01-01T00:00:00Z", **fields}
    publisher.send("loyalty.members", member, json.dumps(profile))
    publisher.flush()


def test_what_became_of_messages_is_listed_and_shown(office):
    letters.send(office.platform, "SEEN", 3, domain="example.com")
    letters.send(office.platform, "SEENBAD", 2, domain="bad.example")
    told(office, "SEEN", 3)
    failed = told(office, "SEENBAD", 2)
    assert {(each["outcome"], each["reason"]) for each in failed} == {("failed", "smtp-550-5.1.1")}
    member = letters.member_of("SEEN", 1)
    [own] = listed(office, "--member", member)
    assert own["memberId"] == member and own["outcome"] == "sent"
    assert {each["outcome"] for each in listed(office, "--outcome", "failed")} == {"failed"}
    assert listed(office, "--template", "tier-reached") == [] == listed(office, "--channel", "sms")
    assert listed(office, "--since", "2100-01-01T00:00:00Z") == []
    assert len(listed(office, "--limit", 2)) == 2
    text = run(office, "list", "--member", failed[0]["memberId"])
    assert failed[0]["id"] in text and "smtp-550-5.1.1" in text
    one = run(office, "show", own["id"])
    assert own["id"] in one and "points-earned" in one and "sent" in one
    assert "no message" in run(office, "show", "n-" + "0" * 32, code=4)
    # What an operator sees holds no address.
    assert "@" not in text + one + run(office, "show", member)


def test_why_a_member_is_told_nothing_is_said_by_the_notifier(office):
    enrol(office, "QUIET", email="quiet@example.com", phone="+84901234567", consent={"email": [], "sms": ["service"]})
    text = wait_until(
        lambda: "no-consent" in (shown := run(office, "show", "QUIET")) and shown, SECONDS, "the profile", every=0.5
    )
    assert "QUIET has been told nothing" in text
    assert "would not be sent by any channel" in text
    assert "email: no, no-consent: the member has not agreed" in text
    assert "sms: no, channel-not-configured" in text
    answer = json.loads(office.platform.operator.run("messages", "show", "NOBODY", "--json").stdout)
    assert [(each["channel"], each["reason"]) for each in answer["channels"]] == [
        (channel, "no-profile") for channel in ("email", "sms", "push")
    ]
    assert answer["messages"] == [] == answer["waiting"]


def test_a_failure_is_sent_again_once_on_an_operators_word(office):
    letters.send(office.platform, "AGAIN", 1, domain="bad.example")
    [failed] = told(office, "AGAIN", 1)
    member, before = failed["memberId"], office.sink.count()
    assert "--actor" in run(office, "retry", failed["id"], code=64)
    enrol(office, member, email="right@example.com", consent={"email": ["service"]})
    answer = json.loads(
        office.platform.operator.run("messages", "retry", failed["id"], "--actor", "ann", "--json").stdout
    )
    assert answer["outcome"] == "retried" and answer["request"].startswith(f"retry:{failed['id']}:")
    first, second = told(office, "AGAIN", 2)
    assert (first["outcome"], second["outcome"]) == ("failed", "sent") and first["id"] == second["id"]
    assert (second["retries"], second["retriedBy"]) == (1, "ann")
    assert "sent again by ann" in run(office, "show", failed["id"])
    assert "only what has failed" in run(office, "retry", failed["id"], "--actor", "ann", code=4)
    # The same request once more, as a producer may send it.
    request = office.platform.read("loyalty.message-requests")[-1]
    publisher = office.platform.publisher()
    publisher.send("loyalty.message-requests", request.key, request.value)
    publisher.flush()
    wait_until(
        lambda: [each.document.get("code") for each in office.platform.read("loyalty.message-answers")].count(
            "not-failed"
        ),
        SECONDS,
        "the notifier's answer",
        every=0.5,
    )
    assert office.sink.count() == before + 1
    assert [address for address, _ in office.sink.mails()][before:] == ["right@example.com"]


def test_a_paused_channel_waits_and_its_messages_go_when_it_is_resumed(office):
    worker = office.workers[0]
    pause = run(office, "pause", "email", "--actor", "ann", "--reason", "wrong wording")
    assert "email is paused" in pause
    assert "is paused since" in run(office, "pause", "email", "--actor", "bob")
    wait_until(lambda: worker.metrics()[PAUSED % "channel:email"] == 1, SECONDS, "the pause to be seen")
    before = office.sink.count()
    letters.send(office.platform, "PAUSED", 20, domain="example.com")
    wait_until(lambda: worker.metrics()[WAITING] == 20, SECONDS, "all to wait")
    worker.kill()
    worker.start().wait_ready()
    assert worker.get("/readyz")[0] == 200 and office.sink.count() == before
    shown = run(office, "show", letters.member_of("PAUSED", 3))
    assert "Waiting:" in shown and "paused by an operator" in shown
    run(office, "resume", "email", "--actor", "bob")
    assert {each["outcome"] for each in told(office, "PAUSED", 20)} == {"sent"}
    assert office.sink.count() == before + 20
    assert worker.metrics()[PAUSED % "channel:email"] == 0


def test_a_paused_template_waits_and_a_wrong_name_is_refused(office):
    assert "points-earned" in run(office, "pause", "points-earnd", "--actor", "ann", code=64)
    run(office, "pause", "points-earned", "--actor", "ann")
    letters.send(office.platform, "TEMPLATE", 5, domain="example.com")
    worker = office.workers[0]
    wait_until(lambda: worker.metrics()[WAITING] == 5, SECONDS, "all to wait")
    assert worker.metrics()[PAUSED % "template:points-earned"] == 1
    assert "paused templates, whose messages wait: points-earned" in run(
        office, "show", letters.member_of("TEMPLATE", 1)
    )
    run(office, "resume", "points-earned", "--actor", "ann")
    assert {each["outcome"] for each in told(office, "TEMPLATE", 5)} == {"sent"}
    assert PAUSED % "template:points-earned" not in worker.metrics()
