"""A census table joined to areas by their codes: what matched, what did not, and whether totals agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stationmap.errors import InvalidValue, Message
from stationmap.files.table import Table
from stationmap.geo.adcodes import ancestor_codes, cell_code, cell_text, likely_level
from stationmap.geo.areas import Area, AreaTree
from stationmap.planning.demand.demand import Demand
from stationmap.planning.demand.intake import Faults, Rejected, column_named, some_of, usual_column
from stationmap.planning.demand.places import inner_points
from stationmap.planning.demand.published import PROVINCES
from stationmap.planning.demand.table import Weights, amounts, lost_weights, no_row_counts, told_rejection, weights_of

CODE_NAMES = "adcode admincode 行政区代码 行政区划代码 区划代码 行政代码 区划码 代码 code pac gb"
NAME_NAMES = "name 名称 地区 区县 行政区 行政区划 地名"

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A row of the table whose code no loaded boundary has: its row number, code and name."""

    row: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a total is another than the published one; None where one side has none."""

    code: str
    name: str
    found: float | None
    published: float | None

    @property
    def by(self) -> float:
        """Return found less published; a side that is missing counts nothing."""
        return (self.found or 0.0) - (self.published or 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """A census table joined to areas.

    Attributes
    ----------
    demand : Demand
        The rows that matched, by row; ids and adcodes are the codes, ``cells`` the boundaries in WGS 84.
    unmatched : tuple of Unmatched
        Sound rows whose code no loaded boundary has: they count in the totals, but are nowhere.
    without_row : tuple of Area
        Areas with a boundary, of the levels that matched, for which the table has no row, nor one above or below.
    rejected : tuple of Rejected
        Rows that cannot count: faults of their numbers, codes that stand twice, sums of other rows.
    totals, matched, unplaced, lost : Mapping[str, float]
        By weight: over all sound rows, over those that matched, over those that did not, over rejected ones.
    by_province : Mapping[str, Mapping[str, float]]
        Weight -> code of the province -> sum over all sound rows, matched or not.
    notes : tuple of Message
        What a planner should know of it.
    """

    demand: Demand
    unmatched: tuple[Unmatched, ...]
    without_row: tuple[Area, ...]
    rejected: tuple[Rejected, ...]
    totals: Mapping[str, float]
    matched: Mapping[str, float]
    unplaced: Mapping[str, float]
    lost: Mapping[str, float]
    by_province: Mapping[str, Mapping[str, float]]
    notes: tuple[Message, ...]


def join(
    table: Table, areas: AreaTree, *, weights: Sequence[str], code_column: str = "", missing: str = "reject"
) -> Joined:
    """Return a table of codes and numbers joined to the boundaries of its areas.

    Parameters
    ----------
    table : Table
        One row an area. Rows that are sums of others in the table (a city above its counties) do not count.
    areas : AreaTree
        The boundaries.
    weights : sequence of str
        Columns of people, workers or jobs.
    code_column : str
        The column of codes; "" for that of a usual name.
    missing : str
        ``reject`` a row whose number is missing, or count it as ``zero``.

    Raises
    ------
    InvalidValue
        When a column is not there, no row can count, or no code has a boundary.
    """
    column = _code_column(table, code_column)
    faults = Faults(table.row_numbers)
    weighed = weights_of(table, weights, faults, missing=missing)
    codes = np.array([cell_code(cell) for cell in table.cells[column]], dtype=object)
    _reject_codes(codes, column, faults)
    if not faults.sound.any():
        raise no_row_counts(table, faults.all())
    drawn = {area.adcode: area for area in areas.areas if area.geometry is not None}
    here = faults.sound & np.array([code in drawn for code in codes.tolist()])
    if not here.any():
        raise InvalidValue(
            "No code of {file} ({codes} …) has a boundary among the {count} areas loaded. Load the boundaries of its "
            "areas, or name the column of codes.",
            file=table.source,
            codes=tuple(dict.fromkeys(codes[:5].tolist())),
            count=len(areas.areas),
        )
    unmatched = _unmatched(table, codes, np.flatnonzero(faults.sound & ~here))
    without = _without_row(drawn, codes[faults.sound].tolist(), codes[here].tolist())
    lost = lost_weights(weighed, ~faults.sound)
    unplaced = lost_weights(weighed, faults.sound & ~here)
    notes = (*weighed.notes, *_told(unmatched, unplaced, without), *told_rejection(faults, lost))
    return Joined(
        demand=_demand(codes[here], weighed, np.flatnonzero(here), drawn),
        unmatched=unmatched,
        without_row=without,
        rejected=faults.all(),
        totals=lost_weights(weighed, faults.sound),
        matched=lost_weights(weighed, here),
        unplaced=unplaced,
        lost=lost,
        by_province=by_province(codes[faults.sound], {k: v[faults.sound] for k, v in weighed.value.items()}),
        notes=notes,
    )


def by_province(codes: NDArray[np.object_], weights: Mapping[str, Floats]) -> Mapping[str, Mapping[str, float]]:
    """Return the sums of weights by province: the first two digits of each code, written as six."""
    keys = pd.Series([code[:2] + "0000" for code in codes.tolist()], dtype=object)
    sums = {name: pd.Series(value).groupby(keys).sum() for name, value in weights.items()}
    return MappingProxyType(
        {
            name: MappingProxyType({str(code): float(held) for code, held in found.items()})
            for name, found in sums.items()
        }
    )


def against_published(
    totals: Mapping[str, float], published: Mapping[str, float], names: Mapping[str, str] = PROVINCES
) -> list[Difference]:
    """Return where totals are others than the published ones, by code; none when all agree.

    Parameters
    ----------
    totals, published : Mapping[str, float]
        Code -> people, for example one of ``by_province`` and
        :data:`stationmap.planning.demand.published.CENSUS_2020`.
    names : Mapping[str, str]
        Code -> name.

    Examples
    --------
    >>> from stationmap.planning.demand.published import CENSUS_2020
    >>> [found.name for found in against_published({**CENSUS_2020, "410000": 99_365_518}, CENSUS_2020)]
    ['河南省']
    """
    codes = sorted({*totals, *published})
    return [
        Difference(code, names.get(code, ""), totals.get(code), published.get(code))
        for code in codes
        if totals.get(code) != published.get(code)
    ]


def told_differences(differences: Sequence[Difference], compared: int) -> Message:
    """Return how totals agree with published ones as a sentence, naming those that do not."""
    if not differences:
        return Message("All {count} totals agree with the published ones.", {"count": compared})
    told = tuple(f"{one.name or one.code} {one.by:+,.0f}" for one in differences)
    return Message(
        "{wrong} of {count} totals differ from the published ones: {differences}.",
        {"wrong": len(differences), "count": compared, "differences": told},
    )


def _code_column(table: Table, wanted: str) -> str:
    column = column_named(table.columns, wanted, table.source) if wanted else usual_column(table.columns, CODE_NAMES)
    if not column:
        raise InvalidValue(
            "{file} has no column of area codes; it has: {columns}. Name the one that holds them.",
            file=table.source,
            columns=table.columns,
        )
    return column


def _reject_codes(codes: NDArray[np.object_], column: str, faults: Faults) -> None:
    digits = np.array([code.isdecimal() and len(code) >= 6 for code in codes.tolist()])
    wrong = np.flatnonzero(~digits)
    faults.reject(
        wrong, column, codes[wrong], Message("{value} is no area code; codes have six digits (or nine, or twelve).")
    )
    again = np.flatnonzero(digits & pd.Series(codes).duplicated().to_numpy())
    faults.reject(
        again, column, codes[again], Message("The code {value} stands in an earlier row already; that one counts.")
    )
    above = {code for own in codes[faults.sound].tolist() for code in ancestor_codes(own)}
    sums = np.flatnonzero(faults.sound & np.array([code in above for code in codes.tolist()]))
    faults.reject(
        sums,
        column,
        codes[sums],
        Message("{value} stands above other rows of the table: with both, people would count twice."),
    )


def _unmatched(table: Table, codes: NDArray[np.object_], rows: Ints) -> tuple[Unmatched, ...]:
    column = usual_column(table.columns, NAME_NAMES)
    names = [cell_text(cell) for cell in table.cells[column]] if column else [""] * len(codes)
    return tuple(Unmatched(int(table.row_numbers[row]), codes[row], names[row]) for row in rows.tolist())


def _without_row(drawn: Mapping[str, Area], sound: Sequence[str], matched: Sequence[str]) -> tuple[Area, ...]:
    levels = {drawn[code].level or likely_level(code) for code in matched}
    known = set(sound)
    above = {code for own in sound for code in ancestor_codes(own)}
    return tuple(
        area
        for code, area in drawn.items()
        if (area.level or likely_level(code)) in levels
        and code not in known
        and code not in above
        and not known.intersection(ancestor_codes(code))
    )


def _demand(codes: NDArray[np.object_], weighed: Weights, rows: Ints, drawn: Mapping[str, Area]) -> Demand:
    shapes = np.array([drawn[code].geometry for code in codes.tolist()], dtype=object)
    inner = inner_points(shapes)
    weights = MappingProxyType({name: value[rows] for name, value in weighed.value.items()})
    return Demand(codes.copy(), inner[:, 0], inner[:, 1], weights, codes.copy(), shapes)


def _told(unmatched: Sequence[Unmatched], unplaced: Mapping[str, float], without: Sequence[Area]) -> list[Message]:
    told = []
    if unmatched:
        values = {
            "count": len(unmatched),
            "codes": some_of([f"{one.code} {one.name}".strip() for one in unmatched]),
            "weights": amounts(unplaced),
        }
        told.append(
            Message(
                "{count} codes have no boundary among the areas loaded and lie nowhere: {codes}; {weights}.", values
            )
        )
    if without:
        values = {"count": len(without), "areas": some_of([f"{area.adcode} {area.name}" for area in without])}
        told.append(Message("{count} areas have a boundary, but no row in the table: {areas}.", values))
    return told
