"""Bytes to text: which encoding a file really has, and on what evidence.

UTF-8 is strict and almost never fits by accident, so it is tried first. What is not UTF-8 in this field is GB 18030
(with its subsets GBK and GB 2312) or Big5, and nearly every text of the one also decodes as the other. They are told
apart by how everyday the characters are that come out. Both standards put the everyday characters first: GB 2312
level 1 (rows B0 to D7) and Big5 level 1 (rows A4 to C6). A text read by the wrong one scatters over the rest of the
table. To that comes the share of the few hundred most frequent characters, which settles texts of a few words.
"""

import codecs
import re
from dataclasses import dataclass

from stationmap.errors import InvalidValue, Message, UnusableInput

SAMPLE_BYTES = 200_000
LEAST_SCORE = 0.35  # below it neither reading is Chinese; the worst of 70,000 lines of real input scores 0.5
LEAST_SENSE = 0.4  # of UTF-16 without a mark, as a share of characters; the wrong byte order has nearly none

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ALIASES = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "936": "gb18030", "ansi": "gb18030"}
_ALIASES |= {"cp950": "big5", "big5hkscs": "big5", "950": "big5", "utf8": "utf-8", "unicode": "utf-16"}
_CODECS = {"big5": ("cp950", "big5hkscs"), "utf-8": ("utf-8-sig",)}
_GB_TOKEN = re.compile(rb"[\x81-\xfe][0-9][\x81-\xfe][0-9]|[\x81-\xfe][\x40-\x7e\x80-\xfe]|[\x80-\xff]", re.DOTALL)
_BIG5_TOKEN = re.compile(rb"[\x81-\xfe][\x40-\x7e\xa1-\xfe]|[\x80-\xff]", re.DOTALL)
_SIMPLIFIED = frozenset(
    "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小么心多天而能好都然没日于起还发成"
    "事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿"
    "者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万"
    "市眼体别处总才场师书比住员九性通目华报立马命张活难神数件安表原车白应路期叫常提感金何更反合放做系计或司利受光王果亲界及今京务制解各任"
    "至清物台象记边共风战干接它许八特望直服林题建南度统色字请交认算论百义科元社术结六功指流每青管夫连远资队带花快条院变联权展该领传近留红治"
    "决周保达办运半候七必城强步完深区即求品士转量空众技程告江语英基式李息极黄德收设始历商千片站广改委早房号街镇乡村县省州港湾厦楼室栋幢驿厅"
    "户劳卫环邮银店铺园馆图纬经址称序备注联系话时营暖饮休"
)
_TRADITIONAL = frozenset(
    "的一是不了在人有我他這中大來上國個到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可裡後小麼心多天而能好都然沒日於起還發成"
    "事只作當想看文無開手十用主行方又如前所本見經頭面公同三已老從動兩長知民樣現分將外但身些與高意進把法此實回二理美點月明其種聲全工己話兒"
    "者向情部正名定女問力機給等幾很業最間新什打便位因重被走電四第門相次東政海口使教西再平真聽世氣信北少關並內加化由卻代軍產入先山五太水萬"
    "市眼體別處總才場師書比住員九性通目華報立馬命張活難神數件安表原車白應路期叫常提感金何更反合放做系計或司利受光王果親界及今京務制解各任"
    "至清物台臺象記邊共風戰幹接它許八特望直服林題建南度統色字請交認算論百義科元社術結六功指流每青管夫連遠資隊帶花快條院變聯權展該領傳近留紅治"
    "決周週保達辦運半候七必城強步完深區即求品士轉量空眾技程告江語英基式李息極黃德收設始歷商千片站廣改委早房號街鎮鄉村縣省州港灣廈樓室棟幢驛廳"
    "戶勞衛環郵銀店鋪園館圖緯址稱序備註繫營暖飲休段巷弄捷運側旁"
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, its encoding (``utf-8``, ``utf-8-sig``, ``utf-16``, ``gb18030``, ``big5`` ...) and the evidence."""

    text: str
    encoding: str
    notes: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The encoding found, without decoding: ``scores`` are of (gb18030, big5), empty where UTF decided."""

    encoding: str
    scores: tuple[float, ...] = ()


def decode(data: bytes, name: str, *, encoding: str | None = None, declared: str | None = None) -> Decoded:
    """Return bytes as text.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        What to call it in messages.
    encoding : str, optional
        What the user says it is: overrules all evidence but a byte order mark of the same family.
    declared : str, optional
        What the document says of itself (an XML declaration, an HTML meta tag): believed when it decodes.

    Raises
    ------
    InvalidValue
        When there is no encoding of that name.
    UnusableInput
        When the bytes are not text in that encoding, or in any encoding that can be told.
    """
    if encoding:
        known = canonical(encoding)
        return Decoded(_strict(data, known, name, given=True), known, ())
    if declared and not data.startswith(tuple(bom for bom, _ in _BOMS)):
        text = _attempt(data, declared)
        if text is not None:
            return Decoded(text, canonical(declared), ())
    verdict = detect(data, name)
    text = _strict(data, verdict.encoding, name, given=False)
    return Decoded(text, verdict.encoding, _evidence(verdict))


def canonical(encoding: str) -> str:
    """Return the name that this module uses for an encoding: GBK and its kin are ``gb18030``, CP950 is ``big5``.

    Raises
    ------
    InvalidValue
        When Python knows no text encoding of that name.
    """
    name = encoding.strip().lower().replace("_", "-").replace("gb-", "gb").replace("big-5", "big5")
    name = _ALIASES.get(name, name)
    try:
        " ".encode(name)
    except (LookupError, UnicodeError, ValueError):
        raise InvalidValue(
            "There is no encoding “{encoding}”. Known are utf-8, utf-16, gb18030 (also for GBK and GB2312), big5 and "
            "those of Python.",
            encoding=encoding,
        ) from None
    return name


def detect(data: bytes, name: str) -> Verdict:
    """Return the encoding of a text.

    Raises
    ------
    UnusableInput
        When it holds NUL bytes, is damaged UTF-8, or is in no encoding that can be told.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return Verdict(encoding)
    if b"\0" in data:
        return Verdict(_utf16_without_bom(data, name))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse_damaged_utf8(data, name, error)
    else:
        return Verdict("gb18030" if _utf8_by_accident(data, text) else "utf-8")
    scores = (score_gb18030(sample := _sample(data)), score_big5(sample))
    if max(scores) < LEAST_SCORE and len(sample) > 8:
        raise UnusableInput(
            "The text of {name} is not UTF-8, GB18030 or Big5. Name its encoding with --encoding, or save it as UTF-8.",
            name=name,
        )
    return Verdict("big5" if scores[1] > scores[0] else "gb18030", scores)


def score_gb18030(sample: bytes) -> float:
    """Return how everyday a text is when read as GB 18030, 0 to 1."""
    tokens = _GB_TOKEN.findall(sample)
    words = [token for token in tokens if not (len(token) == 2 and token[0] in (0xA1, 0xA3) and token[1] > 0xA0)]
    levels = sum(_gb_level(token) for token in words)
    return _score(words, levels, _SIMPLIFIED, "gb18030")


def score_big5(sample: bytes) -> float:
    """Return how everyday a text is when read as Big5, 0 to 1."""
    tokens = _BIG5_TOKEN.findall(sample)
    words = [token for token in tokens if not (len(token) == 2 and token[0] == 0xA1)]
    levels = sum(_big5_level(token) for token in words)
    return _score(words, levels, _TRADITIONAL, "cp950")


def _gb_level(token: bytes) -> float:
    if len(token) != 2 or token[1] < 0xA1:
        return 0.0
    return 1.0 if 0xB0 <= token[0] <= 0xD7 else 0.25 if 0xD8 <= token[0] <= 0xF7 else 0.0


def _big5_level(token: bytes) -> float:
    if len(token) != 2:
        return 0.0
    return 1.0 if b"\xa4\x40" <= token <= b"\xc6\x7e" else 0.25 if b"\xc9\x40" <= token <= b"\xf9\xd5" else 0.0


def _score(words: list[bytes], levels: float, frequent: frozenset[str], codec: str) -> float:
    if not words:
        return 0.0
    text = b"".join(words).decode(codec, "replace")
    return (levels + sum(character in frequent for character in text)) / (2 * len(words))


def _sample(data: bytes) -> bytes:
    first = re.search(rb"[\x80-\xff]", data)
    start = data.rfind(b"\n", 0, first.start()) + 1 if first else 0
    return data[start : start + SAMPLE_BYTES]


def _utf8_by_accident(data: bytes, text: str) -> bool:
    """Whether what decodes as UTF-8 is a few GB characters: all Han level 1 there, no Latin or Han letter here."""
    strange = {character for character in set(text) if character > "\x7f"}
    if not strange or any(character < "\u0250" or character > "\u07ff" for character in strange):
        return False
    tokens = _GB_TOKEN.findall(data)
    return all(_gb_level(token) == 1.0 for token in tokens)


def _refuse_damaged_utf8(data: bytes, name: str, error: UnicodeDecodeError) -> None:
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(character > "\u07ff" for character in text) - broken
    if whole > 2 * broken:
        raise UnusableInput(
            "{name} is UTF-8, but byte {offset} (line {line}) is damaged. Mend that line and save it again, or name "
            "the encoding with --encoding.",
            name=name,
            offset=error.start,
            line=_line(data, error.start),
        ) from None


def _utf16_without_bom(data: bytes, name: str) -> str:
    best, encoding = max((_reads_well(data, encoding), encoding) for encoding in ("utf-16-le", "utf-16-be"))
    if best < LEAST_SENSE:
        raise _not_text(name, data.index(b"\0"))
    return encoding


def _reads_well(data: bytes, encoding: str) -> float:
    """Return the share of characters such as stand in texts: ASCII, frequent Han, Latin letters, punctuation."""
    text = _attempt(data, encoding) if len(data) % 2 == 0 else None
    if not text or "\0" in text:
        return 0.0
    sample = text[:SAMPLE_BYTES]
    sensible = sum(
        "\x20" <= character < "\u0250"
        or character in "\t\r\n"
        or "\u2000" <= character <= "\u206f"
        or "\u3000" <= character <= "\u303f"
        or character > "\uff00"
        or character in _SIMPLIFIED
        or character in _TRADITIONAL
        for character in sample
    )
    return sensible / len(sample)


def _strict(data: bytes, encoding: str, name: str, *, given: bool) -> str:
    failure: UnicodeDecodeError | None = None
    for codec in _CODECS.get(encoding, (encoding,)):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError as error:
            failure = failure if failure and failure.start >= error.start else error
        else:
            return _without_nul(text, name)
    assert failure is not None
    where = {"name": name, "encoding": encoding, "offset": failure.start, "line": _line(data, failure.start)}
    if given:
        raise UnusableInput(
            "Byte {offset} of {name} (line {line}) is not {encoding}. Mend that line and save it again, or name "
            "another encoding with --encoding.",
            **where,
        )
    raise UnusableInput(
        "{name} is not UTF-8; as {encoding} byte {offset} (line {line}) cannot be read. Name the encoding with "
        "--encoding, or save it as UTF-8.",
        **where,
    )


def _without_nul(text: str, name: str) -> str:
    if "\0" in text:
        raise _not_text(name, text.index("\0"))
    return text.removeprefix("\ufeff")


def _not_text(name: str, offset: int) -> UnusableInput:
    return UnusableInput(
        "{name} is not a text: byte {offset} is NUL. If it is a table, it is damaged: export it again as CSV or XLSX.",
        name=name,
        offset=offset,
    )


def _attempt(data: bytes, encoding: str) -> str | None:
    try:
        known = canonical(encoding)
    except InvalidValue:
        return None
    for codec in _CODECS.get(known, (known,)):
        try:
            return data.decode(codec).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
    return None


def _line(data: bytes, offset: int) -> int:
    return data.count(b"\n", 0, offset) + 1


def _evidence(verdict: Verdict) -> tuple[Message, ...]:
    if verdict.encoding in ("utf-8", "utf-8-sig", "utf-16"):
        return ()
    if not verdict.scores:
        return (
            Message(
                "Read as {encoding}. If the characters look wrong, name the encoding with --encoding.",
                {"encoding": verdict.encoding},
            ),
        )
    gb, big5 = (round(100 * score) for score in verdict.scores)
    return (
        Message(
            "Not UTF-8: read as {encoding} (its characters are {gb} % everyday ones as GB18030, {big5} % as Big5). "
            "If they look wrong, name the encoding with --encoding.",
            {"encoding": verdict.encoding, "gb": gb, "big5": big5},
        ),
    )
