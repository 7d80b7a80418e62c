"""The options of a question about coverage, shared by ``coverage`` and ``report``, and the run that they ask for."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stationmap.catalogue import tell
from stationmap.cli.told import Instant, Number, OneOf, Pair, language, note, option
from stationmap.errors import InvalidValue

if TYPE_CHECKING:
    from stationmap.register.ledger import Ledger
    from stationmap.runs.carry import Carried
    from stationmap.runs.files import Refused, Sources

FAR_M = 1e12
SHOWN_FAULTS = 20
_PATH = click.Path(path_type=Path)

_OPTIONS = (
    option("--stations", type=_PATH, help="A list of stations; left out: those of the register."),
    option("--stations-datum", help="Datum of the list: gcj02, bd09, wgs84, EPSG:n …"),
    option("--stations-layer", help="Sheet or layer of the list; of an OSM extract a tag such as amenity=toilets."),
    option("--stations-map", "columns", multiple=True, type=Pair(), help="Which column of the list holds a field."),
    option("--generated", is_flag=True, help="Stations that say of themselves that they are made up count too."),
    option("--demand", help="A file, or the name of demand that the register keeps."),
    option("--demand-datum", help="Datum of the demand."),
    option(
        "--weight", "weights", multiple=True, help="Column of people; the first is asked (default: each row is one)."
    ),
    option("--layer", help="Sheet or layer of the demand."),
    option("--missing", type=OneOf(["reject", "zero"]), default="reject", help="What a missing number is."),
    option("--nodata", type=Number(-1e300, 1e300), help="Value of a raster of demand that means nothing is known."),
    option(
        "--by",
        type=Number(1, 1000, whole=True),
        default=1,
        help="Gather so many cells of a raster, each way, into one.",
    ),
    option("--by-code", is_flag=True, help="Demand is a census table: join it to --areas by its codes."),
    option(
        "--cell", "cell_m", type=Number(10, 100_000), help="Spread demand of polygons over cells of so many metres."
    ),
    option(
        "--hours",
        multiple=True,
        type=Pair("couriers=Mo-Su 11:00-13:00"),
        help="When a weight is there, such as couriers=Mo-Su 11:00-13:00.",
    ),
    option("--areas", multiple=True, type=_PATH, help="Boundaries; left out: those of the register."),
    option("--areas-datum", help="Datum of the boundaries: gcj02 for DataV files."),
    option("--order", multiple=True, help="An area that the table shall have, by code or name, in the order given."),
    option("--network", type=_PATH, help="OpenStreetMap extract, or a network built by stationmap network build."),
    option("--slope", type=_PATH, help="A raster of heights (GeoTIFF): minutes on foot by slope."),
    option("--mode", type=OneOf(["air", "walk", "ride"]), help="air (default), walk or ride; with --network walk."),
    option(
        "--reach", "reaches", multiple=True, type=Number(0, FAR_M), help="Metres, several allowed (default 500, 1000)."
    ),
    option("--kind", "kinds", multiple=True, help="Only this kind of station; may be given several times."),
    option("--need", "needs", multiple=True, help="A service that must be there; may be given several times."),
    option(
        "--at", type=Instant(), help="Date and time: the hour that holds it, with holidays, such as 2027-02-06T12:00."
    ),
    option("--sets-out", type=Instant(), help="All set out then: who finds a station open when he gets there?"),
    option("--stay", "stay_min", type=Number(0, 1440), default=0, help="With --sets-out: minutes it must stay open."),
    option("--profile", default="", help="A profile of reaches by kind of area, by its code, such as example-walk."),
    option("--profiles", type=_PATH, help="A file (TOML) with profiles of your own, for --profile."),
    option(
        "--area-kind",
        "area_kinds",
        multiple=True,
        type=Pair("410102=dense"),
        help="With --profile: the kind of an area, such as 410102=dense.",
    ),
    option("--area", default="", help="Only the demand in this area, by code."),
    option("--change", "changes", multiple=True, help='What if, as JSON: {"close": ID} … several allowed.'),
)


def question(command: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a command with all options of a question; they come in as keywords."""
    for each in reversed(_OPTIONS):
        command = each(command)
    return command


@dataclass(frozen=True, slots=True)
class Answered:
    """A run as it was asked in a call: what came out, and the rows of its files that do not count."""

    carried: "Carried"
    refused: "tuple[Refused, ...]"


def sources_of(given: Mapping[str, Any]) -> "Sources":
    """Return where the inputs come from, as a call names them."""
    from stationmap.runs.files import Sources

    return Sources(
        demand=given["demand"] or "",
        demand_datum=given["demand_datum"],
        weights=given["weights"],
        layer=given["layer"],
        missing=given["missing"],
        nodata=given["nodata"],
        by=int(given["by"]),
        by_code=given["by_code"],
        cell_m=given["cell_m"],
        hours=dict(given["hours"]),
        stations=given["stations"],
        stations_datum=given["stations_datum"],
        stations_layer=given["stations_layer"],
        columns=dict(given["columns"]),
        generated=given["generated"],
        areas=given["areas"],
        areas_datum=given["areas_datum"],
        network=given["network"],
        slope=given["slope"],
        way=given["mode"] or "",
    )


def spec_values(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a call asks, as the values of a run; its demand and way are added when they are known."""
    at: datetime | None = given["at"]
    return {
        "weight": given["weights"][0] if given["weights"] else "",
        "reach_m": list(given["reaches"]),
        "kind": list(given["kinds"]),
        "need": list(given["needs"]),
        "area": given["area"],
        "changes": [_change(text) for text in given["changes"]],
        "sets_out": given["sets_out"].replace(tzinfo=None).isoformat() if given["sets_out"] is not None else "",
        "stay_min": given["stay_min"],
        "profile": given["profile"],
        "area_kinds": dict(given["area_kinds"]),
        **({"date": at.date().isoformat(), "hour": at.hour} if at is not None else {}),
    }


def answered(given: Mapping[str, Any]) -> Answered:
    """Gather the inputs of a call, carry the run out, and order its table."""
    from stationmap.planning.coverage.profile import profiles
    from stationmap.report.tables import ordered
    from stationmap.runs.carry import carry
    from stationmap.runs.files import gather
    from stationmap.runs.inputs import file_told
    from stationmap.runs.spec import Spec

    asked = spec_values(given)
    Spec.of(asked)  # what cannot be is told before anything is read
    own = profiles(given["profiles"]) if given["profiles"] is not None else None
    with ExitStack() as held:
        gathered = gather(sources_of(given), ledger_of(held))
        told = {**gathered.inputs.told, **file_told("profiles_file", [given["profiles"]] if own is not None else [])}
        spec = Spec.of(asked | {"demand": gathered.demand, "way": gathered.way, "hours": dict(given["hours"])})
        carried = ordered(carry(replace(gathered.inputs, told=told), spec, own=own), given["order"] or gathered.order)
    return Answered(carried, gathered.refused)


def tell_refused(refused: "Sequence[Refused]") -> None:
    """Print the rows that do not count, the first of them, to standard error."""
    for each in refused[:SHOWN_FAULTS]:
        note(
            "{file}, row {row}, {column}: {reason}",
            file=each.file,
            row=each.row,
            column=each.column or "-",
            reason=each.reason,
        )
    if len(refused) > SHOWN_FAULTS:
        note("   … and {count} more.", count=len(refused) - SHOWN_FAULTS)


def refused_facts(refused: "Sequence[Refused]") -> list[dict[str, Any]]:
    """Return the rows that do not count, as JSON values."""
    return [
        {
            "file": each.file,
            "row": each.row,
            "column": each.column,
            "value": each.value,
            "message": tell(each.reason, language()),
        }
        for each in refused
    ]


def ledger_of(held: ExitStack) -> "Ledger | None":
    """Return the register, held open as long as the stack is, None when there is none."""
    from stationmap.register.ledger import Ledger

    return held.enter_context(Ledger.open(create=False)) if Ledger.exists() else None


def _change(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise InvalidValue("The changes are no JSON: {value}", value=repr(text[:40])) from None
