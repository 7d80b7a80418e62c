"""Demand out of tables and layers: a town to check by hand, everything wrong at once, datums, real input."""

from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPoint, Point, Polygon, box

from stationmap.catalogue import tell
from stationmap.errors import InvalidValue, RefusedImport, UnusableInput
from stationmap.files.read import read as read_file
from stationmap.geo.areas import Area, AreaTree, areas_from_features
from stationmap.geo.datum import convert
from stationmap.planning.demand.demand import ONE
from stationmap.planning.demand.intake import Intake
from stationmap.planning.demand.numbers import Read, number, numbers
from stationmap.planning.demand.read import read

SAMPLE = Path(__file__).parents[1] / "data"
HEAD = "id,lon,lat,people,couriers\n"


def put(folder: Path, text: str, name: str = "d.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def said(intake: Intake) -> str:
    return "\n".join(map(str, intake.notes))


def town() -> AreaTree:
    """Return two quarters of 0.1 degrees side by side in Zhengzhou, in WGS 84."""
    west, east = box(113.6, 34.7, 113.7, 34.8), box(113.7, 34.7, 113.8, 34.8)
    return AreaTree([Area("410101", "西区", "district", "", west), Area("410102", "东区", "district", "", east)])


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (12, 12.0),
        (12.5, 12.5),
        ("12", 12.0),
        (" 1 234 ", 1234.0),
        ("1\u00a0234\u00a0567", 1234567.0),
        ("1,234.5", 1234.5),
        ("1，234", 1234.0),
        ("１２３", 123.0),
        ("1'234'567", 1234567.0),
        ("1e3", 1000.0),
        ("−5", -5.0),
        ("+7", 7.0),
        (".5", 0.5),
        (None, Read.MISSING),
        (float("nan"), Read.MISSING),
        ("null", Read.MISSING),
        ("NA", Read.MISSING),
        ("-", Read.MISSING),
        ("", Read.MISSING),
        ("　", Read.MISSING),
        ("1,5", Read.NO_NUMBER),
        ("1,23,456", Read.NO_NUMBER),
        ("1,234 567", Read.NO_NUMBER),
        ("3万", Read.NO_NUMBER),
        ("12人", Read.NO_NUMBER),
        ("1_000", Read.NO_NUMBER),
        ("12%", Read.NO_NUMBER),
        ("inf", Read.NO_NUMBER),
        ("1e999", Read.NO_NUMBER),
        (float("inf"), Read.NO_NUMBER),
        (True, Read.NO_NUMBER),
        (pd.Timestamp("2026-01-01"), Read.NO_NUMBER),
        ("无", Read.NO_NUMBER),
    ],
)
def test_numbers_as_people_write_them(cell: object, value: object) -> None:
    assert number(cell) == value
    alone = numbers([cell, "x"])
    assert alone.read.tolist() == [value if isinstance(value, Read) else Read.NUMBER, Read.NO_NUMBER]


def test_true_and_one_are_no_same_cell() -> None:
    assert numbers([1, True, "1", 1.0]).read.tolist() == [Read.NUMBER, Read.NO_NUMBER, Read.NUMBER, Read.NUMBER]


@given(st.lists(st.one_of(st.none(), st.integers(-(10**9), 10**9), st.floats(allow_nan=False, width=32)), max_size=30))
@settings(deadline=None)
def test_a_column_is_read_cell_by_cell(cells: list[object]) -> None:
    found = numbers(cells)
    for cell, value, state in zip(cells, found.value.tolist(), found.read.tolist(), strict=True):
        one = number(cell)
        assert one == (value if state == Read.NUMBER else state)


@given(st.integers(0, 10**15), st.sampled_from([",", " ", "'"]))
@settings(deadline=None)
def test_grouped_digits_are_the_number(whole: int, mark: str) -> None:
    assert number(f"{whole:,}".replace(",", mark)) == float(whole)


def test_every_row_counts_one_without_weights(tmp_path: Path) -> None:
    intake = read(put(tmp_path, "lon,lat\n113.61,34.71\n113.62,34.72\n"), datum="wgs84")
    assert intake.totals == {ONE: 2.0}
    assert intake.demand.ids.tolist() == ["2", "3"]  # row numbers of the file
    assert intake.demand.cells is None
    assert not intake.rejected


def test_totals_weights_and_areas_by_hand(tmp_path: Path) -> None:
    text = HEAD + "a,113.61,34.71,10,1\nb,113.71,34.71,20,2\nc,113.70,34.75,30,3\nd,113.9,34.71,40,4\n"
    intake = read(put(tmp_path, text), datum="wgs84", weights=["people", "couriers"], areas=town())
    assert intake.totals == {"people": 100.0, "couriers": 10.0}
    # c lies on the boundary of both: of equals the lowest code
    assert intake.demand.adcode.tolist() == ["410101", "410102", "410101", ""]
    assert "1 rows lie in no area that is loaded; they count, but in no area: people 40, couriers 4." in said(intake)


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    rows = [
        "a,113.61,34.71,10,1",
        "b,113.61,,-5,x",  # three faults
        "c,113.62,34.72,null,1",
        "d,113.63,34.73,1 234,1",
        "a,113.64,34.74,7,1",  # an id again
        "f,0,0,8,1",
        "g,113.65,94,9,1",
        ",113.66,34.76,6,1",
    ]
    intake = read(put(tmp_path, HEAD + "\n".join(rows)), datum="wgs84", weights=["people", "couriers"])
    assert intake.demand.ids.tolist() == ["a", "d"]
    assert intake.totals == {"people": 1244.0, "couriers": 2.0}
    assert intake.rows == 8
    assert intake.rejected_rows == 6
    assert [(fault.row, fault.column, fault.value) for fault in intake.rejected] == [
        (3, "people", "-5"),
        (3, "couriers", "x"),
        (3, "lat", ""),
        (4, "people", "null"),
        (6, "id", "a"),
        (7, "lon, lat", "0, 0"),
        (8, "lon, lat", "113.65, 94"),
        (9, "id", ""),
    ]
    assert intake.lost == {"people": 7.0 + 8.0 + 9.0 + 6.0, "couriers": 5.0}
    assert "6 rows do not count; each is listed with what is wrong." in said(intake)
    assert "people: 1 numbers stand as text" in said(intake)
    for fault in intake.rejected:
        assert tell(fault.reason, "zh") != str(fault.reason)
    assert "'-5' is less than 0" in str(intake.rejected[0].reason)


def test_missing_numbers_are_zero_only_when_the_user_says_so(tmp_path: Path) -> None:
    path = put(tmp_path, HEAD + "a,113.61,34.71,,1\nb,113.62,34.72,5,1\n")
    assert read(path, datum="wgs84", weights=["people"]).totals == {"people": 5.0}
    assert "--missing zero" in said(read(path, datum="wgs84", weights=["people"]))
    zero = read(path, datum="wgs84", weights=["people"], missing="zero")
    assert (len(zero.demand), zero.totals["people"], zero.rejected) == (2, 5.0, ())
    assert "people is missing in 1 rows; it was counted as 0, as you said." in said(zero)
    with pytest.raises(InvalidValue, match="not 'guess'"):
        read(path, datum="wgs84", weights=["people"], missing="guess")


def test_a_total_of_nothing_is_told(tmp_path: Path) -> None:
    intake = read(put(tmp_path, HEAD + "a,113.61,34.71,0,1\n"), datum="wgs84", weights=["people", "couriers"])
    assert "The total of people is 0: nobody is counted by it." in said(intake)


def test_repeated_places_count_and_are_told(tmp_path: Path) -> None:
    text = HEAD + "a,113.61,34.71,10,1\nb,113.61,34.71,10,1\nc,113.61,34.71,99,1\n"
    intake = read(put(tmp_path, text), datum="wgs84", weights=["people"])
    assert intake.totals == {"people": 119.0}
    assert "2 rows have exactly the coordinates of an earlier row (1 of them its numbers too)" in said(intake)
    assert "so much is counted twice: people 109." in said(intake)


def test_columns_that_are_not_there(tmp_path: Path) -> None:
    path = put(tmp_path, HEAD + "a,113.61,34.71,10,1\n")
    with pytest.raises(InvalidValue, match=r"d\.csv has no column 'jobs'; it has: id, lon, lat, people, couriers"):
        read(path, datum="wgs84", weights=["jobs"])
    with pytest.raises(InvalidValue, match="asked for twice"):
        read(path, datum="wgs84", weights=["people", "People"])
    with pytest.raises(InvalidValue, match="only 'lon' is named"):
        read(path, datum="wgs84", lon_column="lon")
    with pytest.raises(UnusableInput, match="says nowhere where its rows lie"):
        read(put(tmp_path, "id,people\na,1\n"), datum="wgs84")
    with pytest.raises(UnusableInput, match="has no rows"):
        read(put(tmp_path, HEAD), datum="wgs84")
    with pytest.raises(InvalidValue, match="None of the 1 rows"):
        read(put(tmp_path, HEAD + "a,113.61,34.71,-1,1\n"), datum="wgs84", weights=["people"])
    with pytest.raises(InvalidValue, match="holds no number"):
        read(put(tmp_path, HEAD + "a,113.61,34.71,,1\n"), datum="wgs84", weights=["people"])


@pytest.mark.parametrize("names", ["经度,纬度", "lng,lat", "Longitude,LATITUDE", "x,y", "lng_gcj02,lat_gcj02"])
def test_coordinates_by_their_usual_names(tmp_path: Path, names: str) -> None:
    intake = read(put(tmp_path, f"{names}\n113.61,34.71\n"), datum="wgs84")
    assert (intake.demand.lon.tolist(), intake.demand.lat.tolist()) == ([113.61], [34.71])


def test_columns_that_name_a_datum(tmp_path: Path) -> None:
    both = put(tmp_path, "lng_wgs84,lat_wgs84,lng_gcj02,lat_gcj02\n113.61,34.71,113.6161,34.7087\n")
    assert read(both, datum="wgs84").demand.lon[0] == 113.61
    lon, _ = convert(113.6161, 34.7087, source="gcj02", target="wgs84")
    assert read(both, datum="高德").demand.lon[0] == float(lon)
    assert "speak of" not in said(read(both, datum="gcj02"))
    one = put(tmp_path, "经度_高德,纬度_高德\n113.61,34.71\n", "one.csv")
    assert "The columns speak of gcj02, but wgs84 was taken" in said(read(one, datum="wgs84"))
    with pytest.raises(RefusedImport, match="The columns speak of gcj02; if that is right, state it"):
        read(one)


def test_metres_without_a_system_name_the_remedy(tmp_path: Path) -> None:
    x, y = convert([113.61, 113.62], [34.71, 34.72], source="wgs84", target="EPSG:4547")
    path = put(tmp_path, "x,y\n" + "".join(f"{a:.3f},{b:.3f}\n" for a, b in zip(x, y, strict=True)))
    for datum in (None, "wgs84", "gcj02"):
        with pytest.raises(InvalidValue, match=r"look like metres.*--demand-datum EPSG:4547"):
            read(path, datum=datum)
    intake = read(path, datum="EPSG:4547")
    assert np.allclose(intake.demand.lon, [113.61, 113.62], atol=1e-8)
    with pytest.raises(InvalidValue, match="look like degrees"):
        read(put(tmp_path, "lon,lat\n113.61,34.71\n"), datum="EPSG:4547")


def test_swapped_columns_are_asked_about(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="Are the columns lon, lat swapped"):
        read(put(tmp_path, "lon,lat\n34.71,113.61\n34.72,113.62\n"), datum="wgs84")


def test_a_datum_is_never_guessed(tmp_path: Path) -> None:
    with pytest.raises(RefusedImport, match=r"does not say in which datum.*--demand-datum gcj02"):
        read(put(tmp_path, "lon,lat\n113.61,34.71\n"))
    geojson = put(
        tmp_path,
        '{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[113.61,34.71]}}',
        "d.geojson",
    )
    with pytest.raises(RefusedImport, match="declares wgs84, but that is not enough"):
        read(geojson)
    abroad = put(tmp_path, geojson.read_text().replace("113.61,34.71", "-51.2,-30.0"), "poa.geojson")
    assert read(abroad).totals == {ONE: 1.0}


def cells_at_the_edge(datum: str) -> pd.DataFrame:
    """Return the middles of 40 x 40 cells of 250 m that fill the western quarter, written in a datum."""
    step = (np.arange(40) + 0.5) / 400.0
    lon, lat = (axis.ravel() for axis in np.meshgrid(113.6 + step, 34.7 + step))
    x, y = convert(lon, lat, source="wgs84", target=datum)
    return pd.DataFrame({"lon": x, "lat": y, "people": 1, "区县": "西区"})


@pytest.mark.parametrize("true", ["wgs84", "gcj02", "bd09"])
@pytest.mark.parametrize("stated", ["wgs84", "gcj02", "bd09"])
@pytest.mark.parametrize("named", [True, False])
def test_a_wrong_datum_is_told_with_both_shares(tmp_path: Path, true: str, stated: str, named: bool) -> None:
    frame = cells_at_the_edge(true)
    path = put(tmp_path, (frame if named else frame.drop(columns="区县")).to_csv(index=False))
    only = AreaTree([town().areas[0]])
    notes = said(read(path, datum=stated, weights=["people"], areas=only))
    assert ("Is the datum right?" in notes) == (true != stated)
    if true != stated:
        assert f"taken as {true}, 100.0% would" in notes
        assert f"{stated} " in notes


@pytest.mark.parametrize("true", ["wgs84", "gcj02", "bd09"])
def test_rows_that_name_their_area_prove_a_datum_and_others_do_not(tmp_path: Path, true: str) -> None:
    frame, areas = cells_at_the_edge(true), AreaTree([town().areas[0]])
    intake = read(put(tmp_path, frame.to_csv(index=False)), areas=areas)
    assert f"The datum {true} was proved." in said(intake)
    with pytest.raises(RefusedImport, match="inside the boundaries loaded"):
        read(put(tmp_path, frame.drop(columns="区县").to_csv(index=False)), areas=areas)


def test_demand_beyond_the_boundaries_is_no_evidence(tmp_path: Path) -> None:
    """Demand all around and inside a quarter: a shift takes as much out as it brings in."""
    lon, lat = (axis.ravel() for axis in np.meshgrid(np.linspace(113.5, 113.8, 60), np.linspace(34.6, 34.9, 60)))
    x, y = convert(lon, lat, source="wgs84", target="gcj02")
    path = put(tmp_path, pd.DataFrame({"lon": x, "lat": y}).to_csv(index=False))
    assert "Is the datum right?" not in said(read(path, datum="gcj02", areas=AreaTree([town().areas[0]])))


def layer(folder: Path, shapes: list[object], name: str, crs: object = 4326, **columns: object) -> Path:
    frame = geopandas.GeoDataFrame({"people": range(1, len(shapes) + 1), **columns}, geometry=shapes, crs=crs)
    path = folder / name
    if name.endswith(".parquet"):
        frame.to_parquet(path)
    else:
        frame.to_file(path, driver="GPKG" if name.endswith(".gpkg") else "GeoJSON")
    return path


@pytest.mark.parametrize("name", ["d.gpkg", "d.parquet"])
def test_a_declared_system_is_used(tmp_path: Path, name: str) -> None:
    points = geopandas.GeoSeries([Point(113.61, 34.71), Point(113.62, 34.72)], crs=4326).to_crs(4547)
    intake = read(layer(tmp_path, list(points), name, 4547), weights=["people"])
    assert np.allclose(intake.demand.lon, [113.61, 113.62], atol=1e-8)
    assert intake.totals == {"people": 3.0}
    assert "The datum EPSG:4547 was taken, as the file declares." in said(intake)


def test_a_declared_wgs84_is_refused_when_boundaries_speak_against_it(tmp_path: Path) -> None:
    frame = cells_at_the_edge("gcj02")
    points = [Point(*place) for place in zip(frame["lon"], frame["lat"], strict=True)]
    path = layer(tmp_path, points, "d.gpkg")
    assert "The datum wgs84 was taken" in said(read(path))
    with pytest.raises(RefusedImport, match="declares wgs84, but that is not enough"):
        read(path, areas=AreaTree([town().areas[0]]))
    stated = said(read(path, datum="gcj02", areas=AreaTree([town().areas[0]])))
    assert "The file declares wgs84, but gcj02 was stated and taken" in stated
    assert "Is the datum right?" not in stated


def test_polygons_are_cells_with_a_point_inside(tmp_path: Path) -> None:
    horseshoe = Polygon([(0, 0), (3, 0), (3, 3), (2, 3), (2, 1), (1, 1), (1, 3), (0, 3)])
    bow = Polygon([(10, 0), (12, 2), (12, 0), (10, 2)])
    path = layer(tmp_path, [box(20, 0, 22, 2), horseshoe, bow], "d.gpkg")
    demand = read(path, weights=["people"]).demand
    assert (demand.lon[0], demand.lat[0]) == (21.0, 1.0)
    assert demand.cells is not None
    for lon, lat, cell in zip(demand.lon, demand.lat, demand.cells, strict=True):
        assert cell.is_valid
        assert cell.intersects(Point(lon, lat))
    assert demand.cells[2].area == pytest.approx(2.0)


def test_layers_with_what_is_no_place(tmp_path: Path) -> None:
    line = LineString([(0, 0), (1, 1)])
    with pytest.raises(UnusableInput, match="no points or polygons but LineString"):
        read(layer(tmp_path, [line], "lines.gpkg"))
    shapes = [Point(1, 1), line, MultiPoint([(0, 1), (2, 2)]), None, Polygon([(5, 5), (6, 6), (5, 5)])]
    intake = read(layer(tmp_path, shapes, "mixed.parquet"), weights=["people"])
    assert intake.totals == {"people": 1.0}
    assert [(fault.row, str(fault.reason)) for fault in intake.rejected] == [
        (2, "A line is no place of demand; take points or polygons."),
        (3, "It has several points; give each a row of its own."),
        (4, "It has no place: its geometry is empty."),
        (5, "Its polygon encloses nothing."),
    ]


def test_duplicated_cells_are_told_with_their_people(tmp_path: Path) -> None:
    cell = box(1, 1, 2, 2)
    turned = Polygon([*cell.exterior.coords[1:], cell.exterior.coords[1]])
    intake = read(layer(tmp_path, [cell, turned, box(2, 1, 3, 2)], "d.gpkg"), weights=["people"])
    assert "1 rows have exactly the cell of an earlier row (0 of them its numbers too)" in said(intake)
    assert "so much is counted twice: people 2." in said(intake)


@given(order=st.permutations(range(6)))
@settings(deadline=None)
def test_the_order_of_rows_does_not_matter(order: list[int], tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = [f"{name},113.6{n},34.7{n},{2.5 * n},{n}" for n, name in enumerate("abcdef", start=1)]
    places = np.arange(1, 7) / 100.0
    lon, lat = convert(np.round(113.6 + places, 2), np.round(34.7 + places, 2), source="gcj02", target="wgs84")
    text = HEAD + "\n".join(rows[n] for n in order)
    intake = read(put(tmp_path_factory.mktemp("rows"), text), datum="gcj02", weights=["people"])
    assert intake.totals == {"people": 52.5}
    assert intake.demand.ids.tolist() == ["abcdef"[n] for n in order]
    assert intake.demand.lon.tolist() == lon[order].tolist()
    assert intake.demand.lat.tolist() == lat[order].tolist()


def test_the_sample_city() -> None:
    weights = ["population", "couriers", "sanitation", "drivers", "construction"]
    areas = AreaTree(areas_from_features(geopandas.read_file(SAMPLE / "areas.geojson"), datum="wgs84"))
    intake = read(SAMPLE / "demand.csv", weights=weights, areas=areas)
    plain = pd.read_csv(SAMPLE / "demand.csv")
    assert intake.totals == {name: float(plain[name].sum()) for name in weights}
    assert len(intake.demand) == len(plain)
    assert "The datum wgs84 was proved." in said(intake)
    assert "taken as wgs84, 100.0% would" in said(read(SAMPLE / "demand.csv", datum="gcj02", areas=areas))


@pytest.mark.real
def test_porto_alegre(real_data: Path) -> None:
    path = real_data / "osm_population_r5r" / "poa" / "poa_hexgrid.csv"
    intake = read(path, datum="wgs84", weights=["population"])
    assert (intake.totals, len(intake.demand), intake.rejected) == ({"population": 812_935.0}, 1227, ())
    both = read(path, datum="wgs84", weights=["population", "jobs"])  # five cells have no number of jobs
    assert (both.totals["jobs"], both.rejected_rows, both.lost["population"]) == (337_921.0, 5, 0.0)
    zero = read(path, datum="wgs84", weights=["population", "jobs"], missing="zero")
    assert (zero.totals, len(zero.demand)) == ({"population": 812_935.0, "jobs": 337_921.0}, 1227)


@pytest.mark.real
def test_places_of_shanghai_speak_for_their_datum(real_data: Path) -> None:
    files = sorted((real_data / "shanghai_amap_poi").rglob("*小学*.csv"))
    frame = geopandas.read_file(real_data / "china_admin_datav" / "province" / "310000.json")
    areas = AreaTree(areas_from_features(frame, datum="gcj02"))
    table = read_file(files[0])
    assert len(table.cells) > 500
    assert "The datum wgs84 was proved." in said(read(files[0], areas=areas))
    assert "Is the datum right?" not in said(read(files[0], datum="wgs84", areas=areas))
    for wrong in ("gcj02", "bd09"):
        assert "taken as wgs84" in said(read(files[0], datum=wrong, areas=areas))
