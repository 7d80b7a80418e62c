"""Supply: the stations of a register as arrays, with what may decide kept apart from what may not.

Hours count only when they were found in a source and read without doubt, services only when found; whatever was
inferred or generated is unknown here, as it is to the finder.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from stationmap.errors import InvalidValue, NotFound
from stationmap.hours.opening import Schedule
from stationmap.schema.tables import StationTables, check

NO_SCHEDULE = -1
NO_OUTAGE = 0

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


class Had(IntEnum):
    """Whether a service is there: no, yes, or not known."""

    NO = 0
    YES = 1
    UNKNOWN = 2


@dataclass(frozen=True, slots=True, eq=False)
class Offers:
    """What is known of services, one row a service of a station, by station and then by code.

    A service of which there is no row is unknown.

    Attributes
    ----------
    station : NDArray[int32]
        One a row: position of the station.
    service : NDArray[object]
        One a row: code of the vocabulary.
    answer : NDArray[int8]
        One a row: :class:`Had`; only what was found says yes or no.
    schedule : NDArray[int32]
        One a row: the schedule of its own hours, -1 where it keeps those of the station.
    outage_until : NDArray[int32]
        One a row: ordinal of the last day on which it is out of order, 0 where it is not.
    """

    station: NDArray[np.int32]
    service: NDArray[np.object_]
    answer: NDArray[np.int8]
    schedule: NDArray[np.int32]
    outage_until: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.station)

    def of(self, code: str) -> Rows:
        """Return the rows of one service, by station."""
        return np.flatnonzero(self.service == code)


@dataclass(frozen=True, slots=True, eq=False)
class Supply:
    """m located stations, in the order of the register; a position in it names a station everywhere in planning.

    Attributes
    ----------
    ids, names, adcode : NDArray[object]
        Shape (m,), texts; the adcode is "" where the area is not known.
    lon, lat : NDArray[float64]
        Shape (m,), WGS 84 degrees.
    kind_sets : tuple of frozenset of str
        The distinct sets of kinds.
    kind_set : NDArray[int32]
        Shape (m,): the set of each station.
    schedules : tuple of Schedule
        The distinct hours, those of services among them; hours that may not decide are the unknown schedule "".
    schedule : NDArray[int32]
        Shape (m,): the hours of each station.
    offers : Offers
        What is known of services.
    unlocated : tuple of str
        Ids of the stations of the register that have no coordinates and so take no part; they are never lost.
    capacity : NDArray[float64] or None
        Shape (m,): seats or visits a day, NaN where not known; None where nothing was given.
    revision : int
        The revision of the register.
    """

    ids: NDArray[np.object_]
    names: NDArray[np.object_]
    adcode: NDArray[np.object_]
    lon: Floats
    lat: Floats
    kind_sets: tuple[frozenset[str], ...]
    kind_set: NDArray[np.int32]
    schedules: tuple[Schedule, ...]
    schedule: NDArray[np.int32]
    offers: Offers
    unlocated: tuple[str, ...] = ()
    capacity: Floats | None = None
    revision: int = 0

    @classmethod
    def of(cls, tables: StationTables, *, capacity: ArrayLike | None = None) -> "Supply":
        """Take the located stations of a register's tables.

        Parameters
        ----------
        tables : StationTables
            All stations.
        capacity : array_like of float, optional
            Seats or visits a day, one a row of ``tables.stations``; NaN where not known.

        Raises
        ------
        InvalidValue
            When the tables do not keep the schema, or the capacities are not one a row, negative or infinite.
        """
        check(tables)
        here = tables.stations["lon"].notna().to_numpy(bool)
        stations = tables.stations[here].reset_index(drop=True)
        position = np.where(here, np.cumsum(here) - 1, -1)
        owner = position[tables.services["station"].to_numpy(np.int64)]
        services = tables.services[owner >= 0]
        schedules, schedule, own = _schedules(stations, services, owner[owner >= 0])
        kind_set, kind_texts = pd.factorize(stations["kinds"])
        return cls(
            stations["id"].to_numpy(object),
            stations["name"].fillna("").to_numpy(object),
            stations["adcode"].fillna("").to_numpy(object),
            stations["lon"].to_numpy(np.float64),
            stations["lat"].to_numpy(np.float64),
            tuple(frozenset(str(text).split("|")) - {""} for text in kind_texts),
            kind_set.astype(np.int32),
            schedules,
            schedule,
            _offers(services, owner[owner >= 0], own),
            tuple(tables.stations.loc[~here, "id"].tolist()),
            None if capacity is None else _checked_capacity(capacity, here),
            tables.revision,
        )

    def __len__(self) -> int:
        return len(self.ids)

    def position(self, station_id: str) -> int:
        """Return where a station stands.

        Raises
        ------
        NotFound
            When no located station has that id.
        """
        found = np.flatnonzero(self.ids == station_id)
        if not len(found):
            raise NotFound("There is no located station with the id {id}.", id=repr(station_id))
        return int(found[0])

    def of_kinds(self, kinds: frozenset[str]) -> NDArray[np.bool_]:
        """Return which stations are of any of the kinds; all when none is named."""
        if not kinds:
            return np.ones(len(self), bool)
        return np.array([bool(kinds & each) for each in self.kind_sets], bool)[self.kind_set]

    def only(self, kept: NDArray[np.bool_]) -> "Supply":
        """Return the supply of some of the stations, in their order."""
        new = np.where(kept, np.cumsum(kept) - 1, -1).astype(np.int32)
        rows = np.flatnonzero(kept[self.offers.station])
        offers = self.offers
        return Supply(
            self.ids[kept],
            self.names[kept],
            self.adcode[kept],
            self.lon[kept],
            self.lat[kept],
            self.kind_sets,
            self.kind_set[kept],
            self.schedules,
            self.schedule[kept],
            Offers(
                new[offers.station[rows]],
                offers.service[rows],
                offers.answer[rows],
                offers.schedule[rows],
                offers.outage_until[rows],
            ),
            self.unlocated,
            None if self.capacity is None else self.capacity[kept],
            self.revision,
        )


def _schedules(
    stations: pd.DataFrame, services: pd.DataFrame, owner: Rows
) -> tuple[tuple[Schedule, ...], NDArray[np.int32], NDArray[np.int32]]:
    """Return the distinct schedules, that of each station, and that of each service row or -1."""
    sure = (stations["hours_basis"] == "found") & ~stations["hours_uncertain"].astype(bool)
    osm = np.where(sure, stations["hours_osm"].fillna("").to_numpy(object), "")
    makeup = stations["makeup"].to_numpy(object)
    timezone = stations["timezone"].to_numpy(object)
    own_osm = services["hours_osm"].fillna("").to_numpy(object)
    own = np.flatnonzero((own_osm != "") & (services["basis"] == "found") & (services["answer"] == "yes"))
    table = pd.DataFrame({
        "osm": np.append(osm, own_osm[own]),
        "makeup": np.append(makeup, makeup[owner[own]]),
        "timezone": np.append(timezone, timezone[owner[own]]),
    })  # fmt: skip
    table.loc[table["osm"] == "", "makeup"] = "unknown"
    numbers = np.asarray(table.groupby(list(table), sort=False, dropna=False).ngroup(), np.int32)
    schedules = tuple(Schedule(*each) for each in table.drop_duplicates().itertuples(index=False, name=None))
    of_service = np.full(len(services), NO_SCHEDULE, np.int32)
    of_service[own] = numbers[len(stations) :]
    return schedules, numbers[: len(stations)], of_service


def _offers(services: pd.DataFrame, owner: Rows, own: NDArray[np.int32]) -> Offers:
    """Return the service table in order; of two rows for one service of one station the first counts."""
    code = services["service"].to_numpy(object)
    answer = services["answer"].to_numpy(object)
    found = (services["basis"] == "found").to_numpy(bool)
    known = np.select([found & (answer == "yes"), found & (answer == "no")], [Had.YES, Had.NO], Had.UNKNOWN)
    numbers, names = pd.factorize(code, sort=True)
    order = np.unique(owner * max(len(names), 1) + numbers, return_index=True)[1]
    return Offers(
        owner[order].astype(np.int32),
        code[order],
        known[order].astype(np.int8),
        own[order],
        _ordinals(services["outage_until"].fillna("").tolist())[order],
    )


def _ordinals(dates: Sequence[str]) -> NDArray[np.int32]:
    """Return ISO dates as ordinals of days, 0 for those that are empty."""
    days = {text: date.fromisoformat(text).toordinal() if text else NO_OUTAGE for text in set(dates)}
    return np.array([days[text] for text in dates], np.int32)


def _checked_capacity(capacity: ArrayLike, here: NDArray[np.bool_]) -> Floats:
    given = np.asarray(capacity, np.float64)
    if given.shape != here.shape:
        raise InvalidValue(
            "There are {found} capacities for {count} stations; give one for each, empty where not known.",
            found=given.size,
            count=len(here),
        )
    wrong = np.flatnonzero((given < 0) | np.isinf(given))
    if len(wrong):
        raise InvalidValue(
            "Row {row}: a capacity is a number of 0 or more, or empty, not {value}.",
            row=int(wrong[0]) + 1,
            value=float(given[wrong[0]]),
        )
    return given[here]
