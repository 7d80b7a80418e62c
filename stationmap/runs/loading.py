"""Demand on its way into the register: read, checked, given its hours, kept."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from stationmap.errors import Message
from stationmap.geo.areas import AreaTree
from stationmap.planning.demand.intake import Intake
from stationmap.planning.demand.read import read
from stationmap.planning.demand.stored import to_parquet
from stationmap.planning.demand.trades import default_hours, with_hours
from stationmap.register.history import Written
from stationmap.register.ledger import Ledger

SAMPLE_NAME = "云渡市（示例）"
SAMPLE_FILE = "demand.csv"
_SAMPLE_WEIGHTS = ("population", "couriers", "sanitation", "drivers", "construction")


def load_demand(
    ledger: Ledger,
    path: Path,
    *,
    name: str,
    actor: str,
    datum: str | None = None,
    weights: Sequence[str] = (),
    hours: Mapping[str, str] | None = None,
    layer: str | None = None,
    missing: str = "reject",
    nodata: float | None = None,
    by: int = 1,
    fictional: bool = False,
) -> tuple[Intake, Written, Mapping[str, str]]:
    """Read demand and keep it in a register.

    Parameters
    ----------
    ledger : Ledger
        Where it is kept; its boundaries give each place its area, and are evidence on the datum.
    path : Path
        Any table, layer or GeoTIFF.
    name : str
        What it is kept under.
    actor : str
        Who does it.
    hours : Mapping[str, str], optional
        Weight to the hours at which it is there; those that are named after a trade and not given take its default.
    datum, weights, layer, missing, nodata, by
        As :func:`stationmap.planning.demand.read.read` takes them.
    fictional : bool
        Whether it is that of the sample city.

    Returns
    -------
    intake : Intake
        What became of the rows.
    written : Written
        What the register did.
    hours : Mapping[str, str]
        The hours that were taken.
    """
    areas = ledger.gazetteer.areas()
    intake = read(
        path,
        datum=datum,
        weights=weights,
        areas=AreaTree(areas) if areas else None,
        layer=layer,
        missing=missing,
        nodata=nodata,
        by=by,
    )
    taken = {**default_hours(intake.demand), **(hours or {})}
    demand = with_hours(intake.demand, taken)
    written = ledger.demands.put(
        name,
        to_parquet(demand),
        rows=len(demand),
        weights=intake.totals,
        actor=actor,
        source=intake.source or path.name,
        fictional=fictional,
    )
    return intake, written, taken


def load_sample_demand(ledger: Ledger, folder: Path) -> int:
    """Put the demand of the sample city into a register that has the rest of it; return how many places."""
    path = folder / SAMPLE_FILE
    intake, _, _ = load_demand(
        ledger, path, name=SAMPLE_NAME, actor="stationmap", datum="wgs84", weights=_SAMPLE_WEIGHTS, fictional=True
    )
    return len(intake.demand)


def told_hours(hours: Mapping[str, str]) -> tuple[Message, ...]:
    """Return the hours at which weights are there, a sentence each."""
    return tuple(
        Message("{weight} are there {hours}.", {"weight": weight, "hours": text or Message("always")})
        for weight, text in hours.items()
    )
