"""Which encoding a text has, told rightly and on evidence."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stationmap.errors import InvalidValue, UnusableInput
from stationmap.files.decoding import canonical, decode, detect, score_big5, score_gb18030

SIMPLIFIED = "名称,地址\n二七广场驿站,郑州市二七区中原东路18号\n"
TRADITIONAL = "行政區,路名\n中山區,北安路六四三號前\n"


@pytest.mark.parametrize(
    ("text", "codec", "found"),
    [
        (SIMPLIFIED, "utf-8", "utf-8"),
        (SIMPLIFIED, "utf-8-sig", "utf-8-sig"),
        (SIMPLIFIED, "utf-16", "utf-16"),
        (SIMPLIFIED, "utf-16-le", "utf-16-le"),
        (SIMPLIFIED, "utf-16-be", "utf-16-be"),
        (SIMPLIFIED, "gb18030", "gb18030"),
        (SIMPLIFIED, "gb2312", "gb18030"),
        (TRADITIONAL, "big5", "big5"),
        ("名称,地址\n", "gb18030", "gb18030"),
        ("名稱,地址\n", "big5", "big5"),
        ("编号", "gb18030", "gb18030"),
        ("編號", "big5", "big5"),
        ("name,lon\na,1\n", "ascii", "utf-8"),
    ],
)
def test_the_encoding_is_found(text: str, codec: str, found: str) -> None:
    decoded = decode(text.encode(codec), "list.csv")
    assert (decoded.text, decoded.encoding) == (text, found)
    assert bool(decoded.notes) == (not found.startswith("utf-8") and found != "utf-16")


def test_four_byte_characters_and_the_mixture_with_ascii_are_read() -> None:
    text = "名称,㐂𠮷\n" + SIMPLIFIED
    assert decode(text.encode("gb18030"), "x").text == text


def test_a_few_gb_characters_that_happen_to_be_utf8_are_not_taken_for_cyrillic() -> None:
    data = "一一".encode("gb18030")
    assert data.decode("utf-8") == "һһ"
    assert detect(data, "x").encoding == "gb18030"
    assert detect("Москва".encode(), "x").encoding == "utf-8"
    assert detect("Café Zürich".encode(), "x").encoding == "utf-8"


def test_the_note_tells_the_evidence_of_both_readings() -> None:
    (note,) = decode(SIMPLIFIED.encode("gb18030"), "x").notes
    assert note.values["gb"] > note.values["big5"]
    assert "--encoding" in str(note)


def test_what_the_user_says_overrules() -> None:
    data = "编号".encode("gb18030")
    assert decode(data, "x", encoding="Big5").encoding == "big5"
    assert decode("Zürich".encode("latin-1"), "x", encoding="latin-1").text == "Zürich"
    assert decode("\ufeffa".encode(), "x", encoding="UTF8").text == "a"
    assert decode("碁銹裏".encode("cp950"), "x", encoding="big5").text == "碁銹裏"


def test_a_declaration_is_believed_only_when_it_decodes() -> None:
    assert decode(SIMPLIFIED.encode("gb18030"), "x", declared="GB2312").text == SIMPLIFIED
    assert decode(SIMPLIFIED.encode("gb18030"), "x", declared="utf-8").text == SIMPLIFIED
    assert decode(SIMPLIFIED.encode(), "x", declared="no-such-thing").text == SIMPLIFIED


@pytest.mark.parametrize("name", ["klingon", "base64", "rot13", "gb", ""])
def test_an_unknown_encoding_is_named(name: str) -> None:
    with pytest.raises(InvalidValue, match="There is no encoding"):
        canonical(name)


@pytest.mark.parametrize(
    ("given_name", "name"), [("GBK", "gb18030"), ("gb_2312", "gb18030"), ("GB-18030", "gb18030"), ("Big-5", "big5")]
)
def test_spellings_of_encodings(given_name: str, name: str) -> None:
    assert canonical(given_name) == name


def test_a_damaged_utf8_text_is_told_with_byte_and_line() -> None:
    data = SIMPLIFIED.encode() + b"\xe4\xba,x\n"
    with pytest.raises(UnusableInput, match=rf"byte {len(SIMPLIFIED.encode())} \(line 3\).*--encoding"):
        decode(data, "list.csv")


def test_a_damaged_gb_text_is_told_with_byte_and_line() -> None:
    data = SIMPLIFIED.encode("gb18030") + b"\xff\xff\n"
    with pytest.raises(UnusableInput, match=r"as gb18030 byte \d+ \(line 3\).*--encoding"):
        decode(data, "list.csv")


def test_a_wrong_encoding_of_the_user_is_told_with_the_byte() -> None:
    with pytest.raises(UnusableInput, match=r"Byte 0 of list\.csv .* is not ascii"):
        decode("名".encode(), "list.csv", encoding="ascii")


@pytest.mark.parametrize(
    "data",
    [
        "name,city\nCafé de la paix,Genève\nZürich,Übung\n".encode("latin-1"),
        "名前,住所\nテスト駅,ひらがなカタカナ\n".encode("shift-jis"),
    ],
)
def test_what_is_neither_is_not_guessed(data: bytes) -> None:
    with pytest.raises(UnusableInput, match="--encoding"):
        decode(data, "x.csv")


@pytest.mark.parametrize("data", [b"a,b\n1,\0\n", b"a\0b\0c,d", bytes(range(256)) * 4])
def test_nul_bytes_are_no_text(data: bytes) -> None:
    with pytest.raises(UnusableInput, match="is NUL"):
        decode(data, "x.csv")


def test_nul_characters_are_no_text_in_any_encoding() -> None:
    with pytest.raises(UnusableInput, match="is NUL"):
        decode("a\0b".encode("utf-16"), "x.csv")
    with pytest.raises(UnusableInput, match="is NUL"):
        decode(b"a\0b", "x.csv", encoding="gbk")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff")))
def test_utf8_always_comes_back(text: str) -> None:
    if detect(text.encode(), "x").encoding == "utf-8":
        assert decode(text.encode(), "x").text == text


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(UnusableInput):
        assert "\0" not in decode(data, "x").text


@pytest.mark.real
def test_every_single_line_of_the_real_lists_is_told_apart(real_data: Path) -> None:
    simplified = [*real_data.glob("shanghai_amap_poi/*.csv"), *real_data.glob("zhengzhou_union_stations/*.csv")]
    traditional = list(real_data.glob("taipei_opendata_2015/*.csv"))
    told = 0
    for paths, codec, is_big5 in ((simplified, "gb18030", False), (traditional, "cp950", True)):
        for path in paths:
            for line in path.read_text("utf-8-sig").splitlines():
                data = line.encode(codec, "replace")
                if not data.isascii() and b"?" not in data:
                    assert (score_big5(data) > score_gb18030(data)) == is_big5, line
                    told += 1
    assert told > 45_000
