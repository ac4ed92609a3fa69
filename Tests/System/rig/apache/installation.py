"""The installation of Apache Kafka that KAFKA_HOME names: 3.9 or 4.x, as the public download lays it out."""

import os
import re
import subprocess
from functools import cached_property
from pathlib import Path

OLDEST = (3, 9)
# KIP-896: it took calls from clients older than librdkafka 2.6 that 4.0.1 gave back.
UNUSABLE = ("4.0.0",)
JAVA_MIN = 17
JAVA_SECONDS = 20


class Unusable(RuntimeError):
    """What KAFKA_HOME names, or the Java it needs, does not serve."""


class Installation:
    def __init__(self, home):
        self.home = Path(home).resolve()

    @cached_property
    def version(self):
        found = [re.fullmatch(r"kafka-clients-([\d.]+).*\.jar", jar.name) for jar in self.home.glob("libs/*.jar")]
        versions = {match[1] for match in found if match}
        if not versions:
            raise Unusable(f"KAFKA_HOME={self.home} holds no libs/kafka-clients-*.jar: it is no Apache Kafka")
        (version,) = versions
        numbers = tuple(int(part) for part in version.split("."))
        if numbers < OLDEST or version in UNUSABLE:
            raise Unusable(f"KAFKA_HOME={self.home} is Apache Kafka {version}; 3.9 or later is needed, and not 4.0.0")
        return version

    @property
    def java(self):
        return self._java[0]

    @property
    def java_version(self):
        return self._java[1]

    @cached_property
    def _java(self):
        """What runs it, and its version."""
        java = Path(os.environ["JAVA_HOME"], "bin", "java") if os.environ.get("JAVA_HOME") else Path("java")
        needed = f"Apache Kafka needs Java {JAVA_MIN} or later (Debian: openjdk-17-jre-headless)"
        try:
            told = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=JAVA_SECONDS)
        except FileNotFoundError:
            raise Unusable(f"{needed}; there is no {java}") from None
        version = re.search(r'version "((\d+)[^"]*)"', told.stderr)
        if told.returncode or not version or int(version[2]) < JAVA_MIN:
            raise Unusable(f"{needed}; {java} is: {told.stderr.strip()}")
        return java, version[1]

    def command(self, main, *arguments, options=()):
        """What runs a class of it; `options` are the virtual machine's."""
        assert self.version
        return [self.java, *options, "-cp", f"{self.home}/libs/*", main, *arguments]


def _installation():
    home = os.environ.get("KAFKA_HOME")
    return Installation(home) if home else None


# None: everything runs on the development broker.
KAFKA = _installation()
