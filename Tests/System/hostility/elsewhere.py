"""What the hostile run leaves out because its fault is known and not yet mended: name → (why, what it is known by).

An entry goes with the fault that it names. Nothing is left out for another reason.
"""

KNOWN = {}


def is_known(record):
    return any(is_meant(record) for _, is_meant in KNOWN.values())
