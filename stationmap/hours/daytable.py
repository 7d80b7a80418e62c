"""Days off as data: the JSON of the project holiday-cn, and tables of days with headers in Chinese or English."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from stationmap.errors import InvalidValue, Message, UnusableInput
from stationmap.hours.calendar import CalendarDay

_LONGEST_HEAD = 1000
_MOST_TOLD = 20
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
        raise UnusableInput("{path} is no JSON, or not all of it. Download it again.", path=str(path)) from fault
    entries = content.get("days") if isinstance(content, dict) else content
    if not isinstance(entries, list):
        raise UnusableInput('{path} has no list of days. The JSON of holiday-cn has one under "days".', path=str(path))
    return _every(_entry, ((entry,) for entry in entries))


def _entry(entry: object) -> CalendarDay:
    if not isinstance(entry, dict) or not isinstance(entry.get("isOffDay"), bool):
        raise InvalidValue("{entry}: a day needs date, name and isOffDay (true or false).", entry=str(entry)[:200])
    day = _date(entry.get("date"))
    if day is None:
        raise InvalidValue("{where}: not a date. Write it as 2027-01-01.", where=str(entry)[:200])
    return CalendarDay(day, entry["isOffDay"], str(entry.get("name", "")))


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
    numbered = enumerate(rows, 1)
    return _every(_row, ((row, number, columns) for number, row in numbered if any(row) and number > columns.head))


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
    day = _date(cells[columns.day])
    if day is None:
        raise InvalidValue(
            "Row {row}: {value!r} is not a date. Write it as 2027-01-01.", row=number, value=cells[columns.day][:200]
        )
    word = cells[columns.off].lower()
    if word not in _OFF_WORDS and word not in _WORK_WORDS:
        raise InvalidValue(
            "Row {row}: {value!r} says neither off nor work. Write 放假 or 上班 (true or false).",
            row=number, value=cells[columns.off][:200],
        )  # fmt: skip
    plain_word = word in {"true", "yes", "y", "1", "是", "√", "false", "no", "n", "0", "否", "×"}
    off = (word in _OFF_WORDS) is not (columns.worked and plain_word)
    return CalendarDay(day, off, cells[columns.name] if columns.name is not None else "")


def _date(value: object) -> date | None:
    found = _DATE.fullmatch(str(value).strip())
    try:
        return date(*(int(piece) for piece in found.groups() if piece)) if found else None
    except ValueError:
        return None


def _every(read: Callable[..., CalendarDay], rows: Iterable[tuple[object, ...]]) -> list[CalendarDay]:
    """Return the day of each row; when some cannot be read, one error tells them all."""
    days: list[CalendarDay] = []
    faults: list[Message] = []
    for row in rows:
        try:
            days.append(read(*row))
        except InvalidValue as fault:
            faults.append(fault.message)
    if faults:
        raise together(faults)
    return days


def together(faults: Sequence[Message]) -> InvalidValue:
    """Return one error that tells faults one after the other; of more than 20 the first 20, and how many follow."""
    told = faults[0]
    for fault in faults[1:_MOST_TOLD]:
        told = Message("{faults} {fault}", {"faults": told, "fault": fault})
    if len(faults) > _MOST_TOLD:
        told = Message("{faults} And {count} more faults of this kind.", {
            "faults": told, "count": len(faults) - _MOST_TOLD,
        })  # fmt: skip
    return InvalidValue(told.text, **told.values)


def no_notice(path: Path) -> UnusableInput:
    """Return the fault of a file that is none of the known forms."""
    return UnusableInput(
        "{path} is no notice of days off. Give its own text, JSON, or a table with the columns date, name, off.",
        path=str(path),
    )
