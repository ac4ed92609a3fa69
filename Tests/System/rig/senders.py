"""Senders of two kinds at once: those that partition as the platform does, and those that were told nothing of it."""

from .topic import Publisher

# Whose records must lie where their keys belong.
CHECKED = (
    "commerce.claims",
    "loyalty.activities",
    "loyalty.commands",
    "loyalty.members",
    "loyalty.message-requests",
    "loyalty.preference-requests",
    "privacy.requests",
)
MARK = "stampede_forwarded_from"
# One member in so many has a sender of the second kind, for all of its records: in their order.
ASTRAY_EVERY = 3


class Senders:
    def __init__(self, platform, through_restarts=False):
        self._platform_like = platform.publisher(through_restarts=through_restarts)
        self._plain = platform.publisher(through_restarts=through_restarts, partitioner=Publisher.OWN_DEFAULT)

    def send(self, topic, key, value):
        is_plain = topic in CHECKED and sum(key.encode()) % ASTRAY_EVERY == 0
        (self._plain if is_plain else self._platform_like).send(topic, key, value)

    def flush(self):
        self._platform_like.flush()
        self._plain.flush()


def sent_on(platform):
    """Topic → where the records lay that were sent on, as their marks tell it."""
    return {
        topic: [record.headers[MARK].decode() for record in platform.read(topic) if MARK in record.headers]
        for topic in CHECKED
    }


def wrongly_sent_on(platform):
    """Sentences on records that were sent on more than once, and on profiles that lie wrong still."""
    found = [
        f"{topic}: {len(places) - len(set(places))} records were sent on twice"
        for topic, places in sent_on(platform).items()
        if len(places) != len(set(places))
    ]
    check = platform.operator.run("members", "check", check=False)
    return found + ([check.stdout + check.stderr] if check.returncode != 0 else [])
