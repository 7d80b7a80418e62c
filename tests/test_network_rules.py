"""Who may use a way: the table of the rules, row by row, and the order in which tags decide."""

import pytest

from stationmap.planning.network.rules import RIDE_M_MIN, Mode, passage, stops, unknown_class
from stationmap.planning.pairs import WALK_M_MIN


def told(text: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in text.split())


@pytest.mark.parametrize(
    ("tags", "walk", "ride"),
    [
        # forward, backward; R ridden, P pushed
        ("highway=residential", "<>", "<>R"),
        ("highway=trunk", "<>", "<>R"),
        ("highway=cycleway", "<>", "<>R"),
        ("highway=path", "<>", "<>R"),
        ("highway=footway", "<>", "<>P"),
        ("highway=footway bicycle=designated", "<>", "<>R"),
        ("highway=footway bicycle=no", "<>", ""),
        ("highway=pedestrian area=yes", "<>", "<>P"),
        ("highway=steps", "<>", ""),
        ("highway=steps ramp:bicycle=yes", "<>", "<>P"),
        ("highway=elevator", "<>", "<>P"),
        ("highway=motorway", "", ""),
        ("highway=motorway foot=yes", "", ""),
        ("highway=trunk motorroad=yes", "", ""),
        ("highway=construction", "", ""),
        ("highway=proposed foot=yes", "", ""),
        ("highway=path route=ferry", "", ""),
        ("highway=busway", "", ""),
        ("highway=busway foot=yes", "<>", ""),
        ("highway=trail", "", ""),
        ("highway=trail foot=designated", "<>", ""),
        ("railway=platform", "", ""),
        # foot overrides access, and access alone opens no class that is shut
        ("highway=service access=private", "", ""),
        ("highway=service access=private foot=yes", "<>", ""),
        ("highway=service access=yes foot=no", "", "<>R"),
        ("highway=service access=no foot=permissive bicycle=no", "<>", ""),
        ("highway=service access=customers", "<>", "<>R"),
        ("highway=service access=destination", "<>", "<>R"),
        ("highway=service vehicle=no", "<>", ""),
        ("highway=service vehicle=no bicycle=yes", "<>", "<>R"),
        ("highway=service bicycle=yes electric_bicycle=no", "<>", ""),
        ("highway=cycleway foot=use_sidepath", "", "<>R"),
        ("highway=residential bicycle=dismount", "<>", "<>P"),
        ("highway=busway access=yes", "", ""),
        # directions
        ("highway=residential oneway=yes", "<>", ">R"),
        ("highway=residential oneway=-1", "<>", "<R"),
        ("highway=residential oneway=yes oneway:bicycle=no", "<>", "<>R"),
        ("highway=residential oneway=yes cycleway=opposite_lane", "<>", "<>R"),
        ("highway=primary junction=roundabout", "<>", ">R"),
        ("highway=footway oneway:foot=yes", ">", "<>P"),
        ("highway=footway oneway:foot=-1", "<", "<>P"),
        ("highway=footway foot:backward=no", ">", "<>P"),
        ("highway=steps conveying=forward", ">", ""),
        ("highway=steps conveying=backward", "<", ""),
        ("highway=steps conveying=yes", "<>", ""),
    ],
)
def test_the_table(tags: str, walk: str, ride: str) -> None:
    assert drawn(told(tags), "walk") == walk
    assert drawn(told(tags), "ride") == ride


def drawn(tags: dict[str, str], mode: Mode) -> str:
    found = passage(tags, mode)
    if found.shut:
        return ""
    arrows = "<" * found.backward + ">" * found.forward
    if mode == "walk":
        assert found.speed_m_min == WALK_M_MIN
        return arrows
    return arrows + {RIDE_M_MIN: "R", WALK_M_MIN: "P"}[found.speed_m_min]


@pytest.mark.parametrize(
    ("tags", "walk", "ride"),
    [
        ("barrier=gate", False, False),
        ("barrier=bollard", False, False),
        ("barrier=lift_gate access=no foot=yes", False, True),
        ("barrier=lift_gate access=no bicycle=yes", True, False),
        ("barrier=gate access=private", True, True),
        ("barrier=gate access=customers", False, False),
        ("barrier=gate locked=yes", True, True),
        ("barrier=gate locked=yes foot=yes", False, True),
        ("barrier=wall", True, True),
        ("barrier=wall access=yes", False, False),
        ("barrier=fence", True, True),
        ("barrier=stile", False, True),
        ("barrier=turnstile", False, True),
        ("barrier=kerb", False, False),
        ("barrier=something_new", False, False),
    ],
)
def test_barriers(tags: str, walk: bool, ride: bool) -> None:
    assert (stops(told(tags), "walk"), stops(told(tags), "ride")) == (walk, ride)


def test_sorts_of_ways() -> None:
    assert passage({"highway": "steps"}, "walk").steps
    assert passage({"highway": "pedestrian", "area": "yes"}, "walk").outline
    assert passage({"highway": "pedestrian", "outline": "yes"}, "walk").outline
    assert passage({"highway": "footway", "bridge": "yes"}, "walk").spans
    assert passage({"highway": "footway", "tunnel": "building_passage"}, "walk").spans
    assert not passage({"highway": "footway", "bridge": "no"}, "walk").spans


def test_unknown_classes_are_named() -> None:
    assert unknown_class({"highway": "trail"}) == "trail"
    assert unknown_class({"highway": "busway"}) == unknown_class({"highway": "steps"}) == unknown_class({}) == ""
