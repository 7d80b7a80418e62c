"""A town of 5 x 5 blocks for the tests of gaps, small enough to check with a pencil.

::

    row 4    21   22   23   24   25      people of each cell: its number
    row 3    16  C17   18  D19   20      blocks are 300 m apart
    row 2    11   12   13   14   15
    row 1     6   A7    8   B9   10
    row 0     1    2    3    4    5
         col  0    1    2    3    4

Within 310 m each station has its own cell and the four beside it. A serves, of B it is not known, C is closed, D is
of another kind. So 35 people are served (2, 6, 7, 8, 12), 37 may be (4, 9, 10, 14), 73 are before a closed door (16, 17,
18, 22), 63 find another kind (19, 20, 24), and 117 find nothing (1, 3, 5, 11, 13, 15, 21, 23, 25): 325 in all.

Columns 0 and 1 are the district West (115 people), 2 and 3 Middle (135), 4 East (75), of one city.
"""

import numpy as np
import shapely

from stationmap.geo.areas import Area, AreaTree
from stationmap.planning.demand.demand import Demand
from stationmap.planning.gaps.places import Places
from stationmap.planning.pairs import Pairs, by_air
from stationmap.planning.standing import Standing, Why

LON, LAT = 113.6, 34.7
BLOCK_M = 300.0
EAST, NORTH = BLOCK_M / 91_614.14, BLOCK_M / 110_935.2
REACH_M = 310.0
STANDS = Standing(np.array([Why.SERVES, Why.UNKNOWN, Why.CLOSED, Why.OTHER_KIND], np.int8))


def place(col, row):
    return LON + col * EAST, LAT + row * NORTH


def demand(*, cells: bool = True) -> Demand:
    row, col = np.divmod(np.arange(25), 5)
    lon, lat = place(col, row)
    adcode = np.array(["410102", "410102", "410103", "410103", "410104"], object)[col]
    boxes = shapely.box(lon - EAST / 2, lat - NORTH / 2, lon + EAST / 2, lat + NORTH / 2) if cells else None
    ids = np.array([f"c{number:02d}" for number in range(1, 26)], object)
    workers = np.zeros(25)
    workers[18] = 40.0
    present = np.zeros(168)
    present[np.arange(168) % 24 >= 20] = 0.5
    weights = {"people": np.arange(1.0, 26.0), "workers": workers}
    return Demand(ids, lon, lat, weights, adcode, boxes, {"workers": present})


def stations() -> Places:
    lon, lat = place(np.array([1, 3, 1, 3]), np.array([1, 1, 3, 3]))
    return Places(np.array(list("ABCD"), object), np.array(["甲站", "乙站", "丙站", "丁书屋"], object), lon, lat)


def pairs(reach_m: float = REACH_M) -> Pairs:
    who, where = demand(), stations()
    return by_air(who.lon, who.lat, where.lon, where.lat, reach_m)


def areas() -> AreaTree:
    def block(west, east):
        return shapely.box(*place(west - 0.5, -0.5), *place(east + 0.5, 4.5))

    return AreaTree(
        [
            Area("410100", "城", "city", "", block(0, 4)),
            Area("410102", "西区", "district", "410100", block(0, 1)),
            Area("410103", "中区", "district", "410100", block(2, 3)),
            Area("410104", "东区", "district", "410100", block(4, 4)),
        ]
    )
