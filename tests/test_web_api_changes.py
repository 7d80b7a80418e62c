"""Who follows the changes holds exactly the register: a law over random histories, with pages read in between."""

import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from stationmap.register.copies import back_up, put_back
from stationmap.register.ledger import Ledger
from stationmap.register.opendata import public
from stationmap.register.records import station_from_dict
from stationmap.schema.records import Station
from stationmap.web.app import Settings, create_app
from tests.browser import town
from tests.record_strategies import stations

IDS = ["a", "b", "c", "d", "=e", "f/é|1"]
WHO = {"actor": "小王", "reason": "试"}


@pytest.fixture(scope="module", autouse=True)
def empty() -> Iterator[None]:
    with tempfile.TemporaryDirectory() as folder:
        Copies.template = Path(folder) / "empty.sqlite"
        Ledger.open(Copies.template).close()
        yield


def record_of(feature: dict[str, Any]) -> Station:
    facts = dict(feature["properties"])
    received = facts.pop("received", None)
    if feature["geometry"] is not None:
        lon, lat = feature["geometry"]["coordinates"]
        facts["location"] = {"lon": lon, "lat": lat, **received}
    return station_from_dict(facts)


class Reader:
    """A program elsewhere that keeps a copy: it knows addresses and answers, nothing else."""

    def __init__(self, client: FlaskClient, limit: int) -> None:
        self.client = client
        self.limit = limit
        self.begin()

    def begin(self) -> None:
        self.address = f"/api/v1/changes?since=0&limit={self.limit}"
        self.copy: dict[str, Station] = {}

    def page(self) -> bool:
        """Take in one page; return whether that was all."""
        response = self.client.get(self.address)
        if response.status_code == 400 and response.json["type"] == "urn:stationmap:problem:begin-again":
            self.begin()
            return False
        assert response.status_code == 200, response.text
        answer = json.loads(response.data)
        assert len(answer["changes"]) <= self.limit
        for change in answer["changes"]:
            if change.get("removed"):
                self.copy.pop(change["id"], None)
            else:
                self.copy[change["id"]] = record_of(change)
        self.address = answer["next"] or f"{answer['later']}&limit={self.limit}"
        return bool(answer["complete"])

    def catch_up(self) -> None:
        while not self.page():
            pass


class Copies(RuleBasedStateMachine):
    template: Path

    @initialize(records=st.tuples(*map(stations, IDS)))
    def begin(self, records: tuple[Station, ...]) -> None:
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.template, self.folder / "ledger.sqlite")
        self.ledger = Ledger.open(self.folder / "ledger.sqlite")
        self.app = create_app(Settings(database=self.folder / "ledger.sqlite", clock=lambda: town.NOON))
        self.ledger.put(records, **WHO)
        client = self.app.test_client()
        self.readers = [Reader(client, 1), Reader(client, 2), Reader(client, 1000)]

    def known(self) -> list[str]:
        return [station.id for station in self.ledger.records(generated=True, removed=True)]

    @rule(records=st.lists(st.sampled_from(IDS).flatmap(stations), max_size=4), whole=st.booleans())
    def put(self, records: list[Station], whole: bool) -> None:
        self.ledger.put(records, replace=whole, **WHO)

    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        known = self.known()
        if known:
            self.ledger.remove(data.draw(st.sets(st.sampled_from(known), min_size=1)), **WHO)

    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        known = self.known()
        if known:
            self.ledger.restore(data.draw(st.sets(st.sampled_from(known), min_size=1)), **WHO)

    @rule()
    def discard(self) -> None:
        self.ledger.discard_fictional(**WHO)

    @rule()
    def back_up(self) -> None:
        back_up(self.folder / "ledger.sqlite", self.folder / "copy.sqlite", overwrite=True)

    @rule()
    def put_back(self) -> None:
        if (self.folder / "copy.sqlite").exists():
            done = put_back(self.folder / "copy.sqlite", self.folder / "ledger.sqlite", force=True)
            assert done.before is not None
            done.before.file.unlink()  # its name is of the second, and the machine is quicker

    @rule(which=st.integers(0, 2))
    def read_a_page(self, which: int) -> None:
        self.readers[which].page()

    @rule(which=st.integers(0, 2))
    def read_it_all(self, which: int) -> None:
        self.readers[which].catch_up()
        self.same(self.readers[which])

    def same(self, reader: Reader) -> None:
        assert reader.copy == {station.id: public(station) for station in self.ledger.records()}

    def teardown(self) -> None:
        if not hasattr(self, "ledger"):
            return
        try:
            for reader in self.readers:
                reader.catch_up()
                self.same(reader)
        finally:
            self.app.extensions["live"].close()
            self.ledger.close()
            shutil.rmtree(self.folder)


TestCopies = Copies.TestCase
TestCopies.settings = settings(
    max_examples=20, stateful_step_count=12, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def test_a_reader_who_has_it_all_is_told_so_in_nothing(tmp_path: Path) -> None:
    file = town.build(tmp_path / "town.sqlite")
    app = create_app(Settings(database=file, clock=lambda: town.NOON))
    try:
        client = app.test_client()
        first = client.get("/api/v1/changes?limit=1000")
        later = client.get(first.json["later"])
        assert (later.json["changes"], later.json["complete"], later.json["next"]) == ([], True, None)
        again = client.get(first.json["later"], headers={"If-None-Match": later.headers["ETag"]})
        assert again.status_code == 304
        with Ledger.open(file) as ledger:
            ledger.remove(["centre"], **WHO)
        moved = client.get(first.json["later"], headers={"If-None-Match": later.headers["ETag"]})
        assert [(change["id"], change["removed"]) for change in moved.json["changes"]] == [("centre", True)]
    finally:
        app.extensions["live"].close()


def test_who_holds_a_revision_that_is_gone_is_told_to_begin_again(tmp_path: Path) -> None:
    """The copy is of revision 4, the server was put back to 3 and made another 4: no bare number can tell."""
    file, copy = town.build(tmp_path / "town.sqlite"), tmp_path / "copy.sqlite"
    with Ledger.open(file) as ledger:
        back_up(file, copy)
        ledger.put([town.station("lost", "甲", 1, "24/7")], **WHO)
        app = create_app(Settings(database=file, clock=lambda: town.NOON))
        try:
            client = app.test_client()
            page = client.get("/api/v1/changes?limit=2").json["next"]
            known = client.get("/api/v1/changes?limit=1000").json
            tag = client.get(known["later"]).headers["ETag"]
            gone = known["revision"]
            put_back(copy, file, force=True)
            ledger.put([town.station("new", "乙", 1, "24/7"), town.station("newer", "丙", 2, "24/7")], **WHO)
            assert ledger.revision() == gone
            for address in (known["later"], page):
                told = client.get(address, headers={"If-None-Match": tag, "Accept-Language": "en"})
                assert (told.status_code, told.json["type"]) == (400, "urn:stationmap:problem:begin-again")
                assert told.json["detail"].endswith("Begin again with since=0.")
            again = client.get("/api/v1/changes?since=0&limit=1000").json
            assert again["revision"] == gone
            ids = {change["id"] for change in again["changes"]}
            assert {"new", "newer"} <= ids
            assert "lost" not in ids
            assert client.get(again["later"]).json["changes"] == []
            for _ in range(200):  # the pages follow too, though the number is the same
                listed = {each["id"] for each in client.get("/api/v1/stations?limit=1000").json["features"]}
                if "new" in listed:
                    break
                time.sleep(0.05)
            assert "newer" in listed
            assert "lost" not in listed
        finally:
            app.extensions["live"].close()


@pytest.mark.parametrize("mark", ["x", "5", "WzFd", "WzEsICJhIiwgMl0", "é", "A" * 500])
def test_a_mark_that_no_answer_gave_is_refused(tmp_path: Path, mark: str) -> None:
    app = create_app(Settings(database=town.build(tmp_path / "town.sqlite")))
    try:
        told = app.test_client().get("/api/v1/changes", query_string={"mark": mark, "lang": "en"})
        assert told.status_code == 400
        assert "since=0" in told.json["detail"]
    finally:
        app.extensions["live"].close()
