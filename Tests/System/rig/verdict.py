"""Whether what a system has booked is what the model says of the same purchases."""

from model import instant, read_messages, recompute

from .books import Books
from .platform import DRAIN_SECONDS

FINDINGS_SHOWN = 20


def assert_books(platform, programme, documents, services, clock, seconds=DRAIN_SECONDS):
    """All is read, the clock runs on to `clock`, and topics and model agree on every member; each purchase was passed
    on once. Returns the books."""
    platform.wait_drained(seconds, services)
    platform.operator.run("clock", "advance", "--to", clock)
    platform.wait_drained(seconds, services)
    expected = recompute(programme, read_messages(documents), instant(clock))
    books = Books(platform, programme["id"])
    found = books.contradictions() + books.differences(expected, programme["tiers"]["levels"][0]["id"])
    passed_on = [record.document["id"] for record in platform.read("loyalty.transactions")]
    if not len(passed_on) == len(set(passed_on)) == len(documents):
        found.append(
            f"{len(documents)} purchases were sent, {len(passed_on)} passed on, {len(set(passed_on))} of them once"
        )
    assert not found, f"{len(found)} findings over {len(expected)} members:\n" + "\n".join(found[:FINDINGS_SHOWN])
    return books
