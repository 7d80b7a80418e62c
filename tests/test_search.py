"""finder.search: the nearest stations that can be entered on arrival, with what is needed; against a plain scan."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.errors import InvalidValue
from stationmap.finder.eye import eye
from stationmap.finder.search import SPEED_KMH, Query, find, sight
from stationmap.finder.snapshot import Snapshot
from stationmap.finder.together import nearest_set
from stationmap.geo.datum import gcj02_to_wgs84
from stationmap.geo.earth import distance_m
from stationmap.hours.calendar import china
from stationmap.hours.opening import Schedule, State, Timetable, opening
from tests.finder_tables import tables

SHANGHAI = ZoneInfo("Asia/Shanghai")
HERE = (113.62, 34.75)
METRE = 1 / 91_500  # degrees of longitude at 34.75 N
FRIDAY = datetime.fromisoformat("2026-09-11T10:00")  # an ordinary Friday


def east(metres, **rest):
    return {"lon": HERE[0] + metres * METRE, "lat": HERE[1], **rest}


def answer(stations, services=(), **asked):
    snapshot = Snapshot.build(tables(stations, services), china())
    return find(snapshot, Query(*HERE, **{"at": FRIDAY} | asked))


def ids(founds):
    return [found.id for found in founds]


# ---- known answers


def test_the_nearest_open_ones_in_order_of_distance():
    got = answer([
        east(900, id="far", hours_osm="24/7"),
        east(100, id="shut", hours_osm="Mo-Su 18:00-20:00"),
        east(300, id="near", hours_osm="Mo-Fr 09:00-17:00"),
        east(500, id="unsaid"),
    ])  # fmt: skip
    assert ids(got.found) == ["near", "far"]
    assert ids(got.maybe) == ["unsaid"]
    assert got.together == ()
    near, far = got.found
    assert near.state == near.on_arrival == "open"
    assert near.until == datetime(2026, 9, 11, 17, 0, tzinfo=SHANGHAI)
    assert near.distance_m == pytest.approx(300, rel=0.01)
    assert near.minutes == pytest.approx(near.distance_m * 1.3 / 75)
    assert near.arrives_at - datetime(2026, 9, 11, 10, 0, tzinfo=SHANGHAI) == timedelta(minutes=near.minutes)
    assert far.until is None
    assert got.maybe[0].state == got.maybe[0].on_arrival == "unknown"
    assert got.query_at == datetime(2026, 9, 11, 10, 0, tzinfo=SHANGHAI)


def test_one_that_opens_no_more_is_not_told_what_the_next_schedule_does():
    """Within one snapshot a schedule with nothing ahead must not share what is remembered of the one after it."""
    snapshot = Snapshot.build(
        tables([east(100, id="over", hours_osm="2026 Aug 01-2026 Aug 31 09:00-17:00"), east(200, id="next", hours_osm="12:00-18:00")]),
        china(),
    )  # fmt: skip
    for _ in range(2):
        found = find(snapshot, Query(*HERE, at=FRIDAY, any_state=True)).found
        assert [each.opens_at and each.opens_at.hour for each in reversed(found)] == [12, None]


def test_it_is_judged_on_arrival_not_when_setting_out():
    """1.5 km on foot are 26 minutes with the detour: open at 10:00, shut at 10:20."""
    station = [east(1500, hours_osm="Mo-Fr 08:00-10:20")]
    assert answer(station).found == ()
    riding = answer(station, mode="ride").found[0]
    assert riding.minutes == pytest.approx(riding.distance_m * 1.3 / 250)
    assert answer(station, any_state=True).found[0].state == "open"
    assert answer(station, any_state=True).found[0].on_arrival == "closed"


def test_open_now_looks_at_the_state_when_he_sets_out_too():
    """300 m on foot are 5 minutes: it opens at 10:03; shut at 10:00 for a quarter of an hour; open all along."""
    stations = [
        east(300, id="opens on the way", hours_osm="Mo-Fr 10:03-18:00"),
        east(310, id="break from now", hours_osm="Mo-Fr 08:00-10:00,10:15-18:00"),
        east(320, id="break on the way", hours_osm="Mo-Fr 08:00-10:03,10:15-18:00"),
        east(330, id="open", hours_osm="Mo-Fr 10:00-18:00"),
        east(340, id="closing", hours_osm="Mo-Fr 08:00-10:06"),
        east(350, id="unsaid"),
        east(360, id="unsaid now", hours_osm="Mo-Fr 08:00-10:02 unknown, Mo-Fr 10:02-18:00"),
        east(370, id="unsaid then", hours_osm="Mo-Fr 08:00-10:02, Mo-Fr 10:02-18:00 unknown"),
        east(380, id="unsaid from 10:02", hours_osm="Mo-Fr 10:02-18:00 unknown"),
    ]
    got = answer(stations, k=9)
    assert ids(got.found) == ["opens on the way", "break from now", "break on the way", "open", "unsaid now"]
    assert ids(got.maybe) == ["unsaid", "unsaid then", "unsaid from 10:02"]
    got = answer(stations, k=9, open_now=True)
    assert ids(got.found) == ["break on the way", "open"]
    assert ids(got.maybe) == ["unsaid", "unsaid now", "unsaid then"]
    assert [each.state for each in got.maybe] == ["unknown", "unknown", "open"]


def test_together_of_those_open_now():
    stations = [
        east(200, id="a", hours_osm="24/7"),
        east(210, id="soon", hours_osm="Mo-Fr 10:01-18:00"),
        east(900, id="c", hours_osm="24/7"),
    ]
    services = [
        {"station": station, "service": service}
        for station, service in (("a", "microwave"), ("soon", "toilet"), ("c", "toilet"))
    ]
    ask = {"needs": frozenset({"microwave", "toilet"})}
    assert ids(answer(stations, services, **ask).together) == ["a", "soon"]
    assert ids(answer(stations, services, open_now=True, **ask).together) == ["a", "c"]
    with pytest.raises(InvalidValue, match="not for both"):
        answer(stations, open_now=True, any_state=True)


def test_the_margin_before_closing_is_closed():
    """At no distance it is open for exactly ten more minutes: enough for ten, not for more."""
    station = [east(0, hours_osm="Mo-Fr 08:00-10:10")]
    assert answer(station, margin_min=10).found[0].on_arrival == "open"
    assert answer(station, margin_min=10.5).found == ()
    late = answer(station, margin_min=10.5, any_state=True).found[0]
    assert (late.on_arrival, str(late.reason)) == ("closing", "It closes too soon after you get there.")


def test_what_opens_soon_is_found_with_its_wait():
    station = [east(0, hours_osm="Mo-Fr 10:30-11:00")]
    soon = answer(station, soon_min=30).found[0]
    assert (soon.state, soon.on_arrival, soon.wait_min) == ("closed", "opens_soon", 30.0)
    assert soon.opens_at == datetime(2026, 9, 11, 10, 30, tzinfo=SHANGHAI)
    assert answer(station, soon_min=29).found == ()
    assert answer(station, soon_min=30, margin_min=31).found == ()


def test_a_break_that_begins_on_arrival():
    """Shut from 10:00 on, open again at 10:20; and one that shuts at 10:05 and opens again at 10:20."""
    for morning in ("08:00-10:00", "08:00-10:05"):
        got = answer([east(0, hours_osm=f"Mo-Fr {morning},10:20-12:00")]).found[0]
        assert (got.on_arrival, got.wait_min) == ("opens_soon", 20.0)


def test_open_until_hours_that_are_not_known():
    """It is open now, but whether it is so for the margin depends on hours nobody knows."""
    got = answer([east(0, hours_osm="Mo-Fr 08:00-10:05, Mo-Fr 10:05-12:00 unknown")])
    assert got.found == ()
    assert ids(got.maybe) == ["s0"]
    assert answer([east(0, hours_osm="Mo-Fr 10:20-12:00 unknown")]).maybe[0].on_arrival == "unknown"


def test_hours_that_were_inferred_or_read_with_doubt_decide_nothing():
    got = answer([
        east(100, id="inferred", hours_osm="24/7", hours_basis="inferred"),
        east(200, id="doubted", hours_osm="24/7", hours_uncertain=True),
    ])  # fmt: skip
    assert got.found == ()
    assert [(each.id, each.state, each.on_arrival) for each in got.maybe] == [
        ("inferred", "unknown", "unknown"),
        ("doubted", "unknown", "unknown"),
    ]
    assert str(got.maybe[0].reason).startswith("The opening hours are inferred")
    assert str(got.maybe[1].reason).startswith("A part of the listed hours could not be read")


def test_all_needs_must_be_answered_yes_by_what_was_found():
    stations = [east(100 * (i + 1), id=name, hours_osm="24/7") for i, name in enumerate("abcdef")]
    services = [
        {"station": "a", "service": "microwave", "answer": "no"},
        {"station": "b", "service": "microwave", "answer": "unknown"},
        {"station": "c", "service": "microwave", "basis": "inferred"},
        {"station": "d", "service": "microwave"},
        {"station": "f", "service": "microwave"},
        *({"station": name, "service": "toilet"} for name in "abcdf"),
    ]
    got = answer(stations, services, needs=frozenset({"microwave", "toilet"}))
    assert ids(got.found) == ["d", "f"]
    assert ids(got.maybe) == ["b", "c", "e"]
    assert [each.missing for each in got.maybe] == [("microwave",), ("microwave",), ("microwave", "toilet")]
    assert got.maybe[0].services == {"microwave": "unknown", "toilet": "yes"}
    assert ids(answer(stations, services, needs=frozenset({"微波炉"})).found) == ["d", "f"]


def test_kinds_are_any_of():
    stations = [
        east(100, id="corner", kinds="book_corner", hours_osm="24/7"),
        east(200, id="both", kinds="rest_station|book_corner", hours_osm="24/7"),
        east(300, id="home", kinds="worker_home", hours_osm="24/7"),
    ]
    assert ids(answer(stations, kinds=frozenset({"rest_station", "worker_home"})).found) == ["both", "home"]
    assert ids(answer(stations).found) == ["corner", "both", "home"]


def test_a_service_with_hours_of_its_own_must_be_on_when_he_enters():
    stations = [east(0, hours_osm="Mo-Su 08:00-20:00")]
    meal = [{"station": 0, "service": "cheap_meal", "hours_osm": "Mo-Su 11:00-13:00"}]
    ask = {"needs": frozenset({"cheap_meal"})}
    assert answer(stations, meal, **ask).found == ()
    noon = answer(stations, meal, at=FRIDAY.replace(hour=12), **ask).found[0]
    assert noon.services == {"cheap_meal": "yes"}
    assert answer(stations, meal, at=FRIDAY.replace(hour=12, minute=55), **ask).found == ()
    anyway = answer(stations, meal, any_state=True, **ask).found[0]
    assert (anyway.services, anyway.missing) == ({"cheap_meal": "no"}, ("cheap_meal",))
    doubtful = [meal[0] | {"hours_osm": "Mo-Su 11:00-13:00 unknown"}]
    assert answer(stations, doubtful, at=FRIDAY.replace(hour=12), **ask).maybe[0].missing == ("cheap_meal",)


def test_he_who_waits_for_the_opening_finds_the_service_on_by_then():
    stations = [east(0, hours_osm="Mo-Su 10:30-20:00")]
    meal = [{"station": 0, "service": "cheap_meal", "hours_osm": "Mo-Su 10:30-13:00"}]
    assert answer(stations, meal, needs=frozenset({"cheap_meal"})).found[0].wait_min == 30


def test_an_outage_ends_with_its_last_day_at_the_place():
    stations = [east(0, hours_osm="24/7")]
    broken = [{"station": 0, "service": "microwave", "outage_until": "2026-09-11"}]
    ask = {"needs": frozenset({"microwave"})}
    assert answer(stations, broken, at=datetime.fromisoformat("2026-09-11T23:59"), **ask).found == ()
    assert ids(answer(stations, broken, at=datetime.fromisoformat("2026-09-12T00:00"), **ask).found) == ["s0"]
    assert answer(stations, broken, any_state=True, **ask).found[0].services == {"microwave": "no"}


def test_together_the_nearest_set_when_no_single_one_has_all():
    stations = [
        east(metres, id=name, hours_osm="24/7") for name, metres in zip("abcd", (100, 200, 300, 310), strict=True)
    ]
    services = [
        {"station": station, "service": service}
        for station, service in [("a", "microwave"), ("b", "toilet"), ("c", "books"), ("d", "toilet"), ("d", "books")]
    ]
    got = answer(stations, services, needs=frozenset({"microwave", "toilet", "books"}))
    assert got.found == ()
    assert ids(got.together) == ["a", "d"]
    assert [each.missing for each in got.together] == [("books", "toilet"), ("microwave",)]
    two = answer(stations, services, needs=frozenset({"toilet", "books"}))
    assert (ids(two.found), two.together) == (["d"], ())
    assert answer(stations, services, needs=frozenset({"toilet", "sewing_kit"})).together == ()
    near = answer(stations, services, needs=frozenset({"microwave", "toilet", "books"}), reach_m=250.0)
    assert near.together == ()


def test_the_reach_is_a_closed_boundary():
    stations = [east(100, hours_osm="24/7"), east(200, hours_osm="24/7")]
    farther = float(answer(stations).found[1].distance_m)
    assert len(answer(stations, reach_m=farther).found) == 2
    assert len(answer(stations, reach_m=farther - 0.001).found) == 1
    assert answer(stations, reach_m=farther, any_state=True).found[1].id == "s1"
    assert len(answer(stations, reach_m=farther - 0.001, any_state=True).found) == 1


def test_beyond_a_day_no_arrival_is_judged():
    stations = [east(90_000, hours_osm="24/7")]
    assert answer(stations).found == answer(stations).maybe == ()
    assert ids(answer(stations, mode="ride").found) == ["s0"]
    far = answer(stations, any_state=True).found[0]
    assert (far.state, far.on_arrival) == ("open", "unknown")
    assert str(far.reason).startswith("More than a day's travel away")


def test_make_up_days_and_holidays_count():
    stations = [
        east(100, id="works", hours_osm="Mo-Fr 09:00-17:00; PH off", makeup="work"),
        east(200, id="rests", hours_osm="Mo-Fr 09:00-17:00; PH off", makeup="weekend"),
        east(300, id="unsaid", hours_osm="Mo-Fr 09:00-17:00; PH off"),
    ]
    make_up = answer(stations, at=datetime.fromisoformat("2026-10-10T10:00"))
    assert (ids(make_up.found), ids(make_up.maybe)) == (["works"], ["unsaid"])
    assert make_up.maybe[0].reason is not None
    holiday = answer(stations, at=datetime.fromisoformat("2026-10-03T10:00"))
    assert (holiday.found, holiday.maybe) == ((), ())


def test_a_naive_time_is_local_at_each_place_and_an_aware_one_the_same_instant():
    stations = [
        east(100, id="shanghai", hours_osm="Mo-Su 09:00-12:00"),
        east(200, id="urumqi", hours_osm="Mo-Su 09:00-12:00", timezone="Asia/Urumqi"),
    ]
    assert ids(answer(stations).found) == ["shanghai", "urumqi"]
    aware = answer(stations, at=FRIDAY.replace(tzinfo=SHANGHAI))
    assert ids(aware.found) == ["shanghai"]
    later = answer(stations, at=datetime(2026, 9, 11, 5, 0, tzinfo=UTC))
    assert ids(later.found) == ["urumqi"]
    assert later.found[0].until == datetime(2026, 9, 11, 12, 0, tzinfo=ZoneInfo("Asia/Urumqi"))
    assert later.query_at.utcoffset() == timedelta(hours=6)


def test_now_is_the_default():
    before = datetime.now(UTC)
    got = answer([east(0, hours_osm="24/7")], at=None)
    assert before <= got.query_at <= datetime.now(UTC)
    assert ids(got.found) == ["s0"]


def test_no_station_at_all():
    got = answer([])
    assert (got.found, got.maybe, got.together) == ((), (), ())
    unlocated = answer([{"lon": np.nan, "lat": np.nan, "hours_osm": "24/7"}], any_state=True)
    assert unlocated.found == ()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"at": datetime.fromisoformat("9999-12-31T00:00")}, "years 1900 to 2998, not in 9999"),
        ({"k": 0}, "k must be at least 1, not 0"),
        ({"mode": "fly"}, "The mode must be walk or ride, not 'fly'"),
        ({"detour": 0.9}, "The detour factor must be 1 or more, not 0.9"),
        ({"detour": float("nan")}, "The detour factor"),
        ({"margin_min": -1}, "must be 0 to 1440 minutes, not -1"),
        ({"soon_min": float("nan")}, "must be 0 to 1440 minutes"),
        ({"reach_m": -5.0}, "The reach must be 0 metres or more"),
        ({"needs": frozenset({"gold"})}, "'gold' is no service"),
        ({"kinds": frozenset({"castle"})}, "'castle' is no kind"),
    ],
)
def test_what_cannot_be_asked(asked, words):
    with pytest.raises(InvalidValue, match=words):
        Query(*HERE, **asked)


def test_a_place_that_is_none_is_refused():
    with pytest.raises(InvalidValue, match="swapped"):
        Query(34.75, 113.62)
    with pytest.raises(InvalidValue, match="no place on earth"):
        Query(float("nan"), 34.75)


# ---- laws: the plain scan

HOURS = (
    "", "24/7", "Mo-Fr 09:00-17:00; PH off", "Mo-Su 08:30-11:30,13:30-18:00", "Mo-Su 20:00-06:00", "Sa,Su 10:00-16:00",
    "Mo-Fr 08:00-12:00, Mo-Fr 12:00-14:00 unknown", "Mo-Su 09:50-10:20,10:35-11:00", "Fr 18:00-02:00; PH off", "off",
)  # fmt: skip
NEEDS = ("microwave", "toilet", "books")


def judged(timetable, number, instant, margin, soon):
    """Tell what an arrival meets from the intervals of one schedule, one by one."""
    first = (instant - timedelta(days=1)).date()
    spans = timetable.intervals(number, first, 5)
    known = [span for span in spans if span.state is State.OPEN]
    unknown = [span for span in spans if span.state is State.UNKNOWN]
    margin, soon = timedelta(minutes=margin), timedelta(minutes=soon)
    now = next((span for span in known if span.start <= instant < span.end), None)
    if now and now.end - instant >= margin:
        return "open", 0.0
    for span in known:
        if instant < span.start <= instant + soon and span.end - span.start >= margin:
            return "opens_soon", (span.start - instant) / timedelta(minutes=1)
    doubt = margin if now else soon
    if any(span.start <= instant + doubt and span.end > instant for span in unknown):
        return "unknown", 0.0
    return ("closing" if now else "closed"), 0.0


def scan(stations, services, query):
    """Scan all stations naively: (id, distance, on_arrival, had by need) of each within a day's travel."""
    rows = []
    for number, station in enumerate(stations):
        metres = round(float(distance_m(query.lon, query.lat, station["lon"], station["lat"])), 6)
        minutes = metres * query.detour / (SPEED_KMH[query.mode] * 1000 / 60)
        zone = ZoneInfo(station["timezone"])
        start = query.at.replace(tzinfo=zone) if query.at.tzinfo is None else query.at.astimezone(zone)
        arrival = (start.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(zone)
        sure = station["hours_basis"] == "found" and not station["hours_uncertain"]
        own = [offer for offer in services if offer["station"] == number]
        texts = [station["hours_osm"] if sure else "", *(offer["hours_osm"] for offer in own)]
        timetable = Timetable([Schedule(text, station["makeup"], station["timezone"]) for text in texts], china())
        door, wait = judged(timetable, 0, arrival, query.margin_min, query.soon_min)
        entry = arrival + timedelta(minutes=wait)
        had = dict.fromkeys(query.needs, "unknown")
        for place, offer in enumerate(own, 1):
            if offer["service"] in had:
                had[offer["service"]] = told(timetable, place, offer, entry, query)
        if minutes <= 1440 and metres <= (query.reach_m or np.inf):
            now = judged(timetable, 0, start, 0, 0)[0] if query.open_now else "open"
            rows.append((metres, station["id"], door, had, set(station["kinds"].split("|")), now))
    return sorted(row for row in rows if not query.kinds or row[4] & query.kinds)


def told(timetable, place, offer, entry, query):
    if offer["basis"] != "found" or offer["answer"] == "unknown":
        out = offer["outage_until"] and entry.date() <= date.fromisoformat(offer["outage_until"])
        return "no" if out else "unknown"
    if offer["answer"] == "no" or (offer["outage_until"] and entry.date() <= date.fromisoformat(offer["outage_until"])):
        return "no"
    if not offer["hours_osm"]:
        return "yes"
    door, _ = judged(timetable, place, entry, query.margin_min, 0.0)
    return {"open": "yes", "unknown": "unknown"}.get(door, "no")


metres_apart = st.one_of(st.integers(-15, 15).map(lambda n: n * 100), st.integers(-20, 20).map(lambda n: n * 3000))
station = st.fixed_dictionaries({
    "lon": metres_apart.map(lambda m: HERE[0] + m * METRE),
    "lat": metres_apart.map(lambda m: HERE[1] + m * METRE),
    "hours_osm": st.sampled_from(HOURS),
    "hours_basis": st.sampled_from(["found", "found", "found", "inferred"]),
    "hours_uncertain": st.sampled_from([False, False, False, True]),
    "makeup": st.sampled_from(["work", "weekend", "unknown"]),
    "timezone": st.sampled_from(["Asia/Shanghai", "Asia/Shanghai", "Asia/Urumqi"]),
    "kinds": st.sampled_from(["rest_station", "book_corner", "rest_station|book_corner"]),
})  # fmt: skip
service = st.fixed_dictionaries({
    "answer": st.sampled_from(["yes", "yes", "yes", "no", "unknown"]),
    "hours_osm": st.sampled_from(["", "", "", "Mo-Su 10:00-12:00", "Mo-Su 09:00-10:30, Mo-Su 10:30-13:00 unknown"]),
    "outage_until": st.sampled_from(["", "", "", "2026-10-09", "2026-10-10", "2027-01-01"]),
    "basis": st.sampled_from(["found", "found", "found", "inferred"]),
})  # fmt: skip
queries = st.builds(
    lambda *here, opened, **asked: Query(*here, any_state=opened == "any", open_now=opened == "now", **asked),
    st.just(HERE[0]),
    st.just(HERE[1]),
    at=st.integers(0, 5 * 24 * 3600).map(
        lambda seconds: datetime(2026, 10, 7, tzinfo=[None, SHANGHAI][seconds % 2]) + timedelta(seconds=seconds)
    ),
    k=st.integers(1, 4),
    kinds=st.sampled_from([frozenset(), frozenset({"book_corner"})]),
    needs=st.sets(st.sampled_from(NEEDS)).map(frozenset),
    opened=st.sampled_from(["arrival", "arrival", "now", "any"]),
    mode=st.sampled_from(["walk", "ride"]),
    margin_min=st.sampled_from([0.0, 10.0, 45.0]),
    soon_min=st.sampled_from([0.0, 30.0, 150.0]),
    reach_m=st.sampled_from([None, None, 1234.5, 20_000.0]),
)


@st.composite
def towns(draw):
    stations = [
        {"id": f"s{draw(st.integers(0, 9))}-{i}", **row} for i, row in enumerate(draw(st.lists(station, max_size=14)))
    ]
    services = [
        {"station": i, "service": need, **draw(service)}
        for i in range(len(stations))
        for need in draw(st.sets(st.sampled_from(NEEDS)))
    ]
    return stations, services


@settings(max_examples=100, deadline=None)
@given(town=towns(), query=queries)
def test_find_is_the_plain_scan(town, query):
    stations, services = town
    snapshot = Snapshot.build(tables(stations, services), china())
    got = find(snapshot, query)
    rows = scan(stations, services, query)
    if query.any_state:
        lacking = {
            stations[offer["station"]]["id"]
            for offer in services
            if offer["service"] in query.needs and offer["basis"] == "found" and offer["answer"] == "no"
        }
        expected = [row for row in rows if row[1] not in lacking][: query.k]
        near = [found for found in got.found if found.minutes <= 1440]  # the scan goes no farther than a day's travel
        assert [(found.distance_m, found.id, found.on_arrival) for found in near] == [row[:3] for row in expected]
        assert got.maybe == got.together == ()
        return
    gets_in = [row for row in rows if row[2] in ("open", "opens_soon") and row[5] == "open"]
    serving = [row for row in gets_in if set(row[3].values()) <= {"yes"}]
    maybe = [
        row
        for row in rows
        if row[2] in ("open", "opens_soon", "unknown")
        and row[5] in ("open", "unknown")
        and "no" not in row[3].values()
        and row not in serving
    ]
    assert [(found.distance_m, found.id, found.on_arrival) for found in got.found] == [
        r[:3] for r in serving[: query.k]
    ]
    assert [(found.distance_m, found.id, found.on_arrival) for found in got.maybe] == [r[:3] for r in maybe[: query.k]]
    for found in (*got.found, *got.maybe):
        row = next(row for row in stations if row["id"] == found.id)
        sure = row["hours_basis"] == "found" and not row["hours_uncertain"]
        now = opening(
            row["hours_osm"] if sure else "",
            query.at,
            makeup=row["makeup"],
            timezone=row["timezone"],
            calendar=china(),
        )
        assert (found.state, found.until, found.opens_at) == (now.state.name.lower(), now.until, now.opens_at)
        had = next(row[3] for row in rows if row[1] == found.id)
        assert set(found.missing) == {need for need, each in had.items() if each != "yes"}
    if not serving and len(query.needs) > 1:
        has = np.array([[row[3][need] == "yes" for need in sorted(query.needs)] for row in gets_in], bool)
        chosen = nearest_set(np.array([row[0] for row in gets_in]), has.reshape(len(gets_in), len(query.needs)))
        assert ids(got.together) == [gets_in[row][1] for row in chosen]
    else:
        assert got.together == ()


def test_eight_threads_get_the_answers_of_one():
    rng = np.random.default_rng(8)
    stations = [
        east(float(x), lat=HERE[1] + float(y) * METRE, hours_osm=HOURS[i % len(HOURS)])
        for i, (x, y) in enumerate(rng.uniform(-4000, 4000, (800, 2)))
    ]
    services = [{"station": i, "service": NEEDS[i % 3]} for i in range(800)]
    snapshot = Snapshot.build(tables(stations, services), china())
    asked = [
        Query(
            HERE[0] + float(x) * METRE, HERE[1], at=FRIDAY + timedelta(minutes=i % 7), needs=frozenset({NEEDS[i % 3]})
        )
        for i, x in enumerate(rng.uniform(-4000, 4000, 60))
    ]
    alone = [find(snapshot, query) for query in asked]
    fresh = Snapshot.build(tables(stations, services), china())
    with ThreadPoolExecutor(8) as pool:
        for together in pool.map(lambda _: [find(fresh, query) for query in asked], range(8)):
            assert together == alone


# ---- real stations


@pytest.fixture(scope="module")
def zhengzhou(real_data, tmp_path_factory):
    """The 82 listed stations, imported as a clerk would, and their rows as they stand in the file."""
    from stationmap.files.read import read
    from stationmap.register.intake import read_stations
    from stationmap.register.ledger import Ledger

    table = read(real_data / "zhengzhou_union_stations" / "stations_82_listed.csv")
    with Ledger.open(tmp_path_factory.mktemp("ledger") / "zhengzhou.sqlite") as ledger:
        ledger.put(read_stations(table, datum="gcj02").stations, actor="test", reason="test")
        stations = ledger.stations()
    return Snapshot.build(stations, china()), table.cells


@pytest.mark.real
@pytest.mark.parametrize(
    ("at", "on_workdays"),
    [("2026-10-10T10:00", "unknown"), ("2026-10-03T10:00", "closed"), ("2026-10-09T10:00", "unknown")],
)
def test_the_five_nearest_of_erqi_square_in_their_true_states(zhengzhou, at, on_workdays):
    """A make-up Saturday, a holiday and an ordinary Friday; what the source itself does not say is unknown."""
    snapshot, cells = zhengzhou
    lon, lat = (float(part) for part in gcj02_to_wgs84(113.665, 34.752))
    got = find(snapshot, Query(lon, lat, at=datetime.fromisoformat(at), any_state=True))
    there = gcj02_to_wgs84(cells["lng_gcj02"].astype(float).to_numpy(), cells["lat_gcj02"].astype(float).to_numpy())
    metres = distance_m(lon, lat, *there)
    nearest = np.argsort(metres)[:5]
    assert [found.name for found in got.found] == cells["name"].iloc[nearest].tolist()
    assert [found.distance_m for found in got.found] == pytest.approx(metres[nearest].tolist(), abs=0.01)
    said = {"工作日开放": on_workdays, "05:00-17:30": "open", "07:30-22:30": "open"}
    source = cells["open_hours_source"].fillna("").iloc[nearest]
    assert [found.state for found in got.found] == [said.get(text, "unknown") for text in source]
    assert set(source) == {"", *said}


@pytest.mark.real
def test_only_what_the_source_says_is_open_is_found_from_erqi_square(zhengzhou):
    snapshot, cells = zhengzhou
    lon, lat = (float(part) for part in gcj02_to_wgs84(113.665, 34.752))
    got = find(snapshot, Query(lon, lat, at=datetime.fromisoformat("2026-10-03T10:00"), k=20))
    said = dict(zip(cells["name"], cells["open_hours_source"].fillna(""), strict=True))
    assert all(said[found.name] for found in got.found)
    assert all(found.on_arrival == "unknown" for found in got.maybe)
    assert all(said[found.name] in ("", "工作日开放") or "周" in said[found.name] for found in got.maybe)
    needy = find(snapshot, Query(lon, lat, at=datetime.fromisoformat("2026-10-03T10:00"), needs=frozenset({"seats"})))
    assert (needy.found, len(needy.maybe)) == ((), 5)


@settings(max_examples=100, deadline=None)
@given(town=towns(), query=queries)
def test_one_by_one_is_seen_what_is_judged_of_many(town, query):
    snapshot = Snapshot.build(tables(*town), china())
    trip = sight(snapshot, query).trip
    positions = np.repeat(np.arange(len(snapshot)), 7)
    metres = np.tile([0.0, 30.0, 500.0, 2000.0, 9000.0, 60_000.0, 500_000.0], len(snapshot))
    see = eye(trip)
    singly = [see(position, station_m) for position, station_m in zip(positions.tolist(), metres.tolist(), strict=True)]
    assert singly == trip.judge(positions, metres).rows()
