"""Equity on real people: Porto Alegre's hexagons and the counties of the census of 2020."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from access import fca
from access.weights import step_fn

from stationmap.planning.catchment.decay import Zones
from stationmap.planning.catchment.fca import two_step
from stationmap.planning.demand.demand import Demand
from stationmap.planning.equity.groups import Asked, by_area, by_label
from stationmap.planning.pairs import by_air

pytestmark = pytest.mark.real


def test_porto_alegre_shares_its_schools(real_data: Path) -> None:
    """The supply of the schools is spread over the people around them and nothing of it is lost; the peer agrees.

    Gini is the mean difference of all pairs of people over twice the mean; the people have all the supply.
    """
    folder = real_data / "osm_population_r5r" / "poa"
    cells = pd.read_csv(folder / "poa_hexgrid.csv")
    schools = cells[cells["schools"] > 0]
    pairs = by_air(cells["lon"], cells["lat"], schools["lon"], schools["lat"], 2000.0)
    people, room = cells["population"].to_numpy(float), schools["schools"].to_numpy(float)
    found = two_step(pairs, people, room, Zones((500.0, 1000.0, 2000.0)))
    assert not found.idle.any()
    assert found.given == pytest.approx(float(room.sum()), rel=1e-12)
    assert found.unreached_demand == people[~found.reached].sum() < 0.1 * found.demand
    peer = _peer(pairs.rows(), pairs.station, pairs.distance_m, people, room)
    assert found.score[peer.index] == pytest.approx(peer.to_numpy(), rel=1e-12)
    (row,) = by_label(found.score, people, np.full(len(people), "poa"), asked=Asked(standard=0.0002)).rows
    assert row.mean == pytest.approx(room.sum() / people.sum(), rel=1e-12)
    assert row.unserved == found.unreached_demand
    apart = np.abs(found.score[:, None] - found.score[None, :])
    assert row.gini == pytest.approx(people @ apart @ people / (2 * people.sum() * room.sum()), rel=1e-10)


def _peer(rows: np.ndarray, station: np.ndarray, metres: np.ndarray, people: np.ndarray, room: np.ndarray) -> pd.Series:
    demand = pd.DataFrame({"geoid": np.arange(len(people)), "demand": people}).set_index("geoid")
    supply = pd.DataFrame({"geoid": np.arange(len(room)), "supply": room}).set_index("geoid")
    cost = pd.DataFrame({"origin": rows, "dest": station.astype(np.int64), "cost": metres})
    zones = step_fn({500.0: 1.0, 1000.0: 0.68, 2000.0: 0.22})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return fca.two_stage_fca(demand, supply, cost, max_cost=2000.0, weight_fn=zones)


def test_provinces_of_the_census_hold_their_counties(real_data: Path) -> None:
    """The people of the counties, summed by province, are the published figures; Theil's T splits over them."""
    folder = real_data / "china_county_census2020" / "input"
    people = pd.read_csv(folder / "population.csv", dtype={"CODE": str}).dropna(subset=["POPU"])
    workers = pd.read_csv(folder / "employment.csv", dtype={"CODE": str}).drop_duplicates("CODE")
    table = people.merge(workers[["CODE", "EMPL_INDU_TRMA"]], on="CODE")
    table["part"] = pd.to_numeric(table["EMPL_INDU_TRMA"], errors="coerce")
    table = table.dropna(subset=["part"]).drop_duplicates("CODE")
    demand = Demand(
        ids=table["CODE"].to_numpy(object),
        lon=np.full(len(table), 105.0),
        lat=np.full(len(table), 35.0),
        weights={"people": table["POPU"].to_numpy(float)},
        adcode=table["CODE"].to_numpy(object),
    )
    found = by_area(demand, table["part"].to_numpy(), "province", weight="people")
    counted = {row.label: row.people for row in found.rows}
    assert len(counted) == 31
    assert counted["110000"] == 21_893_095
    assert counted["410000"] == 99_365_519
    assert sum(counted.values()) == found.whole.people == demand.total("people")
    assert found.theil.within + found.theil.between == pytest.approx(found.whole.theil_t, rel=1e-12)
    assert found.theil.within > found.theil.between > 0
