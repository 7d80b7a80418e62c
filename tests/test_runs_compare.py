"""Why a number changed between two runs: each thing alone, all together, and always adding up to the difference."""

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.errors import InvalidValue
from stationmap.hours.calendar import NO_CALENDAR
from stationmap.planning.supply import Supply
from stationmap.report.packing import pack
from stationmap.runs.carry import carry
from stationmap.runs.compare import ORDER, Difference, difference
from stationmap.runs.inputs import Inputs
from stationmap.runs.keeping import Kept, unpacked
from stationmap.runs.spec import Spec
from tests.planning_town import place, town_demand, town_supply, town_tables

NOON = {"weight": "people", "reach_m": 310, "need": "microwave", "week_hour": 12}
NEW_AT_C44 = {
    "new": "N",
    "hours": "24/7",
    "services": ["microwave"],
    **dict(zip(("lon", "lat"), place(4, 4), strict=True)),
}


def inputs(supply: Supply | None = None, **told: Any) -> Inputs:
    known = {"demand": "town", "demand_sha256": "1", "revision": 1, **told}
    return Inputs(town_demand(), supply or town_supply(), None, None, NO_CALENDAR, None, MappingProxyType(known))


def kept(spec: dict[str, Any] | None = None, changes: Sequence[dict[str, Any]] = (), of: Inputs | None = None) -> Kept:
    asked = Spec.of({**NOON, **(spec or {}), "changes": list(changes)})
    return unpacked(pack(carry(of or inputs(), asked)))


def effects(found: Difference) -> dict[str, tuple[float, float]]:
    return {step.code: (step.lower, step.upper) for step in found.steps if (step.lower, step.upper) != (0, 0)}


def adds_up(found: Difference) -> bool:
    lower, upper = (sum(getattr(step, name) for step in found.steps) for name in ("lower", "upper"))
    shares = sum(step.share_lower for step in found.steps)
    whole = (found.after.lower - found.before.lower, found.after.upper - found.before.upper)
    (low, _), (new, _) = found.before.share or (0, 0), found.after.share or (0, 0)
    return (lower, upper) == whole and abs(shares - (new - low)) < 1e-12


def test_a_kept_run_comes_back_whole():
    asked = Spec.of({**NOON, "changes": [{"close": "B"}]})
    carried = carry(inputs(), asked)
    back = unpacked(pack(carried))
    assert back.spec == asked
    assert back.facts["en"]["totals"][0]["covered"] == {
        "lower": carried.found.coverage.totals[0].lower,
        "upper": carried.found.coverage.totals[0].upper,
    }
    assert set(back.facts) == {"zh", "en"}
    assert back.supply.ids.tolist() == ["A", "C", "D"]
    assert back.supply.schedules == carried.inputs.supply.schedules
    assert (back.supply.offers.answer == carried.inputs.supply.offers.answer).all()
    assert back.reasons == "".join(map(str, carried.found.reasons.tolist()))
    assert len(back.standings) == 3
    assert back.demand is not None
    assert back.demand.total("people") == 325
    assert set(back.demand.weights) == {"people"}
    assert back.rings is not None
    assert [len(ring) for ring in back.rings] == [8] * 25
    assert back.told["method"] == 1


def test_a_run_of_another_version_is_refused():
    import gzip

    with pytest.raises(InvalidValue, match="another version"):
        unpacked(gzip.compress(b'{"format": 99}'))


def test_identical_runs_differ_in_nothing():
    found = difference(kept(), kept(), calendar=NO_CALENDAR)
    assert [step.code for step in found.steps] == list(ORDER)
    assert effects(found) == {}
    assert all(step.told == () for step in found.steps)
    assert all(step.share_lower == step.share_upper == 0 for step in found.steps)


def test_the_town_by_hand():
    """Monday noon, microwave, 310 m (a block and a little). A serves 2, 6, 7, 8 and 12: 35 people. C is shut from 12 to 13:30, and D is a book
    corner of which no microwave is known: it may serve 14, 18, 19, 20 and 24, 95 people more.
    """
    before = kept()
    assert before.facts["en"]["totals"][0]["covered"] == {"lower": 35, "upper": 130}
    for change, expected in (
        ({"close": "A"}, {"stations": (-35, -35)}),
        ({"set_hours": "C", "hours": "24/7"}, {"hours": (85 - 12, 85 - 12 - 18)}),  # 12 is A's too, 18 perhaps D's
        ({"add": "D", "service": "microwave"}, {"services": (95, 0)}),
        ({"drop": "D", "service": "microwave"}, {"services": (0, -95)}),
        ({"set_hours": "A", "hours": "18:00-22:00"}, {"hours": (-35, -35)}),
        (NEW_AT_C44, {"stations": (25 + 24 + 20, 25)}),
        ({"move": "A", **dict(zip(("lon", "lat"), place(0, 0), strict=True))}, {"stations": (1 + 2 + 6 - 35,) * 2}),
    ):
        found = difference(before, kept(changes=[change]), calendar=NO_CALENDAR)
        assert effects(found) == expected, change
        assert adds_up(found)
        assert [step.code for step in found.steps if step.told] == list(expected)


def test_what_is_asked_and_who_is_counted_are_told_apart():
    before = kept()
    asked = difference(before, kept({"week_hour": 22}), calendar=NO_CALENDAR)
    assert effects(asked) == {"asked": (-35, -35)}  # A is shut at 22, D is open
    workers = kept({"weight": "workers"})
    counted = difference(before, workers, calendar=NO_CALENDAR)
    assert effects(counted) == {"demand": (10 - 35, 20 - 130)}
    later = inputs(demand_sha256="2")
    half = replace(
        later, demand=replace(later.demand, weights={"people": later.demand.weight("people") * 2}, hourly={})
    )
    other = difference(before, kept(of=half), calendar=NO_CALENDAR)
    assert effects(other) == {"demand": (35, 130)}
    assert all(step.share_lower == 0 for step in other.steps)


def test_another_method_is_what_is_left():
    before, after = kept(), kept()
    raised = {
        lang: {**facts, "totals": [{**facts["totals"][0], "covered": {"lower": 40, "upper": 130}}]}
        for lang, facts in after.facts.items()
    }
    found = difference(before, replace(after, facts=raised, told={**after.told, "method": 2}), calendar=NO_CALENDAR)
    assert effects(found) == {"rest": (5, 0)}
    assert str(found.steps[-1].told[0]) == "another version of the method"
    assert adds_up(found)


def test_demand_that_was_not_kept():
    before, after = kept(), kept(changes=[{"close": "A"}])
    found = difference(replace(before, demand=None), after, calendar=NO_CALENDAR)
    assert effects(found) == {"stations": (-35, -35)}
    assert len(found.limits) == 1
    with pytest.raises(InvalidValue, match="Neither run"):
        difference(replace(before, demand=None), replace(after, demand=None), calendar=NO_CALENDAR)


def test_streets_that_are_gone():
    before = kept()
    walked = replace(before, spec=replace(before.spec, way="walk"), told={**before.told, "network_sha256": "x"})
    with pytest.raises(InvalidValue, match="streets"):
        difference(before, walked, calendar=NO_CALENDAR)


CHANGES = st.lists(
    st.one_of(
        st.sampled_from("ABCD").map(lambda each: {"close": each}),
        st.tuples(st.sampled_from("ACD"), st.sampled_from(["24/7", "12:00-14:00", "20:00-22:00"])).map(
            lambda two: {"set_hours": two[0], "hours": two[1]}
        ),
        st.tuples(st.sampled_from("ABCD"), st.sampled_from(["add", "drop"])).map(
            lambda two: {two[1]: two[0], "service": "microwave"}
        ),
        st.tuples(st.sampled_from("ABCD"), st.integers(0, 4), st.integers(0, 4)).map(
            lambda three: {"move": three[0], **dict(zip(("lon", "lat"), place(*three[1:]), strict=True))}
        ),
    ),
    max_size=4,
    unique_by=lambda change: next(iter(change.values())),
)


@settings(max_examples=40, deadline=None)
@given(CHANGES, CHANGES, st.booleans(), st.sampled_from([12, 22, 60]), st.sampled_from([310, 450, 900]), st.booleans())
def test_effects_always_add_up(one, other, new, hour, reach_m, workers):
    before = kept(changes=one)
    spec = {"week_hour": hour, "reach_m": reach_m, "weight": "workers" if workers else "people"}
    after = kept(spec, [*other, *([NEW_AT_C44] if new else [])])
    there, back = (difference(*pair, calendar=NO_CALENDAR) for pair in ((before, after), (after, before)))
    for found in (there, back):
        assert adds_up(found)
        assert (found.steps[-1].lower, found.steps[-1].upper) == (0, 0)
    assert there.after == back.before


def test_kinds():
    tables = town_tables()
    tables.stations.loc[tables.stations["id"] == "A", "kinds"] = "book_corner"
    corner = inputs(Supply.of(tables))
    found = difference(kept({"kind": "rest_station"}), kept({"kind": "rest_station"}, of=corner), calendar=NO_CALENDAR)
    assert effects(found) == {"kinds": (-35, -35)}
    assert np.isclose(sum(step.share_lower for step in found.steps), -35 / 325)
