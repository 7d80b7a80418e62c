"""What is handed on: all files of a folder or none, words and numbers as they are read, the map without a network."""

import json
import re
from dataclasses import replace

import geopandas
import numpy as np
import pandas as pd
import pytest

from stationmap.errors import InvalidValue, UnusableInput
from stationmap.files.folder import together
from stationmap.planning.coverage.shares import Total
from stationmap.planning.moments import WeekHour
from stationmap.planning.question import Question
from stationmap.report.coverage_map import coverage_map
from stationmap.report.handing import DATA, FORMS, write_data, write_report
from stationmap.report.phrases import (
    amount,
    extremes,
    interval,
    metres,
    parts_words,
    question_words,
    share,
    total_words,
    weight_words,
)
from stationmap.report.tables import area_frame, brief_areas, steps
from tests.report_town import NOON, town_inputs, town_run


def test_the_data_of_a_run(tmp_path):
    names = write_data(town_run(), tmp_path / "out", "zh")
    folder = tmp_path / "out"
    assert sorted(names) == sorted(DATA) == sorted(path.name for path in folder.iterdir())
    told = json.loads((folder / "coverage.json").read_text(encoding="utf-8"))
    assert told["totals"][0]["covered"] == {"lower": 35.0, "upper": 130.0}
    assert told["inputs"] == {"revision": 7, "demand": "town", "demand_sha256": "ab" * 32, "stations": 4}
    assert (folder / "areas.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    areas = pd.read_csv(folder / "areas.csv", dtype={"adcode": str})
    assert areas.loc[areas["name"] == "城", "covered_310_upper"].item() == 130
    assert areas["name"].tolist()[-2:] == ["不在任何区域内", "合计"]
    gaps = json.loads((folder / "gaps.geojson").read_text(encoding="utf-8"))
    assert "crs" not in gaps
    assert {each["geometry"]["type"] for each in gaps["features"]} == {"MultiPolygon"}
    cells = geopandas.read_parquet(folder / "cells.parquet")
    assert cells["present"].sum() == 325
    assert (folder / "week.svg").read_text(encoding="utf-8").startswith("<svg")


def test_nothing_is_written_over_unasked(tmp_path):
    (tmp_path / "areas.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(InvalidValue, match=r"areas\.csv.*--force"):
        write_data(town_run(), tmp_path, "en")
    assert [path.name for path in tmp_path.iterdir()] == ["areas.csv"]
    write_data(town_run(), tmp_path, "en", force=True)
    assert "mine" not in (tmp_path / "areas.csv").read_text(encoding="utf-8")


def test_a_fault_on_the_way_leaves_nothing(tmp_path):
    folder = tmp_path / "out"

    def half() -> None:
        with together(folder, ["a.txt"]) as place:
            (place / "a.txt").write_text("half", encoding="utf-8")
            raise RuntimeError("on the way")

    with pytest.raises(RuntimeError, match="on the way"):
        half()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_is_told(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    for folder in (tmp_path / "file", tmp_path / "no" / "where"):
        with pytest.raises(UnusableInput, match=re.escape(str(folder))), together(folder, ["a"]):
            pass


def test_a_full_disk_leaves_nothing(small_disk):
    (small_disk / "full").write_bytes(b"\0" * 3_120_000)
    with pytest.raises(UnusableInput, match="no room"):
        write_data(town_run(), small_disk / "out", "en")
    assert [path.name for path in small_disk.iterdir()] == ["full"]


def test_a_report_in_every_form_and_no_other(tmp_path):
    forms = [form for form in FORMS if form != "pdf"]
    names = write_report(town_run(), tmp_path / "r", forms, "en", title="Town")
    assert sorted(path.name for path in (tmp_path / "r").iterdir()) == sorted(names)
    assert sorted(names) == sorted(FORMS[form] for form in forms)
    with pytest.raises(InvalidValue, match="'poster'"):
        write_report(town_run(), tmp_path / "s", ["poster"], "en")
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize("cells", [True, False])
def test_the_map_asks_nothing_of_anybody(cells):
    page = coverage_map(town_run(town_inputs(cells=cells), **NOON), "en", title="Town & <b>")
    fetched = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert fetched
    assert all(each.startswith("data:") for each in fetched)
    assert not re.search(r"https?://(?!www\.w3\.org|leafletjs\.com)", page)
    assert "url(images" not in page
    assert "Town &amp; &lt;b&gt;" in page
    assert "Of 325 people, at least 35 and at most 130 (11 – 40 %)" in page


def test_names_on_the_map_are_escaped():
    inputs = town_inputs()
    names = np.array(["<img src=x onerror=alert(1)>"] * 4, object)
    page = coverage_map(town_run(replace(inputs, supply=replace(inputs.supply, names=names)), **NOON), "zh")
    assert "<img" not in page


def test_numbers_as_they_are_read():
    assert (amount(12345.6), amount(0.25), amount(7.0)) == ("12,346", "0.2", "7")
    assert (interval(3, 3), interval(3.04, 3.01), interval(10, 20)) == ("3", "3.0", "10 – 20")
    assert share(Total(1.0, 0.0, 0.001, 1.0)) == "0 – <1 %"
    assert share(Total(1.0, 999.5, 999.5, 1000.0)) == ">99 %"
    assert share(Total(1.0, 0.0, 0.0, 0.0)) == "—"
    assert [metres(each, "en") for each in (0.4, 499.6, 999.4, 999.5, 1049.0, 12_000.0)] == [
        *("0 m", "500 m", "999 m", "1 km", "1 km", "12 km")
    ]
    assert (weight_words("环卫", "en"), weight_words("POPU", "zh"), weight_words("jobs", "zh")) == (
        *("sanitation workers", "人", "jobs"),
    )


def test_a_question_in_one_line():
    asked = Question.asked(kinds=["book_corner"], needs=["microwave", "hot_water"], time=WeekHour(60))
    assert question_words(asked, "zh") == "站点：职工书屋；须有：热水、微波炉；平常一周的周三 12:00-13:00"
    assert question_words(Question(), "en") == "stations: of any kind; at whatever hour"


def test_a_total_in_a_sentence():
    sure, unsure = Total(500.0, 35.0, 35.0, 325.0), Total(None, 35.0, 130.0, 325.0)
    assert total_words(sure, "people", "walk", "en") == (
        "Of 325 people, 35 (11 %) have a station that serves them within 500 m on foot along streets."
    )
    assert "at least 35 and at most 130" in total_words(unsure, "people", "air", "en")
    assert "the reach of each area" in total_words(unsure, "people", "air", "en")


def test_the_best_and_the_worst_hour():
    lower, upper, there = [1.0, 2.0, 0.0], [1.0, 4.0, 0.0], [4.0, 4.0, 0.0]
    assert extremes(lower, upper, there, "en") == (
        "Best hour: Mon 01:00-02:00, 2 – 4 of 4 (50 – 100 %).",
        "Worst hour: Mon 00:00-01:00, 1 of 4 (25 %).",
    )
    assert extremes([1.0, 1.0], [1.0, 1.0], [4.0, 4.0], "en") == ("The same at every hour: 25 %.",)
    assert extremes([0.0], [0.0], [0.0], "en") == ("Nobody is there in any hour.",)


def test_a_gap_over_several_areas_says_how_many_in_each():
    run = town_run(need=["microwave"], week_hour=3, reach_m=[310])
    wide = max(run.found.gaps.patches, key=lambda patch: len(patch.areas))
    told = parts_words(wide, run.inputs.areas, "en")
    assert len(wide.areas) > 1
    assert all(amount(value) in told for value in list(wide.areas.values())[:3])
    assert parts_words(wide, None, "en") == ""


def test_the_table_has_only_levels_that_fit_and_steps_only_what_is_asked():
    run = town_run()
    table = run.found.coverage.by_area
    assert [area.name for area, _ in brief_areas(table, 3)] == ["城", "西区", "中区"]
    assert [area.name for area, _ in brief_areas(table, 2)] == ["城"]
    assert list(steps(run)) == ["exists", "open", "has", "effective"]
    assert list(steps(town_run(reach_m=[310], need=["microwave"]))) == ["exists", "has"]
    assert steps(town_run(reach_m=[310])) == {}


def test_a_profile_stands_in_tables_beside_the_reaches():
    run = town_run(reach_m=[310], profile="example-walk", area_kinds={"410102": "dense"})
    frame = area_frame(run, "en")
    assert "covered_profile_lower" in frame
    assert run.found.coverage.totals[-1].reach_m is None
