"""How many returns of a member wait for purchases of theirs in one programme: for points and for tiers alike."""

MOST = 100
MOST_BYTES = 256 * 1024  # of these returns together


def has_room(document, waiting):
    """Whether a return may wait beside others."""
    return len(waiting) < MOST and sum(map(reckoned_bytes, [document, *waiting])) <= MOST_BYTES


def reckoned_bytes(document):
    """What a return that waits is reckoned at: its names, its lines, and a bit for each of them and for the rest."""
    names = [
        document["id"],
        document["source"],
        document["member"]["id"],
        document.get("programId"),
        document["purchaseId"],
    ]
    lines = document.get("lines", []) if document["type"] == "purchase.returned" else []
    names += [line.get(name) for line in lines for name in ("sku", "lineId")]
    return 128 + 32 * len(lines) + sum(len(name.encode()) for name in names if name)
