"""The inputs of a run, gathered from the register or from files, each with what tells one version from another."""

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stationmap.errors import InvalidValue, Message
from stationmap.files.read import read as read_table
from stationmap.geo.areas import AreaTree
from stationmap.hours.calendar import Calendar, china
from stationmap.planning.demand.demand import Demand
from stationmap.planning.demand.stored import from_parquet
from stationmap.planning.demand.trades import with_hours
from stationmap.planning.gaps.places import Places
from stationmap.planning.network.graph import Network
from stationmap.planning.network.pairs import by_network
from stationmap.planning.network.snapping import snap
from stationmap.planning.pairs import Pairs, by_air
from stationmap.planning.supply import Supply
from stationmap.register.intake import Intake, read_stations
from stationmap.register.ledger import Ledger
from stationmap.schema.tables import StationTables

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """What a run is worked out from.

    Attributes
    ----------
    demand : Demand
        Who needs a station.
    supply : Supply
        The stations.
    areas : AreaTree or None
        Boundaries, None where none are loaded.
    hosts : Places or None
        Who might take a station.
    calendar : Calendar
        Days off and make-up days.
    network : Network or None
        Streets, for ways on foot or by bike.
    told : Mapping
        Versions: revision of the register, names and checksums; JSON values.
    notes : tuple of Message
        What was noticed while gathering.
    """

    demand: Demand
    supply: Supply
    areas: AreaTree | None
    hosts: Places | None
    calendar: Calendar
    network: Network | None
    told: Mapping[str, Any]
    notes: tuple[Message, ...] = ()


def from_ledger(
    ledger: Ledger, demand: str, *, hours: Mapping[str, str] | None = None, network: Network | None = None
) -> Inputs:
    """Return the inputs that a register holds.

    Parameters
    ----------
    ledger : Ledger
        Of which stations, hosts, boundaries, days off and demand are taken.
    demand : str
        The name of kept demand.
    hours : Mapping[str, str], optional
        Weight to the hours at which it is there, in the place of those that were loaded.
    network : Network, optional
        Streets.

    Raises
    ------
    NotFound
        When no demand has that name.
    """
    kept = ledger.demands.one(demand)
    found = from_parquet(ledger.demands.parquet(demand))
    if hours:
        found = with_hours(found, hours)
    tables = ledger.stations()
    areas = ledger.gazetteer.areas()
    told = {"revision": tables.revision, "demand": demand, "demand_sha256": kept.sha256}
    return Inputs(
        found,
        supply_of(tables),
        AreaTree(areas) if areas else None,
        hosts_of(ledger.hosts()),
        china(ledger.gazetteer.calendar_days()),
        network,
        MappingProxyType(told | _network_told(network)),
    )


def supply_of(tables: StationTables) -> Supply:
    """Return the supply of station tables, their seats as capacity."""
    return Supply.of(tables, capacity=tables.stations["seats"].to_numpy(np.float64))


def hosts_of(hosts: pd.DataFrame) -> Places | None:
    """Return candidate hosts as places; None where none is located."""
    located = hosts[hosts["lon"].notna()]
    if not len(located):
        return None
    ids, names = (located[name].to_numpy(object) for name in ("id", "name"))
    lon, lat = (located[name].to_numpy(np.float64) for name in ("lon", "lat"))
    return Places(ids, names, lon, lat)


def stations_of_file(
    path: Path,
    *,
    datum: str | None,
    areas: AreaTree | None = None,
    generated: bool = False,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> tuple[StationTables, Intake]:
    """Return the stations of a list as the register would hand them out, and what became of its rows.

    The list goes through the same intake as an import, into a register of its own that is thrown away. Rows that say
    of themselves that they were made up count only with ``generated``. ``layer`` names a sheet or layer (of an OSM
    extract a tag such as ``amenity=toilets``), ``columns`` the column of a field that is not found by its name.
    """
    table = read_table(path, layer=layer)
    taken = read_stations(table, datum=datum, areas=areas, column_map=columns, source=path.name)
    with tempfile.TemporaryDirectory(prefix="stationmap-") as folder, Ledger.open(Path(folder) / "list.sqlite") as own:
        own.put(taken.stations, actor="stationmap", reason="coverage", source=path.name)
        return own.stations(generated=generated), taken


def pairs_of(inputs: Inputs, reach_m: float, way: str) -> tuple[Pairs, tuple[Message, ...]]:
    """Return the pairs of demand and stations, and what must be said of them; raises as :func:`pairs_to`."""
    return pairs_to(inputs, inputs.supply.lon, inputs.supply.lat, reach_m, way)


def pairs_to(inputs: Inputs, lon: Floats, lat: Floats, reach_m: float, way: str) -> tuple[Pairs, tuple[Message, ...]]:
    """Return the pairs of the demand and some places, and what must be said of them.

    Parameters
    ----------
    inputs : Inputs
        Whose demand and streets count.
    lon, lat : NDArray[float64]
        The places, WGS 84 degrees.
    reach_m : float
        How far, boundary included.
    way : str
        ``air``, ``walk`` or ``ride``.

    Raises
    ------
    InvalidValue
        When a way along streets is asked without streets, or with those of another mode.
    """
    demand, network = inputs.demand, inputs.network
    if way == "air":
        return by_air(demand.lon, demand.lat, lon, lat, reach_m), ()
    if network is None or network.mode != way:
        raise InvalidValue(
            "There are no streets for {way}. Build them from an OpenStreetMap extract: stationmap network build"
            " city.osm.pbf city.network --mode {way}",
            way=way,
        )
    places, stations = snap(network, demand.lon, demand.lat), snap(network, lon, lat)
    found = by_network(network, places, stations, reach_m=reach_m)
    return found.pairs, (*network.notes, *places.notes, *found.notes)


def in_area(inputs: Inputs, adcode: str) -> Inputs:
    """Return the inputs with the demand of one area alone; stations beyond its border serve it all the same.

    Raises
    ------
    InvalidValue
        When no boundary has that code, or no demand lies in it.
    """
    if not adcode:
        return inputs
    known = {area.adcode for area in inputs.areas.areas} if inputs.areas is not None else set()
    if adcode not in known or inputs.areas is None:
        raise InvalidValue("There is no area with the code {adcode} among the boundaries.", adcode=repr(adcode[:20]))
    inside = {
        area.adcode for area in inputs.areas.areas if adcode in [up.adcode for up in inputs.areas.path(area.adcode)]
    }
    rows = np.flatnonzero(np.isin(inputs.demand.adcode.astype(np.str_), sorted(inside)))
    if not len(rows):
        raise InvalidValue("No demand lies in the area {adcode}. Take another area or demand.", adcode=adcode)
    return replace(inputs, demand=some_of(inputs.demand, rows), told=MappingProxyType({**inputs.told, "area": adcode}))


def some_of(demand: Demand, rows: NDArray[np.int64]) -> Demand:
    """Return some rows of demand, in their order."""
    return Demand(
        demand.ids[rows],
        demand.lon[rows],
        demand.lat[rows],
        MappingProxyType({name: weight[rows] for name, weight in demand.weights.items()}),
        demand.adcode[rows],
        None if demand.cells is None else demand.cells[rows],
        demand.hourly,
    )


def file_told(name: str, paths: Sequence[Path]) -> dict[str, Any]:
    """Return the names and checksums of files, under a name."""
    return {name: {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}} if paths else {}


def _network_told(network: Network | None) -> dict[str, Any]:
    return {} if network is None else {"network_sha256": network.sha256, "network_mode": network.mode}
