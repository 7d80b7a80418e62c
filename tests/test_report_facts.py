"""The facts of an assessment are plain JSON, and say what the assessment says."""

import json

import pytest

from stationmap.planning.moments import WeekHour
from stationmap.report.facts import facts
from tests.test_assessment import DEMAND, assessed


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_facts_are_json_and_agree_with_what_was_found(lang: str) -> None:
    found = assessed(needs=["microwave"], time=WeekHour(60))
    told = json.loads(json.dumps(facts(found, DEMAND, {"revision": 7}, lang), allow_nan=False))
    assert told["question"] == {
        "kinds": [],
        "needs": ["microwave"],
        "time": {"week_hour": 60},
        "weight": "people",
        "reaches_m": [310.0, 610.0],
        "way": "air",
    }
    assert told["totals"][0] == {
        "reach_m": 310.0,
        "covered": {"lower": 35.0, "upper": 130.0},
        "demand": 325.0,
        "share": {"lower": 35 / 325, "upper": 130 / 325},
    }
    assert told["by_hour"][60] == {"hour": 60, "demand": 325.0, "lower": 35.0, "upper": 130.0}
    assert sum(gap["people"]["upper"] for gap in told["gaps"]) == told["gaps_total"]["upper"] == 290.0
    city = next(area for area in told["by_area"] if area["adcode"] == "410100")
    assert city["demand"] + told["elsewhere"][0]["demand"] == 325.0
    largest = told["gaps"][0]
    assert largest["rank"] == 1
    assert largest["area"][0] == "城"
    assert largest["nearest_serving"]["id"] == "A"
    assert largest["nearest_host"] is None
    assert sum(largest["by_reason"].values()) == largest["people"]["upper"]
    assert told["inputs"] == {"revision": 7}
    assert all(told["limits"])


def test_a_share_of_nobody_is_none_and_not_nought() -> None:
    told = facts(assessed("workers", time=WeekHour(3)), DEMAND, {}, "en")
    assert told["totals"][0]["share"] is None
    assert told["gaps"] == []
    assert told["equity"]["gini"] is None
    assert "there is no share of nothing" in " ".join(told["limits"])
