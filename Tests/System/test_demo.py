"""`make demo` in small: it runs through, its audit passes, and it leaves no process behind."""

import os
import subprocess
import sys
from pathlib import Path

from rig.processes import die_with

BASKETS = 400
DEMO_SECONDS = 120


def test_the_demo_runs_through_and_leaves_nothing_behind():
    folder = Path(__file__).parent
    mark = f"STAMPEDE_TEST_MARK={os.getpid()}"
    shown = subprocess.run(
        [sys.executable, folder / "demo.py", "--baskets", str(BASKETS)],
        env={**os.environ, **dict([mark.split("=")])},
        capture_output=True,
        text=True,
        timeout=DEMO_SECONDS,
        preexec_fn=die_with(os.getpid()),
    )
    assert shown.returncode == 0, shown.stdout + shown.stderr
    for part in (
        "Totals",
        "One of the e-mails",
        "one-click",
        "Sent twice, booked once",
        "privacy.request.completed",
        "pass",
    ):
        assert part in shown.stdout, shown.stdout
    assert "STILL A VALUE" not in shown.stdout
    assert not [pid for pid in Path("/proc").iterdir() if pid.name.isdigit() and _carries(pid, mark)]


def _carries(process, mark):
    """Whether a process was started, at whatever distance, by the demo of this test."""
    try:
        return mark.encode() in (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return False
