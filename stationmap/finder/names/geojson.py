"""A place found by name as GeoJSON: the Feature of ``stationmap places --json`` and of ``/api/v1/places``."""

from typing import Any

from stationmap.finder.names.index import Hit


def feature(hit: Hit) -> dict[str, Any]:
    """Return a hit as a Feature in WGS 84; its geometry is null when it has no place.

    Properties: kind, id, name, detail, match as in :class:`Hit`; distance_m to the centimetre, where there is one.
    """
    point = None if hit.lon is None else {"type": "Point", "coordinates": [hit.lon, hit.lat]}
    facts: dict[str, Any] = {
        "kind": hit.kind,
        "id": hit.id,
        "name": hit.name,
        "detail": hit.detail,
        "match": hit.match,
    }
    if hit.distance_m is not None:
        facts["distance_m"] = round(hit.distance_m, 2)
    return {"type": "Feature", "geometry": point, "properties": facts}
