"""Which records may be one place: names alike and near, name and address the same, and what tells neighbours apart."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.register.identity import Identities, KnownRecord
from stationmap.register.lists.duplicates import Duplicate, Resemblance, find

STATION = ("rest_station",)
HOST: tuple[str, ...] = ()
NORTH_M = 1 / 110_950


def record(n: int, name: str, address: str = "", north_m: float | None = 0.0, **marks: bool) -> KnownRecord:
    lat = None if north_m is None else 34.75 + north_m * NORTH_M
    return KnownRecord(f"r{n}", name, address, lon=None if lat is None else 113.65, lat=lat, **marks)


def pairs(*records: KnownRecord, kinds: tuple[str, ...] = STATION) -> list[tuple[int, int | None, str]]:
    found = find(records, [kinds] * len(records), range(1, len(records) + 1), Identities())
    return [(one.row, one.other_row, str(one.resemblance)) for one in found]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("二七广场工会驿站", "工会驿站(二七广场)"),
        ("二七广场工会驿站", "二七广场地铁口户外劳动者爱心驿站"),
        ("张仲景大药房人民路店工会驿站", "工会驿站（张仲景大药房人民路店）"),
    ],
)
def test_names_alike_within_reach(one: str, other: str) -> None:
    assert pairs(record(1, one), record(2, other, north_m=95)) == [(2, 1, "near_and_alike")]
    assert pairs(record(1, one), record(2, other, north_m=105)) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("工会驿站（商城路206号）", "工会驿站（商城路220号）"),
        ("第一小学爱心驿站", "第二小学爱心驿站"),
        ("郑州大学东门驿站", "郑州大学西门驿站"),
        ("二七广场工会驿站", "火车站工会驿站"),
    ],
)
def test_neighbours_with_names_of_their_own(one: str, other: str) -> None:
    assert pairs(record(1, one), record(2, other, north_m=5)) == []


def test_hosts_are_alike_only_as_a_whole() -> None:
    university, library = record(1, "上海理工大学"), record(2, "上海理工大学图书馆")
    assert pairs(university, library, kinds=HOST) == []
    assert pairs(university, library, kinds=STATION) == [(2, 1, "near_and_alike")]


def test_positions_of_other_kinds_at_one_place_are_no_duplicates() -> None:
    rows = [record(1, "二七广场工会驿站"), record(2, "二七广场职工书屋")]
    assert find(rows, [STATION, ("book_corner",)], (1, 2), Identities()) == []
    assert find(rows, [STATION, ("book_corner", "rest_station")], (1, 2), Identities())


def test_the_same_name_and_address_even_unlocated_or_far() -> None:
    rows = [
        record(1, "甲驿站", "人民路1号", None),
        record(2, "甲 驿站", "人民路１号", 0),
        record(3, "甲驿站", "人民路1号", 5000),
    ]
    assert pairs(*rows) == [(2, 1, "same_name_and_address"), (3, 1, "same_name_and_address")]


def test_records_that_rows_were_recognised_as_are_left_out() -> None:
    row = record(1, "二七广场工会驿站", "一")
    ledger = Identities([row, record(2, "工会驿站(二七广场)", "二", 20), record(3, "工会驿站(二七广场)", "三", 500)])
    (found,) = find([row], [STATION], [7], ledger)
    assert found == Duplicate(
        7, row.name, None, "r2", "工会驿站(二七广场)", Resemblance.PLACE, pytest.approx(20, abs=0.1)
    )
    assert "the record r2 of the ledger, 20 m away" in str(found.told())


@pytest.mark.parametrize("mark", ["fictional", "generated"])
def test_real_and_unreal_records_are_no_duplicates(mark: str) -> None:
    assert pairs(record(1, "甲驿站", "一"), record(2, "甲驿站", "一", **{mark: True})) == []


def test_thousands_at_one_point_are_compared_by_their_very_names() -> None:
    rows = [record(n, f"{chr(0x4E00 + n)}号公司爱心驿站", f"{n}") for n in range(4_000)]
    rows.append(record(4_000, "一号公司爱心驿站", "别处"))
    assert pairs(*rows) == [(4001, 1, "near_and_alike")]


places = st.lists(
    st.builds(
        record,
        st.integers(0, 10**6),
        st.text("甲乙丙路店一二驿站", max_size=6),
        st.sampled_from(["", "路1号", "路2号"]),
        st.sampled_from([None, 0.0, 40.0, 140.0]),
    ),
    max_size=12,
    unique_by=lambda one: one.id,
)


@given(places)
@settings(max_examples=150, deadline=None)
def test_each_row_is_told_once_against_an_earlier_one(rows: list[KnownRecord]) -> None:
    found = find(rows, [STATION] * len(rows), range(len(rows)), Identities())
    assert [one.row for one in found] == sorted({one.row for one in found})
    for one in found:
        assert one.other_row is not None
        assert one.other_row < one.row
        if one.resemblance is Resemblance.PLACE:
            assert one.distance_m is not None
            assert one.distance_m <= 100.1
