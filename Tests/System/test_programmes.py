"""Programmes published while purchases flow: a purchase that comes after a programme earns under it."""

import json
import threading

from rig.books import Books, Snapshot
from rig.platform import Platform
from test_bad_input import purchase

ROUNDS = 12


def programme(number):
    return {
        "id": f"flash-{number}",
        "version": 1,
        "effectiveFrom": "2017-01-01T00:00:00-05:00",
        "name": f"Flash {number}",
        "currencies": ["USD"],
        "timeZone": "America/New_York",
        "earning": [{"id": "base", "kind": "spend", "points": 1, "per": "1.00"}],
    }


class Crowd(threading.Thread):
    """Keeps cycles running all the time."""

    def __init__(self, platform):
        super().__init__(daemon=True)
        self.publisher = platform.publisher()
        self.enough = threading.Event()

    def run(self):
        number = 0
        while not self.enough.wait(0.002):
            number += 1
            document = json.dumps(purchase(f"C-{number % 50}", number % 60, id=f"crowd-{number}"))
            self.publisher.send("commerce.purchases", f"C-{number % 50}", document)

    def end(self):
        self.enough.set()
        self.join()
        self.publisher.flush()


def test_a_purchase_sees_the_programme_published_just_before_it(tmp_path):
    with Platform() as platform:
        publisher = platform.publisher(linger_ms=0)
        crowd = Crowd(platform)
        crowd.start()
        for number in range(ROUNDS):
            file = tmp_path / f"programme-{number}.json"
            file.write_text(json.dumps(programme(number)))
            platform.operator.run("programs", "publish", file)
            document = purchase("M-1", number, programId=f"flash-{number}")
            publisher.send("commerce.purchases", "M-1", json.dumps(document))
            publisher.flush()
        crowd.end()
        platform.wait_drained()
        snapshot = Snapshot(platform)
        for number in range(ROUNDS):
            books = Books(snapshot, f"flash-{number}")
            assert books.awards()["M-1"] == {(f"M-1-{number}", "base"): 10}, number
