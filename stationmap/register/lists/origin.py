"""Where a row comes from: whether its own words say that it was made up, and how its place was found."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from stationmap.register.lists import cells
from stationmap.register.lists.cells import words
from stationmap.schema.records import Basis

_DENIAL_REACH = 12


def says_generated(text: str) -> bool:
    """Tell whether a text says that its row was made up, not found (示意点位, 按…生成, 模拟数据, synthetic …).

    Examples
    --------
    >>> says_generated("按各区人口比例生成的示意点位"), says_generated("虚拟现实体验")
    (True, False)
    >>> says_generated("非模拟数据")
    False
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    if any(pattern.search(folded) for pattern in _patterns("unsurveyed")):
        return True
    matches = (match for pattern in _patterns("patterns") for match in pattern.finditer(folded))
    return any(not _denied(folded[max(0, match.start() - _DENIAL_REACH) : match.start()]) for match in matches)


def generated(texts: Sequence[Sequence[str]]) -> list[bool]:
    """Return for each row whether one of its columns says that it was made up; each distinct text is read once."""
    verdicts = [cells.each(column, says_generated) for column in texts]
    return [any(row) for row in zip(*verdicts, strict=True)]


def basis_of_place(source: str) -> Basis:
    """Return how a place came to be known by what its source says: worked out from an address, or found.

    Examples
    --------
    >>> str(basis_of_place("高德地理编码")), str(basis_of_place("地图POI"))
    ('inferred', 'found')
    """
    if says_generated(source):
        return Basis.GENERATED
    folded = unicodedata.normalize("NFKC", source).casefold()
    from_text = any(word in folded for word in words("geocoding")["from_text"])
    return Basis.INFERRED if from_text else Basis.FOUND


def _denied(before: str) -> bool:
    return before.endswith(words("generated")["denials"])


@cache
def _patterns(key: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in words("generated")[key])
