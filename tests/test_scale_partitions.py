"""Partitions of demand: written whole, checked up front, read as they are; what is wrong is told by name and row."""

import json
from pathlib import Path

import geopandas
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from stationmap.errors import InvalidValue, UnusableInput
from stationmap.geo.areas import Area, AreaTree
from stationmap.geo.datum import convert
from stationmap.planning.demand.demand import Demand
from stationmap.planning.scale.folder import write_partitions
from stationmap.planning.scale.partitions import MANIFEST, Rows, checksums, opened, read
from stationmap.planning.scale.wkb import coordinates, from_coordinates
from tests.scale_town import demand

BOTH = ("people", "jobs")


def all_rows(source: Path, places: AreaTree | None = None, **how: object) -> list[Rows]:
    return [rows for block in opened(source, **how).blocks() for rows in read(block, places)]  # type: ignore[arg-type]


def as_set(parts: list[Rows]) -> set[tuple[object, ...]]:
    return {
        (lon, lat, *weights, rows.areas[area])
        for rows in parts
        for lon, lat, *weights, area in zip(
            rows.lon.tolist(),
            rows.lat.tolist(),
            *(weight.tolist() for weight in rows.weights),
            rows.area.tolist(),
            strict=True,
        )
    }


def frame(**changed: object) -> geopandas.GeoDataFrame:
    columns = {"people": [3, 4], "adcode": [410102, 410103], **changed}
    return geopandas.GeoDataFrame(columns, geometry=geopandas.points_from_xy([113.6, 113.7], [34.7, 34.8]), crs=4326)


def written(folder: Path, count: int = 100, rows_per_file: int = 40) -> Path:
    return write_partitions(demand(count), folder / "demand", rows_per_file=rows_per_file)


def test_what_is_written_is_read_to_the_bit(tmp_path: Path) -> None:
    town = demand(100)
    folder = written(tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == [
        MANIFEST,
        "part-00000.parquet",
        "part-00001.parquet",
        "part-00002.parquet",
    ]
    found = opened(folder, weights=BOTH)
    assert [file.rows for file in found.files] == [40, 40, 20]
    assert (found.rows, len(found.blocks()), found.weights, found.empty) == (100, 3, BOTH, ())
    assert as_set(all_rows(folder, weights=BOTH)) == set(
        zip(town.lon, town.lat, *town.weights.values(), town.adcode, strict=True)
    )
    sums = json.loads((folder / MANIFEST).read_text())["files"]
    assert {Path(path).name: total for path, total in checksums(found).items()} == {
        name: told["sha256"] for name, told in sums.items()
    }
    assert [path.name for path in tmp_path.iterdir()] == ["demand"]


def test_others_read_it_as_geoparquet(tmp_path: Path) -> None:
    seen = geopandas.read_parquet(written(tmp_path) / "part-00000.parquet")
    assert seen.crs.to_string() == "OGC:CRS84"
    assert list(seen.columns) == ["id", "adcode", "people", "jobs", "geometry"]
    assert set(seen.geometry.x) <= set(demand(100).lon)


def test_without_weights_every_row_counts_one(tmp_path: Path) -> None:
    found = opened(written(tmp_path))
    assert found.weights == ("count",)
    assert sum(float(rows.weights[0].sum()) for rows in all_rows(tmp_path / "demand")) == 100.0


def test_cells_stand_for_their_points(tmp_path: Path) -> None:
    town = demand(2)
    cells = np.array(
        [box(lon, lat, lon + 1, lat + 1) for lon, lat in zip(town.lon, town.lat, strict=True)], dtype=object
    )
    whole = Demand(town.ids, town.lon, town.lat, town.weights, town.adcode, cells)
    folder = write_partitions(whole, tmp_path / "cells")
    assert {row[:2] for row in as_set(all_rows(folder))} == set(zip(town.lon, town.lat, strict=True))
    assert set(geopandas.read_parquet(folder / "part-00000.parquet").geom_type) == {"Polygon"}
    again = geopandas.read_parquet(folder / "part-00000.parquet").drop(columns=["lon", "lat"])
    again.to_parquet(tmp_path / "shapes.parquet")
    middles = {
        (round(lon - 0.5, 9), round(lat - 0.5, 9)) for lon, lat, *_ in as_set(all_rows(tmp_path / "shapes.parquet"))
    }
    assert middles == {(round(lon, 9), round(lat, 9)) for lon, lat in zip(town.lon, town.lat, strict=True)}


def test_a_shape_whose_middle_is_outside_stands_inside() -> None:
    ring = box(0, 0, 3, 3).difference(box(1, 1, 4, 2))
    x, y = coordinates(pa.array([ring.wkb, None, shapely.Point(5, 6).wkb, shapely.Point().wkb], pa.binary()))
    assert ring.contains(shapely.Point(x[0], y[0]))
    assert (x[2], y[2]) == (5.0, 6.0)
    assert np.isnan([x[1], y[1], x[3], y[3]]).all()


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), max_size=20), st.integers(0, 5))
def test_points_come_back_from_their_bytes(places: list[tuple[float, float]], cut: int) -> None:
    x, y = np.array([place[0] for place in places]), np.array([place[1] for place in places])
    column = from_coordinates(x, y)
    assert column.to_pylist() == [shapely.Point(place).wkb for place in places]
    for kind in (column, column.cast(pa.large_binary())):
        found = coordinates(kind.slice(cut))
        assert found[0].tolist() == x[cut:].tolist()
        assert found[1].tolist() == y[cut:].tolist()
    other = pa.array([shapely.to_wkb(shapely.Point(place), byte_order=0) for place in places], pa.binary())
    assert coordinates(other)[1].tolist() == y.tolist()


def test_native_points_are_read(tmp_path: Path) -> None:
    frame().to_parquet(tmp_path / "native.parquet", geometry_encoding="geoarrow")
    assert as_set(all_rows(tmp_path / "native.parquet", weights=["people"])) == {
        (113.6, 34.7, 3.0, "410102"),
        (113.7, 34.8, 4.0, "410103"),
    }


def test_declared_systems_are_converted(tmp_path: Path) -> None:
    frame().to_crs(4547).to_parquet(tmp_path / "metres.parquet")
    assert opened(tmp_path / "metres.parquet").files[0].columns.datum == "EPSG:4547"
    found = sorted(as_set(all_rows(tmp_path / "metres.parquet", weights=["people"])))
    assert np.abs(np.array([row[:2] for row in found]) - [[113.6, 34.7], [113.7, 34.8]]).max() < 1e-9
    frame().to_parquet(tmp_path / "said.parquet")  # declared WGS 84, as exports from Amap often are
    lon, lat = convert([113.6], [34.7], source="gcj02", target="wgs84")
    rows = all_rows(tmp_path / "said.parquet", datum="火星坐标系")[0]
    assert (rows.lon[0], rows.lat[0]) == (lon[0], lat[0])


def test_areas_are_looked_up_where_none_are_named(tmp_path: Path) -> None:
    frame().drop(columns="adcode").to_parquet(tmp_path / "bare.parquet")
    assert all_rows(tmp_path / "bare.parquet")[0].areas == ("",)
    tree = AreaTree([Area("410102", "中原区", "district", "", box(113.5, 34.5, 113.65, 34.75))])
    rows = all_rows(tmp_path / "bare.parquet", tree)[0]
    assert [rows.areas[area] for area in rows.area] == ["410102", ""]


def test_codes_are_read_however_they_are_kept(tmp_path: Path) -> None:
    frame(adcode=["410102000000", None]).to_parquet(tmp_path / "long.parquet")
    rows = all_rows(tmp_path / "long.parquet")[0]
    assert [rows.areas[area] for area in rows.area] == ["410102", ""]
    frame(county=["a", "b"]).to_parquet(tmp_path / "named.parquet")
    assert all_rows(tmp_path / "named.parquet", adcode="county")[0].areas == ("a", "b")


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"people": [3.0, None]}, r"Row 2 of .*one.parquet has None as people"),
        ({"people": [float("nan"), 3.0]}, r"Row 1 of .* has None as people"),
        ({"people": [-3, 4]}, r"Row 1 of .* has -3 as people; a weight is a number of 0 or more"),
        ({"people": [3.0, float("inf")]}, r"Row 2 of .* has inf as people"),
    ],
)
def test_weights_that_are_none_are_told_by_row(tmp_path: Path, changed: dict[str, object], fault: str) -> None:
    frame(**changed).to_parquet(tmp_path / "one.parquet")
    with pytest.raises(UnusableInput, match=fault):
        all_rows(tmp_path / "one.parquet", weights=["people"])


def test_places_that_are_none_are_told_by_row(tmp_path: Path) -> None:
    wrong = frame().set_geometry(geopandas.points_from_xy([113.6, 34.8], [34.7, 113.7]), crs=4326)
    wrong.to_parquet(tmp_path / "swapped.parquet")
    with pytest.raises(UnusableInput, match=r"Row 2 of .* lies at 34.8, 113.7, .* columns swapped"):
        all_rows(tmp_path / "swapped.parquet")


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    frame().to_parquet(tmp_path / "a.parquet")
    frame(people=["3", "4"]).to_parquet(tmp_path / "b.parquet")
    frame().drop(columns="people").to_parquet(tmp_path / "c.parquet")
    frame(adcode=[0.5, 1.5]).set_crs(None, allow_override=True).to_parquet(tmp_path / "d.parquet")
    (tmp_path / "e.parquet").write_bytes((tmp_path / "a.parquet").read_bytes()[:-9])
    with pytest.raises(UnusableInput) as told:
        opened(tmp_path, weights=["people"])
    text = str(told.value)
    assert text.startswith("4 partitions of 5 cannot be used: b.parquet: its column people holds ")
    for fault in (
        "c.parquet: it has no column people",
        "d.parquet: it declares no coordinate system",
        "d.parquet: it has no column adcode of codes",
        "e.parquet: it is damaged",
    ):
        assert fault in text


def test_a_table_without_places_or_system_is_told(tmp_path: Path) -> None:
    pq.write_table(pa.table({"people": [1]}), tmp_path / "none.parquet")
    with pytest.raises(UnusableInput, match="it has no geometry and no columns lon and lat"):
        opened(tmp_path, datum="wgs84")
    pq.write_table(pa.table({"lon": [1.5], "lat": [2.5]}), tmp_path / "none.parquet")
    with pytest.raises(UnusableInput, match="it declares no coordinate system"):
        opened(tmp_path)
    assert as_set(all_rows(tmp_path, datum="wgs84")) == {(1.5, 2.5, 1.0, "")}
    with pytest.raises(InvalidValue, match="no coordinate system 'wgs85'"):
        opened(tmp_path, datum="wgs85")


def test_nothing_to_read_is_told(tmp_path: Path) -> None:
    for source in (tmp_path, tmp_path / "gone.parquet"):
        with pytest.raises(UnusableInput, match="There is no Parquet file at"):
            opened(source)


def test_a_missing_partition_is_missed(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "part-00001.parquet").unlink()
    frame(jobs=[1, 1]).to_parquet(folder / "part-00007.parquet")
    with pytest.raises(
        UnusableInput, match=r"2 partitions of 4 .*part-00001.parquet is missing, part-00007.parquet is not"
    ):
        opened(folder, weights=BOTH)
    (folder / "part-00007.parquet").rename(folder / "part-00001.parquet")
    with pytest.raises(UnusableInput, match=r"part-00001.parquet: it has 2 rows, not as many as were written"):
        opened(folder, weights=BOTH)
    (folder / MANIFEST).write_text("{")
    with pytest.raises(UnusableInput, match=r"manifest.json is damaged"):
        opened(folder)


def test_damage_inside_is_told_by_name(tmp_path: Path) -> None:
    folder = written(tmp_path)
    path = folder / "part-00001.parquet"
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 0xFF
    path.write_bytes(bytes(data))
    with pytest.raises(UnusableInput, match=r"The partition .*part-00001.parquet is damaged"):
        all_rows(folder, weights=BOTH)


def test_a_partition_that_goes_or_changes_is_told(tmp_path: Path) -> None:
    folder = written(tmp_path)
    found = opened(folder, weights=BOTH)
    path = folder / "part-00002.parquet"
    frame(jobs=[1, 1]).to_parquet(path)
    with pytest.raises(UnusableInput, match=r"part-00002.parquet was changed while the run was on"):
        list(read(found.blocks()[2]))
    path.unlink()
    with pytest.raises(UnusableInput, match=r"part-00002.parquet is not there"):
        list(read(found.blocks()[2]))
    with pytest.raises(UnusableInput, match=r"part-00002.parquet is not there"):
        checksums(found)


def test_an_empty_partition_is_no_fault(tmp_path: Path) -> None:
    folder = write_partitions([demand(3), demand(0), demand(4)], tmp_path / "parts")
    found = opened(folder, weights=BOTH)
    assert (found.rows, found.empty, len(found.blocks())) == (7, ("part-00001.parquet",), 2)


def test_a_folder_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    folder = written(tmp_path)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(UnusableInput, match="is there already and not empty"):
        written(tmp_path)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    other = demand(1)
    other = Demand(other.ids, other.lon, other.lat, {"people": other.weights["people"]}, other.adcode)
    with pytest.raises(InvalidValue, match="must be the same in all parts"):
        write_partitions([demand(2), other], tmp_path / "mixed")
    with pytest.raises(InvalidValue, match="1 row or more, not 0"):
        write_partitions(demand(2), tmp_path / "mixed", rows_per_file=0)
    with pytest.raises(UnusableInput, match="cannot be written"):
        write_partitions(demand(2), tmp_path / "gone" / "mixed")
    assert [path.name for path in tmp_path.iterdir()] == ["demand"]


def test_a_full_disk_keeps_nothing(small_disk: Path) -> None:
    with pytest.raises(UnusableInput, match=r"There is no room for .*: the disk or the quota is full"):
        write_partitions(demand(200_000), small_disk / "demand", rows_per_file=30_000)
    assert list(small_disk.iterdir()) == []
