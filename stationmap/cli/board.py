"""What is put up for everyone: ``notice`` and ``photo``."""

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from stationmap.catalogue import tell
from stationmap.cli.desk import MOST_NUMBER, local
from stationmap.cli.told import Command, Day, Group, Number, OneOf, clerk, language, option, say
from stationmap.errors import InvalidValue, Message

if TYPE_CHECKING:
    from stationmap.register.desk.notices import Notice

CHINA = "Asia/Shanghai"
LEVELS = ("info", "warning", "danger")


@click.group(
    cls=Group,
    help="What is said to everyone for a while: heat, storm, a station that is shut today.",
    examples=("stationmap notice add '高温红色预警，请到就近驿站避暑' --level danger", "stationmap notice list"),
)
def notice() -> None:
    """Hold the commands of notices."""


@notice.command(
    "add",
    cls=Command,
    help="Put up a notice; it stands from now to the end of the day, unless said otherwise.",
    examples=(
        "stationmap notice add '高温红色预警，请到就近驿站避暑' --en 'Red heat alert' --level danger",
        "stationmap notice add '停电检修，今日暂停开放' --station a3h7yhp6sv --shut",
        "stationmap notice add '台风蓝色预警' --area 350100 --from 2026-08-01T06:00 --until 2026-08-03",
    ),
)
@click.argument("text")
@option("--en", "text_en", default="", help="The same in English.")
@option("--level", type=OneOf(LEVELS), default="info", help="info (default), warning or danger.")
@option("--from", "start", help="Date, or date and time, from which it stands (default: now).")
@option("--until", "end", help="Last day, or date and time, until which it stands (default: the end of the first day).")
@option("--area", "adcode", default="", help="Only for this area: its code, such as 410103.")
@option("--station", "station_id", default="", help="Only for the station with this id.")
@option("--shut", is_flag=True, help="The station is shut on these days.")
@option("--actor", default=clerk, help="Who does it, for the history.")
def add_notice(
    text: str,
    text_en: str,
    level: str,
    start: str | None,
    end: str | None,
    adcode: str,
    station_id: str,
    shut: bool,
    actor: str,
) -> None:
    """Publish a notice."""
    from stationmap.register.ledger import Ledger

    with Ledger.open(create=False) as ledger:
        zone = ZoneInfo(ledger.station(station_id).timezone if station_id else CHINA)
        starts_at = datetime.now(UTC) if start is None else _instant("--from", start, zone, end_of_day=False)
        if end is None:
            ends_at = _midnight_after(starts_at.astimezone(zone).date(), zone)
        else:
            ends_at = _instant("--until", end, zone, end_of_day=True)
            _check_span(start, starts_at, end, ends_at)
        put = ledger.notices.put(
            text,
            text_en=text_en,
            level=level,
            starts_at=starts_at,
            ends_at=ends_at,
            adcode=adcode,
            station_id=station_id,
            closes=shut,
            actor=actor,
        )
    say(
        "Notice {number} stands from {start} to {end}.",
        number=put.id,
        start=local(put.starts_at),
        end=local(put.ends_at),
    )


@notice.command(
    "list",
    cls=Command,
    help="List the notices that stand or are to come.",
    examples=("stationmap notice list", "stationmap notice list --all --json"),
)
@option("--all", "every", is_flag=True, help="Those that are over or withdrawn too.")
@option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_notices(every: bool, as_json: bool) -> None:
    """Print the notices by number."""
    from stationmap.register.ledger import Ledger

    now = datetime.now(UTC)
    with Ledger.open(create=False) as ledger:
        found = [one for one in ledger.notices.all(withdrawn=every) if every or one.ends_at > now]
    if as_json:
        click.echo(json.dumps([_notice_facts(one) for one in found], ensure_ascii=False, indent=1))
        return
    for one in found:
        click.echo(_notice_line(one))
    if not found:
        say("There is no notice.")


@notice.command(
    "withdraw",
    cls=Command,
    help="Take a notice back.",
    examples=("stationmap notice withdraw 3",),
)
@click.argument("number", type=Number(1, MOST_NUMBER, whole=True))
@option("--reason", default="withdrawn", help="Why, for the history.")
@option("--actor", default=clerk, help="Who does it, for the history.")
def withdraw(number: int, reason: str, actor: str) -> None:
    """Withdraw one notice."""
    from stationmap.register.ledger import Ledger

    with Ledger.open(create=False) as ledger:
        ledger.notices.withdraw(number, actor=actor, reason=reason)
    say("Notice {number} is withdrawn.", number=number)


@click.group(
    cls=Group,
    help="Photos of stations: add one, list them, take one out.",
    examples=("stationmap photo add a3h7yhp6sv 门口.jpg --caption 从东门进", "stationmap photo list a3h7yhp6sv"),
)
def photo() -> None:
    """Hold the commands of photos."""


@photo.command(
    "add",
    cls=Command,
    help="Publish a photo of a station (JPEG, PNG or WebP); place, camera and all else hidden in it are taken out.",
    examples=("stationmap photo add a3h7yhp6sv 门口.jpg --caption 从东门进",),
)
@click.argument("station_id")
@click.argument("file", type=click.Path(path_type=Path))
@option("--caption", default="", help="What it shows.")
@option("--taken-on", type=Day(), help="The day it was taken.")
@option("--source", default="", help="Where it is from, in words.")
@option("--actor", default=clerk, help="Who does it, for the history.")
def add_photo(station_id: str, file: Path, caption: str, taken_on: date | None, source: str, actor: str) -> None:
    """Re-encode a photo and publish it."""
    from stationmap.files.photo import read_photo
    from stationmap.register.ledger import Ledger

    if taken_on is not None and taken_on > datetime.now(ZoneInfo(CHINA)).date():
        raise InvalidValue("--taken-on {day} is in the future. Give the day the photo was taken.", day=taken_on)
    with Ledger.open(create=False) as ledger:
        ledger.station(station_id)
        added = ledger.photos.add(
            station_id, read_photo(file), caption=caption, taken_on=taken_on, source=source, actor=actor
        )
    say(
        "Photo {number} is published: {width} x {height} pixels.",
        number=added.id,
        width=added.width_px,
        height=added.height_px,
    )


@photo.command(
    "list",
    cls=Command,
    help="List the photos of a station.",
    examples=("stationmap photo list a3h7yhp6sv",),
)
@click.argument("station_id")
@option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_photos(station_id: str, as_json: bool) -> None:
    """Print the photos, the newest first."""
    from dataclasses import asdict

    from stationmap.register.ledger import Ledger

    with Ledger.open(create=False) as ledger:
        ledger.station(station_id)
        found = ledger.photos.of(station_id)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1, default=str))
        return
    for one in found:
        size = f"{one.width_px} x {one.height_px}"
        parts = (str(one.id), size, str(one.taken_on or ""), one.caption, one.source)
        click.echo("  ".join(part for part in parts if part))
    if not found:
        say("There is no photo.")


@photo.command(
    "remove",
    cls=Command,
    help="Take a photo out, for good.",
    examples=("stationmap photo remove 7",),
)
@click.argument("number", type=Number(1, MOST_NUMBER, whole=True))
@option("--reason", default="photo removed", help="Why, for the history.")
@option("--actor", default=clerk, help="Who does it, for the history.")
def remove_photo(number: int, reason: str, actor: str) -> None:
    """Remove one photo."""
    from stationmap.register.ledger import Ledger

    with Ledger.open(create=False) as ledger:
        ledger.photos.remove(number, actor=actor, reason=reason)
    say("Photo {number} is taken out.", number=number)


def _instant(name: str, text: str, zone: ZoneInfo, *, end_of_day: bool) -> datetime:
    """Return the instant of a date (its beginning or its end) or of a date and time, local without an offset."""
    bare = text.strip()
    try:
        if len(bare) <= len("2026-12-01"):
            day = date.fromisoformat(bare)
            return _midnight_after(day, zone) if end_of_day else datetime.combine(day, time(), zone)
        instant = datetime.fromisoformat(bare)
    except (ValueError, OverflowError):
        raise InvalidValue(
            "{option} {value!r} is no date and no time. Write it like 2026-12-01 or 2026-12-01T18:00.",
            option=name,
            value=text,
        ) from None
    return instant if instant.tzinfo else instant.replace(tzinfo=zone)


def _check_span(start: str | None, starts_at: datetime, end: str, ends_at: datetime) -> None:
    """Refuse a notice that ends before it begins or is over already, in the words that were typed."""
    if start is not None and ends_at <= starts_at:
        raise InvalidValue("--until {end} is before --from {start}.", start=start, end=end)
    if ends_at <= datetime.now(UTC):
        raise InvalidValue("--until {end} is in the past; nobody would see the notice.", end=end)


def _midnight_after(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(1), time(), zone)


def _notice_facts(one: "Notice") -> dict[str, Any]:
    return {
        "id": one.id,
        "text": one.text,
        "text_en": one.text_en,
        "level": one.level,
        "starts_at": one.starts_at.isoformat(),
        "ends_at": one.ends_at.isoformat(),
        "adcode": one.adcode or None,
        "station_id": one.station_id or None,
        "closes": one.closes,
        "withdrawn": one.withdrawn,
    }


def _notice_line(one: "Notice") -> str:
    chosen = language()
    levels = {"info": Message("note"), "warning": Message("warning"), "danger": Message("danger")}
    remarks = [one.station_id or one.adcode]
    remarks += [tell("shut", chosen)] if one.closes else []
    remarks += [tell("withdrawn", chosen)] if one.withdrawn else []
    span = f"{local(one.starts_at)} – {local(one.ends_at)}"
    parts = (f"{one.id:>4}", tell(levels[one.level], chosen), span, *remarks, one.text, one.text_en)
    return "  ".join(part for part in parts if part)
