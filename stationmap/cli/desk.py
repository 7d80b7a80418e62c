"""The clerk's desk: ``reports`` lists what workers say is wrong, shows, accepts and turns down."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stationmap.catalogue import label, tell
from stationmap.cli.told import Command, Day, Group, Number, OneOf, clerk, language, note, option, say
from stationmap.errors import InvalidValue, Message

if TYPE_CHECKING:
    from stationmap.register.desk.reports import Report
    from stationmap.register.history import Written
    from stationmap.register.ledger import Ledger
    from stationmap.schema.records import Station

STATES = ("new", "accepted", "turned_down")
MOST_LISTED = 10_000
MOST_NUMBER = 999_999
INDENT = " " * 6
alike_option = option(
    "--alike",
    is_flag=True,
    help="Do the same with the other waiting reports of the same kind about the same station, each of which is named.",
)


class Named(click.ParamType[Any]):
    """``field=value``: what a clerk knows better; an empty value says that it is not known."""

    name = "field=value"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Return field and value."""
        del param, ctx
        if isinstance(value, tuple):
            return value
        field, equals, given = str(value).partition("=")
        if not (field.strip() and equals):
            raise InvalidValue("--set {value!r} must be written field=value, such as floor=2楼.", value=value)
        return field.strip(), given.strip()


@click.group(
    cls=Group,
    invoke_without_command=True,
    help="What workers say is wrong: list it, show one, accept it (the record changes) or turn it down.",
    examples=(
        "stationmap reports",
        "stationmap reports --state all --station a3h7yhp6sv --json",
        "stationmap reports accept 12",
        "stationmap reports turn-down 13 --note 现场核实，一切正常",
    ),
)
@option("--state", type=OneOf([*STATES, "all"]), default="new", help="new (default), accepted, turned_down or all.")
@option("--station", "station_id", help="Only those of the station with this id.")
@option("--limit", type=Number(1, MOST_LISTED, whole=True), default=100, help="How many at most (default 100).")
@option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def reports(ctx: click.Context, state: str, station_id: str | None, limit: int, as_json: bool) -> None:
    """List the reports, unless a command follows."""
    if ctx.invoked_subcommand is not None:
        return
    from stationmap.register.desk.reports import ReportState
    from stationmap.register.ledger import Ledger

    with Ledger.open(create=False) as ledger:
        if station_id is not None:
            ledger.station(station_id)
        chosen = None if state == "all" else ReportState(state)
        found = ledger.reports.listed(chosen, station_id, limit)
        names = {key: ledger.station(key).name for key in {report.station_id for report in found}}
        waiting = sum(ledger.reports.open_by_station().values())
    if as_json:
        click.echo(json.dumps([_facts(one, names[one.station_id]) for one in found], ensure_ascii=False, indent=1))
        return
    for report in found:
        click.echo(_line(report, names[report.station_id]))
    if not found:
        say("There is no such report.")
    say("{count} reports wait to be read.", count=waiting)


@reports.command(
    "show",
    cls=Command,
    help="Show a report, what the register says of its station, and what was decided.",
    examples=("stationmap reports show 12", "stationmap reports show 12 --photo 12.jpg"),
)
@click.argument("number", type=Number(1, MOST_NUMBER, whole=True))
@option("--photo", type=click.Path(path_type=Path), help="Write its photo to this file.")
@option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(number: int, photo: Path | None, as_json: bool) -> None:
    """Print one report."""
    from stationmap.register.ledger import Ledger

    with Ledger.open(create=False) as ledger:
        report = ledger.reports.get(number)
        station = ledger.station(report.station_id)
        if photo is not None:
            _write_photo(ledger, report, photo)
        if as_json:
            facts = _facts(report, station.name) | {"station_revision": station.revision}
            click.echo(json.dumps(facts, ensure_ascii=False, indent=1))
            return
        click.echo(_line(report, station.name))
        _print_record(ledger, report, station)
    if photo is not None:
        say("The photo was written to {path}.", path=photo)


@reports.command(
    "accept",
    cls=Command,
    help=(
        "Accept a report: the record changes, with the report as its source. Without more, closed takes the station"
        " out, and a missing service is put down as not there; what is named here is done instead."
    ),
    examples=(
        "stationmap reports accept 12 --publish-photo",
        "stationmap reports accept 12 --alike",
        "stationmap reports accept 13 --until 2026-12-31 --note 装修",
        "stationmap reports accept 14 --hours '周一至周五 8:30-17:30，法定节假日休息'",
        "stationmap reports accept 15 --address 大学路3号 --lon 113.6462 --lat 34.7389 --datum gcj02",
        "stationmap reports accept 16 --set floor=2楼 --set 微波炉=无",
    ),
)
@click.argument("number", type=Number(1, MOST_NUMBER, whole=True))
@option("--note", "remark", default="", help="Why, for the history.")
@option(
    "--set", "named", multiple=True, type=Named(), help="A fact, such as floor=2楼, or a service, such as 微波炉=无."
)
@option("--hours", help="The new opening hours, as lists write them.")
@option("--address", help="The new address.")
@option("--lon", type=Number(-1e9, 1e9), help="Longitude in degrees (or x in metres, by the datum).")
@option("--lat", type=Number(-1e9, 1e9), help="Latitude in degrees (or y in metres, by the datum).")
@option("--datum", help="Datum of the place: gcj02 (Amap, Tencent), bd09 (Baidu), wgs84 (GPS) …")
@option("--until", type=Day(), help="Last day: the station is shut, or the service out of order, only until then.")
@option("--publish-photo", is_flag=True, help="Show its photo on the page of the station.")
@option(
    "--seen", type=Number(0, MOST_NUMBER, whole=True), help="Revision of the record that you saw, if it changed since."
)
@alike_option
@option("--actor", default=clerk, help="Who does it, for the history.")
def accept(
    number: int, remark: str, publish_photo: bool, seen: int | None, alike: bool, actor: str, **change: Any
) -> None:
    """Carry a report out, in one transaction."""
    from stationmap.register.ledger import Ledger

    values = dict(change.pop("named"))
    values |= {name: value for name, value in change.items() if value is not None}
    with Ledger.open(create=False) as ledger:
        report = ledger.reports.get(number)
        before = ledger.station(report.station_id)
        same = ledger.reports.alike(report)
        others = [one.id for one in same if alike]
        written = ledger.reports.accept(
            number, actor=actor, note=remark, change=values, publish_photo=publish_photo, seen=seen, others=others
        )
        after = ledger.station(report.station_id)
        settled = [ledger.reports.get(one) for one in others]
    _print_accepted(report, before, after, written, values)
    if alike:
        _print_settled(settled, after, Message("Accepted with it, each with a note of its own:"))
    else:
        _print_waiting(same)


@reports.command(
    "turn-down",
    cls=Command,
    help="Turn a report down: the record stays as it is, and the photo of the report is dropped.",
    examples=(
        "stationmap reports turn-down 13 --note 现场核实，一切正常",
        "stationmap reports turn-down 13 --alike --note 现场核实，一切正常",
    ),
)
@click.argument("number", type=Number(1, MOST_NUMBER, whole=True))
@option("--note", "remark", required=True, help="Why, for the history.")
@alike_option
@option("--actor", default=clerk, help="Who does it, for the history.")
def turn_down(number: int, remark: str, alike: bool, actor: str) -> None:
    """Close a report without a change; one of the same kind that has a photo is left to be seen."""
    from stationmap.register.ledger import Ledger

    with Ledger.open(create=False) as ledger:
        report = ledger.reports.get(number)
        station = ledger.station(report.station_id)
        same = ledger.reports.alike(report)
        unseen = [one for one in same if one.has_photo]
        others = [one for one in same if not one.has_photo] if alike else []
        ledger.reports.turn_down(number, actor=actor, note=remark, others=[one.id for one in others])
        settled = [ledger.reports.get(one.id) for one in others]
    say("Report {report} is turned down.", report=number)
    if not alike:
        _print_waiting(same)
        return
    _print_settled(settled, station, Message("Turned down with it, each with a note of its own:"))
    for one in unseen:
        note(
            "Report {report} waits still: its photo would be dropped. Look at it: {command}",
            report=one.id,
            command=f"stationmap reports show {one.id} --photo {one.id}.jpg",
        )


def _print_settled(settled: "list[Report]", station: "Station", heading: Message) -> None:
    """Name the reports that were settled with another one."""
    if not settled:
        say("No other report of this kind about {station} waits.", station=station.name)
        return
    click.echo(tell(heading, language()))
    for one in settled:
        click.echo(_line(one, station.name))


def _print_waiting(same: "list[Report]") -> None:
    """Name the reports of the same kind that were left waiting."""
    if same:
        note(
            "{count} more reports of this kind wait: {numbers}. With --alike they are settled in one go.",
            count=len(same),
            numbers=tuple(str(one.id) for one in same),
        )


def _facts(report: "Report", station_name: str) -> dict[str, Any]:
    """Return a report as JSON."""
    return {
        "id": report.id,
        "station_id": report.station_id,
        "station_name": station_name,
        "kind": report.kind.value,
        "service": report.service or None,
        "text": report.text,
        "state": report.state.value,
        "received_at": report.received_at.isoformat(),
        "observed_at": report.observed_at.isoformat() if report.observed_at else None,
        "has_photo": report.has_photo,
        "seen_revision": report.seen_revision,
        "steps": [
            {
                "at": step.at.isoformat(),
                "actor": step.actor,
                "state": step.state.value,
                "note": step.note,
                "revision": step.revision,
            }
            for step in report.steps
        ],
    }


def _line(report: "Report", station_name: str) -> str:
    """Return a report as one line (more where its text has more): number, state, day, station, what is wrong."""
    from stationmap.register.desk.cases import KIND_WORDS, STATE_WORDS
    from stationmap.schema.vocabulary import SERVICES

    chosen = language()
    what = tell(KIND_WORDS[report.kind], chosen)
    if report.service:
        service = label(SERVICES[report.service], chosen) if report.service in SERVICES else report.service
        what = f"{what}: {service}"
    photo = [tell("[photo]", chosen)] if report.has_photo else []
    parts = [f"{report.id:>4}", tell(STATE_WORDS[report.state], chosen), local(report.received_at), station_name]
    return "  ".join([*parts, f"({report.station_id})", what, *photo, *([report.text] if report.text else [])])


def _print_record(ledger: "Ledger", report: "Report", station: "Station") -> None:
    from stationmap.register.desk.sources import spoken
    from stationmap.register.outgoing import service_text

    chosen = language()
    rows = (
        (tell("observed", chosen), local(report.observed_at) if report.observed_at else ""),
        (tell("address", chosen), station.address),
        (tell("hours", chosen), station.hours.text),
        (tell("services", chosen), " · ".join(filter(None, (service_text(one, chosen) for one in station.services)))),
        (tell("floor", chosen), station.floor),
    )
    for name, value in rows:
        if value:
            click.echo(f"{INDENT}{name}: {value}")
    last = ledger.history(station.id)[-1]
    reason = spoken(last.reason, chosen)
    stand = {"revision": station.revision, "day": local(last.at), "actor": last.actor, "reason": reason}
    _remark(Message("The record stands at revision {revision} ({day}, {actor}: {reason}).", stand))
    if station.removed:
        _remark(Message("The station is removed."))
    if station.revision != report.seen_revision and report.state != "accepted":
        _remark(Message("It was changed since the report came in: accept with --seen {revision}.", stand))
    waiting = ledger.reports.open_by_station().get(station.id, 0) - (report.state == "new")
    if waiting > 0:
        _remark(Message("{count} more reports of this station wait to be read.", {"count": waiting}))
    same = [one.id for one in ledger.reports.alike(report)] if report.state == "new" else []
    if same:
        numbers = tuple(map(str, same))
        _remark(Message("Of the same kind: {numbers}. With --alike they are settled in one go.", {"numbers": numbers}))
    for step in report.steps:
        _print_step(step.at, step.actor, step.state.value, step.note, step.revision)


def _remark(remark: Message) -> None:
    click.echo(INDENT + tell(remark, language()))


def _print_step(at: datetime, actor: str, state: str, remark: str, revision: int | None) -> None:
    from stationmap.register.desk.cases import STATE_WORDS, ReportState
    from stationmap.register.desk.sources import spoken

    chosen = language()
    made = tell("revision {revision}", chosen, revision=revision) if revision is not None else ""
    parts = (local(at), tell(STATE_WORDS[ReportState(state)], chosen), actor, spoken(remark, chosen), made)
    click.echo(INDENT + "  ".join(part for part in parts if part))


def _print_accepted(
    report: "Report", before: "Station", after: "Station", written: "Written", values: dict[str, Any]
) -> None:
    """Say what became of the record, and what a clerk should mind."""
    if after.removed and not before.removed:
        say("{station} is taken out of the register.", station=after.name)
    elif isinstance(values.get("until"), date) and report.kind == "closed":
        say("{station} is shut until {day}, by a notice.", station=after.name, day=values["until"])
    elif after != before:
        say("The record of {station} is changed.", station=after.name)
    else:
        say("The record of {station} stays as it was.", station=after.name)
    if "hours" in values and (after.hours.uncertain or not after.hours.osm):
        unread = "；".join(after.hours.unread) or after.hours.text
        note("Not read of the hours: {unread}. They are kept as text and decide no state.", unread=unread)
    if before.location and after.location and before.location != after.location:
        say("On the map it moved by {distance_m:.0f} m.", distance_m=_moved_m(before, after))
    elif report.kind == "moved" and after.location and "address" in values:
        note("On the map it stands where it was. Give --lon, --lat and --datum too, when you know the place.")
    say(
        "Report {report} is accepted; the ledger is at revision {revision}.",
        report=report.id,
        revision=written.revision,
    )


def _moved_m(before: "Station", after: "Station") -> float:
    from stationmap.geo.earth import distance_m

    assert before.location is not None
    assert after.location is not None
    old, new = before.location, after.location
    return float(distance_m(old.lon, old.lat, new.lon, new.lat))


def _write_photo(ledger: "Ledger", report: "Report", path: Path) -> None:
    jpeg = ledger.reports.photo(report.id)
    if jpeg is None:
        raise InvalidValue("Report {report} has no photo.", report=report.id)
    if path.exists():
        raise InvalidValue("{path} is there already. Take another name.", path=path)
    path.write_bytes(jpeg)


def local(instant: datetime) -> str:
    """Return an instant as a clerk in China writes it, to the minute."""
    from zoneinfo import ZoneInfo

    return instant.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M")
