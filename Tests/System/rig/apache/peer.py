"""Who is measured beside: points-engine's job as a team would write it with Kafka Streams, where the installation has
it."""

from ..processes import OwnedProcess
from .installation import KAFKA
from .node import LOG4J2

STOP_SECONDS = 30


def source():
    """None: the installation has none, as the public download."""
    file = KAFKA.home / "peer" / "PeerEngine.java" if KAFKA else None
    return file if file and file.exists() else None


class Peer:
    """Reads accepted purchases as points-engine does, and writes entries and accounts to topics of its own, which
    exist. Record times are the input's."""

    def __init__(self, directory, brokers, ledger, accounts, threads=1, replication_factor=1, commit_interval_ms=100):
        directory.mkdir(parents=True, exist_ok=True)
        configuration = directory / "log4j2.properties"
        configuration.write_text(LOG4J2)
        options = [
            "-Xmx512m",
            f"-DRF={replication_factor}",
            f"-Dlog4j2.configurationFile={configuration}",
        ]
        state = directory / "state"
        arguments = [brokers, state, threads, "loyalty.transactions", ledger, accounts, commit_interval_ms]
        self.process = OwnedProcess(
            "peer", KAFKA.command(source(), *arguments, options=options), directory / "peer.log"
        )

    def start(self):
        self.process.start()
        return self

    @property
    def running(self):
        return self.process.running

    def stop(self):
        return self.process.stop(STOP_SECONDS)

    def kill(self):
        return self.process.kill()
