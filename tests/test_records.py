"""Records as JSON values and back."""

import json
import re
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings

from stationmap.errors import InvalidValue
from stationmap.register.records import host_from_dict, record_to_dict, station_from_dict
from stationmap.schema.records import Answer, Basis, Host, Hours, Location, Makeup, Provenance, Service, Station
from tests.record_strategies import hosts, stations

FULL = Station(
    id="s1",
    name="二七驿站",
    kinds=("rest_station", "book_corner"),
    location=Location(113.66, 34.75, 113.666, 34.748, "gcj02", Provenance(Basis.FOUND, "甲.xlsx", date(2026, 5, 1))),
    hours=Hours("周一至周五 9:00-17:00", "Mo-Fr 09:00-17:00", ("以现场为准",), True, Makeup.WORK),
    services=(Service("toilet", Answer.YES, nearby_m=120.0, outage_until=date(2026, 12, 31)),),
    members_only=Answer.NO,
    seats=12,
    confirmed_on=date(2026, 6, 1),
    fictional=True,
    revision=7,
)


def test_what_is_not_known_is_left_out():
    assert record_to_dict(Station(id="s1", name="驿站")) == {"id": "s1", "name": "驿站"}
    assert record_to_dict(Host(id="h1", name="银行")) == {"id": "h1", "name": "银行"}


def test_a_full_record_is_plain_json_values():
    assert record_to_dict(FULL) == {
        "id": "s1",
        "name": "二七驿站",
        "kinds": ["rest_station", "book_corner"],
        "location": {
            "lon": 113.66,
            "lat": 34.75,
            "received_x": 113.666,
            "received_y": 34.748,
            "received_datum": "gcj02",
            "provenance": {"source": "甲.xlsx", "asof": "2026-05-01"},
        },
        "hours": {
            "text": "周一至周五 9:00-17:00",
            "osm": "Mo-Fr 09:00-17:00",
            "unread": ["以现场为准"],
            "uncertain": True,
            "makeup": "work",
        },
        "services": [{"code": "toilet", "answer": "yes", "nearby_m": 120.0, "outage_until": "2026-12-31"}],
        "members_only": "no",
        "seats": 12,
        "confirmed_on": "2026-06-01",
        "fictional": True,
        "revision": 7,
    }


def test_numbers_of_numpy_become_plain_ones():
    values = record_to_dict(Station(id="s1", name="a", seats=np.int64(3), area_m2=np.float64(1.5), fictional=np.True_))
    assert [type(values[name]) for name in ("seats", "area_m2", "fictional")] == [int, float, bool]


@given(stations())
def test_a_station_comes_back_exactly(station):
    assert station_from_dict(json.loads(json.dumps(record_to_dict(station)))) == station


@given(hosts())
@settings(max_examples=50)
def test_a_host_comes_back_exactly(host):
    assert host_from_dict(json.loads(json.dumps(record_to_dict(host)))) == host


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"id": "s1"}, "needs the field name"),
        ({}, "needs the field id"),
        ({"id": "s1", "name": "a", "colour": "red"}, "'colour' is no field"),
        ({"id": "s1", "name": "a", "seats": "many"}, "seats cannot hold 'many'"),
        ({"id": "s1", "name": "a", "seats": True}, "seats cannot hold True"),
        ({"id": "s1", "name": "a", "seats": 1.5}, "seats cannot hold 1.5"),
        ({"id": "s1", "name": "a", "fictional": 1}, "fictional cannot hold 1"),
        ({"id": "s1", "name": None}, "name cannot hold None"),
        ({"id": "s1", "name": "a", "kinds": "rest_station"}, "kinds cannot hold 'rest_station'"),
        ({"id": "s1", "name": "a", "members_only": "maybe"}, "members_only cannot hold 'maybe'"),
        ({"id": "s1", "name": "a", "confirmed_on": "gestern"}, "confirmed_on cannot hold 'gestern'"),
        ({"id": "s1", "name": "a", "confirmed_on": 20260101}, "confirmed_on cannot hold 20260101"),
        ({"id": "s1", "name": "a", "hours": "24/7"}, "hours cannot hold '24/7'"),
        ({"id": "s1", "name": "a", "location": {"lon": 1.0}}, "location needs the field lat"),
        ({"id": "s1", "name": "a", "services": [{"code": "toilet", "answer": "ja"}]}, "answer cannot hold 'ja'"),
        ([], "station cannot hold []"),
    ],
)
def test_what_is_no_record_is_refused_with_its_field_and_value(values, told):
    with pytest.raises(InvalidValue, match=re.escape(told)):
        station_from_dict(values)


def test_an_int_will_do_for_a_float():
    assert station_from_dict({"id": "s1", "name": "a", "area_m2": 40}).area_m2 == 40.0
