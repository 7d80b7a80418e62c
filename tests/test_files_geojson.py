"""GeoJSON, faultless and faulty; KML and KMZ."""

import json
import zipfile
from contextlib import suppress
from pathlib import Path

import geopandas
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from stationmap.errors import InvalidValue, UnusableInput
from stationmap.files.read import layers, read
from stationmap.files.table import Table
from stationmap.files.write import write


def put(folder: Path, content: object, name: str = "list.geojson") -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def feature(geometry: object, properties: object = None, **more: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": geometry, **more}


def point(x: float, y: float) -> dict[str, object]:
    return {"type": "Point", "coordinates": [x, y]}


def collection(*features: object, **more: object) -> dict[str, object]:
    return {"type": "FeatureCollection", "features": list(features), **more}


def told(table: Table) -> str:
    return "\n".join(map(str, table.notes))


def test_features_become_rows_with_their_geometry(tmp_path: Path) -> None:
    table = read(
        put(
            tmp_path,
            collection(
                feature(point(113.6, 34.7), {"名称": "甲", "id": "007", "parent": {"adcode": 1}}),
                feature(None, {"名称": " ", "n": 12}),
                feature({"type": "LineString", "coordinates": [[0, 0, 5], [1, 1, 6]]}, {"名称": "丙"}),
            ),
        )
    )
    assert table.columns == ("名称", "id", "parent", "n")
    assert table.cells.to_numpy().tolist() == [
        ["甲", "007", '{"adcode": 1}', None],
        [None, None, None, 12],
        ["丙", None, None, None],
    ]
    assert table.geometry is not None
    assert table.geometry.tolist() == [shapely.Point(113.6, 34.7), None, shapely.LineString([(0, 0, 5), (1, 1, 6)])]
    assert table.geometry[2].has_z
    assert (table.crs, table.row_numbers.tolist()) == ("EPSG:4326", [1, 2, 3])
    assert table.notes == ()


def test_the_id_of_a_feature_is_a_column_beside_the_property(tmp_path: Path) -> None:
    table = read(put(tmp_path, collection(feature(point(1, 2), {"id": 5}, id="a"), feature(point(1, 2), {}, id=7))))
    assert table.columns == ("id", "id (2)")
    assert table.cells["id (2)"].tolist() == ["a", 7]


@pytest.mark.parametrize(
    ("content", "count"),
    [
        (feature(point(1, 2), {"a": 1}), 1),
        (point(1, 2), 1),
        (collection(), 0),
        ([feature(point(1, 2), {}), feature(point(1, 2), {})], 2),
        (
            '{"type":"Feature","properties":{},"geometry":null}\n{"type":"Feature","properties":{"a":1},"geometry":null}',
            2,
        ),
        ({"type": "GeometryCollection", "geometries": [point(1, 2)]}, 1),
    ],
)
def test_every_kind_of_root(tmp_path: Path, content: object, count: int) -> None:
    table = read(put(tmp_path, content))
    assert len(table.cells) == count
    assert table.geometry is not None
    assert table.geometry.shape == (count,)


@pytest.mark.parametrize("suffix", ["json", "txt", "geojson", "dat"])
def test_geojson_is_known_by_its_content(tmp_path: Path, suffix: str) -> None:
    assert read(put(tmp_path, collection(feature(point(1, 2), {"a": 1})), f"list.{suffix}")).crs == "EPSG:4326"


@pytest.mark.parametrize(
    ("name", "crs", "noted"),
    [
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", False),
        ("EPSG:4326", "EPSG:4326", False),
        ("urn:ogc:def:crs:EPSG::4490", "EPSG:4490", True),
        ("urn:ogc:def:crs:EPSG:6.9:3857", "EPSG:3857", True),
        ("somewhere", "EPSG:4326", True),
        (None, "EPSG:4326", True),
    ],
)
def test_an_old_crs_member(tmp_path: Path, name: str | None, crs: str, noted: bool) -> None:
    member = {"type": "name", "properties": {"name": name}} if name else 7
    table = read(put(tmp_path, collection(feature(point(1, 2), {"a": 1}), crs=member)))
    assert (table.crs, bool(table.notes)) == (crs, noted)


@pytest.mark.parametrize(
    ("geometry", "wkt", "note"),
    [
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1]]]}, "POLYGON ((0 0, 1 0, 1 1, 0 0))", "closed"),
        ({"type": "point", "coordinates": [1, 2]}, "POINT (1 2)", "wrong letters"),
        ({"type": "Point", "coordinates": [1, 2, 3, 4]}, "POINT Z (1 2 3)", "first three numbers"),
        ({"type": "LineString", "coordinates": [[0, 0, 1], [1, 1]]}, "LINESTRING (0 0, 1 1)", "heights were left out"),
        ({"type": "MultiPolygon", "coordinates": []}, "MULTIPOLYGON EMPTY", ""),
        ({"type": "Point", "coordinates": []}, "POINT EMPTY", ""),
        ({"type": "MultiPoint", "coordinates": []}, "MULTIPOINT EMPTY", ""),
    ],
)
def test_bad_style_is_mended_and_told(tmp_path: Path, geometry: object, wkt: str, note: str) -> None:
    table = read(put(tmp_path, collection(feature(geometry, {"a": 1}))))
    assert table.geometry is not None
    assert shapely.to_wkt(table.geometry[0], trim=True) == wkt
    assert note in told(table)


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [
        ({"type": "Point", "coordinates": ["113.6", "34.7"]}, "not a list of positions of two numbers"),
        ({"type": "Point", "coordinates": [True, False]}, "not a list of positions of two numbers"),
        ({"type": "Point", "coordinates": [1]}, "not a list of positions of two numbers"),
        ({"type": "Point", "coordinates": [10**400, 1]}, "not a list of positions of two numbers"),
        ({"type": "Point"}, "a Point has no coordinates"),
        ({"type": "Point", "coordinates": {}}, "not a list of positions"),
        ({"type": "LineString", "coordinates": [[0, 0]]}, "fewer than 2 positions"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}, "fewer than 3 positions"),
        ({"type": "Polygon", "coordinates": [5]}, "not a list of positions"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]}, "a ring needs four positions"),
        ({"type": "GeometryCollection"}, "no list of geometries"),
        ({"type": "FooBar"}, "is not a geometry"),
        (5, "is not a geometry"),
    ],
)
def test_a_geometry_that_cannot_be_read_is_told_and_its_row_kept(tmp_path: Path, geometry: object, reason: str) -> None:
    table = read(put(tmp_path, collection(feature(point(1, 2), {"a": 1}), feature(geometry, {"a": 2}))))
    assert table.cells["a"].tolist() == [1, 2]
    assert table.geometry is not None
    assert table.geometry.tolist() == [shapely.Point(1, 2), shapely.Point()]
    assert "could not be read in full: 1, with the numbers 2 (feature 2:" in told(table)
    assert reason in told(table)


def test_geojson_has_one_layer(tmp_path: Path) -> None:
    path = put(tmp_path, collection(feature(point(1, 2), {"a": 1})))
    assert layers(path) == ["list"]
    assert len(read(path, layer="list").cells) == 1
    with pytest.raises(InvalidValue, match="it has list"):
        read(path, layer="x")


@pytest.mark.parametrize("numbers", ["NaN, 1", "1, Infinity", "1, -Infinity", "1, -1e999"])
def test_infinite_and_missing_numbers_are_no_place(tmp_path: Path, numbers: str) -> None:
    text = (
        f'{{"type": "Feature", "properties": {{"a": 1}}, "geometry": {{"type": "Point", "coordinates": [{numbers}]}}}}'
    )
    table = read(put(tmp_path, text))
    assert table.geometry is not None
    assert table.geometry.tolist() == [shapely.Point()]
    assert "is not finite" in told(table)


def test_a_broken_place_is_told_apart_from_none(tmp_path: Path) -> None:
    shapes = [None, {"type": "Point", "coordinates": ["113.6", "34.7"]}, point(1, 2)]
    table = read(put(tmp_path, collection(*(feature(shape, {"a": 1}) for shape in shapes), {"type": "Feature"}, 5)))
    assert table.geometry is not None
    assert table.geometry.tolist() == [None, shapely.Point(), shapely.Point(1, 2), shapely.Point(), shapely.Point()]
    assert "could not be read in full: 3, with the numbers 2, 4, 5 (feature 2:" in told(table)


def test_at_most_ten_features_are_named(tmp_path: Path) -> None:
    bad = feature({"type": "Point", "coordinates": [1]}, {"a": 1})
    told_of_ten = told(read(put(tmp_path, collection(feature(point(1, 2), {}), *[bad] * 10))))
    assert "full: 10, with the numbers 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 (feature 2:" in told_of_ten
    told_of_more = told(read(put(tmp_path, collection(*[bad] * 12))))
    assert "full: 12, with the numbers 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 … (feature 1:" in told_of_more


def test_a_file_of_which_nothing_can_be_read_is_refused(tmp_path: Path) -> None:
    bad = feature({"type": "Point", "coordinates": [1]})
    with pytest.raises(UnusableInput, match=r"Nothing in list\.geojson can be read; feature 2"):
        read(put(tmp_path, collection(feature(None), bad, bad)))
    empty = feature({"type": "Point", "coordinates": []})
    assert len(read(put(tmp_path, collection(empty, bad))).cells) == 2


def test_a_rejected_row_stays_broken_when_it_is_written_and_read_again(tmp_path: Path) -> None:
    table = read(put(tmp_path, collection(feature({"type": "Point", "coordinates": ["x", 1]}, {"名称": "甲"}))))
    write(geopandas.GeoDataFrame(table.cells, geometry=table.geometry, crs=table.crs), tmp_path / "again.geojson")
    again = read(tmp_path / "again.geojson")
    assert again.geometry is not None
    assert (again.geometry.tolist(), again.cells["名称"].tolist()) == ([shapely.Point()], ["甲"])


positions = st.lists(st.one_of(st.floats(), st.integers(), st.text(max_size=2), st.none()), max_size=4)
nested = st.recursive(positions, lambda inner: st.lists(inner, max_size=4), max_leaves=10)
kinds = st.sampled_from(
    ["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "point", "X"]
)
shapes = st.recursive(
    st.fixed_dictionaries({"type": kinds, "coordinates": nested}),
    lambda inner: st.fixed_dictionaries(
        {"type": st.just("GeometryCollection"), "geometries": st.lists(inner, max_size=3)}
    ),
    max_leaves=4,
)


@given(st.lists(st.one_of(shapes, st.none(), st.integers()), max_size=4))
def test_any_coordinates_are_read_or_told(tmp_path_factory: pytest.TempPathFactory, given_shapes: list[object]) -> None:
    items = [feature(shape, {"number": number}) for number, shape in enumerate(given_shapes)]
    path = put(tmp_path_factory.getbasetemp(), json.dumps(collection(*items)), "any.geojson")
    table = read(path)
    assert table.geometry is not None
    assert len(table.geometry) == len(table.cells) == len(items)
    assert [found is None for found in table.geometry] == [shape is None for shape in given_shapes]
    assert all("could not be read" in told(table) for shape in given_shapes if isinstance(shape, int))


@pytest.mark.parametrize(
    "content", ["null", "5", '{"type": "FeatureCollection"}', '{"type": "Topology"}', '{"features": {}}']
)
def test_what_is_no_geojson_is_told(tmp_path: Path, content: str) -> None:
    with pytest.raises(UnusableInput):
        read(put(tmp_path, content))


@pytest.mark.real
def test_the_good_files_are_all_read(real_data: Path) -> None:
    paths = sorted((real_data / "geojsonhint" / "good").glob("*.geojson"))
    assert len(paths) == 18
    for path in paths:
        table = read(path)
        assert len(table.cells) >= 1
        assert "could not be read" not in told(table), path.name


@pytest.mark.real
def test_the_bad_files_are_read_or_told(real_data: Path) -> None:
    paths = sorted((real_data / "geojsonhint" / "bad").glob("*.geojson"))
    assert len(paths) == 44
    refused = set()
    for path in paths:
        try:
            table = read(path)
        except UnusableInput as error:
            refused.add(path.stem)
            assert path.name in str(error)  # noqa: PT017  which of the files is refused is the question
        else:
            assert table.geometry is not None
    stylistic = {
        *("bad-polygon-interiorring-rhr", "polygon_winding_order", "different-first-last", "different-first-size"),
        *("bbox-4or6elements", "bbox-contains-string", "bbox-string", "excessive_precision_truncated"),
        *("feature_changed_semantics", "featurecollection_changed_semantics", "geometry_changed_semantics"),
        *("geometrycollection_nested", "geometrycollection_single", "featurecollection-type-case", "nofeaturetype"),
        *("badfeatureid", "point-toomany", "short-linearring"),
        *(
            "stringcoord",
            "multiple_problems",
            "bad-polygonloop",
        ),  # one feature of several, or its properties, can be read
    }
    assert {path.stem for path in paths} - refused == stylistic


@pytest.mark.real
def test_boundaries_of_china_are_read(real_data: Path) -> None:
    path = next((real_data / "china_admin_datav").rglob("310000.json"))
    table = read(path)
    assert {"adcode", "name", "level", "parent"} <= set(table.columns)
    assert table.geometry is not None
    assert all(shape.geom_type == "MultiPolygon" for shape in table.geometry)


KML = """<?xml version="1.0" encoding="{encoding}"?>
<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document><name>图</name>
<Folder><name>金水区</name><Folder><name>花园路</name>
<Placemark id="p1"><name> 甲驿站 </name><description><![CDATA[<b>热水</b>]]></description>
<ExtendedData><Data name="地址"><displayName>x</displayName><value>花园路1号</value></Data>
<SchemaData schemaUrl="#s"><SimpleData name="座位">12</SimpleData></SchemaData><Data name="name"><value>又名</value></Data>
</ExtendedData><Point><coordinates>
 113.6, 34.7,100 </coordinates></Point></Placemark></Folder></Folder>
<Placemark><name>区</name><MultiGeometry><Polygon><outerBoundaryIs><LinearRing><coordinates>
0,0 4,0 4,4 0,0</coordinates></LinearRing></outerBoundaryIs><innerBoundaryIs><LinearRing><coordinates>1,.5 2,.5 2,1 1,.5
</coordinates></LinearRing></innerBoundaryIs></Polygon></MultiGeometry></Placemark>
<Placemark><name>线</name><LineString><coordinates>0,0,1 1,1,2</coordinates></LineString></Placemark>
<Placemark><name>迹</name><gx:Track><gx:coord>113 34 5</gx:coord><gx:coord>114 35 6</gx:coord></gx:Track></Placemark>
<Placemark><name>坏</name><Point><coordinates>abc</coordinates></Point></Placemark>
<Placemark><name>无</name></Placemark></Document></kml>"""


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
def test_placemarks_become_rows(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "places.kml"
    path.write_bytes(KML.format(encoding=encoding).encode(encoding))
    table = read(path)
    assert table.columns == ("name", "description", "地址", "座位", "name (2)", "folder", "id")
    assert table.cells.to_numpy().tolist()[0] == [
        *("甲驿站", "<b>热水</b>", "花园路1号", "12", "又名", "金水区/花园路", "p1")
    ]
    assert table.geometry is not None
    assert [None if shape is None else shape.wkt for shape in table.geometry] == [
        "POINT Z (113.6 34.7 100)",
        "MULTIPOLYGON (((0 0, 4 0, 4 4, 0 0), (1 0.5, 2 0.5, 2 1, 1 0.5)))",
        "LINESTRING Z (0 0 1, 1 1 2)",
        "LINESTRING Z (113 34 5, 114 35 6)",
        "POINT EMPTY",
        None,
    ]
    assert (table.crs, table.row_numbers.tolist()) == ("EPSG:4326", [1, 2, 3, 4, 5, 6])
    assert "cannot be read: 1, with the numbers 5 (placemark 5: abc" in told(table)
    assert layers(path) == ["places"]


def test_a_kmz_is_unpacked_and_its_pictures_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "places.kmz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("files/icon.png", b"\x89PNG")
        archive.writestr("other.kml", "<kml/>")
        archive.writestr("doc.kml", KML.format(encoding="UTF-8"))
    table = read(path)
    assert (table.source, len(table.cells), table.crs) == ("places.kmz", 6, "EPSG:4326")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<kml><Document/></kml>", "has no placemark"),
        ("<kml><NetworkLink><Link><href>http://x</href></Link></NetworkLink></kml>", "only links to places elsewhere"),
        ("<kml><Placemark>", "not well-formed"),
        ('<!DOCTYPE kml [<!ENTITY a "b">]><kml><Placemark><name>&a;</name></Placemark></kml>', "defines entities"),
    ],
)
def test_bad_kml_is_told(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UnusableInput, match=message):
        read(put(tmp_path, text, "a.kml"))


@pytest.mark.parametrize(
    ("geometry", "wkt"),
    [
        ("<MultiGeometry>{p}{p}</MultiGeometry>", "MULTIPOINT ((1 2), (1 2))"),
        ("<MultiGeometry>{l}{l}</MultiGeometry>", "MULTILINESTRING ((1 2, 3 4), (1 2, 3 4))"),
        ("<MultiGeometry>{p}{l}</MultiGeometry>", "GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (1 2, 3 4))"),
        ("<MultiGeometry/>", "GEOMETRYCOLLECTION EMPTY"),
        ("<Model><Location><longitude>1</longitude><latitude>2</latitude></Location></Model>", "POINT (1 2)"),
        ("<Track><coord>1 2 3</coord></Track>", "POINT Z (1 2 3)"),
        ("<LinearRing><coordinates>0,0 1,0 1,1 0,0</coordinates></LinearRing>", "LINESTRING (0 0, 1 0, 1 1, 0 0)"),
        ("<LineString><coordinates>0,0,1 1,1</coordinates></LineString>", "LINESTRING (0 0, 1 1)"),
        ("<Polygon/>", "POINT EMPTY"),
        ("<Point/>", "POINT EMPTY"),
        ("<Point><coordinates>1</coordinates></Point>", "POINT EMPTY"),
        ("<LineString><coordinates>1,2</coordinates></LineString>", "POINT EMPTY"),
        ("", None),
    ],
)
def test_every_kind_of_kml_geometry(tmp_path: Path, geometry: str, wkt: str | None) -> None:
    shape = geometry.format(
        p="<Point><coordinates>1,2</coordinates></Point>",
        l="<LineString><coordinates>1,2 3,4</coordinates></LineString>",
    )
    table = read(put(tmp_path, f"<kml><Placemark><name>x</name>{shape}</Placemark></kml>", "a.kml"))
    assert table.geometry is not None
    found = table.geometry[0]
    assert (None if found is None else shapely.to_wkt(found, trim=True)) == wkt
    assert bool(table.notes) == (wkt == "POINT EMPTY")


def test_links_beside_placemarks_are_told(tmp_path: Path) -> None:
    text = "<kml><Document><NetworkLink/><Placemark><name>x</name></Placemark></Document></kml>"
    assert "not followed: 1" in told(read(put(tmp_path, text, "a.kml")))


def test_kml_has_one_layer(tmp_path: Path) -> None:
    path = put(tmp_path, "<kml><Placemark><name>甲</name></Placemark></kml>", "a.kml")
    assert len(read(path, layer="a").cells) == 1
    with pytest.raises(InvalidValue, match="it has a"):
        read(path, layer="b")


@given(st.text(st.sampled_from("0123456789., \n-eE+abc"), max_size=30))
def test_any_kml_coordinates_are_read_or_told(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    for kind in ("Point", "LineString"):
        content = f"<kml><Placemark><name>x</name><{kind}><coordinates>{text}</coordinates></{kind}></Placemark></kml>"
        with suppress(UnusableInput):
            table = read(put(tmp_path_factory.getbasetemp(), content, "any.kml"))
            assert table.geometry is not None
            assert table.geometry[0] is not None
            assert table.geometry[0].is_empty == bool(table.notes)
