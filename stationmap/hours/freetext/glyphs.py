"""The many ways in which one sign is typed, made one, while each sign still knows where in the text it stood.

Full-width and compatibility forms (NFKC), traditional characters, every dash and tilde, superscript minutes, markup
and entities of web pages, control characters. The plain text is what the reader reads; what he cannot read is quoted
from the text as it was typed.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

_DASHES = "‐‑‒–—―−－﹘﹣⁃─━→⟶⇒ー"
_TILDES = "〜～∼˜〰∽"
_COLONS = "：∶ː꞉﹕"
_TRADITIONAL = str.maketrans(
    "週時點開營業館閉關節間國慶號從與禮連務門員無準為則調據聯電話雙個後鐘兩總暫對曆勞動補臨變參僅實際現場約預詳見請順"
    "隔處辦於終過還這備註說設職書驛東費夜傳綫線熱諮詢機廳樓齊農課頭歲來當內達遲陽園憑閱鄉鎮區縣倉廠廁灣點",
    "周时点开营业馆闭关节间国庆号从与礼连务门员无准为则调据联电话双个后钟两总暂对历劳动补临变参仅实际现场约预详见请顺"
    "隔处办于终过还这备注说设职书驿东费夜传线线热咨询机厅楼齐农课头岁来当内达迟阳园凭阅乡镇区县仓厂厕湾点",
)
_TAGS = "br|p|div|span|li|ul|ol|td|th|tr|table|tbody|thead|b|strong|i|em|u|font|h[1-6]|small|sup|sub|section|nobr"
_MARKUP = re.compile(
    rf"(?P<tag></?(?:{_TAGS})(?:\s[^<>]{{0,200}})?/?>)"
    r"|(?P<entity>&(?:#\d{1,6}|#x[0-9a-f]{1,6}|[a-z]{2,8});)"
    r"|(?P<raised>(?<=\d)[⁰¹²³⁴⁵⁶⁷⁸⁹]{2})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Plain:
    """A text in plain signs.

    Parameters
    ----------
    text : str
        Lower case, simplified, half-width; control characters are spaces, markup is a line break, spaces are single.
    source : str
        The text as it was typed.
    origin : tuple of int
        For each sign of ``text`` the index in ``source`` where it began, then ``len(source)``; never falls.
    """

    text: str
    source: str
    origin: tuple[int, ...]

    def original(self, start: int, end: int) -> str:
        """Return what was typed for the plain signs ``start`` to ``end`` (half open, ``start < end``)."""
        first = self.origin[start]
        return self.source[first : max(self.origin[end], first + 1)]


def plain(text: str) -> Plain:
    """Return a text in plain signs, in one pass.

    Examples
    --------
    >>> plain("週一～週五　８：３０—１７：３０").text
    '周一~周五 8:30-17:30'
    """
    signs: list[str] = []
    origin: list[int] = []
    at = 0
    for markup in _MARKUP.finditer(text):
        _add(text, at, markup.start(), signs, origin)
        piece = _unmarked(markup)
        signs.append(piece)
        origin.extend([markup.start()] * len(piece))
        at = markup.end()
    _add(text, at, len(text), signs, origin)
    return Plain("".join(signs), text, (*origin, len(text)))


def _add(text: str, start: int, end: int, signs: list[str], origin: list[int]) -> None:
    for index in range(start, end):
        piece = _sign(text[index])
        if piece == " " and signs and signs[-1] == " ":
            continue  # the place of the next sign tells that more was typed
        signs.append(piece)
        origin.extend([index] * len(piece))


def _unmarked(markup: re.Match[str]) -> str:
    if markup["tag"]:
        return "\n"
    if markup["raised"]:
        return ":" + unicodedata.normalize("NFKC", markup["raised"])
    return "".join(_sign(char) for char in unescape(markup["entity"].lower()))


@lru_cache(maxsize=16384)
def _sign(char: str) -> str:
    if char in _DASHES:
        return "-"
    if char in _TILDES:
        return "~"
    if char in _COLONS:
        return ":"
    if char in "\r\n\v\f\u2028\u2029":
        return "\n"
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.digit(char))
    if category in {"Cc", "Cf", "Cs", "Mn"}:
        return " "
    if category == "No" and "\u2460" <= char <= "\u2793":
        return "\n"  # a number in a ring heads a line of a list: it is not a digit of a time
    return unicodedata.normalize("NFKC", char).lower().translate(_TRADITIONAL) or " "
