"""An erasure from the request to the certificate: nothing of the member is left, and nobody else is touched."""

import sqlite3
from pathlib import Path

import pytest
from conftest import PROGRAMME_FILE
from model import read_messages, recompute
from rig import members, purchases
from rig.books import KEY_SEPARATOR, Books
from rig.platform import Platform
from rig.services import SERVICES
from rig.topic import latest_by_key
from rig.waiting import wait_until

BASKETS = 400
CERTIFICATE_SECONDS = 60
# All that read privacy.tasks.
SERVICES_WITH_ROWS = set(SERVICES) - {"gdpr-worker"}


class Erasure:
    """What a system looked like after one of its members was erased."""

    def __init__(self, platform, programme, tmp_path):
        documents = purchases.baskets(BASKETS)
        self.people = purchases.members_of(documents)
        platform.operator.run("members", "import", members.write_file(self.people, tmp_path / "members.ndjson"))
        platform.operator.run("purchases", "replay", purchases.write_file(documents, tmp_path / "baskets.ndjson"))
        platform.wait_drained()
        self.expected = recompute(programme, read_messages(documents))
        # The busiest one who gets e-mail has rows in every store.
        told = {message["To"] for message in platform.smtp.messages()}
        self.member = max(
            (person for person in self.people if members.profile(person)["email"] in told),
            key=lambda person: self.expected[person].issued,
        )
        self.profile = members.profile(self.member)
        self.held = Books(platform, programme["id"]).accounts[self.member]["balances"]

        platform.operator.run("privacy", "erase", self.member, "--yes")
        self.certificate = wait_until(
            lambda: next(iter(platform.read("privacy.certificates")), None), CERTIFICATE_SECONDS, "the certificate"
        )
        platform.wait_drained()
        self.books = Books(platform, programme["id"])
        topics = platform.publisher().topics()
        self.changelogs = {name: latest_by_key(platform.read(name)) for name in topics if name.endswith(".changelog")}
        self.members = latest_by_key(platform.read("loyalty.members"))
        self.accounts = latest_by_key(platform.read("loyalty.accounts"))
        self.notifications = platform.read("loyalty.notifications")
        self.audit = platform.operator.run("audit", check=False)
        self.exit_codes = {worker.name: worker.stop() for worker in platform.workers.values()}
        self.logs = {file.name: file.read_text("utf-8", "replace") for file in (platform.directory / "logs").iterdir()}
        self.rows = dict(rows_of_stores(platform.directory / "state"))


def rows_of_stores(folder):
    """(database file and table, all its rows as one byte string) of every SQLite store under a folder."""
    for file in sorted(Path(folder).rglob("*")):
        if not file.is_file() or not file.read_bytes().startswith(b"SQLite format 3"):
            continue
        with sqlite3.connect(file) as database:
            database.text_factory = bytes
            for (table,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
                rows = database.execute(f'SELECT * FROM "{table.decode()}"').fetchall()
                cells = (cell if isinstance(cell, bytes) else str(cell).encode() for row in rows for cell in row)
                yield f"{file.relative_to(folder)}:{table.decode()}", b"\n".join(cells)


@pytest.fixture(scope="module")
def erasure(programme, tmp_path_factory):
    with Platform() as platform:
        platform.operator.run("programs", "publish", PROGRAMME_FILE)
        yield Erasure(platform, programme, tmp_path_factory.mktemp("privacy"))


def personal(erasure):
    """What is this member's alone; names are shared."""
    return [erasure.profile[name] for name in ("email", "phone")]


def test_the_certificate_names_every_service_and_no_person(erasure):
    document = erasure.certificate.document
    assert document["type"] == "privacy.request.completed"
    assert {part["service"] for part in document["services"]} == SERVICES_WITH_ROWS
    assert document["rowsErased"] > 0
    text = erasure.certificate.value.decode() + erasure.certificate.key.decode()
    assert not [value for value in [erasure.member, *personal(erasure)] if value in text]


def test_profile_and_account_are_tombstones(erasure):
    assert erasure.members[erasure.member.encode()].is_tombstone
    own = [record for key, record in erasure.accounts.items() if of(erasure.member, key)]
    assert own and all(record.is_tombstone for record in own)


def of(member, key):
    return key.decode().split(KEY_SEPARATOR)[0] == member


def test_no_changelog_keeps_a_row_of_the_member(erasure):
    assert erasure.changelogs
    # Ids such as H-90 and H-900 start alike: what follows must not be a digit.
    for name, latest in erasure.changelogs.items():
        kept = [record for record in latest.values() if not record.is_tombstone]
        assert not [record.key for record in kept if mentions(erasure.member, record.key + b"\n" + record.value)], name


def test_no_store_keeps_a_row_of_the_member(erasure):
    assert {name.split("-1/")[0] for name in erasure.rows} >= SERVICES_WITH_ROWS
    for name, rows in erasure.rows.items():
        assert not mentions(erasure.member, rows), name
        assert not [value for value in personal(erasure) if value.encode() in rows], name


def mentions(member, content):
    at = content.find(member.encode())
    while at >= 0:
        if not content[at + len(member) : at + len(member) + 1].isdigit():
            return True
        at = content.find(member.encode(), at + 1)
    return False


def test_the_points_left_are_forfeited_in_the_ledger(erasure):
    own = [entry for entry in erasure.books.entries if entry["memberId"] == erasure.member]
    forfeited = [entry for entry in own if entry["type"] == "points.forfeited"]
    assert sum(entry["points"] for entry in forfeited) == erasure.held["pending"] + erasure.held["available"] > 0
    assert own[-1]["balances"] == {"pending": 0, "available": 0}


def test_everybody_else_keeps_everything(erasure, programme):
    others = {member: account for member, account in erasure.expected.items() if member != erasure.member}
    assert erasure.books.differences(others, programme["tiers"]["levels"][0]["id"]) == []


def test_notifications_hold_no_personal_data(erasure):
    everyone = [members.profile(person) for person in erasure.people]
    addresses = {value for person in everyone for value in (person["email"], person["phone"])}
    assert erasure.notifications
    for record in erasure.notifications:
        text = record.value.decode()
        assert not [value for value in addresses if value in text]


def test_no_log_holds_personal_data(erasure):
    everyone = [members.profile(person) for person in erasure.people]
    secrets = {value for person in everyone for value in (person["email"], person["phone"], person["name"])}
    assert len(erasure.logs) == len(SERVICES)
    for name, text in erasure.logs.items():
        assert not [value for value in secrets if value in text], name


def test_the_audit_passes_afterwards_and_the_workers_stopped_well(erasure):
    assert erasure.audit.returncode == 0, erasure.audit.stdout
    assert set(erasure.exit_codes.values()) == {0}
