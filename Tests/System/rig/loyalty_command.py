"""The `loyalty` command, run as an operator would."""

import json
import os
import subprocess

from .processes import die_with
from .worker import BINARIES, KAFKA_PROPERTIES, ROOT

COMMAND_SECONDS = 300


class CommandFailed(AssertionError):
    """A `loyalty` command ended with another exit code than 0."""


class Operator:
    """`properties` and `properties_file` are Kafka's, as the flags of those names; `environment` is added to ours."""

    def __init__(self, brokers, properties=KAFKA_PROPERTIES, properties_file=None, environment=None):
        self.brokers = brokers
        flags = {
            "--brokers": brokers,
            "--kafka-properties": properties,
            "--kafka-properties-file": properties_file,
        }
        self._reach = [str(word) for flag in flags.items() if flag[1] is not None for word in flag]
        self._environment = {**os.environ, **(environment or {})}

    def run(self, *words, check=True, seconds=COMMAND_SECONDS):
        """Runs `loyalty --brokers … WORDS`; returns the completed process, its output as text."""
        words = [str(word) for word in words]
        argv = [str(BINARIES / "loyalty"), *self._reach, *words]
        process = subprocess.run(
            argv,
            cwd=ROOT,
            env=self._environment,
            text=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            start_new_session=True,
            preexec_fn=die_with(os.getpid()),
        )
        if check and process.returncode != 0:
            raise CommandFailed(
                f"loyalty {' '.join(words)} ended with {process.returncode}:\n{process.stdout}{process.stderr}"
            )
        return process

    def json(self, *words):
        return json.loads(self.run(*words, "--json").stdout)
