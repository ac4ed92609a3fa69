"""What several system tests need."""

import json
import os

import pytest
from rig.apache import archive
from rig.apache.installation import KAFKA
from rig.platform import Platform
from rig.worker import ROOT

PROGRAMME_FILE = ROOT / "topics" / "examples" / "journey.json"


def pytest_collection_modifyitems(items):
    if KAFKA is None:
        for item in items:
            if item.get_closest_marker("apache"):
                item.add_marker(pytest.mark.skip(reason="needs Apache Kafka: make test-kafka"))


@pytest.fixture(scope="session")
def programme():
    """The programme document that every test runs under."""
    return json.loads(PROGRAMME_FILE.read_text("utf-8"))


@pytest.fixture(scope="session", autouse=True)
def state_home(tmp_path_factory):
    """Where commands keep what they must know again."""
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state-home"))


@pytest.fixture(scope="session", autouse=True)
def quick_nodes():
    if KAFKA is not None:
        archive.make()


@pytest.fixture
def platform(programme):
    """A running system with the programme published, and nothing else in it."""
    with Platform() as running:
        running.operator.run("programs", "publish", PROGRAMME_FILE)
        yield running
