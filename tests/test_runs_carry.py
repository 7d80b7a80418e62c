"""Runs: what is asked survives being written down; inputs come from the register; changes do what they say."""

import json
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stationmap.errors import InvalidValue, NotFound
from stationmap.planning.demand.stored import to_parquet
from stationmap.planning.moments import DayHour, WeekHour
from stationmap.register.ledger import Ledger
from stationmap.register.sample import load_sample, sample_folder
from stationmap.runs.carry import carry
from stationmap.runs.inputs import from_ledger, stations_of_file
from stationmap.runs.loading import SAMPLE_NAME, load_sample_demand
from stationmap.runs.spec import Spec
from tests.planning_town import town_demand


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    with Ledger.open(tmp_path_factory.mktemp("sample") / "town.sqlite") as ledger:
        load_sample(ledger)
        load_sample_demand(ledger, sample_folder())
        yield ledger


@pytest.fixture(scope="module")
def inputs(sample):
    return from_ledger(sample, SAMPLE_NAME)


SPECS = st.fixed_dictionaries(
    {"demand": st.text(max_size=20)},
    optional={
        "weight": st.text(max_size=10),
        "reach_m": st.lists(st.floats(0, 20_000), min_size=1, max_size=6, unique=True),
        "way": st.sampled_from(["air", "walk", "ride"]),
        "kind": st.lists(st.sampled_from(["rest_station", "职工书屋"]), max_size=2),
        "need": st.lists(st.sampled_from(["微波炉", "toilet"]), max_size=2),
        "week_hour": st.integers(0, 167),
        "area": st.just("990101"),
        "hours": st.just({"couriers": "Mo-Su 11:00-13:00"}),
        "changes": st.just([{"close": "a"}]),
        "sets_out": st.just("2026-10-09T11:40"),
        "stay_min": st.floats(0, 1440),
        "profile": st.just("example-walk"),
        "area_kinds": st.just({"990101": "dense"}),
    },
)


@given(SPECS)
def test_a_spec_is_read_back_as_it_was(values):
    spec = Spec.of(values)
    assert Spec.of(json.loads(json.dumps(spec.values(), ensure_ascii=False))) == spec


def test_times_and_words():
    assert Spec.of({"week_hour": "60"}).time == WeekHour(60)
    assert Spec.of({"date": "2027-02-06", "hour": 9}).time == DayHour(date(2027, 2, 6), 9)
    assert Spec.of({"date": "2027-02-06"}).time == DayHour(date(2027, 2, 6), 12)
    assert Spec.of({"need": "微波炉", "reach_m": "500"}).needs == ("microwave",)
    assert Spec.of({}).reaches_m == (500.0, 1000.0)
    assert Spec.of({"reach_m": [500, 500.0]}).reaches_m == (500.0,)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"reach": 5}, "'reach'"),
        ({"reach_m": -1}, "-1"),
        ({"reach_m": "far"}, "'far'"),
        ({"reach_m": "nan"}, "nan"),
        ({"reach_m": 1e9}, "20000 m"),
        ({"reach_m": list(range(9))}, "at most 6"),
        ({"way": "fly"}, "'fly'"),
        ({"need": "gold"}, "gold"),
        ({"week_hour": 168}, "168"),
        ({"week_hour": "noon"}, "'noon'"),
        ({"week_hour": 1, "date": "2026-10-09"}, "not both"),
        ({"date": "tomorrow"}, "'tomorrow'"),
        ({"changes": "no json"}, "no JSON"),
        ({"sets_out": "noon"}, "'noon'"),
        ({"stay_min": "long"}, "'long'"),
        ({"stay_min": -1}, "-1"),
        ({"changes": [1]}, "list of objects"),
        ({"changes": [{"close": "x"}] * 51}, "at most 50"),
    ],
)
def test_what_cannot_be_is_refused_with_its_value(values, told):
    with pytest.raises(InvalidValue, match=told):
        Spec.of(values)


def test_the_sample_city_answers(inputs):
    carried = carry(inputs, Spec.of({"demand": SAMPLE_NAME, "weight": "couriers", "need": "微波炉", "week_hour": 60}))
    total = carried.found.coverage.totals[0]
    assert total.demand == inputs.demand.total("couriers") == 10_162
    assert 0 < total.lower < total.upper < total.demand
    assert set(carried.told) == {"revision", "demand", "demand_sha256", "stations"}
    assert carried.found.gaps.patches[0].host is not None
    assert np.isfinite(inputs.supply.capacity).any()


def test_one_area_counts_only_its_own_demand_but_all_stations(inputs):
    adcode = str(inputs.demand.adcode[inputs.demand.adcode != ""][0])
    district = inputs.areas.path(adcode)[1].adcode
    carried = carry(inputs, Spec.of({"area": district}))
    inside = [
        area.adcode for area in inputs.areas.areas if district in [up.adcode for up in inputs.areas.path(area.adcode)]
    ]
    expected = inputs.demand.weight("population")[np.isin(inputs.demand.adcode.astype(str), inside)].sum()
    assert carried.found.coverage.totals[0].demand == expected
    assert len(carried.inputs.supply) == len(inputs.supply)
    for code, told in (("123456", "123456"), ("990000", "990000")):
        with pytest.raises(InvalidValue, match=told):
            carry(inputs, Spec.of({"area": code}))


def test_changes_change_the_stations_and_only_for_this_run(inputs):
    middle = int(np.argmax(inputs.demand.weight("population")))
    place = {"lon": float(inputs.demand.lon[middle]), "lat": float(inputs.demand.lat[middle])}
    spec = {"need": ["microwave"], "week_hour": 22, "reach_m": [500]}
    before = carry(inputs, Spec.of(spec)).found.coverage.totals[0]
    new = {"new": "new-1", **place, "hours": "24/7", "services": ["microwave"]}
    after = carry(inputs, Spec.of({**spec, "changes": [new]}))
    assert len(after.inputs.supply) == len(inputs.supply) + 1
    assert after.found.coverage.totals[0].lower > before.lower
    gone = [{"close": str(each)} for each in inputs.supply.ids[:50]]
    less = carry(inputs, Spec.of({**spec, "changes": gone})).found.coverage.totals[0]
    assert less.upper <= before.upper
    assert carry(inputs, Spec.of(spec)).found.coverage.totals[0] == before


@pytest.mark.parametrize(
    "change", [{"open": "x"}, {"add": "x"}, {"move": "x", "lon": "a", "lat": 1}, {"new": "n"}, {"open_till": 3}]
)
def test_a_change_that_is_none_is_refused(inputs, change):
    with pytest.raises(InvalidValue, match="is no change"):
        carry(inputs, Spec.of({"changes": [change]}))


def test_a_change_of_a_station_that_is_not_there_is_refused(inputs):
    with pytest.raises(NotFound, match="'nowhere'"):
        carry(inputs, Spec.of({"changes": [{"close": "nowhere"}]}))


def test_walking_without_streets_names_the_command(inputs):
    with pytest.raises(InvalidValue, match="stationmap network build"):
        carry(inputs, Spec.of({"way": "walk"}))


def test_hours_of_a_trade_may_be_others_for_a_run(sample):
    quiet = from_ledger(sample, SAMPLE_NAME, hours={"couriers": "Mo-Fr 09:00-10:00"})
    at_noon = carry(quiet, Spec.of({"weight": "couriers", "week_hour": 12})).found.coverage.totals[0]
    assert at_noon.demand == 0
    assert at_noon.share is None


def test_a_list_in_a_file_goes_through_the_intake_of_the_register():
    path = sample_folder() / "stations.csv"
    tables, taken = stations_of_file(path, datum="wgs84", generated=True)
    assert (len(tables.stations), taken.unlocated, taken.generated) == (601, 3, 601)
    assert len(stations_of_file(path, datum="wgs84")[0].stations) == 0
    assert tables.stations["seats"].notna().sum() > 100


def test_demand_without_areas_is_taken_too(tmp_path):
    with Ledger.open(tmp_path / "town.sqlite") as ledger:
        ledger.demands.put("t", to_parquet(town_demand()), rows=25, weights={"people": 325.0}, actor="li")
        bare = from_ledger(ledger, "t")
    carried = carry(bare, Spec.of({}))
    assert (carried.found.coverage.by_area, carried.found.coverage.totals[0].lower) == (None, 0.0)
    assert carried.found.gaps.patches[0].serving is None


def test_who_sets_out_before_noon_finds_fewer_open_than_there_are(inputs):
    spec = {
        "weight": "couriers",
        "need": "微波炉",
        "sets_out": "2026-10-09T11:55",
        "stay_min": 20,
        "date": "2026-10-09",
    }
    found = carry(inputs, Spec.of(spec)).found
    assert [total.reach_m for total in found.arrival] == [500.0, 1000.0]
    assert 0 < found.arrival[0].lower <= found.ladder["has"].lower
    assert found.arrival[0].upper <= found.ladder["has"].upper
    assert carry(inputs, Spec.of({})).found.arrival == ()


def test_backup_falls_with_the_count(inputs):
    found = carry(inputs, Spec.of({"need": "微波炉"})).found
    lower = [total.lower for total in found.backup]
    assert lower == sorted(lower, reverse=True)
    assert lower[0] == found.coverage.totals[0].lower


def test_a_profile_gives_each_kind_of_area_its_reach(inputs):
    """Where all is dense the profile's total is that of 375 m, ordinary that of 1,125 m; not known lies between."""
    codes = {area.adcode for area in inputs.areas.areas}
    spec = {"reach_m": [375, 1125], "profile": "example-walk"}
    dense, ordinary = (
        carry(inputs, Spec.of({**spec, "area_kinds": dict.fromkeys(codes, kind)})) for kind in ("dense", "ordinary")
    )
    near, far, of_dense = dense.found.coverage.totals
    assert of_dense.reach_m is None
    outside = inputs.demand.weight("population")[inputs.demand.adcode == ""].sum()
    assert near.lower <= of_dense.lower <= near.lower + outside
    assert abs(ordinary.found.coverage.totals[2].lower - far.lower) <= outside
    unknown = carry(inputs, Spec.of(spec)).found.coverage.totals[2]
    assert (unknown.lower, unknown.upper) == (near.lower, far.upper)
    with pytest.raises(InvalidValue, match="'no such'; there are: shandong-2022-spacing, example-walk"):
        carry(inputs, Spec.of({"profile": "no such"}))
