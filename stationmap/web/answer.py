"""An answer as groups of rows in the order they are read; ``static/js/answer.js`` does the same.

Both are held to the vectors of ``tests/js/groups.json``. What a worker can reach within an hour comes first. A station
of which something is not known stands before one that is sure where it is nearer by ten minutes or more.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from stationmap.catalogue import tell
from stationmap.web.wording import FAR_M, metres_words, waits

NEAR_MIN = 60.0
MUCH_NEARER_MIN = 10.0
DOUBTFUL = 3
FAR_ROWS = 3
UNSURE = ("nearer", "maybe")
"""Groups of stations of which it is not known whether they have what is needed."""

GROUPS = ("found", "nearer", "onward", "together", "maybe", "next", "far")

Place = Mapping[str, Any]
Grouped = dict[str, list[Place]]


def near(place: Place) -> bool:
    """Return whether a place is within an hour's way."""
    return bool(place["minutes"] <= NEAR_MIN)


def grouped(
    found: Sequence[Place], maybe: Sequence[Place], together: Sequence[Place], others: Sequence[Place]
) -> Grouped:
    """Return the groups of an answer, each possibly empty, in the order of ``GROUPS``; no place stands in two.

    Parameters
    ----------
    found, maybe, together : Sequence of Place
        The properties of the finder's GeoJSON, each by distance.
    others : Sequence of Place
        What is there in any state, by distance: where nothing near is found it tells what opens next.
    """
    places = list(chain(found, maybe, together, others))
    if places and all(place["distance_m"] > FAR_M for place in places):
        return _groups(far=_fresh(sorted(places, key=lambda place: float(place["distance_m"])), [])[:FAR_ROWS])
    sure = [place for place in found if near(place)]
    ahead = _fresh(together, found)
    doubtful = _fresh(maybe, [*found, *ahead])
    first, nearer, onward = _told_apart(sure, doubtful)
    doubtful = _fresh(doubtful, nearer)
    opening = _opening(_fresh(others, [*found, *ahead, *doubtful]))
    if any(near(place) for place in chain(sure, nearer, ahead, doubtful, opening)):
        doubtful, opening = ([place for place in group if near(place)] for group in (doubtful, opening))
    return _groups(
        found=first,
        nearer=nearer,
        onward=onward,
        together=ahead,
        maybe=doubtful[:DOUBTFUL] if sure else doubtful,
        next=opening,
        far=[place for place in found if not near(place)],
    )


def summary(groups: Grouped, *, any_state: bool, language: str) -> str:
    """Return the one sentence that sums an answer up."""
    if groups["found"] or groups["onward"]:
        return " ".join(_counted(groups, any_state, language))
    for name, sentence in _SUMMARIES:
        if groups[name]:
            return tell(sentence, language)
    if not groups["far"]:
        return tell("No station within reach has all of that. Ask for less, or for other kinds.", language)
    metres = groups["far"][0]["distance_m"]
    if metres > FAR_M:
        far = "The nearest station is still {distance} away. If you are elsewhere, type a street or tap the map."
        return tell(far, language, distance=metres_words(metres, language))
    return tell("Nothing within an hour's way. These are farther.", language)


def _counted(groups: Grouped, any_state: bool, language: str) -> Iterator[str]:
    """Yield how many there are, how many of them only after a wait, and what stands nearer but is not sure."""
    sure = [*groups["found"], *groups["onward"]]
    waiting = 0 if any_state else sum(map(waits, sure))
    nearer = 0 if groups["found"] else len(groups["nearer"])
    count = len(sure) - waiting
    one, many, farther = _AT_ALL if any_state else _ENTERED
    if not count:
        yield tell("{count} nearby, but you would wait for the door to open.", language, count=waiting)
    else:
        yield tell(one if count == 1 else farther if nearer else many, language, count=count)
        if waiting:
            yield tell("{count} more open a while after you arrive.", language, count=waiting)
    if nearer:
        yield tell("{count} nearer, but not sure.", language, count=nearer)


_ENTERED = ("One station you can enter.", "{count} stations you can enter.", "{count} stations you can enter, farther.")
_AT_ALL = ("One station within an hour's way.", "{count} nearest stations.", "{count} stations, farther.")
_SUMMARIES = (
    ("together", "No single station has all of that now. These together do."),
    ("maybe", "None is sure. Ask at these first."),
    ("next", "None nearby can be entered now. These open next."),
)


def _groups(**named: list[Place]) -> Grouped:
    return {name: named.get(name, []) for name in GROUPS}


def _fresh(places: Sequence[Place], shown: Sequence[Place]) -> list[Place]:
    """Return each place once, those left out that are shown already."""
    ids = {place["id"] for place in shown}
    return list({place["id"]: place for place in places if place["id"] not in ids}.values())


def _told_apart(sure: list[Place], doubtful: list[Place]) -> tuple[list[Place], list[Place], list[Place]]:
    """Return the sure ones before the turn, the doubtful ones much nearer than the rest, and the sure ones after."""
    least_min = min((place["minutes"] for place in doubtful), default=float("inf")) + MUCH_NEARER_MIN
    turn = next((i for i, place in enumerate(sure) if place["minutes"] >= least_min), len(sure))
    if turn == len(sure):
        return sure, [], []
    most_min = sure[turn]["minutes"] - MUCH_NEARER_MIN
    nearer = [place for place in doubtful if place["minutes"] <= most_min][:DOUBTFUL]
    return sure[:turn], nearer, sure[turn:]


def _opening(places: list[Place]) -> list[Place]:
    """Return those that open at a known time, the first to open first."""
    opening = [place for place in places if place["opens_at"]]
    return sorted(opening, key=lambda place: datetime.fromisoformat(place["opens_at"]))
