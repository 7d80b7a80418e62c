"""The base map by setting: what each is, what a policy and a page are told of it, and the shift of China's web maps."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from stationmap.errors import InvalidValue
from stationmap.geo.datum import gcj02_to_wgs84, wgs84_to_gcj02
from stationmap.web.app import Settings, create_app
from stationmap.web.tiles import Tiles, choose
from tests.browser import town

JS = Path(__file__).parent / "js"
CLOSE_DEG = 1e-7


def test_the_vectors_of_the_shift_are_what_the_server_answers() -> None:
    wgs84, gcj02 = np.moveaxis(np.array(json.loads((JS / "shift.json").read_text(encoding="utf-8"))), 0, 2)
    assert np.abs(np.array(wgs84_to_gcj02(*wgs84)) - gcj02).max() <= CLOSE_DEG
    assert np.abs(np.array(gcj02_to_wgs84(*gcj02)) - wgs84).max() <= CLOSE_DEG
    moved = np.abs(wgs84 - gcj02).max(axis=0)
    assert (moved > 0).sum() > 80
    assert (moved == 0).sum() > 20


def test_the_scripts_shift_as_the_server_does() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the scripts' shift is not tested")
    done = subprocess.run([node, JS / "shift.test.mjs"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout


def test_windows_of_the_map_are_rounded_as_they_should_be() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the scripts' windows are not tested")
    done = subprocess.run([node, JS / "windows.test.mjs"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout


def test_none_is_the_default() -> None:
    assert choose("") is None
    assert choose("none", url="https://example.cn/{z}/{x}/{y}.png") is None


def test_tianditu_asks_its_eight_hosts_with_the_key() -> None:
    made = choose("tianditu", key="0123abcd" * 4, approval="GS(2024)0568号")
    assert made is not None
    assert made.hosts == tuple(f"https://t{i}.tianditu.gov.cn" for i in range(8))
    assert (made.host, made.datum, made.approval) == ("tianditu.gov.cn", "wgs84", "GS(2024)0568号")
    vec, cva = made.layers
    assert vec.startswith("https://t{s}.tianditu.gov.cn/vec_w/wmts?")
    assert cva.startswith("https://t{s}.tianditu.gov.cn/cva_w/wmts?")
    assert all(part in vec for part in ("LAYER=vec", "TILEMATRIXSET=w", "{z}", "{y}", "{x}", "tk=0123abcd"))
    assert made.settings("zh")["credit"] == "© 天地图"


@pytest.mark.parametrize("key", ["", "short", "a&b=c;d'e", "x" * 200])
def test_tianditu_without_a_usable_key_says_where_to_get_one(key: str) -> None:
    with pytest.raises(InvalidValue, match="STATIONMAP_TIANDITU_KEY"):
        choose("tianditu", key=key)


def test_amap_is_gcj_02_and_osm_tells_the_host_of_the_site_as_its_policy_asks() -> None:
    amap, osm = choose("amap"), choose("osm")
    assert amap is not None
    assert osm is not None
    assert (amap.datum, amap.host, len(amap.hosts), amap.referrer) == ("gcj02", "is.autonavi.com", 4, "")
    assert (osm.datum, osm.hosts, osm.referrer) == ("wgs84", ("https://tile.openstreetmap.org",), "strict-origin")
    assert osm.settings("en")["credit"] == "© OpenStreetMap contributors"
    assert osm.settings("en")["creditUrl"] == "https://www.openstreetmap.org/copyright"


@pytest.mark.parametrize(
    ("url", "subdomains", "hosts"),
    [
        ("https://tiles.example.cn/{z}/{x}/{y}.png", "", ("https://tiles.example.cn",)),
        ("http://127.0.0.1:8090/{z}/{x}/{-y}.png", "", ("http://127.0.0.1:8090",)),
        ("https://{s}.example.cn/{z}/{x}/{y}", "12", ("https://1.example.cn", "https://2.example.cn")),
        ("/tiles/{z}/{x}/{y}.webp", "", ()),
    ],
)
def test_own_tiles_add_exactly_their_hosts(url: str, subdomains: str, hosts: tuple[str, ...]) -> None:
    made = choose("tiles", url=url, subdomains=subdomains, datum="CGCS2000")
    assert made is not None
    assert (made.hosts, made.datum) == (hosts, "wgs84")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://tiles.example.cn/",
        "javascript:alert(1)//{z}{x}{y}",
        "//other.example/{z}/{x}/{y}",
        "https://a.example; script-src *//{z}/{x}/{y}",
        "https://user:word@example.cn/{z}/{x}/{y}",
        "https://example.cn/{z}/{x}/{y}" + "a" * 2000,
    ],
)
def test_an_address_of_tiles_that_cannot_be_is_refused_and_opens_no_policy(url: str) -> None:
    with pytest.raises(InvalidValue, match="STATIONMAP_TILES_URL"):
        choose("tiles", url=url)


def test_tiles_in_baidus_system_and_unknown_base_maps_are_refused() -> None:
    with pytest.raises(InvalidValue, match="bd09"):
        choose("tiles", url="https://example.cn/{z}/{x}/{y}", datum="百度")
    with pytest.raises(InvalidValue, match="tianditu"):
        choose("google")


@pytest.mark.parametrize("base", [None, choose("amap")])
def test_the_policy_of_every_page_lets_through_exactly_the_chosen_hosts(base: Tiles | None, tmp_path: Path) -> None:
    app = create_app(Settings(database=town.build(tmp_path / "town.sqlite"), clock=lambda: town.NOON, basemap=base))
    client = app.test_client()
    for page in ("/", "/stations/drivers", "/nowhere"):
        policy = client.get(page).headers["Content-Security-Policy"]
        images = next(part for part in policy.split("; ") if part.startswith("img-src")).split()
        foreign = [source for source in images if "://" in source]
        assert foreign == list(base.hosts if base else ())
        assert policy.count("://") == len(foreign)
    told = re.search(r'id="settings">(.*?)</script>', client.get("/").text, re.DOTALL)
    assert told
    tiles = json.loads(told[1])["map"]["tiles"]
    assert tiles == (base.settings("zh") if base else None)
    app.extensions["live"].close()
