"""Every unit has at least one: the town's districts by hand, laws, and Zhengzhou's counties."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stationmap.errors import InvalidValue, NotFound
from stationmap.files.read import read
from stationmap.geo.areas import Area, AreaTree, areas_from_features
from stationmap.geo.datum import convert
from stationmap.planning.demand.demand import Demand
from stationmap.planning.gaps.places import Places
from stationmap.planning.gaps.units import Quota, Units, unit_gaps
from stationmap.planning.standing import Standing, Why
from tests import gaps_town as town


def town_units(**options) -> Units:
    return unit_gaps(town.areas(), town.demand(), town.STANDS, town.stations(), **({"level": "district"} | options))


def told(found: Units):
    return [(each.name, each.quota, each.short, each.weights["people"]) for each in found.units]


def test_districts_of_the_town() -> None:
    """West has A (serves) and C (closed), Middle B (not known) and D (another kind), East none."""
    found = town_units()
    assert told(found) == [
        ("东区", Quota.UNMET, (1, 1), 75),
        ("中区", Quota.MAY, (0, 1), 135),
        ("西区", Quota.MET, (0, 0), 115),
    ]
    east, _, west = found.units
    assert [found.count(each) for each in Quota] == [1, 1, 1]
    assert west.stations == {Why.SERVES: 1, Why.UNKNOWN: 0, Why.CLOSED: 1, Why.LACKS: 0, Why.OTHER_KIND: 0}
    assert (east.adcode, east.path, east.host) == ("410104", ("城", "东区"), None)
    # the middle of 5, 10, 15, 20, 25 people in a column is 20: 3 blocks east and 2 north of A
    assert east.serving is not None
    assert (east.serving.id, east.serving.metres) == ("A", pytest.approx(300 * 13**0.5, abs=0.2))
    assert (found.outside, found.stations_outside) == ({"people": 0, "workers": 0}, ())
    assert [str(each) for each in found.method()] == ["A station counts for the unit in whose boundary it lies."]


def test_more_than_one_each() -> None:
    assert told(town_units(at_least=2)) == [
        ("中区", Quota.UNMET, (1, 2), 135),
        ("西区", Quota.UNMET, (1, 1), 115),
        ("东区", Quota.UNMET, (2, 2), 75),
    ]
    some = town_units(at_least={"410102": 2, "410104": 0})
    assert [(name, quota) for name, quota, _, _ in told(some)] == [
        ("西区", Quota.UNMET), ("中区", Quota.MAY), ("东区", Quota.MET),
    ]  # fmt: skip


def test_units_that_are_named_and_what_lies_outside() -> None:
    found = town_units(level="", units=["410102", "410104"])
    assert [each.name for each in found.units] == ["东区", "西区"]
    assert found.outside["people"] == 135
    assert found.stations_outside == ("B", "D")
    assert [str(each) for each in found.method()][1:] == [
        "2 stations lie in none of the units.",
        "135.0 of people lies in none of the units.",
    ]
    nested = town_units(level="", units=["410100", "410102"])
    assert {each.name: each.weights["people"] for each in nested.units} == {"城": 210, "西区": 115}


def test_a_unit_without_demand_or_boundary() -> None:
    areas = AreaTree([*town.areas().areas, Area("410105", "空区", "district", "410100", None)])
    empty = unit_gaps(areas, town.demand(), town.STANDS, town.stations(), units=["410105"])
    assert (empty.units[0].quota, empty.units[0].serving, empty.units[0].weights["people"]) == (Quota.UNMET, None, 0)
    only = Demand(
        np.array(["x"], object), np.array([0.0]), np.array([0.0]), {"people": np.ones(1)}, np.array([""], object)
    )
    found = unit_gaps(town.areas(), only, town.STANDS, town.stations(), level="district", hosts=town.stations())
    east = next(each for each in found.units if each.name == "东区")
    assert east.serving is not None  # from a point within its boundary
    assert east.host is not None
    assert east.host.metres < east.serving.metres
    assert found.outside["people"] == 1


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(InvalidValue, match="either the level"):
        town_units(units=["410102"])
    with pytest.raises(InvalidValue, match="either the level"):
        town_units(level="")
    with pytest.raises(InvalidValue, match="no unit of level 'street'"):
        town_units(level="street")
    with pytest.raises(InvalidValue, match="Unit 410102 cannot be asked to have -1"):
        town_units(at_least=-1)
    with pytest.raises(NotFound, match="999999"):
        town_units(level="", units=["999999"])


@given(st.lists(st.integers(0, 4), min_size=4, max_size=4), st.integers(0, 3), st.permutations(range(4)))
def test_laws(why: list[int], wanted: int, order: list[int]) -> None:
    where = town.stations()
    other = Places(where.ids[order], where.names[order], where.lon[order], where.lat[order])
    stands = np.array(why, np.int8)
    found = unit_gaps(town.areas(), town.demand(), Standing(stands), where, level="district", at_least=wanted)
    again = unit_gaps(town.areas(), town.demand(), Standing(stands[order]), other, level="district", at_least=wanted)
    assert told(found) == told(again)
    assert sum(sum(each.stations.values()) for each in found.units) == 4
    assert sum(each.weights["people"] for each in found.units) + found.outside["people"] == 325
    for each in found.units:
        assert (each.quota == Quota.MET) == (each.short[1] == 0)
        assert (each.quota == Quota.UNMET) == (each.short[0] > 0)
        assert each.short[0] <= each.short[1]


@pytest.mark.real
def test_counties_of_zhengzhou(real_data: Path) -> None:
    layer = read(real_data / "china_admin_datav" / "citys" / "410100.json")
    import geopandas

    frame = geopandas.GeoDataFrame(layer.cells, geometry=list(layer.geometry), crs=None)
    counties = AreaTree(areas_from_features(frame, datum="gcj02"))
    rows = read(real_data / "zhengzhou_union_stations" / "stations_82_listed.csv").cells
    lon, lat = convert(rows["lng_gcj02"].astype(float), rows["lat_gcj02"].astype(float), source="gcj02", target="wgs84")
    where = Places(rows["no"].astype(str).to_numpy(object), rows["name"].to_numpy(object), lon, lat)
    census = read(real_data / "china_county_census2020" / "input" / "population.csv").cells.dropna(subset=["POPU"])
    people = dict(zip(census["CODE"].astype(str), census["POPU"].astype(float), strict=True))
    units = [area for area in counties.areas if area.adcode in people]
    middles = np.array([area.geometry.representative_point().coords[0] for area in units])
    codes = np.array([area.adcode for area in units], object)
    who = Demand(codes, *middles.T, {"people": np.array([people[code] for code in codes])}, codes)
    found = unit_gaps(counties, who, Standing(np.zeros(82, np.int8)), where, level="district")
    assert len(found) == 12
    by_name = {each.name: each.stations[Why.SERVES] for each in found.units}
    assert sum(by_name.values()) + len(found.stations_outside) == 82
    without = [each.name for each in found.units if each.quota == Quota.UNMET]
    assert set(without) == {name for name, count in by_name.items() if not count}
    assert without == ["登封市"]
    assert (by_name["中原区"], by_name["巩义市"], by_name["金水区"]) == (26, 13, 7)
    assert found.units[0].weights["people"] == people["410185"]
