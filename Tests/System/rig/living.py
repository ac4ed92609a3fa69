"""A platform living through the steps of a history, and what its topics say in the end."""

import json

from .books import Books, Snapshot
from .release_history import ERASED, programmes
from .waiting import wait_until

CERTIFIED_SECONDS = 60


def begin(platform, folder):
    for number, document in enumerate(programmes()):
        file = folder / f"programme-{number}.json"
        file.write_text(json.dumps(document), "utf-8")
        platform.operator.run("programs", "publish", file)


def live(platform, steps):
    """Each step is worked off before the next."""
    publisher = platform.publisher()
    for step in steps:
        if step.clock is None:
            for topic, key, value in step.messages:
                publisher.send(topic, key, value)
            publisher.flush()
        else:
            platform.operator.run("clock", "advance", "--to", step.clock)
        platform.wait_drained()


class Ending:
    """What the topics hold in the end that does not depend on how they took turns."""

    def __init__(self, platform):
        wait_until(
            lambda: len(platform.read("privacy.certificates")) >= len(ERASED),
            CERTIFIED_SECONDS,
            "certificates",
            every=1,
        )
        platform.wait_drained()
        self.contradictions, self.books = [], {}
        snapshot = Snapshot(platform)
        for document in programmes():
            books = Books(snapshot, document["id"]).without(ERASED)
            self.contradictions += [f"{document['id']}: {each}" for each in books.contradictions()]
            self.books |= {(document["id"], member): held for member, held in books.summary().items()}
        for topic in TOLD:
            self.books |= {(topic, _identity(record)): {} for record in platform.read(topic) if not record.is_tombstone}


# Topics whose records are told by what they are about alone.
TOLD = (
    "privacy.certificates",
    "commerce.rejections",
    "loyalty.claims",
    "loyalty.notifications",
    "loyalty.transactions",
)


def _identity(record):
    document = record.document
    fields = ("type", "id", "originalId", "requestId", "code", "template", "channel", "outcome", "cause")
    return tuple((field, document[field]) for field in fields if field in document)


def unlike(ours, theirs):
    """Sentences on members whose books differ between two runs, and on records that only one of them has."""
    found = []
    for key in sorted(ours.keys() | theirs.keys(), key=str):
        own, other = ours.get(key), theirs.get(key)
        if own is None or other is None:
            found.append(f"{key}: only {'undisturbed' if own is None else 'here'}")
            continue
        for what in own.keys() | other.keys():
            if own.get(what) != other.get(what):
                found.append(f"{key}: {what}: {_told(own.get(what), other.get(what))}")
    return found


def _told(own, other):
    """Of two dictionaries what only one of them has, or has otherwise."""
    if isinstance(own, dict) and isinstance(other, dict):
        keys = [key for key in own.keys() | other.keys() if own.get(key) != other.get(key)]
        own, other = ({key: each[key] for key in keys if key in each} for each in (own, other))
    return f"{str(own)[:400]}, undisturbed {str(other)[:400]}"
