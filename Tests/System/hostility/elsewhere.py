"""What the hostile run leaves out because its fault is known and not yet mended: name → (why, what it is known by).

An entry goes with the fault that it names. Nothing is left out for another reason.
"""

KNOWN = {
    "huge-header": (
        "A traceparent of a megabyte makes outputs larger than their topics take: to be checked before producing.",
        lambda record: "huge-header" in record.traits,
    ),
    "extreme-number-inside": (
        "Numbers at the end of their range on topics that services write are trusted, and arithmetic on them traps.",
        lambda record: "number" in record.traits and record.is_inside,
    ),
    "heavy-rows": (
        "Accounts grow by what waits for its purchase, and purchases by their returns, beyond what a changelog takes.",
        lambda record: "heavy" in record.traits,
    ),
}


def is_known(record):
    return any(is_meant(record) for _, is_meant in KNOWN.values())
