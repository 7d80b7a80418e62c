"""Other people's programs read the register over OGC API - Features from a real server: GDAL, and geopandas."""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pyogrio
import pytest

from stationmap.web.app import Settings
from stationmap.web.serve import Server
from tests import ogc_town as town

OGRINFO = shutil.which("ogrinfo")
NEEDS_OGRINFO = pytest.mark.skipif(OGRINFO is None, reason="ogrinfo is not on PATH. Install it: apt install gdal-bin")
NEEDS_DRIVER = pytest.mark.skipif("OAPIF" not in pyogrio.list_drivers(), reason="this pyogrio was built without OAPIF")
WINDOW = (113.2, 34.2, 113.6, 34.8)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    ledger = town.build(tmp_path_factory.mktemp("readers") / "world.sqlite")
    server = Server(Settings(database=ledger, clock=lambda: town.NOW), port=0)
    thread = threading.Thread(target=server.run)
    thread.start()
    with urlopen(f"{server.address}/ogc/collections/areas/items", timeout=30) as ready:
        assert ready.status == 200
    yield server.address.rstrip("/")
    server.stop()
    thread.join(timeout=20)


def inside(i: int) -> bool:
    west, south, east, north = WINDOW
    lon, lat = town.place(i)
    return west <= lon <= east and south <= lat <= north


def ogrinfo(*arguments: str) -> str:
    ran = subprocess.run([str(OGRINFO), *arguments], capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "ERROR" not in ran.stderr
    return ran.stdout


@NEEDS_OGRINFO
def test_gdal_lists_and_counts(site: str) -> None:
    told = ogrinfo("-ro", "-al", "-so", f"OAPIF:{site}/ogc")
    assert f"Feature Count: {town.COUNT}" in told
    assert "Layer name: areas" in told
    assert "hours_osm: String" in told
    assert "fictional: Integer(Boolean)" in told


@NEEDS_OGRINFO
def test_gdal_pages_through_all_and_reads_a_window(site: str, tmp_path: Path) -> None:
    paged = tmp_path / "all.geojson"
    command = ["ogr2ogr", "-f", "GeoJSON", str(paged), f"OAPIF:{site}/ogc", "stations"]
    options = ["-oo", "PAGE_SIZE=40", "-oo", "INITIAL_REQUEST_PAGE_SIZE=7"]
    subprocess.run([*command, *options], check=True, timeout=120, capture_output=True)
    features = json.loads(paged.read_text(encoding="utf-8"))["features"]
    places = {one["properties"]["name"]: tuple(one["geometry"]["coordinates"]) for one in features}
    assert len(features) == town.COUNT
    assert places == {town.station(i).name: pytest.approx(town.place(i), abs=1e-9) for i in range(town.COUNT)}
    window = [str(edge) for edge in WINDOW]
    told = ogrinfo("-ro", "-so", "-spat", *window, f"OAPIF:{site}/ogc", "stations")
    assert f"Feature Count: {sum(inside(i) for i in range(town.COUNT))}" in told


def geopandas_reads(address: str, **options: object) -> dict[str, tuple[float, float, str]]:
    """Return name -> centre and reference system, read in a process of its own: GDAL would wait for a server in its own."""
    script = (
        "import geopandas, json, sys; frame = geopandas.read_file(sys.argv[1], **{name: tuple(value)"
        " if isinstance(value, list) else value for name, value in json.loads(sys.argv[2]).items()});"
        "centre = frame.geometry.representative_point();"
        "print(json.dumps({name: (x, y, str(frame.crs)) for name, x, y in zip(frame['name'], centre.x, centre.y)}))"
    )
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, address, json.dumps(options)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    return {name: tuple(told) for name, told in json.loads(ran.stdout).items()}


@NEEDS_DRIVER
def test_geopandas_reads_the_collection_by_driver(site: str) -> None:
    told = geopandas_reads(f"OAPIF:{site}/ogc", layer="stations", PAGE_SIZE=50)
    assert {name: place[:2] for name, place in told.items()} == {
        town.station(i).name: pytest.approx(town.place(i), abs=1e-9) for i in range(town.COUNT)
    }
    some = geopandas_reads(f"OAPIF:{site}/ogc", layer="stations", bbox=WINDOW)
    assert set(some) == {town.station(i).name for i in range(town.COUNT) if inside(i)}
    assert sorted(geopandas_reads(f"OAPIF:{site}/ogc", layer="areas")) == ["河南省", "郑州市"]


def test_geopandas_reads_a_page_by_its_address(site: str) -> None:
    told = geopandas_reads(f"{site}/ogc/collections/stations/items?limit=2000&kind=book_corner&f=json")
    assert len(told) == town.COUNT // 2
    assert {place[2] for place in told.values()} <= {"EPSG:4326", "OGC:CRS84"}
