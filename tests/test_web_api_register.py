"""The register read by programs: pages that lose nothing, reaches with closed boundaries, states, ids that last."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.finder.selection import Filters, select
from stationmap.finder.snapshot import Snapshot
from stationmap.geo.earth import distance_m
from stationmap.hours.calendar import china
from stationmap.register.ledger import Ledger
from stationmap.schema.records import Answer, Location, Service
from stationmap.web.app import Settings, create_app
from tests.browser import town
from tests.finder_tables import tables

LOCATED = ["afternoon", "books", "centre", "dawn", "drivers", "hostile", "inferred", "unsure"]
NEAREST = ["dawn", "centre", "books", "unsure", "afternoon", "drivers", "inferred", "hostile"]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    ledger = town.build(tmp_path_factory.mktemp("register") / "town.sqlite")
    made = create_app(Settings(database=ledger, clock=lambda: town.NOON))
    yield made
    made.extensions["live"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def ask(client: FlaskClient, name: str, **asked: Any) -> Any:
    response = client.get(f"/api/v1/{name}?{urlencode(asked, doseq=True)}")
    assert response.status_code == 200, response.text
    return response.json


def ids(page: Any) -> list[str]:
    return [feature["id"] for feature in page["features"]]


def followed(client: FlaskClient, page: Any) -> list[str]:
    """Return the ids of a page and of all that come after it."""
    found = ids(page)
    while page["next"]:
        page = client.get(page["next"]).json
        found += ids(page)
    return found


def test_stations_stand_by_id_with_their_state(client: FlaskClient) -> None:
    page = ask(client, "stations", lang="en")
    assert ids(page) == LOCATED
    assert (page["numberMatched"], page["numberReturned"], page["next"], page["cursor"]) == (8, 8, None, None)
    assert page["fictional"] is False
    told = {feature["id"]: feature["properties"] for feature in page["features"]}
    assert {key: facts["state"] for key, facts in told.items()} == {
        "afternoon": "closed",
        "books": "open",
        "centre": "open",
        "dawn": "closed",
        "drivers": "open",
        "hostile": "open",
        "inferred": "unknown",
        "unsure": "unknown",
    }
    assert told["centre"]["until"] == "2026-10-09T20:00:00+08:00"
    assert told["afternoon"]["opens_at"] == "2026-10-09T12:20:00+08:00"
    assert told["inferred"]["reason"].startswith("The opening hours are inferred")
    assert told["drivers"]["services"] == {"toilet": "yes", "shower": "yes", "first_aid": "no"}  # out of order
    assert told["centre"]["services"]["toilet"] == "no"
    assert told["centre"]["access"] == ["open_door"]


@pytest.mark.parametrize("most", [1, 3, 7, 8, 1000])
def test_pages_hold_each_station_once(client: FlaskClient, most: int) -> None:
    assert followed(client, ask(client, "stations", limit=most)) == LOCATED
    assert followed(client, ask(client, "stations", limit=most, open="now")) == [
        "books",
        "centre",
        "drivers",
        "hostile",
    ]
    assert followed(client, ask(client, "within", limit=most, lon=town.LON, lat=town.LAT)) == NEAREST
    assert followed(client, ask(client, "within", limit=most, bbox="102,40,103,41")) != []


def test_a_cursor_stays_good_while_the_register_changes(tmp_path: Path) -> None:
    file = town.build(tmp_path / "moving.sqlite")
    app = create_app(Settings(database=file, clock=lambda: town.NOON))
    try:
        client = app.test_client()
        first = ask(client, "stations", limit=3)
        near = ask(client, "within", limit=3, lon=town.LON, lat=town.LAT)
        assert (ids(first), ids(near)) == (["afternoon", "books", "centre"], ["dawn", "centre", "books"])
        with Ledger.open(file) as ledger:
            ledger.remove(["centre", "books"], actor="小王", reason="拆")
            ledger.put([town.station("aaa", "新站", 9, "24/7")], actor="小王", reason="建")
        wait_for(app, file)
        assert followed(client, client.get(first["next"]).json) == ["dawn", "drivers", "hostile", "inferred", "unsure"]
        assert followed(client, client.get(near["next"]).json) == [*NEAREST[3:], "aaa"]
    finally:
        app.extensions["live"].close()


def wait_for(app: Flask, file: Path) -> None:
    import time

    with Ledger.open(file) as ledger:
        revision = ledger.revision()
    for _ in range(200):
        if app.extensions["live"].snapshot().revision == revision:
            return
        time.sleep(0.05)
    raise AssertionError("the server did not follow")


def test_a_reach_includes_its_boundary(client: FlaskClient) -> None:
    lat = town.LAT + 2 * 0.0009
    metres = float(np.round(distance_m(town.LON, town.LAT, town.LON, lat), 6))
    assert ids(ask(client, "within", lon=town.LON, lat=town.LAT, reach_m=metres)) == ["dawn", "centre"]
    assert ids(ask(client, "within", lon=town.LON, lat=town.LAT, reach_m=metres - 1e-4)) == ["dawn"]
    at_the_door = ask(client, "within", lon=town.LON, lat=lat, reach_m=0)
    assert ids(at_the_door) == ["centre"]
    assert at_the_door["features"][0]["properties"]["distance_m"] == 0


def test_a_window_is_ordered_from_its_middle_and_a_position_orders_it_anew(client: FlaskClient) -> None:
    box = f"102.2,{town.LAT + 0.0009},102.4,{town.LAT + 3 * 0.0009}"
    page = ask(client, "within", bbox=box)
    assert ids(page)[0] == "centre"
    assert sorted(ids(page)) == ["books", "centre", "dawn"]
    assert ids(ask(client, "within", bbox=box, lon=town.LON, lat=town.LAT)) == ["dawn", "centre", "books"]
    assert ids(ask(client, "within", bbox=box, lon=town.LON, lat=town.LAT, reach_m=150)) == ["dawn"]


def test_a_posted_position_stands_in_no_address(client: FlaskClient) -> None:
    body = {"lon": town.LON, "lat": town.LAT, "limit": 2, "need": ["toilet"], "bbox": [102, 40, 103, 41]}
    response = client.post("/api/v1/within", json=body)
    assert ids(response.json) == ["dawn", "unsure"]
    assert response.json["next"] is None
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers
    rest = client.post("/api/v1/within", json={**body, "cursor": response.json["cursor"]})
    assert ids(rest.json) == ["afternoon", "drivers"]


FILTERED = [
    ({"need": "hot_water"}, ["books", "centre", "dawn"]),
    ({"need": ["hot_water", "toilet"]}, ["dawn"]),
    ({"need": "first_aid"}, ["drivers"]),
    ({"need": "first_aid", "open": "now"}, []),
    ({"need": "first_aid", "open": "now", "at": "2027-01-01T00:00"}, ["drivers"]),
    ({"need": "first_aid", "open": "now", "at": "2026-12-31T23:59"}, []),
    ({"kind": ["book_corner", "driver_home"]}, ["books", "drivers"]),
    ({"open": "now", "at": "2026-10-09T12:20"}, ["afternoon", "books", "centre", "drivers", "hostile"]),
    ({"open": "now", "at": "2026-10-09T12:25"}, ["afternoon", "centre", "drivers", "hostile"]),
    ({"open": "any"}, LOCATED),
    ({"bbox": "102.3,40.3009,102.3,40.3018"}, ["centre", "dawn"]),
    ({"bbox": "179,40,-179,41"}, []),
    ({"bbox": "103,40,102.3,41"}, LOCATED),
    ({"adcode": "410105"}, []),
]


@pytest.mark.parametrize(("asked", "expected"), FILTERED)
def test_filters(client: FlaskClient, asked: dict[str, Any], expected: list[str]) -> None:
    assert ids(ask(client, "stations", **asked)) == expected


def test_an_area_holds_what_lies_in_its_parts() -> None:
    rows = [
        {"lon": 1, "lat": 1, "adcode": code, "area_name": name}
        for code, name in [("410105", "金水区"), ("410102", "中原区"), ("420100", "武汉"), ("", "金水区")]
    ]
    snapshot = Snapshot.build(tables(rows), china())
    for adcode, expected in [
        ("410105", [0]),
        ("410100", [0, 1]),
        ("410000", [0, 1]),
        ("100000", [0, 1, 2, 3]),
        ("429005", []),
    ]:
        assert np.flatnonzero(select(snapshot, Filters(adcode=adcode), town.NOON)).tolist() == expected
    assert np.flatnonzero(select(snapshot, Filters(area="金水区"), town.NOON)).tolist() == [0, 3]


def test_a_need_that_is_on_at_its_own_hours_only() -> None:
    rows = [{"lon": 1, "lat": 1, "hours_osm": "24/7"}] * 3
    offers = [
        {"station": 0, "service": "toilet", "hours_osm": "Mo-Fr 11:30-12:30"},
        {"station": 1, "service": "toilet", "hours_osm": "Mo-Fr 13:00-14:00"},
        {"station": 2, "service": "toilet", "answer": "unknown"},
    ]
    snapshot = Snapshot.build(tables(rows, offers), china())
    wanted = Filters(needs=frozenset(("toilet",)))
    assert select(snapshot, wanted, town.NOON).tolist() == [True, True, False]
    assert select(snapshot, replace(wanted, open_at_once=True), town.NOON).tolist() == [True, False, False]


BAD = [
    ("stations", {"limit": 0}, "from 1 to 1000"),
    ("stations", {"limit": 1001}, "from 1 to 1000"),
    ("stations", {"cursor": "%%%"}, "no place in this list"),
    ("stations", {"cursor": "WzFd"}, "no place in this list"),
    ("within", {"lon": 1, "lat": 1, "cursor": "WyJhIl0"}, "no place in this list"),
    ("within", {"lon": 1, "lat": 1, "cursor": "W05hTiwgImEiXQ"}, "no place in this list"),
    ("stations", {"open": "arrival"}, "Take now (open at the time asked for) or any."),
    ("stations", {"bbox": "1,2,3"}, "Write west,south,east,north"),
    ("stations", {"bbox": "1,2,3,x"}, "Write west,south,east,north"),
    ("stations", {"bbox": "1,9,3,2"}, "south before north"),
    ("stations", {"bbox": "1,2,181,3"}, "within -180..180"),
    ("stations", {"adcode": "41"}, "six digits"),
    ("stations", {"lon": 1}, "There is no parameter 'lon'"),
    ("within", {}, "Say where"),
    ("within", {"lon": 1}, "lat is missing"),
    ("within", {"lon": 1, "lat": 1, "reach_m": -1}, "metres from 0 to 50000"),
    ("within", {"lon": 1, "lat": 1, "reach_m": 50001}, "metres from 0 to 50000"),
    ("changes", {"since": -1}, "from 0 to"),
    ("changes", {"since": 10**6}, "Begin again from 0"),
    ("changes", {"since": "9" * 30}, "from 0 to"),
    ("changes", {"cursor": "WzFd"}, "no place in this list"),
]


@pytest.mark.parametrize(("name", "asked", "said"), BAD)
def test_what_cannot_be_answered_says_why(client: FlaskClient, name: str, asked: dict[str, Any], said: str) -> None:
    response = client.get(f"/api/v1/{name}?{urlencode(asked)}", headers={"Accept-Language": "en"})
    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"
    assert said in response.json["detail"]
    assert response.json["instance"] == f"/api/v1/{name}"


def test_a_removed_station_is_told_with_what_is_known(client: FlaskClient) -> None:
    gone = client.get("/api/v1/stations/gone", headers={"Accept-Language": "en"})
    assert (gone.status_code, gone.mimetype) == (410, "application/problem+json")
    known = gone.json["station"]
    assert (known["id"], known["properties"]["name"], known["properties"]["removed"]) == ("gone", "旧站", True)
    assert date.fromisoformat(known["properties"]["removed_on"])
    assert "station" not in client.get("/api/v1/stations/nobody").json


def test_a_record_tells_no_person_and_the_same_state_as_the_list(tmp_path: Path) -> None:
    file = tmp_path / "named.sqlite"
    with Ledger.open(file) as ledger:
        ledger.put([town.station("a", "站", 1, "08:00-20:00", confirmed_by="张三")], actor="小王", reason="建")
    app = create_app(Settings(database=file, clock=lambda: town.NOON))
    try:
        client = app.test_client()
        answers = [
            client.get(name)
            for name in (
                *(f"/api/v1/{name}" for name in ("stations/a", "stations", "changes", "within?bbox=102,40,103,41")),
                *("/ogc/collections/stations/items", "/ogc/collections/stations/items/a?f=html", "/stations/a"),
            )
        ]
        assert all(answer.status_code == 200 for answer in answers)
        assert not any("张三" in answer.text or "小王" in answer.text for answer in answers)
        one, listed = answers[0].json["properties"], answers[1].json["features"][0]["properties"]
        for name in ("state", "state_words", "until", "opens_at", "reason"):
            assert one[name] == listed[name]
    finally:
        app.extensions["live"].close()


PLACES = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@settings(max_examples=60, deadline=None)
@given(st.lists(PLACES, min_size=1, max_size=12), st.integers(1, 5), st.sampled_from([0, 1000, 50_000]))
def test_pages_of_a_reach_are_all_of_it_in_order(places: list[tuple[float, float]], most: int, reach_m: int) -> None:
    from stationmap.web.api import within as room

    rows = [{"lon": lon, "lat": lat} for lon, lat in [*places, places[0]]]
    snapshot = Snapshot.build(tables(rows), china())
    area = room._Area(*places[0], float(reach_m))
    positions, metres = room._ordered(snapshot, area, np.ones(len(rows), bool))
    keys = list(zip(metres.tolist(), [snapshot.ids[i] for i in positions], strict=True))
    assert keys == sorted(keys)
    seen: list[int] = []
    begin = 0
    while begin < len(positions):
        seen += positions[begin : begin + most].tolist()
        last = min(begin + most, len(positions)) - 1
        mark = json.loads(json.dumps([metres[last], snapshot.ids[int(positions[last])]]))
        begin = room._behind(snapshot, positions, metres, mark)
    assert seen == positions.tolist()


def test_ids_last_when_a_list_comes_again_and_its_rows_have_moved(tmp_path: Path) -> None:
    from stationmap.files.read import read
    from stationmap.register.intake import read_stations

    file = tmp_path / "lists.sqlite"
    head = "名称,地址,所属区,经度,纬度,坐标系,开放时间,服务\n"
    lines = [
        f"第{i}驿站,中山路{i}号,小城,{102.3 + i / 100},{40.3 + i / 200},WGS84,8:00-18:00,热水" for i in range(1, 9)
    ]
    moved = [*reversed(lines[:-1]), "新来的驿站,人民路1号,小城,102.35,40.39,WGS84,全天,厕所"]
    moved[0] = moved[0].replace("8:00-18:00", "7:00-19:00")
    app = create_app(Settings(database=file, clock=lambda: town.NOON))
    try:
        known: list[dict[str, str]] = []
        for number, content in enumerate(([*lines], [*lines], moved)):
            source = tmp_path / "名单.csv"
            source.write_text(head + "\n".join(content), encoding="utf-8-sig")
            with Ledger.open(file) as ledger:
                table = read(source)
                intake = read_stations(table, datum=None, areas=None, known=ledger.matcher())
                ledger.put(
                    intake.stations, actor="小王", reason=f"第{number}次", source=table.source, sha256=table.sha256
                )
            client = app.test_client()
            wait_for(app, file)
            page = ask(client, "stations", limit=100)
            known.append({feature["properties"]["name"]: feature["id"] for feature in page["features"]})
        assert len(known[0]) == 8
        assert known[1] == known[0]
        assert known[2].items() >= known[0].items()
        assert set(known[2]) - set(known[0]) == {"新来的驿站"}
    finally:
        app.extensions["live"].close()


def test_unlocated_stations_stand_in_changes_only(client: FlaskClient) -> None:
    changes = ask(client, "changes", limit=1000)["changes"]
    place = {change["id"]: change.get("geometry") for change in changes}
    assert place["somewhere"] is None
    assert "madeup" not in place
    assert next(change for change in changes if change["id"] == "gone")["removed"] is True


def test_hostile_names_are_data(client: FlaskClient) -> None:
    told = {feature["id"]: feature["properties"]["name"] for feature in ask(client, "stations")["features"]}
    assert told["hostile"] == town.HOSTILE


def test_fictional_stations_are_marked(tmp_path: Path) -> None:
    app = create_app(Settings(database=town.build(tmp_path / "f.sqlite", fictional=True), clock=lambda: town.NOON))
    try:
        client = app.test_client()
        page = ask(client, "stations")
        assert page["fictional"] is True
        assert all(feature["properties"]["fictional"] for feature in page["features"])
        assert all(
            change["properties"]["fictional"] for change in ask(client, "changes")["changes"] if "properties" in change
        )
        assert client.get("/api/v1/stations/centre").json["properties"]["fictional"] is True
    finally:
        app.extensions["live"].close()


def test_services_nearby_are_told_in_metres(tmp_path: Path) -> None:
    near = Service("toilet", Answer.YES, nearby_m=120.0, provenance=town._FOUND)
    with Ledger.open(tmp_path / "n.sqlite") as ledger:
        ledger.put([town.station("a", "站", 1, "24/7", near)], actor="小王", reason="建")
        ledger.put(
            [town.station("b", "极点", 1, "24/7", location=Location(0, 90, 0, 90, "wgs84"))], actor="小王", reason="建"
        )
    app = create_app(Settings(database=tmp_path / "n.sqlite", clock=lambda: town.NOON))
    try:
        page = ask(app.test_client(), "stations")
        assert page["features"][0]["properties"]["nearby_m"] == {"toilet": 120.0}
        assert ids(ask(app.test_client(), "stations", bbox="100,80,110,90")) == ["b"]
    finally:
        app.extensions["live"].close()
