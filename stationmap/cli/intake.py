"""The command ``import``: a list read, checked, told row by row, and written."""

import json
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stationmap.catalogue import tell
from stationmap.cli.told import Command, OneOf, Pair, clerk, language, note, option, say
from stationmap.errors import InvalidValue, Message, RefusedImport

if TYPE_CHECKING:
    from stationmap.files.table import Table
    from stationmap.geo.areas import AreaTree
    from stationmap.register.history import Written
    from stationmap.register.identity import Identities
    from stationmap.register.intake import Intake
    from stationmap.register.ledger import Ledger

EXIT_REJECTED = 3
SHOWN_FAULTS = 30
SHOWN_NAMES = 10


@click.command(
    "import",
    cls=Command,
    help="Bring a list of stations (or candidate hosts) into the ledger; what is wrong is told row by row.",
    examples=(
        "stationmap import 驿站名单.xlsx --datum gcj02 --kind rest_station --rejects 待改.xlsx",
        "stationmap import list.csv --areas 410100.json --areas-datum gcj02 --dry-run",
        "stationmap import banks.csv --as host --datum wgs84 --map name=网点名称",
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@option("--datum", help="Datum of the coordinates: wgs84, gcj02 (Amap, Tencent), bd09 (Baidu), EPSG:n …")
@option("--as", "what", type=OneOf(["station", "host"]), default="station", help="station (default) or host.")
@option("--kind", help="Kind of the stations where the list does not say.")
@option("--map", "mapped", multiple=True, type=Pair(), help="Which column holds a field, such as name=站点名称.")
@option(
    "--areas", "area_files", multiple=True, type=click.Path(path_type=Path), help="Boundaries to hold points against."
)
@option("--areas-datum", help="Datum of the boundaries.")
@option("--layer", help="Sheet of a workbook or layer of a file.")
@option("--encoding", help="Encoding of a text file, where it is not found rightly.")
@option("--list", "list_name", default="", help="Name of the list, when its numbers are unique only within it.")
@option("--timezone", default="Asia/Shanghai", help="Time zone of the places (default Asia/Shanghai).")
@option("--actor", default=clerk, help="Who does it, for the history.")
@option("--reason", default="import", help="Why, for the history.")
@option("--strict", is_flag=True, help="Take nothing when a single row is rejected.")
@option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
@option("--rejects", type=click.Path(path_type=Path), help="Write the rejected rows with reasons to this file.")
@option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def import_(ctx: click.Context, /, file: Path, **options: Any) -> None:
    """Read, check and write a list; leave with 3 when rows were rejected."""
    from stationmap.files.read import read
    from stationmap.files.write import write
    from stationmap.register.ledger import Ledger

    with _steps(3, quiet=options["as_json"]) as steps:
        table = read(file, layer=options["layer"], encoding=options["encoding"])
        steps.update(1)
        with Ledger.open() as ledger:
            known = ledger.matcher(hosts=options["what"] == "host")
            try:
                result = _take_in(table, ledger, known, options)
            except RefusedImport as refusal:
                if options["as_json"]:
                    click.echo(json.dumps(refusal_facts(refusal, table), ensure_ascii=False, indent=1))
                raise
            steps.update(1)
            if options["rejects"] and result.rejected:
                write(result.rejects(table, language()), options["rejects"])
            refused = options["strict"] and bool(result.rejected)
            written = None
            if not (options["dry_run"] or refused):
                written = _put(ledger, result, table, options)
            steps.update(1)
    if options["as_json"]:
        click.echo(json.dumps(import_facts(result, written), ensure_ascii=False, indent=1))
    else:
        _print_import(result, written, table, known, strict=refused, stated_datum=options["datum"])
    ctx.exit(EXIT_REJECTED if result.rejected else 0)


def _steps(length: int, *, quiet: bool) -> Any:
    """Return a progress bar on standard error; it stays hidden where nobody looks."""
    import sys

    hidden = quiet or not sys.stderr.isatty()
    return click.progressbar(
        length=length, label=tell("reading, checking, writing", language()), file=sys.stderr, hidden=hidden
    )


def _take_in(table: "Table", ledger: "Ledger", known: "Identities", options: dict[str, Any]) -> "Intake":
    from stationmap.register.hosts import read_hosts
    from stationmap.register.intake import read_stations
    from stationmap.schema.vocabulary import KINDS, require

    column_map = dict(options["mapped"])
    areas = _areas(ledger, options["area_files"], options["areas_datum"])
    shared = {
        "datum": options["datum"],
        "column_map": column_map,
        "areas": areas,
        "list_name": options["list_name"],
        "source": table.source,
    }
    if options["what"] == "host":
        return read_hosts(table, known=known, **shared)
    kind = require(KINDS, options["kind"], "kind").code if options["kind"] else None
    return read_stations(table, default_kind=kind, known=known, timezone=options["timezone"], **shared)


def _areas(ledger: "Ledger", paths: tuple[Path, ...], datum: str | None) -> "AreaTree | None":
    """Return the boundaries named in the call, else those of the ledger, else None."""
    from stationmap.geo.areas import AreaTree
    from stationmap.register.boundaries import read_areas

    if paths:
        if datum is None:
            raise InvalidValue(
                "--areas needs --areas-datum: the datum of the boundaries, such as gcj02 for DataV files."
            )
        return AreaTree([area for path in paths for area in read_areas(path, datum=datum)])
    kept = ledger.gazetteer.areas()
    return AreaTree(kept) if kept else None


def _put(ledger: "Ledger", result: "Intake", table: "Table", options: dict[str, Any]) -> "Written":
    who = {"actor": options["actor"], "reason": options["reason"], "source": table.source, "sha256": table.sha256}
    if options["what"] == "host":
        return ledger.put_hosts(result.hosts, **who)
    return ledger.put(result.stations, **who)


def refusal_facts(refusal: RefusedImport, table: "Table") -> dict[str, Any]:
    """Return why nothing of a list went in, as the JSON of ``import --json``."""
    evidence = refusal.evidence
    return {
        "rows": len(table.cells),
        "accepted": 0,
        "error": tell(refusal.message, language()),
        "datum_evidence": asdict(evidence) if is_dataclass(evidence) and not isinstance(evidence, type) else None,
    }


def import_facts(result: "Intake", written: "Written | None") -> dict[str, Any]:
    """Return what an import found and did, as the JSON of ``import --json``."""
    chosen = language()
    facts: dict[str, Any] = {
        "rows": result.rows,
        "accepted": result.accepted,
        "rejected": len(result.rejected),
        "unlocated": result.unlocated,
        "generated": result.generated,
        "removed": result.removed,
        "datum": result.datum,
        "columns": dict(result.columns),
        "ignored": list(result.ignored),
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
        "duplicates": [asdict(one) | {"message": tell(one.told(), chosen)} for one in result.duplicates],
        "datum_evidence": asdict(result.evidence) if result.evidence else None,
    }
    if written is not None:
        facts |= {
            "created": written.created,
            "updated": written.updated,
            "unchanged": written.unchanged,
            "revision": written.revision,
        }
    return facts


def _print_import(
    result: "Intake",
    written: "Written | None",
    table: "Table",
    known: "Identities",
    *,
    strict: bool,
    stated_datum: str | None,
) -> None:
    for remark in table.notes:
        note("{remark}", remark=remark)
    if result.evidence and result.evidence.best and stated_datum:  # a proof is told among the faults
        say("{remark}", remark=result.evidence.told())
    by_row = [fault for fault in result.faults if fault.row is not None]
    for fault in by_row[:SHOWN_FAULTS]:
        say("{place}: {sentence}", place=Message("Row {row}", {"row": fault.row}), sentence=fault.message)
    if len(by_row) > SHOWN_FAULTS:
        say("… and {count} more; --json or --rejects FILE has them all.", count=len(by_row) - SHOWN_FAULTS)
    for duplicate in result.duplicates[:SHOWN_FAULTS]:
        say("{remark}", remark=duplicate.told())
    say(
        "{rows} rows: {accepted} accepted ({unlocated} without a place, {generated} generated), {rejected} rejected.",
        rows=result.rows,
        accepted=result.accepted,
        unlocated=result.unlocated,
        generated=result.generated,
        rejected=len(result.rejected),
    )
    if result.removed:
        say("{count} of them are closed for good and shown no more.", count=result.removed)
    if result.ignored:
        more = ("…",) if len(result.ignored) > SHOWN_NAMES else ()
        say("Columns that nothing was read from: {names}.", names=(*result.ignored[:SHOWN_NAMES], *more))
    if written is not None:
        say_written(written)
    else:
        say("Nothing was written: --strict and rejected rows." if strict else "Nothing was written: --dry-run.")
        met = sum(one.id in known for one in result.stations) + sum(one.id in known for one in result.hosts)
        say("{new} would be new; {met} the ledger knows already.", new=result.accepted - met, met=met)
    for fault in (fault for fault in result.faults if fault.row is None):
        say("{place}: {sentence}", place=Message("The file"), sentence=fault.message)


def say_written(written: "Written") -> None:
    """Print what a change of the ledger came to."""
    say(
        "{created} new, {updated} changed, {unchanged} as before; the ledger is at revision {revision}.",
        created=written.created,
        updated=written.updated,
        unchanged=written.unchanged,
        revision=written.revision,
    )
    if written.still_removed:
        say(
            "{count} were removed earlier and stay out: {ids}. stationmap remove ID --restore brings them back.",
            count=len(written.still_removed),
            ids=written.still_removed[:SHOWN_NAMES],
        )
