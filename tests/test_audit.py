"""The audit: each finding on a small register where the answer is known."""

from datetime import date
from pathlib import Path

import pytest
import shapely

from stationmap.geo.areas import Area
from stationmap.register.audit import audit
from stationmap.register.ledger import Ledger
from stationmap.schema.records import Basis, Hours, Location, Provenance, Station


def station(number: int, lon: float | None = 116.4, **facts: object) -> Station:
    location = None if lon is None else Location(lon, 39.9, lon, 39.9, "wgs84")
    return Station(id=f"S{number:09d}", name=f"驿站{number}", location=location, **facts)  # type: ignore[arg-type]


READ = Hours(text="8:00-20:00", osm="08:00-20:00")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    ledger = Ledger.open(tmp_path / "audit.sqlite")
    ledger.put(
        [
            station(1, hours=READ, confirmed_on=date(2026, 11, 1), area_name="东城区"),
            station(2, lon=None, hours=READ, confirmed_on=date(2026, 11, 1)),
            station(
                3, lon=116.5, hours=Hours(text="随缘", unread=("随缘",), uncertain=True), confirmed_on=date(2024, 1, 1)
            ),
            station(4, lon=116.6, hours=Hours(text="8-20", osm="08:00-20:00", provenance=Provenance(Basis.INFERRED))),
            station(5, lon=116.7, hours=READ, provenance=Provenance(Basis.GENERATED), confirmed_on=date(2026, 11, 1)),
            station(6, lon=117.9, hours=READ, area_name="东城区", confirmed_on=date(2026, 11, 1)),
        ],
        actor="test",
        reason="test",
    )
    ledger.gazetteer.put_areas(
        [Area("110101", "东城区", "district", "", shapely.box(116.3, 39.8, 116.45, 40.0))], actor="test", reason="test"
    )
    return ledger


def test_each_finding_names_its_records(ledger: Ledger) -> None:
    found = {f.code: [identity[-1] for identity, _ in f.examples] for f in audit(ledger, today=date(2026, 11, 20))}
    assert found.pop("calendar") == []
    assert found == {
        "unlocated": ["2"],
        "hours_unread": ["3"],
        "hours_unknown": ["4"],
        "stale": ["3"],
        "unchecked": ["4"],
        "generated": ["5"],
        "outside_area": ["6"],
    }


def test_a_calendar_known_for_long_is_no_finding(ledger: Ledger) -> None:
    assert "calendar" not in {f.code for f in audit(ledger, today=date(2026, 6, 1))}


def test_two_at_one_place_and_two_of_one_name(ledger: Ledger) -> None:
    twin = Station(
        id="S000000007", name="驿站1", area_name="东城区", location=Location(116.4, 39.9, 116.4, 39.9, "wgs84")
    )
    ledger.put([twin], actor="test", reason="test")
    counts = {f.code: f.count for f in audit(ledger, today=date(2026, 6, 1))}
    assert counts["same_place"] == counts["same_name"] == 2


def test_an_empty_ledger_has_nothing_to_look_after(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "empty.sqlite") as ledger:
        assert audit(ledger, today=date(2026, 6, 1)) == []
