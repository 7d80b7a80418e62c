"""Heights between the cells of a raster: a plane comes out exactly, holes and borders are unknown."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from stationmap.errors import InvalidValue
from stationmap.geo.datum import convert
from stationmap.planning.network.build import from_extract
from stationmap.planning.network.heights import heights
from stationmap.planning.network.slope import with_slopes


def from_origin(west: float, north: float, wide: float, high: float) -> Affine:
    return Affine(wide, 0.0, west, 0.0, -high, north)


def raster(path: Path, grid: np.ndarray, crs: str, transform: Affine, nodata: float | None = None) -> Path:
    high, wide = grid.shape
    with rasterio.open(
        path, "w", driver="GTiff", width=wide, height=high, count=1, dtype="float32", crs=crs, transform=transform,
        nodata=nodata,
    ) as dataset:  # fmt: skip
        dataset.write(grid.astype(np.float32), 1)
    return path


def test_a_plane_comes_out_exactly(tmp_path: Path) -> None:
    # height = 2 column + 3 row, counted from the middle of the first cell
    grid = 2.0 * np.arange(5)[None, :] + 3.0 * np.arange(4)[:, None]
    height = heights(raster(tmp_path / "a.tif", grid, "EPSG:4326", from_origin(113.6, 34.8, 0.01, 0.01)))
    lon = 113.6 + 0.01 * (np.array([0.52, 1.5, 2.25, 4.49, 0.49, 4.51]))
    lat = 34.8 - 0.01 * (np.array([0.51, 1.5, 3.0, 3.49, 1.0, 1.0]))
    told = height(lon, lat)
    assert told[:4] == pytest.approx([0.04 + 0.03, 2.0 + 3.0, 3.5 + 7.5, 7.98 + 8.97], abs=1e-5)
    assert np.isnan(told[4:]).all()  # beyond the middles of the outermost cells
    assert height(np.array([113.6 + 0.0449999]), np.array([34.8 - 0.0349999])) == pytest.approx([17.0], abs=1e-3)


def test_a_hole_makes_its_neighbours_unknown(tmp_path: Path) -> None:
    grid = np.ones((4, 5))
    grid[1, 2] = -9999.0
    height = heights(
        raster(tmp_path / "a.tif", grid, "EPSG:4326", from_origin(113.6, 34.8, 0.01, 0.01), nodata=-9999.0)
    )
    lon, lat = 113.6 + 0.01 * np.array([2.5, 2.1, 4.0]), 34.8 - 0.01 * np.array([1.5, 1.5, 1.5])
    assert np.isnan(height(lon, lat)).tolist() == [True, True, False]


def test_metres_of_a_projection(tmp_path: Path) -> None:
    east, north = convert(113.6, 34.75, source="wgs84", target="EPSG:32649")
    grid = np.tile(np.arange(100.0), (100, 1))  # one metre up for each cell of 30 m to the east
    origin = from_origin(float(east) - 1500.0, float(north) + 1500.0, 30.0, 30.0)
    height = heights(raster(tmp_path / "a.tif", grid, "EPSG:32649", origin))
    assert height(np.array([113.6]), np.array([34.75])) == pytest.approx([49.5], abs=1e-3)


def test_what_cannot_be_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    origin = from_origin(0.0, 0.0, 30.0, 30.0)
    local = "+proj=tmerc +lat_0=34.7 +lon_0=113.6 +ellps=WGS84 +units=m"
    with pytest.raises(InvalidValue, match=r"is in a system without an EPSG number\. Convert it first: gdalwarp"):
        heights(raster(tmp_path / "local.tif", np.ones((2, 2)), local, origin))
    monkeypatch.setattr("stationmap.planning.network.heights.MOST_CELLS", 3)
    with pytest.raises(InvalidValue, match=r"a\.tif has 4 cells; at most 3 are read as heights\. Cut out the city"):
        heights(raster(tmp_path / "a.tif", np.ones((2, 2)), "EPSG:32649", origin))


@pytest.mark.real
def test_the_hills_of_porto_alegre(real_data: Path) -> None:
    folder = real_data / "osm_population_r5r" / "poa"
    city = from_extract(folder / "poa_osm.pbf")
    hill = with_slopes(city, heights(folder / "poa_elevation.tif"))
    up, down, level = (
        each[np.isfinite(each)].sum() for each in (hill.forward_min, hill.backward_min, city.forward_min)
    )
    # up and down together cost more than the level; a city by a lake is no mountain
    assert 1.0 < (up + down) / (2.0 * level) < 1.2
    steepest = np.nanmax(np.where(city.length_m > 100, hill.forward_min / city.forward_min, np.nan))
    assert 1.5 < steepest < 5.0
    assert np.array_equal(np.isfinite(hill.forward_min), np.isfinite(city.forward_min))
    assert str(hill.notes[-1]).startswith("No height is known along ")
