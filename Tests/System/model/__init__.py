"""The independent model: what every member should hold, recomputed from the messages and programme documents alone.

It shares nothing with the workers: no event of theirs, no code of theirs. It is slow and plain on purpose, each file a
chapter of the rulebook: `dates`, `programme`, `purchase` (eligible spend), `conditions`, `rating` (rules, multipliers,
limits), `lots`, `returns` (what of a purchase comes back), `account`, `tiers`, and `world`, which feeds messages to
members. It refuses what it does not know (`NotKnown`), so that a comparison can never pass by skipping something.

Instants are milliseconds since the epoch. Money and factors are fractions, points whole numbers. Messages are fed in
order of time. A campaign's budget is not modelled: what a member gets of it depends on when the others came.
"""

import json
from fractions import Fraction

from .dates import instant
from .expected import recompute
from .known import NotKnown
from .world import World

__all__ = ["NotKnown", "World", "instant", "read_messages", "recompute"]


def read_messages(documents):
    """Messages out of JSON texts; amounts that stand as JSON numbers are read from their digits."""
    return [json.loads(document, parse_float=Fraction) for document in documents]
