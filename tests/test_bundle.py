"""The stations around a place, packed: what is in, how small it is, and that nothing is lost on the way."""

import csv
import gzip
import json
import random
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from stationmap.finder import bundle
from stationmap.finder.names.entries import STREET, Entry
from stationmap.finder.snapshot import Snapshot
from stationmap.geo.datum import gcj02_to_wgs84
from stationmap.hours.calendar import china
from stationmap.hours.opening import State
from stationmap.register.ledger import Ledger
from stationmap.web.app import Settings, create_app
from tests.browser import town
from tests.finder_tables import tables

NOON = datetime(2026, 10, 9, 4, 0, tzinfo=UTC)
HOURS = ("24/7", "08:00-20:00", "Mo-Fr 08:30-17:30; PH off", "20:00-06:00", "Sa,Su unknown", "")


def snapshot(count: int = 6, **first: Any) -> Snapshot:
    rows = [
        {"lon": 113.7 + i * 0.01, "lat": 34.8, "hours_osm": HOURS[i % len(HOURS)], "name": f"站{i}"}
        for i in range(count)
    ]
    return Snapshot.build(tables([rows[0] | first, *rows[1:]]), china())


def windows(packed: dict[str, Any], schedule: int) -> list[tuple[datetime, datetime, State]]:
    """Return the windows of a packed schedule as instants."""
    base = datetime.fromisoformat(packed["base"])
    told, at = [], packed["from_min"]
    _, *turns = packed["schedules"][schedule]
    for gap, length in zip(turns[::2], turns[1::2], strict=True):
        start, at = at + gap, at + gap + abs(length)
        state = State.UNKNOWN if length < 0 else State.OPEN
        told.append((base + timedelta(minutes=start), base + timedelta(minutes=at), state))
    return told


def test_the_windows_are_those_of_the_timetable() -> None:
    made = snapshot()
    packed = bundle.pack(made, 113.7, 34.8, NOON)
    stations = packed["stations"]
    assert stations["id"] == sorted(made.ids)
    for row, station in enumerate(stations["id"]):
        schedule = int(made.schedule[made.ids.index(station)])
        first = datetime.fromisoformat(packed["base"])
        last = first + timedelta(minutes=packed["until_min"])
        truth = [
            (max(each.start, first), min(each.end, last), each.state)
            for each in made.timetable.intervals(schedule, date(2026, 10, 7), 22)
            if each.end > first and each.start < last
        ]
        assert windows(packed, stations["schedule"][row]) == truth


def test_at_least_fourteen_days_after_any_instant_of_the_day_are_in() -> None:
    for hour in (0, 23):
        packed = bundle.pack(snapshot(), 113.7, 34.8, NOON.replace(hour=hour, minute=59))
        last = datetime.fromisoformat(packed["base"]) + timedelta(minutes=packed["until_min"])
        assert last >= datetime(2026, 10, 10, tzinfo=UTC) + timedelta(days=14)


def test_places_are_told_to_a_tenth_of_a_millimetre_and_round_ones_exactly() -> None:
    packed = bundle.pack(snapshot(1, lon=113.712345678912345, lat=34.8), 113.66, 34.84, NOON)
    assert packed["centre"] == [113.7, 34.8]
    assert packed["stations"]["east"] == [12_345_679]
    assert packed["stations"]["north"] == [0]


def test_what_is_far_is_left_out_and_how_far_all_is_in_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    far = snapshot(4, lon=120.0)
    packed = bundle.pack(far, 113.7, 34.8, NOON)
    assert len(packed["stations"]["id"]) == 3
    assert packed["reach_m"] == bundle.REACH_M
    assert bundle.pack(snapshot(), 113.7, 34.8, NOON)["reach_m"] is None
    monkeypatch.setattr(bundle, "MOST", 2)
    cut = bundle.pack(snapshot(), 113.7, 34.8, NOON)
    assert len(cut["stations"]["id"]) == 2
    assert cut["reach_m"] == pytest.approx(1831, abs=2)  # the third stands two hundredths of a degree east


def test_streets_near_are_in_to_a_metre_the_nearest_first_to_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    streets = [
        Entry(STREET, "b", "枫溪巷", "郑州市", lon=113.712345678, lat=34.8),
        Entry(STREET, "a", "中山路", "郑州市", lon=113.8, lat=34.7),
        Entry(STREET, "c", "远路", "上海市", lon=121.5, lat=31.2),
        Entry(STREET, "d", "无处路"),
    ]
    packed = bundle.pack(snapshot(), 113.7, 34.8, NOON, streets)
    assert packed["names"] == {
        "name": ["中山路", "枫溪巷"],
        "kind": {"values": ["street"], "at": [0, 0]},
        "detail": {"values": ["郑州市"], "at": [0, 0]},
        "east": [10_000, 1_235],
        "north": [-10_000, 0],
    }
    assert "枫" in packed["readings"]["feng"]
    monkeypatch.setattr(bundle, "MOST_NAMES", 1)
    assert bundle.pack(snapshot(), 113.7, 34.8, NOON, streets)["names"]["name"] == ["枫溪巷"]


def test_an_empty_register_makes_an_empty_bundle() -> None:
    packed = bundle.pack(Snapshot.build(tables([]), china()), 113.7, 34.8, NOON)
    assert packed["stations"]["id"] == []
    assert packed["reach_m"] is None


def test_why_something_is_unknown_is_told_in_every_language() -> None:
    packed = bundle.pack(snapshot(1, hours_osm="Mo-Fr 08:00-18:00; Sa off"), 113.7, 34.8, NOON)
    told = [packed["reasons"]["en"][reason] for _, reason in packed["why"][0]]
    assert any("2026-10-10 is a make-up working day" in each for each in told)
    assert len(packed["reasons"]["zh"]) == len(packed["reasons"]["en"])


def packed_bytes(made: Snapshot, lon: float, lat: float, named: list[Entry]) -> tuple[int, dict[str, Any]]:
    packed = bundle.pack(made, lon, lat, NOON, named)
    return len(gzip.compress(json.dumps(packed, ensure_ascii=False, separators=(",", ":")).encode(), 6)), packed


@pytest.mark.real
def test_nine_thousand_real_places_of_a_city_take_less_than_a_megabyte(real_data: Path) -> None:
    some = random.Random(9)
    rows: list[dict[str, str]] = []
    for name in ("shanghai_hospital", "shanghai_school", "shanghai_food"):
        with (real_data / "shanghai_amap_poi" / f"{name}.csv").open(encoding="utf-8-sig") as source:
            rows += csv.DictReader(source)
    chosen = some.sample([row for row in rows if row["lon"] and row["lat"]], 9000)
    lon, lat = gcj02_to_wgs84([float(row["lon"]) for row in chosen], [float(row["lat"]) for row in chosen])
    services = ("hot_water", "microwave", "toilet", "seats", "phone_charging", "air_conditioning")
    stations = [
        {
            "id": f"{some.getrandbits(60):012x}", "name": row["name"], "address": row["address"], "lon": x, "lat": y,
            "hours_osm": f"{some.choice(('Mo-Fr ', 'Mo-Sa ', ''))}{6 + some.randrange(5):02d}:{some.choice((0, 30)):02d}-"
            f"{17 + some.randrange(6)}:{some.choice((0, 30)):02d}", "hours_text": "周一至周五 8:30-17:30",
            "floor": some.choice(("", "1楼", "2楼")), "confirmed_on": f"2026-0{some.randint(1, 9)}-1{some.randint(0, 9)}",
        }
        for row, x, y in zip(chosen, lon.tolist(), lat.tolist(), strict=True)
    ]  # fmt: skip
    offers = [
        {"station": i, "service": code, "answer": some.choice(("yes", "yes", "no", "unknown"))}
        for i in range(9000)
        for code in some.sample(services, 5)
    ]
    streets = [
        Entry(STREET, row["address"], row["address"][:6], f"上海市 {i % 16}区", lon=x, lat=y)
        for i, (row, x, y) in enumerate(zip(chosen, lon.tolist(), lat.tolist(), strict=True))
    ]
    size, packed = packed_bytes(Snapshot.build(tables(stations, offers), china()), 121.5, 31.2, streets)
    assert len(packed["stations"]["id"]) > 8000
    assert len(packed["names"]["name"]) == bundle.MOST_NAMES
    assert size < 1_000_000


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    app = create_app(Settings(database=town.build(tmp_path / "town.sqlite"), clock=lambda: town.NOON))
    yield app.test_client()
    app.extensions["live"].close()


def test_a_bundle_is_sent_once_and_again_only_when_it_changed(client: FlaskClient, tmp_path: Path) -> None:
    place = {"lon": 102.31, "lat": 40.27}
    first = client.post("/api/v1/bundle", json=place, headers={"Accept-Encoding": "gzip"})
    assert (first.status_code, first.headers["Content-Encoding"]) == (200, "gzip")
    packed = json.loads(gzip.decompress(first.data))
    assert packed["centre"] == [102.3, 40.3]
    assert packed["names"]["name"] == ["小城", "西区", "人民路", "中山路"]
    assert first.headers["Cache-Control"] == "no-store"
    again = client.post("/api/v1/bundle", json={**place, "have": first.headers["ETag"]})
    assert (again.status_code, again.data) == (204, b"")
    plain = client.post("/api/v1/bundle", json={"lon": 102.3, "lat": 40.3})
    assert plain.json == packed
    with Ledger.open(tmp_path / "town.sqlite") as ledger:
        ledger.remove(["drivers"], actor="小王", reason="关门")
    for _ in range(50):
        changed = client.post("/api/v1/bundle", json={**place, "have": first.headers["ETag"]})
        if changed.status_code == 200:
            break
        time.sleep(0.1)
    assert "drivers" not in changed.get_json()["stations"]["id"]


@pytest.mark.parametrize(
    "body",
    [{}, {"lon": 102.3}, {"lon": 999, "lat": 1}, {"lon": 1, "lat": 2, "x": 3}, {"lon": 1, "lat": 2, "have": 5}, []],
)
def test_a_bundle_of_nowhere_is_refused_in_words(client: FlaskClient, body: object) -> None:
    answer = client.post("/api/v1/bundle", json=body)
    assert answer.status_code == 400
    assert answer.get_json()["detail"]


def test_no_address_names_a_place(client: FlaskClient) -> None:
    assert client.get("/api/v1/bundle?lon=102.3&lat=40.3").status_code == 405
