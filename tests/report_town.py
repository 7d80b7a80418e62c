"""Runs for the tests of reports: the town of 5 x 5 blocks, and the fictional sample city."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from stationmap.errors import Message
from stationmap.hours.calendar import china
from stationmap.planning.gaps.places import Places
from stationmap.register.ledger import Ledger
from stationmap.register.sample import load_sample, sample_folder
from stationmap.runs.carry import Carried, carry
from stationmap.runs.inputs import Inputs
from stationmap.runs.loading import load_sample_demand
from stationmap.runs.spec import Spec
from tests.planning_town import town_areas, town_demand, town_supply

NOON = {"need": ["microwave"], "week_hour": 60, "reach_m": [310, 610]}
"""Wednesday at noon: within 310 m, 35 of 325 people for certain (A), 130 with what is not known (D)."""


def town_inputs(*, areas: bool = True, cells: bool = True, hosts: Places | None = None) -> Inputs:
    """Return the inputs of the town."""
    demand = town_demand()
    if not cells:
        demand = type(demand)(demand.ids, demand.lon, demand.lat, demand.weights, demand.adcode, None, demand.hourly)
    told = MappingProxyType({"revision": 7, "demand": "town", "demand_sha256": "ab" * 32})
    notes = (Message("There is no located station."),)
    return Inputs(demand, town_supply(), town_areas() if areas else None, hosts, china(), None, told, notes)


def town_run(inputs: Inputs | None = None, **asked: Any) -> Carried:
    """Return a run of the town, by default on Wednesday at noon with a microwave."""
    values: Mapping[str, Any] = {"demand": "town", "weight": "people", **(asked or NOON)}
    return carry(inputs or town_inputs(), Spec.of(values))


def sample_register(path: Path) -> Path:
    """Make a register of the sample city with its demand."""
    with Ledger.open(path) as ledger:
        load_sample(ledger)
        load_sample_demand(ledger, sample_folder())
    return path
