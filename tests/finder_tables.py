"""Small station tables for the tests of the finder: what is not said takes the plainest value."""

from collections.abc import Mapping, Sequence

import pandas as pd

from stationmap.schema.tables import SERVICE_COLUMNS, STATION_COLUMNS, StationTables

_STATION = dict.fromkeys(STATION_COLUMNS, "") | {
    "kinds": "rest_station",
    "hours_basis": "found",
    "hours_uncertain": False,
    "makeup": "unknown",
    "timezone": "Asia/Shanghai",
    "members_only": "unknown",
    "basis": "found",
    "seats": float("nan"),
    "fictional": False,
    "revision": 1,
}
_SERVICE = {"answer": "yes", "hours_osm": "", "nearby_m": float("nan"), "outage_until": "", "basis": "found"}


def tables(
    stations: Sequence[Mapping[str, object]], services: Sequence[Mapping[str, object]] = (), revision: int = 1
) -> StationTables:
    """Return station tables; a service names its station by id or by row."""
    rows = [_STATION | {"id": f"s{i}", "name": f"站{i}"} | dict(row) for i, row in enumerate(stations)]
    ids = {row["id"]: i for i, row in enumerate(rows)}
    offers = [_SERVICE | dict(row) for row in services]
    for offer in offers:
        offer["station"] = ids.get(offer["station"], offer["station"])
    return StationTables(
        revision,
        pd.DataFrame(rows, columns=list(STATION_COLUMNS)).astype({"lon": float, "lat": float, "hours_uncertain": bool}),
        pd.DataFrame(offers, columns=list(SERVICE_COLUMNS)).astype({"station": "int64", "nearby_m": float}),
    )
