"""In what order names are found.

A hit is the better, in this order:

1. by how the words were found: *as they stand*, by pinyin as the name is read, by pinyin of another reading, by
   initials, by a mixture, as letters that stand in an address or beside (``xjh`` in XJH-01: who types letters mostly
   means the names that sound so), in two parts (二七驿站 in 二七路工会驿站), as the street of a house number or a house
   near to it by number, with one mistake; the worst word counts;
2. by where they were found: in the name, in the address, in what is said besides (its area, its kind);
3. by place in that text: it is the whole text, begins it, begins or ends a word or part of it (二七 in 郑州市二七区,
   驿站 in 爱心驿站), stands inside;
4. of houses near by number the one with the least difference; of others the nearer one when a position is given, one
   without a place last; else the one with the shorter name;
5. by id, then by kind.

Parts, houses near by number and mistakes are looked for only where the ways before them found less than three, and no
name that is just what was typed.

Stations at one address that are found by that address alone are one hit of the kind ``address``: the best of them.
No kind hides the others: of each kind that was found by its name or address in the way of the very best hit, up to
``limit // 5`` are among the hits returned; they stand in the order above.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LITERAL, PINYIN, OTHER_READING, INITIALS, MIXED, LETTERS, IN_PARTS, BY_NUMBER, TYPO = range(9)
NAME, ADDRESS, CONTEXT = range(3)
ABSENT = 127
THE_NAME = 0
"""The level of a name that is just what was typed."""
_PLACES, _FIELDS = 4, 3
_WAY = _PLACES * _FIELDS

_WORDS = ("", "pinyin", "pinyin", "initials", "mixed", "", "parts", "typo", "typo")
_PLACE_WORDS = ("exact", "prefix", "word", "inside")
_KIND_ORDER = ("area", "street", "address", "station")

Levels = NDArray[np.int8]
Rows = NDArray[np.int64]
Metric = NDArray[np.float64]


def levels(way: int, fields: NDArray[np.int8], places: NDArray[np.int8]) -> Levels:
    """Return the levels of hits: one number for how, in which field and where; the lower the better."""
    return np.asarray(way * _WAY + fields * _PLACES + places, np.int8)


def way_of(level: int) -> int:
    """Return how something of a level was found: LITERAL … TYPO."""
    return level // _WAY


def ways_of(found: Levels) -> NDArray[np.int8]:
    """Return how each of some was found."""
    return np.asarray(found // _WAY, np.int8)


def fields_of(found: Levels) -> NDArray[np.int8]:
    """Return in which field something was found: NAME, ADDRESS, CONTEXT."""
    return np.asarray(found % _WAY // _PLACES, np.int8)


def both(first: Levels, second: Levels) -> Levels:
    """Return the levels of entries in which two parts were found the same way.

    The worse place counts. Parts of which one is in the name count as in the name when both are, else as the last
    field: such an entry is found by more than its address.
    """
    found = np.full(len(first), ABSENT, np.int8)
    rows = np.flatnonzero((first != ABSENT) & (second != ABSENT))
    one, other = first[rows], second[rows]
    fields = np.maximum(fields_of(one), fields_of(other))
    named = np.minimum(fields_of(one), fields_of(other)) == NAME
    fields[named & (fields != NAME)] = CONTEXT
    found[rows] = levels(way_of(int(one[0])), fields, np.maximum(one % _PLACES, other % _PLACES)) if len(rows) else 0
    return found


def match_words(level: int) -> str:
    """Return how something was found, as answers have it: exact, prefix, word, inside, context, pinyin … typo."""
    if _WORDS[way_of(level)]:
        return _WORDS[way_of(level)]
    return "context" if level % _WAY // _PLACES == CONTEXT else _PLACE_WORDS[level % _PLACES]


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """A hit as it is ordered; ``metric`` is a chord squared (m²), the length of a name, or what numbers differ."""

    level: int
    metric: float
    id: str
    kind: str
    segment: int
    row: int
    address: str = ""


def best(found: Levels, metric_of: Callable[[Rows], Metric], count: int) -> tuple[Rows, Metric]:
    """Return the positions of the first ``count`` by level and metric, ties by position, and their metric.

    What cannot be among them is neither measured nor sorted.
    """
    if len(found) > count:
        reached = np.cumsum(np.bincount(found, minlength=ABSENT + 1))
        last = int(np.searchsorted(reached, count))
        surely = np.flatnonzero(found < last)
        border = np.flatnonzero(found == last)
        missing = count - len(surely)
        metric = metric_of(border)
        farthest = np.partition(metric, missing - 1)[missing - 1]
        nearer = border[metric < farthest]
        alike = border[metric == farthest][: missing - len(nearer)]
        some = np.concatenate((surely, nearer, alike))
    else:
        some = np.arange(len(found))
    metric = metric_of(some)
    order = np.lexsort((some, metric, found[some]))
    return some[order], metric[order]


def chosen(candidates: Iterable[Candidate], limit: int) -> list[Candidate]:
    """Return the hits in their order, at most ``limit``: one an address, no kind hidden by another."""
    ordered = one_an_address(sorted(candidates))
    if not ordered:
        return []
    way = way_of(ordered[0].level)
    sure: list[Candidate] = []
    for kind in _KIND_ORDER:
        of_kind = (each for each in ordered if each.kind == kind and _named(each.level, way))
        sure += [each for each, _ in zip(of_kind, range(limit // 5), strict=False)]
    taken = set(sure)
    rest = [each for each in ordered if each not in taken]
    return sorted(sure + rest[: max(0, limit - len(sure))])[:limit]


def _named(level: int, way: int) -> bool:
    """Tell whether something is found in a way by its own name or address."""
    return way_of(level) == way and level % _WAY // _PLACES != CONTEXT


def one_an_address(ordered: Sequence[Candidate]) -> list[Candidate]:
    """Return candidates in their order, of those at one address the first."""
    seen: set[str] = set()
    kept = []
    for each in ordered:
        if each.kind == "address":
            if each.address in seen:
                continue
            seen.add(each.address)
        kept.append(each)
    return kept
