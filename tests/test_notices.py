"""Notices of the operator: when they stand, in which order, whom they shut, and that they move the revision."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from stationmap.errors import InvalidValue, NotFound
from stationmap.register.ledger import Ledger
from stationmap.schema.records import Station

WHO = {"actor": "李"}
NOW = datetime(2026, 7, 20, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / "ledger.sqlite") as ledger:
        ledger.put(
            [Station(id="a", name="甲"), Station(id="f", name="样例", fictional=True)], actor="李", reason="test"
        )
        yield ledger


def put(ledger, text="高温红色预警", start=NOW, end=NOW + HOUR, **facts):
    return ledger.notices.put(text, starts_at=start, ends_at=end, **WHO, **facts)


def test_a_notice_comes_back_as_it_was_put_and_moves_the_revision(ledger):
    beijing = timezone(timedelta(hours=8))
    notice = put(
        ledger,
        " 停电检修\x00 ",
        datetime(2026, 7, 20, 9, 0, tzinfo=beijing),
        datetime(2026, 7, 21, 0, 0, tzinfo=beijing),
        text_en="Power cut",
        level="warning",
        station_id="a",
        closes=True,
    )
    assert (notice.id, notice.text, notice.text_en, notice.level) == (1, "停电检修", "Power cut", "warning")
    assert (notice.starts_at, notice.ends_at) == (
        datetime(2026, 7, 20, 1, tzinfo=UTC),
        datetime(2026, 7, 20, 16, tzinfo=UTC),
    )
    assert (notice.station_id, notice.adcode, notice.closes, notice.withdrawn) == ("a", "", True, False)
    assert ledger.notices.all() == [notice]
    assert ledger.revision() == 2
    assert (ledger.log(1)[0].action, ledger.log(1)[0].actor) == ("notice", "李")


def test_it_stands_from_its_beginning_to_its_end_and_ahead_of_it_when_asked(ledger):
    notice = put(ledger)
    for at, ahead, stands in (
        (NOW - timedelta(seconds=1), timedelta(0), False),
        (NOW - timedelta(seconds=1), timedelta(seconds=1), True),
        (NOW - HOUR, HOUR / 2, False),
        (NOW, timedelta(0), True),
        (NOW + HOUR - timedelta(seconds=1), timedelta(0), True),
        (NOW + HOUR, timedelta(0), False),
    ):
        assert ledger.notices.current(at, ahead) == ([notice] if stands else []), at
    assert ledger.notices.current(NOW.astimezone(timezone(timedelta(hours=-11)))) == [notice]


def test_the_most_pressing_comes_first_then_the_earliest(ledger):
    put(ledger, "1", level="info")
    put(ledger, "2", level="danger", start=NOW - HOUR / 2)
    put(ledger, "3", level="warning")
    put(ledger, "4", level="danger", start=NOW - HOUR)
    put(ledger, "5", level="danger", start=NOW - HOUR)
    assert [notice.text for notice in ledger.notices.current(NOW)] == ["4", "5", "2", "3", "1"]
    assert [notice.text for notice in ledger.notices.all()] == ["1", "2", "3", "4", "5"]


def test_a_withdrawn_notice_stands_no_more_but_is_known(ledger):
    notice = put(ledger)
    assert ledger.notices.withdraw(notice.id, **WHO).revision == 3
    assert ledger.notices.current(NOW) == ledger.notices.all() == []
    assert [one.withdrawn for one in ledger.notices.all(withdrawn=True)] == [True]
    assert ledger.notices.withdraw(notice.id, **WHO).unchanged == 1
    assert ledger.revision() == 3
    with pytest.raises(NotFound, match="number 9"):
        ledger.notices.withdraw(9, **WHO)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"text": " \x00 "}, "needs a text"),
        ({"text": "字" * 501}, "501 characters, at most 500"),
        ({"text_en": "x" * 501}, "501 characters"),
        ({"level": "fatal"}, "'fatal' is none of: info, warning, danger"),
        ({"adcode": "二七区"}, "'二七区' is no code"),
        ({"closes": True}, "Only a notice for one station can shut it"),
        ({"end": NOW}, "before it begins"),
        ({"end": NOW + timedelta(days=401)}, "401 days; at most 400"),
        ({"start": NOW.replace(tzinfo=None)}, "no offset from UTC"),
        ({"end": datetime.max.replace(tzinfo=UTC)}, "outside the years"),
    ],
)
def test_a_notice_that_cannot_be_is_told(ledger, facts, told):
    with pytest.raises(InvalidValue, match=told):
        put(ledger, **facts)
    assert (ledger.notices.all(), ledger.revision()) == ([], 1)


def test_a_station_that_is_not_there_and_nobody_who_answers(ledger):
    with pytest.raises(NotFound, match="'nowhere'"):
        put(ledger, station_id="nowhere", closes=True)
    with pytest.raises(InvalidValue, match="needs a name and a reason"):
        ledger.notices.put("x", starts_at=NOW, ends_at=NOW + HOUR, actor=" ")
    assert ledger.revision() == 1


def test_a_notice_outlives_the_removal_of_its_station_and_goes_with_the_sample_city(ledger):
    put(ledger, station_id="a")
    put(ledger, station_id="f")
    ledger.remove(["a"], actor="李", reason="x")
    ledger.discard_fictional(actor="李", reason="x")
    assert [notice.station_id for notice in ledger.notices.all()] == ["a"]
    assert ledger.log(1)[0].counts == {"discarded": 2}
