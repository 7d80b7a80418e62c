"""Opening a ledger: where it is, what is made, what is brought up to date, what is refused."""

import logging
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from stationmap.errors import InvalidValue, LedgerUnavailable
from stationmap.register import database as database_module
from stationmap.register.database import Database, database_url, default_database, file_of
from stationmap.register.desk.reports import NewReport, ReportKind
from stationmap.register.layout import LAYOUT_VERSION, METADATA, VERSION_TABLE
from stationmap.register.ledger import Ledger
from stationmap.register.upgrade import MIGRATIONS, bring_up_to_date
from stationmap.schema.records import Station

WHO = {"actor": "李", "reason": "test"}
NEXT_STEP = '''
"""A step that a later stationmap may bring."""
import sqlalchemy as sa
from alembic import op
revision = "9999"
down_revision = "{last}"
def upgrade():
    with op.batch_alter_table("station") as table:
        table.add_column(sa.Column("colour", sa.String, nullable=False, server_default="red"))
'''


@pytest.fixture
def file(tmp_path):
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def later(tmp_path):
    """Return the migrations of a later stationmap: those of the package and one more."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "9999_later.py").write_text(NEXT_STEP.format(last=LAYOUT_VERSION))
    return folder


def test_the_steps_make_the_layout_that_the_code_believes_in(file):
    Ledger.open(file).close()
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "version_table": VERSION_TABLE})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_the_layout_version_is_the_last_step():
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [LAYOUT_VERSION]


def test_checks_and_foreign_keys_are_in_the_file(file):
    Ledger.open(file).close()
    connection = sqlite3.connect(file)
    made = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
    assert "lat BETWEEN -90 AND 90" in made["station"]
    assert re.search(r"FOREIGN KEY\(station_id\) REFERENCES station \(id\) ON DELETE CASCADE", made["station_service"])
    connection.close()


def test_sqlite_runs_with_write_ahead_log_and_foreign_keys(file):
    database = Database(database_url(file))
    bring_up_to_date(database)
    with database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000
    database.close()
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_copy_that_lost_the_write_ahead_log_gets_it_back(file, tmp_path):
    with Ledger.open(file) as ledger:
        ledger.put([Station(id="a", name="a")], **WHO)
    source = sqlite3.connect(file)
    source.execute("VACUUM INTO ?", [str(tmp_path / "copy.sqlite")])
    source.close()
    with Ledger.open(tmp_path / "copy.sqlite") as ledger:
        assert ledger.station("a").name == "a"
    copy = sqlite3.connect(tmp_path / "copy.sqlite")
    assert copy.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    copy.close()


def test_an_older_ledger_is_brought_up_to_date_with_all_it_holds(file, later):
    with Ledger.open(file) as ledger:
        ledger.put([Station(id="a", name="a")], **WHO)
    database = Database(database_url(file))
    bring_up_to_date(database, migrations=later, target="9999")
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT id, colour FROM station").all() == [("a", "red")]
    database.close()


def test_a_ledger_of_the_first_layout_is_brought_up_to_date_without_loss(file):
    """tests/ledger_0001.sql was written by the stationmap of layout 0001: two imports, a removal, areas, streets."""
    old = sqlite3.connect(file)
    old.executescript((Path(__file__).parent / "ledger_0001.sql").read_text(encoding="utf-8"))
    tables = [name for (name,) in old.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    held = {name: old.execute(f"SELECT * FROM {name} ORDER BY rowid").fetchall() for name in tables}
    old.close()
    assert held[VERSION_TABLE] == [("0001",)]
    assert {name: len(rows) for name, rows in held.items()} == {
        **{"ledger": 1, "revision": 7, "change": 10, "station": 4, "station_service": 3, "host": 1, "area": 1},
        **{"street": 1, "calendar_day": 1, VERSION_TABLE: 1},
    }
    with Ledger.open(file) as ledger:
        station = ledger.station("a3h7yhp6sv")
        assert (station.name, station.address, station.revision) == ("二七广场驿站", "大学路1号", 3)
        assert (station.location.received_datum, station.hours.unread) == ("gcj02", ("详询前台",))
        assert [change.action for change in ledger.history("d0000000d0")] == ["created", "removed"]
        assert [tuple(change) for change in ledger.changes_since(0, 10).changes] == [
            *(("b0000000b0", 1, False), ("c0000000c0", 1, False)),
            *(("a3h7yhp6sv", 3, False), ("d0000000d0", 4, True)),
        ]
        report = ledger.reports.submit(NewReport("a3h7yhp6sv", ReportKind.CLOSED), at=datetime.now(UTC))
        assert (report.id, ledger.reports.listed("new")) == (1, [report])
        ledger.confirmations.confirm("b0000000b0", day=date(2026, 11, 20), token="t")
        assert (ledger.notices.all(), ledger.events.all(), ledger.photos.of("a3h7yhp6sv")) == ([], [], [])
    new = sqlite3.connect(file)
    for name in set(tables) - {VERSION_TABLE}:
        assert new.execute(f"SELECT * FROM {name} ORDER BY rowid").fetchall() == held[name], name
    assert new.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert new.execute("PRAGMA foreign_key_check").fetchall() == []
    new.close()


def test_an_upgrade_and_a_new_ledger_come_to_the_same_tables(file, tmp_path):
    old = sqlite3.connect(file)
    old.executescript((Path(__file__).parent / "ledger_0001.sql").read_text(encoding="utf-8"))
    old.close()
    made = []
    for one in (file, tmp_path / "new.sqlite"):
        Ledger.open(one).close()
        connection = sqlite3.connect(one)
        made.append(sorted(connection.execute("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")))
        connection.close()
    assert made[0] == made[1]


def test_numbers_of_reports_are_never_given_twice(file):
    Ledger.open(file).close()
    connection = sqlite3.connect(file)
    made = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
    connection.close()
    assert all("AUTOINCREMENT" in made[name] for name in ("report", "notice", "photo"))


def test_a_step_that_fails_leaves_the_ledger_as_it_was(file, later):
    Ledger.open(file).close()
    step = later / "versions" / "9999_later.py"
    step.write_text(step.read_text() + "    raise RuntimeError('half way')\n")
    database = Database(database_url(file))
    with pytest.raises(RuntimeError, match="half way"):
        bring_up_to_date(database, migrations=later, target="9999")
    with database.reading() as connection:
        columns = [row[1] for row in connection.exec_driver_sql("PRAGMA table_info(station)")]
    database.close()
    assert "colour" not in columns
    Ledger.open(file).close()


def test_a_ledger_of_a_newer_stationmap_is_refused(file, later):
    database = Database(database_url(file))
    bring_up_to_date(database, migrations=later, target="9999")
    database.close()
    with pytest.raises(LedgerUnavailable, match=r"newer stationmap \(layout 9999.*pip install --upgrade"):
        Ledger.open(file)


def test_a_file_that_is_no_database_is_refused_and_not_touched(file):
    file.write_text("name,lon,lat\n" * 100)
    with pytest.raises(LedgerUnavailable, match="is no ledger of stationmap"):
        Ledger.open(file)
    assert file.read_text() == "name,lon,lat\n" * 100


def test_a_database_of_something_else_is_refused_and_not_touched(file):
    other = sqlite3.connect(file)
    other.execute("CREATE TABLE station (id INTEGER)")
    other.close()
    before = file.read_bytes()
    with pytest.raises(LedgerUnavailable, match="is no ledger of stationmap"):
        Ledger.open(file)
    assert file.read_bytes() == before


def test_an_empty_file_becomes_a_ledger(file):
    file.touch()
    with Ledger.open(file) as ledger:
        assert ledger.revision() == 0


def test_a_damaged_file_is_told(file):
    with Ledger.open(file) as ledger:
        ledger.put([Station(id=f"s{i}", name="a" * 200) for i in range(500)], **WHO)
    content = bytearray(file.read_bytes())
    content[8192:] = b"\xff" * (len(content) - 8192)
    file.write_bytes(content)
    with pytest.raises(LedgerUnavailable, match="is damaged"), Ledger.open(file) as ledger:
        ledger.stations()


def test_none_shall_be_made(file):
    assert not Ledger.exists(file)
    with pytest.raises(LedgerUnavailable, match=r"There is no ledger at .*stationmap init"):
        Ledger.open(file, create=False)
    assert not file.exists()
    Ledger.open(file).close()
    assert Ledger.exists(file)
    Ledger.open(file, create=False).close()


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(InvalidValue, match=r"is a folder, not a ledger.*stationmap\.sqlite"):
        Ledger.open(tmp_path)


def test_a_missing_folder_is_not_made(tmp_path):
    with pytest.raises(LedgerUnavailable, match=r"folder .*nowhere.* is not there"):
        Ledger.open(tmp_path / "nowhere" / "ledger.sqlite")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    "named", [":memory:", "sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory&uri=true"]
)
def test_a_ledger_in_memory_is_refused(named):
    with pytest.raises(InvalidValue, match="names no file"):
        Ledger.open(named)


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ("mysql://localhost/x", "SQLite or PostgreSQL, not in 'mysql'"),
        ("http://localhost/x", "not in 'http'"),
        ("://", "is no database URL"),
        ("sqlite+nope:////x.sqlite", "is no database URL"),
        ("sqlite://host/x.sqlite", "is no database URL"),
        ("sqlite:////x.sqlite?timeout=soon", "is no database URL"),
        ("sqlite:////x.sqlite?mode=ro", "only a file URI can set"),
        ("postgresql://host:port/x", "is no database URL"),
    ],
)
def test_another_url_is_refused(named, told):
    with pytest.raises(InvalidValue, match=re.escape(told)):
        Ledger.open(named)


def test_paths_and_urls(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert file_of(database_url("town.sqlite")) == tmp_path / "town.sqlite"
    assert file_of(database_url(Path("a b%20.sqlite"))) == tmp_path / "a b%20.sqlite"
    assert file_of(database_url("~/town.sqlite")) == tmp_path / "home" / "town.sqlite"
    assert file_of(database_url("sqlite:///town.sqlite")) == tmp_path / "town.sqlite"
    assert file_of(database_url(f"sqlite:///{tmp_path}/x.sqlite?timeout=1")) == tmp_path / "x.sqlite"
    assert file_of(database_url("sqlite:///file:/a%20b.sqlite?mode=ro&uri=true")) == Path("/a b.sqlite")


def test_a_password_is_never_told():
    assert "secret" not in Database(database_url("sqlite:////x.sqlite")).place
    url = database_url("postgresql://li:secret@localhost/town")
    assert url.render_as_string(hide_password=True) == "postgresql://li:***@localhost/town"


def test_the_default_is_the_variable_then_the_checkout_then_the_users_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("STATIONMAP_DATABASE", "~/town.sqlite")
    assert default_database() == "~/town.sqlite"
    monkeypatch.setenv("STATIONMAP_DATABASE", " ")
    checkout = Path(database_module.__file__).parents[2]
    assert default_database() == str(checkout / "data" / "stationmap.sqlite")
    monkeypatch.setattr(database_module, "__file__", str(tmp_path / "site" / "stationmap" / "register" / "database.py"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    assert default_database() == str(tmp_path / "share" / "stationmap" / "stationmap.sqlite")
    monkeypatch.delenv("STATIONMAP_DATABASE")
    with Ledger.open() as ledger:
        assert ledger.place == str(tmp_path / "share" / "stationmap" / "stationmap.sqlite")


def test_the_folder_of_the_default_cannot_be_made(tmp_path, monkeypatch):
    (tmp_path / "share").write_text("a file where a folder should be")
    monkeypatch.delenv("STATIONMAP_DATABASE", raising=False)
    monkeypatch.setattr(database_module, "__file__", str(tmp_path / "site" / "stationmap" / "register" / "database.py"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    with pytest.raises(LedgerUnavailable, match=r"cannot be made .*STATIONMAP_DATABASE"):
        Ledger.open()


def test_nothing_is_printed_and_no_logging_set_up(file, capfd):
    before = (list(logging.root.handlers), logging.root.level)
    Ledger.open(file).close()
    assert capfd.readouterr() == ("", "")
    assert (list(logging.root.handlers), logging.root.level) == before


def test_an_up_to_date_ledger_opens_at_once_and_without_alembic(file):
    Ledger.open(file).close()
    code = (
        "import sys, time\n"
        "from stationmap.register.ledger import Ledger\n"
        "start = time.perf_counter()\n"
        f"Ledger.open({str(file)!r}).revision()\n"
        "print(time.perf_counter() - start, 'alembic' in sys.modules)"
    )
    took_s, alembic = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert alembic == "False"
    assert float(took_s) < 0.25


def test_processes_that_create_at_the_same_moment_all_succeed(file):
    code = (
        "import sys, time\n"
        "from stationmap.register.ledger import Ledger\n"
        "from stationmap.schema.records import Station\n"
        "time.sleep(max(0.0, float(sys.argv[2]) - time.time()))\n"
        f"with Ledger.open({str(file)!r}) as ledger:\n"
        "    ledger.put([Station(id=sys.argv[1], name='a')], actor='li', reason='test')\n"
    )
    start = str(time.time() + 2.5)
    running = [
        subprocess.Popen([sys.executable, "-c", code, f"s{i}", start], stderr=subprocess.PIPE, text=True)
        for i in range(4)
    ]
    faults = [process.communicate(timeout=60)[1] for process in running]
    assert faults == [""] * 4
    with Ledger.open(file) as ledger:
        assert sorted(station.id for station in ledger.records()) == ["s0", "s1", "s2", "s3"]
        assert ledger.revision() == 4
