"""Hostile records, each made from the seed and its own number alone, so that any of them can be made again."""

import random as randoms
from dataclasses import dataclass, field

import contract

from . import values
from .elsewhere import is_known
from .events import MEMBERS, SOURCES, Events

# How often in a thousand numbers one becomes many records that belong together, or one near the topic's limit.
CROWDS = 12
GREAT = 12
CROWD_SIZES = (*(10, 30, 100) * 12, 1_100)
INTEGER_MAX = 2**63 - 1
# What is read of a balance at most: some of them together are more than a number holds.
LARGEST_SUM = 10**18
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@dataclass
class HostileRecord:
    number: int
    topic: str
    key: bytes | None
    value: bytes | None
    headers: list = field(default_factory=list)
    partition: int | None = None
    timestamp_ms: int | None = None
    # What was done to it.
    traits: set = field(default_factory=set)

    @property
    def is_inside(self):
        """Whether services alone should write the topic."""
        return self.topic not in contract.INPUTS

    def __str__(self):
        size = "no value" if self.value is None else f"{len(self.value)} bytes"
        return f"number {self.number}: {self.topic}, {size}, {len(self.headers)} headers, {sorted(self.traits)}"


class HostileRecords:
    """`leaves_out` says which records are known to break something and are not made."""

    def __init__(self, seed, now, partitions, leaves_out=is_known):
        self.seed = seed
        self.events = Events(now)
        self.partitions = partitions
        self.leaves_out = leaves_out
        self.topics = sorted(self.events.examples)
        # Purchases have most to read.
        self.topics += ["commerce.purchases"] * 4 + ["loyalty.transactions"] * 2

    def of(self, number):
        """The records of a number: one as a rule, many that belong together, or none."""
        random = randoms.Random(f"{self.seed}:{number}")
        made = self._crowd(number, random) if random.randrange(1_000) < CROWDS else [self._one(number, random)]
        return [record for record in made if not self.leaves_out(record)]

    # -- One record

    def _one(self, number, random):
        topic = random.choice(self.topics)
        document = self.events.event(random, topic if random.random() < 0.93 else random.choice(self.topics))
        record = HostileRecord(number, topic, None, None)
        key = self.events.key(topic, document)
        # A third keeps to the contract in its value: what is wrong then comes from elsewhere.
        for _ in range(random.choice((0, 0, 1, 1, 2, 4))):
            document = self._twisted(record, random, document)
        self._envelop(record, random, document)
        if random.random() < 0.15:
            self._break_bytes(record, random)
        record.key = self._key(record, random, key)
        self._dress(record, random)
        if random.randrange(1_000) < GREAT:
            self._grow(record, random)
        return record

    def _twisted(self, record, random, document):
        """The document with one place of it changed."""
        places = list(_places(document))
        if not places or random.random() < 0.03:
            record.traits.add("other root")
            return values.any_value(random)
        holder, name = random.choice(places)
        value = holder[name]
        match random.randrange(12):
            case 0:
                del holder[name]
                record.traits.add("left out")
            case 1:
                holder[name] = values.any_value(random)
                self._note_number(record, holder[name])
            case 2 if isinstance(holder, dict):
                self._repeat(record, random, holder, name)
            case 3 if isinstance(value, list) and value:
                holder[name] = value * random.choice((2, 50, 500, 501, 1_000))
                record.traits.add("long list")
            case 4 if isinstance(holder, dict):
                for extra in range(random.choice((1, 20, 2_000))):
                    holder[f"x{extra}" if random.random() < 0.9 else random.choice(values.TEXTS)] = extra
                record.traits.add("unknown fields")
            case 5 if isinstance(value, str):
                holder[name] = value + random.choice(values.TEXTS)
                record.traits.add("text")
            case 6 if isinstance(holder, dict):
                holder[name] = None
                record.traits.add("null")
            case _:
                holder[name] = values.alike(random, value)
                self._note_number(record, holder[name])
                record.traits.add("edge")
        return document

    @staticmethod
    def _repeat(record, random, holder, name):
        """A field that stands there twice; an object holds it as a `Raw` behind the first."""
        second = values.encode(values.any_value(random))
        holder[name] = values.Raw(f"{values.encode(holder[name])},{values.encode(name)}:{second}")
        record.traits.add("repeated field")

    @staticmethod
    def _note_number(record, value):
        text = value.text if isinstance(value, values.Raw) else value
        if isinstance(text, str) and text and (text in values.QUOTED_NUMBERS or text[0] in "0123456789+-."):
            record.traits.add("number")

    def _envelop(self, record, random, document):
        body = values.encode(document)
        record.value = body.encode("utf-8", "surrogatepass")
        kind = random.randrange(10)
        if kind < 7:
            return
        attributes = {"specversion": "1.0", "id": "HC-1", "type": "purchase.completed", "source": "pos-1"}
        attributes["time"] = self.events.instant(random)
        if isinstance(document, dict) and random.random() < 0.5:
            attributes |= {name: document[name] for name in ("id", "type", "source") if name in document}
        for name in list(attributes):
            if random.random() < 0.15:
                attributes[name] = values.any_value(random)
        if kind < 9:
            record.traits.add("binary CloudEvent")
            record.headers += [(f"ce_{name}", _bytes(value)) for name, value in attributes.items()]
            return
        record.traits.add("structured CloudEvent")
        kinds = ("application/cloudevents+json", "application/cloudevents+json; charset=UTF-8")
        kinds += ("application/cloudevents-batch+json", "APPLICATION/CLOUDEVENTS+JSON", "text/plain", "", "\x00")
        record.headers.append(("content-type", random.choice(kinds).encode()))
        data = random.choice((document, body, values.any_value(random)))
        envelope = attributes | {random.choice(("data", "data", "data", "data_base64")): data}
        record.value = values.encode(envelope).encode("utf-8", "surrogatepass")

    def _break_bytes(self, record, random):
        record.traits.add("bytes")
        value = record.value
        at = random.randrange(len(value) + 1)
        match random.randrange(12):
            case 0:
                record.value = None
            case 1:
                record.value = b""
            case 2:
                record.value = value[:at]
            case 3:
                record.value = value[:at] + random.randbytes(random.choice((1, 4, 64))) + value[at:]
            case 4 if at < len(value):
                record.value = value[:at] + bytes([value[at] ^ 1 << random.randrange(8)]) + value[at + 1 :]
            case 5:
                record.value = b"\xef\xbb\xbf" + value
            case 6:
                record.value = value.decode("utf-8", "replace").encode("utf-16")
            case 7:
                record.value = value + value
            case 8:
                record.value = random.randbytes(random.choice((1, 2, 100, 5_000)))
            case 9:
                record.value = b" " * random.choice((1, 1_000, 100_000)) + value
            case 10:
                record.value = value.replace(b'"', b"\xc0\xa2", 1)
            case _:
                record.value = b"\x1f\x8b\x08\x00" + value

    def _key(self, record, random, key):
        key = key.encode("utf-8", "surrogatepass")
        if random.random() < 0.75:
            return key
        record.traits.add("key")
        others = [None, b"", b"\x1f", b"\x00", b"\xff\xfe", key + b"\x1fjourney", random.randbytes(16), b"null"]
        others += [random.choice(MEMBERS).encode(), b"k" * random.choice((129, 5_000, 60_000))]
        return random.choice(others)

    def _dress(self, record, random):
        """Headers, place and time of the record."""
        if random.random() < 0.1:
            record.partition = random.randrange(self.partitions) if self.events.is_keyed(record.topic) else 0
            record.traits.add("partition")
        if random.random() < 0.1:
            record.timestamp_ms = random.choice((1, 1_000, 4_102_444_800_000, 253_402_300_800_000, 2**53, 2**62))
            record.traits.add("timestamp")
        if random.random() < 0.25:
            record.traits.add("headers")
            record.headers += self._headers(record, random)

    def _headers(self, record, random):
        odd = [b"", None, b"\x00", b"\xff\xfe", b"0" * 55, b"00-" + b"z" * 32 + b"-" + b"0" * 16 + b"-01", b"x" * 2_000]
        match random.randrange(7):
            case 0:
                return [("traceparent", TRACEPARENT.encode())]
            case 1:
                return [("traceparent", random.choice(odd))]
            case 2:
                return [(f"h{number}", random.randbytes(8)) for number in range(random.choice((10, 1_000)))]
            case 3:
                forged = ("dl_topic", "dl_partition", "dl_offset", "dl_error", "stampede_forwarded_from")
                return [(name, random.choice([*odd, b"1", b"99", b"commerce.purchases"])) for name in forged]
            case 4:
                return [("content-type", random.choice(odd)), ("ce_specversion", random.choice(odd))]
            case 5:
                record.traits.add("huge-header")
                room = self.events.limit(record.topic) - len(record.value or b"") - 400
                size = min(room, random.choice((100_000, 1_000_000, 1_048_300, room)))
                return [("traceparent", b"0" * max(55, size))]
            case _:
                return [
                    (random.choice(("", "é", "ce_", "traceparent", "x" * 500)), random.choice(odd)) for _ in range(5)
                ]

    def _grow(self, record, random):
        """To about as much as the topic takes, or as a rejection or a row may."""
        if record.value is None:
            return
        limit = self.events.limit(record.topic) - 2_000 - sum(len(value or b"") for _, value in record.headers)
        size = min(limit, random.choice((65_536, 262_143, 262_145, 1_000_000, limit)))
        record.traits |= {"great"}
        if record.value.endswith(b"}") and random.random() < 0.7:
            letter = random.choice((b"x", b"\xf0\x9f\x98\x80", b"\\u0001"))
            room = max(0, size - len(record.value) - 12)
            record.value = record.value[:-1] + b',"note":"' + letter * (room // len(letter)) + b'"}'
        else:
            record.value += b" " * max(0, size - len(record.value))

    # -- Many that belong together

    def _crowd(self, number, random):
        make = random.choice(
            (self._returns, self._purchases, self._lines, self._profiles, self._repeats, self._versions, self._sums)
        )
        made = make(random, random.choice(CROWD_SIZES))
        for record in made:
            record.number = number
            record.traits.add("crowd")
        return made

    def _plain(self, topic, document, *traits):
        key = self.events.key(topic, document).encode()
        return HostileRecord(0, topic, key, values.encode(document).encode(), traits=set(traits))

    def _purchase(self, random, kind="purchase.completed", **fields):
        document = {"type": kind, "id": f"HX-{random.randrange(10**12)}", "occurredAt": self.events.instant(random)}
        document |= {"source": random.choice(SOURCES), "member": {"id": random.choice(MEMBERS)}, "currency": "USD"}
        return document | fields

    def _returns(self, random, count):
        """Of one purchase, of nothing, under long ids; `heavy` where a row takes them all."""
        member, long = {"id": random.choice(MEMBERS)}, "r" * 100
        bought = self._purchase(random, lines=[{"sku": "A", "amount": "10.00"}], member=member, source="pos-1")
        back = {"member": member, "source": "pos-1", "purchaseId": bought["id"], "refund": "0"}
        events = [bought] + [self._purchase(random, "purchase.returned", id=f"{long}{n}", **back) for n in range(count)]
        return [self._plain("commerce.purchases", event, "heavy") for event in events]

    def _purchases(self, random, count):
        """Of one member under long ids."""
        member, long = {"id": random.choice(MEMBERS)}, "😀" * 28
        line = [{"sku": "A", "amount": "999999.99"}]
        return [
            self._plain("commerce.purchases", self._purchase(random, id=f"{long}{n}", lines=line, member=member))
            for n in range(count)
        ]

    def _lines(self, random, count):
        """Returns of what nobody bought, each as long as a purchase may be."""
        lines = [{"sku": "😀" * 31 + str(number), "amount": "1.00"} for number in range(470)]
        back = {"purchaseId": "HP-nobody", "lines": lines, "member": {"id": random.choice(MEMBERS)}}
        events = [self._purchase(random, "purchase.returned", **back) for _ in range(min(count, 10))]
        return [self._plain("commerce.purchases", event, "heavy") for event in events]

    def _profiles(self, random, count):
        """One card that goes from member to member."""
        card = "9704" + str(random.randrange(10**11)).zfill(11)
        made = []
        for _ in range(count):
            document = self.events.event(random, "loyalty.members") | {"cards": [card], "phone": "+84901234567"}
            made.append(self._plain("loyalty.members", document))
        return made

    def _repeats(self, random, count):
        """One event, again and again, some with another content."""
        topic = random.choice(self.topics)
        document = self.events.event(random, topic)
        made = []
        for _ in range(count):
            made.append(self._plain(topic, document))
            if random.random() < 0.2 and isinstance(document.get("id"), str):
                document = self.events.event(random, topic) | {"id": document["id"]}
        return made

    def _sums(self, random, count):
        """Events within whose numbers no sum can hold: all of them the largest there is, or that is read."""
        topic = random.choice([topic for topic in self.topics if topic not in contract.INPUTS])
        made = []
        for _ in range(min(count, 30)):
            document = self.events.event(random, topic)
            for holder, name in list(_places(document)):
                if isinstance(holder[name], int) and not isinstance(holder[name], bool):
                    holder[name] = random.choice((INTEGER_MAX, LARGEST_SUM, LARGEST_SUM, -INTEGER_MAX - 1, 99))
                elif isinstance(holder[name], list):
                    holder[name] = holder[name] * 2
            made.append(self._plain(topic, document, "number"))
        return made

    def _versions(self, random, count):
        """Of one programme, some of which break a rule."""
        made = []
        for version in range(1, count + 1):
            document = self.events.event(random, "loyalty.programs") | {"version": version}
            if random.random() < 0.2:
                document |= {f"x{number}": number for number in range(3_000)}
            made.append(self._plain("loyalty.programs", document))
        return made


def _places(document):
    """(holder, name or index) of every value in a document."""
    pairs = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for name, value in list(pairs):
        yield document, name
        yield from _places(value)


def _bytes(value):
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else values.encode(value).encode()
