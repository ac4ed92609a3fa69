"""Records that a worker could not take: kept whole, and handed in again once what was wrong is mended."""

import json

from conftest import PROGRAMME_FILE
from rig.books import Books
from rig.platform import Platform

# An event's id, type and time stand in its headers: without them the value is no command.
ENVELOPE = {
    "ce_specversion": "1.0",
    "ce_id": "C-1",
    "ce_type": "points.adjust",
    "ce_source": "service-desk",
    "ce_time": "2017-03-01T10:00:00-05:00",
    "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
}
COMMAND = {"memberId": "M-1", "points": 50, "actor": "ann", "reason": "a lost receipt"}


def test_a_cloudevent_in_binary_mode_survives_its_dead_letter(programme):
    with Platform() as platform:
        publisher = platform.publisher()
        publisher.send("loyalty.commands", "M-1", json.dumps(COMMAND).encode(), list(ENVELOPE.items()))
        publisher.flush()
        platform.wait_drained()
        (letter,) = platform.read("points-engine.dead-letters")
        assert letter.headers["dl_error"] == b"program-required"
        assert {name: value.decode() for name, value in letter.headers.items() if name in ENVELOPE} == ENVELOPE

        platform.operator.run("programs", "publish", PROGRAMME_FILE)
        platform.operator.run("dead-letters", "replay", "points-engine")
        platform.wait_drained()
        (entry,) = Books(platform, programme["id"]).entries
        assert (entry["type"], entry["points"], entry["cause"]) == ("points.adjusted", 50, "C-1")
        replayed = platform.read("loyalty.commands")[-1]
        assert {name: value.decode() for name, value in replayed.headers.items()} == ENVELOPE
