"""What lists say of services: lists in one cell, columns of their own, and what stays unknown."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.register.lists.amenities import Offer, in_column, listed
from stationmap.schema.records import Answer, Basis, Provenance, Service
from stationmap.schema.vocabulary import SERVICES

FOUND = Provenance()


def answers(offer: Offer) -> dict[str, str]:
    return {service.code: str(service.answer) for service in offer.services}


def only(offer: Offer) -> Service:
    (service,) = offer.services
    return service


@pytest.mark.parametrize(
    "text",
    [
        "热水|微波炉|厕所",
        "热水、微波炉、厕所",
        "热水，微波炉，厕所",
        "热水,微波炉,厕所",
        "热水；微波炉；厕所",
        "热水 微波炉 厕所",
        "热水/微波炉/厕所",
        "热水+微波炉+厕所",
        "热水\n微波炉\n厕所",
        "提供热水、微波炉1台、厕所等",
        "有热水、有微波炉、有厕所",
        "免费热水，微波炉(2台)，卫生间",
        '["热水", "微波炉", "厕所"]',
        "hot_water|microwave|toilet",
        "hot water, microwave, toilets",
        "hot water microwave wc",
    ],
)
def test_separators_and_padding(text: str) -> None:
    assert answers(listed(text, FOUND)) == {"hot_water": "yes", "microwave": "yes", "toilet": "yes"}


@pytest.mark.parametrize(
    "text", ["无厕所", "没有厕所", "不提供厕所", "厕所：无", "厕所（无）", "厕所×", "no toilet", "暂无卫生间"]
)
def test_negations(text: str) -> None:
    assert answers(listed(text, FOUND)) == {"toilet": "no"}


def test_a_name_that_begins_with_wu_is_no_negation() -> None:
    assert answers(listed("无线网络、无障碍卫生间", FOUND)) == {
        "wifi": "yes",
        "wheelchair_access": "yes",
        "toilet": "yes",
    }
    assert answers(listed("无WiFi", FOUND)) == {"wifi": "no"}
    assert answers(listed("无无线网络", FOUND)) == {"wifi": "no"}


def test_how_far_a_negation_reaches() -> None:
    assert answers(listed("没有厕所和淋浴", FOUND)) == {"toilet": "no", "shower": "no"}
    assert answers(listed("有热水无厕所", FOUND)) == {"hot_water": "yes", "toilet": "no"}
    assert answers(listed("热水、无厕所、空调", FOUND)) == {
        "hot_water": "yes",
        "toilet": "no",
        "air_conditioning": "yes",
    }
    assert answers(listed("无厕所|空调", FOUND)) == {"toilet": "no", "air_conditioning": "yes"}
    unclear = listed("无厕所、空调、热水", FOUND)
    assert answers(unclear) == {"toilet": "no", "air_conditioning": "unknown", "hot_water": "unknown"}
    assert len(unclear.doubts) == 2


def test_services_nearby() -> None:
    for text in ("附近200米有厕所", "厕所(附近200米)", "厕所（距离约0.2公里）", "隔壁200m公厕"):
        service = only(listed(text, FOUND))
        assert (service.code, service.answer, service.nearby_m) == ("toilet", Answer.YES, 200)
    vague = listed("附近有厕所", FOUND)
    assert answers(vague) == {"toilet": "unknown"}
    assert vague.doubts
    assert vague.unread == ("附近有厕所",)


def test_services_with_hours_of_their_own() -> None:
    for text in ("热水(8:00-17:00)", "热水（8:00-17:00）", "热水：8:00-17:00", "热水 8:00-17:00"):
        service = only(listed(text, FOUND))
        assert (service.code, service.answer, service.hours_osm) == ("hot_water", Answer.YES, "08:00-17:00")
    assert only(listed("24小时热水", FOUND)).hours_osm == "24/7"


def test_a_separator_inside_brackets_or_a_date_separates_nothing() -> None:
    service = only(listed("洗衣(周一至周五 8:00-12:00、14:00-18:00)", FOUND))
    assert service.hours_osm.startswith("Mo-Fr 08:00-12:00,14:00-18:00")
    assert only(listed("微波炉(维修中至2026/12/01)", FOUND)).outage_until == dt.date(2026, 12, 1)


def test_hours_that_cannot_be_read_leave_the_answer_unknown() -> None:
    offer = listed("热水(8:00-25:00)", FOUND)
    assert answers(offer) == {"hot_water": "unknown"}
    assert only(offer).hours_text == "8:00-25:00"
    assert only(offer).hours_osm == ""
    assert offer.doubts


@pytest.mark.parametrize(
    "text", ["微波炉维修中至2026-12-01", "微波炉（故障，预计2026年12月1日）", "微波炉 停用至2026.12.1"]
)
def test_an_outage_until_a_day(text: str) -> None:
    service = only(listed(text, FOUND))
    assert (service.code, service.answer, service.outage_until) == ("microwave", Answer.YES, dt.date(2026, 12, 1))


def test_an_outage_without_an_end_is_unknown() -> None:
    offer = listed("微波炉（故障）", FOUND)
    assert answers(offer) == {"microwave": "unknown"}
    assert offer.doubts


def test_words_that_name_no_service_are_unread_never_dropped() -> None:
    offer = listed("热水、彩票、充电宝租借", FOUND)
    assert answers(offer) == {"hot_water": "yes", "phone_charging": "yes"}
    assert offer.unread == ("彩票", "充电宝租借")


def test_yes_and_no_to_one_service_is_unknown() -> None:
    offer = listed("热水|无热水|热水", FOUND)
    assert answers(offer) == {"hot_water": "unknown"}
    assert offer.doubts


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("有", "yes"),
        ("√", "yes"),
        ("2台", "yes"),
        ("无", "no"),
        ("×", "no"),
        ("0", "no"),
        ("?", "unknown"),
        ("旧的", "unknown"),
    ],
)
def test_a_cell_in_a_column_of_its_own(text: str, answer: str) -> None:
    assert answers(in_column("toilet", text, FOUND)) == {"toilet": answer}


def test_a_cell_in_a_column_of_its_own_with_more_than_an_answer() -> None:
    assert only(in_column("toilet", "附近50米", FOUND)).nearby_m == 50
    assert only(in_column("hot_water", "8:00-17:00", FOUND)).hours_osm == "08:00-17:00"
    assert only(in_column("microwave", "维修中至2026-12-01", FOUND)).outage_until == dt.date(2026, 12, 1)


def test_every_label_and_code_is_read_as_its_service() -> None:
    for term in SERVICES.values():
        for word in (term.code, term.zh, term.en, *term.aliases):
            assert answers(listed(word, FOUND)) == {term.code: "yes"}, word


def test_provenance_is_handed_on() -> None:
    inferred = Provenance(Basis.INFERRED, "名单")
    assert all(service.provenance is inferred for service in listed("热水、附近50米有厕所", inferred).services)


@given(st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_no_text_breaks_the_reader_or_names_a_service_twice(text: str) -> None:
    offer = listed(text, FOUND)
    codes = [service.code for service in offer.services]
    assert len(codes) == len(set(codes))


@given(st.lists(st.sampled_from(sorted(SERVICES)), min_size=1, max_size=8, unique=True), st.data())
@settings(max_examples=100, deadline=None)
def test_any_list_of_answers_comes_back(codes: list[str], data: st.DataObject) -> None:
    told = {code: data.draw(st.booleans()) for code in codes}
    text = "|".join(("" if there else "无") + SERVICES[code].zh for code, there in told.items())
    assert answers(listed(text, FOUND)) == {code: "yes" if there else "no" for code, there in told.items()}
