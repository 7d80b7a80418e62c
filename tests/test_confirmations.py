"""Still right, in one tap: dated, counted once a token, apart from a clerk's check, moving no revision."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.errors import InvalidValue, NotFound
from stationmap.register.desk import confirmations as module
from stationmap.register.desk.confirmations import COUNTED_DAYS, Confirmed
from stationmap.register.layout import CONFIRMATION
from stationmap.register.ledger import Ledger
from stationmap.schema.records import Station

WHO = {"actor": "李", "reason": "test"}
TODAY = date(2026, 11, 20)


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / "ledger.sqlite") as ledger:
        stations = [
            Station(id="a", name="甲", confirmed_on=date(2026, 5, 1), confirmed_by="赵"),
            Station(id="b", name="乙"),
        ]
        ledger.put([*stations, Station(id="c", name="丙", fictional=True)], **WHO)
        yield ledger


def taps(ledger, station_id="a", day=TODAY, tokens="x"):
    for token in tokens:
        ledger.confirmations.confirm(station_id, day=day, token=token)


def test_taps_are_counted_and_dated_and_leave_the_record_alone(ledger):
    taps(ledger, day=TODAY - timedelta(days=3), tokens="xy")
    taps(ledger, tokens="z")
    assert ledger.confirmations.of("a", today=TODAY) == Confirmed(TODAY, 3)
    assert ledger.confirmations.of("b", today=TODAY) == Confirmed(None, 0)
    assert ledger.confirmations.of("nowhere", today=TODAY) == Confirmed(None, 0)
    assert ledger.revision() == 1
    assert (ledger.station("a").confirmed_on, ledger.station("a").confirmed_by) == (date(2026, 5, 1), "赵")


def test_the_same_token_counts_once_at_a_station(ledger):
    taps(ledger, tokens="xx")
    taps(ledger, day=TODAY + timedelta(1), tokens="x")
    taps(ledger, "b", tokens="x")
    assert ledger.confirmations.of("a", today=TODAY) == Confirmed(TODAY, 1)
    assert ledger.confirmations.last_by_station() == {"a": TODAY, "b": TODAY}


def test_only_the_last_ninety_days_count_and_the_last_day_is_kept(ledger):
    taps(ledger, day=TODAY - timedelta(COUNTED_DAYS - 1), tokens="x")
    taps(ledger, day=TODAY - timedelta(COUNTED_DAYS), tokens="y")
    assert ledger.confirmations.of("a", today=TODAY) == Confirmed(TODAY - timedelta(COUNTED_DAYS - 1), 1)
    assert ledger.confirmations.of("a", today=TODAY + timedelta(400)) == Confirmed(TODAY - timedelta(89), 0)


def test_old_taps_are_forgotten_so_that_the_table_stays_small(ledger):
    for n in range(0, 1000, 50):
        taps(ledger, day=date(2024, 1, 1) + timedelta(n), tokens=[str(n)])
    with ledger._database.reading() as connection:
        days = [row.day for row in connection.execute(CONFIRMATION.select().order_by(CONFIRMATION.c.day))]
    assert days == [str(date(2024, 1, 1) + timedelta(n)) for n in (900, 950)]


def test_a_late_tap_never_takes_a_newer_one_away(ledger):
    taps(ledger, tokens="x")
    taps(ledger, day=TODAY - timedelta(300), tokens="y")
    assert ledger.confirmations.of("a", today=TODAY) == Confirmed(TODAY, 1)


def test_a_flood_is_cut_off(ledger, monkeypatch):
    monkeypatch.setattr(module, "MOST_A_DAY", 5)
    taps(ledger, tokens="abcdefgh")
    assert ledger.confirmations.of("a", today=TODAY).times_90_days == 5


def test_no_token_is_kept_and_two_stations_cannot_be_told_to_be_of_one_phone(ledger):
    taps(ledger, tokens=["phone-7"])
    taps(ledger, "b", tokens=["phone-7"])
    with ledger._database.reading() as connection:
        kept = [row.tap for row in connection.execute(CONFIRMATION.select())]
    assert len(set(kept)) == 2
    assert not any("phone-7" in tap for tap in kept)


def test_what_cannot_be_confirmed_is_told(ledger):
    with pytest.raises(NotFound, match="'nowhere'"):
        taps(ledger, "nowhere")
    for token in ("", "x" * 201):
        with pytest.raises(InvalidValue, match="token of 1 to 200"):
            taps(ledger, tokens=[token])
    ledger.remove(["a"], **WHO)
    with pytest.raises(InvalidValue, match=r"taken out of the register.*report it"):
        taps(ledger)


def test_taps_outlive_removal_and_reimport_and_go_with_the_sample_city(ledger):
    taps(ledger)
    taps(ledger, "c")
    ledger.remove(["a"], **WHO)
    assert ledger.confirmations.of("a", today=TODAY).times_90_days == 1
    ledger.restore(["a"], **WHO)
    ledger.put([Station(id="a", name="甲", phone="1")], **WHO)
    ledger.discard_fictional(**WHO)
    assert ledger.confirmations.last_by_station() == {"a": TODAY}


@given(sent=st.lists(st.tuples(st.integers(0, 200), st.sampled_from("abcdef")), max_size=12))
@settings(max_examples=40, deadline=None)
def test_counts_are_those_of_the_first_tap_of_each_token(tmp_path_factory, sent):
    with Ledger.open(tmp_path_factory.mktemp("taps") / "any.sqlite") as ledger:
        ledger.put([Station(id="a", name="a")], **WHO)
        kept: dict[str, date] = {}
        for days, token in sent:
            day = TODAY - timedelta(days)
            taps(ledger, day=day, tokens=[token])
            kept.setdefault(token, day)
            newest = max(kept.values())
            kept = {one: then for one, then in kept.items() if then >= newest - timedelta(COUNTED_DAYS)}
        recent = [then for then in kept.values() if then > TODAY - timedelta(COUNTED_DAYS)]
        assert ledger.confirmations.of("a", today=TODAY) == Confirmed(max(kept.values(), default=None), len(recent))
