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
    """`reach` is how it comes to the brokers, beside their address; `env` is laid over this process's."""

    def __init__(self, brokers, *reach, env=None):
        self.brokers = brokers
        self.reach = [str(word) for word in reach]
        self.env = {**os.environ, **(env or {})}

    def run(self, *words, check=True, seconds=COMMAND_SECONDS, given=None):
        """Runs `loyalty --brokers … WORDS`; returns the completed process, its output as text. `given` is its
        standard input."""
        reach = ["--brokers", self.brokers, *self.reach]
        if KAFKA_PROPERTIES:
            reach += ["--kafka-properties", KAFKA_PROPERTIES]
        words = [str(word) for word in words]
        argv = [str(BINARIES / "loyalty"), *reach, *words]
        process = subprocess.run(
            argv,
            cwd=ROOT,
            env=self.env,
            text=True,
            **({"stdin": subprocess.DEVNULL} if given is None else {"input": given}),
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
