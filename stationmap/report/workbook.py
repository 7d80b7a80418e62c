"""A run as a workbook for those who go on computing: numbers are numbers, texts stay texts, every sheet prints."""

import io
import math
import unicodedata
from typing import Any

import openpyxl
import pandas as pd
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from stationmap.catalogue import tell
from stationmap.errors import Message
from stationmap.files.spreadsheet import escaped
from stationmap.report.layers import gap_rows, stations
from stationmap.report.phrases import STEPS, WAYS, question_words, reach_words, total_words, weight_words
from stationmap.report.rules import alone_frame, evenness_frame, spacing_frame, unit_frame
from stationmap.report.tables import PROFILE, area_frame, hour_frame, is_fictional, method, said, sources, steps
from stationmap.runs.carry import Carried
from stationmap.runs.norms import norms

_HEAD = PatternFill("solid", fgColor="FFDDE3EA")
_WIDEST, _NARROWEST, _SENTENCES = 60, 8, 120
_MEASURED_ROWS = 300
_COUNT, _SHARE, _METRES, _MEASURE = "#,##0.##", "0.0%", "#,##0", "0.000"

_HEADINGS: dict[str, Message] = {
    "adcode": Message("area code"),
    "name": Message("name"),
    "level": Message("level"),
    "demand": Message("all"),
    "rank": Message("gap"),
    "people_lower": Message("people, certain"),
    "people_upper": Message("people, possible"),
    "places": Message("places"),
    "area": Message("area"),
    "reason_words": Message("why"),
    "hours": Message("hours"),
    "when": Message("when"),
    "serving_id": Message("nearest that serves: id"),
    "serving_name": Message("nearest that serves"),
    "serving_m": Message("nearest that serves: metres"),
    "station_id": Message("nearest station: id"),
    "station_name": Message("nearest station"),
    "station_m": Message("nearest station: metres"),
    "host_id": Message("nearest candidate: id"),
    "host_name": Message("nearest candidate"),
    "host_m": Message("nearest candidate: metres"),
    "lon": Message("longitude (WGS 84)"),
    "lat": Message("latitude (WGS 84)"),
    "day": Message("day"),
    "hour": Message("hour"),
    "served_lower": Message("served, certain"),
    "served_upper": Message("served, possible"),
    "share_lower": Message("share, certain"),
    "share_upper": Message("share, possible"),
    "id": Message("id"),
    "quota": Message("a station of its own"),
    "serving": Message("stations that serve"),
    "unsure": Message("stations that may serve"),
    "first": Message("first station"),
    "second": Message("second station"),
    "apart_m": Message("metres apart"),
    "unserved": Message("without any access"),
    "mean": Message("mean access"),
    "gini": Message("Gini"),
    "palma": Message("Palma"),
    "theil_t": Message("Theil T"),
    "theil_l": Message("Theil L"),
    "kinds": Message("kinds"),
    "standing_words": Message("to this question"),
}


def workbook(carried: Carried, lang: str, *, title: str = "") -> bytes:
    """Return a run as the bytes of an XLSX workbook.

    Parameters
    ----------
    carried : Carried
        The run; its table by area in the planner's order.
    lang : str
        ``zh`` or ``en``.
    title : str
        What stands on the first sheet.

    Notes
    -----
    A text that begins with ``=``, ``+``, ``-`` or ``@`` is a text, also after it was edited. Shares are numbers from 0
    to 1; what is nobody's or not a number is empty.
    """
    book = openpyxl.Workbook()
    summary = book.active
    _summary(summary, carried, lang, title)
    rules = norms(carried)
    frames = (
        (Message("By area"), area_frame(carried, lang)),
        (
            Message("Gaps"),
            gap_rows(carried, lang).drop(columns="reason", errors="ignore").rename(columns={"hours": "when"}),
        ),
        (Message("Hours"), hour_frame(carried, lang)),
        (Message("Stations"), _stations(carried, lang)),
        (Message("Each service alone"), alone_frame(rules, lang)),
        (Message("Units"), unit_frame(carried, rules, lang)),
        (Message("Too far and too near"), spacing_frame(carried, rules)),
        (Message("Evenness"), evenness_frame(carried, rules, lang)),
    )
    for name, frame in frames:
        if len(frame.columns):
            _table(book.create_sheet(_name(name, lang)), frame, lang)
    told = [tell(limit, lang) for limit in rules.limits]
    _sentences(book.create_sheet(_name(Message("Method"), lang)), carried, told, lang)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _summary(sheet: Worksheet, carried: Carried, lang: str, title: str) -> None:
    sheet.title = _name(Message("Summary"), lang)
    found = carried.found
    who = weight_words(found.asked.weight, lang)
    demand = tell("{who} of {demand}, {way}", lang, who=who, demand=carried.spec.demand, way=WAYS[found.gaps.way])
    rows: list[list[Any]] = [[title or question_words(found.asked.question, lang)]]
    rows += [
        [question_words(found.asked.question, lang)],
        [demand],
        [tell("Sample city: everything here is fictional.", lang) if is_fictional(carried) else None],
    ]
    head = (
        *(Message("within"), Message("served, certain"), Message("served, possible"), Message("all")),
        *(Message("share, certain"), Message("share, possible")),
    )
    rows.append([tell(each, lang) for each in head])
    lines = [(reach_words(total.reach_m, lang), total) for total in found.coverage.totals]
    lines += [(tell(STEPS[name], lang), total) for name, total in steps(carried).items()]
    for words, total in lines:
        low, high = total.share or (None, None)
        rows.append([words, total.lower, total.upper, total.demand, low, high])
    rows.append([])
    rows += [[total_words(total, found.asked.weight, found.gaps.way, lang)] for total in found.coverage.totals]
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            _put(sheet, number, column, value, _SHARE if column >= 5 else _COUNT)
    sheet["A1"].font = Font(bold=True, size=14)
    _head_row(sheet, 5, len(head))
    for column, width in enumerate((34, 16, 16, 16, 14, 14), start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    _printed(sheet)


def _stations(carried: Carried, lang: str) -> pd.DataFrame:
    frame = stations(carried, lang)
    supply = carried.inputs.supply
    flat = _flat(frame)[["id", "name", "kinds", "hours", "standing_words"]]
    return flat.assign(lon=supply.lon.round(6), lat=supply.lat.round(6))


def _flat(frame: Any) -> pd.DataFrame:
    return pd.DataFrame(frame.drop(columns="geometry"))


def _table(sheet: Worksheet, frame: pd.DataFrame, lang: str) -> None:
    """Write a frame: a header that stays in sight and on every printed page, filters, widths."""
    names = [str(name) for name in frame.columns]
    for column, name in enumerate(names, start=1):
        _put(sheet, 1, column, _heading(name, lang), "@")
    for number, row in enumerate(frame.itertuples(index=False, name=None), start=2):
        for column, value in enumerate(row, start=1):
            _put(sheet, number, column, value, _format(names[column - 1]))
    _head_row(sheet, 1, len(names))
    for column, name in enumerate(names, start=1):
        shown = [_heading(name, lang), *map(_shown, frame[name].head(_MEASURED_ROWS).tolist())]
        width = min(max(max(map(_breadth, shown)) + 2, _NARROWEST), _WIDEST)
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "C2" if names and names[0] in {"rank", "adcode", "id", "day"} else "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.print_title_rows = "1:1"
    _printed(sheet)


def _sentences(sheet: Worksheet, carried: Carried, rules: list[str], lang: str) -> None:
    parts = (
        (Message("How it was measured"), method(carried, lang)),
        (Message("What the numbers do not say"), said(carried, lang)),
        (Message("Units, spacing and evenness"), rules),
        (Message("Worked out from"), [*sources(carried, lang), *_digests(carried)]),
    )
    number = 1
    for heading, sentences in parts:
        _put(sheet, number, 1, tell(heading, lang), "@")
        sheet.cell(number, 1).font = Font(bold=True)
        for sentence in sentences:
            number += 1
            _put(sheet, number, 1, sentence, "@")
            sheet.cell(number, 1).alignment = Alignment(wrap_text=True, vertical="top")
        number += 2
    sheet.column_dimensions["A"].width = _SENTENCES
    _printed(sheet)


def _digests(carried: Carried) -> list[str]:
    """Return every checksum whole, as who checks a run needs it."""
    told = []
    for name, value in carried.told.items():
        told += (
            [f"{name}: {file} {digest}" for file, digest in value.items()]
            if isinstance(value, dict)
            else [f"{name}: {value}"]
        )
    return told


def _put(sheet: Worksheet, row: int, column: int, value: Any, number_format: str) -> None:
    """Write one cell: a number as a number, a text as a text whatever it begins with, nothing for nothing."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = escaped(value)
        cell.data_type = "s"
        cell.number_format = "@"
    else:
        cell.value = value.item() if hasattr(value, "item") else value
        cell.number_format = number_format


def _format(name: str) -> str:
    if name.startswith("share"):
        return _SHARE
    if name in {"lon", "lat"}:
        return "0.000000"
    if name in {"mean", "gini", "palma", "theil_t", "theil_l"}:
        return _MEASURE
    return _METRES if name.endswith("_m") else _COUNT


def _heading(name: str, lang: str) -> str:
    if name in _HEADINGS:
        return tell(_HEADINGS[name], lang)
    what, reach, bound = name.split("_")
    words = {
        "covered_lower": Message("served within {reach}, certain"),
        "covered_upper": Message("served within {reach}, possible"),
        "share_lower": Message("share within {reach}, certain"),
        "share_upper": Message("share within {reach}, possible"),
    }[f"{what}_{bound}"]
    return tell(Message(words.text, {"reach": reach_words(None if reach == PROFILE else float(reach), lang)}), lang)


def _head_row(sheet: Worksheet, row: int, columns: int) -> None:
    for column in range(1, columns + 1):
        cell = sheet.cell(row, column)
        cell.font, cell.fill = Font(bold=True), _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _printed(sheet: Worksheet) -> None:
    """Set a sheet up for A4 across, as wide as the page, with its name and page numbers below."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = "&A", "&P / &N"


def _name(words: Message, lang: str) -> str:
    return tell(words, lang)[:31]


def _shown(value: Any) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    return f"{value:,.2f}" if isinstance(value, float) else str(value)


def _breadth(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
