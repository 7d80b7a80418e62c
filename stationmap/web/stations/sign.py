"""The sign at a station: an A5 sheet in Chinese and English, and its QR code as PNG and SVG.

The code leads to the page of the station, which asks first whether it is right. The sheet says what stays true while
it hangs: name, what is offered, ordinary hours. The hotline 12351 stands on it only where the register names it.
"""

import io
import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import segno
from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.exceptions import NotFound as NoSuchAddress

from stationmap.catalogue import LANGUAGES, tell
from stationmap.schema.records import Answer, Station
from stationmap.schema.vocabulary import SERVICES
from stationmap.web import language
from stationmap.web.addresses import sign_address, site
from stationmap.web.present import live, now
from stationmap.web.stations import say
from stationmap.web.stations.facts import dialled, told_answer
from stationmap.web.stations.known import known, standing, timetable
from stationmap.web.stations.week import Diary, weekdays_together
from stationmap.web.wording import ORDERED_SERVICES

blueprint = Blueprint("sign", __name__)
HOTLINE = "12351"
SERVICES_SHOWN = 8
HOURS_SHOWN = 4
MAX_NAME = 60
_PNG_SCALE = 12
_QUIET_MODULES = 4
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@blueprint.get("/stations/<id>/qr.<kind>")
def code(id: str, kind: str) -> Response:  # noqa: A002 the name in the address
    """Return the QR code of a station as ``png`` or ``svg``, black on white with its quiet zone."""
    if kind not in ("png", "svg"):
        raise NoSuchAddress
    station = known(id)
    made = _code(station)
    body = io.BytesIO()
    if kind == "png":
        made.save(body, kind="png", scale=_PNG_SCALE, border=_QUIET_MODULES)
    else:
        made.save(body, kind="svg", border=_QUIET_MODULES, light="white", xmldecl=False, omitsize=True)
    response = Response(body.getvalue(), mimetype="image/png" if kind == "png" else "image/svg+xml")
    response.headers["Content-Disposition"] = f'inline; filename="{file_name(station)}.{kind}"'
    return _kept(response)


@blueprint.get("/stations/<id>/sign")
def sign(id: str) -> Response:  # noqa: A002 the name in the address
    """Return the sheet to be printed and hung up."""
    station = standing(known(id))
    page = render_template(
        "sign.html", languages=language.NAMES.items(), fictional=station.fictional, **_sheet(station)
    )
    response = make_response(page)
    response.vary.update(("Accept-Language", "Cookie"))
    return language.remember(_kept(response))


def _kept(response: Response) -> Response:
    """Have it asked for anew each time: where the address is not set it is the caller's own."""
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


def _code(station: Station) -> segno.QRCode:
    """Return the code: a quarter of it may be dirty or torn, as far as its size allows."""
    return segno.make_qr(sign_address(station.id), error="q", boost_error=False)


def _sheet(station: Station) -> dict[str, Any]:
    """Return what the sheet says, in both languages."""
    there = _there(station)
    return {
        "station": station,
        "name": station.name if len(station.name) <= MAX_NAME else f"{station.name[:MAX_NAME]}…",
        "size": "long" if len(station.name) > 24 else "middle" if len(station.name) > 12 else "short",
        "offered": [SERVICES[code] for code in there[:SERVICES_SHOWN]],
        "more": max(0, len(there) - SERVICES_SHOWN),
        "hours": _hours(station),
        "phone": station.phone if dialled(station.phone) else "",
        "hotline": HOTLINE if _names_hotline(station) else "",
        "code": _modules(_code(station)),
        "address": site(),
        "settings": say.settings("station.js"),
        "said": {spoken: lambda text, spoken=spoken, **values: tell(text, spoken, **values) for spoken in LANGUAGES},
    }


def _modules(made: segno.QRCode) -> Mapping[str, Any]:
    """Return the dark modules of a code as one SVG path, in modules, and its width with the quiet zone."""
    runs = [
        (found.start() + _QUIET_MODULES, y + _QUIET_MODULES, len(found.group()))
        for y, row in enumerate(made.matrix)
        for found in re.finditer(rb"\x01+", bytes(row))
    ]
    path = "".join(f"M{x} {y}h{width}v1h-{width}z" for x, y, width in runs)
    return {"path": path, "width": len(made.matrix) + 2 * _QUIET_MODULES}


def _there(station: Station) -> list[str]:
    there = {s.code for s in station.services if told_answer(s) is Answer.YES and s.nearby_m is None}
    return [code for code in ORDERED_SERVICES if code in there]


def _hours(station: Station) -> list[dict[str, str]]:
    """Return the ordinary week, days that say the same together, each line in every language.

    Hours that are not known, or change too often to be read while walking past, are left to the code.
    """
    today = now().astimezone(ZoneInfo(station.timezone)).date()
    table = timetable(station, live().picture().calendar)
    weeks = {spoken: Diary(table, today, spoken).ordinary() for spoken in LANGUAGES}
    if all(text == tell("Hours unknown", "en") for text in weeks["en"]):
        return []
    runs = {spoken: weekdays_together(week) for spoken, week in weeks.items()}
    if len(runs["en"]) > HOURS_SHOWN:
        return []
    lines = []
    for (first, last, text), (_, _, text_en) in zip(runs["zh"], runs["en"], strict=True):
        told_en = "" if text_en == text else f" {text_en}"  # times are the same in both: told once
        lines.append({"zh": f"{_days(first, last, 'zh')} {text}", "en": f"{_days(first, last, 'en')}{told_en}"})
    return lines


def _days(first: int, last: int, spoken: str) -> str:
    if (first, last) == (0, 6):
        return tell("Every day", spoken)
    if first == last:
        return tell(_DAYS[first], spoken)
    return tell("{first} to {last}", spoken, first=tell(_DAYS[first], spoken), last=tell(_DAYS[last], spoken))


def _names_hotline(station: Station) -> bool:
    return bool(re.search(rf"(?<!\d){HOTLINE}(?!\d)", f"{station.phone} {station.note} {station.serves}"))


def file_name(station: Station) -> str:
    """Return the name of a file about a station, of letters, digits and hyphens only, whatever its id holds."""
    safe = re.sub(r"[^A-Za-z0-9]+", "-", station.id).strip("-")[:60]
    return f"station-{safe}" if safe else "station"
