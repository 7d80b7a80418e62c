"""The door out: what is written is read again as it was, whole or not at all."""

import json
import os
import signal
import stat
import subprocess
import sys
import textwrap
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.errors import InvalidValue, UnusableInput
from stationmap.files.cells import clean
from stationmap.files.read import layers, read
from stationmap.files.spreadsheet import escaped
from stationmap.files.write import SUFFIXES, write

MOMENT = datetime.fromisoformat("2026-10-10T08:30")
PLACES = [shapely.Point(113.123456789, 34.7), None, shapely.Point(113.8, 34.9)]


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "编号": ["007", "410103199001011234", None],
            "名称": ["=cmd|' /C calc'!A0", ' 二七,"广场"\n驿站 ', "+86 371-6618"],
            "座位": pd.array([12, None, -3], dtype="Int64"),
            "经度": [113.665, np.nan, -0.5],
            "登记": [date(2026, 10, 1), None, date(2025, 1, 2)],
            "在册": [True, None, False],
        }
    )


def located(crs: Any = 4326) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(frame(), geometry=PLACES, crs=crs)


def rows_of(path: Path) -> list[list[object]]:
    return read(path).cells.to_numpy().tolist()


AS_TEXT = [
    ["007", "=cmd|' /C calc'!A0", "12", "113.665", "2026-10-01", "true"],
    ["410103199001011234", '二七,"广场"\n驿站', None, None, None, None],
    [None, "+86 371-6618", "-3", "-0.5", "2025-01-02", "false"],
]
AS_VALUES = [
    ["007", "=cmd|' /C calc'!A0", 12, 113.665, date(2026, 10, 1), True],
    ["410103199001011234", '二七,"广场"\n驿站', None, None, None, None],
    [None, "+86 371-6618", -3, -0.5, date(2025, 1, 2), False],
]


def test_csv_is_as_excel_wants_it(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write(frame(), path)
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"'=cmd|" in data
    assert b'"+86' not in data
    assert b"'+86" not in data
    assert data.count(b"\r\n") == 4
    assert rows_of(path) == AS_TEXT
    assert read(path).encoding == "utf-8-sig"


def test_a_workbook_keeps_texts_as_texts(tmp_path: Path) -> None:
    path = tmp_path / "站点.xlsx"
    write(frame(), path)
    assert rows_of(path) == AS_VALUES
    sheet = openpyxl.load_workbook(path).active
    assert (sheet.title, sheet.freeze_panes) == ("站点", "A2")
    assert [cell.font.bold for cell in sheet[1]] == [True] * 6
    assert (sheet["A2"].value, sheet["A2"].data_type, sheet["A2"].number_format) == ("007", "s", "@")
    assert sheet["B2"].value.startswith("'=cmd")
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d", "b"}
    assert 10 <= sheet.column_dimensions["A"].width <= 60
    assert sheet.column_dimensions["A"].width > sheet.column_dimensions["C"].width


def test_geojson_is_that_of_rfc_7946(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    write(located(), path)
    content = json.loads(path.read_text(encoding="utf-8"))
    assert set(content) == {"type", "features"}
    assert content["features"][0]["geometry"] == {"type": "Point", "coordinates": [113.12345679, 34.7]}
    assert content["features"][1]["geometry"] is None
    assert content["features"][0]["properties"] == {
        "编号": "007",
        "名称": "=cmd|' /C calc'!A0",
        "座位": 12,
        "经度": 113.665,
        "登记": "2026-10-01",
        "在册": True,
    }
    table = read(path)
    assert table.geometry is not None
    assert table.geometry[2] == shapely.Point(113.8, 34.9)


def test_geojson_is_wgs84_and_turns_counter_clockwise(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    clockwise = shapely.Polygon([(0, 0), (0, 1), (1, 1), (1, 0), (0, 0)])
    here = geopandas.GeoDataFrame({"a": [1]}, geometry=[clockwise], crs=4326)
    write(here.to_crs(3857), path)
    ring = json.loads(path.read_text(encoding="utf-8"))["features"][0]["geometry"]["coordinates"][0]
    assert shapely.LinearRing(ring).is_ccw
    assert np.abs(np.array(ring)).max() == 1


def test_a_geopackage_and_a_parquet_keep_types(tmp_path: Path) -> None:
    for name in ("站点.gpkg", "a.parquet"):
        write(located(4490), tmp_path / name)
        table = read(tmp_path / name)
        assert (table.crs, table.columns) == ("EPSG:4490", tuple(frame().columns))
        texts = [[clean(cell) if isinstance(cell, str) else cell for cell in row] for row in AS_VALUES]
        for row in texts:
            row[4] = None if row[4] is None else str(row[4])
        assert table.cells.to_numpy().tolist() == texts
        assert table.geometry is not None
        assert table.geometry.tolist() == PLACES
    assert layers(tmp_path / "站点.gpkg") == ["站点"]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".gpkg", ".parquet"])
def test_a_frame_without_places(tmp_path: Path, suffix: str) -> None:
    write(frame(), tmp_path / f"a{suffix}")
    table = read(tmp_path / f"a{suffix}")
    assert (len(table.cells), table.geometry) == (3, None)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_empty_frame(tmp_path: Path, suffix: str) -> None:
    write(located().iloc[:0], tmp_path / f"a{suffix}")
    table = read(tmp_path / f"a{suffix}")
    assert len(table.cells) == 0


def test_geometry_stands_as_wkt_in_a_table(tmp_path: Path) -> None:
    write(located(), tmp_path / "a.csv")
    assert read(tmp_path / "a.csv").cells["geometry"].tolist() == [
        "POINT (113.12345679 34.7)",
        None,
        "POINT (113.8 34.9)",
    ]


MIXED = [
    *(
        "007",
        12,
        1.5,
        True,
        date(2026, 1, 2),
        MOMENT,
        time(8, 30),
        datetime(2026, 1, 2, tzinfo=UTC),
        None,
        float("nan"),
    ),
    *(2**60, float("inf"), ["a"], {"b": 1}, pd.NaT, pd.Timestamp("2026-01-02"), np.int64(3), "#N/A", "TRUE", "x\0y"),
]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_column_of_everything(tmp_path: Path, suffix: str) -> None:
    many = geopandas.GeoDataFrame(
        {"id": range(len(MIXED)), "m": pd.Series(MIXED, dtype=object)},
        geometry=[shapely.Point(1, 2)] * len(MIXED),
        crs=4326,
    )
    write(many, tmp_path / f"a{suffix}")
    found = read(tmp_path / f"a{suffix}").cells["m"].tolist()
    assert [str(value) for value in found[:2]] == ["007", "12"]
    assert found[8:10] == [None, None]
    assert str(found[10]) == str(2**60)
    assert str(found[12:14]) == "['[\"a\"]', '{\"b\": 1}']"
    assert found[14] is None
    assert str(found[17]) == "#N/A"
    assert str(found[18]) == "TRUE"
    assert "2026-10-10" in str(found[5])
    assert "08:30" in str(found[6])


def test_a_moment_without_a_zone_gets_none_in_a_geopackage(tmp_path: Path) -> None:
    write(pd.DataFrame({"t": [MOMENT, None]}), tmp_path / "a.gpkg")
    assert rows_of(tmp_path / "a.gpkg") == [["2026-10-10 08:30:00"], [None]]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_columns_of_any_name(tmp_path: Path, suffix: str) -> None:
    names = ["fid", "FID", "geom", "名称", "名称", "=1", "id"]
    many = pd.DataFrame([[f"{i}{j}" for j in range(7)] for i in range(2)], columns=names)
    if suffix == ".geojson":
        many = geopandas.GeoDataFrame(many, geometry=geopandas.points_from_xy([1, 2], [1, 2]), crs=4326)
    write(many, tmp_path / f"a{suffix}")
    table = read(tmp_path / f"a{suffix}")
    assert len(set(table.columns)) == 7
    assert table.cells.to_numpy().tolist() == [[f"{i}{j}" for j in range(7)] for i in range(2)]
    assert table.columns[5] == "=1"


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
tricky = st.text(st.sampled_from("='+-@\",;\t|\r\n　 a1._x000B\x0b\ufeff\u2028\x85"), max_size=10)


@given(st.lists(st.tuples(texts | tricky, texts | tricky), min_size=1, max_size=8))
def test_any_texts_come_back_from_csv(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    write(pd.DataFrame([("n", *row) for row in rows], columns=["编号", "名称", "说明"]), path)
    table = read(path)
    assert table.columns == ("编号", "名称", "说明")
    assert table.cells.to_numpy().tolist() == [["n", clean(first), clean(second)] for first, second in rows]


@given(st.lists(texts | tricky, min_size=1, max_size=8))
def test_any_texts_of_one_column_come_back_from_csv(tmp_path_factory: pytest.TempPathFactory, rows: list[str]) -> None:
    path = tmp_path_factory.getbasetemp() / "one.csv"
    write(pd.DataFrame({"名称": rows}), path)
    assert read(path).cells["名称"].tolist() == [clean(text) for text in rows if clean(text)]


@settings(max_examples=30)
@given(st.lists(texts | tricky, min_size=8, max_size=20))
def test_any_texts_come_back_from_a_workbook(tmp_path_factory: pytest.TempPathFactory, rows: list[str]) -> None:
    path = tmp_path_factory.getbasetemp() / "any.xlsx"
    write(pd.DataFrame({"编号": "n", "名称": rows}), path)
    assert read(path).cells["名称"].tolist() == [clean(text) for text in rows]


@given(st.lists(texts | tricky, min_size=1, max_size=8))
def test_any_texts_come_back_from_geojson(tmp_path_factory: pytest.TempPathFactory, rows: list[str]) -> None:
    path = tmp_path_factory.getbasetemp() / "any.geojson"
    write(geopandas.GeoDataFrame({"名称": rows}, geometry=[shapely.Point(1, 2)] * len(rows), crs=4326), path)
    assert read(path).cells["名称"].tolist() == [clean(text) for text in rows]


def test_what_xml_cannot_say_is_spelled() -> None:
    assert escaped("a\x0b_x000B_\r\ufffe") == "a_x000B__x005F_x000B__x000D__xFFFE_"


def test_what_a_sheet_cannot_hold_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match=r"row 2, column 长, has 40000 characters.*Write CSV"):
        write(pd.DataFrame({"长": ["x" * 40_000]}), tmp_path / "a.xlsx")
    with pytest.raises(InvalidValue, match=r"these are 1048576 and 1\. Write CSV"):
        write(pd.DataFrame({"a": np.zeros(1_048_576)}), tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_text_with_half_a_character_is_written_all_the_same(tmp_path: Path) -> None:
    for suffix in (".csv", ".xlsx"):
        write(pd.DataFrame({"a": ["x\ud800y"], "b": ["1"]}, dtype=object), tmp_path / f"a{suffix}")
        assert rows_of(tmp_path / f"a{suffix}") == [["x?y", "1"]]


@pytest.mark.parametrize("name", ["a.txt", "a", "a.xls", "a.shp"])
def test_a_format_that_is_not_written_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidValue, match=r"ends in no format.*\.csv, \.xlsx, \.geojson"):
        write(frame(), tmp_path / name)


def test_geojson_needs_places_and_their_system(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="needs a place for each row"):
        write(frame(), tmp_path / "a.geojson")
    with pytest.raises(InvalidValue, match="is not declared"):
        write(located(None), tmp_path / "a.geojson")


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write(frame(), path)
    before = path.read_bytes()
    with pytest.raises(InvalidValue):
        write(pd.DataFrame({"a": ["x" * 40_000]}), path)
    assert path.read_bytes() == before
    assert [child.name for child in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_file_is_replaced_with_its_rights_and_through_its_link(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    path.chmod(0o640)
    link = tmp_path / "link.csv"
    link.symlink_to(path)
    write(frame(), link)
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert len(rows_of(path)) == 3


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_folder_that_is_not_there(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(UnusableInput, match="There is no folder for"):
        write(located(), tmp_path / "none" / f"a{suffix}")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_folder_in_which_the_system_makes_no_files(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(UnusableInput, match=r"^Nothing can be written in /proc, though it is there"):
        write(located(), Path(f"/proc/foo{suffix}"))
    (tmp_path / "link").symlink_to("/proc/foo")
    with pytest.raises(UnusableInput, match="There is no folder for"):
        write(located(), tmp_path / "link" / f"a{suffix}")


def test_a_folder_or_device_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(UnusableInput, match="not a file that can be replaced"):
        write(frame(), tmp_path / "a.csv")
    os.mkfifo(tmp_path / "b.csv")
    with pytest.raises(UnusableInput, match="not a file that can be replaced"):
        write(frame(), tmp_path / "b.csv")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_folder_without_the_right_to_write(tmp_path: Path, suffix: str) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o555)
    changed = os.geteuid() == 0
    if changed:
        os.seteuid(65534)
    try:
        with pytest.raises(UnusableInput, match="may not be written"):
            write(located(), folder / f"a{suffix}")
    finally:
        if changed:
            os.seteuid(0)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_full_disk_is_told_and_leaves_what_was_there(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    write(located(), path)
    before = path.read_bytes()
    script = f"""
        import geopandas, numpy, resource, signal
        from stationmap.errors import UnusableInput
        from stationmap.files.write import write
        n = 60_000
        noise = numpy.random.default_rng(1).integers(0, 2**60, n)
        many = geopandas.GeoDataFrame({{"a": noise.astype(str)}}, geometry=geopandas.points_from_xy(noise % 180, noise % 90), crs=4326)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        try:
            write(many, {str(path)!r})
        except UnusableInput as error:
            print(error)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False)
    assert "There is no room for" in done.stdout, done.stdout + done.stderr[-2000:]
    assert path.read_bytes() == before
    assert [child.name for child in tmp_path.iterdir()] == [path.name]


def test_a_killed_writer_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write(frame(), path)
    before = path.read_bytes()
    script = f"""
        import os, signal, pandas
        from stationmap.files import write as module
        spelled = module._csv_cell
        def killed(value):
            if value == "x5000":
                os.kill(os.getpid(), signal.SIGKILL)
            return spelled(value)
        module._csv_cell = killed
        module.write(pandas.DataFrame({{"a": [f"x{{i}}" for i in range(10_000)]}}), {str(path)!r})
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_bytes() == before


def test_the_argument_is_left_as_it_is(tmp_path: Path) -> None:
    given_frame, same = located(), located()
    for suffix in SUFFIXES:
        write(given_frame, tmp_path / f"a{suffix}")
    assert_geodataframe_equal(given_frame, same)
