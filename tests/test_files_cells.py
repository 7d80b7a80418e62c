"""Texts of cells: cleaned, guarded against formulas and back, columns named apart."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stationmap.files.cells import clean, distinct, duration, guard, plain, typed, unguard, whole


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (" a ", "a"),
        ("　二七广场　", "二七广场"),
        ("\u200b驿站\ufeff", "驿站"),
        (" \t\n　", None),
        ("a　b", "a　b"),
        ("\xa0x", "x"),
    ],
)
def test_blanks_around_a_text_go_and_blanks_within_stay(text: str, kept: str | None) -> None:
    assert clean(text) == kept


@pytest.mark.parametrize(
    ("text", "guarded"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3+cmd", "'-2+3+cmd"),
        ("\t=1", "'\t=1"),
        ("＝1", "'＝1"),
        ("'=x", "''=x"),
        ("-3", "-3"),
        ("-3.5", "-3.5"),
        ("+86 371-66182222", "+86 371-66182222"),
        ("+8613800000000", "+8613800000000"),
        ("-", "-"),
        ("'s Gravenhage", "'s Gravenhage"),
        ("二七=广场", "二七=广场"),
        ("", ""),
    ],
)
def test_formulas_are_guarded_and_numbers_are_not(text: str, guarded: str) -> None:
    assert guard(text) == guarded
    assert unguard(guarded) == text


@given(st.text())
def test_a_guard_comes_off_as_it_went_on(text: str) -> None:
    assert unguard(guard(text)) == text


@given(st.text())
def test_what_is_guarded_begins_with_no_sign_of_a_formula(text: str) -> None:
    start = guard(text).strip()[:1]
    assert start not in ("=", "@")
    assert start not in ("+", "-") or not set(text) & set("|!ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


@given(st.text())
def test_reading_a_written_text_gives_what_reading_gives(text: str) -> None:
    assert typed(guard(text)) == clean(text)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (float("nan"), None),
        (pd.NaT, None),
        (np.int64(7), 7),
        (np.float64(1.5), 1.5),
        (np.bool_(True), True),
        (np.datetime64("2026-10-10T08:30"), datetime.fromisoformat("2026-10-10T08:30")),
        ({"adcode": 410103}, '{"adcode": 410103}'),
        (["饮水", "微波炉"], '["饮水", "微波炉"]'),
        (np.array([1, 2]), "[1, 2]"),
        (b"\x01\xff", "01ff"),
        (Decimal("12"), 12),
        (Decimal("12.5"), 12.5),
        (timedelta(hours=26), "26:00:00"),
        (date(2026, 1, 2), date(2026, 1, 2)),
        (time(8, 30), time(8, 30)),
        (datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)),
        ("  ", None),
        (2**70, 2**70),
    ],
)
def test_any_value_becomes_a_plain_cell(value: object, cell: object) -> None:
    found = plain(value)
    assert found == cell
    assert type(found) is type(cell)


def test_whole_numbers_lose_their_point_only_where_they_are_exact() -> None:
    assert (whole(12.0), type(whole(12.0))) == (12, int)
    assert isinstance(whole(1e17), float)
    assert whole(-0.5) == -0.5
    assert np.isinf(whole(float("inf")))


def test_durations_go_beyond_a_day_and_below_nought() -> None:
    assert duration(timedelta(days=2, minutes=5)) == "48:05:00"
    assert duration(timedelta(seconds=-61)) == "-0:01:01"


def test_columns_are_named_apart() -> None:
    assert distinct(["名称", None, "名称", "名称 (2)", None]) == ("名称", "#2", "名称 (3)", "名称 (2)", "#5")


@given(st.lists(st.one_of(st.none(), st.sampled_from(["a", "a (2)", "#1", "#2", "b"])), max_size=12))
def test_no_two_columns_share_a_name(names: list[str | None]) -> None:
    found = distinct(names)
    assert len(set(found)) == len(found) == len(names)
    for name, fresh in zip(names, found, strict=True):
        assert name is None or fresh.startswith(name)
