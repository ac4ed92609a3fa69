"""The model of rewards: right by hand-worked cases, and what the Swift tests read is what it says."""

from datetime import date

import golden_rewards
import pytest
from model.basket import Line, Offer, Till, poured, shares
from model.codes import ALPHABETS, derived, read
from model.issuing import Issuer, birthday
from model.voucher import Voucher


@pytest.mark.parametrize("name", golden_rewards.files())
def test_the_golden_file_is_what_the_model_says(name):
    written = (golden_rewards.FOLDER / name).read_text()
    assert written == golden_rewards.files()[name], (
        f"run Tests/System/golden_rewards.py: {name} is older than the model"
    )


def ring(lines, *offers, shipping=0):
    till = Till([Line(*line) for line in lines], shipping)
    return till, till.ring(offers)


def test_a_sum_is_spread_without_losing_a_cent():
    assert shares(1377, [3000, 1000]) == [1033, 344]
    assert shares(100, [1, 1, 1]) == [34, 33, 33]
    assert shares(2000, [0, 1000]) == [0, 2000]
    assert poured(1000, [1, 1, 2], [100, 1000, 1000]) == [100, 300, 600]
    assert poured(5000, [1, 1], [100, 200]) == [100, 200]


def test_gift_cards_come_last():
    card, tenth = Offer(("credit", 5000)), Offer(("percent", "10", None))
    till, answers = ring([("a", 1, 10000)], card, tenth)
    assert till.left == [4000]
    assert [sum(answer.lines) for answer in answers] == [5000, 1000]


def test_the_cheapest_pieces_are_free_and_count_once():
    lines = [("a", 1, 50000), ("b", 1, 50000), ("c", 1, 100000), ("d", 1, 100000)]
    till, answers = ring(lines, Offer(("free", 2, 2, None, "none")), Offer(("free", 0, 1, 1, "none")))
    assert answers[0].lines == [50000, 50000, 0, 0]
    assert answers[1].refusal == "no-effect"
    _, answers = ring(
        [("a", 1080, 270000)], Offer(("free", 50, 1000, None, "none")), Offer(("free", 10, 20, None, "none"))
    )
    assert [sum(answer.lines) for answer in answers] == [250000, 5000]


def test_missing_pieces_are_added():
    gift = ("free", 0, 2, None, "missing")
    _, [answer] = ring([("x", 1, 100)], Offer(gift, only=frozenset("a")))
    assert (answer.refusal, answer.added) == (None, 2)
    _, [answer] = ring([("a", 2, 1000)], Offer(gift))
    assert (answer.lines, answer.added) == ([1000], 0)


def test_codes_are_those_of_the_field():
    alphabet = ALPHABETS["coupon-code"]
    assert read(" i9oD_V467/8Dsz ", "####-####-####", alphabet) == "190D-V467-8D52"
    assert read("1K7Q-CTFM", "####-####", alphabet) == "1K7Q-CTFM"
    assert read("CTFM-1K7Q", "####-####", alphabet) is None
    code = derived("s", "p", "TET-####-####", alphabet, "i", 0)
    assert read(code.lower(), "TET-####-####", alphabet) == code
    assert derived("s", "p", "TET-####-####", alphabet, "i", 1) != code


def test_a_voucher_is_used_once():
    voucher = Voucher(False, 1, None, None, 0, 100)
    assert voucher.hold("h1", "b1", None, None, None, None, 1) == "held,16,0"
    assert voucher.hold("h2", "b2", None, None, None, None, 2) == "!held,16"
    assert voucher.commit("h1", None, 3) == "used,0,0"
    assert voucher.commit("h1", None, 4) == "used,0,0"
    assert voucher.offline("o", "b2", None, None, None, 2, 5) == "!already-used,h1,3"
    assert voucher.roll_back("h1", 120) == "back,0,expired"


def test_a_gift_card_leaves_a_remainder():
    card = Voucher(True, 1000, None, None, 0, 100)
    assert card.hold("h1", "b1", None, None, 300, 5, 1) == "held,6,300"
    assert card.commit("h1", 400, 2) == "!limit-reached,300,400"
    assert card.commit("h1", 250, 2) == "used,250,750"
    assert card.release("h1", "b1", 3) == "released"


def test_a_rule_issues_once_a_period():
    mark = Issuer("coffee", "mark", ("points", 1000), "month")
    assert mark.take(("points", 0, 999), date(2026, 1, 5)) is None
    assert mark.take(("points", 999, 1000), date(2026, 1, 6)) == "coffee/mark/2026-01-01"
    assert mark.take(("points", 500, 1500), date(2026, 1, 31)) is None
    assert mark.take(("points", 1000, 1500), date(2026, 2, 1)) is None
    assert mark.take(("points", 10, 1500), date(2026, 2, 1)) == "coffee/mark/2026-02-01"
    gold = Issuer("coffee", "gold", ("level", "gold"), "lifetime")
    assert gold.take(("level", "star"), date(2026, 1, 1)) is None
    assert gold.take(("level", "gold"), date(2026, 1, 1)) == "coffee/gold/once"
    assert gold.take(("level", "gold"), date(2036, 1, 1)) is None
    assert birthday(2, 29, 2027) == date(2027, 2, 28) and birthday(2, 29, 2028) == date(2028, 2, 29)
