"""What every record must keep that goes into the ledger, whoever brings it: one bad record would spoil every read."""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from stationmap.errors import InvalidValue, Message
from stationmap.schema.records import Host, Location, Station

_MOST_SEATS = 2**31 - 1
_WRITER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


class JsonText(str):
    """JSON that is written already, so that a database takes it as it is."""

    __slots__ = ()


def json_text(value: Any) -> str:
    """Return a value as compact JSON, characters as they are.

    Raises
    ------
    ValueError
        When it holds a number that is none.
    """
    if isinstance(value, JsonText):
        return str(value)
    return _WRITER.encode(value)


def sound_text(record: Station | Host, values: Mapping[str, Any]) -> str:
    """Return a record as JSON, if it can be kept and read again as it is.

    Parameters
    ----------
    record : Station or Host
        What is to be kept.
    values : Mapping
        The same as JSON values.

    Raises
    ------
    InvalidValue
        When it has no id, a coordinate is outside the globe, a number is none or does not fit, or a text cannot be
        written. The message names the record and the value.
    """
    text = _written(values)
    fault = next(_faults(record, values, writable=text is not None), None)
    if fault is not None or text is None:
        raise InvalidValue(
            "The record {id!r} ({name!r}) cannot be kept: {fault}", id=record.id, name=record.name, fault=fault
        )
    return text


def _faults(record: Station | Host, values: Mapping[str, Any], *, writable: bool) -> Iterator[Message]:
    if not record.id.strip():
        yield Message("it has no id.")
    if not writable:
        yield from _unwritable("", values)
    if record.location is not None and not _on_the_globe(record.location):
        place = {"lon": record.location.lon, "lat": record.location.lat}
        yield Message("longitude {lon} and latitude {lat} are not on the globe. Are the columns swapped?", place)
    if isinstance(record, Station):
        if record.seats is not None and not 0 <= record.seats <= _MOST_SEATS:
            yield Message("{value} is no number of seats.", {"value": record.seats})
        for code in (*record.kinds, *record.access):
            if "|" in code or not code:
                yield Message("{value!r} is no code.", {"value": code})


def _written(values: Mapping[str, Any]) -> str | None:
    try:
        text = json_text(values)
        text.encode()
    except ValueError:
        return None
    return None if "\\u0000" in text and any(_unwritable("", values)) else text


def _unwritable(field: str, value: Any) -> Iterator[Message]:
    """Yield what is wrong with each text and number inside some JSON values."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _unwritable(name, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _unwritable(field, inner)
    elif isinstance(value, float) and not math.isfinite(value):
        yield Message("{field} is {value}, which is no number.", {"field": field, "value": value})
    elif isinstance(value, str) and any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value):
        told = {"field": field, "value": value.encode("unicode_escape").decode()}
        yield Message("{field} is {value}, which holds characters that cannot be written.", told)


def _on_the_globe(location: Location) -> bool:
    return abs(location.lon) <= 180 and abs(location.lat) <= 90
