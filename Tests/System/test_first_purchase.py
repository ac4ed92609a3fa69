"""docs/first-purchase.md does what it says: its own code blocks run, in their order, on a running system."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import PROGRAMME_FILE
from rig.platform import Platform
from rig.worker import BINARIES, KAFKA_PROPERTIES, ROOT

PAGE = ROOT / "docs" / "first-purchase.md"
LINES_MAX = 100
SECONDS = 180


@pytest.fixture
def platform():
    running = Platform().start(("transaction-ingest", "points-engine"))
    try:
        running.operator.run("programs", "publish", PROGRAMME_FILE)
        yield running
    finally:
        running.stop()


def blocks():
    """The page's shell blocks but the first, which installs and starts what a test has already."""
    found = re.findall(r"^```sh( setup)?\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    assert found[0][0] and not any(setup for setup, _ in found[1:])
    return [text for _, text in found[1:]]


def test_page_is_short():
    assert len(PAGE.read_text("utf-8").splitlines()) <= LINES_MAX


def test_newcomer_gets_to_the_first_accepted_purchase_and_beyond(platform, tmp_path):
    path = f"{BINARIES}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail"],
        input="\n".join(blocks()),
        cwd=tmp_path,
        env={
            **os.environ,
            "PATH": path,
            "STAMPEDE_BROKERS": platform.brokers,
            **({"STAMPEDE_KAFKA_PROPERTIES": KAFKA_PROPERTIES} if KAFKA_PROPERTIES else {}),
        },
        text=True,
        capture_output=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    account = platform.operator.json("account", "show", "ME-1")["programs"][0]["account"]
    assert account["balances"]["pending"] == 31
    assert (tmp_path / "drop" / "done" / "day.ndjson.result.ndjson").exists()
