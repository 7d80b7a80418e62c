"""Times of the day as people write them, and what two of them mean as a span.

Chinese lists mix the 24-hour clock with the 12-hour clock (下午2:30-5:00) and leave out what a reader knows
(8:30-12:00 2:30-5:30). What follows from the words, or from the order of a day, is read; what two honest readers would
read differently is not, and comes back as None:

- a part of the day said at the beginning holds for the end too (下午2:30-5:00), unless the end says its own;
- an end before the beginning is the next day when the text says so (次日), when the beginning is in the evening, or
  when the end is written on the 24-hour clock (10:00-02:00) and would make no office day on the 12-hour clock;
- ``9:00-5:00`` may be nine to five or a bar that shuts at dawn: not read;
- in a list of periods, one that seems to begin before the last ended is on the 12-hour clock (8:30-12:00 2:30-5:30).

Minutes count from midnight; a span that ends the next day ends after 1440.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal

from stationmap.hours.rules import DAY_MIN

Part = Literal["dawn", "morning", "noon", "afternoon", "evening", "night", "am", "pm"]

NOON_MIN = 720
PARTS: dict[str, Part] = {
    "凌晨": "dawn",
    **dict.fromkeys(("清晨", "清早", "早上", "早晨", "早间", "晨间", "上午", "午前", "次晨", "早", "朝"), "morning"),
    **dict.fromkeys(("中午", "正午", "午间"), "noon"),
    **dict.fromkeys(("下午", "午后"), "afternoon"),
    **dict.fromkeys(("傍晚", "晚上", "晚间", "夜间", "夜里", "夜晚", "晚", "夜"), "evening"),
    **dict.fromkeys(("深夜", "半夜", "午夜"), "night"),
    **dict.fromkeys(("am", "a.m", "a.m."), "am"),
    **dict.fromkeys(("pm", "p.m", "p.m."), "pm"),
}
_LATE = ("noon", "afternoon", "evening", "night", "pm")
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2})\s?[:.;]\s?(?P<minute>\d{1,2})(?::\d{2})?"
    r"|(?P<spoken>\d{1,2}|[零〇一二两三四五六七八九十廿]{1,3})\s?(?:点钟?|时)"
    r"(?:(?P<word>整|半|[一三]刻)|(?P<late>\d{1,2}|[零〇一二三四五六七八九十]{1,3})分?)?"
    r"|(?P<four>\d{4})"
    r"|(?P<bare>\d{1,2}|[零〇一二两三四五六七八九十廿]{1,3})"
)
_WORD_MIN = {"整": 0, "半": 30, "一刻": 15, "三刻": 45}
_NO_MINUTE = "99"


@dataclass(frozen=True, slots=True)
class Clock:
    """One time of the day as written.

    Parameters
    ----------
    hour, minute : int
        As written; nothing is checked yet.
    part : Part or None
        The part of the day said with it.
    trailing : bool
        The part stood behind the time (``5pm``, ``2:30-5:30（下午）``) and may hold for the beginning too.
    next_day : bool
        次日, 翌日, 第二天 stood before it.
    padded : bool
        The hour begins with 0: the 24-hour clock.
    bare : bool
        Only a number: a time by its place alone.
    """

    hour: int
    minute: int = 0
    part: Part | None = None
    trailing: bool = False
    next_day: bool = False
    padded: bool = False
    bare: bool = False


def number(text: str) -> int:
    """Return the value of Arabic digits or of a Chinese numeral up to 九十九.

    Examples
    --------
    >>> number("二十四"), number("十二"), number("07"), number("〇五")
    (24, 12, 7, 5)
    """
    if text.isascii():
        return int(text)
    text = text.replace("廿", "二十")
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return int("".join(str(_DIGITS[sign]) for sign in text))
    return (number(tens) if tens else 1) * 10 + (number(ones) if ones else 0)


def clock(text: str) -> Clock:
    """Return the time written in ``text``: ``8:30``, ``8.30``, ``8点半``, ``十二点一刻``, ``9:00 am``, ``0930``, ``9``.

    Raises
    ------
    ValueError
        When it is written as no time is.
    """
    body, part = _without_part(text)
    if body in {"noon", "midnight"}:
        return Clock(12 if body == "noon" else 24)
    match = _CLOCK.fullmatch(body)
    if not match:
        raise ValueError(text)
    found = match.groupdict()
    hour, minute = found["hour"] or found["spoken"] or found["bare"], found["minute"] or found["late"] or "0"
    if found["four"]:
        hour, minute = found["four"][:2], found["four"][2:]
    elif found["minute"] and len(minute) == 1 and minute != "0":
        minute = _NO_MINUTE  # 8:3 may be 8:03 or 8:30
    return Clock(
        hour=number(hour),
        minute=_WORD_MIN[found["word"]] if found["word"] else number(minute),
        part=part,
        trailing=part is not None,
        padded=hour[0] == "0",
        bare=bool(found["bare"]) and part is None,
    )


def span(start: Clock, end: Clock, after: int | None = None) -> tuple[int, int] | None:
    """Return the span from one time to another, in minutes from midnight, or None where it cannot be known.

    Parameters
    ----------
    start, end : Clock
        As written.
    after : int or None
        The minute at which the period before it in the same list ended.

    Examples
    --------
    >>> span(Clock(2, 30, "afternoon"), Clock(5))
    (870, 1020)
    >>> span(Clock(9), Clock(5)) is None
    True
    """
    if start.next_day:
        return None
    if end.part and end.trailing and not start.part:
        start = _with_part_of(start, end)
    begin, finish = _minute(start), _minute(end)
    if begin is None or finish is None or begin == DAY_MIN:
        return None
    if end.next_day:
        return (begin, finish + DAY_MIN) if finish <= begin else None
    if start.part is None and end.part is None:
        return _bare(start, end, after)
    if end.part is None:
        finish = _inherited(start, end, begin)
    elif start.part is None and not start.padded and 0 < start.hour < 6 and end.part in {"afternoon", "evening"}:
        return None  # 2:00-下午5:00: in the night or in the afternoon?
    return _closed(begin, finish, start, end)


def _closed(begin: int, finish: int | None, start: Clock, end: Clock) -> tuple[int, int] | None:
    if finish is None or finish == begin:
        return None
    if finish > begin:
        return begin, finish
    if finish == 0:
        return begin, DAY_MIN
    early = end.part in {"dawn", "am", "morning", "night", "evening"} or start.part in {"evening", "night"}
    return (begin, finish + DAY_MIN) if early and begin >= NOON_MIN else None


def _without_part(text: str) -> tuple[str, Part | None]:
    for word in ("a.m.", "p.m.", "a.m", "p.m", "am", "pm"):
        if text.endswith(word):
            return text[: -len(word)].rstrip(), PARTS[word]
    return text, None


def _with_part_of(start: Clock, end: Clock) -> Clock:
    if start.hour > 12:
        return start
    same = replace(start, part=end.part)
    begin, finish = _minute(same), _minute(end)
    if begin is not None and finish is not None and begin < finish:
        return same
    return replace(start, part="am") if end.part == "pm" else start


def _minute(clock: Clock) -> int | None:
    """Return the minute of the day a clock with its own part says, None where there is no such time."""
    if clock.minute > 59 or clock.hour > 24 or (clock.hour == 24 and clock.minute):
        return None
    hour = _hour(clock.hour, clock.part)
    return None if hour is None else hour * 60 + clock.minute


def _hour(hour: int, part: Part | None) -> int | None:
    if part is None:
        return hour
    if part in {"morning", "am", "dawn"}:
        if hour == 12:
            return 12 if part == "morning" else 0
        return hour if hour <= (6 if part == "dawn" else 11) else None
    if hour > 12:
        return hour
    if part in {"afternoon", "pm"}:
        return 12 if hour == 12 else hour + 12 if hour else None
    if part == "noon":
        return hour + 12 if 0 < hour <= 6 else hour if hour >= 10 else None
    if hour in {0, 12}:
        return 24
    return hour + 12 if hour >= (5 if part == "evening" else 8) else hour


def _inherited(start: Clock, end: Clock, begin: int) -> int | None:
    """Return the minute of an end that leaves its part of the day to the beginning."""
    literal = end.hour * 60 + end.minute
    if end.hour > 12 or end.hour == 0:
        return literal
    if start.part not in _LATE:
        return literal if literal > begin else None
    finish = _minute(replace(end, part=start.part))
    if start.part not in {"evening", "night"}:
        return finish if finish is not None and finish > begin else None
    if finish is not None and finish > begin:
        return None if start.hour > 12 and end.hour < 12 else finish  # 晚上19:00-9:00: till nine at night?
    return literal


def _bare(start: Clock, end: Clock, after: int | None) -> tuple[int, int] | None:
    begin, finish = start.hour * 60 + start.minute, end.hour * 60 + end.minute
    if begin == finish:
        return (0, DAY_MIN) if begin == 0 else None
    if finish == 0 or (begin == 0 and finish == DAY_MIN - 1):  # 00:00-23:59 is how forms write the whole day
        return begin, DAY_MIN
    if begin < finish:
        return _ascending(begin, finish, start, after)
    return _overnight(begin, finish, start, end)


def _ascending(begin: int, finish: int, start: Clock, after: int | None) -> tuple[int, int] | None:
    if after is not None and 660 <= after <= DAY_MIN and begin < after and not start.padded and finish < NOON_MIN:
        moved = begin + NOON_MIN, finish + NOON_MIN
        return moved if moved[0] >= after else None
    if 60 <= begin < 300 and finish < NOON_MIN and not start.padded:
        return None  # 2:30-5:30 alone: which half of the day?
    return begin, finish


def _overnight(begin: int, finish: int, start: Clock, end: Clock) -> tuple[int, int] | None:
    twelve = finish + NOON_MIN
    if start.hour >= 17:
        return begin, finish + DAY_MIN
    if start.hour >= 13:
        doubtful = not end.padded and begin < twelve <= 19 * 60
    else:
        doubtful = not end.padded or (7 * 60 <= begin < 11 * 60 and 16 * 60 <= twelve <= 19 * 60)
    return None if doubtful else (begin, finish + DAY_MIN)
