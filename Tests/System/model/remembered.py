"""What an account remembers of a purchase, and what a return of it takes."""

from dataclasses import dataclass, field
from fractions import Fraction

from .rating import Rating
from .returns import Comeback


@dataclass
class Remembered:
    """A purchase as its returns need it."""

    purchase: object
    rating: Rating
    programme: object
    taken: int = 0  # of what reverses in proportion
    bonuses: dict = field(default_factory=dict)  # rule → points that still stand
    base_taken: int = 0
    returns: int = 0  # that were taken of it

    def __post_init__(self):
        self.comeback = Comeback(self.purchase)

    @property
    def refunded(self):
        """Eligible spend that came back."""
        return Fraction(self.comeback.refunded, self.comeback.minor)

    @property
    def proportional(self):
        return self.rating.total - sum(self.rating.bonuses.values())


@dataclass
class Reversal:
    """What a return took: eligible spend; of each purchase points and base points; and whether nothing is left."""

    spend: Fraction
    points: dict  # purchase key → (points, base points): the purchase itself, and others that held a bonus
    whole: bool
