"""Makes the fictional sample city 云渡市 (Yundu): areas, streets, stations, candidate hosts and demand cells.

``python data/generate.py [FOLDER]`` writes the five files again, byte for byte the same: the seed is fixed and only the
standard library takes part. Nothing in it is real: names, codes (99....), telephone numbers and places are invented,
and the city stands on empty desert so that it hides no real one. The numbers of positions by kind follow a county
level city of 601 positions, 297 homes and 125 book corners.
"""

import csv
import json
import math
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from random import Random

from lists import (
    DISTRICTS,
    HOST_LABELS,
    HOST_NAMES,
    HOST_SHARES,
    HOURS_BY_HOST,
    KIND_COUNTS,
    KIND_HOSTS,
    KIND_NAMES,
    SERVICES_BY_KIND,
    STREET_ENDINGS,
    STREET_WORDS,
    SUBDISTRICTS,
)

SEED = 20261120
CENTRE_LON, CENTRE_LAT = 102.3, 40.3
WIDTH_KM, HEIGHT_KM = 24.0, 18.0
COLUMNS_OF_SUBDISTRICTS, ROWS_OF_SUBDISTRICTS = 6, 5
KM_PER_DEGREE_LAT = 111.2
KM_PER_DEGREE_LON = KM_PER_DEGREE_LAT * math.cos(math.radians(CENTRE_LAT))

Place = tuple[float, float]


def place(u: float, v: float) -> Place:
    """Return lon, lat of a point of the unit square: the square bent by slow waves, so that no street is straight."""
    east_km = (u - 0.5) * WIDTH_KM + 1.1 * math.sin(5.1 * v + 0.4) + 0.5 * math.sin(9.7 * u + 2.0)
    north_km = (v - 0.5) * HEIGHT_KM + 0.9 * math.sin(4.3 * u + 1.1) + 0.4 * math.sin(8.9 * v + 0.7)
    return round(CENTRE_LON + east_km / KM_PER_DEGREE_LON, 6), round(CENTRE_LAT + north_km / KM_PER_DEGREE_LAT, 6)


def crowding(u: float, v: float) -> float:
    """Return how dense the city is at a point, 0..1: one old centre, two new towns."""
    bumps = ((0.48, 0.52, 0.14, 1.0), (0.76, 0.66, 0.10, 0.7), (0.24, 0.30, 0.10, 0.6))
    return min(1.0, 0.04 + sum(h * math.exp(-((u - a) ** 2 + (v - b) ** 2) / (2 * s * s)) for a, b, s, h in bumps))


def crooked(start: Place, end: Place, random: Random, depth: int = 4) -> list[Place]:
    """Return a boundary from start to end in the unit square, displaced at each halving; the end is left out."""
    if depth == 0:
        return [start]
    across = random.uniform(-0.16, 0.16)
    middle = (
        (start[0] + end[0]) / 2 - (end[1] - start[1]) * across,
        (start[1] + end[1]) / 2 + (end[0] - start[0]) * across,
    )
    return crooked(start, middle, random, depth - 1) + crooked(middle, end, random, depth - 1)


def subdistrict_rings(random: Random) -> Iterator[tuple[int, int, list[Place]]]:
    """Yield column, row and closed ring (unit square) of every sub-district; neighbours share their edges exactly."""
    n, m = COLUMNS_OF_SUBDISTRICTS, ROWS_OF_SUBDISTRICTS
    corner = {
        (i, j): (
            (i + (random.uniform(-0.2, 0.2) if 0 < i < n else 0)) / n,
            (j + (random.uniform(-0.2, 0.2) if 0 < j < m else 0)) / m,
        )
        for i in range(n + 1)
        for j in range(m + 1)
    }
    along = {(i, j): crooked(corner[i, j], corner[i + 1, j], random) for i in range(n) for j in range(m + 1)}
    up = {(i, j): crooked(corner[i, j], corner[i, j + 1], random) for i in range(n + 1) for j in range(m)}
    for j in range(m):
        for i in range(n):
            east, north = up[i + 1, j], along[i, j + 1]
            back = [corner[i + 1, j + 1], *reversed(north[1:])]
            down = [corner[i, j + 1], *reversed(up[i, j][1:])]
            ring = along[i, j] + east + back + down
            yield i, j, [*ring, ring[0]]


def areas(random: Random) -> dict[str, object]:
    """Return the city, its districts and sub-districts as GeoJSON, children whole in their parents."""
    rings: dict[str, list[list[Place]]] = {code: [] for code, _, _ in DISTRICTS}
    features = []
    names = iter(SUBDISTRICTS)
    for i, j, ring in subdistrict_rings(random):
        parent = next(code for code, _, cells in DISTRICTS if (i, j) in cells)
        lonlat = [list(place(u, v)) for u, v in ring]
        rings[parent].append(ring)
        code = f"{parent}{len(rings[parent]):03d}"
        features.append(_area(code, next(names), "subdistrict", parent, [lonlat]))
    for code, name, _ in DISTRICTS:
        outlines = [[list(place(u, v)) for u, v in ring] for ring in _outlines(rings[code])]
        features.append(_area(code, name, "district", "990100", outlines))
    whole = [[list(place(u, v)) for u, v in ring] for ring in _outlines([r for rs in rings.values() for r in rs])]
    features.append(_area("990100", "云渡市", "city", "", whole))
    features.sort(key=lambda feature: feature["properties"]["adcode"])
    return {"type": "FeatureCollection", "name": "云渡市 (fictional)", "features": features}


def _area(
    code: str, name: str, level: str, parent: str, rings: list[list[list[float]]]
) -> dict[str, dict[str, object]]:
    return {
        "type": "Feature",  # type: ignore[dict-item]
        "properties": {"adcode": code, "name": name, "level": level, "parent": parent, "fictional": True},
        "geometry": {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]},
    }


def _outlines(rings: list[list[Place]]) -> list[list[Place]]:
    """Return the outer rings of a union of cells that share edges: edges met in both directions fall away."""
    edges = {(a, b) for ring in rings for a, b in pairwise(ring)}
    border = dict(sorted((a, b) for a, b in edges if (b, a) not in edges))
    outlines = []
    while border:
        start = next(iter(border))
        ring = [start]
        while ring[-1] in border:
            ring.append(border.pop(ring[-1]))
        outlines.append(ring)
    return outlines


class Street:
    """A street: its name and a way of walking along it in the unit square."""

    def __init__(self, name: str, at: Callable[[float], Place], start: float, end: float) -> None:
        self.name, self.at, self.start, self.end = name, at, start, end

    def line(self) -> list[list[float]]:
        """Return its course as lon, lat."""
        steps = max(4, round((self.end - self.start) * 60))
        return [list(place(*self.at(self.start + (self.end - self.start) * k / steps))) for k in range(steps + 1)]


def streets(random: Random) -> list[Street]:
    """Return avenues across the city and lanes where it is dense."""
    names = [word + ending for ending in STREET_ENDINGS for word in STREET_WORDS]
    random.shuffle(names)
    made: list[Street] = []

    def add(fixed: float, upright: bool, start: float, end: float) -> None:
        wave, phase = random.uniform(0.002, 0.008), random.uniform(0, 6)

        def at(t: float, fixed: float = fixed) -> Place:
            swing = fixed + wave * math.sin(7 * t + phase)
            return (swing, t) if upright else (t, swing)

        made.append(Street(names[len(made)], at, start, end))

    for k in range(9):
        add(0.06 + 0.11 * k, True, 0.02, 0.98)
        add(0.06 + 0.11 * k, False, 0.02, 0.98)
    while len(made) < 150:
        u, v = random.random(), random.random()
        if random.random() < crowding(u, v):
            upright, half = random.random() < 0.5, random.uniform(0.05, 0.14)
            middle = v if upright else u
            add(u if upright else v, upright, max(0.02, middle - half), min(0.98, middle + half))
    return made


def address(random: Random, every_street: list[Street]) -> tuple[Street, int, float, float]:
    """Return a street, a house number and the point in the unit square, more often where the city is dense."""
    while True:
        street = random.choice(every_street)
        t = random.uniform(street.start, street.end)
        u, v = street.at(t)
        if random.random() < crowding(u, v):
            side = random.choice((-1, 1)) * random.uniform(0.0008, 0.0022)
            return street, 1 + round((t - street.start) * 900), u + side, v + side


def host_name(random: Random, host: str, street: Street) -> str:
    """Return an invented name of a host on a street."""
    base = random.choice(HOST_NAMES[host])
    if host == "company":
        return base + street.name + random.choice(("一厂", "二厂", "总部", "园区", "分公司"))
    if host == "union":
        return base
    return f"{street.name}{base}" if host in ("community_hall", "sanitation") else f"{base}({street.name}店)"


def services(random: Random, kind: str, host: str) -> str:
    """Return a services cell as clerks write them: a list, now and then with hours, an outage or 附近."""
    shares = SERVICES_BY_KIND[kind]
    words = [word for word, share in shares.items() if random.random() < share]
    missing = [f"无{word}" for word in shares if word not in words and random.random() < 0.3]
    if "热水" in words and random.random() < 0.12:
        words[words.index("热水")] = "热水(8:00-17:00)"
    if "微波炉" in words and random.random() < 0.05:
        words[words.index("微波炉")] = "微波炉(维修中至2026-12-31)"
    if kind == "rest_station" and "卫生间" not in words and "无卫生间" not in missing:
        words.append(f"附近{random.randrange(80, 400, 20)}米有卫生间")
    if host == "petrol_station" and "卫生间" not in words:
        words = [word for word in words if "附近" not in word] + ["卫生间"]
    return "、".join(words + missing)


STATION_HEADER = (
    "编号", "名称", "类型", "地址", "所属区", "经度", "纬度", "开放时间", "调休上班日", "服务", "进入方式", "楼层",
    "托管单位类型", "托管单位", "建设方式", "电话", "座位数", "面积", "服务对象", "核实日期", "数据来源", "备注",
)  # fmt: skip
MAKEUP_BY_HOST = {
    "bank": ("营业", "不营业", ""),
    "community_hall": ("上班", "上班", ""),
    "company": ("上班", "上班", ""),
}
ACCESS_BY_HOST = {
    "union": ("扫码进入", "推门即入", "会员码"),
    "company": ("找工作人员", "刷脸"),
    "bank": ("找工作人员", "推门即入"),
}


def stations(random: Random, every_street: list[Street], district_of: Callable[[Place], str]) -> list[list[object]]:
    """Return the rows of the station list, 601 positions."""
    rows: list[list[object]] = []
    seen: set[str] = set()
    for kind, count in KIND_COUNTS.items():
        for _ in range(count):
            rows.append(_station(random, kind, every_street, district_of, seen, len(rows) + 1))
    for row in random.sample(rows, 3):
        row[5] = row[6] = ""
        row[-1] = "坐标待核"
    return rows


def _station(
    random: Random,
    kind: str,
    every_street: list[Street],
    district_of: Callable[[Place], str],
    seen: set[str],
    number: int,
) -> list[object]:
    host = random.choice(KIND_HOSTS[kind])
    while True:
        street, house, u, v = address(random, every_street)
        host_is = host_name(random, host, street)
        name = random.choice(KIND_NAMES[kind])
        name = f"{street.name}{name}" if host == "union" else f"{name}·{host_is}"
        if name not in seen:
            seen.add(name)
            break
    lon, lat = place(u, v)
    kinds = [KIND_NAMES[kind][0]]
    if kind in ("rest_station", "energy_station", "cultural_palace") and random.random() < 0.2:
        kinds.append("职工书屋")
    hours = "" if random.random() < 0.14 else random.choice(HOURS_BY_HOST[host])
    checked = "" if random.random() < 0.25 else f"2026-{random.randrange(1, 11):02d}-{random.randrange(1, 29):02d}"
    return [
        f"YD{number:04d}", name, "、".join(kinds), f"云渡市{district_of((u, v))}{street.name}{house}号", district_of((u, v)),
        f"{lon:.6f}", f"{lat:.6f}", hours, random.choice(MAKEUP_BY_HOST.get(host, ("",))), services(random, kind, host),
        random.choice(ACCESS_BY_HOST.get(host, ("推门即入", "找工作人员"))), random.choice(("1楼", "1楼", "1楼临街", "2楼")),
        HOST_LABELS[host], host_is, "工会自建" if host == "union" else "依托共建",
        "" if random.random() < 0.6 else f"0990-{random.randrange(2000000, 9999999)}",
        random.choice(("", 4, 6, 8, 10, 12, 20)), random.choice(("", 12, 15, 20, 30, 45)),
        random.choice(("户外劳动者", "户外劳动者", "所有人", "工会会员")), checked, "示例数据（虚构）", "",
    ]  # fmt: skip


def hosts(random: Random, every_street: list[Street], district_of: Callable[[Place], str]) -> list[list[object]]:
    """Return candidate hosts: banks, shops, petrol stations and the like, 900 rows."""
    rows: list[list[object]] = []
    for number in range(1, 901):
        host = random.choices(list(HOST_SHARES), list(HOST_SHARES.values()))[0]
        street, house, u, v = address(random, every_street)
        lon, lat = place(u, v)
        rows.append([
            f"H{number:04d}", host_name(random, host, street), HOST_LABELS[host], f"云渡市{district_of((u, v))}{street.name}{house}号",
            district_of((u, v)), f"{lon:.6f}", f"{lat:.6f}", random.choice(HOURS_BY_HOST[host]),
        ])  # fmt: skip
    return rows


def demand(random: Random, district_of: Callable[[Place], str]) -> list[list[object]]:
    """Return demand cells of about 500 m with people and workers by trade."""
    rows: list[list[object]] = []
    across, along = round(WIDTH_KM * 2), round(HEIGHT_KM * 2)
    for j in range(along):
        for i in range(across):
            u, v = (i + 0.5) / across, (j + 0.5) / along
            people = round(2600 * crowding(u, v) * random.uniform(0.6, 1.4)) - 90
            if people <= 0:
                continue
            lon, lat = place(u, v)
            trades = (0.011, 0.004, 0.006, 0.013)
            rows.append([
                f"C{j:02d}{i:02d}", f"{lon:.6f}", f"{lat:.6f}", district_of((u, v)), people,
                *(round(people * share * random.uniform(0.5, 1.5)) for share in trades),
            ])  # fmt: skip
    return rows


def finder_of_districts(random: Random) -> Callable[[Place], str]:
    """Return a function that names the district of a point of the unit square."""
    rings = [
        (next(name for _, name, cells in DISTRICTS if (i, j) in cells), ring)
        for i, j, ring in subdistrict_rings(random)
    ]

    def district_of(point: Place) -> str:
        u, v = min(max(point[0], 1e-6), 1 - 1e-6), min(max(point[1], 1e-6), 1 - 1e-6)
        return next((name for name, ring in rings if _inside(u, v, ring)), "")

    return district_of


def _inside(u: float, v: float, ring: list[Place]) -> bool:
    inside = False
    for (a, b), (c, d) in pairwise(ring):
        if (b > v) != (d > v) and u < (c - a) * (v - b) / (d - b) + a:
            inside = not inside
    return inside


def write_rows(path: Path, header: tuple[str, ...], rows: list[list[object]]) -> None:
    """Write a CSV that opens rightly in a spreadsheet."""
    with path.open("w", encoding="utf-8-sig", newline="") as target:
        csv.writer(target, lineterminator="\n").writerows([header, *rows])


def write_features(path: Path, collection: dict[str, object]) -> None:
    """Write GeoJSON, one feature a line."""
    features = collection.pop("features")
    head = json.dumps(collection, ensure_ascii=False)[:-1]
    lines = ",\n".join(json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in features)  # type: ignore[attr-defined]
    path.write_text(f'{head}, "features": [\n{lines}\n]}}\n', encoding="utf-8")


def generate(folder: Path) -> None:
    """Write the whole city into a folder."""
    district_of = finder_of_districts(Random(SEED))
    every_street = streets(Random(SEED + 1))
    write_features(folder / "areas.geojson", areas(Random(SEED)))
    lines = [
        {
            "type": "Feature",
            "properties": {"name": street.name, "fictional": True},
            "geometry": {"type": "LineString", "coordinates": street.line()},
        }
        for street in every_street
    ]
    write_features(
        folder / "streets.geojson",
        {"type": "FeatureCollection", "name": "云渡市 (fictional)", "features": lines},
    )
    write_rows(folder / "stations.csv", STATION_HEADER, stations(Random(SEED + 2), every_street, district_of))
    write_rows(
        folder / "hosts.csv",
        ("编号", "名称", "类型", "地址", "所属区", "经度", "纬度", "开放时间"),
        hosts(Random(SEED + 3), every_street, district_of),
    )
    write_rows(
        folder / "demand.csv",
        ("id", "lon", "lat", "district", "population", "couriers", "sanitation", "drivers", "construction"),
        demand(Random(SEED + 4), district_of),
    )


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
