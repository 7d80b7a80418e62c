"""The door in: files that are no table, archives, and everything a new user tries."""

import gzip
import hashlib
import os
import random
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from stationmap.catalogue import tell
from stationmap.errors import InvalidValue, StationmapError, UnusableInput
from stationmap.files import archive
from stationmap.files.read import layers, read

CSV = "名称,经度\n二七广场驿站,113.6\n"


def put(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def packed(folder: Path, members: dict[str, bytes | str], name: str = "list.zip") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for member, data in members.items():
            out.writestr(member, data)
    return path


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match=r"There is no file .*none\.csv"):
        read(tmp_path / "none.csv")
    with pytest.raises(UnusableInput, match="There is no file"):
        read(str(tmp_path / "no" / "folder.csv"))


def test_a_folder_names_a_file_in_it(tmp_path: Path) -> None:
    put(tmp_path, "list.csv", CSV)
    with pytest.raises(UnusableInput, match=r"is a folder, not a file.*list\.csv"):
        read(tmp_path)


def test_an_empty_file(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match=r"list\.csv is empty \(0 bytes\)"):
        read(put(tmp_path, "list.csv", ""))


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(UnusableInput, match="is a pipe or a device"):
            read(path)


def test_a_name_that_no_disk_has(tmp_path: Path) -> None:
    for name in ("x" * 300, "a\0b"):
        with pytest.raises(UnusableInput, match=r"There is no file|cannot be read"):
            read(tmp_path / name)


@pytest.fixture
def without_rights() -> Callable[[Callable[[], None]], None]:
    """Run something as a user who may do nothing here, when the tests run as root."""

    def run(what: Callable[[], None]) -> None:
        if os.geteuid() != 0:
            what()
            return
        os.seteuid(65534)
        try:
            what()
        finally:
            os.seteuid(0)

    return run


def test_a_file_that_may_not_be_read(tmp_path: Path, without_rights: Callable[[Callable[[], None]], None]) -> None:
    path = put(tmp_path, "list.csv", CSV)
    path.chmod(0)

    def look() -> None:
        with pytest.raises(UnusableInput, match="may not be read"):
            read(path)

    without_rights(look)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("list.pdf", b"%PDF-1.7", "a PDF"),
        ("list.rar", b"Rar!\x1a\x07\x00", "a RAR archive"),
        ("list.7z", b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        ("list.png", b"\x89PNG\r\n", "a picture"),
        ("list.xls", b"MIME-Version: 1.0\r\nX: y", "web archive"),
        ("list.doc", b"{\\rtf1}", "a text document"),
    ],
)
def test_what_is_known_to_be_no_table_is_named(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    with pytest.raises(UnusableInput, match=message) as caught:
        read(put(tmp_path, name, data))
    assert tell(caught.value.message, "zh").startswith(f"{name} 是")


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"[Content_Types].xml": "", "word/document.xml": ""}, "a document or a presentation"),
        ({"[Content_Types].xml": "", "xl/workbook.bin": ""}, "XLSB"),
        ({"readme.md": "x", "a/b.png": "y", "__MACOSX/c.csv": "z"}, r"holds no table or layer.*readme\.md, a/b\.png"),
        ({"readme.txt": "not a layer\nhello\n"}, r"list\.zip holds no table or layer.*inside are: readme\.txt\."),
        ({"one.txt": "名称,经度\n"}, "holds no table or layer"),
        (
            {"empty.txt": "", "b/读我.txt": "说明".encode("gb18030")},
            r"holds no table or layer.*empty\.txt, b/读我\.txt",
        ),
        ({"broken.txt": "名称,经度\n甲\0,1\n"}, r"broken\.txt"),
        ({}, "holds no table or layer"),
        ({"inner.csv": b"PK\x05\x06" + b"\0" * 18}, "archive within an archive"),
        ({"sz.shp": "x"}, r"\.shx, \.dbf is missing beside sz\.shp"),
        ({"sz.dbf": "x"}, r"\.shp, \.shx is missing"),
        ({"empty.csv": ""}, "empty.csv is empty"),
    ],
)
def test_archives_without_a_table(tmp_path: Path, members: dict[str, bytes | str], message: str) -> None:
    with pytest.raises(UnusableInput, match=message):
        read(packed(tmp_path, members))


def test_a_table_in_an_archive(tmp_path: Path) -> None:
    path = packed(tmp_path, {"readme.txt": "x", "表/list.csv": CSV.encode("gb18030"), ".hidden.csv": "a"})
    table = read(path)
    assert (table.source, table.name, table.columns, table.encoding) == (
        "list.zip",
        "list",
        ("名称", "经度"),
        "gb18030",
    )
    assert table.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert "表/list.csv" in str(table.notes[0])


def test_several_tables_in_an_archive_are_asked_for(tmp_path: Path) -> None:
    path = packed(tmp_path, {"a.csv": CSV, "b.csv": "x\n1\n", "c.json": '{"p": [{"a": 1}], "q": [{"a": 2}]}'})
    assert layers(path) == ["a.csv", "b.csv", "c.json"]
    with pytest.raises(InvalidValue, match=r"3 sheets or layers: a\.csv, b\.csv, c\.json"):
        read(path)
    assert read(path, layer="b.csv").columns == ("x",)
    assert read(path, layer="c.json/q").cells["a"].tolist() == [2]


def test_a_text_alone_in_an_archive_is_taken(tmp_path: Path) -> None:
    assert len(read(packed(tmp_path, {"list.txt": CSV})).cells) == 1
    assert len(read(packed(tmp_path, {"list.txt": CSV, "readme.txt": "hello\n"})).cells) == 1
    assert read(packed(tmp_path, {"list.txt": CSV.encode("gb18030")})).encoding == "gb18030"
    assert read(packed(tmp_path, {"list.txt": (CSV * 9_000).encode("utf-16")})).columns == ("名称", "经度")
    assert len(read(packed(tmp_path, {"list.txt": ' {"p": [{"a": 1}, {"a": 2}]}'})).cells) == 2


def test_no_member_is_written_outside(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    path = packed(inner, {"../../evil.csv": CSV, "/tmp/evil2.csv": CSV})
    for layer in layers(path):
        assert len(read(path, layer=layer).cells) == 1
    assert sorted(child.name for child in tmp_path.rglob("*")) == ["inner", "list.zip"]
    assert not Path("/tmp/evil2.csv").exists()


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out, out.open("list.csv", "w", force_zip64=True) as member:
        for _ in range(110):
            member.write(b"\0" * 10_000_000)
    started = time.perf_counter()
    with pytest.raises(UnusableInput, match="unpacks to more than 1000 MB"):
        read(path)
    assert time.perf_counter() - started < 1
    with pytest.raises(UnusableInput, match="unpacks to more than 1000 MB"):
        read(path.rename(tmp_path / "bomb.xlsx"))


def test_a_bomb_that_lies_about_its_size_is_found_out(tmp_path: Path) -> None:
    path = packed(tmp_path, {"list.csv": b"a,b\n" + b"1,2\n" * 100_000})
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (8).to_bytes(4, "little")
    path.write_bytes(bytes(data))
    with pytest.raises(UnusableInput, match="cannot be unpacked"):
        read(path)


def test_a_packed_text_that_unfolds_without_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "UNPACKED_BYTES", 3_000_000)
    path = put(tmp_path, "list.csv.gz", gzip.compress(b"a,b\n" + b"1,2\n" * 1_000_000))
    with pytest.raises(UnusableInput, match="unpacks to more than 3 MB"):
        read(path)


def test_a_packed_text(tmp_path: Path) -> None:
    path = put(tmp_path, "list.csv.gz", gzip.compress(CSV.encode()))
    assert (read(path).source, read(path).name, layers(path)) == ("list.csv.gz", "list", ["list"])
    with pytest.raises(UnusableInput, match="cannot be unpacked"):
        read(put(tmp_path, "cut.csv.gz", gzip.compress(CSV.encode())[:-9]))


def test_a_password_of_an_archive_is_told(tmp_path: Path) -> None:
    path = packed(tmp_path, {"list.csv": CSV})
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    with pytest.raises(UnusableInput, match="protected by a password"):
        read(path)


def test_a_truncated_archive(tmp_path: Path) -> None:
    path = packed(tmp_path, {"list.csv": CSV * 100})
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(UnusableInput, match="cannot be unpacked"):
        read(path)


@pytest.mark.parametrize("name", ["list.xls", "list.xlsx", "list.ods"])
def test_a_text_that_is_named_like_a_workbook(tmp_path: Path, name: str) -> None:
    table = read(put(tmp_path, name, CSV.replace(",", "\t").encode("gb18030")))
    assert table.columns == ("名称", "经度")
    assert "is a text file whatever its name says" in str(table.notes[0])


def test_only_the_header_of_a_text_that_is_named_like_a_workbook(tmp_path: Path) -> None:
    table = read(put(tmp_path, "list.xls", "名称\t经度\r\n".encode("gb18030")))
    assert (table.columns, len(table.cells)) == (("名称", "经度"), 0)


def test_rows_of_different_lengths_in_a_text_that_is_named_like_a_workbook(tmp_path: Path) -> None:
    assert len(read(put(tmp_path, "list.xls", "名称,a,b,c\n甲,1\n乙,1,2\n丙\n丁,1,2\n")).cells) == 4


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("fake.xlsx", "workbook"),
        ("fake.xls", "workbook"),
        ("FAKE.ODS", "workbook"),
        ("notzip.zip", "ZIP archive"),
        ("a.kmz", "ZIP archive"),
        ("a.csv.gz", "GZIP archive"),
        ("a.gpkg", "GeoPackage"),
        ("a.parquet", "Parquet file"),
        ("a.kml", "KML file"),
    ],
)
@pytest.mark.parametrize("text", ["not a workbook\nhello\n", "出错了\n请先登录, 谢谢\n再见\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_text_that_is_not_what_its_name_says(tmp_path: Path, name: str, what: str, text: str, encoding: str) -> None:
    path = put(tmp_path, name, text.encode(encoding))
    for look in (read, layers):
        with pytest.raises(UnusableInput) as caught:
            look(path)
        assert f"{name} is named {path.suffix.lower()} but is no {what} (it is text)." in str(caught.value)
        assert "download or export the list again" in str(caught.value)
        assert f"{name} 的后缀是" in tell(caught.value.message, "zh")


def test_a_text_beyond_the_first_bytes_is_judged_by_whole_lines(tmp_path: Path) -> None:
    rows = "二七广场驿站,113.6\n" * 5_000
    for encoding in ("utf-8", "gb18030", "utf-16"):
        path = put(tmp_path, "list.xlsx", ("名称,经度\n" + rows).encode(encoding))
        assert len(read(path).cells) == 5_000
    with pytest.raises(UnusableInput, match="is no workbook"):
        read(put(tmp_path, "list.xlsx", "这里没有表格\n" * 5_000))


def test_a_text_named_like_a_workbook_within_an_archive(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match=r"fake\.xlsx is named \.xlsx but is no workbook"):
        read(packed(tmp_path, {"fake.xlsx": "not a workbook\nhello\n"}))


@pytest.mark.parametrize("name", ["list", "list.dat", "LIST.CSV", "驿站 名单.txt"])
def test_texts_of_any_name(tmp_path: Path, name: str) -> None:
    assert read(put(tmp_path, name, CSV)).columns == ("名称", "经度")


def test_a_header_in_brackets_is_no_json(tmp_path: Path) -> None:
    assert read(put(tmp_path, "list.csv", "[1],{b}\n1,2\n3,4\n")).columns == ("[1]", "{b}")


@pytest.mark.parametrize(
    "suffix", ["csv", "xlsx", "xls", "ods", "zip", "gpkg", "parquet", "geojson", "kml", "shp", "bin"]
)
def test_noise_of_any_name_is_refused_with_its_name(tmp_path: Path, suffix: str) -> None:
    noise = random.Random(suffix)
    for size in (1_000, 20_000):
        with pytest.raises(UnusableInput, match=rf"noise\.{suffix}"):
            read(put(tmp_path, f"noise.{suffix}", noise.randbytes(size)))


@pytest.mark.parametrize("suffix", ["csv", "json", "geojson", "kml", "xml", "html", "zip", "gz", "osm"])
def test_damaged_files_are_read_or_refused_but_never_break(tmp_path: Path, suffix: str) -> None:
    sound = {
        "csv": '名称,说明\n甲,"一\n二"\n乙,"三"\n'.encode("gb18030"),
        "json": '{"a": [{"名": "甲", "x": [1, {"y": null}]}]}'.encode(),
        "geojson": b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":1},'
        b'"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}]}',
        "kml": "<kml><Placemark><name>甲</name><Point><coordinates>1,2,3</coordinates></Point></Placemark></kml>".encode(),
        "xml": "<r><x a='1'><n>甲</n></x><x><n>乙</n></x></r>".encode(),
        "html": "<meta charset='gb2312'><table><tr><td rowspan=2>甲<td>2<tr><td>3</table>".encode("gb18030"),
        "zip": packed(tmp_path, {"list.csv": CSV}).read_bytes(),
        "gz": gzip.compress(CSV.encode()),
        "osm": b'<osm version="0.6"><node id="1" lat="1" lon="2"><tag k="amenity" v="x"/></node></osm>',
    }[suffix]
    chance = random.Random(suffix)
    for _ in range(120):
        data = bytearray(sound)
        for _ in range(chance.choice([1, 2, 6])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path = put(
            tmp_path, f"broken.{suffix}", bytes(data[: chance.choice([len(data), chance.randrange(1, len(data))])])
        )
        with suppress(StationmapError):
            table = read(path)
            assert table.cells.shape == (len(table.row_numbers), len(table.columns))
            assert all(str(note) and tell(note, "zh") for note in table.notes)


def test_every_refusal_is_told_in_chinese(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none", put(tmp_path, "a.csv", ""), put(tmp_path, "b.csv", "a\0b")):
        with pytest.raises(UnusableInput) as caught:
            read(path)
        assert any("\u4e00" <= letter <= "\u9fff" for letter in tell(caught.value.message, "zh"))
