"""Coverage on the command line: figures by pencil, every way in, what cannot be, files, engines, a stop, reports."""

import json
import os
import shlex
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import geopandas
import numpy as np
import pytest

from stationmap.cli.main import main, stationmap
from stationmap.cli.shown import breadth
from stationmap.register.ledger import Ledger
from stationmap.runs.loading import SAMPLE_NAME
from tests.report_town import sample_register
from tests.street_town import LAT, LON, STEP, town, write

DEMAND = "id,lon,lat,people\na,113.6,34.7,100\nb,113.6,34.7036,50\nc,113.6,34.75,25\n"
"""c lies 5.5 km from the station, b 399 m, a at it."""
STATIONS = "名称,经度,纬度,开放时间\n甲站,113.6,34.7,8:00-18:00\n"
FILES = ("--stations", "s.csv", "--stations-datum", "wgs84", "--demand", "d.csv", "--demand-datum", "wgs84")
SQUARE = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"adcode": code, "name": name, "level": "district"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[113.5, s], [113.7, s], [113.7, n], [113.5, n], [113.5, s]]],
            },
        }
        for code, name, s, n in (("410102", "南区", 34.6, 34.72), ("410103", "北区", 34.72, 34.9))
    ],
}


@dataclass
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))


Run = Callable[..., Said]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("STATIONMAP_DATABASE", str(tmp_path / "none.sqlite"))
    monkeypatch.setenv("STATIONMAP_LANG", "en")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d.csv").write_text(DEMAND, encoding="utf-8")
    (tmp_path / "s.csv").write_text(STATIONS, encoding="utf-8")
    (tmp_path / "areas.geojson").write_text(json.dumps(SQUARE), encoding="utf-8")

    def call(*arguments: object) -> Said:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Said(int(left.value.code or 0), said.out, said.err)

    return call


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_register(tmp_path_factory.mktemp("register") / "city.sqlite")


@pytest.fixture
def city(run: Run, register: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("STATIONMAP_DATABASE", str(register))
    return run


def test_two_files_and_no_register(run: Run, tmp_path: Path) -> None:
    said = run("coverage", *FILES, "--weight", "people", "--reach", 399, "--reach", 400, "--json")
    told = said.json
    assert said.code == 0
    assert [(each["reach_m"], each["covered"], each["demand"]) for each in told["totals"]] == [
        (399.0, {"lower": 100.0, "upper": 100.0}, 175.0),
        (400.0, {"lower": 150.0, "upper": 150.0}, 175.0),
    ]
    assert told["unreachable"]["ids"] == ["c"]
    assert told["unreachable"]["weight"] == 25.0
    assert [gap["people"]["upper"] for gap in told["gaps"]] == [50.0, 25.0]
    assert {"totals", "by_area", "by_hour", "gaps", "unreachable", "inputs"} <= told.keys()
    assert set(told["inputs"]) == {"demand_file", "stations_file", "stations"}
    assert len(told["inputs"]["demand_file"]["d.csv"]) == 64
    assert not (tmp_path / "none.sqlite").exists()


def test_every_row_counts_one_without_a_weight(run: Run) -> None:
    assert run("coverage", *FILES, "--json").json["totals"][0]["demand"] == 3.0


def test_areas_in_the_order_of_the_file_or_of_the_planner(run: Run) -> None:
    areas = ("--areas", "areas.geojson", "--areas-datum", "wgs84")
    told = run("coverage", *FILES, "--weight", "people", *areas, "--json").json
    assert [(each["name"], each["demand"]) for each in told["by_area"]] == [("南区", 150.0), ("北区", 25.0)]
    told = run("coverage", *FILES, *areas, "--order", "北区", "--order", "410102", "--json").json
    assert [each["name"] for each in told["by_area"]] == ["北区", "南区"]


def test_an_hour_and_the_week_of_it(run: Run) -> None:
    closed = run("coverage", *FILES, "--at", "2026-10-14T20:30", "--json").json
    assert closed["question"]["time"] == {"date": "2026-10-14", "hour": 20}
    assert closed["totals"][0]["covered"]["upper"] == 0.0
    assert closed["gaps"][0]["reason"] == "closed"
    said = run("coverage", *FILES, "--week").out
    assert "Best hour: Mon 08:00-09:00, 2 of 3 (67 %)." in said
    assert "Worst hour: Mon 00:00-01:00, 0 of 3 (0 %)." in said
    assert "  Mon 000000006666666666000000" in said


def test_what_if(run: Run) -> None:
    new = '{"new": "n", "lon": 113.6, "lat": 34.75, "hours": "24/7"}'
    assert run("coverage", *FILES, "--change", new, "--json").json["totals"][0]["covered"]["lower"] == 3.0


def test_rows_that_do_not_count_are_told_and_leave_with_3(run: Run, tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text(DEMAND + "d,113.6,34.7,-5\ne,113.6,34.7,\nf,213.6,34.7,3\n", encoding="utf-8")
    said = run("coverage", *FILES, "--weight", "people", "--json")
    assert said.code == 3
    assert {(each["row"], each["value"]) for each in said.json["rejected"]} >= {(5, "-5"), (6, "")}
    assert {each["row"] for each in said.json["rejected"]} == {5, 6, 7}
    shown = run("coverage", *FILES, "--weight", "people")
    assert "row 5" in shown.err
    assert "people -5" not in shown.out
    assert "3 rows do not count" in shown.out


def test_made_up_stations_are_left_out_and_counted(run: Run, tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text(
        "名称,经度,纬度,备注\n甲站,113.6,34.7,\n乙站,113.6,34.75,按各区人口比例生成的示意点位\n", encoding="utf-8"
    )
    told = run("coverage", *FILES, "--json").json
    assert told["inputs"]["stations"] == 1
    assert any("1 stations that say of themselves that they are made up" in each for each in told["notes"])
    assert run("coverage", *FILES, "--generated", "--json").json["inputs"]["stations"] == 2


def test_no_station_at_all_is_a_result_that_says_so(run: Run, tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("名称,地址\n甲站,大学路1号\n", encoding="utf-8")
    told = run("coverage", *FILES, "--json").json
    assert told["totals"][0]["covered"] == {"lower": 0.0, "upper": 0.0}
    assert "There is no located station." in told["limits"]
    assert "1 stations without coordinates are left out." in told["limits"]
    assert all(gap["nearest_station"] is None for gap in told["gaps"])


def test_cells_that_came_twice_are_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text(DEMAND + "z,113.6,34.7,100\n", encoding="utf-8")
    assert "exactly the coordinates of an earlier row" in run("coverage", *FILES, "--weight", "people").out


def test_a_reach_of_nothing_covers_who_stands_at_the_door(run: Run) -> None:
    told = run("coverage", *FILES, "--weight", "people", "--reach", 0, "--json").json
    assert told["totals"][0]["covered"]["lower"] == 100.0


@pytest.mark.parametrize(
    ("arguments", "quoted"),
    [
        (("--reach", "1e9"), "1e+09"),
        (("--reach", "-1"), "-1"),
        (("--reach", "far"), "far"),
        (("--need", "teleport"), "teleport"),
        (("--kind", "castle"), "castle"),
        (("--weight", "robots"), "robots"),
        (("--mode", "walk"), "stationmap network build"),
        (("--mode", "fly"), "fly"),
        (("--network", "d.csv"), "d.csv"),
        (("--network", "nowhere.osm.pbf"), "nowhere.osm.pbf"),
        (("--slope", "dem.tif"), "--network"),
        (("--areas", "areas.geojson"), "--areas-datum"),
        (("--area", "999999"), "999999"),
        (("--change", "{"), "{"),
        (("--change", '{"close": "nobody"}'), "nobody"),
        (("--change", '{"paint": "x"}'), "paint"),
        (("--week", "--at", "2026-10-14T12:00"), "--week"),
        (("--at", "noon"), "noon"),
        (("--cell", "500"), "--cell"),
        (("--by-code",), "--areas"),
        (("--keep", "k"), "--keep"),
        (("--engine", "spark"), "spark"),
        (("--engine", "direct"), "d.csv"),
        (("--engine", "direct", "--order", "x"), "--order"),
        (("--engine", "direct", "--mode", "walk"), "--mode"),
        (("--profile", "mine"), "mine"),
        (("--stay", "-3"), "-3"),
        (("--out", "s.csv"), "s.csv"),
    ],
)
def test_what_cannot_be_is_one_sentence_that_quotes_it(run: Run, arguments: tuple[str, ...], quoted: str) -> None:
    said = run("coverage", *FILES, *arguments)
    assert said.code == 2
    assert quoted in said.err
    assert len(said.err.strip().splitlines()) <= 3, said.err


@pytest.mark.parametrize(
    ("rows", "datum", "quoted"),
    [
        ("id,lon,lat\na,113.6,34.7\n", (), "datum"),
        ("id,x,y\na,3930000,4170000\n", (), "metres"),
        ("id,lon,lat\na,3930000,4170000\n", ("--demand-datum", "wgs84"), "3.93e+06"),
        ("id,lon,lat,people\na,113.6,34.7,-1\n", ("--demand-datum", "wgs84", "--weight", "people"), "-1"),
        ("id,lon,lat\n", ("--demand-datum", "wgs84"), "no rows"),
        ("id,people\na,1\n", ("--demand-datum", "wgs84"), "bad.csv"),
    ],
)
def test_bad_demand(run: Run, tmp_path: Path, rows: str, datum: tuple[str, ...], quoted: str) -> None:
    (tmp_path / "bad.csv").write_text(rows, encoding="utf-8")
    said = run("coverage", "--stations", "s.csv", "--stations-datum", "wgs84", "--demand", "bad.csv", *datum)
    assert said.code == 2
    assert quoted.casefold() in said.err.casefold()


def test_demand_in_the_wrong_datum_is_told_by_overlap(run: Run, tmp_path: Path) -> None:
    """Cells of the south district by name, shifted as GCJ-02, but said to be WGS 84."""
    from stationmap.geo.datum import convert

    lat, lon = np.meshgrid(np.linspace(34.7165, 34.7199, 12), np.linspace(113.51, 113.69, 12))
    x, y = convert(lon.ravel(), lat.ravel(), source="wgs84", target="bd09")
    rows = "".join(f"{a:.6f},{b:.6f},南区\n" for a, b in zip(x, y, strict=True))
    (tmp_path / "shifted.csv").write_text("lon,lat,区县\n" + rows, encoding="utf-8")
    stations = (
        "--stations",
        "s.csv",
        "--stations-datum",
        "wgs84",
        "--areas",
        "areas.geojson",
        "--areas-datum",
        "wgs84",
    )
    said = run("coverage", *stations, "--demand", "shifted.csv", "--demand-datum", "wgs84")
    assert "bd09" in said.out + said.err


def test_nothing_to_ask_is_told(run: Run) -> None:
    said = run("coverage", "--demand", "d.csv", "--demand-datum", "wgs84")
    assert (said.code, "There is no register yet" in said.err) == (1, True)
    said = run("coverage", "--stations", "s.csv", "--stations-datum", "wgs84")
    assert (said.code, "No demand is kept yet" in said.err) == (2, True)
    assert "nowhere" in run("coverage", *FILES[:4], "--demand", "nowhere").err


def test_files_are_written_whole_and_not_over_others(run: Run, tmp_path: Path) -> None:
    assert run("coverage", *FILES, "--out", "out").code == 0
    before = (tmp_path / "out" / "coverage.json").read_text(encoding="utf-8")
    assert json.loads(before)["totals"][0]["demand"] == 3.0
    said = run("coverage", *FILES, "--weight", "people", "--out", "out")
    assert (said.code, "--force" in said.err) == (2, True)
    assert (tmp_path / "out" / "coverage.json").read_text(encoding="utf-8") == before
    assert run("coverage", *FILES, "--weight", "people", "--out", "out", "--force").code == 0
    cells = geopandas.read_parquet(tmp_path / "out" / "cells.parquet")
    assert cells.set_index("id")["reason"].to_dict() == {"a": "served", "b": "served", "c": "no_station"}


def test_columns_stand_under_one_another_in_both_languages(city: Run) -> None:
    for lang in ("zh", "en"):
        lines = city("coverage", "--weight", "couriers", "--lang", lang).out.splitlines()
        table = lines[3:6]
        assert len({breadth(line) for line in table}) == 1, table


def test_the_sample_city_by_the_register(city: Run) -> None:
    asked = ("--weight", "couriers", "--need", "微波炉", "--at", "2026-10-12T12:00")
    told = city("coverage", *asked, "--json").json
    assert told["totals"][0]["covered"] == {"lower": 3923.0, "upper": 6733.0}
    assert told["inputs"]["demand"] == SAMPLE_NAME
    assert {"revision", "demand_sha256"} <= told["inputs"].keys()
    shown = city("coverage", *asked, "--lang", "zh").out
    for words in ("3,923 – 6,733", "云桥区", "最近站点", "最近可承接单位", "须知"):
        assert words in shown
    assert "This number" not in shown


def test_registered_boundaries_far_away_are_left_out(city: Run) -> None:
    told = city("coverage", *FILES, "--json").json
    assert told["by_area"] is None
    assert any("boundaries of the register are left out" in each for each in told["notes"])


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return 20,000 cells of couriers over the sample city as GeoParquet, in two files of ten row groups each."""
    folder = tmp_path_factory.mktemp("parts")
    rng = np.random.default_rng(5)
    for number in range(2):
        points = geopandas.points_from_xy(rng.uniform(102.17, 102.4, 10_000), rng.uniform(40.2, 40.4, 10_000))
        frame = geopandas.GeoDataFrame({"couriers": rng.integers(0, 9, 10_000)}, geometry=points, crs=4326)
        frame.to_parquet(folder / f"{number}.parquet", row_group_size=1_000)
    return folder


@pytest.mark.parametrize("engine", ["direct", "dask"])
def test_streamed_totals_are_those_of_memory(city: Run, parts: Path, engine: str) -> None:
    asked = ("--weight", "couriers", "--need", "微波炉", "--at", "2026-10-12T12:00", "--json")
    one = parts / "0.parquet"
    whole = city("coverage", "--demand", one, *asked).json
    told = city("coverage", "--demand", one, "--engine", engine, *asked).json
    assert told["totals"] == whole["totals"]
    assert told["by_area"] == whole["by_area"]
    assert told["elsewhere"] == whole["elsewhere"]
    assert any("streamed" in each for each in told["limits"])
    assert "gaps" not in told


def test_ctrl_c_keeps_what_was_counted_and_the_run_goes_on(city: Run, parts: Path, tmp_path: Path) -> None:
    asked = ("coverage", "--demand", parts, "--weight", "couriers", "--engine", "direct", "--keep", tmp_path / "kept")
    whole = city(*asked, "--json").json
    before = signal.getsignal(signal.SIGINT)

    def press() -> None:
        while signal.getsignal(signal.SIGINT) is before:
            time.sleep(0.001)
        os.kill(os.getpid(), signal.SIGINT)

    presser = threading.Thread(target=press)
    presser.start()
    said = city(*asked, "--json")
    presser.join()
    assert said.code == 130
    assert "Start it again with" in said.err
    assert said.out == ""
    assert signal.getsignal(signal.SIGINT) is before
    again = city(*asked, "--json")
    assert again.json == whole
    assert not (tmp_path / "kept").exists()


def test_a_streamed_run_for_eyes(city: Run, parts: Path, tmp_path: Path) -> None:
    said = city("coverage", "--demand", parts, "--engine", "direct", "--out", tmp_path / "o")
    assert "云渡市" in said.out
    assert "20,000" in said.out
    assert json.loads((tmp_path / "o" / "coverage.json").read_text(encoding="utf-8"))["totals"]


@pytest.fixture
def streets(run: Run, tmp_path: Path) -> Path:
    """Return the extract of the town of streets; a station at junction (0, 0), demand at (0, 3) and on the island."""
    (tmp_path / "s.csv").write_text(f"名称,经度,纬度\n甲站,{LON},{LAT}\n", encoding="utf-8")
    rows = f"id,lon,lat\nnear,{LON + 3 * STEP},{LAT}\nisland,{LON + 8 * STEP},{LAT + 2 * STEP}\n"
    (tmp_path / "d.csv").write_text(rows, encoding="utf-8")
    return write(tmp_path, *town())


def test_a_network_is_built_shown_and_used(run: Run, streets: Path, tmp_path: Path) -> None:
    built = run("network", "build", streets, "town.network")
    assert built.code == 0
    assert "connected parts" in built.out
    told = run("network", "show", "town.network", "--json").json
    assert (told["mode"], told["parts_count"], told["level"]) == ("walk", 2, True)
    assert run("network", "build", streets, "town.network").code == 2
    assert run("network", "build", streets, "town.network", "--force").code == 0
    for source in ("town.network", streets):
        told = run("coverage", *FILES, "--network", source, "--reach", 300, "--json").json
        assert told["question"]["way"] == "walk"
        assert told["totals"][0]["covered"]["lower"] == 1.0
        assert told["unreachable"]["ids"] == ["island"]
        assert told["inputs"]["network_mode"] == "walk"
        assert any("parts of the network that have no station" in each for each in told["notes"])


def test_ways_by_air_and_by_bike_may_be_asked_with_streets(run: Run, streets: Path) -> None:
    assert run("coverage", *FILES, "--network", streets, "--mode", "air", "--json").json["question"]["way"] == "air"
    assert run("coverage", *FILES, "--network", streets, "--mode", "ride", "--json").json["question"]["way"] == "ride"
    run("network", "build", streets, "ride.network", "--mode", "ride")
    said = run("coverage", *FILES, "--network", "ride.network", "--mode", "walk")
    assert (said.code, "network build" in said.err) == (2, True)


def test_a_damaged_network_is_told(run: Run, streets: Path, tmp_path: Path) -> None:
    run("network", "build", streets, "town.network")
    content = (tmp_path / "town.network").read_bytes()
    (tmp_path / "cut.network").write_bytes(content[: len(content) // 2])
    for arguments in (("network", "show", "cut.network"), ("coverage", *FILES, "--network", "cut.network")):
        said = run(*arguments)
        assert (said.code, "cut.network" in said.err) == (2, True)
    assert run("network", "show", "d.csv").code == 2
    assert run("network", "build", "d.csv", "x.network").code == 2
    assert not (tmp_path / "x.network").exists()


def test_a_report_of_two_files(run: Run, tmp_path: Path) -> None:
    said = run("report", *FILES, "--out", "r", "--form", "sheet,workbook", "--form", "map", "--title", "Two files")
    assert said.code == 0
    assert {path.name for path in (tmp_path / "r").iterdir()} == {"sheet.html", "coverage.xlsx", "map.html"}
    assert "<h1>Two files</h1>" in (tmp_path / "r" / "sheet.html").read_text(encoding="utf-8")
    again = run("report", *FILES, "--out", "r", "--form", "sheet")
    assert (again.code, "--force" in again.err) == (2, True)
    assert (run("report", *FILES, "--out", "q", "--form", "poster").code, (tmp_path / "q").exists()) == (2, False)


def test_a_report_without_weasyprint_has_all_else_and_says_why(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    said = run("report", *FILES, "--out", "r")
    assert said.code == 0
    assert "pip install 'stationmap[pdf]'" in said.err
    assert {path.suffix for path in (tmp_path / "r").iterdir()} == {".html", ".xlsx", ".gpkg"}
    said = run("report", *FILES, "--out", "p", "--form", "pdf")
    assert (said.code, (tmp_path / "p").exists()) == (2, False)


def test_a_saved_run_is_asked_again_of_the_present_register(city: Run, register: Path, tmp_path: Path) -> None:
    with Ledger.open(register) as ledger:
        kept = ledger.runs.keep(
            {"demand": SAMPLE_NAME, "weight": "couriers", "need": ["microwave"], "date": "2026-10-12", "hour": 12},
            {"revision": 1},
            b"{}",
        )
    said = city("report", "--run", kept.id, "--out", tmp_path / "r", "--form", "sheet")
    assert said.code == 0
    assert "revision 1 of the register; this report is of revision" in said.err
    assert "3,923 – 6,733" in (tmp_path / "r" / "sheet.html").read_text(encoding="utf-8")
    stray = city("report", "--run", kept.id, "--need", "toilet", "--out", tmp_path / "s", "--form", "sheet")
    assert (stray.code, "needs" in stray.err) == (2, True)
    assert city("report", "--run", "nothing", "--out", tmp_path / "s", "--form", "sheet").code == 2


def test_a_full_disk_leaves_nothing(run: Run, small_disk: Path) -> None:
    (small_disk / "full").write_bytes(b"\0" * 3_100_000)
    said = run("coverage", *FILES, "--out", small_disk / "out")
    assert (said.code, "no room" in said.err) == (2, True)
    assert [path.name for path in small_disk.iterdir()] == ["full"]


@pytest.mark.real
def test_zhengzhou_by_county_from_the_census(run: Run, real_data: Path) -> None:
    """82 stations in GCJ-02; 12 counties of the census, 11,104,154 people; three zones have no boundary."""
    said = run(
        "coverage",
        *("--stations", real_data / "zhengzhou_union_stations" / "stations_82_listed.csv", "--stations-datum", "gcj02"),
        *("--demand", real_data / "china_county_census2020" / "input" / "population.csv", "--by-code"),
        *("--weight", "POPU", "--areas", real_data / "china_admin_datav" / "citys" / "410100.json"),
        *("--areas-datum", "gcj02", "--cell", 1000, "--json"),
    )
    told = said.json
    assert said.code == 3
    assert told["totals"][0]["demand"] == pytest.approx(11_104_154, abs=1e-3)
    assert len(told["by_area"]) == 12
    assert sum(each["demand"] for each in told["by_area"]) == pytest.approx(11_104_154, abs=1e-3)
    assert any("410173" in each and "missing in it" in each for each in told["notes"])
    assert told["inputs"]["stations"] == 82


@pytest.mark.real
def test_porto_alegre_on_foot(run: Run, real_data: Path) -> None:
    city = real_data / "osm_population_r5r" / "poa"
    extract = city / "poa_osm.pbf"
    asked = (
        *("coverage", "--stations", extract, "--stations-layer", "amenity=toilets,drinking_water"),
        *("--stations-map", "name=osm_id", "--stations-datum", "wgs84", "--demand", city / "poa_hexgrid.csv"),
        *("--demand-datum", "wgs84", "--weight", "population", "--json"),
    )
    air = run(*asked).json
    assert [each["covered"]["lower"] for each in air["totals"]] == [40_392.0, 164_793.0]
    assert run("network", "build", extract, "poa.network", "--slope", city / "poa_elevation.tif").code == 0
    walk = run(*asked, "--network", "poa.network").json
    assert [each["covered"]["lower"] for each in walk["totals"]] == [18_752.0, 90_722.0]
    assert walk["gaps_total"]["upper"] == 812_935 - 18_752


def test_the_readme_tells_every_command_and_only_options_that_there_are() -> None:
    root = Path(__file__).parent.parent
    for name in ("README.md", "README.zh-CN.md"):
        text = (root / name).read_text(encoding="utf-8").replace("\\\n", " ")
        lines = [
            line.split("stationmap ", 1)[1] for line in text.splitlines() if line.startswith(".venv/bin/stationmap ")
        ]
        assert {line.split()[0] for line in lines} >= {"coverage", "network", "report", "load"}
        for command in stationmap.commands:
            assert f"`{command}`" in text or any(line.startswith(command) for line in lines), (name, command)
        for line in lines:
            words = shlex.split(line)
            command: click.Command = stationmap.commands[words[0]]
            if isinstance(command, click.Group):
                command = command.commands[words[1]]
            known = {each for param in command.params for each in param.opts}
            assert {word for word in words if word.startswith("--")} <= known, line


def test_a_name_that_no_demand_has_is_told_with_those_that_there_are(city: Run) -> None:
    said = city("coverage", "--demand", "2027")
    assert said.code == 2
    assert "'2027'" in said.err
    assert "云渡市（示例）" in said.err
    assert "no file d2.csv" in city("coverage", "--demand", "d2.csv").err


def test_a_profile_of_ones_own_is_read_from_its_file(city: Run, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        '[ours]\nsource = "the plan of 2026"\ntrust = "own"\n[ours.reach_m]\ndense = 400\nordinary = 800\n',
        encoding="utf-8",
    )
    said = city("coverage", "--profiles", "own.toml", "--profile", "ours", "--reach", 400, "--reach", 800, "--json")
    near, far, ours = said.json["totals"]
    assert (ours["reach_m"], ours["covered"]) == (
        None,
        {"lower": near["covered"]["lower"], "upper": far["covered"]["upper"]},
    )
    assert len(said.json["inputs"]["profiles_file"]["own.toml"]) == 64
    assert "there are: ours" in city("coverage", "--profiles", "own.toml", "--profile", "example-walk").err
    assert "none.toml cannot be read" in city("coverage", "--profiles", "none.toml", "--profile", "ours").err
    (tmp_path / "own.toml").write_text("no toml", encoding="utf-8")
    assert "is no TOML" in city("coverage", "--profiles", "own.toml", "--profile", "ours").err
