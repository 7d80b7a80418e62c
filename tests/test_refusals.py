"""What is refused in Chinese is refused in Chinese: no word of English but what was typed, names, and what to type."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stationmap.cli.main import main
from stationmap.register.desk.cases import NewReport, ReportKind
from stationmap.register.ledger import Ledger
from stationmap.web.app import Settings, create_app
from tests.browser import town

FILES = {
    "bad.json": b"{not json",
    "days.json": b'{"days":[{"a":1}]}',
    "bad.zip": b"PK\3\4xxxxxxxx",
    "bad.xlsx": b"PK\3\4xxxxxxxx",
    "bad.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600,
    "bad.parquet": b"PAR1xxxxPAR1",
    "bad.gpkg": b"SQLite format 3\0" + b"x" * 100,
    "bad.kml": b"<kml><Placemark>",
    "bad.pbf": b"xxxxxx",
    "bad.shp": b"\0\0'\n" + b"x" * 100,
    "bad.xml": b"<a><b>",
    "bad.geojson": b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":'
    b'{"type":"LineString","coordinates":[[1,2]]}}]}',
    "long.json": b'[{"name":"a","lon":' + b"9" * 5000 + b"}]",
    "gbk.csv": "名称,经度\n站".encode("gbk") + b"\xff\xff",
    "text.txt": "名称\n".encode(),
    "photo.jpg": b"\xff\xd8\xff\xe0xxxx",
    "photo.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
}
LONG = "长" * 2_000
FIX = ("reports", "accept", "5", "--set")
CALLS: tuple[tuple[str, ...], ...] = (
    *((name,) for name in ("nothing", "--bogus", "find", "places", "hours", "import", "export", "remove", "backup")),
    *(("import", name, "--datum", "wgs84") for name in FILES if not name.startswith("photo")),
    *(("calendar", "import", name) for name in ("bad.json", "days.json", "text.txt", "folder", "gone.csv")),
    *(("photo", "add", "centre", name) for name in ("photo.jpg", "photo.svg", "text.txt", "folder", "gone.jpg")),
    ("check", "x"),
    ("check", "one", "two"),
    ("find", "--lon"),
    ("find", "--lon", "x", "--lat", "1"),
    ("find", "--lon", "200", "--lat", "1"),
    ("find", "--lon", "1", "--lat", "1", "--datum", "moon"),
    ("find", "--lon", "1", "--lat", "1", "--need", "sauna"),
    ("find", "--lon", "1", "--lat", "1", "--at", "soon"),
    ("places", "zz", "--lon", "1"),
    ("hours", "8-9", "--timezone", "Moon/Base"),
    ("calendar", "show"),
    ("calendar", "show", "2060"),
    ("load",),
    ("load", "areas"),
    ("load", "cats", "x"),
    ("export", "list.docx"),
    ("export", "no/such/list.csv"),
    ("backup", "no/such/copy"),
    ("restore", "text.txt"),
    ("reports", "reopen"),
    ("reports", "show"),
    ("reports", "show", "99"),
    ("reports", "accept", "1"),
    ("reports", "accept", "2"),
    ("reports", "accept", "3", "--publish-photo"),
    ("reports", "accept", "3", "--actor", " "),
    ("reports", "accept", "3", "--note", LONG),
    ("reports", "accept", "4", "--until", "2020-01-01"),
    ("reports", "turn-down", "1", "--note", " "),
    *((*FIX, f"{name}={LONG}") for name in ("name", "address", "area_name", "floor", "serves", "host_name", "phone")),
    *((*FIX, f"{name}={LONG}") for name in ("note", "parent_id")),
    *((*FIX, f"{name}=perhaps") for name in ("members_only", "makeup", "seats", "area_m2", "微波炉", "kinds")),
    *((*FIX, f"{name}=perhaps") for name in ("access", "host_type", "build_mode", "parent_id", "bogus")),
    ("notice", "add"),
    ("notice", "add", LONG),
    ("notice", "add", "x", "--area", "999"),
    ("notice", "withdraw", "99"),
    ("events", "remove", "99"),
    ("photo", "add"),
)
# Names of programs, forms and systems; what the clerk is told to type: options, fields, codes, other commands.
NAMES = (
    "CSV XLSX XLS ODS GeoJSON GeoPackage Parquet JSON XML OSM KML ZIP GPS PDF WebP JPEG PNG SVG UTF SQLite Shapefile"
    " IANA Asia Shanghai OpenStreetMap DataV EPSG wgs gcj bd bdmc mc cgcs utf stationmap"
)
TYPED = (
    "lon lat datum name date isOffDay true false yes no work weekend unknown import load areas streets demand hours makeup"
    " until floor kinds access seats note phone address parent id host type build mode members only area serves"
    " csv xlsx geojson gpkg parquet html shp shx dbf prj cpg show reports"
)
NOT_ENGLISH = frozenset(f"{NAMES} {TYPED}".split())


def english(told: str, typed: str) -> list[str]:
    """Return the English words of a text that were not typed, are no names, and are not to be typed."""
    words = re.findall(r"[A-Za-z]{2,}", re.sub(r"--[a-z-]+", "", told))
    return [word for word in words if word not in NOT_ENGLISH and word not in typed]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATIONMAP_DATABASE", str(town.build(tmp_path / "town.sqlite")))
    monkeypatch.delenv("STATIONMAP_LANG", raising=False)
    monkeypatch.chdir(tmp_path)
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "folder").mkdir()
    with Ledger.open() as ledger:
        for kind, facts in (("hours", {}), ("moved", {}), ("service", {"service": "tv"}), ("closed", {})):
            ledger.reports.submit(NewReport("centre", ReportKind(kind), **facts), at=datetime.now(UTC))
        ledger.reports.submit(NewReport("centre", ReportKind.OTHER, text="门口改了"), at=datetime.now(UTC))


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("call", CALLS, ids=lambda call: " ".join(call)[:60])
def test_the_command_line_refuses_in_chinese(call: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(call)
    told = capsys.readouterr().err
    assert left.value.code in (2, 3)
    assert re.search(r"[一-鿿]", told)
    assert english(told, " ".join(call)) == []


@pytest.mark.usefixtures("desk")
def test_who_decided_and_why_are_told_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    for call in ("reports accept 3", "reports accept 4", "reports accept 3", "reports turn-down 3 --note x"):
        with pytest.raises(SystemExit):
            main(call.split())
        told = capsys.readouterr()
        assert english(told.out + told.err, call) == []
    assert "经办人" in told.err


@pytest.mark.parametrize("say", ["", "x", "closed", "service", "other"])
def test_the_form_refuses_in_chinese(tmp_path: Path, say: str) -> None:
    app = create_app(Settings(database=town.build(tmp_path / "town.sqlite"), clock=lambda: town.NOON))
    send: Callable[..., object] = app.test_client().post
    for name, content in FILES.items():
        photo = {"photo": (io.BytesIO(content), name)}
        page = send("/stations/centre/say", data={"kind": say, "token": "0123456789", **photo})
        told = re.search(r'(?s)<p id="fault"[^>]*>(.*?)</p>', page.text)  # type: ignore[attr-defined]
        assert told, page.text  # type: ignore[attr-defined]
        assert english(told[1], f"{name} closed moved service hours other") == []
    app.extensions["live"].close()
