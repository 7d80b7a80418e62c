"""The inputs of a run from files, the register standing in for what is not named; all that was noticed is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from stationmap.errors import InvalidValue, LedgerUnavailable, Message, NotFound
from stationmap.files.read import read as read_table
from stationmap.geo.areas import Area, AreaTree
from stationmap.geo.surface import area_m2
from stationmap.hours.calendar import china
from stationmap.planning.demand.census import Joined, join
from stationmap.planning.demand.demand import Demand
from stationmap.planning.demand.grid import grid
from stationmap.planning.demand.read import read as read_demand
from stationmap.planning.demand.spread import spread
from stationmap.planning.demand.stored import from_parquet
from stationmap.planning.demand.trades import default_hours, with_hours
from stationmap.planning.gaps.places import Places
from stationmap.planning.network.build import from_extract
from stationmap.planning.network.graph import Network
from stationmap.planning.network.heights import heights
from stationmap.planning.network.slope import with_slopes
from stationmap.planning.network.stored import is_stored, load
from stationmap.planning.supply import Supply
from stationmap.register.boundaries import read_areas
from stationmap.register.intake import Intake as StationIntake
from stationmap.register.ledger import Ledger
from stationmap.runs.inputs import Inputs, file_told, hosts_of, stations_of_file, supply_of
from stationmap.runs.loading import told_hours
from stationmap.schema.faults import Severity

_CITY_DIGITS, _MOST_CODES = 4, 12
_LARGE_M2 = 1_000_000.0
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Sources:
    """Where each input comes from; what is left out comes from the register.

    Attributes
    ----------
    demand : str
        A file, or the name of kept demand; "" takes the only one that is kept.
    demand_datum, weights, layer, missing, nodata, by
        Of a file of demand, as :func:`stationmap.planning.demand.read.read` takes them.
    by_code : bool
        The rows of demand have no place: they are joined to the areas by their codes, as a census table.
    cell_m : float or None
        Spread demand of polygons over cells of this size.
    hours : Mapping[str, str]
        Weight to the hours at which it is there; trades that are not named keep their usual hours.
    stations : Path or None
        A list.
    stations_datum, stations_layer, columns, generated
        Of a list, as :func:`stationmap.runs.inputs.stations_of_file` takes them.
    areas : tuple of Path
        Boundaries.
    areas_datum : str or None
        Of all of them.
    network : Path or None
        An OpenStreetMap extract, or a network that was built from one.
    slope : Path or None
        A raster of heights.
    way : str
        ``air``, ``walk`` or ``ride``; "" takes that of a built network, ``walk`` for an extract, ``air`` without.
    """

    demand: str = ""
    demand_datum: str | None = None
    weights: tuple[str, ...] = ()
    layer: str | None = None
    missing: str = "reject"
    nodata: float | None = None
    by: int = 1
    by_code: bool = False
    cell_m: float | None = None
    hours: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    stations: Path | None = None
    stations_datum: str | None = None
    stations_layer: str | None = None
    columns: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    generated: bool = False
    areas: tuple[Path, ...] = ()
    areas_datum: str | None = None
    network: Path | None = None
    slope: Path | None = None
    way: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row of a file that does not count, and why: as a clerk counts, with what stands there."""

    file: str
    row: int
    column: str
    value: str
    reason: Message


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """What was gathered.

    Attributes
    ----------
    inputs : Inputs
        For the run; its notes say all that was noticed.
    demand : str
        What the demand is called.
    way : str
        ``air``, ``walk`` or ``ride``.
    refused : tuple of Refused
        Every fault of every row that does not count.
    order : tuple of str
        Adcodes in the order of the files of areas, "" when they are the register's.
    """

    inputs: Inputs
    demand: str
    way: str
    refused: tuple[Refused, ...]
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """One input: the thing, versions, notes, rows that do not count."""

    thing: Any
    told: Mapping[str, Any]
    notes: tuple[Message, ...] = ()
    refused: tuple[Refused, ...] = ()
    name: str = ""


def gather(sources: Sources, ledger: Ledger | None) -> Gathered:
    """Return the inputs of a run.

    Parameters
    ----------
    sources : Sources
        Files and names.
    ledger : Ledger or None
        The register, None when there is none.

    Raises
    ------
    StationmapError
        When a file cannot be used, a datum is neither stated nor proved, or the register is needed and not there.
    """
    areas, order = areas_of(sources, ledger)
    demand = demand_of(sources, ledger, areas)
    stations = supply_from(sources, ledger, areas)
    network = network_of(sources)
    tree, notes = _kept(areas, order, demand.thing)
    found = (demand, stations, network)
    told = {name: value for each in found for name, value in each.told.items()}
    inputs = Inputs(
        demand.thing,
        stations.thing,
        tree,
        _hosts(sources, ledger),
        china(ledger.gazetteer.calendar_days()) if ledger is not None else china(),
        network.thing,
        MappingProxyType(told | file_told("areas_files", sources.areas)),
        (*(note for each in found for note in each.notes), *notes),
    )
    refused = tuple(row for each in found for row in each.refused)
    return Gathered(inputs, demand.name, _way(sources.way, network.thing), refused, order)


def areas_of(sources: Sources, ledger: Ledger | None) -> tuple[AreaTree | None, tuple[str, ...]]:
    """Return the boundaries that are named, with their codes in the order of the files, else those of the register."""
    if not sources.areas:
        kept: list[Area] = ledger.gazetteer.areas() if ledger is not None else []
        return (AreaTree(kept) if kept else None), ()
    if not sources.areas_datum:
        raise InvalidValue("--areas needs --areas-datum: the datum of the boundaries, such as gcj02 for DataV files.")
    areas = [area for path in sources.areas for area in read_areas(path, datum=sources.areas_datum)]
    return AreaTree(areas), tuple(dict.fromkeys(area.adcode for area in areas))


def demand_of(sources: Sources, ledger: Ledger | None, areas: AreaTree | None) -> _Found:
    """Return the demand of a file, or one that the register keeps."""
    path = Path(sources.demand)
    if ledger is not None and sources.demand and not (path.suffix or path.exists()):
        ledger.demands.one(sources.demand)
    if sources.demand and (path.is_file() or not _is_kept(ledger, sources.demand)):
        found = _joined(path, sources, areas) if sources.by_code else _read(path, sources, areas)
    else:
        found = _kept_demand(sources, ledger, areas)
    demand, notes = _spread(found.thing, sources.cell_m)
    hours = {**default_hours(demand), **sources.hours}
    hours = {name: text for name, text in hours.items() if name in sources.hours or name not in demand.hourly}
    return replace(found, thing=with_hours(demand, hours), notes=(*found.notes, *notes, *told_hours(hours)))


def supply_from(sources: Sources, ledger: Ledger | None, areas: AreaTree | None) -> _Found:
    """Return the stations of a file or of the register."""
    if sources.stations is None:
        if ledger is None:
            raise LedgerUnavailable(
                "There is no register yet. Name a list of stations (--stations FILE), or make one: stationmap init"
            )
        tables = ledger.stations(generated=sources.generated)
        left_out = 0 if sources.generated else ledger.counts()["generated"]
        return _Found(supply_of(tables), {"revision": tables.revision}, _left_out(left_out))
    tables, taken = stations_of_file(
        sources.stations,
        datum=sources.stations_datum,
        areas=areas,
        generated=sources.generated,
        layer=sources.stations_layer,
        columns=sources.columns,
    )
    supply: Supply = replace(supply_of(tables), revision=0)
    notes = (*_said_of(taken), *_left_out(0 if sources.generated else taken.generated))
    refused = _refused_stations(taken, sources.stations.name)
    return _Found(supply, file_told("stations_file", [sources.stations]), notes, refused)


def network_of(sources: Sources) -> _Found:
    """Return the streets of an extract or a built file, with their slopes where heights are named; None without."""
    if sources.network is None:
        if sources.slope is not None:
            raise InvalidValue("--slope is for streets: name them with --network.")
        return _Found(None, {})
    if is_stored(sources.network):
        network = load(sources.network)
    else:
        mode: Literal["walk", "ride"] = "ride" if sources.way == "ride" else "walk"
        network = from_extract(sources.network, mode)
    told = file_told("network_file", [sources.network])
    if sources.slope is not None:
        network = with_slopes(network, heights(sources.slope))
        told |= file_told("slope_file", [sources.slope])
    return _Found(network, told | {"network_sha256": network.sha256, "network_mode": network.mode})


def _way(asked: str, network: Network | None) -> str:
    return asked or ("air" if network is None else network.mode)


def _is_kept(ledger: Ledger | None, name: str) -> bool:
    return ledger is not None and any(each.name == name for each in ledger.demands.all())


def _read(path: Path, sources: Sources, areas: AreaTree | None) -> _Found:
    intake = read_demand(
        path,
        datum=sources.demand_datum,
        weights=sources.weights,
        areas=areas,
        layer=sources.layer,
        missing=sources.missing,
        nodata=sources.nodata,
        by=sources.by,
    )
    refused = tuple(Refused(path.name, each.row, each.column, each.value, each.reason) for each in intake.rejected)
    return _Found(intake.demand, file_told("demand_file", [path]), intake.notes, refused, path.name)


def _joined(path: Path, sources: Sources, areas: AreaTree | None) -> _Found:
    if areas is None:
        raise InvalidValue("Demand by codes needs the boundaries of its areas. Name them: --areas FILE.")
    if not sources.weights:
        raise InvalidValue("Demand by codes needs its column of people. Name it: --weight COLUMN.")
    table = read_table(path, layer=sources.layer)
    joined = join(table, areas, weights=sources.weights, missing=sources.missing)
    refused = tuple(Refused(path.name, each.row, each.column, each.value, each.reason) for each in joined.rejected)
    notes = (*joined.notes, *_near_codes(joined, areas))
    return _Found(joined.demand, file_told("demand_file", [path]), notes, refused, path.name)


def _near_codes(joined: Joined, areas: AreaTree) -> tuple[Message, ...]:
    """Return which rows without a boundary are of the cities that are loaded: their people are missing there."""
    cities = {area.adcode[:_CITY_DIGITS] for area in areas.areas}
    alike = [each for each in joined.unmatched if each.code[:_CITY_DIGITS] in cities]
    if not alike:
        return ()
    told = Message(
        "{count} of the codes without a boundary are of a city that is loaded: {codes}. Their people are missing in"
        " it.",
        {"count": len(alike), "codes": tuple(f"{each.code} {each.name}" for each in alike[:_MOST_CODES])},
    )
    return (told,)


def _kept_demand(sources: Sources, ledger: Ledger | None, areas: AreaTree | None) -> _Found:
    names = [each.name for each in ledger.demands.all()] if ledger is not None else []
    if ledger is None or not names:
        raise NotFound("No demand is kept yet. Name a file: --demand FILE --demand-datum wgs84 --weight COLUMN")
    if not sources.demand and len(names) > 1:
        raise InvalidValue("Say which demand: --demand with one of {names}, or a file.", names=tuple(names[:20]))
    name = sources.demand or names[0]
    demand = from_parquet(ledger.demands.parquet(name))
    if sources.areas and areas is not None:
        demand = replace(demand, adcode=areas.locate(demand.lon, demand.lat).astype(object))
    if sources.weights:
        demand = replace(demand, weights={each: demand.weight(each) for each in sources.weights}, hourly={
            each: part for each, part in demand.hourly.items() if each in sources.weights
        })  # fmt: skip
    return _Found(demand, {"demand": name, "demand_sha256": ledger.demands.one(name).sha256}, (), (), name)


def _spread(demand: Demand, cell_m: float | None) -> tuple[Demand, tuple[Message, ...]]:
    """Return demand of polygons over cells; told where large polygons count at one point each."""
    if demand.cells is None:
        if cell_m is not None:
            raise InvalidValue("--cell spreads polygons over cells; this demand has points. Leave it out.")
        return demand, ()
    drawn = np.array([each is not None for each in demand.cells], bool)
    if cell_m is None:
        size_m2 = area_m2(demand.cells[drawn])
        large = size_m2 > _LARGE_M2
        if not large.any():
            return demand, ()
        told = Message(
            "{count} polygons of the demand are larger than 1 km² (the largest {largest:.0f} km²); all people of each"
            " count at one point in it. --cell 500 spreads them over cells.",
            {"count": int(large.sum()), "largest": float(size_m2.max()) / 1e6},
        )
        return demand, (told,)
    if not drawn.all():
        raise InvalidValue("--cell spreads polygons over cells; this demand has points. Leave it out.")
    west, south, east, north = _bounds(demand)
    found = spread(demand, grid((west, south, east, north), cell_m))
    told = Message(
        "The people of each polygon stand evenly on its ground, in {count} cells of up to {size:g} m: where they really"
        " live and work is not known. A finer source gives other shares.",
        {"count": len(found.demand), "size": cell_m},
    )
    return found.demand, (*found.notes, told)


def _bounds(demand: Demand) -> tuple[float, float, float, float]:
    import shapely

    west, south, east, north = shapely.total_bounds(demand.cells).tolist()
    return west, south, east, north


def _kept(
    areas: AreaTree | None, order: tuple[str, ...], demand: Demand
) -> tuple[AreaTree | None, tuple[Message, ...]]:
    """Return the areas, unless they are the register's and none of the demand lies in them."""
    if areas is None or order:
        return areas, ()
    known = {area.adcode for area in areas.areas}
    if known & set(demand.adcode.tolist()):
        return areas, ()
    told = Message("The boundaries of the register are left out: none of the demand lies in them.")
    return None, (told,)


def _hosts(sources: Sources, ledger: Ledger | None) -> Places | None:
    """Return the candidate hosts of the register, beside its own stations only."""
    return hosts_of(ledger.hosts()) if ledger is not None and sources.stations is None else None


def _left_out(count: int) -> tuple[Message, ...]:
    if not count:
        return ()
    told = Message(
        "{count} stations that say of themselves that they are made up are left out; --generated takes them in.",
        {"count": count},
    )
    return (told,)


def _said_of(taken: StationIntake) -> tuple[Message, ...]:
    """Return what a list says as a whole, and how many remarks there are on its rows."""
    whole = tuple(fault.message for fault in taken.faults if fault.row is None)
    proof = (taken.evidence.told(),) if taken.evidence is not None and taken.evidence.best else ()
    remarks = sum(fault.row is not None and fault.severity != Severity.ERROR for fault in taken.faults)
    counted = Message(
        "Remarks on rows of the list of stations: {count}. stationmap import --dry-run shows them.", {"count": remarks}
    )
    return (*whole, *proof, *((counted,) if remarks else ()))


def _refused_stations(taken: StationIntake, name: str) -> tuple[Refused, ...]:
    return tuple(
        Refused(name, fault.row, fault.column, fault.value, fault.message)
        for fault in taken.faults
        if fault.row is not None and fault.severity == Severity.ERROR
    )
