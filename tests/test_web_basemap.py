"""Our own base map: what it keeps of a large ledger, how it is sent, and what a page is told of it."""

import json
import time
from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from flask.testing import FlaskClient
from numpy.typing import NDArray

from stationmap.geo.areas import Area
from stationmap.web.app import Settings, create_app
from stationmap.web.basemap import MAX_VERTICES, Basemap, draw
from tests.browser import town

NOWHERE = pd.DataFrame({"lon": [], "lat": []}, dtype=float)
NO_STREETS = pd.DataFrame({"name": [], "geometry": []})


def at(*places: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame(places, columns=["lon", "lat"])


def zigzag(
    vertices: int, random: np.random.Generator, lon: float = 110, lat: float = 30, step: float = 0.001
) -> shapely.LineString:
    steps: NDArray[np.float64] = random.normal(0, step, (vertices, 2)).cumsum(axis=0)
    return shapely.LineString(steps + np.array([lon, lat]))


def streets_of(drawn: Basemap) -> dict[str, shapely.Geometry]:
    features = json.loads(drawn.streets.body)["features"]
    return {feature["properties"]["name"]: shapely.geometry.shape(feature["geometry"]) for feature in features}


def test_it_stays_small_however_large_the_ledger_and_is_soon_drawn() -> None:
    random = np.random.default_rng(1)
    streets = pd.DataFrame(
        {"name": [f"{i}路" for i in range(400)], "geometry": [zigzag(500, random) for _ in range(400)]}
    )
    ring = shapely.Point(110, 30).buffer(1, quad_segs=50_000)
    areas = [Area("99", "市", "city", "", ring), Area("9901", "无界区", "district", "99", None)]
    stations = pd.DataFrame({"lon": random.uniform(100, 120, 200_000), "lat": random.uniform(20, 40, 200_000)})
    begun = time.process_time()
    drawn = draw(areas, streets, stations)
    assert time.process_time() - begun < 6
    for asset in (drawn.areas, drawn.streets):
        frame = gpd.GeoDataFrame.from_features(json.loads(asset.body))
        assert 0 < shapely.get_num_coordinates(frame.geometry.to_numpy()).sum() <= MAX_VERTICES
        assert asset.gzipped is not None
        assert len(asset.gzipped) < 500_000
    assert [f["properties"]["name"] for f in json.loads(drawn.areas.body)["features"]] == ["市"]


def test_streets_near_stations_come_before_longer_ones_elsewhere() -> None:
    random = np.random.default_rng(2)
    far = [zigzag(1000, random, 100, 30, 0.01) for _ in range(150)]
    near = [zigzag(40, random, 113, 34) for _ in range(300)]
    names = [f"远{i}" for i in range(len(far))] + [f"近{i}" for i in range(len(near))]
    table = pd.DataFrame({"name": names, "geometry": [*far, *near]})
    close, nowhere = streets_of(draw([], table, at((113.0, 34.0)))), streets_of(draw([], table, NOWHERE))
    assert sum(name.startswith("近") for name in close) == 300
    assert sum(name.startswith("近") for name in nowhere) < 300
    assert sum(shapely.get_num_coordinates(list(close.values()))) <= MAX_VERTICES
    bends = shapely.hausdorff_distance(near[0], close["近0"])
    assert bends <= 0.0003  # 30 m: what is near is not drawn coarsely


def test_streets_of_one_name_are_one_feature_and_keep_their_place() -> None:
    lines = [shapely.LineString([(110, 30), (110, 30.01)]), shapely.LineString([(110, 30.01), (110, 30.02)])]
    drawn = draw([], pd.DataFrame({"name": ["中山路"] * 2, "geometry": lines}), NOWHERE)
    (street,) = json.loads(drawn.streets.body)["features"]
    assert street["properties"] == {"name": "中山路"}
    assert street["geometry"]["coordinates"] in ([[110, 30], [110, 30.02]], [[110, 30.02], [110, 30]])


def test_a_long_street_is_whole_again_after_it_was_cut_to_be_judged() -> None:
    line = zigzag(300, np.random.default_rng(3))
    (street,) = streets_of(draw([], pd.DataFrame({"name": ["长街"], "geometry": [line]}), at((110.0, 30.0)))).values()
    assert street.geom_type in ("LineString", "MultiLineString")
    assert shapely.hausdorff_distance(street, line) <= 0.0001
    assert street.length == pytest.approx(line.length, rel=0.01)


def test_streets_without_a_name_are_kept_after_named_ones_of_more_length() -> None:
    lines = [shapely.LineString([(110, 30 + i / 100), (110.001 + i / 1000, 30 + i / 100)]) for i in range(3)]
    kept = streets_of(draw([], pd.DataFrame({"name": ["", "", "街"], "geometry": lines}), NOWHERE))
    assert set(kept) == {"", "街"}


def test_names_of_areas_stand_inside_them_outer_areas_first() -> None:
    u = shapely.Polygon([(0, 0), (3, 0), (3, 3), (2, 3), (2, 1), (1, 1), (1, 3), (0, 3)])
    areas = [Area("9901", "区", "district", "99", u), Area("99", "市", "city", "", shapely.box(0, 0, 3, 3))]
    features = json.loads(draw(areas, NO_STREETS, NOWHERE).areas.body)["features"]
    assert [(f["properties"]["name"], f["properties"]["depth"]) for f in features] == [("市", 0), ("区", 1)]
    assert u.contains(shapely.Point(features[1]["properties"]["at"]))


def test_of_too_many_areas_those_with_stations_stay() -> None:
    random = np.random.default_rng(4)
    outer = Area("99", "省", "province", "", shapely.box(100, 20, 120, 40))
    rings = [shapely.Point(x, y).buffer(0.05) for x, y in random.uniform((100, 20), (120, 40), (3000, 2))]
    rough = [
        shapely.Polygon(shapely.get_coordinates(ring) + random.normal(0, 0.004, (len(ring.exterior.coords), 2)))
        for ring in rings
    ]
    inner = [Area(f"99{i:04}", f"区{i}", "district", "99", ring) for i, ring in enumerate(rough)]
    last = shapely.point_on_surface(rough[-1])
    names = [
        feature["properties"]["name"]
        for feature in json.loads(draw([outer, *inner], NO_STREETS, at((last.x, last.y))).areas.body)["features"]
    ]
    assert names[0] == "省"
    assert "区2999" in names


def test_a_ledger_with_nothing_has_an_empty_base_map() -> None:
    drawn = draw([], NO_STREETS, NOWHERE)
    assert json.loads(drawn.areas.body)["features"] == json.loads(drawn.streets.body)["features"] == []


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    ledger = town.build(tmp_path_factory.mktemp("basemap") / "town.sqlite")
    app = create_app(Settings(database=ledger, clock=lambda: town.NOON))
    yield app.test_client()
    app.extensions["live"].close()


def test_a_layer_may_be_kept_under_its_tag_only(client: FlaskClient) -> None:
    tag = client.get("/map/areas.json").headers["ETag"].strip('"')
    assert "immutable" in client.get(f"/map/areas.json?v={tag}").headers["Cache-Control"]
    assert client.get("/map/areas.json?v=old").headers["Cache-Control"] == "no-cache"
    assert client.get("/map/stations.json").status_code == 404
