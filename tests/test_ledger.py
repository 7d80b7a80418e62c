"""The ledger: what goes in comes out, with its history; the same again changes nothing."""

import os
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from stationmap.errors import InvalidValue, NotFound
from stationmap.geo.areas import Area
from stationmap.hours.calendar import CalendarDay
from stationmap.register.gazetteer import Street
from stationmap.register.history import Written
from stationmap.register.ledger import Ledger
from stationmap.register.records import station_from_dict
from stationmap.schema.records import Answer, Basis, Host, Hours, Location, Makeup, Provenance, Service, Station
from stationmap.schema.tables import SERVICE_COLUMNS, STATION_COLUMNS
from stationmap.schema.vocabulary import SERVICES
from tests.record_strategies import hosts, stations

WHO = {"actor": "李", "reason": "monthly list"}
LIST = Provenance(Basis.FOUND, "zhengzhou.xlsx", date(2026, 5, 1))
HERE = Location(113.665, 34.752, 113.671, 34.750, "gcj02", LIST)
ERQI = Station(
    id="erqi",
    name="二七广场驿站",
    address="大学路1号",
    area_name="二七区",
    adcode="410103",
    kinds=("rest_station", "book_corner"),
    location=HERE,
    hours=Hours("9:00-17:00，以现场为准", "Mo-Su 09:00-17:00", ("以现场为准",), True, Makeup.WORK, LIST),
    services=(
        Service("microwave", Answer.YES, "午饭时", "Mo-Fr 11:00-13:00", None, date(2026, 12, 1), LIST),
        Service("toilet", Answer.YES, nearby_m=120.0),
        Service("wifi", Answer.UNKNOWN),
    ),
    access=("open_door", "qr_code"),
    members_only=Answer.NO,
    floor="一楼",
    serves="快递员",
    host_type="bank",
    host_name="工商银行",
    build_mode="hosted",
    phone="12351",
    seats=12,
    area_m2=36.5,
    parent_id="hub",
    note="“引号” | 竖线",
    timezone="Asia/Urumqi",
    confirmed_on=date(2026, 6, 1),
    confirmed_by="王",
    list_name="郑州",
    list_key="7",
    provenance=LIST,
)
PLAIN = Station(id="plain", name="驿站")


@pytest.fixture
def ledger(tmp_path):
    """Return an empty ledger: a file, or the PostgreSQL database that STATIONMAP_TEST_POSTGRESQL names, emptied."""
    server = os.environ.get("STATIONMAP_TEST_POSTGRESQL")
    if server:
        engine = create_engine(server)
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
        engine.dispose()
    with Ledger.open(server or tmp_path / "ledger.sqlite") as opened:
        yield opened


def test_an_empty_ledger(ledger):
    assert ledger.revision() == 0
    assert set(ledger.counts().values()) == {0}
    assert ledger.log() == []
    assert ledger.gazetteer.areas() == []
    assert ledger.gazetteer.calendar_days() == []
    assert list(ledger.records()) == []
    assert len(ledger.gazetteer.streets()) == len(ledger.hosts()) == len(ledger.unlocated()) == 0
    tables = ledger.stations()
    assert (list(tables.stations), list(tables.services)) == (list(STATION_COLUMNS), list(SERVICE_COLUMNS))
    assert (len(tables.stations), len(tables.services), tables.revision) == (0, 0, 0)


def test_a_station_comes_back_as_it_went_in(ledger):
    assert ledger.put([ERQI, PLAIN], **WHO) == Written(1, created=2)
    assert ledger.station("erqi") == replace(ERQI, revision=1)
    assert ledger.station("plain") == replace(PLAIN, revision=1)


@given(stations(), hosts())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_record_comes_back_as_it_went_in(ledger, station, host):
    revision = ledger.put([station], **WHO, replace=True).revision
    assert replace(ledger.station("s1"), revision=0) == station
    assert revision == ledger.revision()
    ledger.put_hosts([host], **WHO, replace=True)
    assert replace(ledger.host("h1"), revision=0) == host


def test_the_same_again_writes_nothing(ledger):
    ledger.put([ERQI, PLAIN], **WHO)
    assert ledger.put([PLAIN, ERQI], **WHO) == Written(1, unchanged=2)
    assert ledger.put([replace(ERQI, services=ERQI.services[::-1], revision=99)], **WHO) == Written(1, unchanged=1)
    assert ledger.put([], **WHO) == Written(1)
    assert ledger.revision() == 1
    assert len(ledger.history("erqi")) == len(ledger.log()) == 1


def test_only_what_changed_is_written(ledger):
    ledger.put([ERQI, PLAIN], **WHO)
    written = ledger.put([ERQI, replace(PLAIN, phone="12351"), Station(id="new", name="新站")], **WHO)
    assert written == Written(2, created=1, updated=1, unchanged=1)
    assert [ledger.station(key).revision for key in ("erqi", "plain", "new")] == [1, 2, 2]


def test_a_list_is_merged_and_a_clerk_replaces(ledger):
    ledger.put([ERQI], **WHO)
    ledger.put([Station(id="erqi", name="二七驿站", services=(Service("toilet", Answer.NO, provenance=LIST),))], **WHO)
    merged = ledger.station("erqi")
    assert (merged.name, merged.phone, merged.seats) == ("二七驿站", "12351", 12)
    assert {service.code: service.answer for service in merged.services} == {
        "microwave": Answer.YES,
        "toilet": Answer.NO,
        "wifi": Answer.UNKNOWN,
    }
    ledger.put([Station(id="erqi", name="二七驿站")], **WHO, replace=True)
    assert ledger.station("erqi") == Station(id="erqi", name="二七驿站", revision=3)


def test_two_rows_of_one_id_come_one_after_the_other(ledger):
    first, second = replace(PLAIN, phone="1", note="a"), replace(PLAIN, phone="2")
    assert ledger.put([first, second], **WHO) == Written(1, created=1)
    assert ledger.station("plain") == replace(PLAIN, phone="2", note="a", revision=1)
    assert len(ledger.history("plain")) == 1


def test_a_repeated_code_is_kept_once(ledger):
    doubled = replace(PLAIN, kinds=("other", "other"), services=(Service("wifi", Answer.UNKNOWN),) * 2)
    ledger.put([doubled], **WHO)
    kept = ledger.station("plain")
    assert (kept.kinds, kept.services) == (("other",), (Service("wifi", Answer.UNKNOWN),))


def test_history_says_who_when_why_from_where_and_what(ledger):
    before = datetime.now(UTC).replace(microsecond=0)
    ledger.put([PLAIN], actor="李", reason="first list", source="甲.xlsx", sha256="ab" * 32)
    ledger.put([replace(PLAIN, phone="12351")], actor="王", reason="phone call")
    ledger.remove(["plain"], actor="王", reason="closed")
    ledger.restore(["plain"], actor="赵", reason="open again")
    created, updated, removed, restored = ledger.history("plain")
    assert (created.revision, created.actor, created.reason, created.source) == (1, "李", "first list", "甲.xlsx")
    assert (created.action, created.before) == ("created", None)
    assert station_from_dict(created.after) == replace(PLAIN, revision=1)
    assert (updated.action, updated.before, updated.source) == ("updated", created.after, "")
    assert updated.after == {"id": "plain", "name": "驿站", "phone": "12351", "revision": 2}
    assert (removed.action, removed.after["removed"], restored.action) == ("removed", True, "restored")
    assert "removed" not in restored.after
    assert before <= created.at <= updated.at <= datetime.now(UTC)
    assert created.at.tzinfo is UTC or created.at.utcoffset().total_seconds() == 0


def test_log_has_the_newest_first(ledger):
    ledger.put([PLAIN, ERQI], **WHO, source="甲.xlsx", sha256="ab" * 32)
    ledger.put_hosts([Host(id="h1", name="银行")], **WHO)
    ledger.put([replace(PLAIN, phone="1"), replace(ERQI, phone="2"), Station(id="c", name="c")], **WHO)
    newest, middle, oldest = ledger.log()
    assert (newest.id, newest.action, newest.counts) == (3, "stations", {"created": 1, "updated": 2})
    assert (middle.action, middle.counts) == ("hosts", {"created": 1})
    assert (oldest.source, oldest.sha256, oldest.actor) == ("甲.xlsx", "ab" * 32, "李")
    assert [revision.id for revision in ledger.log(limit=2)] == [3, 2]


def test_removed_stations_keep_their_page_and_count_no_more(ledger):
    ledger.put([ERQI, PLAIN], **WHO)
    assert ledger.remove(["erqi", "erqi"], **WHO) == Written(2, updated=1)
    assert ledger.remove(["erqi"], **WHO) == Written(2, unchanged=1)
    assert ledger.station("erqi").removed
    assert ledger.station("erqi").services == ERQI.services
    assert ledger.stations().stations["id"].tolist() == ["plain"]
    assert [station.id for station in ledger.records()] == ["plain"]
    assert [station.id for station in ledger.records(removed=True)] == ["erqi", "plain"]
    assert (ledger.counts()["stations"], ledger.counts()["removed"]) == (1, 1)


def test_a_list_does_not_bring_a_removed_station_back_but_says_so(ledger):
    ledger.put([ERQI, PLAIN], **WHO)
    ledger.remove(["erqi"], **WHO)
    assert ledger.put([ERQI, PLAIN], **WHO) == Written(2, unchanged=2, still_removed=("erqi",))
    assert ledger.restore(["erqi"], **WHO) == Written(3, updated=1)
    assert not ledger.station("erqi").removed


def test_an_id_that_is_not_there(ledger):
    ledger.put([PLAIN], **WHO)
    for ask in (ledger.station, ledger.history, ledger.host):
        with pytest.raises(NotFound, match="'nobody'"):
            ask("nobody")
    with pytest.raises(NotFound, match="'nobody'"):
        ledger.remove(["plain", "nobody"], **WHO)
    assert not ledger.station("plain").removed
    assert ledger.revision() == 1


@pytest.mark.parametrize("who", [{"actor": " ", "reason": "x"}, {"actor": "x", "reason": ""}])
def test_nobody_and_no_reason_change_nothing(ledger, who):
    with pytest.raises(InvalidValue, match="Say who changes it and why"):
        ledger.put([PLAIN], **who)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"id": " "}, "it has no id"),
        ({"location": replace(HERE, lat=113.62)}, "latitude 113.62"),
        ({"location": replace(HERE, lon=float("nan"))}, "lon is nan"),
        ({"location": replace(HERE, received_x=float("inf"))}, "received_x is inf"),
        ({"area_m2": float("nan")}, "area_m2 is nan"),
        ({"seats": 2**40}, "1099511627776 is no number of seats"),
        ({"seats": -1}, "-1 is no number of seats"),
        ({"name": "驿\ud800站"}, r"name is \u9a7f\ud800\u7ad9"),
        ({"note": "a\0b"}, r"note is a\x00b"),
        ({"hours": Hours(unread=("\udfff",))}, r"unread is \udfff"),
        ({"kinds": ("a|b",)}, "'a|b' is no code"),
    ],
)
def test_a_record_that_would_spoil_the_ledger_is_refused_whole(ledger, facts, told):
    ledger.put([PLAIN], **WHO)
    with pytest.raises(InvalidValue) as error:
        ledger.put([replace(PLAIN, phone="1"), ERQI, replace(PLAIN, **{"id": "bad", **facts})], **WHO)
    assert told in str(error.value)
    assert [station.id for station in ledger.records()] == ["plain"]
    assert ledger.station("plain").phone == ""
    assert ledger.revision() == 1


def test_a_text_that_only_looks_like_a_null_is_kept(ledger):
    ledger.put([replace(PLAIN, note=r"C:\u0000")], **WHO)
    assert ledger.station("plain").note == r"C:\u0000"


def test_tables_have_their_types_and_orders(ledger):
    unlocated = Station(id="a", name="无坐标", services=(Service("toilet", Answer.NO),))
    ledger.put([ERQI, unlocated], **WHO)
    tables = ledger.stations()
    assert tables.stations["id"].tolist() == ["a", "erqi"]
    erqi = tables.stations.iloc[1]
    assert {name: erqi[name] for name in STATION_COLUMNS} == {
        "id": "erqi",
        "name": "二七广场驿站",
        "address": "大学路1号",
        "area_name": "二七区",
        "adcode": "410103",
        "kinds": "rest_station|book_corner",
        "lon": 113.665,
        "lat": 34.752,
        "hours_text": "9:00-17:00，以现场为准",
        "hours_osm": "Mo-Su 09:00-17:00",
        "hours_basis": "found",
        "hours_uncertain": True,
        "makeup": "work",
        "timezone": "Asia/Urumqi",
        "access": "open_door|qr_code",
        "members_only": "no",
        "floor": "一楼",
        "host_type": "bank",
        "seats": 12.0,
        "basis": "found",
        "fictional": False,
        "confirmed_on": "2026-06-01",
        "revision": 1,
    }
    assert np.isnan(tables.stations["lon"].iloc[0])
    assert tables.stations["confirmed_on"].iloc[0] == ""
    kinds = {
        name: tables.stations[name].dtype.kind for name in ("lon", "lat", "fictional", "hours_uncertain", "revision")
    }
    assert kinds == {"lon": "f", "lat": "f", "fictional": "b", "hours_uncertain": "b", "revision": "i"}
    services = tables.services
    assert services["station"].tolist() == [0, 1, 1, 1]
    assert services["service"].tolist() == ["toilet", "microwave", "toilet", "wifi"]
    assert services["answer"].tolist() == ["no", "yes", "yes", "unknown"]
    assert services["hours_osm"].tolist() == ["", "Mo-Fr 11:00-13:00", "", ""]
    assert services["outage_until"].tolist() == ["", "2026-12-01", "", ""]
    assert services["nearby_m"].isna().tolist() == [True, True, False, True]


def test_services_stand_in_the_order_of_the_vocabulary_in_tables_and_of_their_codes_in_records(ledger):
    codes = list(SERVICES)
    assert codes != sorted(codes)
    ledger.put([replace(PLAIN, services=tuple(Service(code, Answer.YES) for code in codes[::-1]))], **WHO)
    assert ledger.stations().services["service"].tolist() == codes
    assert [service.code for service in ledger.station("plain").services] == sorted(codes)


def test_empty_and_full_tables_have_the_same_types(ledger):
    empty = ledger.stations()
    ledger.put([ERQI], **WHO)
    full = ledger.stations()
    assert (empty.stations.dtypes == full.stations.dtypes).all()
    assert (empty.services.dtypes == full.services.dtypes).all()


def test_tables_in_pages_are_whole_and_in_order(ledger, monkeypatch):
    monkeypatch.setattr("stationmap.register.extract._PAGE", 4)
    monkeypatch.setattr("stationmap.register.extract._SIP", 2)
    many = [
        Station(id=f"s{i:02}", name=str(i), services=(Service("toilet", Answer.YES), Service("wifi", Answer.NO)))
        for i in (*range(7, 16), *range(7))
    ]
    ledger.put(many, **WHO)
    tables = ledger.stations()
    assert tables.stations["name"].tolist() == [str(i) for i in range(16)]
    assert tables.services["station"].tolist() == [i for i in range(16) for _ in range(2)]
    assert tables.services["service"].tolist() == ["toilet", "wifi"] * 16


def test_generated_fictional_and_unlocated_records_count_only_when_asked_for(ledger):
    ledger.put(
        [
            ERQI,
            Station(id="made-up", name="a", provenance=Provenance(Basis.GENERATED)),
            Station(id="nowhere", name="b"),
            Station(id="sample", name="c", fictional=True, location=HERE),
        ],
        **WHO,
    )

    def ids(**which):
        return ledger.stations(**which).stations["id"].tolist()

    assert ids() == ["erqi", "nowhere", "sample"]
    assert ids(fictional=False) == ["erqi", "nowhere"]
    assert ids(unlocated=False) == ["erqi", "sample"]
    assert ids(generated=True) == ["erqi", "made-up", "nowhere", "sample"]
    assert [station.id for station in ledger.records(fictional=False, generated=True)] == ["erqi", "made-up", "nowhere"]
    assert [station.id for station in ledger.records(unlocated_only=True)] == ["nowhere"]
    assert ledger.unlocated()["id"].tolist() == ["nowhere"]
    assert ledger.counts() == {
        "stations": 2,
        "unlocated": 1,
        "fictional_stations": 1,
        "generated": 1,
        "removed": 0,
        "hosts": 0,
        "fictional_hosts": 0,
        "areas": 0,
        "streets": 0,
        "calendar_days": 0,
    }


def test_hosts_have_a_table_of_their_own(ledger):
    bank = Host(id="b1", name="工商银行", host_type="bank", type_text="银行", location=HERE, phone="95588")
    shop = Host(id="a1", name="便利店", provenance=Provenance(Basis.GENERATED))
    assert ledger.put_hosts([bank, shop], **WHO) == Written(1, created=2)
    assert ledger.put_hosts([bank, shop], **WHO) == Written(1, unchanged=2)
    assert ledger.host("b1") == replace(bank, revision=1)
    assert ledger.hosts()["id"].tolist() == ["b1"]
    assert ledger.hosts(generated=True)[["id", "lon"]].fillna(0).to_numpy().tolist() == [["a1", 0.0], ["b1", 113.665]]
    assert ledger.hosts(generated=True, unlocated=False)["name"].tolist() == ["工商银行"]
    ledger.remove(["b1"], **WHO, hosts=True)
    assert len(ledger.hosts()) == 0
    assert [change.action for change in ledger.history("b1", hosts=True)] == ["created", "removed"]
    with pytest.raises(NotFound):
        ledger.history("b1")


def test_matcher_knows_every_record_again(ledger):
    made_up = Station(id="made-up", name="a", provenance=Provenance(Basis.GENERATED))
    ledger.put([ERQI, made_up], **WHO)
    ledger.put_hosts([Host(id="h1", name="银行", address="路2号", fictional=True)], **WHO)
    ledger.remove(["erqi"], **WHO)
    known = {record.id: record for record in ledger.matcher().records}
    erqi = known["erqi"]
    assert (erqi.name, erqi.address, erqi.area_name) == ("二七广场驿站", "大学路1号", "二七区")
    assert (erqi.list_name, erqi.list_key, erqi.lon, erqi.lat) == ("郑州", "7", 113.665, 34.752)
    assert (erqi.fictional, erqi.generated, known["made-up"].generated, known["made-up"].lon) == (
        False,
        False,
        True,
        None,
    )
    (host,) = ledger.matcher(hosts=True).records
    assert (host.id, host.fictional) == ("h1", True)


def test_the_sample_city_goes_without_a_trace_but_its_history(ledger):
    square = shapely.box(113, 34, 114, 35)
    sample = replace(ERQI, id="sample", fictional=True)
    ledger.put([ERQI, sample], **WHO)
    ledger.put_hosts([Host(id="h1", name="银行", fictional=True)], **WHO)
    ledger.gazetteer.put_areas([Area("990100", "梦溪市", "city", "", square)], **WHO, fictional=True)
    ledger.gazetteer.put_areas([Area("410103", "二七区", "district", "410100", square)], **WHO)
    ledger.gazetteer.put_streets([Street("梦溪路", shapely.LineString([(113, 34), (114, 35)]))], **WHO, fictional=True)
    assert ledger.discard_fictional(actor="李", reason="real data now") == 4
    assert ledger.revision() == 6
    assert [station.id for station in ledger.records(removed=True)] == ["erqi"]
    assert ledger.station("erqi").services == ERQI.services
    assert [area.adcode for area in ledger.gazetteer.areas()] == ["410103"]
    assert len(ledger.gazetteer.streets()) == len(ledger.hosts()) == 0
    assert [change.action for change in ledger.history("sample")] == ["created", "discarded"]
    assert ledger.history("sample")[-1].after is None
    assert ledger.log(1)[0].counts == {"discarded": 4}
    assert ledger.discard_fictional(actor="李", reason="again") == 0
    assert ledger.revision() == 6
    assert ledger.put([sample], **WHO).created == 1
    assert ledger.history("sample")[-1].before is None


def test_areas_come_back_and_the_same_again_writes_nothing(ledger):
    city = Area("410100", "郑州市", "city", "410000", None)
    area = Area("410103", "二七区", "district", "410100", shapely.box(113.6, 34.6, 113.7, 34.8))
    assert ledger.gazetteer.put_areas([area, city], **WHO, source="datav.json") == Written(1, created=2)
    assert ledger.gazetteer.put_areas([area, city], **WHO, source="datav (2).json") == Written(1, unchanged=2)
    assert ledger.gazetteer.areas() == [city, area]
    moved = replace(area, geometry=shapely.box(113.6, 34.6, 113.71, 34.8))
    assert ledger.gazetteer.put_areas([moved, replace(city, name="郑州")], **WHO) == Written(2, updated=2)
    assert ledger.gazetteer.put_areas([replace(area, geometry=None)], **WHO) == Written(2, unchanged=1)
    assert ledger.gazetteer.areas() == [replace(city, name="郑州"), moved]


def test_a_fictional_area_never_takes_a_real_ones_place(ledger):
    real = Area("410103", "二七区", "district", "", shapely.box(113.6, 34.6, 113.7, 34.8))
    sample = Area("410103", "梦溪区", "district", "", shapely.box(0, 0, 1, 1))
    ledger.gazetteer.put_areas([sample], **WHO, fictional=True)
    assert ledger.gazetteer.areas(fictional=False) == []
    ledger.gazetteer.put_areas([replace(real, geometry=None)], **WHO)
    assert ledger.gazetteer.areas(fictional=False) == [replace(real, geometry=None)]
    ledger.gazetteer.put_areas([real], **WHO)
    assert ledger.gazetteer.put_areas([sample], **WHO, fictional=True) == Written(3, unchanged=1)
    assert ledger.gazetteer.areas() == [real]


def test_an_area_without_code_and_a_street_without_line_are_refused(ledger):
    with pytest.raises(InvalidValue, match="'某区' has no code"):
        ledger.gazetteer.put_areas([Area("", "某区", "", "", None)], **WHO)
    with pytest.raises(InvalidValue, match="'某路' has no line"):
        ledger.gazetteer.put_streets([Street("某路", None)], **WHO)


def test_streets_come_back_by_their_id_or_by_name_and_line(ledger):
    line = shapely.LineString([(113.6, 34.7), (113.7, 34.7)])
    rows = [Street("大学路", line, "way/1"), Street("大学路", line), Street("", line)]
    assert ledger.gazetteer.put_streets(rows, **WHO) == Written(1, created=3)
    assert ledger.gazetteer.put_streets(rows, **WHO) == Written(1, unchanged=3)
    assert ledger.gazetteer.put_streets([Street("大学南路", line, "way/1")], **WHO) == Written(2, updated=1)
    streets = ledger.gazetteer.streets()
    assert sorted(streets["name"]) == ["", "大学南路", "大学路"]
    assert all(geometry.equals(line) for geometry in streets["geometry"])


def test_calendar_days_come_back_and_a_later_notice_overrides(ledger):
    days = [CalendarDay(date(2027, 10, 1), True, "国庆节"), CalendarDay(date(2027, 9, 26), False, "国庆节")]
    assert ledger.gazetteer.put_calendar(days, **WHO, source="2027.json") == Written(1, created=2)
    assert ledger.gazetteer.put_calendar(days, **WHO) == Written(1, unchanged=2)
    assert ledger.gazetteer.calendar_days() == days[::-1]
    assert ledger.gazetteer.put_calendar([CalendarDay(date(2027, 9, 26), True, "中秋节")], **WHO) == Written(
        2, updated=1
    )
    assert ledger.gazetteer.calendar_days()[0] == CalendarDay(date(2027, 9, 26), True, "中秋节")


def test_records_are_one_state_whoever_writes_meanwhile(ledger):
    ledger.put([Station(id=f"s{i:04}", name="a") for i in range(1200)], **WHO)
    reading = ledger.records()
    first = next(reading)
    ledger.put([Station(id=f"s{i:04}", name="b") for i in range(1200)], **WHO)
    assert {station.name for station in (first, *reading)} == {"a"}
    assert {station.name for station in ledger.records()} == {"b"}


@given(st.lists(stations(key="x") | stations(key="y"), max_size=6), st.booleans())
@settings(max_examples=50, deadline=None)
def test_law_importing_a_list_twice_changes_nothing(tmp_path_factory, rows, whole):
    with Ledger.open(tmp_path_factory.mktemp("twice") / "ledger.sqlite") as ledger:
        first = ledger.put(rows, **WHO, replace=whole)
        again = ledger.put(rows, **WHO, replace=whole)
        assert (again.created, again.updated, again.revision) == (0, 0, first.revision)
        assert len(ledger.log()) == (1 if rows else 0)


def test_tables_are_pandas_frames_of_one_index(ledger):
    ledger.put([ERQI, PLAIN], **WHO)
    tables = ledger.stations()
    assert isinstance(tables.stations.index, pd.RangeIndex)
    assert isinstance(tables.services.index, pd.RangeIndex)
