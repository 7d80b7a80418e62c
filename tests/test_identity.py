"""Which record a row is: the order of the stages, ids that stay, no id given twice."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.register.identity import (
    ID_LENGTH,
    Identities,
    KnownRecord,
    has_own_form,
    new_id,
    normalised,
)

ERQI = KnownRecord("aaaaaaaaaa", "二七广场工会驿站", "人民路1号", "二七区", "", "", 113.6590, 34.7530)


def known(*records: KnownRecord) -> Identities:
    return Identities(records)


def row(**changes: object) -> KnownRecord:
    return KnownRecord(**({"id": "", "name": "某驿站"} | changes))


def test_names_are_compared_by_letters_and_digits() -> None:
    assert normalised("工会驿站（Ａ座 3-1）") == normalised("工会驿站(a座3-1)") == "工会驿站a座31"


def test_a_new_id_is_the_same_for_the_same_content_and_no_number() -> None:
    one = new_id("爱心驿站", "人民路1号", "二七区", 113.65, 34.75)
    assert one == new_id("爱心驿站 ", "人民路１号", "二七区", 113.650001, 34.749999)
    assert len(one) == ID_LENGTH
    assert has_own_form(one)
    assert one[0].isalpha()
    assert len({new_id("爱心驿站", ordinal=n) for n in range(50)}) == 50


def test_the_form_of_ids_is_known_from_other_numbers() -> None:
    assert has_own_form("A123456789")
    assert not has_own_form("0371552695")
    assert not has_own_form("BQ050001")
    assert not has_own_form("aaaaaaaaal")


def test_our_own_id_goes_before_everything() -> None:
    other = KnownRecord("bbbbbbbbbb", "别处驿站", "建设路2号")
    assert known(ERQI, other).resolve(row(id="BBBBBBBBBB", name=ERQI.name, address=ERQI.address)) == "bbbbbbbbbb"


def test_a_key_identifies_within_a_named_list_only() -> None:
    record = KnownRecord("cccccccccc", "老名字驿站", "文化路9号", "", "市总名录", "17")
    renamed = row(name="新名字驿站", address="文化路9号", list_name="市总名录", list_key="17")
    assert known(record).resolve(renamed) == "cccccccccc"
    assert known(record).resolve(row(name="新名字驿站", list_name="另一名录", list_key="17")) is None
    unnamed = KnownRecord("cccccccccc", "老名字驿站", "文化路9号", "", "", "17")
    assert known(unnamed).resolve(row(name="新名字驿站", address="文化路9号", list_key="17")) is None


def test_a_list_numbered_anew_renames_no_station() -> None:
    records = [
        KnownRecord(new_id(f"驿站{n}", f"路{n}号"), f"驿站{n}", f"路{n}号", "", "名录", str(n)) for n in range(1, 9)
    ]
    shifted = [row(name=f"驿站{n}", address=f"路{n}号", list_name="名录", list_key=str(n + 1)) for n in range(1, 9)]
    assert Identities(records).match(shifted) == [record.id for record in records]


def test_name_and_address_match_unless_areas_and_places_differ() -> None:
    same = row(name="二七广场 工会驿站", address="人民路１号")
    assert known(ERQI).resolve(same) == ERQI.id
    elsewhere = row(name=ERQI.name, address=ERQI.address, area_name="朝阳区", lon=116.44, lat=39.92)
    assert known(ERQI).resolve(elsewhere) is None
    corrected = row(name=ERQI.name, address=ERQI.address, area_name="二七区", lon=113.9, lat=34.9)
    assert known(ERQI).resolve(corrected) == ERQI.id
    nameless_area_far = row(name=ERQI.name, address=ERQI.address, lon=116.44, lat=39.92)
    assert known(ERQI).resolve(nameless_area_far) is None


def test_an_unlocated_record_is_found_again_when_coordinates_come() -> None:
    unlocated = KnownRecord("dddddddddd", "高新区驿站", "枫杨街3号", "高新区")
    assert known(unlocated).resolve(row(name="高新区驿站", address="枫杨街3号", lon=113.56, lat=34.81)) == unlocated.id


@pytest.mark.parametrize(("metres_north", "found"), [(90, True), (110, False)])
def test_the_same_name_matches_within_100_m(metres_north: float, found: bool) -> None:
    near = row(name=ERQI.name, address="别的写法", lon=113.6590, lat=34.7530 + metres_north / 110_900)
    assert (known(ERQI).resolve(near) == ERQI.id) is found


@pytest.mark.parametrize("mark", ["fictional", "generated"])
def test_real_fictional_and_generated_records_never_take_each_others_ids(mark: str) -> None:
    unreal = KnownRecord(**{**_values(ERQI), mark: True})
    assert known(unreal).resolve(row(**{**_values(ERQI), "id": ""})) is None
    assert known(unreal).resolve(row(**{**_values(ERQI), "id": ERQI.id})) is None
    assert known(ERQI).resolve(row(**{**_values(unreal), "id": ""})) is None
    assert known(unreal).resolve(row(**{**_values(unreal), "id": ""})) == ERQI.id


def test_a_real_row_with_the_content_of_a_generated_record_gets_an_id_of_its_own() -> None:
    first = new_id("甲驿站", "一路1号")
    ids = known(KnownRecord(first, "甲驿站", "一路1号", generated=True)).assign([row(name="甲驿站", address="一路1号")])
    assert ids != [first]


def test_of_two_rows_of_one_name_each_finds_the_nearer_record() -> None:
    north = KnownRecord("eeeeeeeeee", "城隍庙(公交站)", "932路", lon=121.4887, lat=31.2315)
    south = KnownRecord("ffffffffff", "城隍庙(公交站)", "932路", lon=121.4887, lat=31.2311)
    rows = [row(name="城隍庙(公交站)", address="932路", lon=121.4887, lat=lat) for lat in (31.23112, 31.23148)]
    assert known(north, south).match(rows) == ["ffffffffff", "eeeeeeeeee"]


def test_ten_thousand_rows_alike_stay_apart_and_are_found_again() -> None:
    rows = [row(name="工会驿站") for _ in range(10_000)]
    ids = Identities().assign(rows)
    assert len(set(ids)) == len(rows)
    records = [KnownRecord(record_id, "工会驿站") for record_id in ids]
    assert Identities(records).assign(rows) == ids


def test_a_chain_of_one_name_is_matched_by_place() -> None:
    places = [(113.0 + n % 100 / 100, 34.0 + n // 100 / 100) for n in range(4_000)]
    records = [
        KnownRecord(new_id("工会驿站", f"旧{n}号"), "工会驿站", f"旧{n}号", lon=lon, lat=lat)
        for n, (lon, lat) in enumerate(places)
    ]
    rows = [row(name="工会驿站", address=f"新{n}号", lon=lon, lat=lat + 0.0005) for n, (lon, lat) in enumerate(places)]
    assert Identities(records).match(rows) == [record.id for record in records]


rows_of_lists = st.lists(
    st.builds(
        KnownRecord,
        id=st.just(""),
        name=st.sampled_from(["工会驿站", "职工书屋", "二七驿站"]),
        address=st.sampled_from(["", "人民路1号", "建设路2号"]),
        area_name=st.sampled_from(["", "二七区", "中原区"]),
        list_name=st.sampled_from(["", "名录"]),
        list_key=st.sampled_from(["", "1", "2"]),
        lon=st.sampled_from([None, 113.65, 113.6505]),
        lat=st.just(34.75),
    ),
    max_size=12,
)


@given(rows_of_lists)
@settings(max_examples=150, deadline=None)
def test_the_same_list_again_finds_the_same_ids(rows: list[KnownRecord]) -> None:
    ids = Identities().assign(rows)
    assert len(set(ids)) == len(rows)
    ledger = Identities(KnownRecord(**{**_values(r), "id": i}) for r, i in zip(rows, ids, strict=True))
    assert ledger.assign(rows) == ids


@given(rows_of_lists, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_another_order_makes_no_new_records(rows: list[KnownRecord], order: random.Random) -> None:
    ids = Identities().assign(rows)
    ledger = Identities(KnownRecord(**{**_values(r), "id": i}) for r, i in zip(rows, ids, strict=True))
    shuffled = order.sample(rows, len(rows))
    assert set(ledger.assign(shuffled)) == set(ids)


def _values(record: KnownRecord) -> dict[str, object]:
    return {name: getattr(record, name) for name in KnownRecord.__dataclass_fields__}
