"""A station as schema.org JSON-LD: what search engines and assistants read of its page.

Only what is known is said: hours of unknown days, unknown services and whether it costs anything are left out.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from stationmap.catalogue import label
from stationmap.hours.opening import Interval, State
from stationmap.schema.records import Answer, Basis, Station
from stationmap.schema.vocabulary import KINDS, SERVICES
from stationmap.web.stations.facts import dialled, told_answer

DAYS_AHEAD = 14
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def place(
    station: Station,
    address: str,
    spans: Sequence[Interval],
    today: date,
    language: str,
) -> dict[str, Any]:
    """Return a station as a schema.org ``CivicStructure``, to be written as JSON into a page.

    Parameters
    ----------
    station : Station
        The record.
    address : str
        The absolute address of its page.
    spans : sequence of Interval
        When it is open or unknown, for at least 14 days from ``today`` on.
    today : date
        The day it is at the station.
    language : str
        Of the labels: ``zh`` or ``en``.
    """
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "CivicStructure",
        "@id": address,
        "url": address,
        "name": station.name,
        "identifier": station.id,
        "keywords": [label(KINDS[code], language) for code in station.kinds if code in KINDS],
        "address": _address(station),
        "geo": _geo(station),
        "telephone": dialled(station.phone),
        "maximumAttendeeCapacity": station.seats,
        "publicAccess": {Answer.NO: True, Answer.YES: False}.get(station.members_only),
        "amenityFeature": _amenities(station, language),
        "openingHoursSpecification": _openings(spans, today),
    }
    return {name: value for name, value in told.items() if value not in ("", None, [], {})}


def _address(station: Station) -> dict[str, str]:
    parts = {"streetAddress": station.address, "addressLocality": station.area_name}
    known = {name: text for name, text in parts.items() if text}
    return {"@type": "PostalAddress", **known, "addressCountry": "CN"} if known else {}


def _geo(station: Station) -> dict[str, Any]:
    place = station.location
    if place is None or place.provenance.basis is not Basis.FOUND:
        return {}
    return {"@type": "GeoCoordinates", "longitude": round(place.lon, 6), "latitude": round(place.lat, 6)}


def _amenities(station: Station, language: str) -> list[dict[str, Any]]:
    answers = {Answer.YES: True, Answer.NO: False}
    return [
        {
            "@type": "LocationFeatureSpecification",
            "name": label(SERVICES[service.code], language),
            "value": answers[told_answer(service)],
        }
        for service in station.services
        if service.code in SERVICES and service.nearby_m is None and told_answer(service) in answers
    ]


def _openings(spans: Sequence[Interval], today: date) -> list[dict[str, str]]:
    """Return the openings of the days ahead, each under the day on which it begins; nothing of unknown days."""
    days = [today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)]
    return [spec for day in days for spec in _openings_of(day, spans)]


def _openings_of(day: date, spans: Sequence[Interval]) -> list[dict[str, str]]:
    begun = [(span, _part(span, day)) for span in spans]
    parts = [(span, part) for span, part in begun if part is not None]
    if any(span.state is State.UNKNOWN for span, _ in parts):
        return []
    if not parts and _covered(day, spans):
        return []  # only the end of last night
    shown = [part for _, part in parts] or [("00:00", "00:00")]  # the same twice: closed all day
    return [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": f"https://schema.org/{_WEEKDAYS[day.weekday()]}",
            "opens": opens,
            "closes": closes,
            "validFrom": day.isoformat(),
            "validThrough": day.isoformat(),
        }
        for opens, closes in shown
    ]


def _part(span: Interval, day: date) -> tuple[str, str] | None:
    """Return opening and closing of a span on a day: a night stands whole under the day on which it begins."""
    midnight = datetime.combine(day, time.min, span.start.tzinfo)
    tomorrow = midnight + timedelta(days=1)
    overnight = span.end - span.start < timedelta(days=1) and span.start.date() != span.end.date()
    if span.end <= midnight or span.start >= tomorrow or (overnight and span.start < midnight):
        return None
    start, end = max(span.start, midnight), span.end if overnight else min(span.end, tomorrow)
    return f"{start:%H:%M}", "23:59" if end == tomorrow else f"{end:%H:%M}"


def _covered(day: date, spans: Sequence[Interval]) -> bool:
    midnight = datetime.combine(day, time.min, spans[0].start.tzinfo) if spans else None
    return midnight is not None and any(span.start <= midnight < span.end for span in spans)
