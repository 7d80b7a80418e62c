"""The questions: ``find`` a station, read ``hours``."""

import json
import math
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import click

from stationmap.catalogue import fiction, label, tell
from stationmap.cli.reference import known_calendar
from stationmap.cli.told import Command, Instant, Number, OneOf, language, option, say
from stationmap.errors import InvalidValue, Message

if TYPE_CHECKING:
    from stationmap.hours.calendar import Calendar

CHINA = "Asia/Shanghai"


@click.command(
    cls=Command,
    help="Find the nearest stations that can be entered on arrival, with what is needed.",
    examples=(
        "stationmap find --lon 102.30 --lat 40.30 --need microwave --need toilet",
        "stationmap find --lon 113.665 --lat 34.752 --datum gcj02 --at 2026-10-10T10:00 --any",
        "stationmap find --lon 102.30 --lat 40.30 --mode ride --kind driver_home --json",
    ),
)
@option(
    "--lon",
    type=Number(-1e9, 1e9),
    required=True,
    help="Longitude in degrees (or x in metres, by the datum).",
)
@option("--lat", type=Number(-1e9, 1e9), required=True, help="Latitude in degrees (or y in metres, by the datum).")
@option("--datum", default="wgs84", help="Datum of the position: wgs84 (default), gcj02, bd09 …")
@option("--need", "needs", multiple=True, help="A service that must be there; may be given several times.")
@option("--kind", "kinds", multiple=True, help="Only this kind of station; may be given several times.")
@option(
    "--at",
    type=Instant(),
    help="Date and time, such as 2026-10-10T12:00; without an offset the place's local time.",
)
@option("--any", "any_state", is_flag=True, help="Closed ones and those with unknown hours too.")
@option(
    "--open",
    "opened",
    type=OneOf(["arrival", "now", "any"]),
    default="arrival",
    help="arrival: open when you get there (default); now: when you set out, too; any: the same as --any.",
)
@option("-k", "--count", "k", type=Number(1, 200, whole=True), default=5, help="How many (default 5).")
@option(
    "--mode",
    type=OneOf(["walk", "ride"]),
    default="walk",
    help="walk (4.5 km/h) or ride (e-bike, 15 km/h).",
)
@option("--json", "as_json", is_flag=True, help="Print a GeoJSON FeatureCollection (WGS 84).")
def find(
    lon: float,
    lat: float,
    datum: str,
    needs: tuple[str, ...],
    kinds: tuple[str, ...],
    at: datetime | None,
    any_state: bool,
    opened: Literal["arrival", "now", "any"],
    k: int,
    mode: Literal["walk", "ride"],
    as_json: bool,
) -> None:
    """Ask the register and print the answer."""
    from stationmap.finder import search
    from stationmap.finder.geojson import feature_collection
    from stationmap.finder.snapshot import Snapshot
    from stationmap.hours.calendar import china
    from stationmap.register.ledger import Ledger
    from stationmap.schema.vocabulary import KINDS, SERVICES, require

    wanted = frozenset(require(SERVICES, word, "service").code for word in needs)
    of_kinds = frozenset(require(KINDS, word, "kind").code for word in kinds)
    here = _position(lon, lat, datum)
    with Ledger.open(create=False) as ledger:
        snapshot = Snapshot.build(ledger.stations(), china(ledger.gazetteer.calendar_days()), ledger.notices.closures())
    query = search.Query(
        *here,
        at=at,
        k=k,
        kinds=of_kinds,
        needs=wanted,
        any_state=any_state or opened == "any",
        open_now=opened == "now",
        mode=mode,
    )
    collection = feature_collection(snapshot, search.find(snapshot, query), language())
    if as_json:
        click.echo(json.dumps(collection, ensure_ascii=False, indent=1))
    elif not snapshot.kind_mask(of_kinds).any():
        say("The ledger holds no station of that kind on the map." if of_kinds else "The ledger holds no station yet.")
    else:
        _print_found(collection)


def _position(x: float, y: float, datum: str) -> tuple[float, float]:
    """Return the asker's position in WGS 84 degrees."""
    from stationmap.geo.datum import canonical, convert, is_metric

    source = canonical(datum)
    if not is_metric(source) and not (abs(x) <= 180 and abs(y) <= 90):
        raise InvalidValue(
            "Position {x}, {y} is outside longitude -180..180 or latitude -90..90; are the two swapped?",
            x=x,
            y=y,
        )
    lon, lat = (float(degrees) for degrees in convert(x, y, source=source, target="wgs84"))
    if math.isnan(lon) or math.isnan(lat):
        raise InvalidValue("Position {x}, {y} is no place in {datum}. Is the datum right?", x=x, y=y, datum=source)
    return lon, lat


def _print_found(collection: dict[str, Any]) -> None:
    """Print the answer as a short list for eyes."""
    shown = [one["properties"] for rows in ("features", "together", "maybe") for one in collection.get(rows, ())]
    invented = fiction(sum(facts["fictional"] for facts in shown), len(shown))
    if invented:
        click.echo(tell(invented, language()))
    for number, feature in enumerate(collection["features"], 1):
        _print_station(f"{number}.", feature["properties"])
    if not collection["features"]:
        say("No station that can be entered on arrival has all of that within reach.")
    for heading, member in (
        ("Together these have what is needed:", "together"),
        ("Perhaps (something is not known):", "maybe"),
    ):
        rows = collection.get(member, [])
        if rows:
            say(heading)
        for feature in rows:
            _print_station("·", feature["properties"])


def _print_station(mark: str, facts: dict[str, Any]) -> None:
    from stationmap.schema.vocabulary import SERVICES
    from stationmap.web.wording import metres_words, minutes_words

    chosen = language()
    way = f"{metres_words(facts['distance_m'], chosen)}, {minutes_words(facts['minutes'], chosen)}"
    name = " ".join([facts["name"], *([tell("[fictional]", chosen)] if facts["fictional"] else [])])
    click.echo(f"{mark} {name}  ({way})  {facts['state_words']}")
    had = [label(SERVICES[code], chosen) for code, answer in facts["services"].items() if answer == "yes"]
    lacking = [label(SERVICES[code], chosen) for code in facts.get("missing", ())]
    click.echo("   " + " · ".join([facts["address"], *had]))
    if lacking:
        click.echo("   " + tell("not known: {services}", chosen, services="、".join(lacking)))
    if facts.get("reason"):
        click.echo(f"   {facts['reason']}")
    click.echo(f"   {facts['id']}  {facts['links']['geo']}")


@click.command(
    cls=Command,
    help="Read opening hours as lists write them into OSM syntax, and say whether that is open; - reads one a line.",
    examples=(
        'stationmap hours "周一至周五 8:30-11:30 13:30-17:00，法定节假日休息" --at 2026-10-10T10:00 --makeup work',
        "stationmap hours - --json < texts.txt",
    ),
)
@click.argument("text")
@option("--at", type=Instant(), help="Date and time (default: now); without an offset the place's local time.")
@option(
    "--makeup",
    type=OneOf(["work", "weekend", "unknown"]),
    help="What the place does on a make-up working day (default: what the text says).",
)
@option("--timezone", default=CHINA, help="Time zone of the place (default Asia/Shanghai).")
@option("--json", "as_json", is_flag=True, help="Print JSON.")
def hours(text: str, at: datetime | None, makeup: str | None, timezone: str, as_json: bool) -> None:
    """Read one text, or one a line from standard input when the text is -."""
    zone = _zone(timezone)
    moment = at or datetime.now(zone)
    calendar = known_calendar()
    for one in _texts(text):
        facts = _read_hours(one, moment, makeup, timezone, calendar)
        if as_json:
            click.echo(json.dumps(facts, ensure_ascii=False))
        else:
            _print_hours(facts)


def _texts(text: str) -> Iterator[str]:
    if text != "-":
        yield text
        return
    for line in sys.stdin:
        yield line.removeprefix("\ufeff").rstrip("\r\n")


def _zone(name: str) -> Any:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise InvalidValue("{name!r} is no time zone. Take an IANA name such as Asia/Shanghai.", name=name) from None


def _read_hours(text: str, at: datetime, makeup: str | None, timezone: str, calendar: "Calendar") -> dict[str, object]:
    from stationmap.hours.opening import opening
    from stationmap.hours.text import read

    reading = read(text)
    habit = makeup or reading.makeup
    decisive = "" if reading.uncertain else reading.osm
    answer = opening(decisive, at, makeup=habit, timezone=timezone, calendar=calendar)
    reason = (
        Message("A part of the text that was not read may change the hours.") if reading.uncertain else answer.reason
    )
    return {
        "text": text,
        "osm": reading.osm,
        "unread": list(reading.unread),
        "uncertain": reading.uncertain,
        "makeup": habit,
        "state": answer.state.name.lower(),
        "until": answer.until.isoformat() if answer.until else None,
        "opens_at": answer.opens_at.isoformat() if answer.opens_at else None,
        "closes_at": answer.closes_at.isoformat() if answer.closes_at else None,
        "reason": tell(reason, language()) if reason else None,
    }


def _print_hours(facts: dict[str, object]) -> None:
    chosen = language()
    states = {"open": Message("open"), "closed": Message("closed"), "unknown": Message("not known")}
    rows = (
        ("OSM", facts["osm"] or tell("nothing read", chosen)),
        (tell("not read", chosen), "；".join(facts["unread"]) if facts["unread"] else ""),  # type: ignore[arg-type]
        (tell("state", chosen), tell(states[str(facts["state"])], chosen)),
        (tell("until", chosen), facts["until"]),
        (tell("opens at", chosen), facts["opens_at"]),
        (tell("why", chosen), facts["reason"]),
    )
    for name, value in rows:
        if value:
            click.echo(f"{name}: {value}")
