"""Records that break the contract: each is refused with a clear reason, and the one behind it is unharmed."""

import json
from dataclasses import dataclass

import pytest
from conftest import PROGRAMME_FILE
from rig.books import Books
from rig.platform import Platform

SERVICES = ("transaction-ingest", "points-engine", "tier-evaluator")
ONE_MIB = 1024 * 1024


def purchase(member, number, /, amount="10.00", **changes):
    line = {"sku": "A1", "category": "grocery", "quantity": 1, "amount": amount}
    return {
        "type": "purchase.completed",
        "id": f"{member}-{number}",
        "occurredAt": f"2017-03-01T10:{number:02d}:00-05:00",
        "source": "store-1",
        "member": {"id": member},
        "currency": "USD",
        "store": "1",
        "channel": "store",
        "lines": [{**line, **changes.pop("line", {})}],
        **changes,
    }


def large_return(member, number):
    """As large as ingest takes one, of a purchase that nobody knows."""
    return {
        "type": "purchase.returned",
        "id": f"{member}-R{number}",
        "occurredAt": "2017-03-01T10:00:00-05:00",
        "source": "store-1",
        "member": {"id": member},
        "purchaseId": "never",
        "lines": [{"sku": f"{line:03d}" + "\U0001f600" * 124} for line in range(470)],
    }


def without(document, name):
    return {key: value for key, value in document.items() if key != name}


def encoded(document):
    return json.dumps(document, ensure_ascii=False).encode()


@dataclass(frozen=True)
class Bad:
    """A record that must be refused. The code, the field and a word of the sentence say why."""

    code: str
    path: str
    value: object  # member → bytes or None


BAD = {
    "an amount that is no number": Bad(
        "invalid-amount", "$.lines[0].amount", lambda m: encoded(purchase(m, 1, amount="12,50"))
    ),
    "an amount finer than a cent": Bad(
        "too-many-decimals", "$.lines[0].amount", lambda m: encoded(purchase(m, 1, amount="1.005"))
    ),
    "an amount below zero": Bad(
        "negative-amount", "$.lines[0].amount", lambda m: encoded(purchase(m, 1, amount="-1.00"))
    ),
    "an unknown currency": Bad("unknown-currency", "$.currency", lambda m: encoded(purchase(m, 1, currency="XQQ"))),
    "no id": Bad("missing-field", "$.id", lambda m: encoded(without(purchase(m, 1), "id"))),
    "no lines": Bad("no-lines", "$.lines", lambda m: encoded(purchase(m, 1, lines=[]))),
    "a quantity of -1": Bad(
        "negative-quantity", "$.lines[0].quantity", lambda m: encoded(purchase(m, 1, line={"quantity": -1}))
    ),
    "a day that does not exist": Bad(
        "invalid-instant", "$.occurredAt", lambda m: encoded(purchase(m, 1, occurredAt="2017-02-30T10:00:00-05:00"))
    ),
    "a phone number that is none": Bad(
        "invalid-phone", "$.member.phone", lambda m: encoded(purchase(m, 1, member={"phone": "0901 234"}))
    ),
    "a body of 1 MiB": Bad("too-large", "$", lambda m: encoded(purchase(m, 1, note="x" * ONE_MIB))),
    "bytes that are not UTF-8": Bad(
        "not-utf8", "$", lambda m: encoded(purchase(m, 1)).replace(b"grocery", b"gr\xc3\x28\xff")
    ),
    "text that is not JSON": Bad("not-json", "$", lambda m: b"Dear sir, please book 10 points"),
    "JSON that is cut off": Bad("not-json", "$", lambda m: encoded(purchase(m, 1))[:-20]),
    "an empty value": Bad("empty-value", "$", lambda m: b""),
    "no value at all": Bad("empty-value", "$", lambda m: None),
}


def member_of(name):
    return "M-" + name.replace(" ", "-")


@pytest.fixture(scope="module")
def outcome(programme):
    """All cases sent through one system: its books and its rejections by the key of what was refused."""
    with Platform() as platform:
        platform.operator.run("programs", "publish", PROGRAMME_FILE)
        publisher = platform.publisher()
        for name, bad in BAD.items():
            member = member_of(name)
            for value in (encoded(purchase(member, 0)), bad.value(member), encoded(purchase(member, 2))):
                publisher.send("commerce.purchases", member, value)
        for _ in range(5):
            publisher.send("commerce.purchases", "M-five-times", encoded(purchase("M-five-times", 0)))
        publisher.send("commerce.purchases", "M-two-sources", encoded(purchase("M-two-sources", 0)))
        publisher.send("commerce.purchases", "M-two-sources", encoded(purchase("M-two-sources", 0, source="store-2")))
        zero = {"quantity": 0, "amount": "0.00"}
        publisher.send("commerce.purchases", "M-zero", encoded(purchase("M-zero", 0, line=zero)))
        publisher.send("commerce.purchases", "M-zero", encoded(purchase("M-zero", 1)))
        negative = {"discount": "25.00"}
        publisher.send("commerce.purchases", "M-negative", encoded(purchase("M-negative", 0, line=negative)))
        publisher.send("commerce.purchases", "M-negative", encoded(purchase("M-negative", 1)))
        for number in range(5):
            publisher.send("commerce.purchases", "M-returns", encoded(large_return("M-returns", number)))
        publisher.send("commerce.purchases", "M-returns", encoded(purchase("M-returns", 1)))
        publisher.send("loyalty.transactions", "M-poison", b"not a transaction")
        publisher.send("commerce.purchases", "M-poison", encoded(purchase("M-poison", 1)))
        publisher.flush()
        platform.wait_drained()
        sent = {(record.partition, record.offset): record.key for record in platform.read("commerce.purchases")}
        rejections = {}
        for record in platform.read("commerce.rejections"):
            told = record.document
            rejections.setdefault(sent[told["partition"], told["offset"]].decode(), []).append(told)
        dead = {service: platform.read(f"{service}.dead-letters") for service in SERVICES}
        yield Books(platform, programme["id"]), rejections, dead


@pytest.mark.parametrize("name", BAD)
def test_bad_record_is_refused_with_its_reason(outcome, name):
    _, rejections, _ = outcome
    refused = rejections.get(member_of(name), [])
    assert len(refused) == 1
    told = refused[0]
    assert (told["code"], told["path"]) == (BAD[name].code, BAD[name].path), told["message"]
    assert told["message"].endswith(".") and len(told["message"].split()) > 3
    assert told["topic"] == "commerce.purchases" and "+84901234567" not in json.dumps(told)


@pytest.mark.parametrize("name", BAD)
def test_records_around_a_bad_one_are_booked(outcome, name):
    member = member_of(name)
    assert outcome[0].awards()[member] == {(f"{member}-0", "base"): 10, (f"{member}-2", "base"): 10}


def test_the_same_purchase_five_times_is_one_award(outcome):
    books, rejections, _ = outcome
    assert books.awards()["M-five-times"] == {("M-five-times-0", "base"): 10}
    assert "M-five-times" not in rejections


def test_the_same_id_from_two_sources_is_two_purchases(outcome):
    assert outcome[0].awards()["M-two-sources"] == {("M-two-sources-0", "base"): 20}


def test_large_returns_of_an_unknown_purchase_wait_as_far_as_there_is_room(outcome):
    books, rejections, _ = outcome
    assert books.awards()["M-returns"] == {("M-returns-1", "base"): 10}
    assert "M-returns" not in rejections
    refused = [entry for entry in books.entries if entry["memberId"] == "M-returns" and entry.get("reason")]
    assert [entry["reason"] for entry in refused] == ["too-many-returns"] * 4


def test_a_line_of_nothing_is_valid_and_earns_nothing(outcome):
    books, rejections, _ = outcome
    assert books.awards()["M-zero"] == {("M-zero-1", "base"): 10}
    assert "M-zero" not in rejections


def test_a_negative_total_is_valid_and_earns_nothing(outcome):
    books, rejections, _ = outcome
    assert books.awards()["M-negative"] == {("M-negative-1", "base"): 10}
    assert "M-negative" not in rejections


def test_a_poison_record_on_an_inner_topic_is_kept_with_its_bytes_and_reason(outcome):
    books, _, dead = outcome
    assert books.awards()["M-poison"] == {("M-poison-1", "base"): 10}
    for service in ("points-engine", "tier-evaluator"):
        (letter,) = dead[service]
        headers = {name: value.decode() for name, value in letter.headers.items()}
        assert letter.value == b"not a transaction" and letter.key == b"M-poison"
        assert headers["dl_topic"] == "loyalty.transactions" and headers["dl_service"] == service
        assert headers["dl_error"] and headers["dl_message"]


def test_the_books_agree_with_themselves(outcome):
    assert outcome[0].contradictions() == []
