"""GeoTIFFs by windows, and demand out of them: real files of every kind, what is no data, what does not say where it lies."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.control import GroundControlPoint
from shapely.geometry import Point, box

from stationmap.errors import InvalidValue, UnusableInput
from stationmap.files.raster import blocks, describe, places, seeming_nodata
from stationmap.files.read import read as read_table
from stationmap.geo.areas import Area, AreaTree
from stationmap.geo.datum import convert
from stationmap.planning.demand.intake import Intake
from stationmap.planning.demand.raster import from_raster
from stationmap.planning.demand.read import read


def from_origin(west: float, north: float, wide: float, high: float) -> Affine:
    return Affine(wide, 0.0, west, 0.0, -high, north)


NORTH_UP = from_origin(113.6, 34.8, 0.01, 0.01)


def write(folder: Path, values: object, name: str = "people.tif", **options: object) -> Path:
    cells = np.atleast_3d(np.asarray(values).T).T  # bands, rows, columns
    path = folder / name
    profile = {"crs": "EPSG:4326", "transform": NORTH_UP, "dtype": cells.dtype, **options}
    with rasterio.open(
        path, "w", driver="GTiff", height=cells.shape[1], width=cells.shape[2], count=cells.shape[0], **profile
    ) as target:
        target.write(cells)
    return path


def said(intake: Intake) -> str:
    return "\n".join(map(str, intake.notes))


TOWN = np.array([[1.0, 0.0, 5.0], [-99.5, 7.0, 2.5]], dtype=np.float32)


def test_a_small_raster_by_hand(tmp_path: Path) -> None:
    intake = read(write(tmp_path, TOWN, nodata=-99.5))
    assert intake.demand.ids.tolist() == ["r0c0", "r0c2", "r1c1", "r1c2"]
    assert intake.demand.lon.tolist() == pytest.approx([113.605, 113.625, 113.615, 113.625])
    assert intake.demand.lat.tolist() == pytest.approx([34.795, 34.795, 34.785, 34.785])
    assert intake.totals == {"people": 15.5}
    assert "people.tif: 5 cells with data, 1 of them 0 and left out; in all people 15.50." in said(intake)
    assert intake.demand.cells is None


def test_outlines_are_the_cells(tmp_path: Path) -> None:
    cells = read(write(tmp_path, TOWN, nodata=-99.5), outlines=True).demand.cells
    assert cells is not None
    assert (
        cells[0].equals_exact(box(113.6, 34.79, 113.61, 34.8), 1e-9)
        or cells[0].symmetric_difference(box(113.6, 34.79, 113.61, 34.8)).area < 1e-12
    )


@pytest.mark.parametrize("kind", ["uint8", "uint16", "int16", "int32", "float32", "float64"])
@pytest.mark.parametrize("layout", [{}, {"tiled": True, "blockxsize": 16, "blockysize": 16}, {"compress": "deflate"}])
@pytest.mark.parametrize("cells", [1, 100, 1 << 20])
def test_every_kind_layout_and_window_gives_the_same(
    tmp_path: Path, kind: str, layout: dict[str, object], cells: int
) -> None:
    values = np.random.default_rng(7).integers(0, 100, (41, 37)).astype(kind)
    path = write(tmp_path, values, **layout)
    intake = from_raster(path, block_cells=cells)
    assert intake.totals == {"people": float(values.sum(dtype=np.float64))}
    row, col = np.nonzero(values)
    assert intake.demand.ids.tolist() == [f"r{r}c{c}" for r, c in zip(row, col, strict=True)]
    assert intake.demand.weights["people"].tolist() == values[row, col].tolist()


def test_a_big_tiff_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, TOWN, nodata=-99.5, BIGTIFF="YES")
    assert path.read_bytes()[:4] == b"II+\0"
    assert read(path).totals == {"people": 15.5}


def test_a_turned_raster_lies_where_it_says(tmp_path: Path) -> None:
    side, tilt = 100.0, np.radians(30)
    turned = Affine(side * np.cos(tilt), side * np.sin(tilt), 5e5, side * np.sin(tilt), -side * np.cos(tilt), 3.85e6)
    path = write(tmp_path, np.array([[0, 0], [0, 9]], dtype=np.int32), crs="EPSG:4547", transform=turned)
    intake = read(path, outlines=True)
    x, y = 5e5 + 150 * (np.cos(tilt) + np.sin(tilt)), 3.85e6 + 150 * (np.sin(tilt) - np.cos(tilt))
    lon, lat = convert([x], [y], source="EPSG:4547", target="wgs84")
    assert intake.demand.lon.tolist() == pytest.approx(lon.tolist(), abs=1e-12)
    assert intake.demand.lat.tolist() == pytest.approx(lat.tolist(), abs=1e-12)
    assert intake.demand.cells is not None
    assert intake.demand.cells[0].contains(Point(lon[0], lat[0]))


def test_a_system_without_a_number_is_converted(tmp_path: Path) -> None:
    """World Mollweide, as global rasters of population have it, is in no EPSG list."""
    path = write(tmp_path, np.array([[4]], dtype=np.int32), crs="ESRI:54009", transform=from_origin(0, 100, 100, 100))
    raster = describe(path)
    assert raster.crs == "EPSG:4326"
    demand = read(path).demand
    # at the centre of Mollweide x = 2 sqrt(2) R lon / pi, y = sqrt(2) R sin(t) with 2 t + sin 2t = pi sin(lat)
    assert demand.lon[0] == pytest.approx(np.degrees(50 * np.pi / (2 * np.sqrt(2) * 6378137)), rel=1e-6)
    assert 0.0004 < demand.lat[0] < 0.0006


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")  # of writing them
def test_what_does_not_say_where_it_lies(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="does not say in which coordinate system it is"):
        read(write(tmp_path, TOWN, crs=None))
    with pytest.raises(UnusableInput, match="does not say where its cells lie"):
        read(write(tmp_path, TOWN, transform=None))
    points = [GroundControlPoint(0, 0, 113, 34), GroundControlPoint(2, 0, 113, 33), GroundControlPoint(0, 3, 114, 34)]
    with pytest.raises(UnusableInput, match="does not say where its cells lie"):
        read(write(tmp_path, TOWN, transform=None, gcps=points))


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (-9999.0, "float32"),
        (-9999, "int16"),
        (-32768, "int16"),
        (65535, "uint16"),
        (-2147483648, "int32"),
        (-3.4028234663852886e38, "float32"),
        (-1.7976931348623157e308, "float64"),
        (3.4e38, "float32"),
    ],
)
def test_a_raster_with_no_nodata_is_not_taken_for_people(tmp_path: Path, value: float, kind: str) -> None:
    cells = np.array([[1, 2], [value, 4]]).astype(kind)
    path = write(tmp_path, cells)
    with pytest.raises(InvalidValue, match=r"looks like a value for cells without data.*--nodata"):
        read(path)
    assert read(path, nodata=value).totals == {"people": 7.0}
    assert read(write(tmp_path, cells, "said.tif", nodata=value)).totals == {"people": 7.0}


def test_full_bytes_are_told(tmp_path: Path) -> None:
    path = write(tmp_path, np.array([[255, 254]], dtype=np.uint8))
    intake = read(path)
    assert intake.totals == {"people": 509.0}
    assert "1 cells hold 255, the most that one byte holds" in said(intake)
    assert read(path, nodata=255).totals == {"people": 254.0}


def test_negative_and_nan_cells_are_told(tmp_path: Path) -> None:
    cells = np.array([[1.0, np.nan, -3.0], [-0.5, np.nan, 4.0]])
    intake = read(write(tmp_path, cells))
    assert intake.totals == {"people": 5.0}
    assert "2 cells are less than 0 and do not count; the lowest is -3 in row 1, column 3." in said(intake)
    assert "2 cells are no number (NaN)" in said(intake)
    assert "declares no value for cells without data" in said(intake)
    every = read(write(tmp_path, np.array([[1.0, -9999.0]]), "nan.tif"), nodata=float("nan"))
    assert every.totals == {"people": 1.0}
    assert "the lowest is -9999 in row 1, column 2." in said(every)


def test_a_mask_is_honoured(tmp_path: Path) -> None:
    path = write(tmp_path, np.array([[1, 2], [3, 4]], dtype=np.int32))
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as target:
        target.write_mask(np.array([[255, 0], [255, 255]], dtype=np.uint8))
    assert read(path).totals == {"people": 8.0}


def test_scale_and_offset_of_a_band(tmp_path: Path) -> None:
    path = write(tmp_path, np.array([[10, 20], [0, -1]], dtype=np.int16), nodata=-1)
    with rasterio.open(path, "r+") as target:
        target.scales, target.offsets = (0.5,), (1.0,)
    assert read(path).demand.weights["people"].tolist() == [6.0, 11.0, 1.0]


def test_bands_are_weights(tmp_path: Path) -> None:
    cells = np.array([[[1.0, 2.0, 0.0]], [[5.0, np.nan, 0.0]]])
    intake = read(write(tmp_path, cells, nodata=np.nan), weights=["people", "jobs"])
    assert intake.totals == {"people": 3.0, "jobs": 5.0}
    assert "1 cells lack a number in one of the bands; it was counted as 0." in said(intake)
    with pytest.raises(InvalidValue, match="no band 3; it has 2"):
        read(write(tmp_path, cells, "b.tif"), weights=["a", "b", "c"])
    with pytest.raises(InvalidValue, match=r"no plain numbers \(complex64\)"):
        read(write(tmp_path, np.array([[1j]], dtype=np.complex64), "c.tif"))


def test_coarser_blocks_by_hand(tmp_path: Path) -> None:
    cells = np.array([[1, 3, 0], [0, 0, 0], [0, 0, 8]], dtype=np.int32)
    intake = read(write(tmp_path, cells), by=2, outlines=True)
    assert intake.demand.ids.tolist() == ["r0c0", "r1c1"]
    assert intake.demand.weights["people"].tolist() == [4.0, 8.0]
    # 1 at column 0.5 and 3 at column 1.5: their middle is at 1.25
    assert intake.demand.lon.tolist() == pytest.approx([113.6125, 113.625])
    assert intake.demand.lat.tolist() == pytest.approx([34.795, 34.775])
    assert intake.demand.cells is not None
    assert intake.demand.cells[1].bounds == pytest.approx((113.62, 34.77, 113.63, 34.78))  # ends with the raster
    with pytest.raises(InvalidValue, match="side of 1 cell or more, not 0"):
        read(write(tmp_path, cells), by=0)


@given(
    values=st.lists(st.lists(st.integers(0, 10**6), min_size=7, max_size=7), min_size=1, max_size=9),
    by=st.integers(1, 5),
    cells=st.integers(1, 40),
)
@settings(max_examples=60, deadline=None)
def test_totals_are_kept_whatever_the_windows_and_blocks(
    values: list[list[int]], by: int, cells: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    array = np.array([*values, [1] * 7], dtype=np.float64)
    intake = from_raster(write(tmp_path_factory.mktemp("r"), array, nodata=-1), by=by, block_cells=cells)
    assert intake.totals == {"people": array.sum()}
    coarse: dict[str, float] = {}
    for (row, col), value in np.ndenumerate(array):
        key = f"r{row // by}c{col // by}"
        coarse[key] = coarse.get(key, 0.0) + value
    found = dict(zip(intake.demand.ids, intake.demand.weights["people"], strict=True))
    assert found == {key: value for key, value in coarse.items() if value}


def test_nothing_in_it(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="no cell with anything in it"):
        read(write(tmp_path, np.zeros((3, 3), dtype=np.int32)))
    with pytest.raises(UnusableInput, match="no cell with anything in it"):
        read(write(tmp_path, np.full((3, 3), -1, dtype=np.int32), nodata=-1), by=2)


def test_a_damaged_or_foreign_file(tmp_path: Path) -> None:
    whole = write(tmp_path, np.random.default_rng(1).random((200, 200)), compress="deflate").read_bytes()
    cut = tmp_path / "cut.tif"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnusableInput, match=r"cut\.tif cannot be read"):
        read(cut)
    text = tmp_path / "text.tif"
    text.write_text("id,lon\n")
    with pytest.raises(UnusableInput, match="is no TIFF"):
        describe(text)


@pytest.mark.parametrize("magic", [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"])
def test_other_readers_say_what_a_tiff_is(tmp_path: Path, magic: bytes) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(magic + b"\0" * 100)
    with pytest.raises(UnusableInput, match=r"list\.csv is a TIFF: a GeoTIFF can be demand or heights, but no list"):
        read_table(path)


def test_areas_and_the_datum_of_a_raster(tmp_path: Path) -> None:
    areas = AreaTree([Area("410101", "区", "district", "", box(113.6, 34.7, 113.65, 34.8))])
    path = write(tmp_path, np.ones((10, 5), dtype=np.int32))
    inside = read(path, areas=areas)
    assert set(inside.demand.adcode) == {"410101"}
    assert "The datum wgs84 was taken, as the file declares." in said(inside)
    fine = from_origin(113.6, 34.8, 0.001, 0.001)
    path = write(tmp_path, np.ones((100, 50), dtype=np.int32), transform=fine)
    assert "Is the datum right?" in said(read(path, datum="gcj02", areas=areas))


def test_memory_is_bounded_by_the_windows(tmp_path: Path) -> None:
    cells = np.zeros((4000, 1000), dtype=np.float32)
    cells[::100, ::100] = 1.0
    path = write(tmp_path, cells, compress="deflate")
    from_raster(path)  # what is imported at first use does not count
    tracemalloc.start()
    intake = from_raster(path, block_cells=20_000)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert intake.totals == {"people": 400.0}
    assert most < 4_000_000  # the raster as float64 is 32 MB


def test_seeming_nodata_of_plain_numbers() -> None:
    assert seeming_nodata(np.array([0.0, 5.0, -1.0, np.nan])) is None
    assert seeming_nodata(np.array([255.0]), "uint8") is None
    assert seeming_nodata(np.array([0.0, 0.0]), "uint16") is None
    assert seeming_nodata(np.empty(0), "uint16") is None


@pytest.mark.real
def test_heights_of_porto_alegre(real_data: Path) -> None:
    path = real_data / "osm_population_r5r" / "poa" / "poa_elevation.tif"
    raster = describe(path)
    assert (raster.width, raster.height, raster.crs, raster.nodata) == (413, 403, "EPSG:4326", None)
    with rasterio.open(path) as plain:
        true = plain.read(1)
        lon, lat = plain.xy(200, 100)
    found = np.full(true.shape, np.nan)
    for block in blocks(path, cells=5_000):
        found[block.row, block.col] = block.value[:, 0]
    assert (found == true).all()
    x, y = places(raster, np.array([200.5]), np.array([100.5]))
    assert (x[0], y[0]) == pytest.approx((lon, lat), abs=1e-12)
    assert read(path).totals == {"people": float(true.sum(dtype=np.float64))}
