"""Woven histories under levels of every kind that the ten programmes of `test_rules.py` do not have: by quarters, valid
for some months, by miles and flights, in several currencies."""

from rig.levels_weaver import LevelsWeave, level_programmes
from test_rules import SHORT_SEED, live_through


def test_every_member_of_a_woven_history_has_the_level_that_the_model_says(tmp_path):
    live_through(tmp_path, 25, 6, SHORT_SEED, level_programmes(), LevelsWeave)
