"""What kind of position a row is, and what kind of place hosts it: by its columns, else by its name.

In a Chinese name the head stands last, and what stands in brackets is beside it:
新郑市困难职工帮扶中心户外劳动者爱心驿站 is a rest station at a service centre, 工会驿站(郑州市职工之家) a
rest station at a workers' home. So of the kinds in one part of a name the last one counts; 暨, 和, + and
the like join parts that each count.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from stationmap.register.lists.columns import osm_words
from stationmap.schema.vocabulary import HOST_TYPES, KINDS, Term, Vocabulary, fold, mentioned, named

_SEPARATORS = re.compile(r"[|、,;/+\s]+")
_JOINTS = re.compile(r"[暨和及与&+/·]|以及")
_BRACKETED = re.compile(r"[(\[【]([^)\]】]*)[)\]】]")
_NO_STREET = "(?![路街巷]|大[街道])"
_MAKER = "工会"


def kinds_in(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the kinds that a cell names, and the words in it that name none.

    Examples
    --------
    >>> kinds_in("爱心驿站、职工书屋、棋院")
    (('rest_station', 'book_corner'), ('棋院',))
    """
    codes: list[str] = []
    unknown: list[str] = []
    whole = named(KINDS, text)
    for word in (text,) if whole else filter(None, _SEPARATORS.split(unicodedata.normalize("NFKC", text))):
        term = named(KINDS, word)
        terms = (term,) if term else mentioned(KINDS, word)
        codes += [term.code for term in terms]
        if not terms:
            unknown.append(word)
    return tuple(dict.fromkeys(codes)), tuple(unknown)


def kinds_of_name(name: str) -> tuple[str, ...]:
    """Return the kinds that a name speaks of.

    What stands in brackets counts when it is a kind and nothing else, or when the rest speaks of none.

    Examples
    --------
    >>> kinds_of_name("新郑市困难职工帮扶中心户外劳动者爱心驿站"), kinds_of_name("工会驿站暨职工书屋")
    (('rest_station',), ('rest_station', 'book_corner'))
    """
    head, beside = _parts(name)
    found = [_last(KINDS, part) for part in _JOINTS.split(head)]
    found += [named(KINDS, text) for text in beside]
    found = found if any(found) else [_last(KINDS, text) for text in beside]
    return tuple(dict.fromkeys(term.code for term in found if term is not None))


def host_of_name(name: str) -> str:
    """Return the host type that the name of a position speaks of, "" when it speaks of none.

    What stands in brackets goes first, then the name without the words for its kind. The plain 工会 says
    who made the position, not where it is.

    Examples
    --------
    >>> host_of_name("郑州银行高新区小微支行工会驿站"), host_of_name("巩义市工会户外劳动者爱心驿站")
    ('bank', '')
    """
    head, beside = _parts(name)
    for text in (*beside, head):
        term = _last(HOST_TYPES, without_kinds(text).replace(_MAKER, "\0"))
        if term is not None:
            return term.code
    return ""


def host_of_place(name: str) -> str:
    """Return the host type of a place by its own name, "" when it speaks of none."""
    head, beside = _parts(name)
    found = (_last(HOST_TYPES, text) for text in (head, *beside))
    return next((term.code for term in found if term is not None), "")


def host_of_type(text: str) -> str:
    """Return the host type that a text of types names, the most specific level that names one; "" when none does.

    Levels are separated by ``;`` from wide to narrow (Amap), several types by ``|``; ``key=value`` is an
    OSM tag.

    Examples
    --------
    >>> host_of_type("住宿服务;宾馆酒店;四星级宾馆|餐饮服务;糕饼店;糕饼店")
    'restaurant'
    """
    tags = osm_words("hosts")
    for alternative in unicodedata.normalize("NFKC", text).split("|"):
        if "=" in alternative:
            code = tags.get(alternative) or tags.get(f"{alternative.partition('=')[0]}=*")
            if code:
                return code
            continue
        for level in reversed(alternative.split(";")):
            term = named(HOST_TYPES, level) or _last(HOST_TYPES, level)
            if term is not None:
                return term.code
    return ""


def _parts(name: str) -> tuple[str, Sequence[str]]:
    """Return what stands outside brackets, and what stands in each."""
    plain = unicodedata.normalize("NFKC", name)
    return _BRACKETED.sub(" ", plain), _BRACKETED.findall(plain)


def _last(vocabulary: Vocabulary, text: str) -> Term | None:
    """Return the term whose word stands last in a text, the longest words read first.

    A word that begins the name of a street (大学路, 文化宫大街) stands for no place. Latin words count only as a
    whole text.
    """
    pattern, terms = _spellings(vocabulary is KINDS)
    words = pattern.findall(fold(text))
    return terms[words[-1]] if words else None


@cache
def _spellings(of_kinds: bool) -> tuple[re.Pattern[str], dict[str, Term]]:
    """Return what finds the words of the kinds (or of the host types), and the term of each word."""
    terms: dict[str, Term] = {}
    for term in (KINDS if of_kinds else HOST_TYPES).values():
        for word in (term.zh, *term.aliases):
            if not word.isascii():
                terms.setdefault(fold(word), term)
    words = sorted(terms, key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(map(re.escape, words))}){_NO_STREET}"), terms


def without_kinds(text: str) -> str:
    """Return a name with a NUL in place of each word for a rest station, which hundreds of names share."""
    return _kind_words().sub("\0", text)


@cache
def _kind_words() -> re.Pattern[str]:
    words = {word for term in KINDS.values() if term.code == "rest_station" for word in (term.zh, *term.aliases)}
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))
