"""How each station stands to a question: it serves, it may, or why it does not."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class Why(IntEnum):
    """Whether a station serves a question, or the first thing in its way; what is nearest to serving has the lowest."""

    SERVES = 0
    UNKNOWN = 1
    """It may: its hours or a service are not known, and nothing known speaks against it."""
    CLOSED = 2
    """It is of the kind and has or may have what is needed, but is shut in that time."""
    LACKS = 3
    """It is of the kind, but was found not to have what is needed."""
    OTHER_KIND = 4


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """How m stations stand to one question (kinds, needs, a time).

    Attributes
    ----------
    why : NDArray[int8]
        Shape (m,), values of :class:`Why`.
    """

    why: NDArray[np.int8]

    @property
    def serves(self) -> NDArray[np.bool_]:
        """Return which stations serve for certain: the lower bound of every count."""
        return np.asarray(self.why == Why.SERVES)

    @property
    def may(self) -> NDArray[np.bool_]:
        """Return which stations serve or may serve: the upper bound of every count."""
        return np.asarray(self.why <= Why.UNKNOWN)
