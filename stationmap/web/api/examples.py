"""Examples that are answered: values of the register that is served, for the commands of the page and for OpenAPI."""

from collections.abc import Mapping
from typing import Any

from stationmap.finder.snapshot import Snapshot
from stationmap.schema.vocabulary import SERVICES
from stationmap.web.values import MAX_LENGTH

_WINDOW_DEG = 0.05


def of(snapshot: Snapshot) -> Mapping[str, Any]:
    """Return by name of parameter what may be asked of a register and is answered.

    All are of one station: the first by id that was found to have a service, else the first. Empty when there is none;
    what the station does not have, such as an area, is left out.
    """
    if not len(snapshot):
        return {}
    need, row = _offered(snapshot)
    lon, lat = (round(degrees, 4) for degrees in snapshot.place(row))
    facts = snapshot.stations.iloc[row]
    known = {
        "lon": lon,
        "lat": lat,
        "bbox": _around(lon, lat),
        "id": snapshot.ids[row],
        "q": snapshot.names[row][:MAX_LENGTH],
        "need": [need] if need else None,
        "kind": [str(facts["kinds"]).split("|")[0]],
        "adcode": facts["adcode"],
        "area": facts["area_name"][:MAX_LENGTH],
    }
    return {name: value for name, value in known.items() if value not in (None, "", [""])}


def put_in(described: Any, values: Mapping[str, Any]) -> Any:
    """Return a description whose parameters and bodies have these values for examples; others stay as they are."""
    if isinstance(described, list):
        return [put_in(each, values) for each in described]
    if not isinstance(described, dict):
        return described
    told = {key: put_in(value, values) for key, value in described.items()}
    example = described.get("example")
    if isinstance(example, dict):
        told["example"] = {name: values.get(name, given) for name, given in example.items()}
    elif example is not None and described.get("in") in ("query", "path"):
        told["example"] = values.get(described["name"], example)
    return told


def _offered(snapshot: Snapshot) -> tuple[str, int]:
    """Return a service and the first station that has it; "" and the first station when none has any."""
    for need in SERVICES:
        having = snapshot.roll.chosen(snapshot.need_mask(frozenset((need,))))
        if len(having):
            return need, int(having[0])
    return "", int(snapshot.roll.positions[0])


def _around(lon: float, lat: float) -> str:
    west, south = max(lon - _WINDOW_DEG, -180), max(lat - _WINDOW_DEG, -90)
    east, north = min(lon + _WINDOW_DEG, 180), min(lat + _WINDOW_DEG, 90)
    return ",".join(f"{degrees:.4f}".rstrip("0").rstrip(".") for degrees in (west, south, east, north))
