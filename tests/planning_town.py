"""A town of 5 x 5 blocks for the tests of planning, small enough to check with a pencil.

::

    row 4    21   22   23   24   25      people of each cell
    row 3    16  C17   18  D19   20
    row 2    11   12   13   14   15
    row 1     6   A7    8   B9   10
    row 0     1    2    3    4    5
         col  0    1    2    3    4

Blocks are 300 m apart: neighbours stand 300 m from one another, diagonals 424 m, the next but one 600 m. The city
410100 (300 people) has the districts 410102 West (columns 0 and 1: 115) and 410103 Middle (columns 2 and 3: 135);
column 4 belongs to it alone (50), but its topmost cell c44 (25 people) lies in no area: 325 in all.

=  =============  ==================================  =============================================================
A  rest station   daily 08:00-18:00                   microwave, hot water
B  rest station   not known                           hot water; found to have no microwave
C  rest station   Mo-Fr 09:00-12:00, 13:30-17:00, PH  microwave 11:30-14:00; hot water out of order to 2026-10-15
                  off, works on make-up days
D  book corner    24/7                                microwave not known, nothing said of hot water
E  rest station   no coordinates
=  =============  ==================================  =============================================================
"""

import numpy as np
import shapely

from stationmap.geo.areas import Area, AreaTree
from stationmap.planning.demand.demand import Demand
from stationmap.planning.supply import Supply
from stationmap.schema.tables import StationTables
from tests.finder_tables import tables

LON, LAT = 113.6, 34.7
BLOCK_M = 300.0
EAST, NORTH = BLOCK_M / 91_614.14, BLOCK_M / 110_935.2
"""Degrees of a block, to 3 cm over the town."""

STATIONS = {"A": (1, 1), "B": (3, 1), "C": (1, 3), "D": (3, 3)}
HOURS_C = "Mo-Fr 09:00-12:00,13:30-17:00; PH off"


def place(col: float, row: float) -> tuple[float, float]:
    """Return the degrees of a cell."""
    return LON + col * EAST, LAT + row * NORTH


def town_demand() -> Demand:
    """Return the 25 cells, row by row from the south-west: people, and two workers each who are there 8-18 daily."""
    row, col = np.divmod(np.arange(25), 5)
    lon, lat = place(col, row)
    ids = np.array([f"c{x}{y}" for x, y in zip(col, row, strict=True)], object)
    adcode = np.array(["410102", "410102", "410103", "410103", "410100"], object)[col]
    adcode[24] = ""
    half = np.array([EAST, NORTH]) / 2
    cells = shapely.box(lon - half[0], lat - half[1], lon + half[0], lat + half[1])
    hour = np.arange(168) % 24
    present = ((hour >= 8) & (hour < 18)).astype(float)
    weights = {"people": np.arange(1.0, 26.0), "workers": np.full(25, 2.0)}
    return Demand(ids, lon, lat, weights, adcode, cells, {"workers": present})


def town_tables() -> StationTables:
    """Return the stations A to E as the register would hand them out."""
    at = {name: dict(zip(("lon", "lat"), place(*cell), strict=True)) for name, cell in STATIONS.items()}
    stations = [
        {"id": "A", "name": "甲站", "hours_osm": "08:00-18:00", "adcode": "410102"} | at["A"],
        {"id": "B", "name": "乙站", "adcode": "410103"} | at["B"],
        {"id": "C", "name": "丙站", "hours_osm": HOURS_C, "makeup": "work", "adcode": "410102"} | at["C"],
        {"id": "D", "name": "丁书屋", "kinds": "book_corner", "hours_osm": "24/7", "adcode": "410103"} | at["D"],
        {"id": "E", "name": "戊站", "lon": np.nan, "lat": np.nan},
    ]
    services = [
        {"station": "A", "service": "microwave"},
        {"station": "A", "service": "hot_water"},
        {"station": "B", "service": "microwave", "answer": "no"},
        {"station": "B", "service": "hot_water"},
        {"station": "C", "service": "microwave", "hours_osm": "11:30-14:00"},
        {"station": "C", "service": "hot_water", "outage_until": "2026-10-15"},
        {"station": "D", "service": "microwave", "answer": "unknown"},
    ]
    return tables(stations, services)


def town_supply() -> Supply:
    """Return A, B, C, D at positions 0, 1, 2, 3; E is unlocated."""
    return Supply.of(town_tables())


def town_areas() -> AreaTree:
    """Return the city and its two districts, with boundaries half a block around their cells."""

    def block(west: float, east: float) -> shapely.Polygon:
        return shapely.box(*place(west - 0.5, -0.5), *place(east + 0.5, 4.5))

    return AreaTree(
        [
            Area("410100", "城", "city", "", block(0, 4) - shapely.box(*place(3.5, 3.5), *place(4.5, 4.5))),
            Area("410102", "西区", "district", "410100", block(0, 1)),
            Area("410103", "中区", "district", "410100", block(2, 3)),
        ]
    )
