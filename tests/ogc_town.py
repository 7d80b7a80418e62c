"""A world for OGC API - Features: 260 stations round the globe, the antimeridian among them, and three areas."""

from datetime import UTC, date, datetime
from pathlib import Path

import shapely

from stationmap.geo.areas import Area
from stationmap.register.ledger import Ledger
from stationmap.schema.records import Answer, Basis, Hours, Location, Provenance, Service, Station

NOW = datetime(2026, 10, 9, 4, 0, tzinfo=UTC)
FOUND = Provenance(Basis.FOUND, "工会名单", date(2026, 9, 1))
COUNT = 260
HOURS = ("24/7", "08:00-12:30", "", "14:00-18:00")


def place(i: int) -> tuple[float, float]:
    """Return the longitude and latitude of a station: ten in Fiji across the antimeridian, the rest in Henan."""
    if i < 10:
        return (179.5 + 0.1 * i if i < 5 else -180.0 + 0.1 * (i - 5)), -17.0
    return 113.0 + (i * 37 % 100) / 100, 34.0 + (i * 61 % 100) / 100


def station(i: int) -> Station:
    """Return one station; every fourth has unknown hours, every third a microwave, every fifth none."""
    lon, lat = place(i)
    answer = Answer.YES if i % 3 == 0 else Answer.NO if i % 5 == 0 else Answer.UNKNOWN
    return Station(
        id=f"st-{i:03d}",
        name=f"驿站 {i} <b>&amp;",
        kinds=("rest_station",) if i % 2 else ("book_corner", "worker_home"),
        adcode="410105" if i % 2 else "411002",
        location=Location(lon, lat, lon, lat, "wgs84", FOUND),
        hours=Hours(text=HOURS[i % 4], osm=HOURS[i % 4], provenance=FOUND),
        services=(Service("microwave", answer, provenance=FOUND),),
        timezone="Asia/Shanghai",
        provenance=FOUND,
    )


def build(file: Path) -> Path:
    """Make the ledger in a file; besides what counts it holds one removed, one without a place, one made up."""
    lon, lat = place(20)
    extra = Location(lon, lat, lon, lat, "wgs84", FOUND)
    with Ledger.open(file) as ledger:
        ledger.put([station(i) for i in range(COUNT)], actor="王", reason="建")
        ledger.put(
            [
                Station(id="gone", name="旧站", location=extra, provenance=FOUND),
                Station(id="nowhere", name="无址站", provenance=FOUND),
                Station(id="madeup", name="编造站", location=extra, provenance=Provenance(Basis.GENERATED, "程序")),
            ],
            actor="王",
            reason="建",
        )
        ledger.remove(["gone"], actor="王", reason="拆")
        clockwise = shapely.Polygon([(113, 34), (113, 35), (114, 35), (114, 34)])
        ledger.gazetteer.put_areas(
            [
                Area("410000", "河南省", "province", "", clockwise),
                Area("410100", "郑州市", "city", "410000", shapely.box(113.2, 34.2, 113.8, 34.8)),
                Area("411000", "许昌市", "city", "410000", None),
            ],
            actor="王",
            reason="界",
        )
    return file
