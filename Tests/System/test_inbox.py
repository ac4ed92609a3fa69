"""Files of shops: refused rows are named, a killed run goes on at its row, and twice counts once."""

import gzip
import json
import os
import signal
import subprocess
from pathlib import Path

import pytest
from conftest import PROGRAMME_FILE
from rig.platform import Platform
from rig.waiting import wait_until
from rig.worker import BINARIES

ROWS = 60_000
CHAIN = ("transaction-ingest", "points-engine")


def purchase(number, **changes):
    return {
        "type": "purchase.completed",
        "id": f"F-{number}",
        "occurredAt": "2017-03-01T10:00:00-05:00",
        "source": "shop-9",
        "member": {"id": f"M-{number % 50}"},
        "currency": "USD",
        "lines": [{"sku": "A1", "amount": "10.00"}],
        **changes,
    }


@pytest.fixture
def platform():
    running = Platform().start(CHAIN)
    try:
        running.operator.run("programs", "publish", PROGRAMME_FILE)
        yield running
    finally:
        running.stop()


def results(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_refused_rows_are_named_and_the_others_count(platform, tmp_path):
    good, bad = purchase(1), purchase(2, currency="XQQ")
    foreign = purchase(3, currency="VND", lines=[{"sku": "A1", "amount": "10"}])
    rows = [json.dumps(good), json.dumps(bad), "{no json", json.dumps(foreign), json.dumps(purchase(4))]
    (tmp_path / "day.ndjson.gz").write_bytes(gzip.compress(b"\xef\xbb\xbf" + "\n".join(rows).encode()))
    assert platform.operator.run("inbox", tmp_path, check=False).returncode == 4
    found = results(tmp_path / "done" / "day.ndjson.gz.result.ndjson")
    assert [(row.get("row"), row.get("code")) for row in found[:-1]] == [
        (2, "unknown-currency"),
        (3, "not-json"),
        (4, "currency-not-taken"),
    ]
    assert all(row["remedy"] and row["path"] for row in found[:-1])
    assert found[-1] == {"finished": True, "published": 2, "refused": 3}
    # The same rows again, in another file.
    (tmp_path / "again.ndjson").write_text("\n".join(rows), "utf-8")
    again = platform.operator.run("inbox", tmp_path, "--json", check=False)
    assert again.returncode == 4
    assert json.loads(again.stdout) == {
        "files": [{"file": "again.ndjson", "published": 2, "refused": 3}],
        **{"published": 2, "refused": 3, "staying": 0, "passedOver": 0, "exitCode": 4},
    }
    platform.wait_drained(services=CHAIN)
    assert len(platform.read("loyalty.transactions")) == 2
    assert not [name for name in tmp_path.iterdir() if name.name != "done"]


def test_killed_run_goes_on_at_its_row(platform, tmp_path):
    file = tmp_path / "day.ndjson"
    with file.open("w") as out:
        for number in range(ROWS):
            # Every thousandth is refused: the result file must name each once.
            out.write(json.dumps(purchase(number, **({"currency": "XQQ"} if number % 1000 == 0 else {}))) + "\n")
    status = tmp_path.stat()
    state = Path(os.environ["XDG_STATE_HOME"]) / f"stampede/inbox/{status.st_dev}-{status.st_ino}"
    inbox = subprocess.Popen([BINARIES / "loyalty", "--brokers", platform.brokers, "inbox", tmp_path])
    wait_until(lambda: list(state.glob("*.progress")) or inbox.poll() is not None, 60, "the first rows")
    inbox.send_signal(signal.SIGKILL)
    inbox.wait()
    begun = json.loads(next(state.glob("*.progress")).read_text())["row"]
    assert 0 < begun < ROWS
    last = results(tmp_path / "day.ndjson.result.ndjson")[-1]
    assert last["finished"] is False and "was killed" in last["problem"]
    assert platform.operator.run("inbox", tmp_path, check=False).returncode == 4
    found = results(tmp_path / "done" / "day.ndjson.result.ndjson")
    assert [row["row"] for row in found[:-1]] == [number + 1 for number in range(0, ROWS, 1000)]
    assert found[-1] == {"finished": True, "published": ROWS - ROWS // 1000, "refused": ROWS // 1000}
    platform.wait_drained(services=CHAIN)
    transactions = [record.document["id"] for record in platform.read("loyalty.transactions")]
    assert len(transactions) == len(set(transactions)) == ROWS - ROWS // 1000


MAPPING = {
    "timeZone": "America/New_York",
    "columns": {
        "id": "Receipt",
        "occurredAt": "Time",
        "member.id": "Member",
        "line.sku": "Item",
        "line.amount": "Amount",
        "total": "Total",
    },
    "constants": {"type": "purchase.completed", "source": "shop-9", "currency": "USD"},
}
HEADER = "Receipt,Time,Member,Item,Amount,Total\n"
GOOD = "R-1,2017-03-01 10:00,ME-1,A,10.00,\n"
WIDE = "R-2,2017-03-01 10:00,ME-1,A,5.00,1,005.00\nR-2,2017-03-01 10:00,ME-1,B,1000.00,1005.00\n"
SHORT = "R-3,2017-03-01 10:00,ME-1,A,5.00,25.00\n"
MENDED = "R-3,2017-03-01 10:00,ME-1,A,5.00,25.00\nR-3,2017-03-01 10:00,ME-1,B,20.00,25.00\n"


def test_purchase_of_a_csv_file_is_booked_whole_or_not_at_all(platform, tmp_path):
    mapping = tmp_path.parent / "mapping.json"
    mapping.write_text(json.dumps(MAPPING))

    def drop(name, content):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return platform.operator.run("inbox", tmp_path, "--mapping", mapping, check=False)

    assert drop("DAY.CSV", HEADER + GOOD + WIDE + SHORT).returncode == 4
    found = results(tmp_path / "done" / "DAY.CSV.result.ndjson")
    assert [(row.get("row"), row.get("id"), row.get("code")) for row in found[:-1]] == [
        (3, "R-2", "too-many-cells"),
        (5, "R-3", "total-mismatch"),
    ]
    assert found[0]["withheldRows"] == [3, 4] and found[-1] == {"finished": True, "published": 1, "refused": 2}
    assert drop("mended.csv", HEADER + MENDED).returncode == 0
    latin = drop("latin.csv", (HEADER + "R-4,2017-03-01 10:00,ME-1,café,7.00,7.00\n").encode("latin-1"))
    assert latin.returncode == 1 and "byte 30 (0xE9) is not UTF-8" in latin.stderr, latin.stderr
    (tmp_path / "latin.csv").unlink()
    assert drop("report.xlsx", "x").returncode == 1
    passed = drop("more.csv", HEADER + GOOD.replace("R-1", "R-5"))
    assert passed.returncode == 4 and "report.xlsx: passed over" in passed.stderr
    platform.wait_drained(services=CHAIN)
    assert {
        record.document["id"]: record.document["occurredAt"] for record in platform.read("loyalty.transactions")
    } == {name: "2017-03-01T15:00:00Z" for name in ("R-1", "R-3", "R-5")}
    assert pending(platform) == 10 + 25 + 10


def test_file_that_is_no_ndjson_is_not_replayed(platform, tmp_path):
    (tmp_path / "day.csv").write_text(HEADER + GOOD)
    refused = platform.operator.run("purchases", "replay", tmp_path / "day.csv", check=False)
    assert refused.returncode == 1 and "not NDJSON" in refused.stderr
    assert not platform.read("commerce.purchases")


def test_a_standing_inbox_tells_each_run_that_took_a_file_in_a_line_of_json(platform, tmp_path):
    def drop(name, number):
        file = tmp_path / f".{name}"
        file.write_text(json.dumps(purchase(number)) + "\n")
        os.utime(file, (1_700_000_000, 1_700_000_000))
        file.rename(tmp_path / name)

    words = [BINARIES / "loyalty", "--brokers", platform.brokers, "inbox", tmp_path, "--every", "always", "--json"]
    inbox = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        for number in (1, 2):
            drop(f"{number}.ndjson", number)
            told = json.loads(inbox.stdout.readline())
            assert (
                told["files"] == [{"file": f"{number}.ndjson", "published": 1, "refused": 0}] and told["exitCode"] == 0
            )
        inbox.send_signal(signal.SIGTERM)
        assert inbox.wait(60) == 0 and inbox.stdout.read() == "", "a run that took nothing is no line"
    finally:
        inbox.kill()
        inbox.wait()


def test_validate_tells_what_is_understood_and_every_fault_of_a_row(tmp_path):
    (tmp_path / "mapping.json").write_text(json.dumps(MAPPING | {"dateOrder": "dmy"}))
    (tmp_path / "day.csv").write_text(
        HEADER + 'R-1,01/03/2017 10:00,ME-1,A,1234567.5,\nR-2,31/02/2017 10:00,ME-1,A,"1,5",x\n'
    )
    arguments = [BINARIES / "loyalty", "validate", tmp_path / "day.csv", "--mapping", tmp_path / "mapping.json"]
    done = subprocess.run(arguments, text=True, capture_output=True, check=False)
    assert done.returncode == 4
    assert "1 × A, 1,234,567.50 USD" in done.stdout and "2017-03-01T15:00:00Z" in done.stdout
    assert "column Time: invalid-instant" in done.stdout and "2017-02-31, read in the order dmy" in done.stdout
    assert "column Amount: invalid-amount" in done.stdout and "column Total: invalid-amount" in done.stdout
    assert "1 would be taken, 0 dropped as duplicates, 1 refused" in done.stderr


def test_agent_claims_a_purchase_that_found_nobody(platform, tmp_path):
    (tmp_path.parent / "members.ndjson").write_text('{"id":"ME-1"}\n')
    platform.operator.run("members", "import", tmp_path.parent / "members.ndjson")
    (tmp_path / "day.ndjson").write_text(json.dumps(purchase(1, member={"phone": "0901 234 567"})))
    platform.operator.run("inbox", tmp_path)
    (tmp_path.parent / "members.ndjson").unlink(missing_ok=True)
    platform.wait_drained(services=CHAIN[:1])
    assert not platform.read("loyalty.transactions")
    at = ("--at", "2017-03-02T00:00:00Z", "--date", "2017-03-01")
    claim = ("purchases", "claim", "ME-1", "F-1", *at)
    wrong = platform.operator.run(*claim, "--total", "10.01", "--id", "C-1", check=False)
    assert wrong.returncode == 4 and "receipt-not-found" in wrong.stdout
    right = platform.operator.run(*claim, "--total", "10.00", "--id", "C-2", "--actor", "support")
    assert "booked for ME-1" in right.stdout
    wait_until(lambda: pending(platform) == 10, 60, "the points")


def test_a_late_refusal_is_shown_with_its_event_and_taken_once_its_cause_is_mended(platform, tmp_path):
    members = tmp_path.parent / "sharing.ndjson"
    members.write_text('{"id":"A","phone":"+84901234567"}\n{"id":"B","phone":"+84901234567"}\n')
    platform.operator.run("members", "import", members)
    platform.wait_drained(services=CHAIN[:1])
    (tmp_path / "day.ndjson").write_text(json.dumps(purchase(1, member={"phone": "0901 234 567"})))
    platform.operator.run("inbox", tmp_path)
    [refused] = wait_until(lambda: platform.operator.json("rejections", "list"), 30, "the rejection")
    assert refused["code"] == "several-members" and "original" not in refused
    [record] = platform.read("commerce.rejections")
    shown = json.loads(platform.operator.run("rejections", "show", f"{record.partition}@{record.offset}").stdout)
    assert json.loads(shown["original"]) == purchase(1, member={"phone": "*" * 12}), "masked, else whole"
    members.write_text('{"id":"B","phone":"+84907654321"}\n')
    platform.operator.run("members", "import", members)
    platform.wait_drained(services=CHAIN[:1])
    assert platform.operator.run("rejections", "retry", "--code", "no-such-code", check=False).returncode == 64
    platform.operator.run("rejections", "retry", "--code", "several-members")
    platform.wait_drained(services=CHAIN[:1])
    assert [record.document["memberId"] for record in platform.read("loyalty.transactions")] == ["A"]


def pending(platform):
    shown = platform.operator.run("account", "show", "ME-1", "--json", check=False)
    return json.loads(shown.stdout)["programs"][0]["account"]["balances"]["pending"] if shown.returncode == 0 else None


def test_whoever_drops_files_says_nothing_of_others(platform, tmp_path):
    """As it came: a progress file beside a file named what it was to be moved over."""
    drop, keys = tmp_path / "drop", tmp_path / "authorized_keys"
    drop.mkdir()
    keys.write_text("precious")
    file = drop / "x.ndjson"
    file.write_text(json.dumps(purchase(1)) + "\n")
    status = file.stat()
    seconds, nanoseconds = divmod(status.st_mtime_ns, 1_000_000_000)
    identity = f"{status.st_dev}:{status.st_ino}:{status.st_size}:{seconds}:{nanoseconds}"
    (drop / ".x.ndjson.progress").write_text(
        json.dumps(
            {
                "identity": identity,
                "row": 1,
                "published": 1,
                "refused": 0,
                "resultBytes": 0,
                "target": "../../authorized_keys",
            }
        )
    )
    (drop / "a\n\x1b[2Jall fine\u202e.pdf").write_text("x")
    told = platform.operator.run("inbox", drop, "--state-dir", tmp_path / "state", check=False)
    assert told.returncode == 4, told.stderr
    assert keys.read_text() == "precious" and (drop / "done" / "x.ndjson").exists()
    assert "not trusted" in told.stderr
    assert "\x1b" not in told.stderr and "\u202e" not in told.stderr and "\\u{202E}" in told.stderr
    assert all(path.stat().st_mode & 0o077 == 0 for path in [tmp_path / "state", *(tmp_path / "state").rglob("*")])
    inside = platform.operator.run("inbox", drop, "--state-dir", drop / "state", check=False)
    assert inside.returncode == 1 and "--state-dir" in inside.stderr
    platform.wait_drained(services=CHAIN)
    assert [record.document["id"] for record in platform.read("loyalty.transactions")] == ["F-1"]
