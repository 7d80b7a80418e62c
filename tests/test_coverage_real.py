"""Coverage of Zhengzhou: its 82 listed stations, the people of the 2020 census by county, a Friday morning.

The judge goes another way: Karney's geodesic from every cell to every station, and the state of every minute.
"""

# ruff: noqa: DTZ001 - naive times are those of the place

from datetime import date, datetime, timedelta
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Geod

from stationmap.files.read import read
from stationmap.geo.areas import AreaTree, areas_from_features
from stationmap.hours.calendar import china
from stationmap.hours.opening import State, Timetable
from stationmap.planning.coverage.curves import curves
from stationmap.planning.coverage.result import Coverage, coverage
from stationmap.planning.coverage.shares import reached_anywhere
from stationmap.planning.demand.demand import Demand
from stationmap.planning.moments import DayHour
from stationmap.planning.nearest import nearest
from stationmap.planning.pairs import Pairs, by_air
from stationmap.planning.question import Question, standing
from stationmap.planning.supply import Supply
from stationmap.register.intake import read_stations
from stationmap.register.ledger import Ledger

pytestmark = pytest.mark.real
FRIDAY = DayHour(date(2026, 5, 22), 10)
STEP = 0.02
REACH_M = 1000.0


@pytest.fixture(scope="module")
def areas(real_data: Path) -> AreaTree:
    frame = geopandas.read_file(real_data / "china_admin_datav" / "citys" / "410100.json")
    return AreaTree(areas_from_features(frame, datum="gcj02"))


@pytest.fixture(scope="module")
def demand(real_data: Path, areas: AreaTree) -> Demand:
    """Return cells of about 2 km, each county's people spread evenly over those whose centre lies in it."""
    census = pd.read_csv(real_data / "china_county_census2020" / "input" / "population.csv", dtype={"CODE": str})
    people = census.set_index("CODE")["POPU"].astype(float)
    bounds = shapely.total_bounds([area.geometry for area in areas.areas if area.geometry is not None])
    x, y = np.meshgrid(np.arange(bounds[0], bounds[2], STEP), np.arange(bounds[1], bounds[3], STEP))
    adcode = areas.locate(x.ravel(), y.ravel()).astype(object)
    inside = np.isin(adcode.astype(str), people.index)
    lon, lat, adcode = x.ravel()[inside], y.ravel()[inside], adcode[inside]
    count = pd.Series(adcode).map(pd.Series(adcode).value_counts()).to_numpy(float)
    weight = np.floor(people[adcode].to_numpy(float) / count)
    ids = np.array([f"z{i}" for i in range(len(lon))], object)
    return Demand(ids, lon, lat, {"people": weight}, adcode)


@pytest.fixture(scope="module")
def supply(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Supply:
    table = read(real_data / "zhengzhou_union_stations" / "stations_82_listed.csv")
    with Ledger.open(tmp_path_factory.mktemp("ledger") / "zhengzhou.sqlite") as ledger:
        ledger.put(read_stations(table, datum="gcj02").stations, actor="test", reason="the list of Zhengzhou")
        return Supply.of(ledger.stations())


@pytest.fixture(scope="module")
def pairs(demand: Demand, supply: Supply) -> Pairs:
    return by_air(demand.lon, demand.lat, supply.lon, supply.lat, 5000)


def asked(demand: Demand, supply: Supply, pairs: Pairs, areas: AreaTree, question: Question) -> Coverage:
    return coverage(
        demand, supply, pairs, question, calendar=china(), weight="people", reaches_m=[REACH_M, 5000], areas=areas
    )


def test_all_stations_are_there(supply: Supply) -> None:
    assert len(supply) == 82
    assert supply.unlocated == ()
    known = np.array([bool(each.osm) for each in supply.schedules])[supply.schedule]
    assert 15 <= int(known.sum()) <= 22  # of 82, 22 give hours in the list; what a program inferred does not count
    assert not (supply.offers.answer == 1).any()  # all its services were inferred from names


def test_a_friday_at_ten(demand: Demand, supply: Supply, pairs: Pairs, areas: AreaTree) -> None:
    people = demand.weight("people")
    n, m = len(demand), len(supply)
    metres = np.asarray(
        Geod(ellps="WGS84").inv(
            *(np.repeat(each, m) for each in (demand.lon, demand.lat)),
            *(np.tile(each, n) for each in (supply.lon, supply.lat)),
        )[2]
    ).reshape(n, m)
    table = Timetable(supply.schedules, china())
    begin = datetime(2026, 5, 22, 10)
    states = np.array([table.states(begin + timedelta(minutes=each))[supply.schedule] for each in range(60)])
    sure, possible = (states == State.OPEN).all(axis=0), (states != State.CLOSED).all(axis=0)
    assert 0 < sure.sum() < possible.sum() <= 82

    found = asked(demand, supply, pairs, areas, Question(time=FRIDAY))
    for column, reach_m in enumerate((REACH_M, 5000)):
        total = found.totals[column]
        assert total.lower == people[(metres[:, sure] <= reach_m).any(axis=1)].sum()
        assert total.upper == people[(metres[:, possible] <= reach_m).any(axis=1)].sum()
        assert 0 < total.lower < total.upper < total.demand
    exists = asked(demand, supply, pairs, areas, Question())
    assert exists.totals[0].lower == people[(metres <= REACH_M).any(axis=1)].sum()
    assert exists.totals[0].lower == exists.totals[0].upper >= found.totals[0].upper

    near = nearest(demand.lon, demand.lat, supply.lon, supply.lat)
    assert np.abs(near.distance_m - metres.min(axis=1)).max() <= 1e-6
    curve = curves(reached_anywhere(demand, supply, standing(supply, Question(), china())), people).lower
    assert curve.within(5000) == exists.totals[1].lower
    assert curve.distance_for(1.0) == near.distance_m.max()


def test_counties_add_up(demand: Demand, supply: Supply, pairs: Pairs, areas: AreaTree) -> None:
    found = asked(demand, supply, pairs, areas, Question(time=FRIDAY))
    table = found.by_area
    assert table is not None
    assert len(table) == 12
    for name in ("demand", "lower", "upper"):
        values = table.demand if name == "demand" else getattr(table, name)[:, 0]
        assert values.sum() + getattr(table.elsewhere[0], name) == getattr(found.totals[0], name)
    assert table.unmatched == ()
    assert table.elsewhere[0].demand == 0
    # the twelve counties have 11,104,154 people (the city's other 1.5 million are counted in development zones); whole
    # people in each cell leave out less than one a cell
    assert 11_104_154 - len(demand) < found.totals[0].demand <= 11_104_154
    in_order = table.ordered(["金水区", "410103", "登封市"])
    assert [area.name for area in in_order.areas] == ["金水区", "二七区", "登封市"]


def test_spring_festival_closes_what_says_so(demand: Demand, supply: Supply, pairs: Pairs, areas: AreaTree) -> None:
    ordinary = asked(demand, supply, pairs, areas, Question(time=FRIDAY)).totals[0]
    festival = asked(demand, supply, pairs, areas, Question(time=DayHour(date(2026, 2, 17), 10))).totals[0]
    assert festival.lower <= ordinary.lower
    assert festival.upper <= ordinary.upper
