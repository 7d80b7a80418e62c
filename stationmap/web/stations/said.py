"""What a worker says of a station, on its way from a form or a body to the ledger: reports and confirmations.

Nobody logs in, so there is no session that a foreign page could ride on; still what a page of another site sends is
refused, so that nobody else's readers are made to report. No address, name or position is looked at or kept.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import current_app, request

from stationmap.errors import InvalidValue
from stationmap.files.photo import reencode
from stationmap.register.desk.confirmations import Confirmed
from stationmap.register.desk.reports import MOST_CHARACTERS, NewReport, Report, ReportKind
from stationmap.schema.records import Station
from stationmap.schema.vocabulary import SERVICES
from stationmap.web.present import live, now
from stationmap.web.problems import Removed, Stranger
from stationmap.web.stations.known import known
from stationmap.web.values import instant, shown

MAX_BODY_BYTES = 16 * 1000 * 1000
MAX_PHOTO_BYTES = 15 * 1000 * 1000
_OLDEST = timedelta(days=60)
_TOKEN = re.compile(r"[A-Za-z0-9._:-]{8,64}")


@dataclass(frozen=True, slots=True)
class Said:
    """What was said, as it came: codes and text unchecked, the photo as it was sent."""

    kind: str = ""
    service: str = ""
    text: str = ""
    token: str = ""
    observed_at: datetime | None = None
    photo: bytes | None = None


def refuse_strangers() -> None:
    """Refuse what a page of another site sends.

    A browser says so in ``Sec-Fetch-Site``; an older one, or one on a plain http address, in ``Origin``. That is
    ``null`` on our own forms too, since no page of ours tells where it was, so ``null`` passes where nothing else is
    said. What is no browser says neither, and is welcome.

    Raises
    ------
    Stranger
        When it comes from elsewhere.
    """
    came = request.headers.get("Sec-Fetch-Site", "")
    origin = request.headers.get("Origin", "null")
    ours = {request.host, urlsplit(current_app.extensions["public_url"]).netloc}
    foreign = came not in ("same-origin", "none") if came else origin != "null" and _host_of(origin) not in ours
    if foreign:
        raise Stranger("Another site sent this. Open the page here, and send it from there.")


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # an address that is none
        return None


def let_photos_go(_fault: BaseException | None = None) -> None:
    """Close what was sent along with the present request; for the end of every request that may carry a photo."""
    request.close()


def from_form() -> Said:
    """Return what a form says, sent with a photo or without.

    Raises
    ------
    InvalidValue
        When the time is none, or the photo is too large.
    """
    given = request.form
    told = Said(
        kind=given.get("kind", ""),
        service=given.get("service", ""),
        text=given.get("text", ""),
        token=given.get("token", ""),
    )
    seen = given.get("observed_at", "")
    return replace(told, observed_at=_time(seen) if seen else None, photo=_photo())


def from_values(values: Mapping[str, object]) -> Said:
    """Return what a JSON object says; a photo comes only in a form.

    Raises
    ------
    InvalidValue
        When a value is no text, or the time is none.
    """
    kind, service, text, token = (_sent(name, values.get(name)) for name in ("kind", "service", "text", "token"))
    seen = values.get("observed_at")
    return Said(kind, service, text, token, _time(seen) if seen not in (None, "") else None)


def _sent(name: str, value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidValue(
            "{name} is {value}. Write a text of at most {limit} characters.",
            name=name,
            value=shown(value),
            limit=MOST_CHARACTERS,
        )
    return value


def _time(value: object) -> datetime:
    return instant("observed_at", value)


def _photo() -> bytes | None:
    sent = request.files.get("photo")
    if sent is None:
        return None
    data = sent.stream.read(MAX_PHOTO_BYTES + 1)
    if len(data) > MAX_PHOTO_BYTES:
        raise InvalidValue("The photo is larger than {limit} MB. Send a smaller one.", limit=MAX_PHOTO_BYTES // 10**6)
    return data or None


def report(id: str, said: Said) -> Report:  # noqa: A002 the name in the address
    """Keep a report for a clerk and return it; nothing is published.

    Raises
    ------
    NotFound
        When there is no such station.
    Removed
        When the station is removed and the report does not say, as ``other``, what stands there now.
    InvalidValue
        When it says nothing, too much, or names what is not there, or has no token.
    UnusableInput
        When the photo is none.
    TooMany
        When the station has more open reports than can be read.
    LedgerUnavailable
        When the ledger cannot be read now; ``NotKept`` when it cannot be written.
    """
    kind = _kind(said.kind)
    service = _service(said.service) if kind is ReportKind.SERVICE else ""
    _check_token(said.token)
    station = known(id)
    if station.removed and kind is not ReportKind.OTHER:
        raise Removed(
            "The station {name} is no longer in the register. If it is there after all, choose “other” and say so.",
            name=station.name,
        )
    photo = reencode(said.photo) if said.photo else None
    new = NewReport(
        station_id=station.id,
        kind=kind,
        service=service,
        text=said.text,
        photo=photo,
        observed_at=_in_zone(said.observed_at, station),
        token=said.token,
    )
    return live().keep(lambda ledger: ledger.reports.submit(new, at=now()))


def confirm(id: str, token: str, observed_at: datetime | None = None) -> Confirmed:  # noqa: A002
    """Count one tap of "still right" and return how the station stands with the workers.

    The day is that of ``observed_at``, for a tap that was kept while there was no line, unless that lies ahead or
    more than 60 days back: then the clock of the phone cannot be right, and the server's day counts.

    Raises
    ------
    NotFound, Removed, InvalidValue, LedgerUnavailable
        As :func:`report`.
    """
    _check_token(token)
    station = known(id)
    if station.removed:
        raise Removed(
            "The station {name} is no longer in the register, so it cannot be confirmed. If it is there, report it.",
            name=station.name,
        )
    seen, today = _in_zone(observed_at, station), now().astimezone(ZoneInfo(station.timezone))
    day: date = seen.date() if seen is not None and today - _OLDEST <= seen <= today else today.date()

    def count(ledger: Any) -> Confirmed:
        ledger.confirmations.confirm(station.id, day=day, token=token)
        confirmed: Confirmed = ledger.confirmations.of(station.id, today=today.date())
        return confirmed

    return live().keep(count)


def token_of_content(said: Said) -> Said:
    """Return what a page of ours sent, its token bound to what is said.

    The same form sent twice is one report; the form gone back to, changed and sent again is another, though it
    carries the token that it was given.

    Raises
    ------
    InvalidValue
        When it carries none.
    """
    _check_token(said.token)
    digest = hashlib.sha256("\0".join((said.kind, said.service, said.text)).encode("utf-8", "backslashreplace"))
    digest.update(said.photo or b"")
    return replace(said, token=f"{said.token}.{digest.hexdigest()[:16]}")


def _in_zone(instant_: datetime | None, station: Station) -> datetime | None:
    """Return an instant in the zone of a station; one without an offset is the time there."""
    if instant_ is None:
        return None
    zone = ZoneInfo(station.timezone)
    return instant_.replace(tzinfo=zone) if instant_.tzinfo is None else instant_.astimezone(zone)


def _kind(word: str) -> ReportKind:
    try:
        return ReportKind(word)
    except ValueError:
        pass
    if not word:
        raise InvalidValue("Say what is wrong: choose one of the lines.")
    kinds = tuple(str(kind) for kind in ReportKind)
    raise InvalidValue("A report cannot be of the kind {kind!r}. Take one of: {known}", kind=word[:40], known=kinds)


def _service(code: str) -> str:
    if not code:
        raise InvalidValue("Say which service is missing.")
    if code not in SERVICES:
        raise InvalidValue(
            "There is no service {service}. Take a code of the vocabulary, such as {example}.",
            service=shown(code),
            example="hot_water",
        )
    return code


def _check_token(token: str) -> None:
    if not _TOKEN.fullmatch(token):
        raise InvalidValue(
            "The token {token} is none: make one up for each report, 8 to 64 letters and digits, and send it with it.",
            token=shown(token),
        )
