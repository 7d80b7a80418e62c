"""Merging: what a record becomes when its place comes in again."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.register.merge import Weight, merge, merge_services, weigh
from stationmap.schema.records import Answer, Basis, Host, Hours, Location, Makeup, Provenance, Service, Station
from tests.record_strategies import hosts, stations

FOUND, INFERRED, GENERATED = (Provenance(basis, basis.value) for basis in Basis)
OLD, NEW = (Provenance(Basis.FOUND, f"list of {year}", date(year, 1, 1)) for year in (2024, 2026))
HERE = Location(113.66, 34.75, 113.666, 34.748, "gcj02")
THERE = Location(113.70, 34.80, 113.706, 34.798, "gcj02")
PAIRS = st.tuples(stations(), stations()) | st.tuples(hosts(), hosts())


def station(**facts):
    return Station(**{"id": "s1", "name": "驿站", **facts})


@pytest.mark.parametrize(
    ("old", "new", "weight"),
    [
        (FOUND, FOUND, Weight.AS_GOOD),
        (FOUND, INFERRED, Weight.WEAKER),
        (FOUND, GENERATED, Weight.WEAKER),
        (INFERRED, GENERATED, Weight.WEAKER),
        (GENERATED, INFERRED, Weight.STRONGER),
        (INFERRED, FOUND, Weight.STRONGER),
        (OLD, NEW, Weight.AS_GOOD),
        (NEW, OLD, Weight.OLDER),
        (NEW, FOUND, Weight.AS_GOOD),
        (FOUND, OLD, Weight.AS_GOOD),
        (replace(NEW, basis=Basis.INFERRED), OLD, Weight.STRONGER),
    ],
)
def test_weight_is_the_basis_first_then_the_date(old, new, weight):
    assert weigh(old, new) is weight


PLAIN = [
    # old, new, provenance of old, of new, what is known afterwards
    ("大学路1号", "", FOUND, FOUND, "大学路1号"),
    ("", "大学路2号", FOUND, FOUND, "大学路2号"),
    ("大学路1号", "大学路2号", FOUND, FOUND, "大学路2号"),
    ("大学路1号", "大学路2号", FOUND, INFERRED, "大学路1号"),
    ("大学路1号", "大学路2号", FOUND, GENERATED, "大学路1号"),
    ("", "大学路2号", FOUND, GENERATED, ""),
    ("大学路1号", "大学路2号", GENERATED, FOUND, "大学路2号"),
    ("大学路1号", "", GENERATED, FOUND, ""),
    ("大学路1号", "大学路2号", OLD, NEW, "大学路2号"),
    ("大学路1号", "大学路2号", NEW, OLD, "大学路1号"),
    ("", "大学路2号", NEW, OLD, "大学路2号"),
]


@pytest.mark.parametrize(("old", "new", "old_from", "new_from", "known"), PLAIN)
def test_facts_under_the_provenance_of_the_record(old, new, old_from, new_from, known):
    merged = merge(station(address=old, provenance=old_from), station(address=new, provenance=new_from))
    assert merged.address == known


def test_the_record_stands_under_the_provenance_of_the_better_one():
    assert merge(station(provenance=OLD), station(provenance=NEW)).provenance == NEW
    assert merge(station(provenance=NEW), station(provenance=OLD)).provenance == NEW
    assert merge(station(provenance=FOUND), station(provenance=INFERRED)).provenance == FOUND


@pytest.mark.parametrize(
    "fact",
    [
        {"seats": 12},
        {"seats": 0},
        {"area_m2": 0.0},
        {"phone": "12351"},
        {"members_only": Answer.NO},
        {"access": ("qr_code",)},
        {"kinds": ("rest_station",)},
        {"location": HERE},
        {"hours": Hours(text="全天", osm="24/7")},
        {"hours": Hours(makeup=Makeup.WORK)},
        {"services": (Service("toilet", Answer.NO),)},
        {"confirmed_on": date(2026, 1, 1), "confirmed_by": "李"},
        {"list_name": "郑州", "list_key": "7"},
        {"timezone": "Asia/Urumqi"},
        {"removed": True},
    ],
    ids=lambda fact: next(iter(fact)),
)
def test_an_empty_new_record_erases_nothing_and_an_empty_old_one_takes_it(fact):
    known = station(**fact)
    assert merge(known, station()) == known
    assert merge(station(), known) == known


def test_an_unlocated_record_gets_its_place_and_the_code_of_it():
    unlocated = station(adcode="410100")
    assert merge(unlocated, station(location=HERE)).location == HERE
    assert merge(unlocated, station(location=HERE)).adcode == "410100"
    assert merge(unlocated, station(location=HERE, adcode="410103")).adcode == "410103"


def test_the_code_of_a_place_goes_with_the_place():
    known = station(location=HERE, adcode="410103")
    assert merge(known, station(location=THERE, adcode="410105")).adcode == "410105"
    assert merge(known, station(location=THERE)).adcode == ""
    assert merge(known, station(location=HERE)).adcode == "410103"
    assert merge(known, station(adcode="410100")).adcode == "410103"


def test_an_inferred_place_never_moves_a_found_one():
    inferred = replace(THERE, provenance=INFERRED)
    assert merge(station(location=HERE), station(location=inferred)).location == HERE
    assert merge(station(location=inferred), station(location=HERE)).location == HERE
    assert merge(station(), station(location=inferred)).location == inferred


HOURS = [
    # old, new, known afterwards
    (Hours("9-17点", "Mo-Su 09:00-17:00"), Hours("全天", "24/7"), Hours("全天", "24/7")),
    (Hours("9-17点", "Mo-Su 09:00-17:00"), Hours("看公告", ""), Hours("看公告", "")),
    (
        Hours("9-17点", "Mo-Su 09:00-17:00", makeup=Makeup.WORK),
        Hours("全天", "24/7"),
        Hours("全天", "24/7", makeup=Makeup.WORK),
    ),
    (
        Hours("9-17点", "Mo-Su 09:00-17:00", provenance=OLD),
        Hours(makeup=Makeup.WEEKEND, provenance=NEW),
        Hours("9-17点", "Mo-Su 09:00-17:00", makeup=Makeup.WEEKEND, provenance=OLD),
    ),
    (
        Hours("9-17点", "Mo-Su 09:00-17:00", provenance=NEW),
        Hours("全天", "24/7", makeup=Makeup.WORK, provenance=OLD),
        Hours("9-17点", "Mo-Su 09:00-17:00", makeup=Makeup.WORK, provenance=NEW),
    ),
    (
        Hours(makeup=Makeup.WORK, provenance=NEW),
        Hours("全天", "24/7", makeup=Makeup.WEEKEND, provenance=OLD),
        Hours("全天", "24/7", makeup=Makeup.WORK, provenance=replace(OLD, asof=NEW.asof)),
    ),
    (
        Hours("9-17点", "Mo-Su 09:00-17:00", makeup=Makeup.WORK, provenance=INFERRED),
        Hours("全天", "24/7"),
        Hours("全天", "24/7"),
    ),
    (
        Hours("9-17点", "Mo-Su 09:00-17:00"),
        Hours("全天", "24/7", provenance=INFERRED),
        Hours("9-17点", "Mo-Su 09:00-17:00"),
    ),
    (Hours(), Hours("全天", "24/7", provenance=INFERRED), Hours("全天", "24/7", provenance=INFERRED)),
    (
        Hours("全天", "24/7", provenance=INFERRED),
        Hours(provenance=FOUND),
        Hours("全天", "24/7", provenance=INFERRED),
    ),
]


@pytest.mark.parametrize(("old", "new", "known"), HOURS)
def test_hours(old, new, known):
    assert merge(station(hours=old), station(hours=new)).hours == known


TOILET = Service("toilet", Answer.YES)
SERVICES = [
    # old, new, known afterwards
    (TOILET, Service("toilet", Answer.UNKNOWN), TOILET),
    (Service("toilet", Answer.UNKNOWN), TOILET, TOILET),
    (TOILET, Service("toilet", Answer.NO), Service("toilet", Answer.NO)),
    (TOILET, Service("toilet", Answer.NO, provenance=INFERRED), TOILET),
    (Service("toilet", Answer.NO, provenance=GENERATED), TOILET, TOILET),
    (replace(TOILET, hours_osm="24/7"), TOILET, replace(TOILET, hours_osm="24/7")),
    (replace(TOILET, hours_osm="24/7"), Service("toilet", Answer.NO), Service("toilet", Answer.NO)),
    (replace(TOILET, nearby_m=200.0), TOILET, TOILET),
    (replace(TOILET, nearby_m=200.0), Service("toilet", Answer.UNKNOWN), replace(TOILET, nearby_m=200.0)),
    (
        TOILET,
        Service("toilet", Answer.UNKNOWN, outage_until=date(2026, 12, 1)),
        replace(TOILET, outage_until=date(2026, 12, 1)),
    ),
    (replace(TOILET, outage_until=date(2026, 12, 1)), TOILET, replace(TOILET, outage_until=date(2026, 12, 1))),
    (replace(TOILET, provenance=GENERATED), Service("toilet", Answer.UNKNOWN), replace(TOILET, provenance=GENERATED)),
    (Service("toilet", Answer.UNKNOWN), replace(TOILET, provenance=INFERRED), replace(TOILET, provenance=INFERRED)),
    (
        Service("toilet", Answer.UNKNOWN, outage_until=date(2026, 12, 1), provenance=NEW),
        replace(TOILET, outage_until=date(2024, 12, 1), provenance=OLD),
        replace(TOILET, outage_until=date(2026, 12, 1), provenance=replace(OLD, asof=NEW.asof)),
    ),
    (
        replace(TOILET, provenance=NEW),
        Service("toilet", Answer.NO, provenance=OLD),
        replace(TOILET, provenance=NEW),
    ),
]


@pytest.mark.parametrize(("old", "new", "known"), SERVICES)
def test_services_of_one_code(old, new, known):
    assert merge_services((old,), (new,)) == (known,)


def test_services_of_other_codes_stand_side_by_side():
    merged = merge_services((TOILET,), (Service("wifi", Answer.NO), Service("aed", Answer.YES)))
    assert [service.code for service in merged] == ["toilet", "wifi", "aed"]


@pytest.mark.parametrize(
    ("old", "new", "known"),
    [
        (("rest_station",), ("book_corner",), ("rest_station", "book_corner")),
        (("rest_station", "book_corner"), ("book_corner",), ("rest_station", "book_corner")),
        (("other",), ("rest_station",), ("rest_station",)),
        (("other",), (), ("other",)),
        (("rest_station",), ("other",), ("rest_station", "other")),
    ],
)
def test_kinds_add_up(old, new, known):
    assert merge(station(kinds=old), station(kinds=new)).kinds == known


def test_the_later_confirmation_counts_with_its_person():
    known = station(confirmed_on=date(2026, 5, 1), confirmed_by="李")
    later, earlier = (station(confirmed_on=date(year, 6, 1), confirmed_by="王") for year in (2026, 2025))
    assert (merge(known, later).confirmed_on, merge(known, later).confirmed_by) == (date(2026, 6, 1), "王")
    assert (merge(known, earlier).confirmed_on, merge(known, earlier).confirmed_by) == (date(2026, 5, 1), "李")


def test_a_key_never_comes_without_its_list():
    known = station(list_name="郑州", list_key="7")
    assert merge(known, station(list_name="河南")).list_key == ""
    assert merge(known, station(list_key="9")).list_key == "7"
    assert merge(known, station(list_name="郑州")).list_key == "7"
    assert merge(known, station(list_name="郑州", list_key="8")).list_key == "8"


def test_a_list_does_not_bring_back_what_was_removed():
    assert merge(station(removed=True), station(phone="12351")) == station(removed=True, phone="12351")


def test_real_and_fictional_never_mix():
    real, sample = station(phone="12351"), station(address="梦溪路1号", seats=4, fictional=True)
    assert merge(sample, real) == real
    assert merge(real, sample) == real


def test_id_and_revision_stay_the_old_ones():
    merged = merge(station(revision=3), Station(id="s2", name="新名", revision=9))
    assert (merged.id, merged.revision, merged.name) == ("s1", 3, "新名")


@pytest.mark.parametrize(
    "again",
    [
        {"provenance": replace(NEW, source="renamed (2).xlsx")},
        {"location": replace(HERE, provenance=replace(FOUND, source="export.csv"), received_datum="wgs84")},
        {"location": replace(HERE, lon=HERE.lon + 9e-8, lat=HERE.lat - 9e-8, received_x=HERE.lon + 9e-8)},
        {"hours": Hours("全天", "24/7", provenance=replace(OLD, source="b"))},
        {"services": (replace(TOILET, provenance=replace(FOUND, source="b")),)},
    ],
    ids=lambda again: next(iter(again)),
)
def test_the_same_said_again_under_another_source_is_no_change(again):
    known = station(
        provenance=NEW,
        location=replace(HERE, provenance=FOUND),
        hours=Hours("全天", "24/7", provenance=OLD),
        services=(replace(TOILET, provenance=FOUND),),
    )
    assert merge(known, replace(known, **again)) is known


@pytest.mark.parametrize(
    "moved",
    [
        {"location": replace(HERE, lon=HERE.lon + 2e-7)},
        {"location": replace(HERE, lat=HERE.lat - 2e-7)},
        {"location": replace(HERE, provenance=NEW)},
        {"provenance": replace(NEW, asof=date(2026, 2, 1))},
        {"services": (replace(TOILET, provenance=NEW),)},
        {"hours": Hours("全天", "24/7", provenance=NEW)},
    ],
)
def test_a_later_date_or_another_place_is_a_change(moved):
    known = station(provenance=NEW, location=HERE, hours=Hours("全天", "24/7", provenance=OLD), services=(TOILET,))
    assert merge(known, replace(known, **moved)) == replace(known, **moved)


def test_hosts_merge_alike():
    known = Host(id="h1", name="银行", phone="95588")
    assert merge(known, Host(id="h1", name="工商银行", location=HERE)) == replace(known, name="工商银行", location=HERE)


@given(PAIRS)
@settings(max_examples=150)
def test_law_a_record_merged_with_itself_stays(pair):
    old, _ = pair
    assert merge(old, old) == old


@given(PAIRS)
@settings(max_examples=250)
def test_law_the_same_again_changes_nothing(pair):
    old, new = pair
    once = merge(old, new)
    assert merge(once, new) == once


def _known(record):
    """Return what a record says, with the basis each fact stands on."""
    said = {
        ("record", name): (record.provenance.basis, getattr(record, name))
        for name in ("name", "address", "area_name", "host_type", "phone")
        if getattr(record, name)
    }
    if isinstance(record, Station):
        for name in ("floor", "serves", "host_name", "build_mode", "parent_id", "note", "seats", "area_m2"):
            if getattr(record, name) not in ("", None):
                said["record", name] = (record.provenance.basis, getattr(record, name))
        for service in record.services:
            if service.answer is not Answer.UNKNOWN:
                said["service", service.code] = (service.provenance.basis, service.answer)
    if record.location:
        said["location", ""] = (record.location.provenance.basis, record.location)
    if record.hours.text or record.hours.osm:
        said["hours", ""] = (record.hours.provenance.basis, record.hours.osm)
    return said


@given(stations(fictional=st.just(False)), stations(fictional=st.just(False)))
@settings(max_examples=250)
def test_law_no_found_fact_is_lost_and_none_is_raised_above_its_basis(old, new):
    before, coming, after = _known(old), _known(new), _known(merge(old, new))
    for fact, (basis, value) in before.items():
        if basis is Basis.FOUND:
            assert after[fact][0] is Basis.FOUND
            assert after[fact][1] == value or coming[fact] == after[fact]
    for fact, (basis, value) in after.items():
        assert (basis, value) in (before.get(fact), coming.get(fact)), fact
