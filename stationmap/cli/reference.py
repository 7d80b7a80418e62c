"""The commands that need no ledger of stations: ``calendar`` and ``convert``."""

import csv
import math
import sys
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from stationmap.catalogue import tell
from stationmap.cli.told import Command, Group, Number, clerk, language, option, say
from stationmap.errors import InvalidValue, Message

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from stationmap.hours.calendar import Calendar

CHUNK_ROWS = 100_000


@click.group(cls=Group, help="Days off and make-up working days: show a year, or load next year's notice.")
def calendar() -> None:
    """Hold the commands of the calendar."""


@calendar.command(
    "import",
    cls=Command,
    help="Load a notice of days off: holiday-cn JSON, CSV (date,name,off), or the text of the State Council's notice.",
    examples=("stationmap calendar import 2027.json", "stationmap calendar import 国务院办公厅通知.txt"),
)
@click.argument("file", type=click.Path(path_type=Path))
@option("--actor", default=clerk, help="Who does it, for the history.")
def import_notice(file: Path, actor: str) -> None:
    """Put the days of a notice into the ledger."""
    from stationmap.hours.notice import read_notice
    from stationmap.register.ledger import Ledger

    days = read_notice(file)
    with Ledger.open() as ledger:
        written = ledger.gazetteer.put_calendar(days, actor=actor, reason="calendar import", source=file.name)
    say(
        "{days} days read from {file}, {first} to {last}. {changed} were new or changed.",
        days=len(days),
        file=file.name,
        first=min(day.day for day in days),
        last=max(day.day for day in days),
        changed=written.created + written.updated,
    )
    known = known_calendar()
    for year in sorted({day.day.year for day in days}):
        if not known.knows_year(year):
            say(
                "The notice does not make {year} whole: only the days that it names are known. Load all of it.",
                year=year,
            )


@calendar.command(
    "show",
    cls=Command,
    help="Show the days off and the make-up working days of a year.",
    examples=("stationmap calendar show 2026", "stationmap calendar show 2026 --json"),
)
@click.argument("year", type=Number(1990, 2200, whole=True))
@option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(year: int, as_json: bool) -> None:
    """Print the announced days of a year."""
    import json

    known = known_calendar()
    days = _announced(known, year)
    if as_json:
        click.echo(
            json.dumps(
                {"year": year, "first": str(known.first), "last": str(known.last), "days": days},
                ensure_ascii=False,
            )
        )
        return
    if not days and not known.knows_year(year):
        raise InvalidValue(
            "The calendar knows {first} to {last}, not {year}. Load the notice: stationmap calendar import FILE",
            first=known.first,
            last=known.last,
            year=year,
        )
    for day in days:
        word = Message("day off") if day["off"] else Message("make-up working day")
        click.echo(f"{day['date']}  {tell(word, language())}  {day['name']}")
    if not known.knows_year(year):
        say("Only these days of {year} are known.", year=year)


def known_calendar() -> "Calendar":
    """Return China's calendar with the notices that were loaded into the ledger."""
    from stationmap.hours.calendar import china
    from stationmap.register.ledger import Ledger

    if not Ledger.exists():
        return china()
    with Ledger.open() as ledger:
        return china(ledger.gazetteer.calendar_days())


def _announced(known: "Calendar", year: int) -> list[dict[str, object]]:
    from datetime import timedelta

    from stationmap.hours.calendar import DayKind

    first = date(year, 1, 1)
    days = [first + timedelta(n) for n in range((date(year + 1, 1, 1) - first).days)]
    return [
        {"date": day.isoformat(), "name": known.name(day), "off": known.kind(day) == DayKind.OFF}
        for day in days
        if known.kind(day) in (DayKind.OFF, DayKind.MAKEUP)
    ]


@click.command(
    cls=Command,
    help="Convert coordinates between wgs84, gcj02, bd09, bd09mc, cgcs2000 and EPSG:n: CSV in, CSV out.",
    examples=(
        "stationmap convert --from bd09 --to wgs84 < lonlat.csv > out.csv",
        "stationmap convert --from EPSG:4547 --to gcj02 < metres.csv",
    ),
)
@option("--from", "source", required=True, help="Datum of the input.")
@option("--to", "target", required=True, help="Datum of the output.")
def convert(source: str, target: str) -> None:
    """Convert standard input to standard output; the header is lon,lat or x,y."""
    import numpy as np

    from stationmap.geo import datum

    source, target = datum.canonical(source), datum.canonical(target)
    rows = csv.reader(_without_mark(sys.stdin))
    header = [name.strip().casefold() for name in next(rows, [])]
    if header not in (["lon", "lat"], ["x", "y"], ["经度", "纬度"]):
        raise InvalidValue(
            "The first line must be lon,lat (or x,y for metres), not {header!r}.", header=",".join(header)
        )
    click.echo("x,y" if datum.is_metric(target) else "lon,lat")
    line = 2
    while chunk := list(islice(rows, CHUNK_ROWS)):
        lines, numbers = _numbers(chunk, line, metric=datum.is_metric(source))
        line += len(chunk)
        x, y = datum.convert(numbers[:, 0], numbers[:, 1], source=source, target=target)
        lost = np.flatnonzero(np.isnan(x) | np.isnan(y))
        if len(lost):
            a, b = numbers[lost[0]]
            raise InvalidValue(
                "Line {line}: {x}, {y} has no place in {source} or {target}.",
                line=lines[lost[0]],
                x=a,
                y=b,
                source=source,
                target=target,
            )
        digits = 4 if datum.is_metric(target) else 10
        sys.stdout.writelines(f"{a:.{digits}f},{b:.{digits}f}\n" for a, b in zip(x, y, strict=True))


def _without_mark(stream: TextIO) -> Iterator[str]:
    for number, text in enumerate(stream):
        yield text.removeprefix("\ufeff") if number == 0 else text


def _numbers(rows: list[list[str]], line: int, *, metric: bool) -> "tuple[list[int], NDArray[np.float64]]":
    """Return line numbers and points, shape (n, 2); the first row that cannot be a point is quoted with its line."""
    import numpy as np

    lines: list[int] = []
    points: list[tuple[float, float]] = []
    for number, row in enumerate(rows, line):
        if not row:
            continue
        try:
            x, y = (float(cell) for cell in row)
        except ValueError:
            raise InvalidValue("Line {line}: {row!r} is not two numbers.", line=number, row=",".join(row)) from None
        if not (math.isfinite(x) and math.isfinite(y)):
            raise InvalidValue("Line {line}: {row!r} is not two finite numbers.", line=number, row=",".join(row))
        if not metric and not (abs(x) <= 180 and abs(y) <= 90):
            raise InvalidValue(
                "Line {line}: {x}, {y} is outside longitude -180..180 or latitude -90..90; are the columns swapped?",
                line=number,
                x=x,
                y=y,
            )
        lines.append(number)
        points.append((x, y))
    return lines, np.array(points, dtype=np.float64).reshape(-1, 2)
