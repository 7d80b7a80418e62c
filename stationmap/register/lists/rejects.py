"""The rejected rows as a file that a clerk can mend and send back."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pandas as pd

from stationmap.catalogue import tell
from stationmap.files.table import Table
from stationmap.register.lists.columns import REJECTED_REASON, REJECTED_ROW
from stationmap.schema.faults import Fault, Severity


def rejects(table: Table, rejected: Sequence[int], faults: Sequence[Fault], lang: str) -> pd.DataFrame:
    """Return the rejected rows as they were read, behind their row numbers and all that is wrong with them.

    The two columns are ignored when the file comes in again; those of an earlier round are replaced.

    Parameters
    ----------
    table : Table
        As it was read.
    rejected : sequence of int
        Positions of the rejected rows in the table.
    faults : sequence of Fault
        Those of severity error are told.
    lang : str
        ``zh`` or ``en``.

    Returns
    -------
    pandas.DataFrame
        A GeoDataFrame in the declared system when the table has shapes.
    """
    reasons: dict[int | None, list[str]] = defaultdict(list)
    for fault in faults:
        if fault.severity is Severity.ERROR:
            said = tell(fault.message, lang)
            reasons[fault.row].append(f"{fault.column}: {said}" if fault.column else said)
    positions = np.asarray(rejected, dtype=np.int64)
    numbers = np.asarray(table.row_numbers)[positions]
    row, reason = tell(REJECTED_ROW, lang), tell(REJECTED_REASON, lang)
    rows = table.cells.iloc[positions].reset_index(drop=True).drop(columns=[row, reason], errors="ignore")
    rows.insert(0, row, numbers)
    rows.insert(1, reason, ["; ".join(reasons[number]) for number in numbers.tolist()])
    if table.geometry is None:
        return rows
    from geopandas import GeoDataFrame  # slow to import, and seldom needed

    layer: pd.DataFrame = GeoDataFrame(rows, geometry=table.geometry[positions], crs=table.crs or None)
    return layer
