"""Which stations are meant by a filter, and what is told of each in a list: for whoever reads the register, not a trip.

What counts
-----------
- All of what a filter names must hold; of several kinds any will do, of several needs all are needed.
- A need is met when the service was found to be there. With ``open_at_once`` it must be on at the instant: at its own
  hours where it has any, and not out of order. Unknown never counts as yes.
- A station is open at an instant when its hours, found and read without doubt, say so.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stationmap.catalogue import tell
from stationmap.finder.places import runs
from stationmap.finder.services import NO_OUTAGE, NO_SCHEDULE, Had
from stationmap.finder.snapshot import Snapshot
from stationmap.finder.words import state_words
from stationmap.geo.adcodes import likely_level
from stationmap.hours.opening import State

Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]

_HAD = ("no", "yes", "unknown")
_DIGITS = {"country": 0, "province": 2, "city": 4}
_CODES = ("kinds", "access")
_TEXTS = ("name", "address", "area_name", "adcode", "floor", "host_type", "members_only", "hours_text", "hours_basis")


@dataclass(frozen=True, slots=True)
class Filters:
    """Which stations are meant; what is left at its default excludes none.

    Parameters
    ----------
    kinds : frozenset of str
        Codes of kinds of which any will do.
    needs : frozenset of str
        Codes of services of which all are needed.
    adcode : str
        Six digits of an administrative area; what lies in a part of it lies in it.
    area : str
        The area as the list wrote it, exactly.
    bbox : tuple of float, optional
        West, south, east, north, WGS 84 degrees, edges included; west greater than east crosses the antimeridian.
    open_at_once : bool
        Only those that are open at the instant.
    """

    kinds: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    adcode: str = ""
    area: str = ""
    bbox: tuple[float, float, float, float] | None = None
    open_at_once: bool = False


def select(snapshot: Snapshot, filters: Filters, at: datetime) -> Flags:
    """Return which stations of a snapshot are meant, one flag a station.

    Parameters
    ----------
    snapshot : Snapshot
        The located stations.
    filters : Filters
        What must hold.
    at : datetime
        The instant of ``open_at_once``; a naive one is the local time of each place.
    """
    meant = snapshot.kind_mask(filters.kinds) & snapshot.need_mask(filters.needs)
    if filters.adcode:
        meant &= _in_area(snapshot, filters.adcode)
    if filters.area:
        meant &= (snapshot.stations["area_name"] == filters.area).to_numpy(bool)
    if filters.bbox is not None:
        inside = np.zeros(len(snapshot), bool)
        inside[snapshot.index.window(*filters.bbox)] = True
        meant &= inside
    if filters.open_at_once:
        meant &= states(snapshot, at)[snapshot.schedule] == State.OPEN
        for need in sorted(filters.needs):
            left = np.flatnonzero(meant)
            meant[left[had(snapshot, snapshot.services.rows_at(left, need), left, at) != Had.YES]] = False
    return meant


def _in_area(snapshot: Snapshot, adcode: str) -> Flags:
    """Return which stations lie in an area or one of its parts."""
    stem = adcode[: _DIGITS.get(likely_level(adcode), len(adcode))]
    return snapshot.remembered(
        ("adcode", stem), lambda: snapshot.stations["adcode"].str.startswith(stem).to_numpy(bool)
    )


def states(snapshot: Snapshot, at: datetime) -> NDArray[np.int8]:
    """Return the :class:`State` of every schedule of a snapshot at an instant, to the minute."""
    minute = at.replace(second=0, microsecond=0)
    return snapshot.remembered(("states", minute, minute.tzinfo is None), lambda: snapshot.timetable.states(minute))


def had(snapshot: Snapshot, rows: Rows, positions: Rows, at: datetime) -> NDArray[np.int8]:
    """Return whether services are there at an instant, as :class:`Had` values.

    Parameters
    ----------
    snapshot : Snapshot
        The stations.
    rows : NDArray[int64]
        Rows of its services, -1 where nothing is said.
    positions : NDArray[int64]
        The station of each.
    at : datetime
        A naive one is the local time of each place.
    """
    services = snapshot.services
    there = services.had[rows]
    timed = np.flatnonzero(services.schedule[rows] != NO_SCHEDULE)
    if len(timed):
        state = states(snapshot, at)[services.schedule[rows[timed]]]
        there[timed] = np.select([state == State.OPEN, state == State.UNKNOWN], [Had.YES, Had.UNKNOWN], Had.NO)
    until = services.outage_until[rows]
    today = np.array([_local(at, zone).toordinal() for zone in snapshot.zones])
    there[(until != NO_OUTAGE) & (until >= today[snapshot.zone[positions]])] = Had.NO
    return there


def _local(at: datetime, zone: Any) -> datetime:
    return at.replace(tzinfo=zone) if at.tzinfo is None else at.astimezone(zone)


def told(snapshot: Snapshot, positions: Rows, at: datetime, lang: str) -> list[dict[str, Any]]:
    """Return stations as GeoJSON Features with their state at an instant, in the order given.

    Parameters
    ----------
    snapshot : Snapshot
        The stations.
    positions : NDArray[int64]
        Which of them.
    at : datetime
        A naive one is the local time of each place.
    lang : str
        ``zh`` or ``en``, of the sentences.

    Returns
    -------
    list of dict
        The properties are those of :mod:`stationmap.finder.geojson` as far as they do not concern a trip, and
        ``area_name``, ``adcode``, ``host_type``, ``hours_basis``, ``revision`` of the record.
    """
    if not len(positions):
        return []
    rows = snapshot.stations.iloc[positions]
    revisions = rows["revision"].to_numpy(np.int64).tolist()
    texts = [rows[name].fillna("").tolist() for name in _TEXTS]
    codes = [[text.split("|") if text else [] for text in rows[name].fillna("").tolist()] for name in _CODES]
    offers = _services(snapshot, positions, at)
    features = []
    for i, position in enumerate(positions.tolist()):
        lon, lat = snapshot.place(position)
        properties: dict[str, Any] = {"id": snapshot.ids[position]}
        properties |= {name: column[i] for name, column in zip(_TEXTS, texts, strict=True)}
        properties |= {name: column[i] for name, column in zip(_CODES, codes, strict=True)}
        properties |= state_told(snapshot, position, at, lang)
        properties["services"], properties["nearby_m"] = offers[i]
        properties["confirmed_on"] = snapshot.text("confirmed_on", position)
        properties["fictional"] = snapshot.fictional(position)
        properties["revision"] = revisions[i]
        geometry = {"type": "Point", "coordinates": [lon, lat]}
        features.append(
            {"type": "Feature", "id": snapshot.ids[position], "geometry": geometry, "properties": properties}
        )
    return features


def state_told(snapshot: Snapshot, position: int, at: datetime, lang: str) -> dict[str, Any]:
    """Return the state of a station at an instant as properties: state, state_words, until, opens_at, reason."""
    opening = snapshot.opening(position, at)
    state = opening.state.name.lower()
    seen_from = _local(at, snapshot.zone_of(position))
    reason = snapshot.why_unknown(position, opening) if opening.state is State.UNKNOWN else None
    return {
        "state": state,
        "state_words": state_words(state, opening.until, opening.opens_at, "", seen_from, lang),
        "until": opening.until.isoformat() if opening.until else None,
        "opens_at": opening.opens_at.isoformat() if opening.opens_at else None,
        "reason": tell(reason, lang) if reason else None,
    }


def _services(snapshot: Snapshot, positions: Rows, at: datetime) -> list[tuple[dict[str, str], dict[str, float]]]:
    """Return for each station the services of which anything is said, and the metres to those that are not on it."""
    services = snapshot.services
    offers: list[tuple[dict[str, str], dict[str, float]]] = [({}, {}) for _ in positions]
    rows, which = runs(services.starts[positions], services.starts[positions + 1])
    answers = had(snapshot, rows, positions[which], at).tolist()
    metres = np.round(services.nearby_m[rows].astype(float), 1).tolist()
    for station, code, answer, nearby_m in zip(which.tolist(), services.names_of(rows), answers, metres, strict=True):
        offers[station][0][code] = _HAD[answer]
        if nearby_m == nearby_m:
            offers[station][1][code] = nearby_m
    return offers
