"""Free text of hours, as lists really carry it, read into OSM opening hours; what was not read is told, never dropped.

Chinese and English, and the two mixed. The way of a text through :mod:`stationmap.hours.freetext`: plain signs
(``glyphs``), words (``lexicon``), phrases (``phrases``), statements (``statements``), weeks (``weeks``), OSM
(``wording``).
Nothing is guessed: what two honest readers would read differently is not known, and its words come back as unread.
Where such words speak of some days only, those days are unknown and the others hold; a text that says of the place
only that it is being rebuilt, or was given up, is closed, with its words as unread.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from stationmap.hours.expression import UnreadableHours, UnsupportedHours, parse
from stationmap.hours.freetext.attachment import statements
from stationmap.hours.freetext.glyphs import Plain, plain
from stationmap.hours.freetext.lexicon import Kind, Token, tokens
from stationmap.hours.freetext.phrases import Phrase, phrases
from stationmap.hours.freetext.statements import Statement
from stationmap.hours.freetext.weeks import settle
from stationmap.hours.freetext.wording import osm

LONGEST = 4_000
"""A text of more signs than this is a document and no hours: it is not read, and comes back whole."""

_MOST_STATEMENTS = 100
_OSM_WORDS = re.compile(
    r"(?:mo|tu|we|th|fr|sa|su|ph|sh|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|week|easter|days?|off|closed|open"
    r"|unknown|sunrise|sunset|dawn|dusk|[\d\s,;:+\-/()\[\]|–]|\"[^\"]*\")+",
    re.IGNORECASE,
)
_OSM_MARK = re.compile(
    r"\b(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|24/7|week|off|unknown)\b|\d\+"
)
_CLERKS_TIME = re.compile(r"(?:Mo|Tu|We|Th|Fr|Sa|Su|PH)[\s:]+\d{1,2}\s*-\s*\d{1,2}(?![\d:])|-\s*\d:\d\d", re.IGNORECASE)
_NOTHING = re.compile(r"unknown(?:; [^;]* unknown)*")
_SILENT = {
    Kind.SPACE, Kind.BREAK, Kind.COMMA, Kind.LISTING, Kind.COLON, Kind.OPENING, Kind.CLOSING, Kind.RANGE, Kind.HEAD,
    Kind.LABEL, Kind.SUBJECT, Kind.FILLER, Kind.NO_BREAK,
}  # fmt: skip
_DOUBT_OF_TIMES = re.compile(
    "左右|大约|大概|约|不定期?|不固定|不详|未知|未定|待定|待通知|待公布|暂无|可能|也许|有时|偶尔|灵活|弹性"
)
_WORKS = r"(?:内部|全面|闭馆)?(?:装修|维修|整修|改造|翻修|检修|修缮|升级改造|搬迁)(?:改造|升级|施工)?"
_SHUT_FOR_NOW = re.compile(
    rf"(?:[本该]?(?:站点?|驿站|点位?))?(?:目前|现|暂时|正在|正)*(?:{_WORKS}中"
    rf"|(?:因|由于){_WORKS}(?:中|期间|需要|原因)?[, ]?(?:暂停|停止|暂不)(?:对外)?(?:开放|营业|服务|使用)"
    r"|已?经?(?:撤销|拆除|停运|停办|注销|撤并|撤点|撤站|废止|停止使用|停止运营|不再使用))[了。!. ]{0,3}"
)
_DAYTIME = re.compile(r"(?:仅|只限|限)?(?:白天|日间)(?:对外)?(?:开放|营业|服务|使用)?[。. ]{0,2}")
_CALM = {Kind.DISCLAIMER, Kind.PHONE}
_ABOUT_TIME = re.compile(
    r"\d|周|星期|礼拜|[年月节假季晨]|小时|分钟|时间|时段|[一二两三四五六七八九十]点|[早晚上下中]午|[早晚夜午]|日|期间|白天|[白夜]班|暂停|停止|休|闭"
    r"|开放|开门|营业|开馆|关门|关闭|打烊|不开|[上下值]班|每|除|[约左]右?|不定|不固定|待定|另行|临时"
    r"|(?<![a-z])(?:am|pm|hours?|days?|open|closed?|noon|night|morning|evening|weekend|holidays?|daily|mon|tue|wed|thu|fri|sat|sun)"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in a text.

    Parameters
    ----------
    osm : str
        Opening hours in OSM syntax, normal form; "" when nothing was read.
    unread : tuple of str
        The pieces that were not read, as typed, in order.
    uncertain : bool
        Whether something unread may bear on the times of days that ``osm`` takes for known. Words whose days are
        ``unknown`` in ``osm`` (public holidays for 春节除外) leave it certain.
    makeup : str
        What the text says of make-up working days: ``work``, ``weekend`` or ``unknown``.
    """

    osm: str
    unread: tuple[str, ...] = ()
    uncertain: bool = False
    makeup: str = "unknown"


@lru_cache(maxsize=16384)
def read(text: str) -> Reading:
    """Read hours as a list carries them.

    Parameters
    ----------
    text : str
        Any text; OSM opening hours are taken as they are, in their normal form.

    Examples
    --------
    >>> read("周一至周五 8:30-11:30 13:30-17:00，法定节假日休息").osm
    'Mo-Fr 08:30-11:30,13:30-17:00; PH off'
    >>> read("夏季 8:00-18:30，冬季 8:30-17:30，以现场公告为准")
    Reading(osm='', unread=('夏季 8:00-18:30', '冬季 8:30-17:30', '以现场公告为准'), uncertain=True, makeup='unknown')
    """
    if len(text) > LONGEST:
        return Reading("", (text,), uncertain=True)
    known = _as_osm(text)
    if known:
        return Reading(known)
    source = plain(text)
    bare = source.text.strip()
    if _SHUT_FOR_NOW.fullmatch(bare) or _DAYTIME.fullmatch(bare):
        return Reading("off" if _SHUT_FOR_NOW.fullmatch(bare) else "unknown", (text.strip(),))
    words = list(tokens(source.text))
    row = phrases(words)
    said = statements(row)
    if len(said) > _MOST_STATEMENTS:
        return Reading("", (text.strip(),), uncertain=True)
    settled = settle(said)
    told = any(not one.doubtful or one.days is not None or one.scope is not None for one in said)
    shown = [one for one in said if not (one.days is not None and one.days.makeup)]
    marks = _unread_words(words, row, said)
    uncertain = _uncertain(words, marks)
    found = osm(settled) if shown and told else ""
    return Reading(
        osm="" if uncertain and _NOTHING.fullmatch(found) else found,
        unread=tuple(_fragments(source, words, marks)),
        uncertain=uncertain,
        makeup=settled.makeup,
    )


def _as_osm(text: str) -> str:
    """Return OSM hours in their normal form, "" for any other text; what OSM knows and we do not evaluate stays.

    Looser spellings (``Mo-Fr 9-5``) and days without times, which OSM takes as open all day, are left to the reader.
    """
    bare = text.strip()
    if not _OSM_MARK.search(bare) or not _OSM_WORDS.fullmatch(bare) or _CLERKS_TIME.search(bare):
        return ""
    try:
        hours = parse(bare)
    except UnsupportedHours:
        return bare
    except UnreadableHours:
        return ""
    days_alone = any(rule.selects_days and not rule.times and rule.modifier == "open" for rule in hours.rules)
    return "" if days_alone and "open" not in bare.lower() else str(hours)


def _unread_words(words: Sequence[Token], row: Sequence[Phrase], said: Sequence[Statement]) -> list[Kind | None]:
    """Return for each word None when it was read, else the kind it is unread as (DISCLAIMER: it troubles nobody)."""
    taken: dict[int, Statement] = {place: one for one in said for place in one.places}
    marks: list[Kind | None] = []
    for place, phrase in enumerate(row):
        one = taken.get(place)
        for word in words[phrase.first : phrase.last]:
            if one is None:
                marks.append(None if word.kind in _SILENT else word.kind)
            elif one.calm and not (one.doubtful and _spreads(row, one)):
                marks.append(Kind.DISCLAIMER)
            else:
                marks.append(word.kind if one.doubtful or one.foreign or one.quoted else None)
    return marks


def _spreads(row: Sequence[Phrase], one: Statement) -> bool:
    """Whether a word of doubt may carry a statement to days that it does not name: 周六前后, 即日起至2月28日."""
    doubts = [row[place].text for place in one.places if row[place].kind is Kind.DOUBT]
    return not all(map(_DOUBT_OF_TIMES.fullmatch, doubts))


def _runs(words: Sequence[Token], marks: Sequence[Kind | None]) -> Iterator[tuple[int, int]]:
    """Yield where runs of unread words begin and end: commas and line ends part them, lesser signs do not."""
    first = last = -1
    for at, mark in enumerate(marks):
        if mark is not None and words[at].kind not in {Kind.BREAK, Kind.COMMA}:
            first, last = (at if first < 0 else first), at
        elif first >= 0 and (words[at].kind in {Kind.BREAK, Kind.COMMA} or words[at].kind not in _SILENT):
            yield first, last + 1
            first = -1
    if first >= 0:
        yield first, last + 1


def _fragments(source: Plain, words: Sequence[Token], marks: Sequence[Kind | None]) -> Iterator[str]:
    for first, last in _runs(words, marks):
        kinds = [word.kind for word in words[first:last]]
        while first and words[first - 1].kind is Kind.LABEL and words[first].kind is not Kind.DISCLAIMER:
            first -= 1
        unclosed = kinds.count(Kind.OPENING) - kinds.count(Kind.CLOSING)
        if unclosed > 0 and last < len(words) and words[last].kind is Kind.CLOSING:
            last += 1
        elif unclosed < 0 and first and words[first - 1].kind is Kind.OPENING:
            first -= 1
        piece = source.original(words[first].start, words[last - 1].end).strip()
        if piece:
            yield piece


def _uncertain(words: Sequence[Token], marks: Sequence[Kind | None]) -> bool:
    for word, mark in zip(words, marks, strict=True):
        if mark is None or mark in _CALM or word.kind in _SILENT:
            continue
        if mark is not Kind.OTHER or _ABOUT_TIME.search(word.text):
            return True
    return False
