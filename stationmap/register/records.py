"""A record as plain JSON values and back, exactly: for the history, for exports, for whatever speaks JSON.

What is not known is left out, so that a history of hundreds of thousands of records stays small; the way back
fills it in again. Codes and dates become text, tuples become lists, and the records inside a record become
objects.
"""

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache
from operator import attrgetter
from types import UnionType
from typing import Any, cast, get_args, get_origin, get_type_hints

from stationmap.errors import InvalidValue
from stationmap.schema.records import Host, Provenance, Station

Encoder = Callable[[Any], Any]
Decoder = Callable[[Any], Any]

_REQUIRED = dataclasses.MISSING


def record_to_dict(record: Station | Host) -> dict[str, Any]:
    """Return a record as JSON values; fields that hold their default (not known) are left out.

    Examples
    --------
    >>> record_to_dict(Station(id="s1", name="二七驿站", kinds=("rest_station",)))
    {'id': 's1', 'name': '二七驿站', 'kinds': ['rest_station']}
    """
    return _encode(record)


def station_from_dict(values: Mapping[str, Any]) -> Station:
    """Return the station that :func:`record_to_dict` made these values from.

    Raises
    ------
    InvalidValue
        When a field is unknown, missing or holds what it cannot hold; the message names the field and the
        value.

    Examples
    --------
    >>> station_from_dict({"id": "s1", "name": "二七驿站"}).hours.makeup.value
    'unknown'
    """
    return cast(Station, _decode(Station, values))


def host_from_dict(values: Mapping[str, Any]) -> Host:
    """Return the host that :func:`record_to_dict` made these values from, as :func:`station_from_dict`."""
    return cast(Host, _decode(Host, values))


@lru_cache(maxsize=4096)
def _encode_provenance(provenance: Provenance) -> dict[str, Any]:
    """Return the one object that thousands of facts of a list share."""
    return _encode(provenance)


def _encode(record: Any) -> dict[str, Any]:
    record_type: type = type(record)
    read, plan = _plan_out(record_type)
    return {
        name: value if encode is None else encode(value)
        for value, (name, default, encode) in zip(read(record), plan, strict=True)
        if value != default
    }


@cache
def _plan_out(
    record_type: type,
) -> tuple[Callable[[Any], tuple[Any, ...]], tuple[tuple[str, Any, Encoder | None], ...]]:
    """Return what reads all fields of a record, and name, default and encoder (None: as it is) of each."""
    hints = get_type_hints(record_type)
    fields = dataclasses.fields(record_type)
    plan = tuple((field.name, _default(field), _encoder(hints[field.name])) for field in fields)
    return attrgetter(*(field.name for field in fields)), plan


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


def _encoder(hint: Any) -> Encoder | None:
    hint = _bare(hint)
    if hint is date:
        return date.isoformat
    if hint in (bool, int, float):
        return cast(Encoder, hint)
    if get_origin(hint) is tuple:
        each = _encoder(get_args(hint)[0])
        return list if each is None else lambda values: [each(value) for value in values]
    if issubclass(hint, StrEnum):
        return str
    if hint is Provenance:
        return _encode_provenance
    return _encode if dataclasses.is_dataclass(hint) else None


def _decode(record_type: type, values: Any) -> Any:
    plan = _plan_in(record_type)
    if not isinstance(values, Mapping):
        raise _unfit(record_type.__name__.lower(), values)
    unknown = [name for name in values if name not in plan]
    if unknown:
        raise InvalidValue(
            "{name!r} is no field of a {what}. The fields are: {known}",
            name=unknown[0],
            what=record_type.__name__.lower(),
            known=", ".join(plan),
        )
    lacking = [name for name, default, _ in _plan_out(record_type)[1] if default is _REQUIRED and name not in values]
    if lacking:
        raise InvalidValue(
            "A {what} needs the field {name}; this one has only: {given}",
            what=record_type.__name__.lower(),
            name=lacking[0],
            given=", ".join(values) or "-",
        )
    return record_type(**{name: _field(plan[name], name, value) for name, value in values.items()})


def _field(decode: Decoder, name: str, value: Any) -> Any:
    try:
        return decode(value)
    except (TypeError, ValueError, AttributeError) as fault:
        raise _unfit(name, value) from fault


def _unfit(name: str, value: Any) -> InvalidValue:
    return InvalidValue("The field {name} cannot hold {value!r}", name=name, value=value)


@cache
def _plan_in(record_type: type) -> Mapping[str, Decoder]:
    """Return the decoder of each field of a record type."""
    hints = get_type_hints(record_type)
    return {field.name: _decoder(hints[field.name]) for field in dataclasses.fields(record_type)}


def _decoder(hint: Any) -> Decoder:
    bare = _bare(hint)
    if bare is not hint:
        inner = _decoder(bare)
        return lambda value: None if value is None else inner(value)
    if hint is date:
        return date.fromisoformat
    if get_origin(hint) is tuple:
        each = _decoder(get_args(hint)[0])
        return lambda values: tuple(each(value) for value in _list(values))
    if dataclasses.is_dataclass(hint):
        return lambda values: _decode(cast(type, hint), values)
    return cast(Decoder, hint) if issubclass(hint, StrEnum) else lambda value: _plain(hint, value)


def _bare(hint: Any) -> Any:
    """Return a type without its ``| None``."""
    if isinstance(hint, UnionType):
        return next(part for part in get_args(hint) if part is not type(None))
    return hint


def _list(values: Any) -> list[Any]:
    if not isinstance(values, list | tuple):
        raise TypeError(values)
    return list(values)


def _plain(kind: type, value: Any) -> Any:
    """Return a text, number or flag that is of its kind (an int will do for a float)."""
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise TypeError(value)
    return value
