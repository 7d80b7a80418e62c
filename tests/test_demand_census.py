"""Census tables joined by code: a made-up county by hand, laws of totals, the census of 2020 against what was published."""

from pathlib import Path

import geopandas
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box

from stationmap.errors import InvalidValue
from stationmap.files.read import read
from stationmap.geo.areas import Area, AreaTree, areas_from_features
from stationmap.planning.demand.census import Joined, against_published, join, told_differences
from stationmap.planning.demand.published import CENSUS_2020, CENSUS_2020_MILITARY, CENSUS_2020_NATION, PROVINCES


def county() -> AreaTree:
    """Return a city with three districts, and a district of another province that is known by name only."""
    return AreaTree(
        [
            Area("410100", "某市", "city", "410000", box(113, 34, 116, 35)),
            *(Area(f"41010{n}", f"{n}区", "district", "410100", box(112 + n, 34, 113 + n, 35)) for n in (1, 2, 3)),
            Area("420101", "无界区", "district", "420100", None),
        ]
    )


def joined(folder: Path, text: str, **options: object) -> Joined:
    path = folder / "census.csv"
    path.write_text(text, encoding="utf-8")
    return join(read(path), county(), weights=["people"], **options)


def test_every_side_is_listed_by_hand(tmp_path: Path) -> None:
    text = (
        'code,name,people\n410100,某市,600\n410101,1区,100\n410102,2区,"2,00"\n410101,1区,100\n'
        "410171,统计区,40\n420101,无界区,50\nabc,x,1\n410103,3区,300\n"
    )
    found = joined(tmp_path, text)
    assert found.demand.ids.tolist() == ["410101", "410103"]
    assert found.demand.weights["people"].tolist() == [100.0, 300.0]
    assert (found.demand.lon.tolist(), found.demand.lat.tolist()) == ([113.5, 115.5], [34.5, 34.5])
    assert [(one.row, one.code, one.name) for one in found.unmatched] == [
        (6, "410171", "统计区"),
        (7, "420101", "无界区"),
    ]
    assert [area.adcode for area in found.without_row] == ["410102"]
    assert [(fault.row, fault.column) for fault in found.rejected] == [
        (2, "code"),
        (4, "people"),
        (5, "code"),
        (8, "code"),
    ]
    assert "would count twice" in str(found.rejected[0].reason)
    assert (found.totals, found.matched, found.unplaced) == ({"people": 490.0}, {"people": 400.0}, {"people": 90.0})
    assert found.lost == {"people": 600.0 + 100.0 + 1.0}
    assert found.by_province == {"people": {"410000": 440.0, "420000": 50.0}}
    notes = "\n".join(map(str, found.notes))
    assert (
        "2 codes have no boundary among the areas loaded and lie nowhere: 410171 统计区, 420101 无界区; people 90."
        in notes
    )
    assert "1 areas have a boundary, but no row in the table: 410102 2区." in notes


def test_a_city_alone_is_no_sum_and_leaves_no_district_without_row(tmp_path: Path) -> None:
    found = joined(tmp_path, "adcode,people\n410100,600\n")
    assert found.demand.ids.tolist() == ["410100"]
    assert found.without_row == ()


def test_what_cannot_be_joined_says_why(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match=r"No code of census\.csv \(510101 …\) has a boundary among the 5 areas"):
        joined(tmp_path, "adcode,people\n510101,600\n")
    with pytest.raises(InvalidValue, match="no column of area codes; it has: 区, people"):
        joined(tmp_path, "区,people\n1区,600\n")
    with pytest.raises(InvalidValue, match="None of the 1 rows"):
        joined(tmp_path, "adcode,people\n410101,-3\n")
    with pytest.raises(InvalidValue, match="has no column 'gb2260'"):
        joined(tmp_path, "adcode,people\n410101,3\n", code_column="gb2260")


def test_missing_numbers_of_a_census(tmp_path: Path) -> None:
    text = "adcode,people\n410101,\n410102,5\n"
    assert joined(tmp_path, text).demand.ids.tolist() == ["410102"]
    assert joined(tmp_path, text, missing="zero").demand.weights["people"].tolist() == [0.0, 5.0]


@given(people=st.lists(st.integers(0, 10**7), min_size=3, max_size=3), order=st.permutations(range(3)))
@settings(deadline=None)
def test_totals_are_matched_and_unplaced_in_any_order(
    people: list[int], order: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = [f"{code},{count}" for code, count in zip(("410101", "410103", "420101"), people, strict=True)]
    found = joined(tmp_path_factory.mktemp("c"), "adcode,people\n" + "\n".join(rows[n] for n in order) + "\n")
    assert found.totals["people"] == sum(people)
    assert found.matched["people"] + found.unplaced["people"] == found.totals["people"]
    assert sum(found.by_province["people"].values()) == sum(people)


def test_published_totals_are_those_of_the_nation() -> None:
    assert len(CENSUS_2020) == 31
    assert PROVINCES.keys() == CENSUS_2020.keys()
    assert sum(CENSUS_2020.values()) + CENSUS_2020_MILITARY == CENSUS_2020_NATION


def test_differences_name_both_sides() -> None:
    found = against_published({"410000": 10.0, "420000": 5.0}, {"410000": 12.0, "430000": 7.0})
    assert [(one.code, one.found, one.published, one.by) for one in found] == [
        ("410000", 10.0, 12.0, -2.0),
        ("420000", 5.0, None, 5.0),
        ("430000", None, 7.0, -7.0),
    ]
    told = str(told_differences(found, 3))
    assert told == "3 of 3 totals differ from the published ones: 河南省 -2, 湖北省 +5, 湖南省 -7."
    assert str(told_differences([], 31)) == "All 31 totals agree with the published ones."


@pytest.mark.real
def test_the_census_of_2020_agrees_but_for_one_province(real_data: Path) -> None:
    table = read(real_data / "china_county_census2020" / "input" / "population.csv")
    folder = real_data / "china_admin_datav"
    frames = [
        geopandas.read_file(folder / f"{name}.json") for name in ("citys/410100", "province/420000", "citys/630100")
    ]
    areas = AreaTree([area for frame in frames for area in areas_from_features(frame, datum="gcj02")])
    found = join(table, areas, weights=["POPU"])
    differences = against_published(found.by_province["POPU"], CENSUS_2020)
    assert [(one.name, one.found, one.published, one.by) for one in differences] == [
        ("内蒙古自治区", 24_149_155.0, 24_049_155.0, 100_000.0)
    ]
    assert [(fault.row, fault.column) for fault in found.rejected] == [(1126, "POPU")]  # 金门县
    placed = dict(zip(found.demand.ids, found.demand.weights["POPU"], strict=True))
    assert placed["429005"] == 886_547  # 潜江, directly under its province
    assert found.matched["POPU"] + found.unplaced["POPU"] == found.totals["POPU"] == 1_409_878_724
    assert found.demand.cells is not None
    inside = [
        cell.intersects(Point(*at))
        for cell, *at in zip(found.demand.cells, found.demand.lon, found.demand.lat, strict=True)
    ]
    assert np.all(inside)


@pytest.mark.real
def test_statistical_zones_are_listed_not_guessed(real_data: Path) -> None:
    table = read(real_data / "china_county_census2020" / "input" / "population.csv")
    frame = geopandas.read_file(real_data / "china_admin_datav" / "citys" / "410100.json")
    found = join(table, AreaTree(areas_from_features(frame, datum="gcj02")), weights=["POPU"])
    zones = {one.code: one.name for one in found.unmatched if one.code.startswith("4101")}
    assert len(found.demand) == 12
    assert zones
    assert all(code[4] == "7" for code in zones)
