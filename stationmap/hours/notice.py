"""Next year's days off and make-up working days, as they are handed around: read into calendar days.

Three forms are read: the JSON of the project holiday-cn, a CSV table of days, and the wording of the State Council's
notice itself (国务院办公厅关于2026年部分节假日安排的通知), copied from the web. The wording tells weekdays and counts
beside its dates; they must agree with the calendar, so that a mistyped day is found and not loaded.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from html import unescape
from pathlib import Path

from stationmap.errors import InvalidValue, Message, UnusableInput, why
from stationmap.hours.calendar import CalendarDay
from stationmap.hours.daytable import from_json, from_table, is_table, no_notice, together

_LONGEST_BYTES = 5_000_000
_ENCODINGS = ("utf-8-sig", "gb18030")
_WEEKDAYS = "一二三四五六日"
_NAMES = tuple(Message(name) for name in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))
_TITLE = re.compile(r"(20\d{2})\s*年\s*(?:部分)?\s*节假日\s*(?:安排|放假)")
_MARKUP = re.compile(r"<(?:script|style)\b.{0,100000}?</(?:script|style)>|<[^<>]{1,2000}>", re.IGNORECASE | re.DOTALL)
_SECTION = re.compile(
    r"(?:(?<=[。\s])|\A)(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|\d{1,2}[.、．])?\s*"
    r"([^\s：:，,。；;、\d（(]{2,20}(?:、[^\s：:，,。；;、\d]{2,20}){0,3})\s*[：:](?=[^。\n]{0,20}\d)"
)
_WORDS = re.compile(
    r"(?P<date>(?:(?P<year>\d{4})年)?(?:(?P<month>\d{1,2})月)?(?P<day>\d{1,2})日\s*(?:[（(](?P<beside>[^（）()]{0,60})[）)])?)"
    r"|(?P<through>至|到|[-—–－~～]+)"
    r"|(?P<off>放假|补休|照常公休|休息)"
    r"|(?P<work>上班)"
    r"|(?P<moved>调至|调整至|调到)"
    r"|(?P<count>(?:共|放假)?\s*(?P<days>\d{1,2})\s*天)"
    r"|(?P<stop>[，,。；;\n])"
)


def read_notice(path: Path, *, year: int | None = None) -> list[CalendarDay]:
    """Read the days of a notice from a file; what the file is, its content tells.

    Parameters
    ----------
    path : Path
        JSON of holiday-cn, a CSV table (date, name, off; also 日期, 名称, 放假), or the notice's own text; UTF-8 or
        GB18030.
    year : int, optional
        The year of a text that does not name it (a notice names it in its title).

    Returns
    -------
    list of CalendarDay
        In order of date, each date once.

    Raises
    ------
    UnusableInput
        When the file cannot be read, or holds no days.
    InvalidValue
        When days cannot be read, or contradict themselves, their weekday or the calendar; all of them are told.
    """
    text = _text(path)
    if text.lstrip().startswith(("{", "[")):
        days = from_json(text, path)
    elif is_table(text):
        days = from_table(text, path)
    elif _TITLE.search(text) or re.search(r"\d日[^\n]{0,60}(?:放假|上班)", text):
        days = _from_wording(text, path, year)
    else:
        raise no_notice(path)
    if not days:
        raise UnusableInput(
            "{path} holds no days off. Is it the notice of a year that is announced already?", path=str(path)
        )
    return _checked(days)


def parse_sentence(year: int, text: str) -> list[CalendarDay]:
    """Read one sentence of a notice: ``5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。``.

    Parameters
    ----------
    year : int
        The year of the notice; a date without a year is the one nearest to the first date of the sentence.
    text : str
        The sentence, with or without the holiday's name before it (``四、劳动节：``).

    Returns
    -------
    list of CalendarDay
        In the order of the text, each date once.

    Raises
    ------
    InvalidValue
        When a date does not exist, is not the weekday written beside it, is both off and worked, or when the days do
        not add up to the number that is told.

    Examples
    --------
    >>> days = parse_sentence(2026, "三、清明节：4月4日（周六）至6日（周一）放假，共3天。")
    >>> [(str(one.day), one.off, one.name) for one in days][-1]
    ('2026-04-06', True, '清明节')
    """
    heading = _SECTION.match(text.strip())
    name = heading[1] if heading else ""
    found: dict[date, CalendarDay] = {}
    for day, off in _Sentence(year, text).days():
        known = found.setdefault(day, CalendarDay(day, off, name))
        if known.off != off:
            raise _both(day)
    return list(found.values())


class _Sentence:
    """One pass over a sentence: dates gather until a verb says what they are."""

    def __init__(self, year: int, text: str) -> None:
        self.text = text
        self.anchor: date | None = None
        self.year, self.month = year, 0
        self.gathered: list[date] = []
        self.last_off: list[date] = []
        self.given: list[date] = []  # days of rest that are moved, and so worked unless they are off
        self.off: set[date] = set()
        self.ranged = self.parted = self.moved = False

    def days(self) -> Iterator[tuple[date, bool]]:
        for match in _WORDS.finditer(self.text):
            kind = match.lastgroup
            if match["date"]:
                self._gather(match)
            elif match["through"]:
                self.ranged = bool(self.gathered)
            elif match["moved"]:
                self.given.extend(self.gathered)
                self.gathered, self.moved = [], True
            elif match["count"]:
                self._count(int(match["days"]), match["count"])
            elif kind in {"off", "work"}:
                yield from self._said(off=kind == "off")
            elif match["stop"]:
                if self.moved:
                    yield from self._said(off=True)
                self.parted = True
        if self.moved:
            yield from self._said(off=True)
        yield from [(day, False) for day in self.given if day not in self.off]

    def _gather(self, match: re.Match[str]) -> None:
        if self.parted:
            self.gathered, self.ranged, self.parted = [], False, False
        if not (match["month"] or self.month):
            return  # 15日内上报: no date of a holiday
        day = self._date(match)
        if self.ranged and self.gathered:
            first = self.gathered[-1]
            if not timedelta(0) < day - first <= timedelta(days=31):
                raise InvalidValue("{text}: the days run backwards or too far. Mend the dates.", text=match[0])
            self.gathered.extend(first + timedelta(days=step) for step in range(1, (day - first).days + 1))
        else:
            self.gathered.append(day)
        self.ranged = False

    def _date(self, match: re.Match[str]) -> date:
        self.month = int(match["month"] or self.month)
        weekday = re.search(rf"(?:周|星期|礼拜)([{_WEEKDAYS}天])", match["beside"] or "")
        if match["year"]:
            years = [int(match["year"])]
        elif match["month"] and self.anchor:
            years = [self.anchor.year + step for step in (0, -1, 1)]
        else:
            years = [self.year]
        days = [day for year in years if (day := _real(year, self.month, int(match["day"])))]
        if not days:
            raise InvalidValue("There is no such date: {text}. Mend it.", text=match["date"])
        anchor = self.anchor or days[0]
        day = min(days, key=lambda one: abs(one - anchor))
        said = _WEEKDAYS.find(weekday[1].replace("天", "日")) if weekday else day.weekday()
        if day.weekday() != said:
            raise InvalidValue(
                "{text} is written, but {day} is a {weekday}. Mend the date or the weekday.",
                text=match["date"], day=day.isoformat(), weekday=_NAMES[day.weekday()],
            )  # fmt: skip
        self.anchor = self.anchor or day
        self.year = day.year
        return day

    def _said(self, *, off: bool) -> Iterator[tuple[date, bool]]:
        if off and self.gathered:
            self.last_off = self.gathered
            self.off.update(self.gathered)
        yield from [(day, off) for day in self.gathered]
        self.gathered, self.moved = [], False

    def _count(self, told: int, text: str) -> None:
        if self.last_off and told != len(self.last_off):
            raise InvalidValue(
                "{text} is told, but {first} to {last} are {count} days. Mend the dates or the number.",
                text=text, count=len(self.last_off),
                first=self.last_off[0].isoformat(), last=self.last_off[-1].isoformat(),
            )  # fmt: skip
        self.last_off = []


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


# -- the three forms


def _text(path: Path) -> str:
    content = _content(path)
    for encoding in _ENCODINGS if b"\0" not in content else ():
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.strip():
            return text
        raise UnusableInput("{path} is empty.", path=str(path))
    raise UnusableInput(
        "{path} is no text in UTF-8 or GB18030. Save the notice as plain text, CSV or JSON.", path=str(path)
    )


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LONGEST_BYTES:
            raise UnusableInput("{path} is too large to be a notice of days off.", path=str(path))
        return path.read_bytes()
    except FileNotFoundError as fault:
        raise UnusableInput("There is no file {path}. Check the spelling and the folder.", path=str(path)) from fault
    except IsADirectoryError as fault:
        raise UnusableInput(
            "{path} is a folder, not a file. Name one file in it{example}.", path=str(path), example=""
        ) from fault
    except PermissionError as fault:
        raise UnusableInput("{path} may not be read. Ask its owner for permission.", path=str(path)) from fault
    except OSError as fault:
        raise UnusableInput("{path} cannot be read: {reason}.", path=str(path), reason=why(fault)) from fault


def _from_wording(text: str, path: Path, year: int | None) -> list[CalendarDay]:
    plain = unescape(_MARKUP.sub("\n", text))
    title = _TITLE.search(plain)
    if title is None and year is None:
        raise UnusableInput(
            "{path} does not say of which year it is. Put the notice's title before it (…年部分节假日安排的通知).",
            path=str(path),
        )
    of_year = int(title[1]) if title else year or 0
    if year is not None and year != of_year:
        raise InvalidValue("{path} is the notice of {found}, not of {year}.", path=str(path), found=of_year, year=year)
    starts = [match.start(1) for match in _SECTION.finditer(plain)] or [0]
    pieces = [plain[start:end] for start, end in zip(starts, [*starts[1:], len(plain)], strict=True)]
    return [day for piece in pieces for day in parse_sentence(of_year, piece)]


# -- what must hold


def _checked(days: Iterable[CalendarDay]) -> list[CalendarDay]:
    found: dict[date, CalendarDay] = {}
    faults: list[Message] = []
    for one in days:
        known = found.setdefault(one.day, one)
        if known.off != one.off:
            faults.append(_both(one.day).message)
    for one in found.values():
        before = found.get(one.day - timedelta(days=1))
        resumes = before is not None and before.off  # the first day of work after a holiday (2020-02-03)
        if not one.off and one.day.weekday() < 5 and not resumes:
            values = {"day": one.day.isoformat(), "weekday": _NAMES[one.day.weekday()]}
            faults.append(
                Message(
                    "{day} is marked as a make-up working day, but it is a {weekday}, worked anyway. Mend the date.",
                    values,
                )
            )
    if faults:
        raise together(faults)
    return sorted(found.values(), key=lambda one: one.day)


def _both(day: date) -> InvalidValue:
    return InvalidValue("{day} is told both as off and as worked. Keep one of the two.", day=day.isoformat())
