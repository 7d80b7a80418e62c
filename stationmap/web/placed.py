"""Places by their names, for the page without JavaScript: what a typed name may mean, the likeliest first."""

from collections.abc import Sequence
from dataclasses import dataclass

from stationmap.web.form import Spot

MOST = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """One place that a name may mean: where it is, and what is said besides its name."""

    spot: Spot
    detail: str


def named(text: str) -> Sequence[Choice]:
    """Return the places that a text names, the likeliest first; none when there is none."""
    return ()
