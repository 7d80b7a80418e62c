"""The notice of next year's days off: known answers, what must be refused, and the State Council's own wording."""

import json
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stationmap.catalogue import tell
from stationmap.errors import InvalidValue, StationmapError, UnusableInput
from stationmap.hours.calendar import CalendarDay, DayKind, china
from stationmap.hours.notice import parse_sentence, read_notice

# A made notice for a year that is not announced yet, in the words and with the layout of the real ones.
WORDING = """国务院办公厅关于2027年
部分节假日安排的通知
国办发明电〔2026〕0号

各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
　　经国务院批准，现将2027年元旦、春节放假调休日期的具体安排通知如下。
　　一、元旦：1月1日（周五）至3日（周日）放假，共3天。
　　二、春节：2月5日（农历腊月二十九、周五）至11日（周四）放假调休，共7天。1月31日（周日）、2月13日（周六）上班。
　　三、国庆节、中秋节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
　　节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。

国务院办公厅
2026年11月4日
"""


def _days(first: date, count: int, name: str, *, off: bool = True) -> list[CalendarDay]:
    return [CalendarDay(first + timedelta(days=step), off, name) for step in range(count)]


MEANT = sorted(
    [
        *_days(date(2027, 1, 1), 3, "元旦"),
        *_days(date(2027, 2, 5), 7, "春节"),
        CalendarDay(date(2027, 1, 31), off=False, name="春节"),
        CalendarDay(date(2027, 2, 13), off=False, name="春节"),
        *_days(date(2027, 10, 1), 7, "国庆节、中秋节"),
        CalendarDay(date(2027, 9, 26), off=False, name="国庆节、中秋节"),
        CalendarDay(date(2027, 10, 9), off=False, name="国庆节、中秋节"),
    ],
    key=lambda one: one.day,
)


def _file(folder: Path, content: str | bytes, name: str = "notice.txt") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", ""])
def test_the_notices_own_wording(tmp_path: Path, encoding: str, line_end: str) -> None:
    content = WORDING.replace("\n", line_end).encode(encoding)
    assert read_notice(_file(tmp_path, content)) == MEANT


def test_the_wording_as_a_page_of_the_web(tmp_path: Path) -> None:
    page = "<html><head><title>通知</title><style>p{margin:1px}</style></head><body>" + "".join(
        f"<p style='x'>&nbsp;&nbsp;{line}</p>\n" for line in WORDING.splitlines()
    )
    assert read_notice(_file(tmp_path, page, "notice.html")) == MEANT


def test_a_text_without_title_takes_the_year_that_is_given(tmp_path: Path) -> None:
    path = _file(tmp_path, WORDING.replace("2027年\n", ""))
    assert read_notice(path, year=2027) == MEANT
    with pytest.raises(UnusableInput, match="of which year"):
        read_notice(path)
    with pytest.raises(InvalidValue, match="2027, not of 2028"):
        read_notice(_file(tmp_path, WORDING), year=2028)


def test_the_json_of_holiday_cn(tmp_path: Path) -> None:
    entries = [{"name": one.name, "date": one.day.isoformat(), "isOffDay": one.off} for one in MEANT]
    content = json.dumps({"year": 2027, "papers": [], "days": entries}, ensure_ascii=False)
    assert read_notice(_file(tmp_path, content, "2027.json")) == MEANT
    assert read_notice(_file(tmp_path, json.dumps(entries), "days.json")) == MEANT


TABLES = {
    "english": "date,name,off\n2027-01-01,元旦,true\n2027-01-03,元旦,false\n",
    "chinese": "日期,名称,放假\n2027年1月1日,元旦,放假\n2027年1月3日,元旦,上班\n",
    "swapped": "名称;类型;日期\n元旦;休;2027/1/1\n元旦;班;2027/1/3\n",
    "worked": "日期\t节日\t上班\n20270101\t元旦\t否\n20270103\t元旦\t是\n",
    "worked in words": "日期,节日,上班\n2027.1.1,元旦,放假\n2027.1.3,元旦,上班\n",
    "headless": "2027-01-01,元旦,1\n2027-01-03,元旦,0\n",
    "timed": "Date,Holiday,isOffDay\n2027-01-01 00:00:00,元旦,TRUE\n\n2027-01-03 00:00:00,元旦,FALSE\n",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("kind", TABLES)
def test_tables_by_many_headers_and_encodings(tmp_path: Path, kind: str, encoding: str) -> None:
    path = _file(tmp_path, TABLES[kind].encode(encoding), "days.csv")
    assert read_notice(path) == [
        CalendarDay(date(2027, 1, 1), off=True, name="元旦"),
        CalendarDay(date(2027, 1, 3), off=False, name="元旦"),
    ]


def test_a_loaded_notice_makes_its_year_known(tmp_path: Path) -> None:
    before = china()
    assert before.kind(date(2027, 2, 8)) is DayKind.UNKNOWN
    after = before.extended(read_notice(_file(tmp_path, WORDING)))
    assert after.kind(date(2027, 2, 8)) is DayKind.OFF
    assert after.kind(date(2027, 2, 13)) is DayKind.MAKEUP
    assert after.kind(date(2027, 2, 15)) is DayKind.ORDINARY


SENTENCES = [
    (2025, "1月1日（周三）放假1天，不调休。", ["2025-01-01"], []),
    (2019, "4月5日放假，与周末连休。", ["2019-04-05"], []),
    (2016, "5月1日放假，5月2日（星期一）补休。", ["2016-05-01", "2016-05-02"], []),
    (2019, "2018年12月30日至2019年1月1日放假调休，共3天。2018年12月29日（星期六）上班。",
     ["2018-12-30", "2018-12-31", "2019-01-01"], ["2018-12-29"]),
    (2026, "12月30日（周三）至次年1月1日（周五）放假，共3天。", ["2026-12-30", "2026-12-31", "2027-01-01"], []),
    (2008, "2007年12月30日—2008年1月1日放假，共3天。其中，12月29日（星期六）公休日调至12月31日（星期一），12月29日（星期六）上班。",
     ["2007-12-30", "2007-12-31", "2008-01-01"], ["2007-12-29"]),
    (2008, "9月29日-10月1日放假。9月27日（星期六）、28日（星期日）两个公休日调至9月29日（星期一）、30日（星期二）。",
     ["2008-09-29", "2008-09-30", "2008-10-01"], ["2008-09-27", "2008-09-28"]),
    (2011, "2月2日（农历除夕）至8日放假调休，共7天。1月30日（星期日）、2月12日（星期六）上班。",
     [f"2011-02-0{day}" for day in range(2, 9)], ["2011-01-30", "2011-02-12"]),
    (2027, "各地区要妥善安排好值班工作，2027年1月5日前上报。", [], []),
]  # fmt: skip


@pytest.mark.parametrize(("year", "text", "off", "worked"), SENTENCES)
def test_sentences(year: int, text: str, off: list[str], worked: list[str]) -> None:
    found = parse_sentence(year, text)
    assert [one.day.isoformat() for one in found if one.off] == off
    assert [one.day.isoformat() for one in found if not one.off] == worked


@pytest.mark.parametrize("heading", ["二、春节：", "春节：", "2. 春节:", "（二）春节："])
def test_the_holidays_name_stands_before_its_days(heading: str) -> None:
    assert parse_sentence(2027, heading + "2月5日放假。")[0].name == "春节"


REFUSED = [
    ("weekday", WORDING.replace("至3日（周日）", "至3日（周六）"), "2027-01-03 is a Sunday"),
    ("count", WORDING.replace("共7天。1月", "共8天。1月"), "共8天 is told, but 2027-02-05 to 2027-02-11 are 7 days"),
    ("no such date", WORDING.replace("2月13日（周六）", "2月30日（周六）"), "There is no such date: 2月30日"),
    ("backwards", WORDING.replace("2月5日（农历腊月二十九、周五）至11日", "2月11日（周四）至5日（周五），又"), "run backwards"),
    ("worked weekday", WORDING.replace("2月13日（周六）", "2月15日（周一）"), "2027-02-15 is marked as a make-up working day"),
    ("both", WORDING.replace("2月13日（周六）", "2月6日（周六）"), "2027-02-06 is told both as off and as worked"),
    ("both in a table", "date,name,off\n2027-01-01,元旦,1\n2027-01-01,元旦,0\n", "2027-01-01 is told both"),
    ("word", "date,name,off\n2027-01-01,元旦,maybe\n", "Row 2: 'maybe' says neither off nor work"),
    ("date", "date,name,off\n2027-13-01,元旦,1\n", "Row 2: '2027-13-01' is not a date"),
    ("seven digits", "date,name,off\n2027111,元旦,1\n", "Row 2: '2027111' is not a date"),
    ("short row", "date,name,off\n2027-01-01\n", "Row 2: '' says neither"),
    ("json date", '[{"date": "soon", "name": "x", "isOffDay": true}]', "not a date"),
    ("json field", '[{"date": "2027-01-01", "off": true}]', "needs date, name and isOffDay"),
    ("json type", '{"days": [1]}', "needs date, name and isOffDay"),
]  # fmt: skip
UNUSABLE = [
    ("empty", b"", "is empty"),
    ("blank", b" \r\n\t", "is empty"),
    ("binary", b"PK\x03\x04\x00\x00", "no text in UTF-8 or GB18030"),
    ("wrong bytes", b"\xff\xff\xff", "no text in UTF-8 or GB18030"),
    ("broken json", b'{"days": [', "is no JSON"),
    ("deep json", b"[" * 100_000, "is no JSON"),
    ("json without days", b'{"year": 2027}', "no list of days"),
    ("stub", b'{"year": 2027, "papers": [], "days": []}', "holds no days off"),
    ("head alone", b"date,name,off\n", "holds no days off"),
    ("other table", b"a,b,c\n1,2,3\n", "is no notice of days off"),
    ("prose", "今天天气很好。".encode(), "is no notice of days off"),
    ("one long line", b"x" * 200_000, "is no notice of days off"),
    ("one long cell", b"date,name,off\n" + b"x" * 200_000, "is no notice of days off"),
    ("huge", b"x" * 5_000_001, "too large"),
]


@pytest.mark.parametrize(("content", "words"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_a_day_that_contradicts_itself_is_refused_and_quoted(tmp_path: Path, content: str, words: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        read_notice(_file(tmp_path, content))
    assert words in str(refused.value)
    _told_in_chinese(refused.value)


def test_all_bad_rows_are_told_at_once(tmp_path: Path) -> None:
    table = "date,name,off\n2027-13-01,元旦,1\n2027-01-02,元旦,maybe\n2027-01-03,元旦,1\nsoon,元旦,1\n"
    with pytest.raises(InvalidValue) as refused:
        read_notice(_file(tmp_path, table))
    assert str(refused.value) == (
        "Row 2: '2027-13-01' is not a date. Write it as 2027-01-01. "
        "Row 3: 'maybe' says neither off nor work. Write 放假 or 上班 (true or false). "
        "Row 5: 'soon' is not a date. Write it as 2027-01-01."
    )
    assert tell(refused.value.message, "zh") == (
        "第 2 行：'2027-13-01' 不是日期。请写成 2027-01-01 的样子。"
        "第 3 行：'maybe' 看不出是放假还是上班。请写“放假”或“上班”（true 或 false）。"
        "第 5 行：'soon' 不是日期。请写成 2027-01-01 的样子。"
    )


def test_of_many_bad_rows_the_first_are_told_and_the_others_counted(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue) as refused:
        read_notice(_file(tmp_path, "date,name,off\n" + "soon,元旦,1\n" * 500))
    assert str(refused.value).count("is not a date") == 20
    assert str(refused.value).endswith("And 480 more faults of this kind.")
    assert tell(refused.value.message, "zh").endswith("此外还有 480 处这样的错误。")


def test_all_days_that_contradict_are_told_at_once(tmp_path: Path) -> None:
    table = "date,name,off\n2027-01-01,元旦,1\n2027-01-01,元旦,0\n2027-03-03,元旦,0\n"  # 2027-03-03 is a Wednesday
    with pytest.raises(InvalidValue, match=r"2027-01-01 is told both.*2027-03-03 is marked"):
        read_notice(_file(tmp_path, table))


@pytest.mark.parametrize(("content", "words"), [case[1:] for case in UNUSABLE], ids=[case[0] for case in UNUSABLE])
def test_what_is_no_notice_is_refused_with_a_remedy(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(UnusableInput) as refused:
        read_notice(_file(tmp_path, content))
    assert words in str(refused.value)
    _told_in_chinese(refused.value)


@pytest.mark.parametrize(("name", "words"), [("absent.txt", "There is no file"), (".", "is a folder")])
def test_a_file_that_cannot_be_opened(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(UnusableInput, match=words) as refused:
        read_notice(tmp_path / name)
    _told_in_chinese(refused.value)


def _told_in_chinese(fault: StationmapError) -> None:
    told = tell(fault.message, "zh")
    assert told != str(fault)
    assert any("一" <= sign <= "鿿" for sign in told)


def test_the_first_day_of_work_after_a_holiday_may_be_named(tmp_path: Path) -> None:
    table = "date,name,off\n2020-02-02,春节,1\n2020-02-03,春节,0\n"  # 2020-02-03 was a Monday
    assert [one.off for one in read_notice(_file(tmp_path, table))] == [True, False]


@given(
    first=st.dates(date(2008, 1, 1), date(2035, 12, 1)),
    count=st.integers(1, 15),
    worked=st.lists(st.integers(20, 60), max_size=3, unique=True),
    to=st.sampled_from(["至", "—", "-", "到", "～"]),
)
def test_a_sentence_written_from_days_gives_back_those_days(
    first: date, count: int, worked: list[int], to: str
) -> None:
    def written(day: date) -> str:
        return f"{day.month}月{day.day}日（周{'一二三四五六日'[day.weekday()]}）"

    days = [first + timedelta(days=step) for step in range(count)]
    made_up = [first + timedelta(days=step) for step in worked]
    text = written(days[0]) + (to + written(days[-1]) if count > 1 else "") + f"放假调休，共{count}天。"
    text += ("、".join(map(written, made_up)) + "上班。") if made_up else ""
    found = parse_sentence(first.year, text)
    assert [one.day for one in found if one.off] == days
    assert [one.day for one in found if not one.off] == made_up


@given(text=st.text(alphabet="一二年月日放假上班调至、，。（）周天共0123456789至—元旦：\n", max_size=60))
def test_no_wording_breaks_the_reader(text: str) -> None:
    with suppress(InvalidValue):
        found = parse_sentence(2027, text)
        assert len({one.day for one in found}) == len(found)


@pytest.mark.real
def test_the_sentences_of_the_real_notices(real_data: Path) -> None:
    path = real_data / "holidays_cn/scripts/description_parsing_cases.json"
    cases = json.loads(path.read_text(encoding="utf-8"))
    assert len(cases) == 49
    for case in cases:
        found = parse_sentence(case["year"], case["description"])
        assert [{"date": one.day.isoformat(), "isOffDay": one.off} for one in found] == case["expected"], case


@pytest.mark.real
def test_every_year_of_holiday_cn(real_data: Path) -> None:
    for year in range(2007, 2027):
        path = real_data / f"holidays_cn/{year}.json"
        expected = json.loads(path.read_text(encoding="utf-8"))["days"]
        found = read_notice(path)
        assert sorted((one["date"], one["isOffDay"], one["name"]) for one in expected) == [
            (one.day.isoformat(), one.off, one.name) for one in found
        ]
    with pytest.raises(UnusableInput, match="holds no days off"):
        read_notice(real_data / "holidays_cn/2027.json")
