"""The proof of a datum by the areas that rows name: known answers in a chequered town, laws, real lists."""

import csv
from pathlib import Path

import geopandas
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from shapely.geometry import box

from stationmap.geo.areas import Area, AreaTree, areas_from_features
from stationmap.geo.datum import convert
from stationmap.register.lists.evidence import SIGNIFICANCE, DatumEvidence, weigh

WEST, SOUTH, SIDE = 113.6, 34.7, 0.01


@pytest.fixture(scope="module")
def town() -> AreaTree:
    """Return a town of 10 x 10 quarters of about a kilometre, named by column and row."""
    return AreaTree(
        [
            Area(
                f"4101{column}{row}",
                f"{column}{row}街区",
                "district",
                "",
                box(WEST + column * SIDE, SOUTH + row * SIDE, WEST + (column + 1) * SIDE, SOUTH + (row + 1) * SIDE),
            )
            for column in range(10)
            for row in range(10)
        ]
    )


def places(count: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Return points in the town, WGS 84, and the quarter that each lies in."""
    random = np.random.default_rng(seed)
    column, row = random.uniform(0, 10, count), random.uniform(0, 10, count)
    names = [f"{int(c)}{int(r)}街区" for c, r in zip(column, row, strict=True)]
    return WEST + column * SIDE, SOUTH + row * SIDE, names


@pytest.mark.parametrize("datum", ["wgs84", "gcj02", "bd09", "bd09mc", "EPSG:3857", "EPSG:4526", "EPSG:4547"])
def test_the_datum_that_the_points_are_in_is_proved(town: AreaTree, datum: str) -> None:
    lon, lat, names = places(200)
    evidence = weigh(*convert(lon, lat, source="wgs84", target=datum), names, town)
    assert evidence.proved
    assert evidence.best == datum
    assert all(test.p < SIGNIFICANCE for test in evidence.comparisons)
    best = next(hypothesis for hypothesis in evidence.hypotheses if hypothesis.datum == datum)
    assert (best.inside, best.outside, best.share) == (200, 0, 1.0)


def test_too_few_points_prove_nothing_though_they_all_fit(town: AreaTree) -> None:
    lon, lat, names = places(10)
    evidence = weigh(lon, lat, names, town)
    assert evidence.best == "wgs84"
    assert not evidence.proved
    assert max(test.better for test in evidence.comparisons) <= 10


def test_p_is_that_of_the_exact_binomial_test(town: AreaTree) -> None:
    lon, lat, names = places(60)
    names[:9] = ["00街区"] * 9
    for test in weigh(lon, lat, names, town).comparisons:
        assert test.p == pytest.approx(binomtest(test.better, test.better + test.worse, 0.5).pvalue)


def test_rows_without_coordinates_or_a_known_area_say_nothing(town: AreaTree) -> None:
    lon, lat, names = places(200)
    more = [*names, "高新区", "某处", "", names[0]]
    nowhere = [*lon, WEST, WEST, WEST, np.nan], [*lat, SOUTH, SOUTH, SOUTH, SOUTH]
    assert weigh(np.array(nowhere[0]), np.array(nowhere[1]), more, town) == weigh(lon, lat, names, town)


def test_repeated_points_count_once(town: AreaTree) -> None:
    lon, lat, names = places(12)
    assert weigh(np.tile(lon, 50), np.tile(lat, 50), names * 50, town) == weigh(lon, lat, names, town)


@pytest.mark.parametrize("names", [["某处"] * 3, [""] * 3])
def test_nothing_speaks_where_no_area_is_known(town: AreaTree, names: list[str]) -> None:
    evidence = weigh(np.full(3, WEST), np.full(3, SOUTH), names, town)
    assert evidence == DatumEvidence((), (), "", proved=False)
    assert "nothing speaks" in str(evidence.told())


def test_no_points_at_all(town: AreaTree) -> None:
    assert not weigh(np.empty(0), np.empty(0), [], town).proved
    assert not weigh(np.array([np.nan]), np.array([np.nan]), ["00街区"], town).proved


def test_the_evidence_is_told_with_shares_and_p(town: AreaTree) -> None:
    lon, lat, names = places(10)
    told = str(weigh(lon, lat, names, town).told())
    assert "wgs84 10/10 (100.0%)" in told
    assert "wgs84 / gcj02" in told
    assert "p = " in told


@given(st.integers(0, 2**32 - 1), st.integers(1, 80))
@settings(max_examples=60, deadline=None)
def test_the_order_of_rows_does_not_matter(town: AreaTree, seed: int, count: int) -> None:
    lon, lat, names = places(count, seed)
    order = np.random.default_rng(seed).permutation(count)
    assert weigh(lon, lat, names, town) == weigh(lon[order], lat[order], [names[i] for i in order], town)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_random_names_prove_nothing(town: AreaTree, seed: int) -> None:
    lon, lat, names = places(60, seed)
    shuffled = np.random.default_rng(seed).permutation(names).tolist()
    assert not weigh(lon, lat, shuffled, town).proved


@pytest.fixture(scope="module")
def shanghai(real_data: Path) -> AreaTree:
    frame = geopandas.read_file(real_data / "china_admin_datav" / "province" / "310000.json")
    return AreaTree(areas_from_features(frame, datum="gcj02"))


@pytest.mark.real
def test_each_of_shanghais_lists_proves_wgs84(real_data: Path, shanghai: AreaTree) -> None:
    paths = sorted((real_data / "shanghai_amap_poi").glob("*.csv"))
    assert len(paths) == 11
    for path in paths:
        x, y, names = _columns(path, "lon", "lat", "adname")
        evidence = weigh(x, y, names, shanghai)
        assert (evidence.best, evidence.proved) == ("wgs84", True), path.name
        assert evidence.hypotheses[0].share >= 0.98


@pytest.mark.real
def test_shanghais_list_in_another_datum_proves_that_one(real_data: Path, shanghai: AreaTree) -> None:
    x, y, names = _columns(real_data / "shanghai_amap_poi" / "shanghai_hospital.csv", "lon", "lat", "adname")
    for datum in ("gcj02", "bd09", "bd09mc"):
        evidence = weigh(*convert(x, y, source="wgs84", target=datum), names, shanghai)
        assert (evidence.best, evidence.proved) == (datum, True)


@pytest.mark.real
def test_zhengzhous_82_rows_do_not_suffice(real_data: Path) -> None:
    frame = geopandas.read_file(real_data / "china_admin_datav" / "citys" / "410100.json")
    zhengzhou = AreaTree(areas_from_features(frame, datum="gcj02"))
    path = real_data / "zhengzhou_union_stations" / "stations_82_listed.csv"
    evidence = weigh(*_columns(path, "lng_gcj02", "lat_gcj02", "district"), zhengzhou)
    assert (evidence.best, evidence.proved) == ("gcj02", False)
    against_bd09 = next(test for test in evidence.comparisons if test.rival == "bd09")
    assert (against_bd09.better, against_bd09.worse) == (3, 0)
    assert against_bd09.p == pytest.approx(0.25)


def _columns(path: Path, lon: str, lat: str, area: str) -> tuple[np.ndarray, np.ndarray, list[str]]:
    with path.open(encoding="utf-8-sig") as source:
        rows = list(csv.DictReader(source))
    x = np.array([float(row[lon]) for row in rows])
    return x, np.array([float(row[lat]) for row in rows]), [row[area] for row in rows]
