"""What-if changes as JSON objects, read into the changes of the planners' floor."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stationmap.errors import InvalidValue
from stationmap.planning.coverage.whatif import Change, Close, Move, Open, OpenTill, SetHours, SetService
from stationmap.planning.supply import Had

_EXAMPLES = (
    '{"close": ID}',
    '{"open_till": ID, "time": "22:00"}',
    '{"set_hours": ID, "hours": "Mo-Su 06:00-22:00"}',
    '{"add": ID, "service": "microwave"}',
    '{"drop": ID, "service": "microwave"}',
    '{"move": ID, "lon": 113.6, "lat": 34.7}',
    '{"new": "new-1", "lon": 113.6, "lat": 34.7, "hours": "24/7", "services": ["microwave"]}',
)


def changes_of(given: Sequence[Mapping[str, Any]]) -> tuple[Change, ...]:
    """Return changes as the planners' floor takes them.

    Raises
    ------
    InvalidValue
        When one is none of those that are known, or lacks a value.
    """
    return tuple(_change(each) for each in given)


def _change(given: Mapping[str, Any]) -> Change:
    for name, read in _READERS.items():
        if name in given:
            try:
                return read(given)
            except (KeyError, TypeError, ValueError) as fault:
                raise _no_change(given) from fault
    raise _no_change(given)


def _no_change(given: Mapping[str, Any]) -> InvalidValue:
    return InvalidValue(
        "{value} is no change. Write one such as: {known}.", value=repr(dict(given))[:120], known=_EXAMPLES
    )


def _opened(given: Mapping[str, Any]) -> Open:
    kinds = frozenset(map(str, given.get("kinds") or ("rest_station",)))
    services = frozenset(map(str, given.get("services") or ()))
    hours, name = str(given.get("hours") or ""), str(given.get("name") or "")
    return Open(str(given["new"]), float(given["lon"]), float(given["lat"]), kinds, hours, services, name)


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Change]] = {
    "close": lambda given: Close(str(given["close"])),
    "open_till": lambda given: OpenTill(str(given["open_till"]), str(given["time"])),
    "set_hours": lambda given: SetHours(str(given["set_hours"]), str(given["hours"])),
    "add": lambda given: SetService(str(given["add"]), str(given["service"])),
    "drop": lambda given: SetService(str(given["drop"]), str(given["service"]), Had.NO),
    "move": lambda given: Move(str(given["move"]), float(given["lon"]), float(given["lat"])),
    "new": _opened,
}
