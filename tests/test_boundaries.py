"""Files of boundaries: what encloses nothing is no area."""

from pathlib import Path

import geopandas
import pytest
from shapely.geometry import LineString, Point, box
from shapely.geometry.base import BaseGeometry

from stationmap.errors import UnusableInput
from stationmap.register.boundaries import read_areas


def layer(path: Path, shapes: list[BaseGeometry]) -> Path:
    names = [f"{n}区" for n in range(len(shapes))]
    geopandas.GeoDataFrame({"name": names}, geometry=shapes, crs="EPSG:4326").to_file(path)
    return path


def test_streets_and_points_are_no_areas(tmp_path: Path) -> None:
    shapes = [LineString([(113.6, 34.7), (113.7, 34.7)])] * 3 + [Point(113.6, 34.7)]
    with pytest.raises(UnusableInput, match=r"its features are LineString \(3\), Point \(1\), no polygons"):
        read_areas(layer(tmp_path / "streets.geojson", shapes), datum="wgs84")


def test_among_areas_they_are_left_out(tmp_path: Path) -> None:
    shapes = [box(113.6, 34.7, 113.7, 34.8), LineString([(113.6, 34.7), (113.7, 34.7)]), box(113.7, 34.7, 113.8, 34.8)]
    assert [area.name for area in read_areas(layer(tmp_path / "a.geojson", shapes), datum="wgs84")] == ["0区", "2区"]
