"""What the caller asks for: parameters of a form, an address or a JSON body, checked, into one finder query."""

from datetime import datetime
from typing import Literal, NamedTuple

from stationmap.errors import InvalidValue
from stationmap.finder.memo import Recent
from stationmap.finder.search import Query
from stationmap.schema.vocabulary import KINDS, SERVICES
from stationmap.web.values import Values, codes, flag, instant, known_only, optional, position, shown, whole

PARAMETERS = ("lon", "lat", "datum", "need", "kind", "at", "open", "any", "k", "mode", "lang")
OPENED = ("arrival", "now", "any")
MAX_RESULTS = 50
_PLACE = ("lon", "lat", "datum")
_LONGEST_KEPT = 300
_ASKED = Recent(1000)


def read(values: Values, now: datetime) -> Query:
    """Return the query that the values ask for, at ``now`` (aware) when they name no time.

    Parameters
    ----------
    values : Mapping[str, object]
        ``lon`` and ``lat`` (degrees, or metres when the datum is metric), ``datum`` (WGS 84 when left out), ``need``
        and ``kind`` (a word or a list of words), ``at`` (ISO 8601; without an offset the place's local time),
        ``open`` (``arrival``, ``now`` or ``any``), ``any`` (true is another word for ``open=any``), ``k``
        (1 to 50), ``mode`` (``walk`` or ``ride``). ``lang`` is not looked at.

    Raises
    ------
    InvalidValue
        For a parameter that is unknown, missing or out of bounds: quoted, with what would do.
    """
    known_only(values, PARAMETERS)
    lon, lat = position(values)
    rest = {name: value for name, value in values.items() if name not in _PLACE}
    spelled = repr(rest)  # 1, True and "1" are not the same
    asked = _ASKED[spelled] if len(spelled) <= _LONGEST_KEPT else None
    if asked is None:
        asked = _asked(values)
        if len(spelled) <= _LONGEST_KEPT:
            _ASKED.keep(spelled, asked)
    at, k, kinds, needs, any_state, open_now, mode = asked
    return Query(
        lon=lon,
        lat=lat,
        at=at or now,
        k=k,
        kinds=kinds,
        needs=needs,
        any_state=any_state,
        open_now=open_now,
        mode=mode,
    )


class _Asked(NamedTuple):
    """What is asked for but the position; many ask the same."""

    at: datetime | None
    k: int
    kinds: frozenset[str]
    needs: frozenset[str]
    any_state: bool
    open_now: bool
    mode: Literal["walk", "ride"]


def _asked(values: Values) -> _Asked:
    opened = optional(values, "open", "arrival", _opened)
    return _Asked(
        optional(values, "at", None, instant),
        optional(values, "k", 5, _count),
        codes(values, "kind", KINDS),
        codes(values, "need", SERVICES),
        optional(values, "any", False, flag) or opened == "any",
        opened == "now",
        optional(values, "mode", "walk", _mode),
    )


def _opened(name: str, value: object) -> str:
    if isinstance(value, str) and value in OPENED:
        return value
    raise InvalidValue("{name} is {value}. Take arrival, now or any.", name=name, value=shown(value))


def _mode(name: str, value: object) -> Literal["walk", "ride"]:
    if value == "walk":
        return "walk"
    if value == "ride":
        return "ride"
    raise InvalidValue("{name} is {value}. Take walk or ride.", name=name, value=shown(value))


def _count(name: str, value: object) -> int:
    return whole(name, value, least=1, most=MAX_RESULTS)
