"""Clusters: known answers, and laws held against a plain loop over cells of Web Mercator."""

import json
import math
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.errors import InvalidValue
from stationmap.finder.clusters import MOST, SINGLE_FROM_ZOOM, Clusters, Gathered, Window, feature_collection
from stationmap.finder.snapshot import Snapshot
from stationmap.hours.calendar import china
from stationmap.web.app import Settings, create_app
from tests.browser import town
from tests.finder_tables import tables

WORLD = (-180.0, -90.0, 180.0, 90.0)
NOON = datetime(2026, 10, 9, 4, 0, tzinfo=UTC)


def cell_of(lon: float, lat: float, cells: int) -> tuple[int, int]:
    """Return the cell of a place, by the formula of every tile server."""
    lon = -180.0 if lon == 180.0 else lon
    y = 0.5 - math.asinh(math.tan(math.radians(max(-89.9, min(89.9, lat))))) / (2 * math.pi)
    return min(int((lon + 180) / 360 * cells), cells - 1), min(max(int(y * cells), 0), cells - 1)


def told(gathered: Gathered) -> list[tuple[int, int]]:
    return list(zip(gathered.count.tolist(), gathered.position.tolist(), strict=True))


def test_near_stations_are_one_cluster_and_a_lonely_one_is_itself() -> None:
    clusters = Clusters([113.0, 113.0002, 121.0], [34.0, 34.0004, 31.0])
    gathered = clusters.gather(Window(110, 30, 125, 40, 8))
    assert told(gathered) == [(2, -1), (1, 2)]
    assert gathered.lon == pytest.approx([113.0001, 121.0])
    assert gathered.lat == pytest.approx([34.0002, 31.0])
    assert gathered.extent[0].tolist() == [113.0, 34.0, 113.0002, 34.0004]


def test_from_zoom_17_on_every_station_is_single_also_where_two_share_a_place() -> None:
    clusters = Clusters([113.0, 113.0, 113.0], [34.0, 34.0, 34.001])
    window = (112.9, 33.9, 113.1, 34.1)
    assert told(clusters.gather(Window(*window, SINGLE_FROM_ZOOM - 1))) == [(1, 2), (2, -1)]
    assert told(clusters.gather(Window(*window, SINGLE_FROM_ZOOM))) == [(1, 2), (1, 0), (1, 1)]


def test_only_wanted_stations_count() -> None:
    clusters = Clusters([113.0, 113.0002, 121.0], [34.0, 34.0004, 31.0])
    gathered = clusters.gather(Window(*WORLD, 8), wanted=np.array([False, True, False]))
    assert told(gathered) == [(1, 1)]


def test_a_window_across_the_antimeridian_and_the_poles() -> None:
    clusters = Clusters([179.9, -179.9, 180.0, 0.0, 0.0], [0.0, 0.0, 10.0, 90.0, -90.0])
    across = clusters.gather(Window(179.0, -5.0, -179.0, 5.0, 6))
    assert sorted(across.position.tolist()) == [0, 1]
    assert clusters.gather(Window(-180.0, 5.0, -179.0, 15.0, 6)).position.tolist() == [2]
    assert clusters.gather(Window(-5.0, 80.0, 5.0, 90.0, 6)).position.tolist() == [3]
    assert clusters.gather(Window(*WORLD, 6)).count.sum() == 5


def test_no_station_no_object() -> None:
    assert len(Clusters([], []).gather(Window(*WORLD, 3))) == 0
    assert len(Clusters([1.0], [1.0]).gather(Window(50, 50, 51, 51, 9))) == 0


@pytest.mark.parametrize(
    "window",
    [
        Window(float("nan"), 0, 1, 1, 3),
        Window(0, 2, 1, 1, 3),
        Window(0, 0, 181, 1, 3),
        Window(0, 0, 1, 1, -1),
        Window(0, 0, 1, 1, 23),
    ],
)
def test_a_window_that_is_none_is_refused(window: Window) -> None:
    with pytest.raises(InvalidValue):
        Clusters([1.0], [1.0]).gather(window)


def test_where_there_would_be_too_many_the_cells_are_coarser_and_nothing_is_lost() -> None:
    random = np.random.default_rng(3)
    clusters = Clusters(random.uniform(73, 135, 50_000), random.uniform(18, 53, 50_000))
    for zoom in (5, 10, 17, 22):
        gathered = clusters.gather(Window(*WORLD, zoom))
        assert MOST / 8 < len(gathered) <= MOST
        assert gathered.count.sum() == 50_000


places = st.lists(
    st.tuples(
        st.one_of(st.floats(-180, 180), st.sampled_from([-180.0, 180.0, 0.0, 113.5])),
        st.one_of(st.floats(-90, 90), st.sampled_from([-90.0, 90.0, 0.0, 34.5])),
    ),
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(places, st.floats(-180, 180), st.floats(-180, 180), st.floats(-84, 84), st.floats(-84, 84), st.integers(0, 16))
def test_counts_are_those_of_a_plain_loop(
    stations: list[tuple[float, float]], west: float, east: float, south: float, north: float, zoom: int
) -> None:
    south, north = sorted((south, north))
    lon, lat = [p[0] for p in stations], [p[1] for p in stations]
    gathered = Clusters(lon, lat).gather(Window(west, south, east, north, zoom))
    cells = 1 << (zoom + 2)
    by_cell: dict[tuple[int, int], list[int]] = defaultdict(list)
    for row, place in enumerate(stations):
        by_cell[cell_of(*place, cells)].append(row)
    found = {cell_of(x, y, cells) for x, y in zip(gathered.lon, gathered.lat, strict=True)}
    assert len(found) == len(gathered)  # a cluster lies in its cell, and there is one a cell
    edge = 1e-6 * cells
    for (column, row), members in by_cell.items():
        x0, x1 = column / cells * 360 - 180, (column + 1) / cells * 360 - 180
        inside_x = any(x1 - edge > a and x0 + edge < b for a, b in spans_of(west, east))
        top, bottom = cell_y(north, cells), cell_y(south, cells)
        if inside_x and top + edge < row + 1 and bottom - edge > row:
            at = [i for i in range(len(gathered)) if cell_of(gathered.lon[i], gathered.lat[i], cells) == (column, row)]
            assert [gathered.count[i] for i in at] == [len(members)]
            if len(members) == 1:
                assert gathered.position[at[0]] == members[0]


def spans_of(west: float, east: float) -> list[tuple[float, float]]:
    return [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]


def cell_y(lat: float, cells: int) -> float:
    return (0.5 - math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)) * cells


def test_clusters_stay_while_the_map_is_moved() -> None:
    random = np.random.default_rng(5)
    clusters = Clusters(113.6 + random.normal(0, 0.1, 20_000), 34.7 + random.normal(0, 0.1, 20_000))
    seen: dict[tuple[int, int], tuple[int, float, float]] = {}
    for step in range(40):
        west = 113.4 + step * 0.0037
        gathered = clusters.gather(Window(west, 34.6, west + 0.2, 34.8, 13))
        for lon, lat, count in zip(gathered.lon, gathered.lat, gathered.count, strict=True):
            cell = cell_of(lon, lat, gathered.cells)
            assert seen.setdefault(cell, (count, lon, lat)) == (count, lon, lat)
    assert len(seen) > 300


def test_farther_in_every_cluster_is_made_of_the_same_stations() -> None:
    random = np.random.default_rng(6)
    clusters = Clusters(113.6 + random.normal(0, 0.1, 5_000), 34.7 + random.normal(0, 0.1, 5_000))
    by_zoom = [clusters.gather(Window(*WORLD, zoom)) for zoom in range(4, 12)]
    for outer, inner in pairwise(by_zoom):
        assert outer.count.sum() == inner.count.sum() == 5_000
        assert len(outer) <= len(inner)


def test_geojson_tells_state_name_and_kinds_of_single_stations() -> None:
    stations = [
        {"lon": 113.0, "lat": 34.0, "hours_osm": "24/7", "kinds": "rest_station|book_corner"},
        {"lon": 114.0, "lat": 34.0, "hours_osm": "Mo-Su 20:00-22:00"},
        {"lon": 115.0, "lat": 34.0},
        {"lon": 120.0, "lat": 34.0, "hours_osm": "24/7"},
        {"lon": 120.0, "lat": 34.0001, "hours_osm": "24/7"},
    ]
    snapshot = Snapshot.build(tables(stations, revision=7), china())
    gathered = Clusters(snapshot.stations["lon"], snapshot.stations["lat"]).gather(Window(*WORLD, 8))
    body = json.loads(json.dumps(feature_collection(snapshot, gathered, NOON)))
    told = (body["type"], body["revision"], body["stations"], body["cells"])
    assert told == ("FeatureCollection", 7, 5, 1024)
    by_id = {feature["id"]: feature["properties"] for feature in body["features"] if "id" in feature}
    assert by_id["s0"] == {"id": "s0", "name": "站0", "state": "open", "kinds": ["rest_station", "book_corner"]}
    assert [by_id[f"s{i}"]["state"] for i in range(3)] == ["open", "closed", "unknown"]
    (cluster,) = [feature for feature in body["features"] if "id" not in feature]
    assert cluster["properties"] == {"count": 2}
    assert cluster["bbox"] == [120.0, 34.0, 120.0, 34.0001]
    assert cluster["geometry"]["coordinates"] == [120.0, 34.00005]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    ledger = town.build(tmp_path_factory.mktemp("clusters") / "town.sqlite")
    app = create_app(Settings(database=ledger, clock=lambda: town.NOON))
    yield app.test_client()
    app.extensions["live"].close()


def test_the_api_answers_by_window_zoom_and_filters(client: FlaskClient) -> None:
    around = "bbox=102.2,40.2,102.4,40.4"
    assert client.get(f"/api/v1/clusters?{around}&zoom=5").json["features"][0]["properties"] == {"count": 8}
    near = client.get(f"/api/v1/clusters?{around}&zoom=17").json
    states = {feature["id"]: feature["properties"]["state"] for feature in near["features"]}
    assert states == {
        "dawn": "closed", "centre": "open", "books": "open", "unsure": "unknown", "afternoon": "closed",
        "drivers": "open", "inferred": "unknown", "hostile": "open",
    }  # fmt: skip
    toilets = client.get(f"/api/v1/clusters?{around}&zoom=17&need=toilet&kind=rest_station").json
    assert {feature["id"] for feature in toilets["features"]} == {"dawn", "unsure"}


def test_an_answer_may_be_kept_and_is_not_sent_twice(client: FlaskClient) -> None:
    address = "/api/v1/clusters?bbox=102.2,40.2,102.4,40.4&zoom=9"
    first = client.get(address)
    assert first.headers["Cache-Control"] == "public, max-age=60"
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("zoom=3", "bbox 是"),
        ("bbox=1,2,3&zoom=3", "四个用逗号隔开的数"),
        ("bbox=1,2,3,x&zoom=3", "四个用逗号隔开的数"),
        ("bbox=0,9,1,2&zoom=3", "北"),
        ("bbox=0,0,1,1", "zoom"),
        ("bbox=0,0,1,1&zoom=99", "zoom"),
        ("bbox=0,0,1,1&zoom=3&need=gold", "gold"),
        ("bbox=0,0,1,1&zoom=3&colour=red", "colour"),
        ("bbox=0,0,200,1&zoom=3", "200"),
    ],
)
def test_what_cannot_be_is_told(client: FlaskClient, query: str, said: str) -> None:
    response = client.get(f"/api/v1/clusters?{query}")
    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"
    assert said in response.json["detail"]
