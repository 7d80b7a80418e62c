"""The columnar form of the register: what the ledger hands to the finder and the planners."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from stationmap.errors import InvalidValue

STATION_COLUMNS: Mapping[str, str] = {
    "id": "stable id, unique",
    "name": "name",
    "address": "address as listed",
    "area_name": "area as listed",
    "adcode": "administrative code the point lies in, empty when unknown",
    "kinds": "codes of kinds, joined by |",
    "lon": "WGS 84 degrees east, NaN when unlocated",
    "lat": "WGS 84 degrees north, NaN when unlocated",
    "hours_text": "hours as listed",
    "hours_osm": "hours in OSM opening_hours syntax, empty when unknown",
    "hours_basis": "found, inferred or generated",
    "hours_uncertain": "bool: an unread part may change the hours",
    "makeup": "work, weekend or unknown: what it does on a make-up working day",
    "timezone": "IANA name",
    "access": "codes of access modes, joined by |",
    "members_only": "yes, no or unknown",
    "floor": "floor in words",
    "host_type": "code of the host type",
    "seats": "float: how many seats, NaN when unknown",
    "basis": "found, inferred or generated: the record itself",
    "fictional": "bool: a record of the sample city",
    "confirmed_on": "ISO date of the last check, empty when none",
    "revision": "revision of the last change",
}
SERVICE_COLUMNS: Mapping[str, str] = {
    "station": "row position in the station table",
    "service": "code of the service",
    "answer": "yes, no or unknown",
    "hours_osm": "own hours in OSM syntax, empty when those of the station",
    "nearby_m": "metres from the station, NaN when on the spot",
    "outage_until": "ISO date of the last day of an outage, empty when none",
    "basis": "found, inferred or generated",
}


@dataclass(frozen=True, slots=True)
class StationTables:
    """All stations at one revision: one row a station in ``stations``, one row a known service in ``services``."""

    revision: int
    stations: pd.DataFrame
    services: pd.DataFrame


def check(tables: StationTables) -> StationTables:
    """Return the tables when they keep the schema; say everything that is wrong at once otherwise.

    Raises
    ------
    InvalidValue
        With all missing columns, repeated ids and coordinates out of range.
    """
    problems = [f"stations lacks column {name}" for name in STATION_COLUMNS if name not in tables.stations]
    problems += [f"services lacks column {name}" for name in SERVICE_COLUMNS if name not in tables.services]
    if not problems:
        repeated = tables.stations["id"][tables.stations["id"].duplicated()]
        problems += [f"id {value!r} stands twice" for value in repeated.head(5)]
        lon = tables.stations["lon"].to_numpy(float)
        lat = tables.stations["lat"].to_numpy(float)
        outside = (np.abs(lon) > 180) | (np.abs(lat) > 90) | (np.isnan(lon) != np.isnan(lat))
        ids = tables.stations["id"].to_numpy()
        problems += [f"station {ids[i]} lies at {lon[i]}, {lat[i]}" for i in outside.nonzero()[0][:5]]
        where = tables.services["station"].to_numpy()
        if len(where) and (where.min() < 0 or where.max() >= len(tables.stations)):
            problems.append("services name a station row that is not there")
    if problems:
        raise InvalidValue("The station tables do not keep the schema: {problems}", problems="; ".join(problems))
    return tables
