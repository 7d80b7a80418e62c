"""What takes place at stations: ``events`` brings a list in, shows it, and takes events out."""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stationmap.catalogue import tell
from stationmap.cli.intake import EXIT_REJECTED, SHOWN_FAULTS, say_written
from stationmap.cli.told import Command, Group, clerk, language, note, option, say
from stationmap.errors import Message

if TYPE_CHECKING:
    from stationmap.files.table import Table
    from stationmap.register.desk.eventlist import EventList
    from stationmap.register.desk.events import Event
    from stationmap.register.history import Written


@click.group(
    cls=Group,
    help="What takes place at stations: bring a list in, show it, take events out.",
    examples=("stationmap events import 活动表.xlsx", "stationmap events list a3h7yhp6sv"),
)
def events() -> None:
    """Hold the commands of events."""


@events.command(
    "import",
    cls=Command,
    help=(
        "Bring in a list of events: columns 站点编号, 活动, 时间, 开始日期, 结束日期, 说明"
        " (or station, title, when, first, last, text)."
    ),
    examples=("stationmap events import 活动表.xlsx", "stationmap events import events.csv --dry-run --json"),
)
@click.argument("file", type=click.Path(path_type=Path))
@option("--layer", help="Sheet of a workbook or layer of a file.")
@option("--encoding", help="Encoding of a text file, where it is not found rightly.")
@option("--actor", default=clerk, help="Who does it, for the history.")
@option("--reason", default="events import", help="Why, for the history.")
@option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
@option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def import_events(
    ctx: click.Context,
    file: Path,
    layer: str | None,
    encoding: str | None,
    actor: str,
    reason: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Read, check and write a list of events; leave with 3 when rows were rejected."""
    from stationmap.files.read import read
    from stationmap.register.desk.eventlist import read_events
    from stationmap.register.ledger import Ledger

    table = read(file, layer=layer, encoding=encoding)
    written = None
    with Ledger.open(create=False) as ledger:
        result = read_events(table, ledger.events.places)
        if not dry_run:
            written = ledger.events.put(result.events, actor, reason, source=table.source, sha256=table.sha256)
    if as_json:
        click.echo(json.dumps(_import_facts(result, written), ensure_ascii=False, indent=1))
    else:
        _print_import(table, result, written)
    ctx.exit(EXIT_REJECTED if result.rejected else 0)


@events.command(
    "list",
    cls=Command,
    help="List the events at a station, or all.",
    examples=("stationmap events list", "stationmap events list a3h7yhp6sv --json"),
)
@click.argument("station_id", required=False)
@option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_events(station_id: str | None, as_json: bool) -> None:
    """Print the events."""
    from stationmap.register.ledger import Ledger

    with Ledger.open(create=False) as ledger:
        if station_id is not None:
            ledger.station(station_id)
        found = ledger.events.all() if station_id is None else ledger.events.of(station_id)
        names = {key: ledger.station(key).name for key in {event.station_id for event in found}}
    if as_json:
        facts = [_event_facts(event) | {"station_name": names[event.station_id]} for event in found]
        click.echo(json.dumps(facts, ensure_ascii=False, indent=1))
        return
    for event in found:
        days = _days(event.first, event.last)
        parts = (event.id, names[event.station_id], event.title, days, event.hours_text, event.text)
        click.echo("  ".join(part for part in parts if part))
    if not found:
        say("There is no event.")


@events.command(
    "remove",
    cls=Command,
    help="Take events out.",
    examples=("stationmap events remove 448ed105eb5e",),
)
@click.argument("ids", nargs=-1, required=True)
@option("--reason", default="event removed", help="Why, for the history.")
@option("--actor", default=clerk, help="Who does it, for the history.")
def remove_events(ids: tuple[str, ...], reason: str, actor: str) -> None:
    """Remove events by their ids."""
    from stationmap.register.ledger import Ledger

    with Ledger.open(create=False) as ledger:
        written = ledger.events.remove(ids, actor=actor, reason=reason)
    say("{count} events are taken out.", count=written.updated)


def _event_facts(event: "Event") -> dict[str, Any]:
    return {
        "id": event.id,
        "station_id": event.station_id,
        "title": event.title,
        "text": event.text,
        "hours_text": event.hours_text,
        "hours_osm": event.hours_osm,
        "first": event.first.isoformat() if event.first else None,
        "last": event.last.isoformat() if event.last else None,
        "source": event.source,
    }


def _days(first: date | None, last: date | None) -> str:
    if first == last:
        return str(first or "")
    return f"{first or ''}–{last or ''}"


def _import_facts(result: "EventList", written: "Written | None") -> dict[str, Any]:
    chosen = language()
    facts: dict[str, Any] = {
        "rows": result.rows,
        "accepted": len(result.events),
        "rejected": result.rejected,
        "columns": dict(result.columns),
        "faults": [
            {
                "row": fault.row,
                "column": fault.column,
                "value": fault.value,
                "message": tell(fault.message, chosen),
                "severity": str(fault.severity),
            }
            for fault in result.faults
        ],
        "events": [_event_facts(event) for event in result.events],
    }
    if written is not None:
        facts |= {name: getattr(written, name) for name in ("created", "updated", "unchanged", "revision")}
    return facts


def _print_import(table: "Table", result: "EventList", written: "Written | None") -> None:
    for remark in table.notes:
        note("{remark}", remark=remark)
    for fault in result.faults[:SHOWN_FAULTS]:
        say("{place}: {sentence}", place=Message("Row {row}", {"row": fault.row}), sentence=fault.message)
    if len(result.faults) > SHOWN_FAULTS:
        say("… and {count} more; --json has them all.", count=len(result.faults) - SHOWN_FAULTS)
    say(
        "{rows} rows: {accepted} events, {rejected} rejected.",
        rows=result.rows,
        accepted=len(result.events),
        rejected=result.rejected,
    )
    if written is None:
        say("Nothing was written: --dry-run.")
    else:
        say_written(written)
