"""Demand in the ledger: kept whole, replaced under its name, and gone with the sample city where it is fictional."""

import pytest

from stationmap.errors import InvalidValue, NotFound, TooMany
from stationmap.register.ledger import Ledger
from stationmap.register.plans import demands


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / "town.sqlite") as opened:
        yield opened


def put(ledger, name="cells", parquet=b"PAR1", **facts):
    facts = {"rows": 3, "weights": {"people": 42.0}, "actor": "li", "source": "cells.csv"} | facts
    return ledger.demands.put(name, parquet, **facts)


def test_what_is_kept_comes_back_whole(ledger):
    written = put(ledger, " 2026 人口 ", b"PAR1\x00\xff")
    assert (written.revision, written.created) == (1, 1)
    kept = ledger.demands.one("2026 人口")
    assert (kept.rows, dict(kept.weights), kept.source, kept.revision) == (3, {"people": 42.0}, "cells.csv", 1)
    assert ledger.demands.parquet("2026 人口") == b"PAR1\x00\xff"
    assert ledger.demands.all() == [kept]


def test_the_same_again_moves_no_revision_and_other_bytes_do(ledger):
    put(ledger)
    again = put(ledger)
    assert (again.revision, again.unchanged, ledger.revision()) == (1, 1, 1)
    other = put(ledger, parquet=b"PAR2", rows=4)
    assert (other.revision, other.updated) == (2, 1)
    assert (ledger.demands.one("cells").rows, ledger.demands.parquet("cells")) == (4, b"PAR2")
    assert [change.action for change in _history(ledger)] == ["created", "updated"]


def _history(ledger):
    from stationmap.register.history import history

    with ledger.demands._database.reading() as connection:
        return history(connection, "demand", "cells")


def test_one_that_is_not_there_is_told_with_those_that_are(ledger):
    put(ledger)
    for asked in (ledger.demands.one, ledger.demands.parquet):
        with pytest.raises(NotFound, match=r"'jobs'; there are: cells"):
            asked("jobs")
    with pytest.raises(NotFound, match="stationmap load demand"):
        ledger.demands.discard("jobs", actor="li")


def test_a_fictional_one_goes_with_the_sample_city_and_takes_no_real_ones_place(ledger):
    put(ledger, "sample", fictional=True)
    put(ledger, "real")
    with pytest.raises(InvalidValue, match="is real"):
        put(ledger, "real", b"PAR9", fictional=True)
    assert [each.name for each in ledger.demands.all(fictional=False)] == ["real"]
    assert ledger.discard_fictional(actor="li", reason="away") == 1
    assert [each.name for each in ledger.demands.all()] == ["real"]
    put(ledger, "sample", fictional=True)
    put(ledger, "sample", fictional=False)
    assert not ledger.demands.one("sample").fictional


def test_names_sizes_and_numbers_are_bounded(ledger, monkeypatch):
    with pytest.raises(InvalidValue, match="needs a name"):
        put(ledger, " \x00")
    with pytest.raises(InvalidValue, match="at most 60"):
        put(ledger, "x" * 61)
    monkeypatch.setattr(demands, "MOST_BYTES", 3)
    with pytest.raises(InvalidValue, match="stationmap coverage --demand FILE"):
        put(ledger, parquet=b"PAR1")
    monkeypatch.undo()
    monkeypatch.setattr(demands, "MOST_KEPT", 1)
    put(ledger, "first")
    with pytest.raises(TooMany, match="Remove one first"):
        put(ledger, "second")
    put(ledger, "first", b"PAR3")
    assert ledger.demands.discard("first", actor="li").updated == 1
    put(ledger, "second")
