"""The vocabulary: what words name, and what texts mention."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stationmap.errors import InvalidValue
from stationmap.schema.vocabulary import (
    ACCESS_MODES,
    BUILD_MODES,
    HOST_TYPES,
    KINDS,
    SERVICES,
    Vocabulary,
    fold,
    mentioned,
    named,
    require,
)

ALL = (KINDS, SERVICES, ACCESS_MODES, HOST_TYPES, BUILD_MODES)


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("开水", "hot_water"),
        ("Wi-Fi", "wifi"),
        ("ＷＣ", "toilet"),
        ("厕所", "toilet"),
        ("drink", "drinking_water"),
        ("AC", "air_conditioning"),
    ],
)
def test_services_are_named_however_they_are_written(word: str, code: str) -> None:
    term = named(SERVICES, word)
    assert term is not None
    assert term.code == code


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("工会驿站(郑州市职工服务中心)", ["rest_station", "service_centre"]),
        ("巩义市小关镇户外劳动者工会驿站", ["rest_station"]),
        ("职工书屋", ["book_corner"]),
        ("工会书屋（货车司机之家）", ["book_corner", "driver_home"]),
        ("国门会员驿站", ["liaison_station"]),
        ("某公司", []),
    ],
)
def test_kinds_mentioned_in_a_name(text: str, codes: list[str]) -> None:
    assert [term.code for term in mentioned(KINDS, text)] == codes


def test_the_longest_spelling_wins() -> None:
    assert [t.code for t in mentioned(HOST_TYPES, "公共厕所")] == ["public_toilet"]
    assert [t.code for t in mentioned(SERVICES, "微波炉")] == ["microwave"]


def test_every_spelling_names_its_own_term() -> None:
    for vocabulary in ALL:
        for term in vocabulary.values():
            for word in (term.code, term.zh, term.en, *term.aliases):
                assert named(vocabulary, word) is term, f"{word} of {term.code} names {named(vocabulary, word)}"


def test_an_unknown_word_names_the_known_ones() -> None:
    with pytest.raises(InvalidValue, match=r"'teleport'.*microwave"):
        require(SERVICES, "teleport", "service")


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("vocabulary", [SERVICES, KINDS, HOST_TYPES])
def test_a_code_names_its_own_term_however_it_is_written(vocabulary: Vocabulary) -> None:
    for code, term in vocabulary.items():
        assert named(vocabulary, code) is named(vocabulary, code.upper()) is term
