"""A small town to check by hand: eleven records around one corner, at noon of an ordinary Friday.

North of the corner, 100 m apart along one meridian (0.0009 degrees of latitude are 99.9 m), stand:

======  =====================  ============================  =======================================
metres  station                hours                         services
======  =====================  ============================  =======================================
100     早班站 (dawn)           06:00-10:00                   hot water, toilet
200     中心驿站 (centre)       08:00-20:00                   hot water, microwave, seats; no toilet
300     街角书屋 (books)        08:00-12:25                   books, hot water
400     无名小站 (unsure)       not known                     toilet
500     午后之家 (afternoon)    12:20-18:00                   toilet, air-conditioning
600     司机之家 (drivers)      24/7                          toilet, shower, first aid (out of order)
======  =====================  ============================  =======================================

Besides: one removed, one with an address only, one made up by a program, one whose hours were inferred (700 m, with a
nursing room), and one with a hostile name (800 m, around the clock, no services).
"""

from datetime import UTC, date, datetime
from pathlib import Path

import shapely

from stationmap.geo.areas import Area
from stationmap.register.gazetteer import Street
from stationmap.register.ledger import Ledger
from stationmap.schema.records import Answer, Basis, Hours, Location, Makeup, Provenance, Service, Station

LON, LAT = 102.3, 40.3
NOON = datetime(2026, 10, 9, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
HOSTILE = '<script>document.title="taken"</script><b>站'
_STEP = 0.0009
_FOUND = Provenance(Basis.FOUND, "工会名单", date(2026, 9, 1))


def services(yes: str = "", no: str = "", **more: Service) -> tuple[Service, ...]:
    """Return services found in the list: codes that are there, codes that are not."""
    there = [Service(code, Answer.YES, provenance=_FOUND) for code in yes.split()]
    return (*there, *(Service(code, Answer.NO, provenance=_FOUND) for code in no.split()), *more.values())


def station(id: str, name: str, step: int, osm: str, *had: Service, **facts: object) -> Station:  # noqa: A002
    """Return a station so many steps north of the corner."""
    lat = LAT + step * _STEP
    values: dict[str, object] = {
        "kinds": ("rest_station",),
        "address": f"中山路{step}号",
        "location": Location(LON, lat, LON, lat, "wgs84", _FOUND),
        "hours": Hours(text=osm, osm=osm, makeup=Makeup.WORK, provenance=_FOUND),
        "services": had,
        "provenance": _FOUND,
    }
    return Station(id=id, name=name, **{**values, **facts})  # type: ignore[arg-type]


BROKEN = Service("first_aid", Answer.YES, outage_until=date(2026, 12, 31), provenance=_FOUND)
STATIONS = (
    station("dawn", "早班站", 1, "06:00-10:00", *services("hot_water toilet")),
    station("centre", "中心驿站", 2, "08:00-20:00", *services("hot_water microwave seats", "toilet"), floor="一楼",
            access=("open_door",), confirmed_on=date(2026, 9, 20)),
    station("books", "街角书屋", 3, "08:00-12:25", *services("books hot_water"), kinds=("book_corner",)),
    station("unsure", "无名小站", 4, "", *services("toilet")),
    station("afternoon", "午后之家", 5, "12:20-18:00", *services("toilet air_conditioning"), kinds=("worker_home",)),
    station("drivers", "司机之家", 6, "24/7", *services("toilet shower", broken=BROKEN), kinds=("driver_home",), phone="0371-12351"),
    station("inferred", "推测小站", 7, "", *services("nursing_room"),
            hours=Hours(text="", osm="24/7", provenance=Provenance(Basis.INFERRED, "同类站点"))),
    station("hostile", HOSTILE, 8, "24/7"),
    station("gone", "旧站", 2, "24/7", *services("toilet")),
    station("somewhere", "只有地址的站", 2, "24/7", location=None),
    station("madeup", "编造站", 2, "24/7", *services("toilet"), provenance=Provenance(Basis.GENERATED, "程序")),
)  # fmt: skip


def build(file: Path, *, fictional: bool = False) -> Path:
    """Make the ledger of the town in a file."""
    square = shapely.box(LON - 0.02, LAT - 0.02, LON + 0.02, LAT + 0.02)
    west = shapely.box(LON - 0.02, LAT - 0.02, LON, LAT + 0.02)
    areas = [Area("990100", "小城", "city", "", square), Area("990101", "西区", "district", "990100", west)]
    streets = [
        Street("中山路", shapely.LineString([(LON, LAT - 0.02), (LON, LAT + 0.02)])),
        Street("人民路", shapely.LineString([(LON - 0.02, LAT), (LON + 0.02, LAT)])),
    ]
    with Ledger.open(file) as ledger:
        ledger.put(
            [s if not fictional else _fictional(s) for s in STATIONS], actor="小王", reason="建城", source="town.csv"
        )
        ledger.remove(["gone"], actor="小王", reason="拆除")
        ledger.gazetteer.put_areas(areas, actor="小王", reason="边界", fictional=fictional)
        ledger.gazetteer.put_streets(streets, actor="小王", reason="街道", fictional=fictional)
    return file


def _fictional(real: Station) -> Station:
    from dataclasses import replace

    return replace(real, fictional=True)
