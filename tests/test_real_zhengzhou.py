"""The whole way on real input: Zhengzhou's list in by the command line, the nearest five from 二七广场 out."""

import csv
import json
from pathlib import Path

import pytest
from pyproj import Geod

from stationmap.cli.main import main
from stationmap.geo.datum import gcj02_to_wgs84

pytestmark = pytest.mark.real
SQUARE = (113.665, 34.752)  # 二七广场, GCJ-02
LISTED = "stations_82_listed.csv"
MADE_UP = "SYNTHETIC_557_do_not_use_as_real.csv"


def call(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    said = capsys.readouterr()
    return int(left.value.code or 0), said.out, said.err


@pytest.fixture
def folder(real_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STATIONMAP_DATABASE", str(tmp_path / "zhengzhou.sqlite"))
    return real_data / "zhengzhou_union_stations"


def test_without_a_datum_it_is_refused_and_the_evidence_shown(
    folder: Path, real_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    boundaries = real_data / "china_admin_datav" / "citys" / "410100.json"
    code, _, err = call(capsys, "import", folder / LISTED, "--areas", boundaries, "--areas-datum", "gcj02")
    assert code == 2
    assert "gcj02 / bd09 3:0, p = 0.25" in err
    assert "--datum" in err
    code, out, _ = call(capsys, "import", folder / LISTED, "--areas", boundaries, "--areas-datum", "gcj02", "--json")
    facts = json.loads(out)
    assert (code, facts["accepted"]) == (2, 0)
    assert facts["datum_evidence"]["best"] == "gcj02"
    assert facts["datum_evidence"]["proved"] is False


def test_the_nearest_five_with_their_states(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "import", folder / LISTED, "--datum", "gcj02", "--json")
    facts = json.loads(out)
    assert (code, facts["accepted"], facts["rejected"], facts["generated"]) == (0, 82, 0, 0)

    code, out, _ = call(capsys, "import", folder / MADE_UP, "--datum", "gcj02", "--json")
    facts = json.loads(out)
    assert (code, facts["rows"], facts["generated"]) == (0, 557, 557)

    expected = _nearest_by_hand(folder / LISTED, 5)
    states = {
        "2026-10-10T10:00": ["unknown", "open", "unknown", "open", "unknown"],  # a make-up Saturday
        "2026-10-03T10:00": ["closed", "open", "unknown", "open", "closed"],  # National Day, a Saturday
    }
    for at, wanted in states.items():
        position = ("--lon", SQUARE[0], "--lat", SQUARE[1], "--datum", "gcj02")
        _, out, _ = call(capsys, "find", *position, "--at", at, "--any", "--json")
        found = [feature["properties"] for feature in json.loads(out)["features"]]
        assert [one["name"] for one in found] == [name for name, _ in expected]
        assert [one["distance_m"] for one in found] == pytest.approx([m for _, m in expected], abs=0.06)
        assert [one["state"] for one in found] == wanted


def _nearest_by_hand(path: Path, k: int) -> list[tuple[str, float]]:
    """Return the nearest rows of the file by the geodesic, as a check that shares only the datum with the finder."""
    lon, lat = gcj02_to_wgs84(*SQUARE)
    with path.open(encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    geod = Geod(ellps="WGS84")
    measured = []
    for row in rows:
        x, y = gcj02_to_wgs84(float(row["lng_gcj02"]), float(row["lat_gcj02"]))
        measured.append((row["name"], geod.inv(float(lon), float(lat), float(x), float(y))[2]))
    return sorted(measured, key=lambda pair: pair[1])[:k]
