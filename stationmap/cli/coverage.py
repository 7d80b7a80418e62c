"""``coverage``: who is not served, where, at what hour, for what; from files, or from the register."""

import json
from pathlib import Path
from typing import Any

import click

from stationmap.cli.asked import answered, question, refused_facts, tell_refused
from stationmap.cli.told import Command, OneOf, language, note, option
from stationmap.errors import InvalidValue

EXIT_REJECTED = 3


@click.command(
    cls=Command,
    help="Find out who is not served: by place, hour and service; with what is not known counted apart.",
    examples=(
        "stationmap coverage --demand 云渡市（示例） --weight couriers --need 微波炉 --at 2026-10-12T12:00",
        "stationmap coverage --stations 驿站.xlsx --stations-datum gcj02 --demand cells.csv --demand-datum wgs84"
        " --weight population --areas 410100.json --areas-datum gcj02 --reach 500 --reach 1000 --out out",
        "stationmap coverage --demand cells.csv --demand-datum wgs84 --network city.osm.pbf --week --json",
    ),
)
@question
@option("--week", is_flag=True, help="Show the hours of a normal week, the best and the worst.")
@option(
    "--engine",
    type=OneOf(["memory", "direct", "dask"]),
    default="memory",
    help="memory (default); direct or dask stream demand from GeoParquet that does not fit: totals and areas alone.",
)
@option("--keep", type=click.Path(path_type=Path), help="With direct or dask: a file from which a stopped run goes on.")
@option("--out", type=click.Path(path_type=Path), help="A folder for coverage.json, areas.csv, gaps, cells, week.svg.")
@option("--force", is_flag=True, help="Write over files that are there.")
@option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def coverage(
    ctx: click.Context,
    /,
    week: bool,
    engine: str,
    keep: Path | None,
    out: Path | None,
    force: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Carry one run out and print it."""
    if week and given["at"] is not None:
        raise InvalidValue("--week shows all hours and --at asks one. Give one of the two.")
    if engine != "memory":
        from stationmap.cli.streamed import streamed

        ctx.exit(streamed(given, engine, keep, out, force=force, as_json=as_json))
    if keep is not None:
        raise InvalidValue("--keep is for --engine direct and dask. Leave it out.")
    found = answered(given)
    carried, facts = found.carried, refused_facts(found.refused)
    if as_json:
        from stationmap.report.tables import facts_of

        told = facts_of(carried, language(), refused=facts)
        click.echo(json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False))
    else:
        from stationmap.cli.shown import show

        show(carried, week=week)
        tell_refused(found.refused)
    if out is not None:
        from stationmap.report.handing import write_data

        names = write_data(carried, out, language(), force=force, refused=facts)
        note("Written to {folder}: {names}.", folder=out, names=tuple(names))
    ctx.exit(EXIT_REJECTED if found.refused else 0)
