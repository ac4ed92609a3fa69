"""What nobody may do from outside: dates of the future, personal data told again, secrets told or sent in the open, and
what others may read of a machine."""

import asyncio
import json
import os
import re
import subprocess
import threading

import pytest
from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import SMTP, AuthResult
from conftest import PROGRAMME_FILE
from rig.platform import Platform
from rig.waiting import wait_until
from rig.worker import BINARIES, ROOT, Worker
from test_bad_input import encoded, purchase

SERVICES = ("transaction-ingest", "points-engine", "gdpr-worker")
TOLD_SECONDS = 60
SECRET = "hunter2"


@pytest.fixture(scope="module")
def walled():
    """On the wall's time, as in production."""
    running = Platform(clock="wall").start(SERVICES)
    try:
        running.operator.run("programs", "publish", PROGRAMME_FILE)
        yield running
    finally:
        running.stop()


def letters(platform, service):
    return [dict(record.headers) for record in platform.read(f"{service}.dead-letters")]


def codes(platform, service):
    return [headers["dl_error"].decode() for headers in letters(platform, service)]


def send(platform, topic, key, document):
    publisher = platform.publisher()
    publisher.send(topic, key, encoded(document))
    publisher.flush()


def test_a_privacy_request_of_the_future_blacks_nobody_out(walled):
    request = {"type": "privacy.erasure.requested", "occurredAt": "9999-01-01T00:00:00Z", "memberId": "FUTURE"}
    send(walled, "privacy.requests", "FUTURE", {**request, "id": "PR-9999"})
    task = {
        "type": "privacy.erase",
        "id": "t",
        "requestId": "PR-9998",
        "memberId": "FUTURE",
        "occurredAt": "9999-01-01T00:00:00Z",
        "services": ["transaction-ingest", "points-engine", "tier-evaluator", "notifier"],
    }
    send(walled, "privacy.tasks", "FUTURE", task)
    for service in SERVICES:
        wait_until(lambda service=service: codes(walled, service), TOLD_SECONDS, f"the dead letter of {service}")
        assert set(codes(walled, service)) == {"in-the-future"}, service
    send(walled, "commerce.purchases", "k", purchase("FUTURE", 1))
    wait_until(lambda: ledger(walled, "FUTURE"), TOLD_SECONDS, "the member's points")
    assert not walled.read("privacy.certificates") and not walled.read("privacy.reports")


def ledger(platform, member):
    return [record.document for record in platform.read("loyalty.ledger") if record.document["memberId"] == member]


def test_what_is_refused_is_told_without_what_may_name_a_person(walled):
    told = {
        "+84901234567": purchase("SECRET", 1, amount="x", member="+84901234567"),
        "0907654321": purchase("SECRET", 2, amount="x", mobile="0907654321"),
        "anh@example.com": purchase("SECRET", 3, amount="x", id="anh@example.com", emailAddr="anh@example.com"),
        "902222222": purchase("SECRET", 4, amount="x", note="<phone>902222222</phone>", line={"902222222": 902222222}),
    }
    for document in told.values():
        send(walled, "commerce.purchases", "k", document)

    def rejected():
        values = [record.value.decode() for record in walled.read("commerce.rejections")]
        return values if len(values) >= len(told) else None

    rejections = wait_until(rejected, TOLD_SECONDS, "the rejections")
    for secret in told:
        assert not any(secret in text for text in rejections), secret
    assert all(record.key is None or b"@" not in record.key for record in walled.read("commerce.rejections"))
    originals = [json.loads(json.loads(text)["original"]) for text in rejections if "original" in json.loads(text)]
    assert all(document["source"] == "store-1" and document["lines"][0]["sku"] == "A1" for document in originals)


@pytest.mark.parametrize("field", ["shipping", "tax"])
def test_what_ingest_takes_the_engine_takes(walled, field):
    """As it came: within the bound of an amount, and past it with the lines."""
    identity = f"BOUND-{field}"
    document = purchase(identity, 1, amount="9000000000000.00", **{field: "9999999999999.00"})
    send(walled, "commerce.purchases", "k", document)

    def told():
        return [
            record.document
            for record in walled.read("commerce.rejections")
            if record.document.get("originalId") == document["id"]
        ]

    assert wait_until(told, TOLD_SECONDS, "the shop to be told")[0]["code"] == "amount-out-of-range"
    assert "amount-out-of-range" not in codes(walled, "points-engine")


# -- Files and settings


def test_stores_are_their_owners_alone(walled):
    worker = walled.workers["points-engine-1"]
    folder = worker.state / "points-engine"
    files = list(folder.iterdir())
    assert files and folder.stat().st_mode & 0o777 == 0o700
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files), files
    worker.stop()
    # As earlier releases left them.
    folder.chmod(0o755)
    for file in folder.iterdir():
        file.chmod(0o644)
    worker.start().wait_ready()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in folder.iterdir())
    told = [line for line in worker.log_lines() if "open to others" in line.get("message", "")]
    assert len(told) == 1 and told[0]["folder"] == str(folder), told


@pytest.mark.parametrize(
    ("program", "variables"),
    [
        ("points-engine", {"KAFKA_PROPERTIES": f"sasl.password={SECRET}\n"}),
        ("points-engine", {"KAFKA_PROPERTIES": f"sasl.password={SECRET},{SECRET}\nlinger.ms={SECRET}\n"}),
        ("points-engine", {"KAFKA_PROPERTIES": f"sasl.passwort={SECRET}\n"}),
        ("points-engine", {"KAFKA_OAUTH_TOKEN_COMMAND": f"echo {SECRET}"}),
        ("notifier", {"SMTP_URL": f"smtp://u:{SECRET}@127.0.0.1:25\n", "MAIL_FROM": "a@b.c"}),
        ("notifier", {"SMS_URL": f"http://127.0.0.1/sms?key={SECRET}\n"}),
        ("notifier", {"SMS_URL": "http://127.0.0.1/sms", "SMS_AUTHORIZATION": f"Bearer {SECRET}"}),
        ("notifier", {"SMTP_URL": "smtp://h:25", "SMTP_STARTTLS": "none", "SMTP_USER": "u", "SMTP_PASSWORD": SECRET}),
    ],
)
def test_no_error_tells_a_secret(program, variables, tmp_path):
    """A line end behind a value, as files and secrets of a cluster bring it, is no reason to print the value."""
    settings = {f"STAMPEDE_{name}": value for name, value in variables.items()}
    flags = ["--brokers", "127.0.0.1:1", "--state-dir", tmp_path, "--startup-timeout-ms", "1000"]
    ended = subprocess.run(
        [BINARIES / program, *flags], env={**os.environ, **settings}, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode in (1, 64) and SECRET not in ended.stdout + ended.stderr, ended.stderr


class Eavesdropper:
    """A mail server without TLS that writes down who logs in."""

    def __init__(self, maildir):
        self.maildir = maildir
        self.seen = []
        self.loop = asyncio.new_event_loop()
        started = threading.Event()
        self.thread = threading.Thread(target=self._serve, args=(started,), daemon=True)
        self.thread.start()
        started.wait(30)

    def _serve(self, started):
        asyncio.set_event_loop(self.loop)

        def authenticate(server, session, envelope, mechanism, login):
            self.seen.append((login.login, login.password))
            return AuthResult(success=True)

        def protocol():
            return SMTP(
                Mailbox(str(self.maildir)),
                hostname="localhost",
                loop=self.loop,
                authenticator=authenticate,
                auth_require_tls=False,
            )

        server = self.loop.run_until_complete(self.loop.create_server(protocol, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        self.loop.run_forever()

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)


def test_a_password_goes_to_a_mail_server_over_tls_only_unless_told(walled, tmp_path):
    server = Eavesdropper(tmp_path / "mail")
    flags = {
        "--smtp-url": f"smtp://127.0.0.1:{server.port}",
        "--smtp-user": "points",
        "--smtp-password": SECRET,
        "--mail-from": "loyalty@example.com",
        "--send-retry-delay-ms": 50,
        "--announce-within-days": 3650,
        "--message-memory-days": 3650,
    }
    notifier = Worker("notifier", tmp_path, walled.brokers, clock="wall", flags=flags).start()
    try:
        notifier.wait_ready()
        profile = {
            "type": "member.profile",
            "id": "MAILED",
            "occurredAt": "2017-01-01T00:00:00Z",
            "email": "mailed@example.com",
            "consent": {"email": ["service"]},
        }
        send(walled, "loyalty.members", "MAILED", profile)
        send(walled, "commerce.purchases", "k", purchase("MAILED", 1))
        wait_until(lambda: "the channel is held" in notifier.process.output(), TOLD_SECONDS, "the failure")
        assert not server.seen, "the server offers no TLS"
        notifier.stop()
        told = {**flags, "--smtp-starttls": "none", "--login-without-tls": True}
        notifier = Worker("notifier", tmp_path, walled.brokers, clock="wall", flags=told).start()
        wait_until(lambda: server.seen, TOLD_SECONDS, "the log-in")
        assert set(server.seen) == {(b"points", SECRET.encode())}
        assert SECRET not in notifier.process.output()
    finally:
        notifier.stop()
        server.stop()


# -- What is run


def test_compose_listens_on_this_machine_alone_and_asks_for_its_secrets():
    text = (ROOT / "compose" / "compose.yaml").read_text("utf-8")
    ports = re.findall(r'"((?:[\d.]+:)?\d+:\d+)"', text)
    assert len(ports) >= 7 and all(port.startswith("127.0.0.1:") for port in ports), ports
    secrets = re.findall(r"STAMPEDE_\w*(?:SECRET|PASSWORD|AUTHORIZATION): (.*)", text)
    assert secrets and all(re.fullmatch(r"\$\{\w+:\?.+\}", value) for value in secrets), secrets
    images = re.findall(r"^\s+image: (\S+)$", text, re.MULTILINE)
    images += re.findall(r"^FROM (\S+)", (ROOT / "compose" / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    foreign = [image for image in images if image != "stampede"]
    by_digest = [image for image in foreign if re.search(r":v?\d+\.\d+(\.\d+)?\S*@sha256:[0-9a-f]{64}$", image)]
    assert len(by_digest) == 3 and set(foreign) - set(by_digest) == {"${SWIFT_IMAGE}"}, foreign


def test_python_packages_are_those_that_were_seen():
    """pip takes none that is not named with its hash, whatever another one needs."""
    lines = (ROOT / "Tests" / "requirements.txt").read_text("utf-8").replace("\\\n", " ").splitlines()
    wanted = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    assert len(wanted) > 10 and all(re.match(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line) for line in wanted)
    direct = (ROOT / "Tests" / "requirements.in").read_text("utf-8").splitlines()
    names = {line.split(" ")[0] for line in wanted}
    assert {line for line in direct if line and not line.startswith("#")} <= names
    assert "--require-hashes -r Tests/requirements.txt" in (ROOT / "Makefile").read_text("utf-8")
