"""Values at the edges of what JSON, numbers, dates and texts can say."""

import copy
import json
from dataclasses import dataclass

SMALL_DEPTHS = (2, 10, 63, 64, 65, 200)
GREAT_DEPTHS = (1_000, 100_000)


@dataclass(frozen=True)
class Raw:
    """Stands in a document as it is, JSON or not."""

    text: str


@dataclass
class Pairs:
    """An object as a list of names and values, so that a name may stand there twice."""

    members: list


def encode(value):
    """JSON text of what may hold `Raw` and `Pairs`."""
    match value:
        case Raw(text):
            return text
        case Pairs(members):
            return "{" + ",".join(f"{encode(str(name))}:{encode(each)}" for name, each in members) + "}"
        case dict():
            return encode(Pairs(list(value.items())))
        case list() | tuple():
            return "[" + ",".join(map(encode, value)) + "]"
        case str():
            return json.dumps(value, ensure_ascii=not value.isprintable())
        case _:
            return json.dumps(value)


NUMBERS = [
    Raw(text)
    for text in (
        "0 -0 0.0 -0.0 1 -1 0.5 2147483647 2147483648 -2147483648 4294967296 9007199254740993 9223372036854775807 "
        "9223372036854775808 -9223372036854775808 -9223372036854775809 18446744073709551616 1e18 1e19 1e308 1e309 "
        "1e-400 1E+999999999 1e-999999999 123456789012345678901234567890 99999999999999.99 0.000000000000000001 1e5 "
        "1.0e2 00012 +1 .5 1. 0x10 NaN Infinity -Infinity 1_000"
    ).split()
]
NUMBERS += [Raw("9" * 400), Raw("0." + "3" * 400), Raw("1e" + "9" * 50), Raw("-" + "1" * 5_000)]
# The same within quotes, which is how amounts are told.
QUOTED_NUMBERS = [number.text for number in NUMBERS] + ["12,50", "1 000", "１２", "٣", "1e2", "", "-", "0x1p3"]

INSTANTS = (
    "0000-01-01T00:00:00Z 0001-01-01T00:00:00Z 1582-10-10T00:00:00Z 1969-12-31T23:59:59.999Z 1970-01-01T00:00:00Z "
    "2016-12-31T23:59:60Z 2017-02-29T00:00:00Z 2024-02-29T23:59:59.999999999Z 2017-01-01T24:00:00Z 2017-01-01T10:00:00 "
    "2038-01-19T03:14:08Z 2017-01-01T00:00:00+23:59 2017-01-01T00:00:00-23:59 2017-01-01T00:00:00+99:99 "
    "2017-1-1T0:0:0Z 9998-12-31T23:59:59Z 9999-12-31T23:59:59.999999999Z 9999-12-31T23:59:59-23:59 "
    "10000-01-01T00:00:00Z "
    "+292278994-08-17T07:12:55Z -000001-01-01T00:00:00Z 2017-01-01t00:00:00z 2017-13-01T00:00:00Z 2017-00-00T00:00:00Z "
    "1795327481000 2017-01-01 --02-29 0001-01-01T00:00:00+23:59 2100-02-29T00:00:00Z"
).split()

TEXTS = [
    "",
    " ",
    "\t",
    "null",
    "true",
    "-",
    ".",
    "..",
    "../../etc/passwd",
    "a/b:c@d%e",
    "program:issued",
    "member:available",
    "'; DROP TABLE rows; --",
    "a\r\nBcc: everyone@example.com\r\n\r\nhello",
    "\x1b[2J\x1b]0;title\x07",
    "\x00",
    "a\x00b",
    "\x1f",
    "M-1\x1fjourney",
    "\x7f\x80\x9f",
    "\u200b\u200e\u202e\u2066evil\u2069",
    "\ufeffM-1",
    "\ufffe\uffff",
    "\U0010ffff\U000e0001",
    "é",
    "e\u0301",
    "Ａ１",
    "ﬃ",
    "İıſß",
    "Nguyễn Thị Ánh",
    "שלום عليكم",
    "👩‍👩‍👧‍👦" * 4,
    "🏳️‍🌈" * 31,
    "e" + "\u0301" * 2_000,
    "x" * 127,
    "x" * 128,
    "x" * 129,
    "😀" * 124,
    "x" * 256,
    "x" * 10_000,
    "+84901234567",
    "0901 234 567",
    "+" + "9" * 40,
    "a@b",
    "a@[127.0.0.1]",
    "a" * 300 + "@example.com",
    '"a b"@example.com',
    "a@" + "b." * 120 + "example",
    "anh@exämple.com",
    "a@xn--" + "a" * 60 + ".com",
    "VND",
    "XXX",
    "usd",
    "en-x-" + "a" * 40,
    "Asia/Ho_Chi_Minh",
    "../Asia/Tokyo",
]
# As they stand within a document: no text of Python holds half a character.
BROKEN_TEXTS = [
    Raw(text)
    for text in (
        r'"\ud800"',
        r'"\udfff\ud800"',
        r'"M-\ud83d"',
        r'"\ud83d\ude00"',
        r'"\u0000"',
        r'"\x41"',
        r'"\u12"',
        '"a\nb"',
        '"a',
        "'a'",
        '"\\',
        r'"\/"',
    )
]
OTHERS = [None, True, False, [], {}, [[]], [None], {"": None}, {"$ref": "#"}, {"__proto__": 1}, [1, "a", None, {}]]


def nested(depth, is_array=True):
    return Raw("[" * depth + "]" * depth if is_array else '{"a":' * depth + "1" + "}" * depth)


def any_value(random):
    """Whatever somebody may put where something else belongs."""
    kind = random.randrange(10)
    if kind < 3:
        return random.choice(NUMBERS)
    if kind < 5:
        return random.choice(QUOTED_NUMBERS)
    if kind < 6:
        return random.choice(INSTANTS)
    if kind < 8:
        return random.choice(TEXTS)
    if kind < 9:
        # Of the others a copy: who gets one changes it.
        return random.choice(BROKEN_TEXTS) if random.random() < 0.5 else copy.deepcopy(random.choice(OTHERS))
    depth = random.choice(SMALL_DEPTHS if random.random() < 0.9 else GREAT_DEPTHS)
    return nested(depth, random.random() < 0.5)


def alike(random, value):
    """An edge of the same kind as the value that stands there, so that it gets further in."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return random.choice(NUMBERS)
    if isinstance(value, str):
        if "T" in value and value[:4].isdigit():
            return random.choice(INSTANTS)
        if value.lstrip("-").replace(".", "", 1).isdigit():
            return random.choice(QUOTED_NUMBERS)
        return random.choice(TEXTS)
    return any_value(random)
