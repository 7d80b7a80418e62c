"""``network``: streets for walking and riding, built once from an OpenStreetMap extract, loaded in an instant."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stationmap.catalogue import tell
from stationmap.cli.told import Command, Group, OneOf, language, option, say
from stationmap.errors import InvalidValue

if TYPE_CHECKING:
    from stationmap.planning.network.graph import Network

_PATH = click.Path(path_type=Path)
_SHOWN_PARTS = 5


@click.group(
    cls=Group,
    help="Streets for walking and riding: build them from an OpenStreetMap extract, look at them.",
    examples=("stationmap network build city.osm.pbf city.network", "stationmap network show city.network"),
)
def network() -> None:
    """Hold the commands of networks."""


@network.command(
    "build",
    cls=Command,
    help="Build a network from an OpenStreetMap extract and keep it in a file that loads in an instant.",
    examples=(
        "stationmap network build city.osm.pbf city.network",
        "stationmap network build city.osm.pbf city.network --slope dem.tif",
        "stationmap network build city.osm.pbf ride.network --mode ride",
    ),
)
@click.argument("extract", type=_PATH)
@click.argument("out", type=_PATH)
@option("--mode", type=OneOf(["walk", "ride"]), default="walk", help="walk (default) or ride (e-bike).")
@option("--slope", type=_PATH, help="A raster of heights (GeoTIFF): minutes on foot by slope.")
@option("--force", is_flag=True, help="Write over a file that is there.")
def build(extract: Path, out: Path, mode: Any, slope: Path | None, force: bool) -> None:
    """Build and keep a network."""
    from stationmap.planning.network.build import from_extract
    from stationmap.planning.network.heights import heights
    from stationmap.planning.network.slope import with_slopes
    from stationmap.planning.network.stored import save

    if out.exists() and not force:
        raise InvalidValue("{path} is there already. Take another name, or --force to write over it.", path=out)
    height = heights(slope) if slope is not None else None
    built = from_extract(extract, mode)
    if height is not None:
        built = with_slopes(built, height)
    save(built, out)
    _print(built)
    say("Written to {folder}: {names}.", folder=out.parent, names=out.name)


@network.command(
    "show",
    cls=Command,
    help="Show a network that was built: size, connected parts, what a planner should know of it.",
    examples=("stationmap network show city.network", "stationmap network show city.network --json"),
)
@click.argument("file", type=_PATH)
@option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(file: Path, as_json: bool) -> None:
    """Print what a built network is."""
    from stationmap.planning.network.stored import load

    found = load(file)
    if as_json:
        click.echo(json.dumps(_facts(found), ensure_ascii=False, indent=1))
    else:
        _print(found)


def _facts(found: "Network") -> dict[str, Any]:
    return {
        "mode": found.mode,
        "nodes": found.nodes,
        "edges": found.edges,
        "length_m": float(found.length_m.sum()),
        "parts": found.parts[:_SHOWN_PARTS].tolist(),
        "parts_count": len(found.parts),
        "box": list(found.box),
        "level": found.level,
        "extract_sha256": found.sha256,
        "notes": [tell(each, language()) for each in found.notes],
    }


def _print(found: "Network") -> None:
    say(
        "{mode}: {nodes} junctions, {edges} streets between them, {length:.0f} km; {parts} connected parts.",
        mode=found.mode,
        nodes=f"{found.nodes:,}",
        edges=f"{found.edges:,}",
        length=float(found.length_m.sum()) / 1000,
        parts=len(found.parts),
    )
    if not found.level:
        say("Minutes follow the slope of the ground.")
    for each in found.notes:
        click.echo(f"  · {tell(each, language())}")
