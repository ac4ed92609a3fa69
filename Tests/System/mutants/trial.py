"""Runs tests of the planted copy, with one mutant awake or none."""

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

from rig.processes import die_with
from rig.swift_test import kill_session

from .catalogue import SYSTEM_PREFIX

# Nobody knows beforehand how long tests take.
FIRST_SECONDS = 300
# With a mutant they may take that much longer before they are said to stand still.
SLOWER, MORE_SECONDS = 4, 20


@dataclass(frozen=True)
class Outcome:
    passed: bool
    # The first test that failed, or what else happened.
    told: str
    seconds: float
    output: str = ""

    @property
    def limit(self):
        """How long the same tests may take with a mutant."""
        return SLOWER * self.seconds + MORE_SECONDS


class Trial:
    def __init__(self, copy, broker_address):
        self.copy = copy
        self.environment = {
            **os.environ,
            "STAMPEDE_TEST_BROKER": broker_address,
            "STAMPEDE_TEST_PYTHON": sys.executable,
        }

    def run(self, tests, number=0, limit=FIRST_SECONDS):
        """The named tests with that mutant awake (0: none), ended after `limit` seconds."""
        started = time.monotonic()
        output = ""
        for command in self.commands(tests):
            passed, told, text = self.call(command, number, max(1, limit - (time.monotonic() - started)))
            output += text
            if not passed:
                return Outcome(False, told, time.monotonic() - started, output)
        return Outcome(True, "passed", time.monotonic() - started, output)

    def commands(self, tests):
        """Of the Swift tests first, which take less time."""
        swift = [test for test in tests if not test.startswith(SYSTEM_PREFIX)]
        system = [f"Tests/System/{test.removeprefix(SYSTEM_PREFIX)}" for test in tests if test not in swift]
        if swift:
            bundle = self.copy / ".build/debug/stampedePackageTests.xctest"
            filters = [word for test in swift for word in ("--filter", rf"^{re.escape(test)}(/|\(|$)")]
            yield [str(bundle), "--testing-library", "swift-testing", *filters]
        if system:
            yield [
                sys.executable,
                "-m",
                "pytest",
                "-c",
                "Tests/System/pytest.ini",
                "--rootdir",
                "Tests/System",
                *system,
            ]

    def call(self, command, number, seconds):
        environment = {**self.environment, "STAMPEDE_MUTANT": str(number)}
        process = subprocess.Popen(
            command,
            cwd=self.copy,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with(os.getpid()),
        )
        try:
            text = process.communicate(timeout=seconds)[0].decode("utf-8", "replace")
        except subprocess.TimeoutExpired:
            return False, f"stood still for {seconds:.0f} s", ""
        finally:
            kill_session(process.pid)
            process.communicate()
        return (*verdict(process.returncode, text), text)


def verdict(code, text):
    """Whether tests passed, and what is told of it. An end that no test explains is nobody's verdict."""
    failed = re.search(r"""✘\S* Test ("[^"]*"|\w+)|^FAILED (\S+)""", text, re.MULTILINE)
    if code == 0:
        ran = re.search(r"Test run with ([1-9]\d*) tests? .*passed|(\d+) passed", text)
        if not ran or re.search(r"➜|[1-9]\d* skipped", text):
            raise RuntimeError(f"not every named test was run:\n{text}")
        return True, "passed"
    if failed:
        return False, failed[1] or failed[2]
    if code < 0:
        return False, f"crashed ({signal.Signals(-code).name})"
    raise RuntimeError(f"the tests ended with {code} and named no failure:\n{text}")
