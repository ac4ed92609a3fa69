"""Real purchases through real workers, compared with the reference model for every member."""

import pytest
from model import instant, read_messages, recompute
from rig import purchases
from rig.books import Books

SLICE = 3000
# Some points released; some expired; all expired and tiers lowered.
CLOCKS = ("2017-07-01T00:00:00-04:00", "2017-07-20T12:00:00-04:00", "2018-03-01T00:00:00-05:00")


def replay_and_compare(platform, programme, tmp_path, limit):
    documents = purchases.baskets(limit)
    bought = read_messages(documents)
    base_level = programme["tiers"]["levels"][0]["id"]

    platform.operator.run("purchases", "replay", purchases.write_file(documents, tmp_path / "baskets.ndjson"))
    platform.wait_drained()
    compare(platform, programme["id"], recompute(programme, bought), base_level, "after the last basket")
    for clock in CLOCKS:
        platform.operator.run("clock", "advance", "--to", clock)
        platform.wait_drained()
        compare(platform, programme["id"], recompute(programme, bought, instant(clock)), base_level, clock)
    assert "pass" in platform.operator.run("audit").stdout


def compare(platform, program_id, expected, base_level, when):
    books = Books(platform, program_id)
    found = books.contradictions() + books.differences(expected, base_level)
    assert not found, f"{when}: {len(found)} findings over {len(expected)} members:\n" + "\n".join(found[:20])


def test_every_member_of_a_slice_holds_what_the_reference_says(platform, programme, tmp_path):
    replay_and_compare(platform, programme, tmp_path, SLICE)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_every_member_of_all_baskets_holds_what_the_reference_says(platform, programme, tmp_path):
    replay_and_compare(platform, programme, tmp_path, None)
