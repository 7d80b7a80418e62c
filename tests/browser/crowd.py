"""200,000 stations in sixty cities, for maps: where they are, what they are called, when they are open."""

from dataclasses import replace

import numpy as np
import pandas as pd
import shapely

from stationmap.finder.clusters import Clusters
from stationmap.finder.snapshot import Snapshot
from stationmap.geo.areas import Area
from stationmap.schema.tables import SERVICE_COLUMNS, STATION_COLUMNS, StationTables
from stationmap.web.basemap import draw
from stationmap.web.live import Live, Picture

COUNT = 200_000
CENTRE = (113.66, 34.75)
HOURS = ("24/7", "Mo-Su 08:00-20:00", "Mo-Fr 08:30-11:30,13:30-17:00", "Mo-Su 18:00-23:00", "")


def places(count: int = COUNT) -> tuple[np.ndarray, np.ndarray]:
    """Return longitudes and latitudes: a fifth round one centre, the rest in cities over the country."""
    random = np.random.default_rng(20261010)
    centres = np.vstack([CENTRE, random.uniform((98, 22), (124, 45), (60, 2))])
    city = np.where(random.random(count) < 0.2, 0, random.integers(1, 61, count))
    spread = random.choice([0.02, 0.06, 0.12], count)[:, None]
    lon, lat = (centres[city] + random.normal(0, 1, (count, 2)) * spread).T
    return lon, lat


def tables(count: int = COUNT) -> StationTables:
    """Return the stations; every other one has hot water."""
    lon, lat = places(count)
    numbers = np.arange(count)
    stations = pd.DataFrame(dict.fromkeys(STATION_COLUMNS, ""), index=range(count)).assign(
        id=[f"s{i:06d}" for i in numbers],
        name=[f"城东第{i}户外劳动者驿站" for i in numbers],
        kinds=np.array(["rest_station", "book_corner", "worker_home"], object)[numbers % 3],
        lon=lon,
        lat=lat,
        hours_osm=np.array(HOURS, object)[numbers % len(HOURS)],
        hours_basis="found",
        hours_uncertain=False,
        makeup="work",
        timezone="Asia/Shanghai",
        members_only="unknown",
        basis="found",
        fictional=False,
        revision=1,
    )
    services = pd.DataFrame({
        "station": numbers[::2], "service": "hot_water", "answer": "yes", "hours_osm": "",
        "nearby_m": np.nan, "outage_until": "", "basis": "found",
    })  # fmt: skip
    return StationTables(1, stations, services[list(SERVICE_COLUMNS)])


def ground() -> tuple[list[Area], pd.DataFrame]:
    """Return a city of districts and a grid of bent streets round the centre."""
    random = np.random.default_rng(7)
    lon, lat = CENTRE
    city = Area("9901", "大城", "city", "", shapely.Point(lon, lat).buffer(0.45, quad_segs=40))
    districts = [
        Area(f"99010{i}", f"{name}区", "district", "9901", shapely.box(lon + x, lat + y, lon + x + 0.2, lat + y + 0.2))
        for i, (name, x, y) in enumerate([("东", 0, 0), ("西", -0.2, 0), ("南", -0.2, -0.2), ("北", 0, -0.2)])
    ]
    lines, names = [], []
    for i in np.arange(-40, 41):
        along = np.linspace(-0.3, 0.3, 60)
        bend = random.normal(0, 0.0002, 60).cumsum()
        lines += [
            shapely.LineString(np.column_stack([lon + along, lat + i * 0.007 + bend])),
            shapely.LineString(np.column_stack([lon + i * 0.008 + bend, lat + along])),
        ]
        names += [f"东西{i + 41}路", f"南北{i + 41}街"]
    return [city, *districts], pd.DataFrame({"name": names, "geometry": lines})


class Still(Live):
    """A ledger that is looked at once, with the crowd in the place of its stations."""

    def _look(self) -> None:
        if self._picture is None:
            super()._look()
            assert self._picture is not None
            self._picture = crowded(self._picture)


def crowded(picture: Picture) -> Picture:
    """Return a picture with the crowd's stations, areas and streets."""
    snapshot = Snapshot.build(tables(), picture.calendar)
    areas, streets = ground()
    extent = (98.0, 22.0, 124.0, 45.0)
    clusters = Clusters(snapshot.stations["lon"], snapshot.stations["lat"])
    basemap = draw(areas, streets, snapshot.stations)
    return replace(picture, snapshot=snapshot, clusters=clusters, areas=tuple(areas), basemap=basemap, extent=extent)
