"""What is told of the way to the next tier long after a member's last event, on every way on which it is told."""

import json

from model import instant
from rig.books import Books
from rig.platform import Platform
from rig.waiting import wait_until
from rig.woven_books import progress_at
from test_bad_input import purchase

WINDOWS = {"rolling": {"kind": "rolling", "months": 12}, "year": {"kind": "calendar-year"}}
# The same purchase lies in a programme whose tiers the evaluator judges, and in one whose tiers the engine judges.
METRICS = ("spend", "points")
LATER = "2019-07-01T12:00:00-04:00"
STATEMENT_SECONDS = 30


def programme(window, metric):
    return {
        "id": f"{window}-{metric}",
        "version": 1,
        "effectiveFrom": "2017-01-01T00:00:00-05:00",
        "name": "Ladder",
        "currencies": ["USD"],
        "timeZone": "America/New_York",
        "earning": [{"id": "base", "kind": "spend", "points": 1, "per": "1.00"}],
        "tiers": {
            "metric": metric,
            "window": WINDOWS[window],
            "levels": [{"id": "member", "from": "0"}, {"id": "silver", "from": "300"}],
        },
    }


def test_nothing_that_has_left_the_window_is_told_or_promised(tmp_path):
    programmes = [programme(window, metric) for window in WINDOWS for metric in METRICS]
    files = {}
    with Platform() as platform:
        for document in programmes:
            files[document["id"]] = tmp_path / f"{document['id']}.json"
            files[document["id"]].write_text(json.dumps(document))
            platform.operator.run("programs", "publish", files[document["id"]])
        publisher = platform.publisher()
        bought = purchase("M-1", 1, amount="250.00", occurredAt="2018-05-10T10:00:00-04:00")
        publisher.send("commerce.purchases", "M-1", json.dumps(bought))
        publisher.flush()
        platform.wait_drained()

        # A wallet that keeps the record and reads it later.
        kept = {each["id"]: Books(platform, each["id"]).accounts["M-1"]["tier"] for each in programmes}
        for tier in kept.values():
            assert tier["next"]["missing"] == "50"
            assert progress_at(tier["progress"], instant("2018-12-31T23:59:59-05:00")) == 250
            assert progress_at(tier["progress"], instant(LATER)) == 0
        assert progress_at(kept["rolling-spend"]["progress"], instant("2019-05-09T23:59:59-04:00")) == 250
        assert kept["year-spend"]["progress"]["endsAt"] == "2019-01-01T05:00:00Z"

        platform.operator.run("clock", "advance", "--to", LATER)
        platform.wait_drained()
        bought = tmp_path / "purchase.json"
        bought.write_text(json.dumps(purchase("M-1", 2, amount="60.00", occurredAt=LATER)))
        for each in programmes:
            wait_until(
                lambda each=each: Books(platform, each["id"]).accounts["M-1"]["tier"]["next"]["missing"] == "300",
                STATEMENT_SECONDS,
                lambda each=each: f"{each['id']}: {Books(platform, each['id']).accounts['M-1']['tier']}",
            )
            shown = platform.operator.json("account", "show", "M-1", "--program", each["id"])["programs"][0]
            assert (shown["progress"]["counted"], shown["progress"]["missing"]) == ("0", "300")
            words = ("simulate", "--program-file", files[each["id"]], "--purchase", bought, "--member", "M-1")
            promised = platform.operator.json(*words)
            assert "reaches" not in promised and promised["next"]["missing"] == "240", promised

        publisher.send("commerce.purchases", "M-1", bought.read_text())
        publisher.flush()
        platform.wait_drained()
        for each in programmes:
            tier = Books(platform, each["id"]).accounts["M-1"]["tier"]
            assert (tier["level"], tier["next"]["missing"]) == ("member", "240"), "the booking gives what was promised"
