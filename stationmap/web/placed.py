"""Places by their names, for the page without JavaScript: what a typed name may mean, the likeliest first."""

from dataclasses import dataclass

from flask import url_for

from stationmap.errors import InvalidValue
from stationmap.finder.names.index import Hit
from stationmap.web.form import Spot
from stationmap.web.present import live

MOST = 8
_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Choice:
    """One place that a name may mean.

    Attributes
    ----------
    spot : Spot
        Where it is, under its name.
    detail : str
        What is said besides its name: its city and district.
    page : str
        The address of its own page, "" for what is no station.
    """

    spot: Spot
    detail: str
    page: str


def named(text: str) -> list[Choice]:
    """Return the places that a text may mean, the likeliest first; none when there is none.

    Raises
    ------
    InvalidValue
        While the names are not yet read: a moment after the site was started.
    """
    index = live().names.index()
    hits = index.search(text, near=None, limit=MOST) if index else []
    if not hits and (index is None or index.revision != live().snapshot().revision):
        raise InvalidValue("The names of places are just being read. Try again in a moment.")
    return [_choice(hit) for hit in hits if hit.lon is not None and hit.lat is not None]


def _choice(hit: Hit) -> Choice:
    position = f"{round(hit.lon or 0.0, _DECIMALS)},{round(hit.lat or 0.0, _DECIMALS)}"
    page = url_for("station_page.one", id=hit.id) if hit.kind == "station" else ""
    return Choice(Spot(position, hit.name, hit.kind == "area"), hit.detail, page)


def others(choices: list[Choice]) -> list[Choice]:
    """Return what else may be meant than the place taken, the first: a station there is offered with its own page."""
    return [choice for choice in choices if choice.page or choice is not choices[0]]
