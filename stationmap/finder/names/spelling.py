"""How a name is compared: one spelling for full and half width, traditional and simplified, marks and case.

What remains of a text are its letters and digits, in lower case, as words with one blank between; everything else
(points, brackets, emoji, control characters, lone surrogates) parts words and is gone. So no text can break a search,
and none has a meaning of its own to it: there is no query language.
"""

import unicodedata
from functools import cache

LONGEST_TEXT = 200
"""Characters of a name or address that are looked at."""

_LATIN = (range(0x250), range(0x1E00, 0x1F00))
_DIGITS = "〇一二三四五六七八九"
_NUMERALS = {"零": "0", "壹": "1", "贰": "2", "叁": "3", **{numeral: str(n) for n, numeral in enumerate(_DIGITS)}}


class _Spellings(dict[int, str]):
    """What each character becomes; found out when it first occurs."""

    def __missing__(self, code: int) -> str:
        spelt = _spelt(chr(code))
        self[code] = spelt
        return spelt


_SPELLINGS = _Spellings()


def normal(text: str) -> str:
    r"""Return a text as it is compared: words of letters and digits with one blank between.

    Traditional characters become simplified ones, Latin letters lose their marks but for ü, which becomes v as it is
    typed in pinyin. Only the first 200 characters are looked at.

    Examples
    --------
    >>> normal("鄭州路（Ｗi-Fi）"), normal("Lǚshùn · Café")
    ('郑州路 wi fi', 'lvshun cafe')
    >>> normal('*"\x00 NEAR( \ud800 😀')
    'near'
    """
    return " ".join(unicodedata.normalize("NFC", text[:LONGEST_TEXT]).translate(_SPELLINGS).split())


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are compared.

    Examples
    --------
    >>> words_of(" 郑州  驿站,2楼 ")
    ['郑州', '驿站', '2楼']
    """
    return normal(text).split()


def other_numbers(word: str) -> str:
    """Return a normal word with its numbers from 10 to 99 written the other way; the word itself when it has none.

    Single digits need no other way: 3 and 三 are one to the search.

    Examples
    --------
    >>> other_numbers("12号线"), other_numbers("二十号"), other_numbers("3号线")
    ('十二号线', '20号', '3号线')
    """
    written = _by_digits(word)
    return written if written != word else _by_numerals(word)


def digit_twins() -> dict[str, str]:
    """Return for each digit and each numeral the characters that mean the same."""
    twins: dict[str, str] = {}
    for numeral, digit in _NUMERALS.items():
        same = digit + "".join(other for other, value in _NUMERALS.items() if value == digit)
        twins[numeral] = twins[digit] = same
    return twins


def _spelt(character: str) -> str:
    """Return what one character of a text in normal form C becomes."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", character).casefold())
    return "".join(_kept(each) for each in folded)


def _kept(character: str) -> str:
    if character.isascii():
        return character if character.isalnum() else " "
    if unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return ""
    if not character.isalnum():
        return " "
    if any(ord(character) in block for block in _LATIN):
        return _without_marks(character)
    return _simplified(character)


def _without_marks(letter: str) -> str:
    parts = unicodedata.normalize("NFD", letter)
    return "v" if parts[0] == "u" and "\N{COMBINING DIAERESIS}" in parts else parts[0]


def _simplified(character: str) -> str:
    """Return a character as it is written on the mainland; what GB 2312 has is so written."""
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return str(_converter().convert(character))
    return character


@cache
def _converter():  # type: ignore[no-untyped-def]
    from opencc import OpenCC

    return OpenCC("t2s")


def _by_digits(word: str) -> str:
    """Return a word with digits in the place of 十二 and the like."""
    parts: list[str] = []
    at = 0
    while at < len(word):
        ten = at if word[at] == "十" else at + 1 if word[at] in _NUMERALS and word[at + 1 : at + 2] == "十" else -1
        if ten < 0:
            parts.append(word[at])
            at += 1
            continue
        tens = _NUMERALS[word[at]] if ten > at else "1"
        unit = _NUMERALS.get(word[ten + 1 : ten + 2], "")
        parts.append(tens + (unit or "0"))
        at = ten + 1 + bool(unit)
    return "".join(parts)


def _by_numerals(word: str) -> str:
    """Return a word with 十二 and the like in the place of numbers of two digits."""
    parts: list[str] = []
    at = 0
    while at < len(word):
        end = at
        while end < len(word) and word[end] in "0123456789":
            end += 1
        if end - at == 2 and word[at] != "0":
            tens = "" if word[at] == "1" else _DIGITS[int(word[at])]
            parts.append(f"{tens}十{_DIGITS[int(word[at + 1])] if word[at + 1] != '0' else ''}")
        else:
            parts.append(word[at:end] or word[at])
        at = max(end, at + 1)
    return "".join(parts)
