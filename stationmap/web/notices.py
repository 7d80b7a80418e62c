"""The operator's notices as pages and programs are told them.

Every page shows those that stand when it is made; ``static/js/notices.js`` asks again every 45 seconds while the page
is looked at, so that a new one reaches every open page within a minute. A notice for one station stands on the page of
that station alone; one for an area names the area, as a page does not know where its reader is.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from stationmap.catalogue import tell
from stationmap.errors import LedgerUnavailable
from stationmap.register.desk.notices import Notice
from stationmap.web import language
from stationmap.web.live import Picture
from stationmap.web.present import live, now

LEVELS: Mapping[str, str] = {"danger": "Danger", "warning": "Warning", "info": "Notice"}
"""The levels, the most pressing first, and their English words."""


def standing(picture: Picture, at: datetime, spoken: str, station_id: str = "") -> list[dict[str, Any]]:
    """Return the notices that stand at an instant, the most pressing first, then by beginning, then by number.

    Parameters
    ----------
    picture : Picture
        What is served.
    at : datetime
        The instant, aware.
    spoken : str
        ``zh`` or ``en``; one without an English text comes in Chinese.
    station_id : str
        The station whose own notices shall come too.
    """
    levels = list(LEVELS)
    those = [
        notice
        for notice in picture.notices
        if notice.starts_at <= at < notice.ends_at and notice.station_id in ("", station_id)
    ]
    those.sort(key=lambda notice: (levels.index(notice.level), notice.starts_at, notice.id))
    names = {area.adcode: area.name for area in picture.areas}
    return [_told(notice, names.get(notice.adcode, notice.adcode), spoken) for notice in those]


def on_page(station_id: str = "") -> list[dict[str, Any]]:
    """Return the notices for the page that is being made; none while the register cannot be read."""
    try:
        picture = live().picture()
    except LedgerUnavailable:
        return []
    return standing(picture, now(), language.chosen(), station_id)


def closings(picture: Picture, station_id: str) -> list[tuple[int, int]]:
    """Return when notices shut a station: start and end (excluded), seconds since 1970 UTC."""
    return [
        (int(notice.starts_at.timestamp()), int(notice.ends_at.timestamp()))
        for notice in picture.notices
        if notice.closes and notice.station_id == station_id
    ]


def _told(notice: Notice, area: str, spoken: str) -> dict[str, Any]:
    return {
        "id": notice.id,
        "level": notice.level,
        "level_words": tell(LEVELS[notice.level], spoken),
        "text": notice.text_en if spoken == "en" and notice.text_en else notice.text,
        "area": area,
        "station": notice.station_id,
        "closes": notice.closes,
        "starts_at": notice.starts_at.isoformat(),
        "ends_at": notice.ends_at.isoformat(),
    }
