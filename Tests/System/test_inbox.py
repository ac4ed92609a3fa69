"""Files of shops: refused rows are named, a killed run goes on at its row, and twice counts once."""

import gzip
import json
import signal
import subprocess

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
    platform.operator.run("inbox", tmp_path)
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
    platform.operator.run("inbox", tmp_path)
    platform.wait_drained(services=CHAIN)
    assert len(platform.read("loyalty.transactions")) == 2
    assert not [name for name in tmp_path.iterdir() if name.name != "done"]


def test_killed_run_goes_on_at_its_row(platform, tmp_path):
    file = tmp_path / "day.ndjson"
    with file.open("w") as out:
        for number in range(ROWS):
            # Every thousandth is refused: the result file must name each once.
            out.write(json.dumps(purchase(number, **({"currency": "XQQ"} if number % 1000 == 0 else {}))) + "\n")
    progress = tmp_path / ".day.ndjson.progress"
    inbox = subprocess.Popen([BINARIES / "loyalty", "--brokers", platform.brokers, "inbox", tmp_path])
    wait_until(lambda: progress.exists() or inbox.poll() is not None, 60, "the first rows")
    inbox.send_signal(signal.SIGKILL)
    inbox.wait()
    begun = json.loads(progress.read_text())["row"]
    assert 0 < begun < ROWS
    platform.operator.run("inbox", tmp_path)
    found = results(tmp_path / "done" / "day.ndjson.result.ndjson")
    assert [row["row"] for row in found[:-1]] == [number + 1 for number in range(0, ROWS, 1000)]
    assert found[-1] == {"finished": True, "published": ROWS - ROWS // 1000, "refused": ROWS // 1000}
    platform.wait_drained(services=CHAIN)
    transactions = [record.document["id"] for record in platform.read("loyalty.transactions")]
    assert len(transactions) == len(set(transactions)) == ROWS - ROWS // 1000


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
