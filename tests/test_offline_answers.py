"""What a phone answers from its bundle is what the server answers: the same stations, order, states, words and links."""

import json
import math
import random
import shutil
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stationmap.finder.bundle import pack
from stationmap.finder.geojson import feature_collection
from stationmap.finder.relax import without
from stationmap.finder.search import Query, find
from stationmap.finder.snapshot import Snapshot
from stationmap.geo.datum import convert
from stationmap.geo.earth import distance_m
from stationmap.hours.calendar import china
from stationmap.schema.vocabulary import ACCESS_MODES, KINDS, SERVICES
from stationmap.web import wording
from stationmap.web.assets import folder
from tests.finder_tables import tables

JS = Path(__file__).parent / "js"
SCRIPT = JS / "offline_answers.mjs"
HOURS = (
    "24/7", "08:00-20:00", "Mo-Fr 08:30-17:30", "Mo-Fr 09:00-12:00,13:30-18:00; Sa 09:00-12:00; PH off", "20:00-06:00",
    "22:00-06:00; 02:00-03:00 off", "Mo-Su 00:00-24:00; PH off", "Mo-Fr 08:00-18:00; Sa,Su unknown", "06:00-10:00",
    "Mo-Fr 20:00-06:00; Tu off", "10:00-12:25", "12:20-18:00", "08:00-24:00", "Sa-Su 10:00-16:00; PH 10:00-14:00", "", "",
    "2026 Oct 10-2026 Oct 20 09:00-17:00", "nonsense", "Dec 01-31 off; 07:00-19:00",
)  # fmt: skip
NEEDS = ("hot_water", "toilet", "microwave", "seats", "shower", "phone_charging")
ZONES = ("Asia/Shanghai",) * 8 + ("Asia/Urumqi", "Europe/Berlin")
NAMES = ("郑州路驿站", "二七工会,驿站|A;B", "a\u200bb 'quoted' (1)*!", "🚰 水站\n二", "站" * 70)
INSTANTS = (
    datetime(2026, 10, 9, 4, 0, tzinfo=UTC),
    datetime(2026, 9, 30, 13, 7, 31, 250_000, tzinfo=UTC),
    datetime(2026, 12, 24, 23, 59, 59, tzinfo=UTC),
    datetime(2026, 10, 24, 22, 30, tzinfo=UTC),
)
CALENDAR = china()


def run(given: dict[str, Any]) -> dict[str, Any]:
    """Have the scripts answer."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the phone's answers are not tested")
    done = subprocess.run([node, SCRIPT], input=json.dumps(given), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answered: dict[str, Any] = json.loads(done.stdout)
    return answered


def settings(language: str) -> dict[str, Any]:
    """Return the settings of a page, as the server ships them."""
    sources = [path.read_text(encoding="utf-8") for path in sorted((folder() / "js").rglob("*.js"))]
    return {
        "language": language,
        "words": wording.shipped(sources, language),
        "labels": {
            "services": {code: term.zh if language == "zh" else term.en for code, term in SERVICES.items()},
            "access": {code: term.zh if language == "zh" else term.en for code, term in ACCESS_MODES.items()},
        },
        "common": wording.COMMON_SERVICES,
    }


def town(seed: int) -> Snapshot:
    """Return a small made-up town: places that coincide, all kinds of hours, services with hours of their own."""
    some = random.Random(seed)
    lons, lats = [113.62, 113.66], [34.72, 34.78]
    stations, services = [], []
    for i in range(some.randint(5, 60)):
        alone = some.random() < 0.8
        lon = round(some.uniform(*lons), some.choice((2, 6, 15))) if alone else 113.64
        lat = round(some.uniform(*lats), some.choice((2, 6, 15))) if alone else 34.75
        stations.append({
            "id": f"{some.randrange(10**6):06d}-{i}", "name": some.choice(NAMES), "lon": lon, "lat": lat,
            "hours_osm": some.choice(HOURS), "hours_text": "每天", "makeup": some.choice(("work", "weekend", "unknown")),
            "hours_basis": some.choice(("found",) * 9 + ("inferred",)), "hours_uncertain": some.random() < 0.1,
            "timezone": some.choice(ZONES), "kinds": "|".join(some.sample(list(KINDS), some.randint(1, 2))),
            "access": some.choice(("", "open_door", "open_door|staff")), "floor": some.choice(("", "2楼")),
            "members_only": some.choice(("yes", "no", "unknown")), "address": some.choice(("", "中山路5号")),
            "confirmed_on": some.choice(("", "2026-09-20")), "fictional": some.random() < 0.2,
        })  # fmt: skip
        services += [
            {
                "station": i, "service": need, "answer": some.choice(("yes", "yes", "yes", "no", "unknown")),
                "hours_osm": some.choice(("",) * 4 + HOURS), "basis": some.choice(("found",) * 6 + ("inferred",)),
                "nearby_m": some.choice((math.nan, math.nan, 33.333)),
                "outage_until": some.choice(("",) * 5 + ("2026-10-09", "2026-10-10", "2026-12-25")),
            }
            for need in some.sample(NEEDS, some.randint(0, len(NEEDS)))
        ]  # fmt: skip
    return Snapshot.build(tables(stations, services), CALENDAR)


def question(some: random.Random, built: datetime) -> tuple[dict[str, Any], datetime, Query]:
    """Return a question as the page asks it, the instant it is asked, and the same for the finder."""
    now = built.replace(hour=0) + timedelta(seconds=some.uniform(0, 86_399))
    at = ""
    if some.random() < 0.3:
        when = now + timedelta(minutes=some.uniform(-300, 2000))
        text = when.astimezone(CHINA).isoformat(timespec=some.choice(("minutes", "seconds")))
        at = text if some.random() < 0.4 else text[: text.index("+")]
    asked = {
        "lon": some.uniform(113.60, 113.70), "lat": some.uniform(34.70, 34.80), "datum": "wgs84",
        "need": some.sample(NEEDS, some.choice((0, 0, 1, 1, 2, 3, 5))),
        "kind": some.sample(list(KINDS), some.choice((0, 0, 0, 1, 4))),
        "open": some.choice(("arrival", "arrival", "now", "any")), "at": at,
        "mode": some.choice(("walk", "ride")), "k": some.choice((1, 5, 8, 50)),
    }  # fmt: skip
    query = Query(
        lon=asked["lon"], lat=asked["lat"], at=datetime.fromisoformat(at) if at else now, k=asked["k"],
        kinds=frozenset(asked["kind"]), needs=frozenset(asked["need"]), any_state=asked["open"] == "any",
        open_now=asked["open"] == "now", mode=asked["mode"],
    )  # fmt: skip
    return asked, now, query


CHINA = town(0).zones[0]


def served(snapshot: Snapshot, query: Query, language: str) -> dict[str, Any]:
    answer = find(snapshot, query)
    told = feature_collection(snapshot, answer, language)
    return {**told, "without": without(snapshot, query, answer.found)}


def differences(server: Any, phone: Any, at: str = "") -> list[str]:
    """Return where two answers differ: numbers by more than their rounding, instants by more than a second."""
    if isinstance(server, dict):
        return [each for name in server for each in differences(server[name], phone.get(name), f"{at}.{name}")]
    if isinstance(server, list) and isinstance(phone, list) and len(server) == len(phone):
        return [
            each for i, pair in enumerate(zip(server, phone, strict=True)) for each in differences(*pair, f"{at}[{i}]")
        ]
    if isinstance(server, float) and isinstance(phone, int | float):
        return [] if math.isclose(server, phone, rel_tol=1e-9, abs_tol=0.1001 if "min" in at else 0.0101) else [at]
    if isinstance(server, str) and server != phone and at.endswith(("at", "until")) and phone:
        apart = datetime.fromisoformat(server) - datetime.fromisoformat(phone)
        return [] if abs(apart) <= timedelta(seconds=1) and server[-6:] == phone[-6:] else [f"{at}: {server} {phone}"]
    return [] if server == phone else [f"{at}: {server!r} {phone!r}"]


GEOJSON_ONLY = ("type", "id")


def bare(collection: dict[str, Any]) -> dict[str, Any]:
    """Return what the page reads of an answer."""
    lists = {
        name: [{part: value for part, value in each.items() if part not in GEOJSON_ONLY} for each in collection[name]]
        for name in ("features", "maybe", "together")
    }
    for features in lists.values():
        for each in features:
            each["geometry"] = {"coordinates": [round(part, 9) for part in each["geometry"]["coordinates"]]}
    return {**lists, "without": collection["without"], "at": collection["at"]}


def compare(
    snapshots: Sequence[Snapshot],
    bundles: Sequence[Any],
    asked: Sequence[tuple[int, Any, datetime, Query]],
    language: str,
) -> int:
    """Demand equal answers; return how many stations were told in all."""
    questions = [[which, each, now.isoformat()] for which, each, now, _ in asked]
    answers = run({"settings": settings(language), "bundles": bundles, "questions": questions})["answers"]
    told = 0
    for (which, each, now, query), phone in zip(asked, answers, strict=True):
        server = bare(served(snapshots[which], query, language))
        told += sum(len(server[name]) for name in ("features", "maybe", "together"))
        assert differences(server, phone) == [], (which, each, now)
    return told


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("built", INSTANTS, ids=lambda at: f"{at:%m-%d}")
def test_a_phone_answers_as_the_server_does(built: datetime, language: str) -> None:
    some = random.Random(f"{built}{language}")
    snapshots = [town(some.randrange(10**6)) for _ in range(12)]
    bundles = [pack(each, 113.651, 34.751, built) for each in snapshots]
    asked = [(which, *question(some, built)) for which in range(12) for _ in range(40)]
    assert compare(snapshots, bundles, asked, language) > 1000


def test_distances_are_those_of_the_ellipsoid_to_a_millionth_within_100_km() -> None:
    some = np.random.default_rng(1)
    lon, lat = some.uniform(-180, 180, 3000), some.uniform(-89.9, 89.9, 3000)
    reach = some.uniform(0, 0.8, 3000)
    angle = some.uniform(0, 2 * np.pi, 3000)
    other_lat = np.clip(lat + reach * np.sin(angle), -90, 90)
    other_lon = lon + reach * np.cos(angle)
    ends = np.column_stack([lon, lat, other_lon, other_lat])
    found = np.array(run({"settings": settings("en"), "distances": ends.tolist()})["distances"])
    truth = distance_m(*ends.T)
    assert truth.max() < 100_000
    assert np.abs(found - truth).max() <= 2e-6
    assert (np.abs(found - truth) <= 1e-6 * truth + 1e-6).all()


@pytest.mark.parametrize("datum", ["wgs84", "gcj02", "bd09"])
def test_typed_coordinates_are_read_to_a_ten_millionth_of_a_degree(datum: str) -> None:
    some = np.random.default_rng(2)
    lon, lat = np.append(some.uniform(85, 120, 400), 2.35), np.append(some.uniform(30, 40, 400), 48.85)
    given = [[x, y, datum] for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]
    found = np.array(run({"settings": settings("en"), "places": given})["places"])
    truth = np.column_stack(convert(lon, lat, source=datum, target="wgs84"))
    assert np.abs(found - truth).max() <= 1e-7


def test_some_days_later_it_still_answers_as_the_server_does() -> None:
    """But for what lies beyond the days that are kept: when a state ends."""
    some = random.Random(7)
    snapshots = [town(some.randrange(10**6)) for _ in range(6)]
    bundles = [pack(each, 113.651, 34.751, INSTANTS[0]) for each in snapshots]
    asked = [
        (which, *question(some, INSTANTS[0] + timedelta(days=some.randint(1, 12))))
        for which in range(6)
        for _ in range(30)
    ]
    questions = [[which, each, now.isoformat()] for which, each, now, _ in asked]
    answers = run({"settings": settings("en"), "bundles": bundles, "questions": questions})["answers"]
    facts = ("id", "state", "on_arrival", "services", "missing", "wait_min", "minutes")
    for (which, each, now, query), phone in zip(asked, answers, strict=True):
        server = bare(served(snapshots[which], query, "en"))
        for name in ("features", "maybe", "together"):
            told = [
                [{fact: station["properties"][fact] for fact in facts} for station in answer[name]]
                for answer in (server, phone)
            ]
            assert differences(told[0], told[1]) == [], (which, each, now)


def test_the_shared_vectors_are_what_the_finder_says() -> None:
    from tests.offline_vectors import FILE, vectors

    assert FILE.stat().st_size < 200_000
    made = json.loads(json.dumps(vectors()))
    assert json.loads(FILE.read_text(encoding="utf-8")) == made, "python -m tests.offline_vectors writes them anew"


def test_the_scripts_keep_to_the_shared_vectors() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the phone's answers are not tested")
    done = subprocess.run([node, "--test", JS / "offline.test.mjs"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "# pass 6" in done.stdout
