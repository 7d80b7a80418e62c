"""The readings of Chinese characters: those a character may have, and the one it has in a word.

A character is found by every plausible reading: its first one in pypinyin's dictionary and those that some word of
pypinyin's dictionary gives it (重: zhong, chong). Which of them it has in a name (重庆 is chongqing, 重阳 is
chongyang, 重点 zhongdian) is told by the longest words of that dictionary that occur in the name; names found by
that reading come first. So the work for a name is to look up words, not to read it whole: 2 µs instead of 90.

Readings are written without tones, ü as v; besides lv, nv, lve, nve also the ways in which these are written where v
is not known (lu, lyu, nue …) are plausible.

Only building needs this module and pypinyin: searching reads what was written into the index.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cache

_SPELT_OTHERWISE = {
    "lv": ("lyu", "lu"),
    "nv": ("nyu", "nu"),
    "lve": ("lue", "lyue"),
    "nve": ("nue", "nyue"),
}
_LONGEST_WORD = 8


def readings(character: str) -> tuple[str, ...]:
    """Return the plausible readings of a Chinese character, the usual one first; none for what is no such character.

    Examples
    --------
    >>> readings("重"), readings("旅"), readings("a")
    (('zhong', 'chong'), ('lv', 'lyu', 'lu'), ())
    """
    usual, others = _dictionary().get(character, ("", ()))
    if not usual:
        return ()
    every = dict.fromkeys((usual, *others))
    return tuple(dict.fromkeys([*every, *(way for each in every for way in _SPELT_OTHERWISE.get(each, ()))]))


def unusual_readings(text: str) -> dict[int, str]:
    """Return the characters of a text, by position, that words in it read otherwise than usual.

    Examples
    --------
    >>> unusual_readings("重庆路"), unusual_readings("重点"), unusual_readings("长沙")
    ({0: 'chong'}, {}, {0: 'chang'})
    """
    words = _telling_words()
    unusual: dict[int, str] = {}
    end = 0
    for at in [at for at in range(len(text) - 1) if text[at : at + 2] in words]:
        if at >= end:
            for word, read in words[text[at : at + 2]]:
                if text.startswith(word, at):
                    unusual.update((at + place, reading) for place, reading in read.items())
                    end = at + len(word)
                    break
    return unusual


@cache
def syllables() -> tuple[str, ...]:
    """Return every reading that any character may have, sorted."""
    return tuple(sorted({reading for character in _dictionary() for reading in readings(character)}))


@cache
def _dictionary() -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """Return for each character its usual reading and the others that words give it, the most frequent first."""
    from pypinyin.constants import PINYIN_DICT

    in_words: dict[str, Counter[str]] = defaultdict(Counter)
    for word, read in _words().items():
        for character, reading in zip(word, read, strict=True):
            in_words[character][reading] += 1
    found = {}
    for code, listed in PINYIN_DICT.items():
        character = chr(code)
        possible = dict.fromkeys(_plain(reading) for reading in listed.split(","))
        attested = [reading for reading, _ in in_words[character].most_common()]
        usual = next(iter(possible))
        found[character] = (usual, tuple(reading for reading in attested if reading != usual))
    return found


@cache
def _words() -> Mapping[str, tuple[str, ...]]:
    from pypinyin.constants import PHRASES_DICT

    return {
        word: tuple(_plain(reading[0]) for reading in read)
        for word, read in PHRASES_DICT.items()
        if len(word) == len(read) <= _LONGEST_WORD
    }


@cache
def _telling_words() -> Mapping[str, list[tuple[str, dict[int, str]]]]:
    """Return by their first two characters the words that hold characters of several readings, the longest first."""
    dictionary = _dictionary()
    told: dict[str, list[tuple[str, dict[int, str]]]] = defaultdict(list)
    for word, read in _words().items():
        several = any(dictionary.get(character, ("", ()))[1] for character in word)
        if len(word) > 1 and several:
            unusual = {
                place: reading
                for place, (character, reading) in enumerate(zip(word, read, strict=True))
                if reading != dictionary.get(character, (reading, ()))[0]
            }
            told[word[:2]].append((word, unusual))
    for words in told.values():
        words.sort(key=lambda item: -len(item[0]))
    return dict(told)


@cache
def _plain(reading: str) -> str:
    """Return a reading without its tone, ü as v."""
    from pypinyin.contrib.tone_convert import to_normal

    return str(to_normal(reading)).replace("ü", "v").replace("ê", "e")
