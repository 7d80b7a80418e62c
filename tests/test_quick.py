"""finder.quick and finder.phrases: the usual question answered by one loop is the answer of the general way, to the byte."""

import dataclasses
import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.finder import compiled, pen, stream, written
from stationmap.finder.answer import answered, make_ready
from stationmap.finder.geojson import feature_collection
from stationmap.finder.phrases import Phrases, slot_of
from stationmap.finder.relax import without
from stationmap.finder.search import Query, find, sight
from stationmap.schema.vocabulary import SERVICES
from tests.test_search import FRIDAY, HERE, east, queries, towns
from tests.test_stream import built, crowd

pytestmark = pytest.mark.skipif(not compiled.AVAILABLE, reason="numba is not installed: nothing is compiled")


def quick(snapshot, query, lang="zh"):
    from stationmap.finder.quick import quick as answer

    return answer(snapshot, query, lang)


def generally(snapshot, query, lang="zh"):
    """Return the answer as it is found and written without the one loop."""
    seen = sight(snapshot, query)
    ways = without(snapshot, query, seen.found)
    return written.written(seen, query, lang, {"without": ways} if ways else None)


def plainly(snapshot, query, lang="zh"):
    """Return the answer as it is without any compiled loop, read as JSON."""
    slow = dataclasses.replace(snapshot, swift=False)
    ways = without(slow, query, find(slow, query).found)
    return feature_collection(slow, find(slow, query), lang) | ({"without": ways} if ways else {})


@settings(max_examples=150, deadline=None)
@given(town=towns(), query=queries, lang=st.sampled_from(["zh", "en"]))
def test_whatever_is_asked_is_answered_as_the_general_way_does(town, query, lang):
    snapshot = built(*town)
    for k in (query.k, 1):
        asked = dataclasses.replace(query, k=k)
        for _ in range(2):  # the second time out of what was kept
            assert json.loads(answered(snapshot, asked, lang)) == plainly(snapshot, asked, lang)
            at_once = quick(snapshot, asked, lang)
            assert at_once is None or at_once == generally(snapshot, asked, lang)


@pytest.mark.parametrize("seed", range(4))
def test_a_city_is_answered_at_once_and_to_the_byte(seed):
    snapshot, rng = crowd(seed)
    at_once_count = 0
    for number in range(200):
        query = Query(
            HERE[0] + float(rng.normal(0, 0.03)),
            HERE[1] + float(rng.normal(0, 0.03)),
            at=FRIDAY + timedelta(minutes=number // 4 * 7, seconds=int(rng.integers(0, 60)) * (number % 5 > 0)),
            k=int(rng.integers(1, 12)),
            needs=[frozenset(), frozenset({"toilet"}), frozenset({"toilet", "microwave"})][number % 3],
            any_state=number % 7 == 0,
            open_now=number % 7 == 1,
            mode="ride" if number % 5 == 0 else "walk",
            reach_m=900.0 if number % 11 == 0 else None,
        )
        at_once = quick(snapshot, query)
        if at_once is not None:
            at_once_count += 1
            assert at_once == generally(snapshot, query)
            assert json.loads(at_once) == plainly(snapshot, query)
    assert at_once_count > 120


def test_all_day_long_each_minute_is_told_as_it_is():
    """Countdowns, openings, midnight: what is told longer than a minute never outlives itself."""
    hours = ["Mo-Su 08:00-20:00", "Mo-Su 09:00-12:00,13:30-23:45", "24/7", "", "Mo-Su 22:00-02:00", "Fr 10:00-11:00"]
    stations = [east(20 * n, hours_osm=hours[n % len(hours)]) for n in range(36)]
    stations += [east(-20 * n, hours_osm=hours[0], timezone="Europe/Berlin") for n in range(1, 5)]
    snapshot = built(stations, [{"station": 1, "service": "toilet", "hours_osm": "Mo-Su 11:00-13:00"}])
    at_once_count = 0
    for minute in range(0, 3000, 7):
        at = (FRIDAY + timedelta(minutes=minute, seconds=minute % 3 * 29.5)).replace(tzinfo=UTC)
        query = Query(*HERE, at=at, k=3, any_state=minute % 2 == 0)
        at_once = quick(snapshot, query, "en")
        if at_once is not None:
            at_once_count += 1
            assert json.loads(at_once) == plainly(snapshot, query, "en"), at
    assert at_once_count > 300


def test_what_is_not_usual_goes_the_general_way():
    near = [east(5 * n, hours_osm="24/7") for n in range(4)]
    snapshot = built(near + [east(5 * n, hours_osm="") for n in range(4)])
    usual = Query(*HERE, at=FRIDAY, k=4)
    assert quick(snapshot, usual) is not None
    far = Query(HERE[0] + 0.5, HERE[1], at=FRIDAY, k=1, any_state=True)  # more than an hour away: without is told
    many = frozenset([*SERVICES][:33])
    for query in (
        dataclasses.replace(usual, k=5),
        dataclasses.replace(usual, k=51, any_state=True),
        dataclasses.replace(usual, needs=many, any_state=True),
        dataclasses.replace(usual, reach_m=1.0),
        far,
    ):
        assert quick(snapshot, query) is None
        assert json.loads(answered(snapshot, query, "zh")) == plainly(snapshot, query)
    slow = dataclasses.replace(snapshot, swift=False)
    assert json.loads(answered(slow, usual, "zh")) == plainly(snapshot, usual)
    two = built([*near, east(9, hours_osm="24/7", timezone="Europe/Berlin")])
    local, instant = Query(*HERE, at=FRIDAY, k=5, any_state=True), FRIDAY.replace(tzinfo=UTC)
    assert quick(two, local) is None
    assert quick(two, dataclasses.replace(local, at=instant)) is not None
    changing = built([east(9, hours_osm="24/7", timezone="Australia/Lord_Howe")])
    assert quick(changing, Query(*HERE, at=datetime(2026, 10, 3, 10, tzinfo=UTC), k=1, any_state=True)) is None


def test_one_loop_is_compiled_whatever_it_is_given():
    from stationmap.finder import reply

    for needs in (frozenset(), frozenset({"toilet"})):
        snapshot = built([east(5 * n, hours_osm="24/7") for n in range(3)], [{"station": 0, "service": "toilet"}])
        for more in ({}, {"margin_min": 5, "soon_min": 0, "detour": 1, "reach_m": 900}, {"any_state": True}):
            answered(snapshot, Query(*HERE, at=FRIDAY, k=1, needs=needs, **more), "zh")
            written.written(sight(snapshot, Query(*HERE, at=FRIDAY, needs=needs, **more)), Query(*HERE), "zh")
    assert len(reply.reply.signatures) == len(stream.stream.signatures) == len(pen.write.signatures) == 1


def test_all_loops_are_made_ready_also_where_clocks_are_changed(monkeypatch):
    from stationmap.finder import quick as module

    called = []
    reply = module.reply
    monkeypatch.setattr(module, "reply", lambda *given: called.append(1) or reply(*given))
    snapshot = built([east(9, hours_osm="24/7", timezone="Australia/Lord_Howe")])
    make_ready(snapshot, datetime(2026, 10, 3, 10, tzinfo=UTC))
    assert called
    make_ready(built([]))
    make_ready(dataclasses.replace(snapshot, swift=False))


def test_another_snapshot_is_made_ready_for_what_was_asked_of_the_one_before(monkeypatch):
    from stationmap.finder import quick as module

    (before, _), (after, _) = crowd(1), crowd(1)
    asked = [Query(*HERE, at=FRIDAY, k=2, needs=frozenset({need}), any_state=True) for need in ("toilet", "wifi")]
    for query in asked:
        answered(before, query, "zh")
    make_ready(after, FRIDAY, before)
    monkeypatch.setattr(module, "_planned", lambda *_: pytest.fail("it was not made ready"))
    for query in asked:
        assert answered(after, query, "zh") == generally(before, query)


texts = st.dictionaries(st.integers(0, 2**62), st.binary(max_size=40), max_size=60)


def held(phrases):
    """Return all texts by their numbers."""
    codes, begins, ends, data = phrases.table
    return {
        int(codes[slot]): data[begins[slot] : ends[slot]].tobytes() for slot in np.flatnonzero(codes != -1).tolist()
    }


@given(first=texts, second=texts, most=st.integers(1, 200))
def test_phrases_are_a_dict_of_bounded_size(first, second, most):
    phrases = Phrases(most)
    for code, text in first.items():
        phrases.add(code, text)
        phrases.add(code, b"another")
        found = slot_of(phrases.table.codes, code)
        assert phrases.table.codes[found] == code
    kept = held(phrases)
    assert kept.items() <= first.items()
    assert len(kept) == min(len(first), len(kept)) <= most
    assert kept == first or len(first) > most
    later = Phrases.after(phrases)
    assert held(later) == kept
    for code, text in second.items():
        later.add(code, text)
    assert held(phrases) == kept
    assert len(first | second) > most or held(later) == second | kept


def test_phrases_grow():
    phrases, texts = Phrases(10_000), {number * 64 + 3: b"x" * (number % 900) for number in range(3000)}
    shown = phrases.table
    for code, text in texts.items():
        phrases.add(code, text)
    assert held(phrases) == texts
    assert (shown.codes != -1).sum() <= 512  # who still reads what was shown before finds part of it, and nothing else
    with pytest.raises(ValueError, match="read-only"):
        phrases.table.data[0] = 1
