"""The sample city: made again byte for byte, the promised numbers, and plainly fictional."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
import shapely

DATA = Path(__file__).parent.parent / "data"
FILES = ("areas.geojson", "streets.geojson", "stations.csv", "hosts.csv", "demand.csv")


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with (DATA / "stations.csv").open(encoding="utf-8-sig") as source:
        return list(csv.DictReader(source))


def test_the_generator_makes_the_same_city_again(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(DATA / "generate.py"), str(tmp_path)], check=True, timeout=60)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes(), name


def test_601_positions_297_homes_125_book_corners(rows: list[dict[str, str]]) -> None:
    first_kind = [row["类型"].split("、")[0] for row in rows]
    assert len(rows) == 601
    assert first_kind.count("职工之家") == 297
    assert first_kind.count("职工书屋") == 125


def test_names_and_numbers_are_each_their_own(rows: list[dict[str, str]]) -> None:
    assert len({row["编号"] for row in rows}) == len({row["名称"] for row in rows}) == 601


def test_every_row_says_that_it_is_fictional(rows: list[dict[str, str]]) -> None:
    assert all("虚构" in row["数据来源"] for row in rows)
    for name in ("areas.geojson", "streets.geojson"):
        features = json.loads((DATA / name).read_text(encoding="utf-8"))["features"]
        assert all(feature["properties"]["fictional"] for feature in features)


def test_areas_are_valid_and_children_fill_their_parents() -> None:
    features = json.loads((DATA / "areas.geojson").read_text(encoding="utf-8"))["features"]
    shapes = {f["properties"]["adcode"]: shapely.geometry.shape(f["geometry"]) for f in features}
    assert all(shape.is_valid for shape in shapes.values())
    for feature in features:
        children = [
            c["properties"]["adcode"] for c in features if c["properties"]["parent"] == feature["properties"]["adcode"]
        ]
        if children:
            whole = shapely.union_all([shapes[code] for code in children])
            assert whole.symmetric_difference(shapes[feature["properties"]["adcode"]]).area < 1e-9


def test_stations_lie_in_the_district_they_name(rows: list[dict[str, str]]) -> None:
    features = json.loads((DATA / "areas.geojson").read_text(encoding="utf-8"))["features"]
    shapes = {f["properties"]["name"]: shapely.geometry.shape(f["geometry"]) for f in features}
    located = [row for row in rows if row["经度"]]
    outside = [
        row["名称"]
        for row in located
        if not shapes[row["所属区"]].intersects(shapely.Point(float(row["经度"]), float(row["纬度"])))
    ]
    assert len(located) == 598
    assert len(outside) <= 3, outside
