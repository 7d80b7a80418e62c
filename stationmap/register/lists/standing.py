"""Whether a row says that its station is there no more (已撤销), or shut for a time (装修中).

A column of its own says so (状态, status), or a remark that says nothing else. Words that are not known decide
nothing: they are told, and kept in the note.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, partial

from stationmap.errors import Message
from stationmap.register.lists import cells
from stationmap.register.lists.sheet import Sheet
from stationmap.schema.faults import Severity

_DAY_BEHIND = re.compile(r"[(\[（]?\s*\d{4}\s*[-年./]\s*\d{1,2}(?:\s*[-月./]?\s*(?:\d{1,2})?\s*日?)?\s*[)\]）]?$")
_FEW = 10
_LONGEST_REMARK = 40
_MARKS = " 。.!,;:，；：！"


class Standing(StrEnum):
    """What a row says of its station."""

    WORKING = "working"
    PAUSED = "paused"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Standings:
    """One item a row of the sheet: whether it was removed, and the words that say it is shut, "" when none do."""

    removed: Sequence[bool]
    paused: Sequence[str]


def standing_in(text: str, *, remark: bool = False) -> Standing | None:
    """Return what a whole cell says of a station, None when it says nothing that is known.

    Parameters
    ----------
    text : str
        The cell.
    remark : bool
        It may be about anything: then it must say nothing else.

    Examples
    --------
    >>> str(standing_in("已撤销")), str(standing_in("装修中，十月恢复")), standing_in("不锈钢")
    ('removed', 'paused', None)
    """
    if remark and len(text) > _LONGEST_REMARK:
        return None
    folded = unicodedata.normalize("NFKC", text).casefold().strip(_MARKS)
    folded = _DAY_BEHIND.sub("", folded).strip(_MARKS)
    over = any(word in folded for word in cells.words("status")["over"])
    for form in _forms(folded):
        if form in _meanings():
            return _meanings()[form]
        if not remark and form.startswith(cells.words("status")["paused"]) and not over:
            return Standing.PAUSED
    return None


def read_standings(sheet: Sheet) -> Standings:
    """Return what each row says of its station; all that is taken from it is told.

    Parameters
    ----------
    sheet : Sheet
        The rows; faults are put down there.
    """
    removed = [False] * len(sheet)
    paused = [""] * len(sheet)
    for field in ("status", "note"):
        for column in sheet.columns.fields.get(field, ()):
            texts = sheet.column(column)
            remark = field == "note"
            found = cells.each(texts, partial(standing_in, remark=remark))
            unclear = not remark and _is_about_something_else(sheet, column, texts, found)
            for i, standing in enumerate(found):
                if cells.is_blank(texts[i]) or (remark and standing is None):
                    continue
                if not remark and standing is not Standing.WORKING:
                    sheet.keep(i, column, texts[i])
                if standing is not None or not unclear:
                    _tell(sheet, i, column, texts[i], standing)
                removed[i] |= standing is Standing.REMOVED
                if standing is Standing.PAUSED:
                    paused[i] = paused[i] or texts[i]
    return Standings(removed, paused)


def _is_about_something_else(sheet: Sheet, column: str, texts: Sequence[str], found: Sequence[Standing | None]) -> bool:
    """Tell whether most cells of a column of many say nothing that is known; say so once, instead of in each row."""
    known = [standing is not None for text, standing in zip(texts, found, strict=True) if not cells.is_blank(text)]
    if len(known) <= _FEW or sum(known) * 2 >= len(known):
        return False
    message = Message(
        "The column {column} mostly does not say whether a station can be used (启用, 暂停, 撤销); it was kept in the "
        "note.",
        {"column": column},
    )
    sheet.warn(None, column, "", message)
    return True


@cache
def _meanings() -> Mapping[str, Standing]:
    return {word: standing for standing in Standing for word in cells.words("status")[standing]}


def _forms(folded: str) -> list[str]:
    """Return a text as it is, then without the fillers before it, then without those behind it."""
    forms = [folded]
    for _ in range(2):
        bare = next((forms[-1].removeprefix(w) for w in cells.words("status")["before"] if forms[-1].startswith(w)), "")
        if bare.strip():
            forms.append(bare.strip())
    shorter = (form.removesuffix(word).strip() for form in forms for word in cells.words("status")["behind"])
    return list(dict.fromkeys(filter(None, (*forms, *shorter))))


def _tell(sheet: Sheet, i: int, column: str, text: str, standing: Standing | None) -> None:
    values = {"words": cells.quoted(text)}
    if standing is Standing.REMOVED:
        message = Message("{words}: taken as removed. It keeps its page and is shown nowhere else.", values)
        sheet.fault(i, column, text, message, Severity.NOTE)
    elif standing is Standing.PAUSED:
        message = Message("{words}: taken as closed until a list gives its hours again.", values)
        sheet.warn(i, column, text, message)
    elif standing is None:
        message = Message(
            "{words!r} does not say whether it can be used; write 启用, 暂停 or 撤销. It was kept in the note.", values
        )
        sheet.warn(i, column, text, message)
