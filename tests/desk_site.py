"""The sample city's desk for the tests: one ledger, made once and copied."""

import json
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from stationmap.register.ledger import Ledger
from stationmap.register.sample import load_sample, sample_folder
from stationmap.runs.loading import load_sample_demand
from stationmap.web.app import Settings, create_app
from stationmap.web.desk.door import Door
from tests.browser import town


@cache
def sample_bytes() -> bytes:
    """Return the ledger of the sample city with its demand."""
    place = Path(mkdtemp(prefix="stationmap-desk-")) / "sample.sqlite"
    with Ledger.open(place) as ledger:
        load_sample(ledger)
        load_sample_demand(ledger, sample_folder())
    return place.read_bytes()


def sample_ledger(folder: Path) -> Path:
    """Return a ledger of the sample city of one's own."""
    place = folder / "sample.sqlite"
    place.write_bytes(sample_bytes())
    return place


def desk_app(place: Path, **settings: Any) -> Flask:
    """Return the site of a ledger with an open desk."""
    return create_app(Settings(database=place, clock=lambda: town.NOON, desk=Door("open"), **settings))


def told(client: FlaskClient, address: str) -> dict[str, Any]:
    """Return what an address of the desk's API says, which must be well."""
    response = client.get(address)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = json.loads(response.text)
    return found
