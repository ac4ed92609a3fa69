"""Bounces of a real Postfix come back to the message that they are about, and the contact is left alone from then on,
whoever has it."""

import json
import subprocess
from email import message_from_bytes

import pytest
from conftest import PROGRAMME_FILE
from rig import purchases
from rig.platform import Platform
from rig.postfix import BOUNCES, MISSING, PEOPLE, Postfix, is_there
from rig.services import SERVICES
from rig.waiting import wait_until
from rig.worker import BINARIES, KAFKA_PROPERTIES

SECONDS = 90
TRY_LATER = 75
SECRET = "a secret of this test's installation"
AT = "2017-03-01T00:00:00Z"
LISTED = 'stampede_suppressed_contacts{service="notifier"}'
BOUNCED = 'stampede_feedback_total{service="notifier",kind="bounced"}'

pytestmark = pytest.mark.skipif(not is_there(), reason=MISSING)


class Programme:
    """A platform whose notifier sends by way of a Postfix."""

    def __init__(self, platform, postfix, **flags):
        self.platform = platform
        self.postfix = postfix
        platform.operator.env["STAMPEDE_FEEDBACK_SECRET"] = SECRET
        given = {"smtp_url": postfix.url, "return_path": f"bounces@{BOUNCES}", "feedback_secret": SECRET, **flags}
        platform.worker("notifier", **given).start().wait_ready()
        platform.operator.run("programs", "publish", PROGRAMME_FILE)

    def enrol(self, member, box):
        profile = {"type": "member.profile", "id": member, "occurredAt": "2017-01-01T00:00:00Z"}
        profile |= {"email": f"{box}@{PEOPLE}", "consent": {"email": ["service"]}}
        self._send("loyalty.members", member, json.dumps(profile).encode())

    def buy(self, member, number):
        self._send("commerce.purchases", member, purchases.one_line(f"{member}-{number}", member, "9.00", AT))

    def _send(self, topic, key, value):
        publisher = self.platform.publisher()
        publisher.send(topic, key, value)
        publisher.flush()

    def outcomes(self, member):
        """(outcome, reason) of each event about a member's messages."""
        records = [each.document for each in self.platform.read("loyalty.notifications")]
        return [(each["outcome"], each.get("reason")) for each in records if each["memberId"] == member]

    def wait_outcomes(self, member, *expected):
        wait_until(
            lambda: self.outcomes(member) == list(expected),
            SECONDS,
            lambda: f"{expected} of {member}, not {self.outcomes(member)}\n{self.postfix.story()}",
        )

    def loyalty(self, *words):
        return self.platform.operator.json(*words)

    def read_bounces(self, count):
        """Runs `loyalty feedback dsn` once so many bounces lie in the maildir."""
        wait_until(lambda: len(list((self.postfix.bounces / "new").iterdir())) == count, SECONDS, self.postfix.story)
        return self.loyalty("feedback", "dsn", "--maildir", self.postfix.bounces)


def started():
    """All but the notifier, which is told of a Postfix later."""
    return Platform().start([service for service in SERVICES if service != "notifier"])


@pytest.fixture(scope="module")
def programme():
    with started() as platform, Postfix(boxes=("lan",)) as postfix:
        yield Programme(platform, postfix)


def test_a_bounce_ends_its_message_and_suppresses_the_contact_for_good(programme):
    programme.enrol("LAN", "lan")
    programme.enrol("GONE", "gone")
    programme.buy("LAN", 1)
    programme.buy("GONE", 1)
    bounced = programme.read_bounces(1)
    assert [each["type"] for each in bounced["reports"]] == ["message.bounced"]
    assert [(each["bounce"], each["code"]) for each in bounced["reports"]] == [("hard", "5.1.1")]
    programme.wait_outcomes("GONE", ("sent", None), ("bounced", "5.1.1"))
    programme.wait_outcomes("LAN", ("sent", None))

    # The envelope names the message, for Postfix has said that it reports deliveries.
    [mail] = (message_from_bytes(each) for each in programme.postfix.mails("lan"))
    token = mail["X-Stampede-Feedback"]
    assert mail["Return-Path"] == f"<bounces+{token}@{BOUNCES}>" and len(f"bounces+{token}") <= 64
    [report] = programme.postfix.bounced()
    assert b"Original-Envelope-Id: " in report and b"Content-Type: text/rfc822-headers" in report

    # Each file is taken once.
    assert programme.loyalty("feedback", "dsn", "--maildir", programme.postfix.bounces)["reports"] == []

    metrics = programme.platform.worker("notifier").metrics
    wait_until(lambda: metrics().get(LISTED) == 1, SECONDS, lambda: f"a contact on the list; {metrics()}")
    assert metrics()[BOUNCED] == 1
    programme.buy("GONE", 2)
    suppressed = ("suppressed", "suppressed-bounced")
    programme.wait_outcomes("GONE", ("sent", None), ("bounced", "5.1.1"), suppressed)

    # An erasure and a new enrolment under other ids, in whatever partition, change nothing.
    programme.platform.operator.run("privacy", "erase", "GONE", "--yes")
    wait_until(lambda: programme.platform.read("privacy.certificates"), SECONDS, "the certificate")
    for number in range(6):
        programme.enrol(f"NEW-{number}", "GONE")
        programme.buy(f"NEW-{number}", 1)
    for number in range(6):
        programme.wait_outcomes(f"NEW-{number}", suppressed)
    assert f"gone@{PEOPLE}" not in json.dumps(
        [each.document for each in programme.platform.read("loyalty.suppressions")]
    )


def test_the_list_is_kept_by_hand(programme):
    programme.enrol("HAND", "lan+hand")
    added = programme.loyalty("suppressions", "add", f"LAN+hand@{PEOPLE}", "--actor", "ann")
    assert [(each["reason"], each["actor"]) for each in added["added"]] == [("by-hand", "ann")]
    again = programme.loyalty("suppressions", "add", f"lan+hand@{PEOPLE}", "--actor", "bob")
    assert (again["added"], again["thereBefore"]) == ([], 1)
    [found] = programme.loyalty("suppressions", "find", f"lan+hand@{PEOPLE}")
    assert found["digest"] == added["added"][0]["digest"]
    listed = programme.loyalty("suppressions", "list", "--reason", "by-hand")["suppressed"]
    assert [each["digest"] for each in listed] == [found["digest"]]
    programme.buy("HAND", 1)
    programme.wait_outcomes("HAND", ("suppressed", "suppressed-by-hand"))

    programme.loyalty("suppressions", "remove", f"lan+hand@{PEOPLE}", "--actor", "ann")
    assert programme.loyalty("suppressions", "find", f"lan+hand@{PEOPLE}") == []
    [last] = [
        each.document
        for each in programme.platform.read("loyalty.suppressions")
        if each.document["digest"] == found["digest"] and each.document["type"] == "contact.released"
    ]
    assert last["actor"] == "ann"
    programme.buy("HAND", 2)
    programme.wait_outcomes("HAND", ("suppressed", "suppressed-by-hand"), ("sent", None))
    run = programme.platform.operator.run
    assert run("suppressions", "remove", f"lan+hand@{PEOPLE}", "--actor", "ann", check=False).returncode == 4
    refused = run("suppressions", "add", "nobody", "--actor", "ann", check=False)
    assert refused.returncode == 4 and "neither an e-mail address nor a phone number" in refused.stderr
    other = run("suppressions", "add", "a@b.example", "--actor", "ann", "--feedback-secret", "x" * 16, check=False)
    assert other.returncode == 4 and "another --feedback-secret" in other.stderr


def test_bounces_come_through_a_pipe_over_starttls():
    with started() as platform:
        postfix = Postfix(tls="may")
        secret = postfix.folder / "secret"
        secret.write_text(SECRET)
        reach = ["--brokers", platform.brokers]
        if KAFKA_PROPERTIES:
            reach += ["--kafka-properties", KAFKA_PROPERTIES]
        words = [BINARIES / "loyalty", *reach, "feedback", "dsn", "--feedback-secret-file", secret]
        postfix.pipe = " ".join(map(str, [*words, "--recipient", "${original_recipient}"]))
        with postfix:
            flags = {"smtp_starttls": "required", "smtp_ca_file": postfix.certificate}
            programme = Programme(platform, postfix, **flags)
            programme.enrol("GONE", "gone")
            programme.buy("GONE", 1)
            programme.wait_outcomes("GONE", ("sent", None), ("bounced", "5.1.1"))
            assert "TLS connection established from" in postfix.story(), postfix.story()


def test_a_mail_server_is_asked_to_try_again_later():
    report = b"Content-Type: text/plain\n\nhello\n"
    words = [BINARIES / "loyalty", "--brokers", "127.0.0.1:1", "--broker-patience-ms", "100", "feedback", "dsn"]
    environment = {"PATH": "/usr/bin:/bin", "STAMPEDE_FEEDBACK_SECRET": SECRET}
    run = subprocess.run(words, input=report, capture_output=True, timeout=SECONDS, env=environment)
    assert run.returncode == 0 and b"names no message of this installation" in run.stdout, run
    del environment["STAMPEDE_FEEDBACK_SECRET"]
    run = subprocess.run(words, input=report, capture_output=True, timeout=SECONDS, env=environment)
    assert run.returncode == TRY_LATER and b"--feedback-secret" in run.stderr, run
