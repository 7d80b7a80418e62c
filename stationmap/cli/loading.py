"""What is brought in besides stations: ``load`` areas, streets and demand; ``demand`` lists what is kept."""

from pathlib import Path
from typing import Any

import click

from stationmap.catalogue import tell
from stationmap.cli.intake import say_written
from stationmap.cli.told import Command, Number, OneOf, Pair, clerk, language, note, option, say
from stationmap.errors import InvalidValue

EXIT_REJECTED = 3
SHOWN_FAULTS = 20
_FOR_DEMAND = ("name", "weights", "hours", "layer", "missing", "nodata", "by")


@click.command(
    cls=Command,
    help="Load boundaries of areas, street names, or demand (people, workers by trade) into the ledger.",
    examples=(
        "stationmap load areas 410100.json --datum gcj02",
        "stationmap load streets streets.geojson --datum wgs84",
        "stationmap load demand cells.csv --datum wgs84 --name 2026 --weight population --weight couriers",
        'stationmap load demand people.tif --name people --by 4 --hours people="Mo-Su 06:00-22:00"',
    ),
)
@click.argument("what", type=OneOf(["areas", "streets", "demand"]))
@click.argument("file", type=click.Path(path_type=Path))
@option("--datum", help="Datum of the file: wgs84, gcj02 (DataV, Amap), bd09, EPSG:n …")
@option("--name", help="Demand: the name to keep it under (default: that of the file).")
@option("--weight", "weights", multiple=True, help="Demand: a column of people or workers; several may be named.")
@option(
    "--hours",
    multiple=True,
    type=Pair("couriers=Mo-Su 11:00-13:00"),
    help="Demand: when a weight is there, such as couriers=Mo-Su 11:00-13:00.",
)
@option("--layer", help="Demand: sheet of a workbook or layer of a file.")
@option("--missing", type=OneOf(["reject", "zero"]), help="Demand: what a missing number is (default reject).")
@option("--nodata", type=Number(-1e300, 1e300), help="Demand: the value of a raster that means nothing is known.")
@option("--by", type=Number(1, 1000, whole=True), help="Demand: gather so many cells of a raster, each way, into one.")
@option("--actor", default=clerk, help="Who does it, for the history.")
@click.pass_context
def load(ctx: click.Context, /, what: str, file: Path, datum: str | None, actor: str, **more: Any) -> None:
    """Put boundaries, streets or demand into the ledger, in WGS 84."""
    from stationmap.register.boundaries import read_areas, read_streets
    from stationmap.register.ledger import Ledger

    if what == "demand":
        ctx.exit(_load_demand(file, datum, actor, more))
    stray = next((name for name in _FOR_DEMAND if more[name]), None)
    if stray is not None:
        raise InvalidValue("--{name} is for demand alone. Leave it out.", name=stray.removesuffix("s"))
    if not datum:
        raise click.MissingParameter(param=next(each for each in ctx.command.params if each.name == "datum"), ctx=ctx)
    with Ledger.open() as ledger:
        if what == "areas":
            written = ledger.gazetteer.put_areas(
                read_areas(file, datum=datum), actor=actor, reason="load areas", source=file.name
            )
        else:
            written = ledger.gazetteer.put_streets(
                read_streets(file, datum=datum), actor=actor, reason="load streets", source=file.name
            )
    say_written(written)


def _load_demand(file: Path, datum: str | None, actor: str, more: dict[str, Any]) -> int:
    from stationmap.register.ledger import Ledger
    from stationmap.runs.loading import load_demand, told_hours

    with Ledger.open() as ledger:
        intake, written, hours = load_demand(
            ledger,
            file,
            name=more["name"] or file.stem,
            actor=actor,
            datum=datum,
            weights=more["weights"],
            hours=dict(more["hours"]),
            layer=more["layer"],
            missing=more["missing"] or "reject",
            nodata=more["nodata"],
            by=int(more["by"] or 1),
        )
    say("{count} places of demand: {totals}.", count=len(intake.demand), totals=_totals(intake.totals))
    for remark in (*intake.notes, *told_hours(hours)):
        note("{remark}", remark=remark)
    for fault in intake.rejected[:SHOWN_FAULTS]:
        note("Row {row}, {column}: {reason}", row=fault.row, column=fault.column, reason=fault.reason)
    if len(intake.rejected) > SHOWN_FAULTS:
        note("   … and {count} more.", count=len(intake.rejected) - SHOWN_FAULTS)
    say_written(written)
    return EXIT_REJECTED if intake.rejected else 0


@click.command(
    cls=Command,
    help="List the demand that the ledger keeps for planning, or take one out.",
    examples=("stationmap demand", "stationmap demand --remove 2025"),
)
@option("--remove", help="The name of the demand to take out; runs made with it keep their results.")
@option("--actor", default="planner", help="Who does it, for the history.")
def demand(remove: str | None, actor: str) -> None:
    """List or remove demand."""
    from stationmap.register.ledger import Ledger

    with Ledger.open(create=False) as ledger:
        if remove:
            say_written(ledger.demands.discard(remove, actor=actor))
            return
        kept = ledger.demands.all()
    if not kept:
        say("No demand is kept yet. Load some: stationmap load demand FILE")
    for each in kept:
        mark = f" [{tell('fictional', language())}]" if each.fictional else ""
        click.echo(f"{each.name}{mark}  {each.source}")
        say("{count} places of demand: {totals}.", count=each.rows, totals=_totals(each.weights))


def _totals(weights: Any) -> tuple[str, ...]:
    return tuple(f"{name} {total:,.0f}" for name, total in weights.items())
