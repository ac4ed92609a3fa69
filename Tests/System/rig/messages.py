"""What members were told: the outcomes on `loyalty.notifications`, beside the books and the e-mails that arrived."""

from collections import Counter

from .waiting import wait_until

TOLD_SECONDS = 90


class Messages:
    def __init__(self, platform):
        self.outcomes = [record.document for record in platform.read("loyalty.notifications")]
        self.arrived = Counter(platform.smtp.message_ids())

    def undecided(self, platform, books):
        """(member, template, cause) of what called for a message and has no outcome yet."""
        return _called_for(platform, books) - {_subject(outcome) for outcome in self.outcomes}

    def contradictions(self):
        """Sentences on messages that were told twice, or that did not arrive although their outcome says so."""
        found = [f"{key} has {count} outcomes" for key, count in self._outcomes_of_each().items() if count > 1]
        found += [f"e-mail {mail} arrived {count} times" for mail, count in self.arrived.items() if count > 1]
        for outcome in self.outcomes:
            if (outcome["channel"], outcome["outcome"]) == ("email", "sent") and outcome["id"] not in self.arrived:
                found.append(f"e-mail {outcome['id']} is told to be sent and did not arrive")
        return found

    def _outcomes_of_each(self):
        return Counter(map(_subject, self.outcomes))


def wait_told(platform, books):
    """Waits until everything in the books that calls for a message has an outcome; returns the messages."""
    messages = None

    def told():
        nonlocal messages
        messages = Messages(platform)
        return not messages.undecided(platform, books)

    wait_until(told, TOLD_SECONDS, lambda: f"messages such as {list(messages.undecided(platform, books))[:3]}", every=1)
    return messages


def _subject(outcome):
    return outcome["memberId"], outcome["template"], outcome["cause"]


def _called_for(platform, books):
    awards = {
        (entry["memberId"], "points-earned", f"{entry['source']}:{entry['cause']}")
        for entry in books.entries
        if entry["type"] == "points.earned"
    }
    changes = [record.document for record in platform.read("loyalty.tiers") if not record.is_tombstone]
    upgrades = {
        (change["memberId"], "tier-reached", change["id"]) for change in changes if change["reason"] == "upgrade"
    }
    return awards | upgrades
