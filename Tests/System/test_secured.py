"""On Apache Kafka with TLS and an authorizer that denies by default: what `loyalty topics acls` prints is enough for
everything the system does, and nothing of it can be left out."""

import json
import os
import subprocess
import sys

import pytest
from conftest import PROGRAMME_FILE
from rig import members, purchases
from rig.apache.installation import KAFKA
from rig.apache.secured import OPERATOR, SecuredBroker, newer_library
from rig.apache.secured_platform import SecuredPlatform, printed_rules
from rig.loyalty_command import Operator
from rig.senders import CHECKED, sent_on
from rig.services import SERVICES
from rig.topic import Publisher
from rig.waiting import wait_until
from rig.web import SMS_SECRET
from rig.worker import BINARIES

pytestmark = pytest.mark.apache

BASKETS = 300
END = "2019-01-01T00:00:00-05:00"
SECONDS = 60
RESTORED = 'stampede_restore_records_total{service="points-engine"}'


def live(platform, folder):
    """A little of everything: what each service and each command asks of the cluster."""
    run = platform.operator.run
    run("programs", "publish", PROGRAMME_FILE)
    baskets = purchases.baskets(BASKETS)
    shoppers = purchases.members_of(baskets)
    run("members", "import", members.write_file(shoppers, folder / "members.ndjson"))
    run("purchases", "replay", purchases.write_file(baskets, folder / "purchases.ndjson"))
    platform.wait_drained()
    run("clock", "advance", "--to", END)
    platform.wait_drained()
    publisher = platform.publisher()
    publisher.send("loyalty.commands", shoppers[0], b"{")
    publisher.flush()
    wait_until(lambda: platform.read("points-engine.dead-letters"), SECONDS, "the dead letter")
    run("dead-letters", "list", "points-engine")
    run("dead-letters", "replay", "points-engine")
    run("privacy", "erase", shoppers[1], "--yes")
    wait_until(lambda: platform.read("privacy.certificates"), SECONDS, "the certificate")
    run("account", "show", shoppers[0])
    run("rejections", "list")
    platform.wait_drained()
    send_astray(platform, shoppers[2:12])
    talk_to_web(platform)
    run("members", "check", "--mend")
    run("audit")


def talk_to_web(platform):
    """The notifier's HTTP server: it is ready once it has read what members want, and writes what they say."""
    web = platform.web().start()
    try:
        web.wait_ready()
        written = len(platform.read("loyalty.preference-requests"))
        form = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Bearer {SMS_SECRET}"}
        answer = web.ask("POST", f"{web.url}/sms/inbound", "from=%2B84901234567&text=STOP", form)
        assert answer.status == 200, answer
        assert len(platform.read("loyalty.preference-requests")) == written + 1
    finally:
        assert web.stop() == 0, web.process.tail()


def send_astray(platform, people):
    """By a client that was told nothing of a partitioner: services write to topics that they otherwise read alone."""
    publisher = platform.publisher(partitioner=Publisher.OWN_DEFAULT)
    for person in people:
        event = {"id": f"astray-{person}", "occurredAt": "2017-05-01T00:00:00Z", "memberId": person}
        documents = {
            "loyalty.members": members.profile(person),
            "loyalty.activities": {"type": "activity", "activity": "review.written", "source": "app", **event},
            "loyalty.commands": {"type": "points.adjust", "points": 1, "actor": "ann", "reason": "a test", **event},
            "privacy.requests": {"type": "privacy.access.requested", **event},
            "loyalty.message-requests": {"type": "message.explain", **event},
            "loyalty.preference-requests": {
                **{"type": "preference.request", "source": "app"},
                "changes": [{"channel": "sms", "topic": "offers", "wanted": False}],
                **event,
            },
            "commerce.claims": {
                **{"type": "purchase.claim", "receipt": "nobodys", "total": "1.00", "date": "2017-04-30"},
                **event,
            },
        }
        for topic in CHECKED:
            publisher.send(topic, person, json.dumps(documents[topic]))
    publisher.flush()
    platform.wait_drained()
    assert all(sent_on(platform).values())


@pytest.mark.parametrize("way", ["mtls", "scram", "oauth"])
def test_the_printed_rights_let_a_whole_life_through(way, tmp_path):
    """SCRAM takes a newer librdkafka than Debian 12 has."""
    library = newer_library(tmp_path / "library") if way == "scram" else None
    with SecuredPlatform(SecuredBroker(tmp_path / "broker"), way, tmp_path / "platform", library) as platform:
        live(platform, tmp_path)
        for service in SERVICES:
            worker = platform.worker(service)
            assert worker.stop() == 0, worker.process.tail()
            worker.delete_state()
            worker.start()
        for service in SERVICES:
            platform.worker(service).wait_ready()
        assert platform.worker("points-engine").metrics()[RESTORED] > 0
        assert platform.worker("points-engine").stop() == 0
        platform.operator.run("fence", "points-engine-1-0", "--yes")
        assert set(platform.stop().values()) == {0}


# How an instance says that it may not: a topic that it may not use it does not see.
TOLD = ("AUTHORIZATION_FAILED", "does not exist")


def fails(platform, service):
    """Waits until an instance says that it may not, or ends."""
    worker = platform.worker(service)
    worker.start()
    try:
        wait_until(
            lambda: not worker.running or any(word in worker.process.output() for word in TOLD),
            SECONDS,
            lambda: f"{service} to fail; its log ends\n{worker.process.tail()}",
        )
        return worker.process.exit_code != 0
    finally:
        worker.kill()


# What the operator's rules are for, in the order in which they are printed.
OPERATOR_ASKS = {
    "cluster": ["topics", "apply", "--dry-run"],
    "topics": ["topics", "apply"],
    "written": ["clock", "advance", "--to", END],
    "reader": ["status"],
    "group": [
        *("offsets", "accept-loss", "points-engine", "--topic", "loyalty.transactions", "--partition", 0),
        *("--from", 0, "--up-to", 0, "--actor", "ada", "--reason", "a test", "--yes"),
    ],
    "replayed": ["dead-letters", "replay", "points-engine"],
    "replaying": ["dead-letters", "replay", "points-engine"],
    "fence": ["fence", "points-engine-1-0", "--absent", "--yes"],
}


def test_no_printed_right_can_be_left_out(tmp_path):
    """Each is taken away and given back."""
    with SecuredPlatform(SecuredBroker(tmp_path / "broker"), "mtls", tmp_path / "platform") as platform:
        live(platform, tmp_path)
        for worker in platform.workers.values():
            assert worker.stop() == 0
        rules = printed_rules()
        for service in SERVICES:
            for rule in (rule for rule in rules if rule.principal == service):
                with platform.broker.without(rule):
                    assert fails(platform, service), rule
        of_operator = [rule for rule in rules if rule.principal == OPERATOR]
        for rule, words in zip(of_operator, OPERATOR_ASKS.values(), strict=True):
            with platform.broker.without(rule):
                assert platform.operator.run(*words, check=False).returncode == 1, rule
            assert platform.operator.run(*words, check=False).returncode == 0, rule


def test_kafkas_own_tool_takes_what_is_printed(tmp_path):
    """One line of each form, since each is a start of Java."""
    script = subprocess.run([BINARIES / "loyalty", "topics", "acls"], check=True, capture_output=True, text=True).stdout
    forms = {}
    for line in script.splitlines()[1:]:
        forms.setdefault((line.count("prefixed"), *(word for word in line.split() if word.startswith("--"))), line)
    tool = tmp_path / "kafka-acls.sh"
    public, ours = (
        KAFKA.home / "bin" / "kafka-acls.sh",
        f"{KAFKA.home}/bin/kafka-run-class.sh org.apache.kafka.tools.AclCommand",
    )
    tool.write_text(f'#!/bin/sh\nexec {public if public.exists() else ours} "$@"\n')
    tool.chmod(0o755)
    with SecuredBroker(tmp_path / "broker") as broker:
        done = subprocess.run(
            ["sh", "-s", "--", "--bootstrap-server", broker.address],
            input="\n".join(["set -e", *forms.values()]),
            env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            timeout=SECONDS * 3,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert len(broker.granted()) >= len(forms)


TOKEN_SECONDS = 20


def test_a_token_command_is_asked_again_before_its_token_runs_out(tmp_path):
    """By each kind of client: those that poll seldom too."""
    asked = tmp_path / "asked"
    command = tmp_path / "token.py"
    command.write_text(
        "import base64, json, time\n"
        f"open({str(asked)!r}, 'a').write('.')\n"
        f"claims = {{'sub': 'points-engine', 'iat': int(time.time()), 'exp': int(time.time()) + {TOKEN_SECONDS}}}\n"
        "def part(value): return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b'=').decode()\n"
        "print(f\"{part({'alg': 'none'})}.{part(claims)}.\")\n"
    )
    platform = SecuredPlatform(SecuredBroker(tmp_path / "broker"), "oauth", tmp_path / "platform")
    worker = platform.worker(
        "points-engine", kafka_oauth_token_file=None, kafka_oauth_token_command=f"{sys.executable} {command}"
    )
    with platform.start(["points-engine"]):
        first = asked.stat().st_size
        wait_until(lambda: asked.stat().st_size >= first + 6, 8 * TOKEN_SECONDS, "the command to be asked again")
        wait_until(worker.is_ready, SECONDS, lambda: f"the worker to be ready; its log ends\n{worker.process.tail()}")
        assert set(platform.stop().values()) == {0}


def test_scram_on_a_library_that_is_too_old_is_told_with_the_one_it_takes(tmp_path):
    with SecuredBroker(tmp_path / "broker") as broker:
        file = tmp_path / "scram.properties"
        file.write_text("".join(f"{name}={value}\n" for name, value in broker.scram_properties(OPERATOR).items()))
        ended = subprocess.run(
            [BINARIES / "loyalty", "status", "--brokers", broker.scram, "--kafka-properties-file", file],
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
    if "no such topic" in ended.stderr:
        pytest.skip("this machine's librdkafka is new enough")
    assert ended.returncode == 1
    assert "takes librdkafka 2.6.1 or newer" in ended.stderr, ended.stderr
    assert broker.users[OPERATOR] not in ended.stderr


def test_status_of_a_cluster_that_has_just_begun_is_an_answer_or_a_refusal(tmp_path):
    """Nobody has committed an offset yet, so the groups' coordinators start with the question. librdkafka crashed then,
    where the client was a producer."""
    with SecuredBroker(tmp_path / "broker") as broker:
        operator = Operator(broker.address)
        operator.run("topics", "apply", "--partitions", 2)
        for _ in range(5):
            assert operator.run("status", check=False).returncode in (0, 1)
