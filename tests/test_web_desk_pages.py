"""The desk's page and its API: one answer in every view, faults told, nothing recomputed that was asked before."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from stationmap.errors import InvalidValue
from stationmap.files.read import read
from stationmap.planning.demand.demand import Demand
from stationmap.planning.demand.stored import to_parquet
from stationmap.planning.network.build import from_extract
from stationmap.planning.pairs import by_air
from stationmap.register.intake import read_stations
from stationmap.register.ledger import Ledger
from stationmap.runs.carry import carry
from stationmap.runs.inputs import from_ledger
from stationmap.runs.loading import SAMPLE_NAME
from stationmap.runs.spec import Spec
from stationmap.web.app import Settings, create_app
from stationmap.web.desk import stock as stock_module
from stationmap.web.desk.door import Door
from stationmap.web.desk.form import Form
from stationmap.web.desk.stock import TooLong
from stationmap.web.desk.wording import hour_words, percent, shares, signed
from stationmap.web.desk.worker import joined
from tests import street_town
from tests.desk_site import desk_app, sample_ledger, told

ANSWER = "/desk/api/answer"
EVENING = "need=microwave&hour=20&weight=couriers&reach_m=500"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    made = desk_app(sample_ledger(tmp_path_factory.mktemp("desk")))
    yield made
    made.extensions["live"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_the_answer_is_that_of_the_runs(app, client):
    found = told(client, f"{ANSWER}?need=microwave&hour=12&weight=couriers")
    with Ledger.open(app.extensions["database"], create=False) as ledger:
        inputs = from_ledger(ledger, SAMPLE_NAME)
    spec = Spec.of(
        {"demand": SAMPLE_NAME, "need": ["microwave"], "week_hour": 12, "weight": "couriers", "reach_m": [500]}
    )
    expected = carry(inputs, spec).found
    total = expected.coverage.totals[0]
    assert f"{total.lower:,.0f}" in found["head"]
    assert f"{total.upper:,.0f}" in found["head"]
    assert found["reasons"] == "".join(map(str, expected.reasons.tolist()))
    assert found["stations"] == "".join(map(str, expected.standing.why.tolist()))
    assert [gap["rank"] for gap in found["gaps"]] == [patch.rank for patch in expected.gaps.patches[:20]]
    assert f"另有 {len(expected.gaps.patches) - 20} 处" in found["html"]
    assert found["demand"] == inputs.told["demand_sha256"]
    assert found["html"].count("data-hour=") == 168
    assert 'id="gap-1"' in found["html"]
    assert "style=" not in found["html"] + found["head"]
    assert "<script" not in found["html"]


def test_places_and_stations_go_with_the_digits(client):
    found = told(client, ANSWER)
    places, stations = told(client, found["places_at"]), told(client, found["stations_at"])
    assert len(places["lon"]) == len(places["lat"]) == len(places["weight"]) == len(found["reasons"]) == 1614
    assert len(stations["id"]) == len(stations["name"]) == len(found["stations"]) == 598
    assert places["rings"] is None
    assert 300 < places["side_m"] < 600
    again = client.get(found["places_at"], headers={"If-None-Match": client.get(found["places_at"]).headers["ETag"]})
    assert again.status_code == 304
    assert again.headers["Cache-Control"] == "private, no-cache"


def test_one_area_has_its_own_places(client):
    found = told(client, f"{ANSWER}?area=990102")
    assert len(told(client, found["places_at"])["lon"]) == len(found["reasons"]) < 1614


def test_the_page_is_the_same_answer_without_scripts(client):
    page = client.get(f"/desk?{EVENING}&lang=en")
    assert page.status_code == 200
    found = told(client, f"{ANSWER}?{EVENING}&lang=en")
    assert found["head"].strip() in page.text
    assert found["html"].strip() in page.text
    assert 'name="hour" min="0" max="167" step="1" value="20"' in page.text
    assert "Monday 20:00-21:00" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    chinese = client.get(f"/desk?{EVENING}&lang=zh").text
    for word in ("规划台", "快递员", "周一 20:00-21:00", "最大的缺口", "逐小时"):
        assert word in chinese


def test_two_moments_side_by_side(client):
    found = told(client, f"{ANSWER}?need=microwave&hour=12&vs=moment&vs_hour=20&lang=en")
    assert len(found["vs"]) == len(found["reasons"])
    assert found["vs"] == told(client, f"{ANSWER}?need=microwave&hour=20")["reasons"]
    assert "The second against the first: −" in found["head"]
    assert found["html"].count("data-hour=") == 336


def test_changes_stand_in_the_answer_and_can_be_taken_out(client):
    stations = told(client, "/desk/api/stations")
    at = {"lon": 102.3, "lat": 40.3}
    changes = [{"close": stations["id"][0]}, {"move": stations["id"][1], **at}, {"new": "new-1", **at, "hours": "24/7"}]
    asked = f"hour=20&changes={quote(json.dumps(changes))}"
    found = told(client, f"{ANSWER}?{asked}&vs=before&lang=en")
    assert found["stations"][:2] == "55"
    assert len(found["stations"]) == 598
    assert [each["id"] for each in found["extra"]] == [stations["id"][1], "new-1"]
    assert found["changes"].count("<li>") == 3
    assert f"{stations['name'][0]} closes for good" in found["changes"]
    assert "As it is today" in found["head"]
    assert found["vs"] == told(client, f"{ANSWER}?hour=20")["reasons"]
    less = client.get(f"/desk?{asked}&drop=2").text
    assert "new-1" not in less
    assert less.count('name="drop"') == 2


def test_hours_alone_leave_the_stations_where_they_are(client):
    stations = told(client, "/desk/api/stations")
    before = told(client, f"{ANSWER}?hour=23")
    shut = before["stations"].index("2")
    change = quote(json.dumps([{"set_hours": stations["id"][shut], "hours": "24/7"}]))
    after = told(client, f"{ANSWER}?hour=23&changes={change}")
    assert after["extra"] == []
    assert after["stations"][shut] == "0"


@pytest.mark.parametrize(
    ("asked", "status", "words"),
    [
        ("reach_m=-5", 400, "-5"),
        ("reach_m=1e9", 400, "20000 m"),
        ("reach_m=far", 400, "'far'"),
        ("hour=168", 400, "168"),
        ("hour=noon", 400, "'noon'"),
        ("when=never", 400, "'never'"),
        ("when=date", 400, "2026-12-01"),
        ("when=date&date=tomorrow", 400, "'tomorrow'"),
        ("need=gold", 400, "gold"),
        ("way=walk", 400, "stationmap network build"),
        ("way=fly", 400, "fly"),
        ("area=000000", 400, "000000"),
        ("changes=nonsense", 400, "nonsense"),
        ("changes=%5B%7B%22fly%22%3A1%7D%5D", 400, "is no change"),
        ("changes=%5B%7B%22close%22%3A%22nobody%22%7D%5D", 404, "nobody"),
        ("vs=moon", 400, "moon"),
        ("strange=1", 400, "strange"),
        ("demand=none", 404, "none"),
        ("name=" + "x" * 5000, 400, "5000"),
    ],
)
def test_what_cannot_be_is_told_with_its_value(client, asked, status, words):
    response = client.get(f"{ANSWER}?{asked}&lang=en")
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    assert words in response.json["detail"]
    page = client.get(f"/desk?{asked}&lang=en")
    assert page.status_code == status
    assert 'class="status status--fault"' in page.text
    assert 'id="question"' in page.text


def test_a_weight_that_this_demand_has_not_gives_way(client):
    assert client.get(f"{ANSWER}?weight=nobody").status_code == 200


def test_without_demand_the_page_names_the_command(tmp_path):
    with Ledger.open(tmp_path / "empty.sqlite"):
        pass
    made = desk_app(tmp_path / "empty.sqlite")
    page = made.test_client().get("/desk?lang=en")
    assert page.status_code == 200
    assert "stationmap load demand" in page.text
    assert made.test_client().get(ANSWER).status_code == 404
    made.extensions["live"].close()


def test_the_desk_is_kept_behind_its_door(tmp_path):
    place = sample_ledger(tmp_path)
    off = create_app(Settings(database=place))
    kept = create_app(Settings(database=place, desk=Door("token", "correct horse battery")))
    for path in ("/desk", ANSWER, "/desk/runs", "/desk/compare", "/desk/api/places"):
        assert off.test_client().get(path).status_code == 404
        assert kept.test_client().get(path).status_code == (401 if "/api/" in path else 303)
    client = desk_app(place).test_client()
    assert client.post("/desk/runs", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    for app in (off, kept, client.application):
        app.extensions["live"].close()


def test_a_question_asked_again_is_not_worked_out_again(client, monkeypatch):
    first = told(client, f"{ANSWER}?{EVENING}")

    def never(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(stock_module, "carry", never)
    assert told(client, f"{ANSWER}?{EVENING}") == first


def test_too_much_for_the_spot_is_sent_to_the_background(client, app, monkeypatch):
    monkeypatch.setattr(stock_module, "MOST_PLACES", 1000)
    response = client.get(f"{ANSWER}?hour=3&lang=en")
    assert response.status_code == 202
    assert response.json == {
        "later": "This question takes longer. Save it: it is worked out in the background.",
        "wait": False,
    }
    assert "Save it" in client.get("/desk?hour=3&lang=en").text
    monkeypatch.setattr(stock_module, "MOST_PLACES", 60_000)
    assert client.get(f"{ANSWER}?hour=5").status_code == 200
    monkeypatch.setattr(stock_module, "MOST_LOADED", 1000)
    assert client.get(f"{ANSWER}?hour=6").status_code == 202
    monkeypatch.setattr(stock_module, "MOST_LOADED", 1_000_000)
    monkeypatch.setattr(stock_module, "MOST_PAIRS", 10)
    with pytest.raises(TooLong):
        app.extensions["desk_stock"].carried(Spec.of({"demand": SAMPLE_NAME, "week_hour": 4, "reach_m": [500]}))


def test_the_desk_follows_the_register(tmp_path):
    place = sample_ledger(tmp_path)
    app = desk_app(place)
    client = app.test_client()
    before = told(client, f"{ANSWER}?hour=12")
    with Ledger.open(place, create=False) as ledger:
        demand = ledger.demands.parquet(SAMPLE_NAME)
        ledger.demands.put("b", demand, rows=1614, weights={"population": 1.0}, actor="li")
    app.extensions["live"]._look()
    after = told(client, f"{ANSWER}?hour=12")
    assert after["revision"] > before["revision"]
    assert '<option value="b" selected>' in client.get("/desk").text
    app.extensions["live"].close()


def test_the_form_and_its_address_say_the_same():
    values = MultiDict(
        [
            ("demand", "d"),
            ("need", "toilet"),
            ("need", "seats"),
            ("reach_m", "800"),
            ("when", "any"),
            ("vs", "moment"),
            ("vs_hour", "3"),
        ]
    )
    form = Form.filled(values)
    assert form.spec() == Spec.of({"demand": "d", "need": ["seats", "toilet"], "reach_m": [800]})
    assert Form.filled(MultiDict(_pairs(form.address))) == form
    spec = Spec.of(
        {
            "demand": "d",
            "weight": "w",
            "kind": "book_corner",
            "date": "2026-10-01",
            "hour": 9,
            "reach_m": [750],
            "area": "990101",
            "changes": [{"close": "a"}],
        }
    )
    assert Form.of(spec).spec() == spec
    assert Form().address == "/desk"
    assert form.versus() == replace(form, when="week", hour="3").spec()
    with pytest.raises(InvalidValue, match="'moon'"):
        replace(form, vs="moon").versus()


def _pairs(address: str) -> list[tuple[str, str]]:
    from urllib.parse import parse_qsl

    return parse_qsl(address.partition("?")[2])


def test_words():
    assert [percent(share) for share in (0, 0.0001, 0.5, 0.99999, 1)] == ["0.0", "<0.1", "50.0", ">99.9", "100"]
    assert shares({"lower": 0.2, "upper": 0.2}) == "20.0 %"
    assert shares(None) == "–"
    assert [signed(-3), signed(0.2), signed(1e6)] == ["−3", "0", "+1,000,000"]
    assert hour_words(167, "en") == "Sunday 23:00-24:00"
    assert hour_words(0, "zh") == "周一 0:00-1:00"


def test_pairs_in_blocks_are_the_pairs_of_the_whole():
    rng = np.random.default_rng(3)
    lon, lat, x, y = (
        rng.uniform(low, low + 0.05, count) for low, count in ((113.6, 70), (34.7, 70), (113.6, 20), (34.7, 20))
    )
    whole = by_air(lon, lat, x, y, 1500)
    parts = joined([by_air(lon[at : at + 30], lat[at : at + 30], x, y, 1500) for at in (0, 30, 60)])
    for name in ("start", "station", "distance_m", "minutes"):
        assert (getattr(parts, name) == getattr(whole, name)).all()
    assert (parts.stations, parts.reach_m, parts.way) == (20, 1500, "air")


def test_ways_along_streets_are_measured_in_the_background(tmp_path):
    """Two stations in the town of streets: who asks meanwhile is told to wait, then is answered on foot."""
    listed = tmp_path / "list.csv"
    spots = [street_town.place(0, 0), street_town.place(4, 0)]
    listed.write_text("name,lon,lat\n" + "".join(f"s{n},{lon},{lat}\n" for n, (lon, lat) in enumerate(spots)))
    row, col = np.divmod(np.arange(25), 5)
    lon, lat = street_town.place(row, col)
    ids, nowhere = (np.array(texts, object) for texts in ([f"c{n}" for n in range(25)], [""] * 25))
    demand = Demand(ids, lon, lat, {"people": np.ones(25)}, nowhere)
    with Ledger.open(tmp_path / "town.sqlite") as ledger:
        ledger.put(read_stations(read(listed), datum="wgs84", source="list").stations, actor="li", reason="list")
        ledger.demands.put("t", to_parquet(demand), rows=25, weights={"people": 25.0}, actor="li")
    app = desk_app(tmp_path / "town.sqlite", network=from_extract(street_town.write(tmp_path, *street_town.town())))
    client = app.test_client()
    assert 'name="way" value="walk">' in client.get("/desk").text
    asked = f"{ANSWER}?when=any&reach_m=150&lang=en"
    first = client.get(f"{asked}&way=walk")
    assert first.status_code == 202
    assert first.json["wait"] is True
    while (later := client.get(f"{asked}&way=walk")).status_code == 202:
        time.sleep(0.02)
    assert later.status_code == 200
    assert "on foot" in later.json["head"]
    served = [n for n, reason in enumerate(later.json["reasons"]) if reason == "0"]
    assert served == [0, 1, 5, 15, 20, 21]  # 111 m north, 92 m east; a gate bars the alley to 6
    by_air = told(client, f"{asked}&way=air")["reasons"]
    assert [n for n, reason in enumerate(by_air) if reason == "0"] == [0, 1, 5, 6, 15, 16, 20, 21]
    assert client.get(f"{asked}&way=ride").status_code == 400
    app.extensions["live"].close()
