"""Runs at the desk: kept, shown by link, worked out in the background, cancelled, taken up after a restart, compared."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from stationmap.register.ledger import Ledger
from stationmap.register.plans.runs import STALE_S, Runs, RunState
from stationmap.runs.loading import SAMPLE_NAME
from stationmap.runs.spec import Spec
from stationmap.web.desk import stock as stock_module
from stationmap.web.desk import worker as worker_module
from stationmap.web.desk.worker import Worker
from tests.desk_site import desk_app, sample_ledger, told

NOON = {"need": "microwave", "hour": "12", "weight": "couriers", "reach_m": "500"}
SPEC = {"demand": SAMPLE_NAME, "weight": "couriers", "need": ["microwave"], "week_hour": 12, "reach_m": [500]}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    made = desk_app(sample_ledger(tmp_path))
    yield made
    made.extensions["desk_worker"].stop(10)
    made.extensions["live"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def kept(client: FlaskClient, **form: str) -> str:
    sent = client.post("/desk/runs", data={**NOON, **form})
    assert sent.status_code == 303
    return sent.headers["Location"].rpartition("/")[2]


def until(there: Callable[[], bool]) -> None:
    for _ in range(400):
        if there():
            return
        time.sleep(0.05)
    raise AssertionError("it never came")


def test_a_run_is_kept_and_shown_by_its_link(client):
    run = kept(client, name="中午 · 微波炉")
    page = client.get(f"/desk/runs/{run}?lang=en")
    answer = told(client, "/desk/api/answer?need=microwave&hour=12&weight=couriers&lang=en")
    assert page.status_code == 200
    for words in ("中午 · 微波炉", "Register", SAMPLE_NAME, answer["demand"][:12], answer["head"].strip()):
        assert words in page.text
    assert "it stands at" not in page.text
    shown = told(client, f"/desk/api/runs/{run}/map")
    assert (shown["reasons"], shown["stations"]) == (answer["reasons"], answer["stations"])
    assert shown["places"] == told(client, answer["places_at"])
    assert shown["where"]["id"] == told(client, "/desk/api/stations")["id"]
    assert "中午 · 微波炉" in client.get("/desk/runs").text
    chinese = client.get(f"/desk/runs/{run}?lang=zh").text
    assert "快递员" in chinese
    assert "现在台账" not in chinese


def test_a_run_says_when_the_register_has_moved_on(app, client):
    run = kept(client)
    with Ledger.open(app.extensions["database"], create=False) as ledger:
        ledger.demands.put(SAMPLE_NAME, b"other", rows=1, weights={"population": 1.0}, actor="li", fictional=True)
    app.extensions["live"]._look()
    page = client.get(f"/desk/runs/{run}?lang=en").text
    assert re.search(r"This is of revision \d+ of the register; it stands at \d+ today\.", page)
    assert "The demand of that name is another one today." in page
    assert 'class="button" href="/desk?need=microwave' in page
    with Ledger.open(app.extensions["database"], create=False) as ledger:
        ledger.demands.discard(SAMPLE_NAME, actor="li")
    app.extensions["live"]._look()
    assert "The demand it counts is no longer kept." in client.get(f"/desk/runs/{run}?lang=en").text


def test_a_run_is_renamed_and_removed(client):
    run = kept(client)
    assert client.post(f"/desk/runs/{run}/name", data={"name": "spring"}).status_code == 303
    assert "spring" in client.get(f"/desk/runs/{run}").text
    assert client.post(f"/desk/runs/{run}/name", data={"name": "x" * 101}).status_code == 400
    assert client.post(f"/desk/runs/{run}/discard").headers["Location"] == "/desk/runs"
    assert client.get(f"/desk/runs/{run}").status_code == 404
    assert client.get(f"/desk/api/runs/{run}").mimetype == "application/problem+json"


def test_what_cannot_be_asked_is_not_kept(client):
    assert client.post("/desk/runs", data={**NOON, "reach_m": "-1"}).status_code == 400
    assert "Nothing is saved yet" in client.get("/desk/runs?lang=en").text


def test_a_long_run_goes_to_the_background(app, client, monkeypatch):
    monkeypatch.setattr(stock_module, "MOST_PLACES", 1000)
    monkeypatch.setattr(worker_module, "BLOCK", 500)
    run = kept(client, name="long")
    waiting = told(client, f"/desk/api/runs/{run}?lang=en")
    assert waiting == {"underway": True, "steps": 0, "of": 0, "progress": "The run waits for its turn."}
    page = client.get(f"/desk/runs/{run}?lang=en").text
    assert f'data-at="/desk/api/runs/{run}"' in page
    assert "Cancel the run" in page
    app.extensions["desk_worker"].start()
    until(lambda: not told(client, f"/desk/api/runs/{run}")["underway"])
    done = told(client, f"/desk/api/runs/{run}?lang=en")
    assert done["progress"] == "The run done."
    monkeypatch.undo()
    head = told(client, "/desk/api/answer?need=microwave&hour=12&weight=couriers&lang=en")["head"]
    assert head.strip() in client.get(f"/desk/runs/{run}?lang=en").text


def test_a_run_is_cancelled_while_it_is_worked_out(app, client, monkeypatch):
    """It is left at the next step: nothing is kept, and the worker takes the next one."""
    monkeypatch.setattr(stock_module, "MOST_PLACES", 1000)
    monkeypatch.setattr(worker_module, "BLOCK", 500)
    cancelled = kept(client)
    real, seen = worker_module.pairs_of, []

    def slow(*given):
        if not seen:
            client.post(f"/desk/runs/{cancelled}/cancel")
        seen.append(1)
        return real(*given)

    monkeypatch.setattr(worker_module, "pairs_of", slow)
    app.extensions["desk_worker"].start()
    until(lambda: bool(seen))
    following = kept(client)
    until(lambda: not told(client, f"/desk/api/runs/{following}")["underway"])
    assert told(client, f"/desk/api/runs/{cancelled}?lang=en")["progress"] == "The run cancelled."
    assert len(seen) == 1 + 4  # one block of the first, the four of the other
    with Ledger.open(app.extensions["database"], create=False) as ledger:
        assert ledger.runs.result(cancelled) is None
        assert ledger.runs.one(following).state is RunState.DONE


def test_a_run_that_cannot_be_done_says_why(app, client):
    with Ledger.open(app.extensions["database"], create=False) as ledger:
        run = ledger.runs.add({**SPEC, "way": "walk"}).id
        strange = ledger.runs.add({"demand": "nothing"}).id
        ledger.runs.add({"of": "tomorrow"})
    app.extensions["desk_worker"].start()
    until(lambda: not told(client, f"/desk/api/runs/{strange}")["underway"])
    assert "a question of another version" in client.get("/desk/runs?lang=en").text
    page = client.get(f"/desk/runs/{run}?lang=en").text
    assert "The run failed: There are no streets for walk." in page
    assert "There is no demand called" in client.get(f"/desk/runs/{strange}?lang=en").text
    assert client.get(f"/desk/compare?a={run}&b={strange}").status_code == 400


def test_a_run_survives_a_restart(app, client):
    """The server of its first worker is gone without a word; the next one claims it once the claim is stale."""
    app.extensions["live"].picture()
    with Ledger.open(app.extensions["database"], create=False) as ledger:
        run = ledger.runs.add(SPEC).id
        earlier = Runs(ledger._database, lambda: datetime.now(UTC) - timedelta(seconds=STALE_S + 1))
        assert earlier.claim("gone").id == run
    app.extensions["desk_worker"].start()
    until(lambda: not told(client, f"/desk/api/runs/{run}")["underway"])
    with Ledger.open(app.extensions["database"], create=False) as ledger:
        done = ledger.runs.one(run)
    assert (done.state, done.attempts, done.inputs["demand"]) == (RunState.DONE, 2, SAMPLE_NAME)


def test_a_worker_stops_with_its_server(app, monkeypatch):
    live, stock = app.extensions["live"], app.extensions["desk_stock"]
    live.picture()
    worker = Worker(live, stock, look_every_s=0.01, beat_s=0.01)
    monkeypatch.setattr(worker_module, "BLOCK", 200)
    real = worker_module.pairs_of

    def stopping(*given):
        worker._ended.set()
        time.sleep(0.05)
        return real(*given)

    monkeypatch.setattr(worker_module, "pairs_of", stopping)
    with Ledger.open(app.extensions["database"], create=False) as ledger:
        run = ledger.runs.add(SPEC).id
        worker.start()
        until(lambda: worker._thread is not None and not worker._thread.is_alive())
        left = ledger.runs.one(run)
    worker.stop()
    assert (left.state, left.of) == (RunState.RUNNING, 11)
    assert left.done >= 1


def test_two_runs_are_compared(client):
    stations = told(client, "/desk/api/stations")["id"]
    one = kept(client, name="today")
    closing = "[" + ",".join(f'{{"close": "{each}"}}' for each in stations[:40]) + "]"
    other = kept(client, name="fewer", changes=closing)
    page = client.get(f"/desk/compare?a={one}&b={other}&lang=en")
    assert page.status_code == 200
    assert "0 new, 40 gone, 0 moved" in page.text
    assert "most of it by: Stations (−" in page.text
    rows = re.findall(r'<td class="number">([+−]?[\d,]+)</td>', page.text)
    numbers = [int(row.replace(",", "").replace("−", "-")) for row in rows]
    certain, possible = numbers[0:14:2], numbers[1:14:2]
    assert (sum(certain), sum(possible)) == tuple(numbers[14:16])
    assert numbers[14] < 0
    same = client.get(f"/desk/compare?a={one}&b={one}&lang=en").text
    assert "is the same" in same
    assert "40 changes of stations" in client.get("/desk/runs?lang=en").text
    assert client.get(f"/desk/compare?a={one}&b=nothing").status_code == 404


def test_a_run_asked_by_the_command_line_can_be_shown(app, client):
    """Any spec may stand in the ledger: two reaches, a date, hours of a trade."""
    spec = Spec.of({**SPEC, "reach_m": [500, 1000]}).values()
    spec.pop("week_hour")
    with Ledger.open(app.extensions["database"], create=False) as ledger:
        run = ledger.runs.add({**spec, "date": "2026-10-01", "hour": 18}).id
    app.extensions["desk_worker"].start()
    until(lambda: not told(client, f"/desk/api/runs/{run}")["underway"])
    assert "2026-10-01 18:00-19:00" in client.get(f"/desk/runs/{run}?lang=en").text
