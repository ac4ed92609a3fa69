"""The whole system on a broker that denies what no rule allows: each program comes as itself, with its rights alone."""

import re
import shlex
import subprocess
from typing import NamedTuple

from ..loyalty_command import Operator
from ..platform import Platform
from ..web import NotifierWeb
from ..worker import BINARIES
from .secured import OPERATOR, WEB


class SecuredPlatform(Platform):
    """`way` is how programs come: `mtls`, `scram` or `oauth`. The rights are those that `loyalty topics acls` prints,
    granted before anything is started; the rig itself comes in plain text and may do all."""

    def __init__(self, broker, way, directory, library=None, **platform):
        super().__init__(directory, broker=broker, **platform)
        self.way = way
        # A folder for LD_LIBRARY_PATH; None: the distribution's librdkafka.
        self.library = library

    def _admit_operator(self):
        for rule in printed_rules():
            self.broker.grant(rule)
        return Operator(self._address, *self._reach(OPERATOR), env=self._env)

    def worker(self, service, instance="1", **flags):
        known = f"{service}-{instance}" in self.workers
        reach = self._reach(service)
        given = dict(zip((flag[2:].replace("-", "_") for flag in reach[::2]), reach[1::2], strict=True))
        worker = super().worker(service, instance, **{**given, "brokers": self._address, **flags})
        if not known:
            worker.process.env.update(self._env)
        return worker

    def web(self, **flags):
        """The notifier's HTTP server, as itself; it is started and stopped by whoever asks for it."""
        reach = self._reach(WEB)
        given = dict(zip((flag[2:].replace("-", "_") for flag in reach[::2]), reach[1::2], strict=True))
        web = NotifierWeb(
            self,
            self.directory,
            certified=False,
            **{**given, "brokers": self._address, "kafka_properties": None, **flags},
        )
        web.process.env.update(self._env)
        return web

    @property
    def _address(self):
        return getattr(self.broker, self.way)

    @property
    def _env(self):
        return {"LD_LIBRARY_PATH": str(self.library)} if self.library else {}

    def _reach(self, user):
        """The flags with which a program comes to the broker, secrets in files."""
        self.directory.mkdir(parents=True, exist_ok=True)
        if self.way == "oauth":
            properties = {**self.broker.tls_properties(), "security.protocol": "SASL_SSL"}
            properties["sasl.mechanisms"] = "OAUTHBEARER"
            flags = ["--kafka-oauth-token-file", self.broker.token_file(user)]
        else:
            properties = getattr(self.broker, f"{self.way}_properties")(user)
            flags = []
        file = self.directory / f"{user}.properties"
        file.write_text(
            "# How it comes to Kafka.\n" + "".join(f"{name}={value}\n" for name, value in properties.items())
        )
        return ["--kafka-properties-file", file, *flags]


class Rule(NamedTuple):
    """What one principal may do with resources of a kind."""

    principal: str
    resource: str
    names: tuple
    prefixed: bool
    operations: tuple


def printed_rules():
    """What `loyalty topics acls` prints."""
    argv = [BINARIES / "loyalty", "topics", "acls"]
    return list(rules_of(subprocess.run(argv, check=True, capture_output=True, text=True).stdout))


def rules_of(script):
    for line in script.splitlines():
        words = shlex.split(line)
        if words[0] != "kafka-acls.sh":
            assert line == "set -e", line
            continue
        assert words[1:3] == ["$@", "--add"], line
        principal, resource, prefixed, names, operations = None, None, False, [], []
        rest = iter(words[3:])
        for word in rest:
            if word == "--cluster":
                resource, names = "cluster", ["kafka-cluster"]
            elif word == "--allow-principal":
                principal = next(rest).removeprefix("User:")
            elif word == "--operation":
                operations.append(re.sub("(?<=[a-z])(?=[A-Z])", "_", next(rest)).lower())
            elif word == "--resource-pattern-type":
                prefixed = next(rest) == "prefixed"
            else:
                resource = word.removeprefix("--").replace("-", "_")
                names.append(next(rest))
        yield Rule(principal, resource, tuple(names), prefixed, tuple(operations))
