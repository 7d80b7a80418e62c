"""Phrases grouped by the company they keep: a pause, an exception, a season with its dates, days with their label.

Each kind of phrase has a letter; a text is a word of such letters, and one table of patterns over that word tells
which phrases belong together. What a group says of which days is settled by
:mod:`stationmap.hours.freetext.attachment`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from stationmap.hours.freetext.daytime import Clock, span
from stationmap.hours.freetext.lexicon import Kind
from stationmap.hours.freetext.phrases import Phrase

_LETTERS = {
    Kind.SPAN: "t",
    Kind.ALL_DAY: "T",
    Kind.CLOCK: "c",
    Kind.DAYS: "d",
    Kind.DATES: "D",
    Kind.SEASON: "S",
    Kind.OPEN: "o",
    Kind.USUAL: "u",
    Kind.YEAR_ROUND: "y",
    Kind.CLOSED: "x",
    Kind.CLOSED_LABEL: "X",
    Kind.MIDDAY_BREAK: "b",
    Kind.EXCEPT: "e",
    Kind.EXCEPTED: "E",
    Kind.INCLUDING: "i",
    Kind.LAST_ENTRY: "k",
    Kind.PART: "p",
    Kind.DOUBT: "q",
    Kind.DISCLAIMER: "a",
    Kind.OTHER: "w",
    Kind.SUBJECT: "s",
    Kind.LABEL: "l",
    Kind.COLON: ":",
    Kind.COMMA: ",",
    Kind.BREAK: ";",
    Kind.OPENING: "(",
    Kind.CLOSING: ")",
    Kind.LISTING: "+",
    Kind.RANGE: "-",
    Kind.YEAR: "Y",
    Kind.PHONE: "f",
}
_GROUPS = re.compile(
    r"""
      (?P<entry>    c\(?k | k[:l]*c | k )                           # 16:30停止入场
    | (?P<makeup>   m[:,]?[ouxE] | m )                              # 调休日正常上班
    | (?P<stretch>  dc-dc | t-[tc] )                                # 周日17:00-周四21:50; 8:00-12:00-14:00
    | (?P<excepted> e[dD]x?E? | (?<!e)[dD]E )                       # 除周一外; 节假日除外
    | (?P<included> i:?d )                                          # 含节假日
    | (?P<pause>    b[:(l]*t | t[zE] | t\(b\) )                     # 午休12:00-14:00; 12:00-14:00休息
    | (?P<shut>     X[:l-]*d(?:[,+]d(?=[,+;)]|\Z))* )                # 闭馆日：周一、节假日
    | (?P<later>    d[:l]*ao? )                                     # 节假日另行通知
    | (?P<scope>    \(S\)Y?D | S[;:,(]?Y?D | Y?DS | Y?D\(S | S | Y?D )  # 夏季(5月-9月); 10月1日-7日
    | (?P<year>     Y )
    | (?P<times>    [tT] )
    | (?P<single>   . )
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Item:
    """A group of phrases.

    Parameters
    ----------
    kind : str
        Name of the group, or for a single phrase its letter.
    phrases : tuple of Phrase
        Those of the group that carry meaning, in order.
    places : tuple of int
        Where they stand in the row of phrases.
    before, after : str
        The letters beside the group, "" at the ends of the text.
    touching : bool
        Nothing, not even a space, is between the group and what follows it.
    at : int
        Where the group begins in the word of letters.
    """

    kind: str
    phrases: tuple[Phrase, ...]
    places: tuple[int, ...]
    before: str
    after: str
    touching: bool
    at: int

    @property
    def alone(self) -> bool:
        """Whether the group fills a bracket by itself."""
        return self.before == "(" and self.after == ")"

    def of(self, kind: Kind) -> Phrase | None:
        """Return the first phrase of a kind, None where there is none."""
        return next((phrase for phrase in self.phrases if phrase.kind is kind), None)


def items(phrases: Sequence[Phrase]) -> tuple[list[Item], str]:
    """Return the groups of a row of phrases, and the word of letters that they were read from."""
    places = [place for place, phrase in enumerate(phrases) if phrase.kind in _LETTERS]
    word = "".join(_letter(phrases, places, index) for index in range(len(places)))
    found = []
    for match in _GROUPS.finditer(word):
        at = tuple(places[match.start() : match.end()])
        kind = match.lastgroup or ""
        end = places[match.end()] if match.end() < len(places) else -1
        found.append(
            Item(
                kind=match[0] if kind == "single" else kind,
                phrases=tuple(phrases[place] for place in at),
                places=at,
                before=word[match.start() - 1] if match.start() else "",
                after=word[match.end()] if end >= 0 else "",
                touching=end == at[-1] + 1,
                at=match.start(),
            )
        )
    return found, word


def _letter(phrases: Sequence[Phrase], places: Sequence[int], index: int) -> str:
    phrase = phrases[places[index]]
    letter = _LETTERS[phrase.kind]
    if letter == "d" and getattr(phrase.value, "makeup", False):
        return "m"
    if letter in "xb" and index and phrases[places[index - 1]].kind is Kind.SPAN:
        return "b" if _within(phrases, places, index) else "X" if _heads(phrases, places, index) else "z"
    if letter == "X" or (letter == "x" and _heads(phrases, places, index)):
        return "b" if _follows(phrases, places, index, Kind.SPAN) else "X"
    return letter


def _follows(phrases: Sequence[Phrase], places: Sequence[int], index: int, kind: Kind) -> bool:
    """Whether the next phrase, colons and labels left out, is of a kind."""
    for place in places[index + 1 : index + 4]:
        if phrases[place].kind not in {Kind.COLON, Kind.LABEL, Kind.OPENING, Kind.RANGE}:
            return phrases[place].kind is kind
    return False


def _heads(phrases: Sequence[Phrase], places: Sequence[int], index: int) -> bool:
    """Whether a closing stands before what it closes (休息：周一; closed on Mondays) and not behind it (周一休息)."""
    before = phrases[places[index - 1]].kind if index else None
    if before in {Kind.DAYS, Kind.DATES, Kind.SEASON, Kind.PART, Kind.EXCEPTED, Kind.ALL_DAY}:
        return False
    if _follows(phrases, places, index, Kind.DAYS):
        after = phrases[places[index + 1]].kind
        return before is not Kind.SPAN or after is Kind.COLON or phrases[places[index]].text.isascii()
    return before is not Kind.SPAN and _follows(phrases, places, index, Kind.SPAN)


def _within(phrases: Sequence[Phrase], places: Sequence[int], index: int) -> bool:
    """Whether the span behind a closing lies within the one before it: 9:00-18:00 休息 12:00-13:00."""
    if not _follows(phrases, places, index, Kind.SPAN):
        return False
    outer = minutes(phrases[places[index - 1]])
    following = next(phrases[place] for place in places[index + 1 :] if phrases[place].kind is Kind.SPAN)
    inner = minutes(following)
    return inner is None or outer is None or (outer[0] < inner[0] and inner[1] < outer[1])


def minutes(phrase: Phrase, after: int | None = None) -> tuple[int, int] | None:
    """Return the minutes of a span of the clock, None where they cannot be known."""
    value = phrase.value
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], Clock) and isinstance(value[1], Clock):
        return span(value[0], value[1], after)
    return None
