"""What a clerk should look after: findings over the whole register, most pressing first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stationmap.catalogue import tell
from stationmap.errors import Message
from stationmap.geo.areas import AreaTree
from stationmap.hours.calendar import china
from stationmap.schema.records import Basis

if TYPE_CHECKING:
    from stationmap.register.ledger import Ledger

CALENDAR_WARNING_DAYS = 60


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look after: how many records it touches, the sentence, and which (id, name)."""

    code: str
    count: int
    message: Message
    examples: tuple[tuple[str, str], ...] = ()

    def facts(self, lang: str) -> dict[str, object]:
        """Return the finding as JSON."""
        return {
            "code": self.code,
            "count": self.count,
            "message": tell(self.message, lang),
            "examples": [{"id": identity, "name": name} for identity, name in self.examples],
        }


def audit(ledger: "Ledger", *, stale_days: int = 365, today: date | None = None) -> list[Finding]:
    """Return what to look after in a ledger, most pressing first; nothing is changed.

    Parameters
    ----------
    ledger : Ledger
        The register.
    stale_days : int
        A record confirmed longer ago than this is out of date.
    today : date, optional
        The day it is; the machine's when none.
    """
    every = ledger.stations(generated=True).stations
    made_up = every["basis"] == Basis.GENERATED.value
    frame = every[~made_up]
    day = today or date.today()  # noqa: DTZ011 - a clerk's own day
    findings = list(_reports(ledger))
    findings += [finding for check in _CHECKS for finding in check(frame, day, stale_days)]
    findings += _outside(frame, AreaTree(ledger.gazetteer.areas()))
    findings += _finding(
        "generated",
        every[made_up],
        Message("{count} records are marked as generated; they count nowhere as real stations."),
    )
    findings += _calendar(ledger, day)
    return findings


def _finding(code: str, rows: pd.DataFrame, message: Message) -> Iterator[Finding]:
    if len(rows):
        examples = tuple(zip(rows["id"], rows["name"], strict=True))
        yield Finding(code, len(rows), Message(message.text, {**message.values, "count": len(rows)}), examples)


def _reports(ledger: "Ledger") -> Iterator[Finding]:
    """Yield what waits to be read; the stations with the most reports first, then by id."""
    waiting = ledger.reports.open_by_station()
    if waiting:
        ids = sorted(waiting, key=lambda station_id: (-waiting[station_id], station_id))
        total = sum(waiting.values())
        message = Message("{count} reports of workers wait to be read: stationmap reports", {"count": total})
        yield Finding("reports", total, message, tuple((key, ledger.station(key).name) for key in ids))


def _unlocated(frame: pd.DataFrame, _: date, __: int) -> Iterator[Finding]:
    return _finding(
        "unlocated", frame[frame["lon"].isna()], Message("{count} stations have no place on the map: give coordinates.")
    )


def _unknown_hours(frame: pd.DataFrame, _: date, __: int) -> Iterator[Finding]:
    found = frame["hours_basis"] == "found"
    yield from _finding(
        "hours_unread",
        frame[found & (frame["hours_text"] != "") & (frame["hours_uncertain"] | (frame["hours_osm"] == ""))],
        Message("{count} stations have opening hours that cannot be read surely: write them plainer."),
    )
    yield from _finding(
        "hours_unknown",
        frame[(frame["hours_text"] == "") | ~found],
        Message("{count} stations have no opening hours as found: ask them."),
    )


def _doubled(frame: pd.DataFrame, _: date, __: int) -> Iterator[Finding]:
    located = frame[frame["lon"].notna()]
    same = located.duplicated(["lon", "lat"], keep=False)
    yield from _finding(
        "same_place",
        located[same],
        Message("{count} stations share their coordinates with another: is each where it says?"),
    )
    yield from _finding(
        "same_name",
        frame[frame.duplicated(["name", "area_name"], keep=False)],
        Message("{count} stations share name and area with another: are they the same?"),
    )


def _stale(frame: pd.DataFrame, today: date, stale_days: int) -> Iterator[Finding]:
    limit = (today - timedelta(stale_days)).isoformat()
    checked = frame["confirmed_on"] != ""
    yield from _finding(
        "stale",
        frame[checked & (frame["confirmed_on"] < limit)],
        Message("{count} stations were last checked more than {days} days ago.", {"days": stale_days}),
    )
    yield from _finding("unchecked", frame[~checked], Message("{count} stations were never checked."))


def _outside(frame: pd.DataFrame, tree: AreaTree) -> Iterator[Finding]:
    located = frame[frame["lon"].notna() & (frame["area_name"] != "")]
    if not tree.areas or not len(located):
        return iter(())
    inside = tree.contains(
        located["area_name"].to_numpy(object), located["lon"].to_numpy(float), located["lat"].to_numpy(float)
    )
    return _finding(
        "outside_area",
        located[np.asarray(inside) == 0],
        Message("{count} stations lie outside the area that they name."),
    )


def _calendar(ledger: "Ledger", today: date) -> Iterator[Finding]:
    calendar = china(ledger.gazetteer.calendar_days())
    last = calendar.known_through(today) or calendar.last
    if (last - today).days < CALENDAR_WARNING_DAYS:
        yield Finding(
            "calendar",
            1,
            Message(
                "Days off are known only to {last}. Load the next notice: stationmap calendar import FILE",
                {"last": last},
            ),
        )


_CHECKS: tuple[Callable[[pd.DataFrame, date, int], Iterator[Finding]], ...] = (
    _unlocated,
    _doubled,
    _unknown_hours,
    _stale,
)
