"""What costs little to send costs little to serve: publications, bad documents, compressed files, slow connections."""

import gzip
import json

import pytest
from conftest import PROGRAMME_FILE
from rig.platform import Platform
from rig.slow_connections import SlowConnections
from rig.waiting import wait_until

CHAIN = ("transaction-ingest", "points-engine")
VERSIONS = 1_000
TOO_MANY = 5
UNKNOWN_FIELDS = 60_000
BOOKED_SECONDS = 60
RESIDENT_BYTES_MAX = 500 << 20
LOG_LINE_BYTES_MAX = 16_384
RESULT_BYTES_MAX = 17 << 20
ROWS = 300_000
CONNECTIONS = 70


def version(number):
    document = json.loads(PROGRAMME_FILE.read_text("utf-8")) | {"version": number}
    # Long enough ago for the purchases below, one after another.
    document["effectiveFrom"] = f"2017-01-01T{number // 3_600:02d}:{number // 60 % 60:02d}:{number % 60:02d}-05:00"
    return document


def purchase(number):
    return {
        "type": "purchase.completed",
        "id": f"C-{number}",
        "occurredAt": "2017-03-01T10:00:00-05:00",
        "source": "shop-9",
        "member": {"id": f"M-{number}"},
        "currency": "USD",
        "lines": [{"sku": "A1", "amount": "10.00"}],
    }


def publish(platform, key, document):
    publisher = platform.publisher()
    publisher.send("loyalty.programs", key, document if isinstance(document, bytes) else json.dumps(document).encode())
    publisher.flush()


def book(platform, numbers):
    """Once all of them are on the ledger: the programme's version by each."""
    platform.publish_purchases([json.dumps(purchase(number)).encode() for number in numbers])
    wanted = {f"C-{number}" for number in numbers}

    def booked():
        platform.check_running()
        entries = [record.document for record in platform.read("loyalty.ledger")]
        found = {entry["cause"]: entry["programVersion"] for entry in entries if entry["cause"] in wanted}
        return found if found.keys() == wanted else None

    return wait_until(booked, BOOKED_SECONDS, f"purchases {sorted(wanted)[:3]}… to be booked")


@pytest.fixture(scope="module")
def crowded():
    """A platform with as many versions as count and some more, and two documents that break the rules."""
    with Platform().start(CHAIN) as platform:
        publisher = platform.publisher()
        for number in range(VERSIONS + TOO_MANY, 0, -1):
            publisher.send("loyalty.programs", f"journey:{number}", json.dumps(version(number)).encode())
        unknown = {f"f{number}": 1 for number in range(UNKNOWN_FIELDS)}
        publisher.send("loyalty.programs", "journey:2001", json.dumps(version(2_001) | unknown).encode())
        publisher.send("loyalty.programs", "journey:2002", b"{no json")
        publisher.flush()
        book(platform, range(20))
        yield platform


def test_a_publication_costs_one_document(crowded):
    publish(crowded, f"journey:{VERSIONS}", version(VERSIONS) | {"name": "Another name"})
    versions = book(crowded, range(20, 40))
    assert set(versions.values()) == {VERSIONS}, "those with the highest numbers are left out"
    engine = crowded.worker("points-engine")
    assert engine.resident_bytes()[1] < RESIDENT_BYTES_MAX


def test_what_is_left_out_is_told_once_and_in_short(crowded):
    for service in CHAIN:
        lines = crowded.worker(service).process.output().splitlines()
        told = [json.loads(line) for line in lines if "left out" in line]
        assert len([line for line in told if "does not follow" in line["message"]]) == 2
        many = [line for line in told if "too many versions" in line["message"]]
        # A worker that reads while they come may tell of the first of them.
        assert 1 <= len(many) <= TOO_MANY and many[-1]["leftOut"] == str(TOO_MANY)
        assert any("and 599" in line.get("errors", "") for line in told)
        assert max(len(line) for line in lines) < LOG_LINE_BYTES_MAX


def test_one_version_more_is_not_published(crowded, tmp_path):
    file = tmp_path / "programme.json"
    file.write_text(json.dumps(version(VERSIONS + TOO_MANY + 1)), "utf-8")
    refused = crowded.operator.run("programs", "publish", file, "--yes", check=False)
    assert refused.returncode == 1 and "journey has 1000 versions" in refused.stderr


def test_bad_documents_stop_no_command(crowded, tmp_path):
    (tmp_path / "one.ndjson").write_text(json.dumps(purchase(100)), "utf-8")
    (tmp_path / "two.ndjson").write_text(json.dumps(purchase(101)), "utf-8")
    done = crowded.operator.run("inbox", tmp_path)
    told = [line for line in done.stderr.splitlines() if "not valid and left out" in line]
    assert len(told) == 2 and max(map(len, told)) < LOG_LINE_BYTES_MAX
    assert {path.name for path in (tmp_path / "done").glob("*.ndjson")} >= {"one.ndjson", "two.ndjson"}
    for words in (("programs", "list"), ("programs", "list", "--json"), ("account", "show", "M-1")):
        crowded.operator.run(*words)
    crowded.operator.run("account", "explain", "M-1", "C-1")


def test_a_small_file_of_many_bad_rows_makes_a_small_result(crowded, tmp_path):
    (tmp_path / "bomb.ndjson.gz").write_bytes(gzip.compress(b"x\n" * ROWS))
    ended = crowded.operator.run("inbox", tmp_path, check=False)
    assert ended.returncode == 1 and "300,000 refused" in ended.stdout
    result = tmp_path / "done" / "bomb.ndjson.gz.result.ndjson"
    assert result.stat().st_size < RESULT_BYTES_MAX
    last = json.loads(result.read_text("utf-8").splitlines()[-1])
    assert last["refused"] == ROWS and last["unlisted"] == ROWS - 10_000
    (tmp_path / "larger.ndjson.gz").write_bytes(gzip.compress(b"\n" * (65 << 20)))
    ended = crowded.operator.run("inbox", tmp_path, check=False)
    assert ended.returncode == 1 and "expands to more than 64 MiB" in ended.stderr


def test_slow_connections_do_not_keep_an_orchestrator_from_its_answer(crowded):
    for service in CHAIN:
        worker = crowded.worker(service)
        slow = SlowConnections(worker.port, CONNECTIONS)
        try:
            for _ in range(10):
                slow.hold()
                for path in ("/livez", "/readyz", "/metrics"):
                    wait_until(lambda w=worker, p=path: w.get(p)[0] == 200, 2, f"{path} of {service} to answer")
        finally:
            slow.close()
