"""The workbook, opened back: numbers are numbers, texts stay texts, every sheet prints."""

import io
from dataclasses import replace

import numpy as np
import openpyxl
import pytest

from stationmap.report.tables import ordered
from stationmap.report.workbook import workbook
from tests.report_town import NOON, town_inputs, town_run

SHEETS = {
    "en": [
        *("Summary", "By area", "Gaps", "Hours", "Stations", "Each service alone", "Units"),
        *("Evenness", "Method"),
    ],
    "zh": [
        *("概要", "分区域", "缺口", "时段", "站点", "各项服务", "各单位", "均衡程度", "方法"),
    ],
}


def opened(run, lang="en", **more):
    return openpyxl.load_workbook(io.BytesIO(workbook(run, lang, **more)))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_its_sheets_print_across_on_a4_and_keep_their_head_in_sight(lang):
    book = opened(town_run(), lang)
    assert book.sheetnames == SHEETS[lang]
    for sheet in book:
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
    for name in SHEETS[lang][1:-1]:
        assert book[name].freeze_panes is not None
        assert book[name].print_title_rows == "$1:$1"
        assert book[name].auto_filter.ref


def test_numbers_are_numbers_and_agree_with_the_run():
    book = opened(town_run())
    rows = list(book["Summary"].iter_rows(values_only=True))
    assert ("310 m", 35, 130, 325, 35 / 325, 130 / 325) in [row[:6] for row in rows]
    areas = {row[1]: row for row in book["By area"].iter_rows(min_row=2, values_only=True)}
    assert areas["城"][3:8] == pytest.approx((300, 35, 130, 35 / 300, 130 / 300), rel=1e-15)
    assert areas["in no area"][3] == 25
    assert areas["all together"][3] == 325
    hours = list(book["Hours"].iter_rows(min_row=2, values_only=True))
    assert len(hours) == 168
    assert hours[60][:5] == ("Wed", "12:00-13:00", 325, 35, 130)
    gaps = list(book["Gaps"].iter_rows(min_row=2, values_only=True))
    assert sum(row[2] for row in gaps) == 290


def test_a_share_of_nobody_is_an_empty_cell():
    book = opened(town_run(weight="workers", week_hour=3, reach_m=[310]))
    row = next(row for row in book["Summary"].iter_rows(values_only=True) if row[0] == "310 m")
    assert row[:6] == ("310 m", 0, 0, 0, None, None)


@pytest.mark.parametrize("name", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x","y")'])
def test_what_begins_like_a_formula_is_a_text(name):
    inputs = town_inputs()
    names = inputs.supply.names.copy()
    names[:] = name
    book = opened(town_run(replace(inputs, supply=replace(inputs.supply, names=names)), **NOON), title=name)
    found = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == name]
    assert len(found) > 4
    assert {cell.data_type for cell in found} == {"s"}
    assert {cell.number_format for cell in found} == {"@"}
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_the_planners_order_and_all_that_must_be_said():
    run = ordered(town_run(), ["中区", "410102"])
    book = opened(run)
    assert [row[1] for row in book["By area"].iter_rows(min_row=2, values_only=True)][:2] == ["中区", "西区"]
    method = [cell.value for row in book["Method"].iter_rows() for cell in row if cell.value]
    assert "demand_sha256: " + "ab" * 32 in method
    assert "Register: revision 7." in method
    assert any("neither yes nor no" in each for each in method)


def test_without_areas_the_table_has_the_whole_alone():
    book = opened(town_run(town_inputs(areas=False), **NOON))
    assert [row[1] for row in book["By area"].iter_rows(min_row=2, values_only=True)] == ["all together"]


def test_no_cell_is_not_a_number():
    book = opened(town_run(week_hour=3, reach_m=[310], weight="workers"))
    numbers = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "n"]
    assert all(value is None or np.isfinite(value) for value in numbers)


def test_what_rules_of_spread_say():
    """A serves in the west, D may in the middle; 600 m apart all of them keep Shandong's kilometre: no such sheet."""
    book = opened(town_run())
    units = {row[1]: row for row in book["Units"].iter_rows(min_row=2, values_only=True)}
    assert (units["西区"][2:6], units["中区"][2:5]) == (
        ("has one", 1, 0, 115),
        ("perhaps: something is not known", 0, 1),
    )
    alone = {row[0]: row for row in book["Each service alone"].iter_rows(min_row=2, values_only=True)}
    assert alone["microwave"][1:4] == (35, 130, 325)
    evenness = {row[0]: row for row in book["Evenness"].iter_rows(min_row=2, values_only=True)}
    assert evenness["all together"][1:3] == (325, 290)
    assert evenness["中区"][2] == 135 - 8, "c21 is served by A across the border"
    assert all(isinstance(cell, str | int | float | None) for row in evenness.values() for cell in row)
