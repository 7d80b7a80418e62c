"""The clerk's commands: ``init``, ``sample``, ``export``, ``remove`` and ``check``."""

import json
from pathlib import Path

import click

from stationmap.cli.intake import say_written
from stationmap.cli.told import Command, OneOf, clerk, language, note, option, say
from stationmap.errors import InvalidValue

SHOWN_EXAMPLES = 10
LAYERS = (".geojson", ".gpkg", ".parquet")
FORMATS = (".csv", ".xlsx", *LAYERS, ".html")


@click.command(
    cls=Command,
    help="Create the ledger, or bring an older one up to date.",
    examples=("stationmap init", "STATIONMAP_DATABASE=town.sqlite stationmap init"),
)
def init() -> None:
    """Create the database that the other commands use."""
    from stationmap.register.ledger import Ledger

    with Ledger.open() as ledger:
        say("The ledger is ready: {place} (revision {revision}).", place=ledger.place, revision=ledger.revision())


@click.command(
    cls=Command,
    help="Load the fictional sample city, or take it out again.",
    examples=("stationmap sample", "stationmap sample --remove"),
)
@option("--if-empty", is_flag=True, help="Only into a ledger without stations.")
@option("--remove", is_flag=True, help="Take the sample city out again.")
def sample(if_empty: bool, remove: bool) -> None:
    """Bring the sample city in through the same door as any list."""
    from stationmap.register.ledger import Ledger
    from stationmap.register.sample import load_sample, sample_folder
    from stationmap.runs.loading import load_sample_demand

    with Ledger.open() as ledger:
        if remove:
            gone = ledger.discard_fictional(actor="stationmap", reason="sample --remove")
            say("The sample city is gone: {count} records taken out.", count=gone)
        elif if_empty and any(ledger.counts()[what] for what in ("stations", "fictional_stations", "removed")):
            note("The ledger holds stations already; the sample city was left out.")
        else:
            counts = load_sample(ledger)
            places = load_sample_demand(ledger, sample_folder())
            sentence = (
                "The fictional sample city is in: {stations} stations, {hosts} hosts, {areas} areas, {streets} streets,"
                " {places} places of demand."
            )
            say(sentence, **counts, places=places)


@click.command(
    cls=Command,
    help="Write the stations or hosts to a file: .csv .xlsx .geojson .gpkg .parquet, or .html (a map).",
    examples=(
        "stationmap export stations.xlsx",
        "stationmap export map.html",
        "stationmap export 未定位.csv --what unlocated",
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@option(
    "--what",
    type=OneOf(["stations", "unlocated", "hosts"]),
    default="stations",
    help="stations (default), unlocated ones only, or hosts.",
)
@option("--generated", is_flag=True, help="Records marked as generated too.")
@option("--force", is_flag=True, help="Write over a file that is there.")
def export(file: Path, what: str, generated: bool, force: bool) -> None:
    """Write what the ledger holds; the file can be imported again."""
    from stationmap.files.write import write
    from stationmap.register.ledger import Ledger
    from stationmap.register.outgoing import as_layer, host_frame, station_frame

    if file.suffix.lower() not in FORMATS:
        raise InvalidValue(
            "{path} ends in no format that can be written. Take one of: {known}.", path=file, known=FORMATS
        )
    if file.exists() and not force:
        raise InvalidValue("{path} is there already. Take another name, or --force to write over it.", path=file)
    with Ledger.open(create=False) as ledger:
        if what == "hosts":
            frame = host_frame(ledger.hosts(), language())
        else:
            records = ledger.records(generated=generated, unlocated_only=what == "unlocated")
            frame = station_frame(records, language())
        if file.suffix.lower() == ".html":
            from stationmap.report.register_map import write_map

            areas = ledger.gazetteer.areas()
            write_map(ledger.stations(generated=generated, unlocated=False), areas, file, lang=language())
        else:
            write(as_layer(frame) if file.suffix.lower() in LAYERS else frame, file)
        left_out = 0 if generated or what == "hosts" else ledger.counts()["generated"]
    say("{count} records written to {path}.", count=len(frame), path=file)
    if left_out:
        say("{count} records marked as generated were left out; --generated takes them in.", count=left_out)


@click.command(
    cls=Command,
    help="Take stations that are closed out of the register, or bring them back; they keep their page and history.",
    examples=('stationmap remove a3h7yhp6sv --reason "搬迁"', "stationmap remove a3h7yhp6sv --restore"),
)
@click.argument("ids", nargs=-1, required=True)
@option("--reason", default="remove", help="Why, for the history.")
@option("--actor", default=clerk, help="Who does it, for the history.")
@option("--restore", is_flag=True, help="Bring them back instead.")
@option("--hosts", is_flag=True, help="The ids are those of candidate hosts.")
def remove(ids: tuple[str, ...], reason: str, actor: str, restore: bool, hosts: bool) -> None:
    """Mark stations as removed, or as there again."""
    from stationmap.register.ledger import Ledger

    with Ledger.open(create=False) as ledger:
        change = ledger.restore if restore else ledger.remove
        written = change(ids, actor=actor, reason=reason, hosts=hosts)
        names = tuple((ledger.host(one) if hosts else ledger.station(one)).name for one in dict.fromkeys(ids))
    if restore:
        say("In the register: {names}.", names=names)
    else:
        say("Out of the register: {names}.", names=names)
    say_written(written)


@click.command(
    cls=Command,
    help="Look the register over: what is unlocated, doubtful, doubled, out of date or not readable.",
    examples=("stationmap check", "stationmap check --json"),
)
@option("--json", "as_json", is_flag=True, help="Print JSON.")
@option("--stale-days", type=int, default=365, help="A check older than this counts as out of date (default 365).")
def check(as_json: bool, stale_days: int) -> None:
    """Print what a clerk should look after, most pressing first."""
    from stationmap.register.audit import audit
    from stationmap.register.ledger import Ledger

    with Ledger.open(create=False) as ledger:
        findings = audit(ledger, stale_days=stale_days)
    chosen = language()
    if as_json:
        click.echo(json.dumps([finding.facts(chosen) for finding in findings], ensure_ascii=False, indent=1))
        return
    if not findings:
        say("Nothing to look after.")
    for finding in findings:
        say("{remark}", remark=finding.message)
        for identity, name in finding.examples[:SHOWN_EXAMPLES]:
            click.echo(f"   {identity}  {name}")
        if len(finding.examples) > SHOWN_EXAMPLES:
            say("   … and {count} more; --json has them all.", count=len(finding.examples) - SHOWN_EXAMPLES)
