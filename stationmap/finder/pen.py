"""What stands in a feature whatever is asked, written straight from columns: compiled, one station a microsecond.

Only stretches of UTF-8 are copied and numbers spelled, as :mod:`json` and Python's formats would; the words that
depend on the question come ready made.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.compiled import compiled
from stationmap.finder.posts import Posts
from stationmap.finder.sheet import APART, FICTIONAL, TIMED, Sheet, Texts
from stationmap.finder.trip import LONGEST_MIN

TOO_LONG, TOO_FAR = -1, -2
"""What is returned where the room does not do, and where a station is more than a day's travel away."""

_SPARE = 4000
_HEX = np.frombuffer(b"0123456789ABCDEF", np.uint8)
_PLAIN = np.zeros(256, np.bool_)
_PLAIN[list(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.~-")] = True
_QUOTE, _COMMA, _COLON, _DOT, _ZERO, _MINUS, _PERCENT, _BRACE = b'",:.0-%}'
_SPLIT = 134_217_729.0
_NOTHING_HAD = np.empty(0, np.uint8)

Out = NDArray[np.uint8]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def _said(text: str) -> Out:
    return np.frombuffer(text.encode(), np.uint8)


_HEAD, _MAYBE = _said('{"type":"FeatureCollection","features":['), _said('],"maybe":[')
_TOGETHER, _END = _said('],"together":['), _said("],")
_METRES, _MINUTES, _WAIT = _said(',"distance_m":'), _said(',"minutes":'), _said(',"wait_min":')
_ARRIVES, _SERVICES, _NEARBY = _said(',"arrives_at":"'), _said(',"services":{'), _said(',"nearby_m":{')
_LINKS, _TRUE, _FALSE = _said(',"links":'), _said(',"fictional":true}}'), _said(',"fictional":false}}')


class Told(NamedTuple):
    """What depends on the question, one a row, as UTF-8.

    Attributes
    ----------
    data : NDArray[uint8]
        All of it.
    begins, ends : NDArray[int64]
        Where that of each row stands.
    had : NDArray[uint8]
        Shape (n, services): what is had of each service where that depends on the time; of no services where it
        stands in the texts.
    """

    data: Out
    begins: Ints
    ends: Ints
    had: Out


class Clock(NamedTuple):
    """When one sets out, one row a zone.

    Attributes
    ----------
    begun_us : NDArray[int64]
        Microseconds since midnight.
    dates : NDArray[uint8]
        Shape (zones, 3, 11): the day it is and the next two, such as ``2026-10-09T``.
    offsets : NDArray[uint8]
        Shape (zones, 6 or more): such as ``+08:00``, zeros behind.
    """

    begun_us: NDArray[np.int64]
    dates: Out
    offsets: Out


@compiled
def _copy(out: Out, at: int, data: Out, begin: int, end: int) -> int:
    # Numbers without a sign: so the compiler sees that none is negative, and copies many signs at once.
    to, first = np.uintp(at), np.uintp(begin)
    for each in range(np.uintp(end - begin)):
        out[to + each] = data[first + each]
    return at + end - begin


@compiled
def _put(out: Out, at: int, piece: Out) -> int:
    return _copy(out, at, piece, 0, len(piece))


@compiled
def _encoded(out: Out, at: int, data: Out, begin: int, end: int) -> int:
    """Write a text percent-encoded."""
    for each in range(begin, end):
        sign = data[each]
        if _PLAIN[sign]:
            out[at] = sign
            at += 1
        else:
            out[at], out[at + 1], out[at + 2] = _PERCENT, _HEX[sign >> 4], _HEX[sign & 15]
            at += 3
    return at


@compiled
def _whole(out: Out, at: int, number: int, least: int) -> int:
    """Write a number of 0 or more with at least so many digits."""
    digits, rest = 1, number
    while rest >= 10:
        rest //= 10
        digits += 1
    digits = max(digits, least)
    for each in range(digits - 1, -1, -1):
        out[at + each] = _ZERO + number % 10
        number //= 10
    return at + digits


@compiled
def _rounded(value: float, scale: float) -> int:
    """Return a value of 0 or more times a scale, rounded as if the product were exact, a tie to the even number.

    The rest of the product is exact (Dekker): Python's formats round the number itself.
    """
    product = value * scale
    big = value * _SPLIT
    high = big - (big - value)
    low = value - high
    big = scale * _SPLIT
    scale_high = big - (big - scale)
    scale_low = scale - scale_high
    rest = ((high * scale_high - product) + high * scale_low + low * scale_high) + low * scale_low
    number = math.floor(product)
    beyond = (product - number - 0.5) + rest
    return number + 1 if beyond > 0.0 or (beyond == 0.0 and number % 2 == 1) else number


@compiled
def _fixed(out: Out, at: int, value: float, places: int) -> int:
    """Write a number with 1 to 6 places, as Python's format does."""
    if math.copysign(1.0, value) < 0.0:
        out[at] = _MINUS
        at += 1
        value = -value
    scale = 10**places
    number = _rounded(value, float(scale))
    at = _whole(out, at, number // scale, 1)
    out[at] = _DOT
    return _whole(out, at + 1, number % scale, places)


@compiled
def _arrival(out: Out, at: int, clock: Clock, zone: int, minutes: float) -> int:
    second = (clock.begun_us[zone] + int(np.rint(minutes * 60_000_000.0))) // 1_000_000
    at = _put(out, at, clock.dates[zone, second // 86_400])
    second %= 86_400
    at = _whole(out, at, second // 3600, 2)
    out[at] = _COLON
    at = _whole(out, at + 1, second // 60 % 60, 2)
    out[at] = _COLON
    at = _whole(out, at + 1, second % 60, 2)
    for sign in clock.offsets[zone]:
        if sign:
            out[at] = sign
            at += 1
    return at


@compiled
def _services(out: Out, at: int, sheet: Sheet, begin: int, end: int, had: Out) -> int:
    """Write what is said of services; ``had`` where that depends on the time, else it is empty."""
    at = _put(out, at, _SERVICES)
    for row in range(begin, end):
        text = int(sheet.said[row])
        if len(had):
            text += int(had[row - begin]) - (text - sheet.named) % 3
        at = _copy(out, at, sheet.texts.data, sheet.texts.ends[text], sheet.texts.ends[text + 1])
    return _closed(out, at)


@compiled
def _nearby(out: Out, at: int, sheet: Sheet, begin: int, end: int) -> int:
    """Write how far those services are that are not on the spot, to a tenth of a metre."""
    names = (sheet.named + 3 * (len(sheet.texts.ends) - 1)) // 4
    for row in range(begin, end):
        metres = float(sheet.nearby_m[row])
        if not math.isnan(metres):
            text = names + (sheet.said[row] - sheet.named) // 3
            at = _copy(out, at, sheet.texts.data, sheet.texts.ends[text], sheet.texts.ends[text + 1])
            at = _fixed(out, at, np.rint(metres * 10.0) / 10.0, 1)
            out[at] = _COMMA
            at += 1
    return at


@compiled
def _closed(out: Out, at: int) -> int:
    """End an object, without a comma behind its last member."""
    at -= out[at - 1] == _COMMA
    out[at] = _BRACE
    return at + 1


@compiled
def _links(
    out: Out, at: int, links: Texts, fields: NDArray[np.int8], degrees: Floats, name: Out, begin: int, end: int
) -> int:
    """Write the links: the pieces of a template, a field after each."""
    at = _put(out, at, _LINKS)
    word = word_end = 0
    for piece in range(len(fields)):
        at = _copy(out, at, links.data, links.ends[piece], links.ends[piece + 1])
        field = fields[piece]
        if field == 0 and word == 0:
            word = at
            at = word_end = _encoded(out, at, name, begin, end)
        elif field == 0:
            at = _copy(out, at, out, word, word_end)
        elif field == 3:
            at = _fixed(out, at, degrees[1], 6)
            out[at] = _COMMA
            at = _fixed(out, at + 1, degrees[0], 6)
        elif field > 0:
            at = _fixed(out, at, degrees[field + 1], 6)
    return at


@compiled
def _longest(sheet: Sheet, station: int, told: int) -> int:
    """Return more bytes than a feature can take."""
    record, ends = sheet.records[station], sheet.texts.ends
    signs = 10 * (record["end"] - record["begin"]) + told + _SPARE
    for text in record["texts"]:
        signs += ends[text + 1] - ends[text]
    for row in range(record["services"], record["services_end"]):
        text = sheet.said[row]
        signs += 2 * (ends[text + 1] - ends[text]) + 20
    return int(signs)


@compiled
def _feature(
    out: Out,
    at: int,
    sheet: Sheet,
    links: Texts,
    fields: NDArray[np.int8],
    clock: Clock,
    zone: int,
    seen: Floats,
    told: Told,
    row: int,
) -> int:
    record, data, ends = sheet.records[int(seen[row, 0])], sheet.texts.data, sheet.texts.ends
    texts, marks, first, last = record["texts"], record["marks"], record["services"], record["services_end"]
    at = _copy(out, at, sheet.own, record["begin"], record["end"])
    for column in range(4):
        at = _copy(out, at, data, ends[texts[column]], ends[texts[column] + 1])
    at = _fixed(out, _put(out, at, _METRES), seen[row, 1], 2)
    at = _fixed(out, _put(out, at, _MINUTES), seen[row, 2], 1)
    at = _fixed(out, _put(out, at, _WAIT), seen[row, 4], 1)
    at = _arrival(out, _put(out, at, _ARRIVES), clock, zone, seen[row, 2])
    out[at], out[at + 1] = _QUOTE, _COMMA
    at = _copy(out, at + 2, told.data, told.begins[row], told.ends[row])
    if not marks & TIMED:
        at = _services(out, at, sheet, first, last, _NOTHING_HAD)
    elif told.had.shape[1]:
        at = _services(out, at, sheet, first, last, told.had[row])
    at = _put(out, at, _NEARBY)
    if marks & APART:
        at = _nearby(out, at, sheet, first, last)
    at = _closed(out, at)
    at = _copy(out, at, data, ends[texts[4]], ends[texts[4] + 1])
    if record["shown"] >= 0:
        begin, end = ends[record["shown"]], ends[record["shown"] + 1]
        at = _links(out, at, links, fields, record["degrees"], data, begin, end)
    else:
        at = _links(out, at, links, fields, record["degrees"], sheet.own, record["name"], record["name_end"])
    at = _copy(out, at, data, ends[texts[5]], ends[texts[5] + 1])
    return _put(out, at, _TRUE if marks & FICTIONAL else _FALSE)


@compiled
def write(
    out: Out,
    sheet: Sheet,
    links: Texts,
    fields: NDArray[np.int8],
    clock: Clock,
    posts: Posts,
    seen: Floats,
    groups: tuple[int, int],
    told: Told,
    tail: Out,
) -> int:
    """Write an answer as GeoJSON.

    Parameters
    ----------
    out : NDArray[uint8]
        Where to.
    sheet : Sheet
        The stations.
    links, fields : Texts, NDArray[int8]
        Of :func:`stationmap.finder.sheet.link_pieces`.
    clock : Clock
        When one sets out.
    posts : NDArray[POST]
        One a station: its zone is the row of the clock.
    seen : NDArray[float64]
        Shape (n, 5): the first numbers of :class:`stationmap.finder.trip.Seen`; minutes of a day at most.
    groups : tuple of int
        How many rows stand under ``features``, how many under ``maybe``; what remains stands under ``together``.
    told : Told
        The members of each row that depend on the question, from ``state`` on.
    tail : NDArray[uint8]
        What stands behind the features.

    Returns
    -------
    int
        How many bytes there are, :data:`TOO_LONG` or :data:`TOO_FAR`.
    """
    rows, first, second = len(seen), groups[0], groups[0] + groups[1]
    if len(out) < _SPARE:
        return TOO_LONG
    at = _put(out, 0, _HEAD)
    for row in range(rows + 1):
        if row == first:
            at = _put(out, at, _MAYBE)
        if row == second:
            at = _put(out, at, _TOGETHER)
        if row == rows:
            break
        station = int(seen[row, 0])
        if seen[row, 2] > LONGEST_MIN:
            return TOO_FAR
        if at + _longest(sheet, station, told.ends[row] - told.begins[row]) > len(out):
            return TOO_LONG
        if row not in (0, first, second):
            out[at] = _COMMA
            at += 1
        at = _feature(out, at, sheet, links, fields, clock, int(posts[station]["zone"]), seen, told, row)
    at = _put(out, at, _END)
    return TOO_LONG if at + len(tail) > len(out) else _put(out, at, tail)
