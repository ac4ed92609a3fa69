"""The real baskets of Tests/Data, whole or in slices, as the bytes that a shop would publish."""

import gzip
import itertools
import json
from pathlib import Path

FILE = Path(__file__).parents[2] / "Data" / "purchases-journey.ndjson.gz"

MEMBERS_OF_HOUSEHOLD = 4


def baskets(limit=None):
    """The first `limit` baskets (all when None), one JSON document each, in order of time."""
    with gzip.open(FILE, "rb") as lines:
        return [line.rstrip(b"\n") for line in itertools.islice(lines, limit)]


def member_of(basket):
    return json.loads(basket)["member"]["id"]


def members_of(documents):
    """The members that shop in these baskets, each once, in order of their first basket."""
    return list(dict.fromkeys(member_of(document) for document in documents))


def write_file(documents, path):
    """Writes baskets as the NDJSON file that `loyalty purchases replay` reads; returns its path."""
    path = Path(path)
    path.write_bytes(b"".join(document + b"\n" for document in documents))
    return path


def one_line(purchase, member, amount, occurred_at):
    """The smallest purchase that earns: one line, US dollars."""
    document = {
        "type": "purchase.completed",
        "id": purchase,
        "occurredAt": occurred_at,
        "source": "store-1",
        "member": {"id": member},
        "currency": "USD",
        "lines": [{"sku": "1", "category": "grocery", "quantity": 1, "amount": amount}],
        "total": amount,
    }
    return json.dumps(document, separators=(",", ":")).encode()


def repeated(documents, times, label="r"):
    """The baskets `times` over: (member id, document). Each round has members and purchase ids of its own, and each
    household stands for several members, as many as shop now and then rather than daily."""
    parsed = [(json.loads(document), document) for document in documents]
    for round_number in range(times):
        for number, (basket, document) in enumerate(parsed):
            suffix = f".{label}{round_number}"
            purchase, household = basket["id"], basket["member"]["id"]
            member = f"{household}{suffix}.{number % MEMBERS_OF_HOUSEHOLD}"
            document = document.replace(f'"id":"{purchase}"'.encode(), f'"id":"{purchase}{suffix}"'.encode(), 1)
            document = document.replace(f'{{"id":"{household}"}}'.encode(), f'{{"id":"{member}"}}'.encode(), 1)
            yield member, document
