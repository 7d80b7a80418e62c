"""Days off as data: the JSON of the project holiday-cn, and tables of days with headers in Chinese or English."""

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from stationmap.errors import InvalidValue, UnusableInput
from stationmap.hours.calendar import CalendarDay

_LONGEST_HEAD = 1000
_DATE = re.compile(r"(\d{4})(?:[^\d]{1,2}(\d{1,2})[^\d]{1,2}(\d{1,2})|(\d{2})(\d{2}))(?:日|[\sT]+[0:]+)?", re.ASCII)
_OFF_WORDS = {"off", "放假", "放", "休", "休息", "休假", "假", "节假日", "true", "yes", "y", "1", "是", "√"}
_WORK_WORDS = {
    "work",
    "workday",
    "上班",
    "班",
    "补班",
    "调休上班",
    "工作日",
    "工作",
    "false",
    "no",
    "n",
    "0",
    "否",
    "×",
}
_DATE_HEADS = {"date", "day", "日期", "时间", "日子"}
_NAME_HEADS = {"name", "holiday", "festival", "名称", "节日", "节假日", "节日名称", "假日", "说明"}
_OFF_HEADS = {
    "off",
    "isoffday",
    "is_off_day",
    "isoff",
    "type",
    "放假",
    "是否放假",
    "是否休息",
    "休息",
    "类型",
    "放假/上班",
    "状态",
}
_WORK_HEADS = {"work", "isworkday", "workday", "上班", "是否上班", "补班"}


def from_json(text: str, path: Path) -> list[CalendarDay]:
    """Return the days of holiday-cn JSON, or of its list of days alone, in their order."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise UnusableInput("{path} is no JSON: {fault}.", path=str(path), fault=str(fault)) from fault
    entries = content.get("days") if isinstance(content, dict) else content
    if not isinstance(entries, list):
        raise UnusableInput('{path} has no list of days. The JSON of holiday-cn has one under "days".', path=str(path))
    days = []
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("isOffDay"), bool):
            raise InvalidValue("{entry}: a day needs date, name and isOffDay (true or false).", entry=str(entry)[:200])
        days.append(CalendarDay(_iso(entry.get("date"), str(entry)), entry["isOffDay"], str(entry.get("name", ""))))
    return days


@dataclass(frozen=True, slots=True)
class _Columns:
    day: int
    name: int | None
    off: int
    worked: bool  # the column says who works, not who is off
    head: int  # how many rows of header there are


def is_table(text: str) -> bool:
    """Whether a text begins like a table of days: with a header row that is known, or with a day."""
    return _columns(_rows(text[:_LONGEST_HEAD])[0]) is not None


def _rows(text: str) -> list[list[str]]:
    delimiter = max(",;\t，", key=text.partition("\n")[0].count)
    return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter)]


def from_table(text: str, path: Path) -> list[CalendarDay]:
    """Return the days of a table that :func:`is_table` took for one, in their order."""
    try:
        rows = _rows(text)
    except csv.Error as fault:  # a cell of more than 131,072 signs
        raise no_notice(path) from fault
    columns = _columns(rows[0])
    if columns is None:
        raise no_notice(path)
    return [_row(row, number, columns) for number, row in enumerate(rows, 1) if any(row) and number > columns.head]


def _columns(head: Sequence[str]) -> _Columns | None:
    """Return which column is which by the header row, or by their usual order when the first row is a day already."""

    def find(names: Iterable[str]) -> int | None:
        return next((at for at, cell in enumerate(head) if cell.lower() in names), None)

    day, name, off, work = find(_DATE_HEADS), find(_NAME_HEADS), find(_OFF_HEADS), find(_WORK_HEADS)
    said = off if off is not None else work
    if day is not None and said is not None:
        return _Columns(day, name, said, worked=off is None, head=1)
    if len(head) >= 3 and _DATE.fullmatch(head[0]):
        return _Columns(0, 1, 2, worked=False, head=0)
    return None


def _row(row: Sequence[str], number: int, columns: _Columns) -> CalendarDay:
    cells = [*row, "", "", ""]
    day = _iso(cells[columns.day], f"{number}: {cells[columns.day]}")
    word = cells[columns.off].lower()
    if word not in _OFF_WORDS and word not in _WORK_WORDS:
        raise InvalidValue(
            "Row {row}: {value!r} says neither off nor work. Write 放假 or 上班 (true or false).",
            row=number, value=cells[columns.off],
        )  # fmt: skip
    plain_word = word in {"true", "yes", "y", "1", "是", "√", "false", "no", "n", "0", "否", "×"}
    off = (word in _OFF_WORDS) is not (columns.worked and plain_word)
    return CalendarDay(day, off, cells[columns.name] if columns.name is not None else "")


def _iso(value: object, where: str) -> date:
    found = _DATE.fullmatch(str(value).strip())
    try:
        return date(*(int(piece) for piece in (found.groups() if found else ()) if piece))
    except (TypeError, ValueError) as fault:
        raise InvalidValue("{where}: not a date. Write it as 2027-01-01.", where=where[:200]) from fault


def no_notice(path: Path) -> UnusableInput:
    """Return the fault of a file that is none of the known forms."""
    return UnusableInput(
        "{path} is no notice of days off. Give its own text, JSON, or a table with the columns date, name, off.",
        path=str(path),
    )
