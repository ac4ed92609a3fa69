"""Events that keep to the contract: the schemas' examples, with members, ids and times of this run, so that they find
each other and reach as deep as real ones do."""

import copy
import re
from datetime import UTC, timedelta
from pathlib import Path

import contract

ROOT = Path(__file__).parents[3]
# What people write, what services say to each other, and what services read of each other's outputs.
_READ_IN = ROOT / "Sources" / "Contracts" / "Service.swift"
_NAMED_IN = ROOT / "Sources" / "Contracts" / "Topic.swift"
MEMBERS = [f"H-{number}" for number in range(24)]
PURCHASES = [f"HP-{number}" for number in range(60)]
SOURCES = ("pos-1", "pos-2", "app")
PROGRAMMES = ("journey", "membership")
# Documents that are kept version by version.
VERSIONED = ("loyalty.programs", "loyalty.rewards", "loyalty.voucher-pools", "loyalty.partners")
MEMBER_FIELDS = {"memberId", "to", "from", "mergedInto", "counterparty"}
# About as long before the run as events are late.
AGES_DAYS = (0, 0, 0, 0.01, 1, 40, 400, 3_000)


def topics_read():
    """The topics that workers read, inputs and global ones, as the list of services has them."""
    names = dict(re.findall(r'^  case (\w+) = "([a-z.-]+)"$', _NAMED_IN.read_text("utf-8"), re.MULTILINE))
    listed = _READ_IN.read_text("utf-8").partition("var inputTopics")[2].partition("var forwardedTopics")[0]
    found = sorted({names[word] for word in re.findall(r"\.(\w+)", listed) if word in names})
    assert len(found) > 10, f"{_READ_IN} lists the topics that are read in another way now"
    return found


class Events:
    def __init__(self, now):
        self.now = now
        self.topics = contract.topics()
        self.examples = {name: contract.schema_of(self.topics[name])["examples"] for name in topics_read()}

    def limit(self, topic):
        """Bytes that a record of the topic may have."""
        return int(self.topics[topic]["config"].get("max.message.bytes", 1_048_588))

    def is_keyed(self, topic):
        """Whether it has as many partitions as members are spread over, not one."""
        return self.topics[topic]["partitions"] != 1

    def event(self, random, topic):
        return self._lively(random, copy.deepcopy(random.choice(self.examples[topic])), topic)

    def key(self, topic, document):
        """Where such an event belongs, as far as it can be told."""
        if not isinstance(document, dict):
            return "H-0"
        member = document.get("member")
        if topic in VERSIONED:
            return f"{document.get('id')}:{document.get('version')}"
        if topic == "loyalty.templates":
            parts = (document.get(part) for part in ("id", "programId", "version"))
            return ":".join(str(part) for part in parts if part is not None)
        if topic in ("loyalty.members", "loyalty.forwardings"):
            return str(document.get("id"))
        if isinstance(member, dict) and isinstance(member.get("id"), str):
            return member["id"]
        for name in ("memberId", "digest", "campaign", "id"):
            if isinstance(document.get(name), str):
                return document[name]
        return "H-0"

    def instant(self, random):
        at = self.now - timedelta(days=random.choice(AGES_DAYS), seconds=random.randrange(3_600))
        return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _lively(self, random, document, topic):
        if topic in VERSIONED:
            document["version"] = random.randrange(1, 40)
            return document
        if topic == "loyalty.templates":
            document["version"] = random.randrange(1, 40)
            if "programId" in document:
                document["programId"] = random.choice(PROGRAMMES)
            return document
        self._fill(random, document)
        if topic in ("loyalty.members", "loyalty.forwardings"):
            document["id"] = random.choice(MEMBERS)
        elif "id" in document and random.random() < 0.7:
            document["id"] = f"HX-{random.randrange(10**9)}"
        elif "id" in document:
            document["id"] = random.choice(PURCHASES)
        return document

    def _fill(self, random, document):
        for name, value in document.items():
            if isinstance(value, dict):
                if name == "member" and "id" in value:
                    value["id"] = random.choice(MEMBERS)
                else:
                    self._fill(random, value)
            elif isinstance(value, list):
                for each in value:
                    if isinstance(each, dict):
                        self._fill(random, each)
            elif name in MEMBER_FIELDS and value is not None:
                document[name] = random.choice(MEMBERS)
            elif name == "purchaseId":
                document[name] = random.choice(PURCHASES)
            elif name == "source":
                document[name] = random.choice(SOURCES)
            elif name == "programId":
                document[name] = random.choice(PROGRAMMES)
            elif name == "currency":
                document[name] = random.choice(("USD", "USD", "VND"))
            elif isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value):
                document[name] = self.instant(random)
