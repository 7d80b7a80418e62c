"""What may stand in a cell of a table, and how texts are kept harmless in files that a spreadsheet opens."""

import json
import math
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

BLANK = "".join(chr(code) for code in range(0x3001) if chr(code).isspace()) + "\u200b\u2060\ufeff"
"""Every space there is, the ideographic one and the invisible ones that messengers leave included."""

EXACT_INTEGER = 2**53
_FORMULA = re.compile(rf"['{re.escape(BLANK)}]*[=+\-@＝＋－＠]")
_NUMBER = re.compile(r"[-+][-+\d\s.,()]*")


def clean(text: str) -> str | None:
    """Return a text without the blanks around it; None when nothing is left.

    Examples
    --------
    >>> clean("　二七广场 ")
    '二七广场'
    """
    return text.strip(BLANK) or None


def guard(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: one ``'`` before what begins with ``= + - @``.

    Numbers and telephone numbers (a sign, then nothing but digits, blanks and ``+ - . , ( )``) stay as they are: they
    compute nothing but themselves. A text that already begins with ``'`` and a sign gets a further one, so that
    :func:`unguard` is the exact inverse. The signs are those of OWASP's "CSV Injection", full-width ones included.

    Examples
    --------
    >>> guard("=1+1"), guard("-3"), guard("+86 371-6618"), guard("'=x")
    ("'=1+1", '-3', '+86 371-6618', "''=x")
    """
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def unguard(text: str) -> str:
    """Return a text as it was before :func:`guard`; a text that no guard stands before as it is.

    Examples
    --------
    >>> unguard("'=1+1"), unguard("'s Gravenhage")
    ('=1+1', "'s Gravenhage")
    """
    if text[:1] == "'" and _FORMULA.match(text):
        return text[1:]
    return text


def typed(text: str) -> str | None:
    """Return the text of a spreadsheet cell: without blanks around it and without its guard; None when empty."""
    stripped = text.strip(BLANK)
    if stripped[:1] == "'":
        stripped = unguard(stripped).strip(BLANK)
    return stripped or None


def plain(value: Any) -> Any:
    """Return any value as what a table may hold: str, bool, int, float, date, datetime, time or None.

    Lists and objects become JSON, bytes hexadecimal digits, durations ``h:mm:ss``; NaN and NaT become None.

    Examples
    --------
    >>> plain({"adcode": 410103}), plain(float("nan")), plain(["wifi"])
    ('{"adcode": 410103}', None, '["wifi"]')
    """
    if isinstance(value, datetime):
        return value if value == value else None  # NaT is a datetime, unequal to itself
    if value is None or isinstance(value, bool | int | date | time):
        return value
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, float):
        return None if math.isnan(value) else float(value)
    if isinstance(value, np.datetime64):
        return plain(value.astype("datetime64[us]").item())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, timedelta):
        return duration(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex() or None
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return clean(str(value))


def whole(number: float) -> int | float:
    """Return a number as a spreadsheet shows it: 12.0 is 12. Beyond 2**53 it stays what it is.

    Examples
    --------
    >>> whole(12.0), whole(12.5)
    (12, 12.5)
    """
    return int(number) if number.is_integer() and abs(number) <= EXACT_INTEGER else number


def duration(span: timedelta) -> str:
    """Return a duration as ``h:mm:ss``, as a spreadsheet shows it; hours go beyond 24.

    Examples
    --------
    >>> duration(timedelta(hours=26, minutes=5))
    '26:05:00'
    """
    seconds = round(span.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"


def distinct(names: Iterable[str | None]) -> tuple[str, ...]:
    """Return column names with every one different: the second 名称 becomes ``名称 (2)``, an unnamed fifth one ``#5``.

    Examples
    --------
    >>> distinct(["名称", None, "名称"])
    ('名称', '#2', '名称 (2)')
    """
    wanted = [name or f"#{position}" for position, name in enumerate(names, start=1)]
    taken: set[str] = set()
    found = []
    for name in wanted:
        fresh, count = name, 1
        while fresh in taken or (count > 1 and fresh in wanted):
            count += 1
            fresh = f"{name} ({count})"
        taken.add(fresh)
        found.append(fresh)
    return tuple(found)


def listed(values: Sequence[object], *, most: int = 8) -> str:
    """Return values as a list for a message, cut after ``most``.

    Examples
    --------
    >>> listed(["a", "b", "c"], most=2)
    'a, b …'
    """
    return ", ".join(map(str, values[:most])) + (" …" if len(values) > most else "")
