"""Runs `swift test` and ends it when it stands still: a test's time limit ends none that keeps its thread."""

import json
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from .processes import die_with

# The slowest test tells of itself every few seconds; a debug build under a sanitizer takes ten times as long.
STILL_SECONDS = 300
LOOK_SECONDS = 1


def run(command, environment, still_seconds=STILL_SECONDS):
    """The exit code of `command`, a `swift test …`; 1 when no test began or ended for so long, with the names of those
    under way."""
    with tempfile.TemporaryDirectory(prefix="stampede-tests-") as directory:
        events = Path(directory) / "events.ndjson"
        told = ["--event-stream-output-path", str(events), "--event-stream-version", "0"]
        process = subprocess.Popen(
            [*command, *told], env=environment, start_new_session=True, preexec_fn=die_with(os.getpid())
        )
        try:
            if ends(process, events, still_seconds):
                return process.returncode
            print(f"No test began or ended for {still_seconds} s. Under way, and ended now:", flush=True)
            for name in under_way(events):
                print(f"  {name}", flush=True)
            return 1
        finally:
            kill_session(process.pid)
            process.wait()


def ends(process, events, still_seconds):
    """Whether it ends before it stands still."""
    size, changed_at = None, time.monotonic()
    while process.poll() is None:
        now_size = events.stat().st_size if events.exists() else None
        # Before the first test SwiftPM may wait for another of its kind to end.
        if now_size is None or now_size != size:
            size, changed_at = now_size, time.monotonic()
        if time.monotonic() - changed_at > still_seconds:
            return False
        time.sleep(LOOK_SECONDS)
    return True


def under_way(events):
    """The tests that began and did not end, from the testing library's stream of events."""
    begun = {}
    # The line that is being written is left out.
    for line in events.read_text("utf-8").splitlines(keepends=True):
        record = json.loads(line) if line.endswith("\n") else {}
        if record.get("kind") != "event":
            continue
        event = record["payload"]
        if event["kind"] == "testStarted":
            begun[event["testID"]] = None
        elif event["kind"] == "testEnded":
            begun.pop(event["testID"], None)
    # A suite is under way as long as one of its tests is, and its id begins theirs.
    return [name for name in begun if not any(other.startswith(name + "/") for other in begun)]


def kill_session(session):
    """SwiftPM gives the tests a process group of their own, but no session."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and session_of(int(entry.name)) == session:
            try:
                os.kill(int(entry.name), signal.SIGKILL)
            except ProcessLookupError:
                continue


def session_of(pid):
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return None
