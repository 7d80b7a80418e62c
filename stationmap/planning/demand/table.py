"""Demand out of a table: rows with a place and weights, everything that is wrong with it said at once.

A row that cannot count is listed with all its faults, never dropped in silence; what the rejected rows would have
counted stands beside the totals.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from stationmap.errors import InvalidValue, Message, UnusableInput
from stationmap.files.table import Table
from stationmap.geo.adcodes import cell_code, cell_text
from stationmap.geo.areas import AreaTree
from stationmap.geo.datum import canonical
from stationmap.planning.demand.datum import settle
from stationmap.planning.demand.demand import ONE, Demand
from stationmap.planning.demand.intake import Faults, Intake, Rejected, column_named, usual_column
from stationmap.planning.demand.numbers import Read, numbers
from stationmap.planning.demand.places import found, in_wgs84

ID_NAMES = "id 编号 序号 fid objectid cellid 网格编号 格网编号 gridid uid"
CODE_NAMES = "adcode admincode 行政区代码 行政区划代码 区划代码 行政代码 区划码 pac"
AREA_NAMES = "district 区县 所属区 行政区 所在区 区 county 县区 adname"

MISSING = ("reject", "zero")
"""What may be done with a row whose weight is missing."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Columns of numbers as weights: sound values, and NaN or less than 0 where a row has a fault.

    ``notes`` say how much was missing or written as text.
    """

    value: Mapping[str, Floats]
    notes: tuple[Message, ...]


def from_table(
    table: Table,
    *,
    datum: str | None,
    weights: Sequence[str] = (),
    id_column: str = "",
    lon_column: str = "",
    lat_column: str = "",
    areas: AreaTree | None = None,
    missing: str = "reject",
) -> Intake:
    """Return the demand of a table or layer.

    Parameters
    ----------
    table : Table
        As it was read: points, polygons (the cells), or columns of coordinates.
    datum : str, optional
        In which system its coordinates are; None to take what the file declares or the boundaries prove.
    weights : sequence of str
        Columns of people, workers or jobs; without any, every row counts one.
    id_column, lon_column, lat_column : str
        Columns named by the user; "" for those of usual names. Without ids the row numbers are taken.
    areas : AreaTree, optional
        Boundaries: they give each row the code of the area that it lies in, and are evidence on the datum.
    missing : str
        ``reject`` a row whose weight is missing, or count it as ``zero``.

    Returns
    -------
    Intake
        Rows in the order of the table.

    Raises
    ------
    InvalidValue
        When a named column is not there, coordinates are in metres without a system, or no row can count.
    RefusedImport
        When the datum is neither stated nor declared nor proved.
    UnusableInput
        When the table is empty, has no places, or holds lines.
    """
    _refuse_empty(table)
    faults = Faults(table.row_numbers)
    weighed = weights_of(table, weights, faults, missing=missing)
    said = canonical(datum) if datum else ""
    places = found(table, faults, lon=lon_column, lat=lat_column, datum=said)
    settled, notes = settle(
        places.x,
        places.y,
        stated=said,
        declared="" if places.columns else table.crs,
        source=table.source,
        areas=areas,
        names=_area_names(table),
        hint=places.hint,
    )
    lon, lat, shapes = in_wgs84(places, settled, faults)
    ids = _ids(table, id_column, faults)
    kept = np.flatnonzero(faults.sound)
    if not len(kept):
        raise no_row_counts(table, faults.all())
    demand = Demand(
        ids=ids[kept],
        lon=lon[kept],
        lat=lat[kept],
        weights=MappingProxyType({name: value[kept] for name, value in weighed.value.items()}),
        adcode=_adcodes(table, areas, lon[kept], lat[kept], kept),
        cells=None if shapes is None else shapes[kept],
    )
    lost = lost_weights(weighed, ~faults.sound)
    told = (
        *notes,
        *weighed.notes,
        *_empty(demand),
        *_repeated(demand),
        *told_outside(demand, areas),
        *told_rejection(faults, lost),
    )
    totals = MappingProxyType({name: demand.total(name) for name in demand.weights})
    return Intake(demand, told, faults.all(), len(table.cells), totals, lost, table.source, table.sha256)


def weights_of(table: Table, columns: Sequence[str], faults: Faults, *, missing: str = "reject") -> Weights:
    """Return columns of a table as weights; rows with a fault are rejected.

    Raises
    ------
    InvalidValue
        When there is no such column, one is named twice, or ``missing`` is none of :data:`MISSING`.
    """
    if missing not in MISSING:
        raise InvalidValue(
            "Rows without a number can be left out or counted as zero: {known}, not {value}.",
            known=MISSING,
            value=repr(missing),
        )
    if not columns or (tuple(columns) == (ONE,) and ONE not in table.columns):
        return Weights(MappingProxyType({ONE: np.ones(len(table.cells))}), ())
    value: dict[str, Floats] = {}
    notes: list[Message] = []
    for wanted in columns:
        name = column_named(table.columns, wanted, table.source)
        if name in value:
            raise InvalidValue("The weight {name} is asked for twice.", name=repr(name))
        value[name], told = _weight(table, name, faults, missing)
        notes += told
    return Weights(MappingProxyType(value), tuple(notes))


def lost_weights(weights: Weights, rows: NDArray[np.bool_]) -> Mapping[str, float]:
    """Return the sums of weights over some rows, as far as they are numbers of 0 or more."""
    sums = {name: float(value[rows & (value >= 0)].sum()) for name, value in weights.value.items()}
    return MappingProxyType(sums)


def no_row_counts(table: Table, rejected: Sequence[Rejected]) -> InvalidValue:
    """Return the fault of a table of which every row is rejected."""
    first = rejected[0]
    return InvalidValue(
        "None of the {count} rows of {file} can count. Row {row}, {column}: {reason}",
        count=len(table.cells),
        file=table.source,
        row=first.row,
        column=first.column or "-",
        reason=first.reason,
    )


def told_rejection(faults: Faults, lost: Mapping[str, float]) -> list[Message]:
    """Return how many rows do not count, and what they hold, as a sentence; none when all count."""
    count = int((~faults.sound).sum())
    values = {"count": count, "weights": amounts(lost)}
    if not count:
        return []
    return [
        Message(
            "{count} rows do not count; each is listed with what is wrong. As far as they have numbers, they hold "
            "{weights}.",
            values,
        )
    ]


def amounts(values: Mapping[str, float]) -> tuple[str, ...]:
    """Return sums of weights as they are told: thousands apart, at most two decimals."""
    return tuple(f"{name} {value:,.2f}".removesuffix(".00") for name, value in values.items())


def _refuse_empty(table: Table) -> None:
    if not len(table.cells):
        raise UnusableInput("{file} has no rows: there is no demand in it.", file=table.source)


def _weight(table: Table, name: str, faults: Faults, missing: str) -> tuple[Floats, list[Message]]:
    cells, read = table.cells[name].to_numpy(), numbers(table.cells[name].tolist())
    value = read.value
    notes: list[Message] = []
    empty = np.flatnonzero(read.read == Read.MISSING)
    values = {"column": name, "count": len(empty)}
    if len(empty) == len(cells):
        raise InvalidValue("The column {column} of {file} holds no number.", column=repr(name), file=table.source)
    if len(empty) and missing == "zero":
        value = np.where(read.read == Read.MISSING, 0.0, value)
        notes.append(Message("{column} is missing in {count} rows; it was counted as 0, as you said.", values))
    elif len(empty):
        faults.reject(empty, name, cells[empty], Message("It has no number; unknown is not zero."))
        notes.append(
            Message(
                "{column} is missing in {count} rows; they do not count. Say so if it means 0: --missing zero.", values
            )
        )
    strange = np.flatnonzero(read.read == Read.NO_NUMBER)
    faults.reject(strange, name, cells[strange], Message("{value} is no number; write digits such as 1234 or 1,234.5."))
    below = np.flatnonzero(value < 0)
    faults.reject(below, name, cells[below], Message("{value} is less than 0; people and jobs are counted from 0 up."))
    if read.texts:
        values = {"column": name, "count": read.texts}
        notes.append(
            Message("{column}: {count} numbers stand as text with blanks or separators; they were read.", values)
        )
    return value, notes


def _area_names(table: Table) -> list[str] | None:
    """Return the code or name of the area that each row names, None when there is no such column."""
    column = usual_column(table.columns, CODE_NAMES) or usual_column(table.columns, AREA_NAMES)
    return [cell_code(cell) for cell in table.cells[column]] if column else None


def _adcodes(
    table: Table, areas: AreaTree | None, lon: Floats, lat: Floats, kept: NDArray[np.int64]
) -> NDArray[np.object_]:
    if areas is not None:
        return areas.locate(lon, lat).astype(object)
    column = usual_column(table.columns, CODE_NAMES)
    if not column:
        return np.full(len(kept), "", dtype=object)
    return np.array([cell_code(cell) for cell in table.cells[column].to_numpy()[kept]], dtype=object)


def _ids(table: Table, wanted: str, faults: Faults) -> NDArray[np.object_]:
    column = column_named(table.columns, wanted, table.source) if wanted else usual_column(table.columns, ID_NAMES)
    if not column:
        return np.array([str(number) for number in table.row_numbers.tolist()], dtype=object)
    ids = pd.Series([cell_text(cell) for cell in table.cells[column]], dtype=object)
    empty = np.flatnonzero(ids == "")
    faults.reject(
        empty, column, [""] * len(empty), Message("It has no id. Give each row its own, or leave the column out.")
    )
    again = np.flatnonzero(ids.duplicated() & (ids != ""))
    faults.reject(
        again,
        column,
        ids.to_numpy()[again],
        Message("The id {value} stands in an earlier row already; that one counts."),
    )
    return ids.to_numpy(dtype=object)


def _empty(demand: Demand) -> list[Message]:
    nothing = tuple(name for name in demand.weights if demand.total(name) == 0.0)
    return [Message("The total of {weights} is 0: nobody is counted by it.", {"weights": nothing})] if nothing else []


def _repeated(demand: Demand) -> list[Message]:
    """Tell which rows have exactly the place or the cell of an earlier one: their people count twice."""
    shaped = demand.cells is not None
    keys = shapely.to_wkb(shapely.normalize(demand.cells)) if demand.cells is not None else None
    places = pd.DataFrame({"lon": demand.lon, "lat": demand.lat, "cell": keys})
    again = places.duplicated().to_numpy()
    if not again.any():
        return []
    twice = {name: float(value[again].sum()) for name, value in demand.weights.items()}
    same = places.assign(**{f"weight {name}": value for name, value in demand.weights.items()}).duplicated().to_numpy()
    values = {"count": int(again.sum()), "same": int(same.sum()), "weights": amounts(twice)}
    return [
        Message(
            "{count} rows have exactly the cell of an earlier row ({same} of them its numbers too). They were counted; "
            "if a cell came in twice, so much is counted twice: {weights}.",
            values,
        )
        if shaped
        else Message(
            "{count} rows have exactly the coordinates of an earlier row ({same} of them its numbers too). They were "
            "counted; if a place came in twice, so much is counted twice: {weights}.",
            values,
        )
    ]


def told_outside(demand: Demand, areas: AreaTree | None) -> list[Message]:
    """Return how much demand lies in no area that is loaded, as a sentence; none without areas or when all does."""
    outside = demand.adcode == ""
    if areas is None or not outside.any():
        return []
    sums = {name: float(value[outside].sum()) for name, value in demand.weights.items()}
    values = {"count": int(outside.sum()), "weights": amounts(sums)}
    return [Message("{count} rows lie in no area that is loaded; they count, but in no area: {weights}.", values)]
