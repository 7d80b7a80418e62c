"""Laws of the index of names, with hypothesis; then real names."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from stationmap.files.read import read
from stationmap.finder.names.entries import Entry
from stationmap.finder.names.index import NameIndex
from stationmap.finder.names.numbers import NUMERALS
from stationmap.finder.names.pinyin import readings, unusual_readings
from stationmap.finder.names.spelling import normal, words_of

HAN = "郑州路二七区工会驿站重庆长沙旅顺职工之家暖心爱书香亭松岭大道行云"
LETTERS = "abcdehiknostuwz0123456789"
NAMES = st.text(st.sampled_from(HAN), min_size=2, max_size=9) | st.text(
    st.sampled_from(HAN + LETTERS + " ·（）-"), min_size=2, max_size=12
)
ANYTHING = st.text(max_size=40)
STATION = frozenset(("station",))
MANY = 2000
COLUMNS = ("name", "address", "lon", "lat")


def entries(names: list[str]) -> list[Entry]:
    return [
        Entry("station", f"s{row:03d}", name, lon=113 + row / 100, lat=34.0, address=names[-1 - row])
        for row, name in enumerate(names)
    ]


def index_of(names: list[str]) -> NameIndex:
    index = NameIndex(None)
    index.update(1, entries(names))
    return index


def found(index: NameIndex, typed: str) -> set[str]:
    return {hit.id for hit in index.search(typed, limit=MANY, kinds=STATION)}


def solid(name: str) -> str:
    return "".join(words_of(name))


def own_pinyin(name: str) -> Iterator[str]:
    """Yield what each character of a normal name without blanks is typed as."""
    unusual = unusual_readings(name)
    for place, character in enumerate(name):
        yield unusual.get(place) or next(iter(readings(character)), character)


@settings(deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=12), st.data())
def test_every_part_of_two_characters_or_more_finds_its_name(names: list[str], data: st.DataObject) -> None:
    index = index_of(names)
    row = data.draw(st.integers(0, len(names) - 1))
    whole = solid(names[row])
    assume(len(whole) >= 2)
    start = data.draw(st.integers(0, len(whole) - 2))
    end = data.draw(st.integers(start + 2, len(whole)))
    assert f"s{row:03d}" in found(index, whole[start:end])


@settings(deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=12), st.data())
def test_every_name_is_found_by_its_pinyin_and_its_initials(names: list[str], data: st.DataObject) -> None:
    index = index_of(names)
    row = data.draw(st.integers(0, len(names) - 1))
    whole = solid(names[row])
    assume(whole)
    spoken = list(own_pinyin(whole))
    assert f"s{row:03d}" in found(index, "".join(spoken))
    assert f"s{row:03d}" in found(index, "".join(syllable[0] for syllable in spoken))
    mixed = [data.draw(st.sampled_from((character, said))) for character, said in zip(whole, spoken, strict=True)]
    assert f"s{row:03d}" in found(index, "".join(mixed))


@settings(deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=12), st.data())
def test_every_plausible_reading_finds_a_name(names: list[str], data: st.DataObject) -> None:
    index = index_of(names)
    row = data.draw(st.integers(0, len(names) - 1))
    whole = solid(names[row])
    assume(whole)
    spoken = [data.draw(st.sampled_from(readings(character) or (character,))) for character in whole]
    assert f"s{row:03d}" in found(index, "".join(spoken))


@settings(deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=8, unique_by=solid), st.data())
def test_one_mistake_in_a_name_of_four_or_more_still_finds_it(names: list[str], data: st.DataObject) -> None:
    index = index_of(names)
    row = data.draw(st.integers(0, len(names) - 1))
    whole = solid(names[row])
    assume(len(whole) >= 4)
    at = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.sampled_from([sign for sign in HAN + LETTERS if sign not in NUMERALS]))
    assume(NUMERALS.isdisjoint(whole[max(0, at - 1) : at + 2]))
    typed = data.draw(
        st.sampled_from(
            (
                whole[:at] + other + whole[at + 1 :],
                whole[:at] + whole[at + 1 :],
                whole[:at] + other + whole[at:],
                whole[:at] + whole[at + 1 : at + 2] + whole[at] + whole[at + 2 :],
            )
        )
    )
    hits = index.search(typed, limit=10, kinds=STATION)
    surely = [hit for hit in hits if hit.match not in ("typo", "parts")]
    another = len(surely) >= 3 or (hits and hits[0].match == "exact")
    assert another or f"s{row:03d}" in {hit.id for hit in hits}


@settings(deadline=None)
@given(
    st.integers(1, 999),
    st.integers(1, 999),
    st.sampled_from(("号", "弄", "号楼", "栋")),
    st.sampled_from(("", "八角亭")),
)
def test_another_number_is_offered_only_as_one_near_by_on_the_same_street(
    known: int, typed: int, unit: str, after: str
) -> None:
    assume(known != typed and not str(known).startswith(str(typed)))
    index = NameIndex(None)
    index.update(1, [Entry("station", "s", "驿站", lon=113.0, lat=34.0, address=f"云行大道{known}{unit}{after}")])
    assert not index.search(f"云航大道{typed}{unit}{after}")
    near = index.search(f"云行大道{typed}{unit}{after}")
    assert [hit.match for hit in near] in ([], ["typo"])
    assert bool(near) == (unit in ("号", "弄", "号楼"))


@settings(deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=8), ANYTHING)
def test_whatever_is_typed_is_answered_in_order(names: list[str], typed: str) -> None:
    index = index_of(names)
    hits = index.search(typed, near=(113.0, 34.0), limit=MANY)
    assert len({(hit.kind, hit.id) for hit in hits}) == len(hits)
    assert hits == index.search(normal(typed), near=(113.0, 34.0), limit=MANY)
    assert hits[:3] == index.search(typed, near=(113.0, 34.0), limit=3) or len({hit.kind for hit in hits}) > 1


@settings(deadline=None)
@given(st.lists(st.text(max_size=30), max_size=8), ANYTHING)
def test_whatever_a_name_is_it_does_no_harm(names: list[str], typed: str) -> None:
    index = index_of(names) if names else NameIndex(None)
    index.search(typed)
    for name in names:
        if solid(name):
            assert index.search(name, kinds=STATION, limit=MANY)


CHANGES = st.lists(st.tuples(st.integers(0, 11), NAMES | st.none()), max_size=6)


@settings(max_examples=60, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=12), st.lists(CHANGES, min_size=1, max_size=4), st.lists(NAMES, max_size=4))
def test_an_index_kept_up_answers_as_one_made_anew(
    tmp_path_factory: pytest.TempPathFactory,
    names: list[str],
    steps: list[list[tuple[int, str | None]]],
    typed: list[str],
) -> None:
    file = tmp_path_factory.mktemp("kept") / "names.sqlite"
    kept = NameIndex.open(file)
    standing = {entry.id: entry for entry in entries(names)}
    kept.update(1, standing.values())
    reader = NameIndex.open(file)
    for revision, changes in enumerate(steps, 2):
        for row, name in changes:
            key = f"s{row:03d}"
            if name is None:
                standing.pop(key, None)
            else:
                standing[key] = replace(standing.get(key, Entry("station", key, "", lon=113.0, lat=34.0)), name=name)
        kept.update(revision, standing.values())
        reader.refresh()
    fresh = NameIndex(None)
    fresh.update(revision, reversed(standing.values()))
    assert kept.fault is None
    assert len(kept) == len(reader) == len(fresh) == len(standing)
    for question in (*typed, *(name[:2] for name in names), "z", "lu", "驿站", "zhan zhou"):
        for near in (None, (113.05, 34.0)):
            answer = fresh.search(question, near=near)
            assert kept.search(question, near=near) == answer
            assert reader.search(question, near=near) == answer


@pytest.mark.real
def test_real_names_of_shanghai_are_found_by_all_that_people_type(real_data: Path) -> None:
    folder = real_data / "shanghai_amap_poi"
    tables = [read(file).cells for file in sorted(folder.glob("*.csv"))]
    rows = [row for table in tables for row in zip(*(table[c].tolist() for c in COLUMNS), strict=True)]
    assert len(rows) > 40_000
    known = [
        Entry("station", f"p{n:05d}", str(name), address=str(address), lon=float(lon), lat=float(lat))
        for n, (name, address, lon, lat) in enumerate(rows)
    ]
    index = NameIndex(None)
    index.update(1, known)
    for entry in known[::997]:
        whole = solid(entry.name)[:40]
        assert entry.name in {hit.name for hit in index.search(entry.name[:100], kinds=STATION, limit=50)}
        spoken = "".join(own_pinyin(whole))
        if len(spoken) <= 60:
            assert entry.name in {hit.name for hit in index.search(spoken, kinds=STATION, limit=50)}, spoken


@pytest.mark.real
def test_real_stations_of_zhengzhou(real_data: Path) -> None:
    with (real_data / "zhengzhou_union_stations" / "stations_82_listed.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    names = [row["name"] if "name" in row else next(iter(row.values())) for row in rows]
    index = index_of(names)
    for row, name in enumerate(names):
        whole = solid(name)
        assert f"s{row:03d}" in found(index, name), name
        assert f"s{row:03d}" in found(index, "".join(syllable[0] for syllable in own_pinyin(whole))), name
        if len(whole) >= 6:
            wrong = whole[:3] + "x" + whole[4:]
            assert f"s{row:03d}" in {hit.id for hit in index.search(wrong, kinds=STATION)}, wrong
