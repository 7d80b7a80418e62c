"""The command ``places``: what a typed name may mean."""

import json
from typing import TYPE_CHECKING

import click

from stationmap.catalogue import tell
from stationmap.cli.told import Command, Number, language, option, say
from stationmap.errors import InvalidValue, Message

if TYPE_CHECKING:
    from stationmap.finder.names.index import Hit, NameIndex
    from stationmap.register.ledger import Ledger

LONGEST = 100
KIND_WORDS = {
    "station": Message("station"),
    "address": Message("address"),
    "area": Message("area"),
    "street": Message("street"),
}


@click.command(
    cls=Command,
    help="Find stations, addresses, areas and streets by name: Chinese, pinyin, initials, with a mistake.",
    examples=(
        'stationmap places "zzly"',
        'stationmap places "二七 驿站" --lon 113.665 --lat 34.752 --json',
    ),
)
@click.argument("text")
@option("--lon", type=Number(-180, 180), help="Longitude, WGS 84: of equally good ones the nearer comes first.")
@option("--lat", type=Number(-90, 90), help="Latitude, WGS 84.")
@option("-k", "--count", "k", type=Number(1, 200, whole=True), default=10, help="How many (default 10).")
@option("--json", "as_json", is_flag=True, help="Print a GeoJSON FeatureCollection (WGS 84).")
def places(text: str, lon: float | None, lat: float | None, k: int, as_json: bool) -> None:
    """Bring the index up to date, ask it and print the answer."""
    from stationmap.finder.names.geojson import feature
    from stationmap.register.ledger import Ledger

    if len(text) > LONGEST:
        raise InvalidValue("The name has {count} characters. Write at most {limit}.", count=len(text), limit=LONGEST)
    if (lon is None) != (lat is None):
        raise InvalidValue("--lon and --lat belong together. Give both or none.")
    near = None if lon is None or lat is None else (lon, lat)
    with Ledger.open(create=False) as ledger:
        hits = _index(ledger).search(text, near=near, limit=k)
    if as_json:
        collection = {"type": "FeatureCollection", "features": [feature(hit) for hit in hits]}
        click.echo(json.dumps(collection, ensure_ascii=False, indent=1))
    elif not hits:
        say("Nothing is called that. Try fewer words, or pinyin.")
    for number, hit in enumerate([] if as_json else hits, 1):
        _print_hit(number, hit)


def _index(ledger: "Ledger") -> "NameIndex":
    """Return the index of a ledger, up to date; the server's own file, which either keeps."""
    from pathlib import Path

    from stationmap.finder.names.entries import entries, stamp
    from stationmap.finder.names.index import NameIndex
    from stationmap.finder.names.store import beside

    file = Path(ledger.place)
    index = NameIndex.open(beside(file if file.is_file() else None, ledger.place))
    revision = ledger.revision()
    state = stamp(ledger.open_data.made_at(revision))
    if (index.revision, index.stamp) != (revision, state):
        stations = ledger.stations(unlocated=False).stations
        known = entries(
            stations, ledger.unlocated(fictional=True), ledger.gazetteer.areas(), ledger.gazetteer.streets()
        )
        index.update(revision, known, stamp=state)
    if index.fault is not None:
        click.echo(tell(index.fault, language()), err=True)
    return index


def _print_hit(number: int, hit: "Hit") -> None:
    chosen = language()
    facts = [tell(KIND_WORDS[hit.kind], chosen), hit.detail]
    if hit.distance_m is not None:
        facts.append(tell("{distance_m:.0f} m", chosen, distance_m=hit.distance_m))
    click.echo(f"{number}. {hit.name}  ({' · '.join(fact for fact in facts if fact)})")
    place = "" if hit.lon is None else f"  geo:{hit.lat:.6f},{hit.lon:.6f}"
    click.echo(f"   {hit.id}{place}")
