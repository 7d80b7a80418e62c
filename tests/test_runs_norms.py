"""What rules of spread say of a run: the parts agree with the run, and go without what is not there."""

from dataclasses import replace

import pytest

from stationmap.errors import InvalidValue
from stationmap.geo.surface import area_m2
from stationmap.hours.calendar import china
from stationmap.planning.gaps.units import Quota
from stationmap.runs.carry import carry
from stationmap.runs.inputs import Inputs
from stationmap.runs.norms import norms
from stationmap.runs.spec import Spec
from tests.planning_town import town_areas, town_demand, town_supply

TOWN = Inputs(town_demand(), town_supply(), town_areas(), None, china(), None, {})


def run(inputs=TOWN, **values):
    return carry(inputs, Spec.of({"reach_m": [310], **values}))


def test_the_town_by_hand():
    """With a microwave for certain only A in the west; in the middle district D may. 600 m part A and C, C and D …"""
    found = norms(run(need=["microwave"]), too_near_m=601.0)
    assert found.level == "district"
    assert [(unit.adcode, unit.quota) for unit in found.units.units] == [("410103", Quota.MAY), ("410102", Quota.MET)]
    assert found.units.outside == {"people": 75.0}
    assert len(found.overlaps) == 4
    assert found.spacing is not None
    assert len(found.spacing) == 0
    assert found.ground.lower.uncovered_m2 < found.ground.upper.uncovered_m2 < found.ground.upper.outline_m2
    city = town_areas().path("410100")[0].geometry
    assert found.ground.upper.outline_m2 == pytest.approx(float(area_m2([city])[0]))
    assert [row.label for row in found.groups.rows] == ["people", "workers"]
    assert {row.label for row in found.areas.rows} >= {"410102", "410103"}
    assert found.areas.whole.gini == pytest.approx(run(need=["microwave"]).found.gini)
    assert found.by_kind["book_corner"].upper == 95.0
    assert (found.by_service["microwave"].lower, found.by_service["microwave"].upper) == (
        run(need=["microwave"]).found.ladder["has"].lower,
        run(need=["microwave"]).found.ladder["has"].upper,
    )
    assert len(found.limits) >= 4


def test_one_district_is_its_own_outline():
    found = norms(run(area="410102"), level="district")
    west = town_areas().path("410102")[-1].geometry
    assert found.ground.upper.outline_m2 == pytest.approx(float(area_m2([west])[0]))


def test_without_boundaries_there_are_no_units_and_no_ground():
    found = norms(run(replace(TOWN, areas=None)))
    assert (found.level, found.units, found.ground, found.areas) == ("", None, None, None)
    assert found.spacing is not None


def test_without_stations_there_is_no_spacing():
    supply = TOWN.supply
    found = norms(run(replace(TOWN, supply=supply.only(supply.lon > 180))))
    assert (found.spacing, found.overlaps) == (None, ())
    assert found.ground.upper.share == pytest.approx(1.0)
    assert all(unit.quota is Quota.UNMET for unit in found.units.units)


def test_a_level_without_boundaries_is_refused_with_those_that_there_are():
    with pytest.raises(InvalidValue, match=r"'street'; there are: city, district"):
        norms(run(), level="street")
