"""A run over demand that does not fit into memory: streamed from GeoParquet, totals and areas exact and alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from stationmap.errors import InvalidValue, Message
from stationmap.hours.calendar import china
from stationmap.planning.coverage.areas import AreaTable
from stationmap.planning.coverage.shares import Total
from stationmap.planning.demand.trades import presence, trade_of
from stationmap.planning.moments import DayHour, WeekHour
from stationmap.planning.question import Question, standing
from stationmap.planning.scale.partitions import opened
from stationmap.planning.scale.run import cover
from stationmap.planning.scale.survey import asked
from stationmap.planning.scale.table import area_table, totals
from stationmap.register.ledger import Ledger
from stationmap.runs.files import Refused, Sources, areas_of, supply_from
from stationmap.runs.inputs import file_told
from stationmap.runs.spec import Spec


@dataclass(frozen=True, slots=True, eq=False)
class Streamed:
    """What a streamed run found.

    Attributes
    ----------
    question : Question
        What was asked.
    weight : str
        Of which weight.
    totals : tuple of Total
        One a reach, rising.
    by_area : AreaTable or None
        The same by area; None without boundaries.
    told : Mapping
        Versions of the inputs, as JSON values.
    notes : tuple of Message
        What was noticed, and what a streamed run does not say.
    refused : tuple of Refused
        Rows of the list of stations that do not count.
    """

    question: Question
    weight: str
    totals: tuple[Total, ...]
    by_area: AreaTable | None
    told: Mapping[str, Any]
    notes: tuple[Message, ...]
    refused: tuple[Refused, ...]


def stream(
    sources: Sources,
    spec: Spec,
    ledger: Ledger | None,
    *,
    engine: str,
    kept: Path | None = None,
    progress: Callable[[int, int], object] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Streamed:
    """Carry a run out block by block.

    Parameters
    ----------
    sources : Sources
        Where the inputs come from; the demand is a Parquet file or a folder of such.
    spec : Spec
        What is asked; by air.
    ledger : Ledger or None
        The register, None when there is none.
    engine, kept, progress, cancelled
        As :func:`stationmap.planning.scale.run.cover` takes them.

    Raises
    ------
    StationmapError
        As :func:`stationmap.runs.files.gather` and :func:`stationmap.planning.scale.run.cover` say.
    """
    if not sources.demand:
        raise InvalidValue("A streamed run needs a Parquet file of demand, or a folder of such: --demand FILE.")
    areas, order = areas_of(sources, ledger)
    stations = supply_from(sources, ledger, areas)
    calendar = china(ledger.gazetteer.calendar_days()) if ledger is not None else china()
    question = Question(frozenset(spec.kinds), frozenset(spec.needs), spec.time)
    demand = opened(Path(sources.demand), weights=sources.weights, datum=sources.demand_datum)
    weight, supply = demand.weights[0], stations.thing
    survey = asked(
        supply.lon,
        supply.lat,
        standing(supply, question, calendar),
        reaches_m=spec.reaches_m,
        weights=demand.weights,
        places=areas,
    )
    found = cover(demand, survey, engine=engine, progress=progress, cancelled=cancelled, kept=kept)
    part, hours = _there(weight, sources.hours, spec)
    table = area_table(found.tally, weight, areas) if areas is not None else None
    told = {"demand_file": {Path(path).name: digest for path, digest in found.inputs.items()}, "stations": len(supply)}
    return Streamed(
        question,
        weight,
        tuple(_part(total, part) for total in totals(found.tally, weight)),
        None if table is None else _area_part(table.ordered(order) if order else table, part),
        MappingProxyType(dict(stations.told) | told | file_told("areas_files", sources.areas)),
        (*stations.notes, *found.notes, *hours, _ALONE),
        stations.refused,
    )


_ALONE = Message(
    "The demand was streamed: totals and areas are exact; gaps, hours, curves and equity need a part of it that fits"
    " into memory (--engine memory)."
)


def _there(weight: str, hours: Mapping[str, str], spec: Spec) -> tuple[float, tuple[Message, ...]]:
    """Return which part of a weight is there at the time that is asked, and the hours that were taken."""
    trade = trade_of(weight)
    text = hours.get(weight, trade.hours if trade is not None else "")
    if not text or spec.time is None:
        return 1.0, ()
    at = spec.time.hour if isinstance(spec.time, WeekHour) else _hour_of(spec.time)
    told = Message("{weight} are there {hours}.", {"weight": weight, "hours": text})
    return float(presence(text)[at]), (told,)


def _hour_of(time: DayHour) -> int:
    return 24 * time.day.weekday() + time.hour


def _part(total: Total, part: float) -> Total:
    return Total(total.reach_m, total.lower * part, total.upper * part, total.demand * part)


def _area_part(table: AreaTable, part: float) -> AreaTable:
    return replace(
        table,
        demand=table.demand * part,
        own=table.own * part,
        lower=table.lower * part,
        upper=table.upper * part,
        elsewhere=tuple(_part(total, part) for total in table.elsewhere),
    )
