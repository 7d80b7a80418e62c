"""Places by name: a town of names whose answers are known by hand."""

import pytest

from stationmap.finder.names.entries import Entry
from stationmap.finder.names.index import HIT_KINDS, Hit, NameIndex
from stationmap.finder.names.spelling import normal, other_numbers

HERE = (113.60, 34.70)


def station(id: str, name: str, address: str = "", steps: float = 0, **more: str) -> Entry:  # noqa: A002
    """Return a station so many hundredths of a degree east of the corner."""
    return Entry("station", id, name, address=address, lon=113.6 + steps / 100, lat=34.7, **more)  # type: ignore[arg-type]


TOWN = (
    station("zzl", "郑州路驿站", "郑州路12号", 3, detail="河南省 郑州市 二七区", context="河南省 郑州市 二七区"),
    station("eq", "二七路工会驿站", "二七路3号", 2),
    station("cq", "重庆路职工之家", "重庆路8号院3号楼", 1),
    station("cs", "长沙书屋", "行云街1号", 5),
    station("cp", "长葛市总工会", "", 6),
    station("ls", "旅顺口爱心驿站", "", 7),
    station("line", "地铁三号线驿站", "三号线D口", 8),
    station("line12", "地铁12号线驿站", "", 9),
    station("latin", "Union Square Wi-Fi Café", "", 10),
    station("xian", "西安路司机之家", "", 11),
    station("tw", "臺灣同胞之家（鐘樓）", "", 12),
    station("same1", "职工之家", "建设路1号", 13),
    station("same2", "职工之家", "建设路1号", 14),
    station("solo", "松岭书香亭", "", 15),
    Entry("station", "nowhere", "郑州路暖心站"),
    Entry("street", "w1", "郑州路", "河南省 郑州市 二七区", lon=113.7, lat=34.8),
    Entry("street", "w2", "二七路", "", lon=113.7, lat=34.8),
    Entry("area", "410103", "二七区", "河南省 郑州市", lon=113.62, lat=34.72, context="河南省 郑州市"),
    Entry("area", "410100", "郑州市", "河南省", lon=113.62, lat=34.75, context="河南省"),
)


@pytest.fixture(scope="module")
def town() -> NameIndex:
    index = NameIndex(None)
    index.update(1, TOWN)
    return index


def ids(hits: list[Hit]) -> list[str]:
    return [hit.id for hit in hits]


@pytest.mark.parametrize(
    ("typed", "best", "match"),
    [
        ("郑州路驿站", "zzl", "exact"),
        ("郑州路驿", "zzl", "prefix"),
        ("驿", "zzl", "word"),
        ("zhengzhouluyizhan", "zzl", "pinyin"),
        ("ZhengZhouLuYiZh", "zzl", "pinyin"),
        ("zhèngzhōu lù yìzhàn", "zzl", "pinyin"),
        ("ｚｚｌｙ", "zzl", "initials"),
        ("zzly", "zzl", "initials"),
        ("zhzhly", "zzl", "initials"),
        ("zhengzlyizhan", "zzl", "mixed"),
        ("zheng州路驿zhan", "zzl", "pinyin"),
        ("chongqing", "cq", "pinyin"),
        ("zhongqing", "cq", "pinyin"),
        ("changsha", "cs", "pinyin"),
        ("changge", "cp", "pinyin"),
        ("lvshun", "ls", "pinyin"),
        ("lüshun", "ls", "pinyin"),
        ("LÜSHUN", "ls", "pinyin"),
        ("lushunkou", "ls", "pinyin"),
        ("lyushun", "ls", "pinyin"),
        ("3号线", "line", "inside"),
        ("地铁3号线", "line", "prefix"),
        ("十二号线", "line12", "word"),
        ("wifi", "latin", "word"),
        ("wi-fi", "latin", "word"),
        ("CAFE", "latin", "word"),
        ("union sq", "latin", "prefix"),
        ("xi'an", "xian", "pinyin"),
        ("xianlu", "xian", "pinyin"),
        ("台湾", "tw", "prefix"),
        ("臺灣", "tw", "prefix"),
        ("钟楼", "tw", "word"),
        ("taiwan", "tw", "pinyin"),
        ("二七驿站", "eq", "parts"),
        ("驿站 二七", "eq", "word"),
        ("松岭书乡亭", "solo", "typo"),
        ("松岭书亭", "solo", "typo"),
        ("松岭香书亭", "solo", "typo"),
        ("松岭书香香亭", "solo", "parts"),
        ("嵩岭书香亭", "solo", "typo"),
        ("岭松书香亭", "solo", "typo"),
        ("unoin square", "latin", "typo"),
        ("songlinshuxiang", "solo", "typo"),
        ("songlnigshuxiang", "solo", "typo"),
        ("zenzouluyizan", "zzl", "typo"),
        ("cangsashuwu", "cs", "typo"),
    ],
)
def test_what_is_typed_finds_what_is_meant(town: NameIndex, typed: str, best: str, match: str) -> None:
    hit = town.search(typed, near=HERE)[0]
    assert (hit.id, hit.match) == (best, match)


def test_an_exact_name_comes_before_its_continuations_though_farther(town: NameIndex) -> None:
    hits = town.search("郑州路", near=HERE)
    assert [(hit.kind, hit.id, hit.match) for hit in hits] == [
        ("street", "w1", "exact"),
        ("station", "zzl", "prefix"),
        ("station", "nowhere", "prefix"),
    ]
    assert (hits[2].lon, hits[2].lat, hits[2].distance_m) == (None, None, None)


def test_the_nearer_comes_first_with_a_position_and_the_shorter_without(town: NameIndex) -> None:
    stations = frozenset(("station",))
    assert ids(town.search("驿站", near=HERE, kinds=stations))[:3] == ["eq", "zzl", "ls"]
    assert ids(town.search("驿站", near=(113.75, 34.7), kinds=stations))[:3] == ["line12", "line", "ls"]
    assert ids(town.search("驿站", kinds=stations)) == ["zzl", "eq", "line", "ls", "line12"]


def test_equal_hits_stand_by_id(town: NameIndex) -> None:
    assert ids(town.search("职工之家"))[:2] == ["same1", "same2"]


def test_distance_is_geodesic(town: NameIndex) -> None:
    assert town.search("重庆路职工之家", near=HERE)[0].distance_m == pytest.approx(916.2, abs=0.5)


def test_an_address_is_a_place_of_its_own_and_stands_once(town: NameIndex) -> None:
    hits = town.search("建设路1号", near=HERE)
    assert [(hit.kind, hit.id, hit.name, hit.detail) for hit in hits] == [("address", "same1", "建设路1号", "职工之家")]
    stations = town.search("建设路1号", near=HERE, kinds=frozenset(("station",)))
    assert [(hit.kind, hit.id) for hit in stations] == [("station", "same1"), ("station", "same2")]


def test_letters_mean_names_before_letters_in_addresses() -> None:
    index = NameIndex(None)
    index.update(1, [station("mall", "日月光", "徐家汇路618号2F-XJH12"), station("xjh", "徐家汇驿站", "", 40)])
    assert [(hit.id, hit.match) for hit in index.search("xjh", near=HERE)] == [("xjh", "initials"), ("mall", "word")]
    assert [(hit.id, hit.match) for hit in index.search("xjh12", near=HERE)] == [("mall", "word")]


def test_house_numbers_are_found_as_numbers(town: NameIndex) -> None:
    assert town.search("8号院3号楼")[0].name == "重庆路8号院3号楼"
    assert town.search("重庆路 8号")[0].id == "cq"


HOUSES = (
    station("h28", "杏坛驿站", "杏坛大道28号", 1),
    station("h91", "邮政网点", "杏坛大道91号", 20),
    station("h93", "便民站", "杏坛大道93号", 21),
    station("h188", "书屋", "杏坛大道188号", 22),
    station("lane", "弄堂站", "杏坛大道80弄3号楼", 23),
    station("line", "地铁站", "杏坛大道3号线", 2),
    Entry("street", "w", "杏坛大道", "", lon=113.66, lat=34.75),
)


def houses() -> NameIndex:
    index = NameIndex(None)
    index.update(1, HOUSES)
    return index


@pytest.mark.parametrize(
    "typed", ["杏坛大道88号", "杏坛大道 88号", "杏坛大道88", "杏坛大道八十八号", "杏坛大道88号2楼"]
)
def test_a_house_that_is_not_known_gives_its_street_and_the_nearest_numbers(typed: str) -> None:
    hits = houses().search(typed, near=HERE)
    assert [(hit.kind, hit.id) for hit in hits][:5] == [
        ("street", "w"),
        ("address", "h91"),
        ("address", "h93"),
        ("address", "lane"),
        ("address", "h28"),
    ]
    assert {hit.match for hit in hits} == {"typo"}


def test_digits_are_never_mistaken_for_others() -> None:
    index = NameIndex(None)
    index.update(1, [station("n28", "杏坛28室驿站"), station("n3", "三里屯驿站"), station("l3", "地铁3号线驿站")])
    for typed in (
        "杏坛82室驿站",
        "杏坛8室驿站",
        "杏坛288室驿站",
        "杏坛2a室驿站",
        "杏坛2室8驿站",
        "地铁2号线驿站",
        "五里屯驿站",
    ):
        assert ids(index.search(typed)) == [], typed
    for typed, meant in (("杏潭28室驿站", "n28"), ("山里屯驿站", "n3"), ("地铁三号线译站", "l3")):
        assert ids(index.search(typed)) == [meant], typed


def test_words_are_found_in_any_order_in_any_field(town: NameIndex) -> None:
    assert ids(town.search("郑州 驿站 二七"))[0] == "zzl"
    assert ids(town.search("工会 二七"))[0] == "eq"
    assert ids(town.search("二七 zhan"))[0] in ("eq", "zzl")
    assert town.search("郑州 长沙 驿站") == []


def test_kinds_can_be_chosen(town: NameIndex) -> None:
    assert ids(town.search("二七", kinds=frozenset(("area",)))) == ["410103"]
    assert {hit.kind for hit in town.search("二七", kinds=frozenset(("street", "area")))} == {"street", "area"}
    assert town.search("二七", kinds=frozenset()) == []


def test_two_hundred_stations_do_not_hide_their_street_or_the_area() -> None:
    index = NameIndex(None)
    crowd = [station(f"s{n:03d}", f"人民路{n}号驿站", f"人民路{n}号", n / 1000) for n in range(200)]
    index.update(1, [*crowd, Entry("street", "w", "人民路东段", lon=120.0, lat=40.0), Entry("area", "a", "人民区")])
    hits = index.search("人民", near=HERE)
    assert len(hits) == 10
    assert {hit.kind for hit in hits} >= {"station", "street", "area"}
    assert ids(hits)[-2:] == ["w", "a"], "in the order of ranking, they stand where they belong"


@pytest.mark.parametrize(
    "typed",
    ["", " ", "😀", "*", '"', "(", "' OR 1=1 --", "\x00", "\u202e\u200f", "\ud800", "%_", "。，！", "NEAR(", "\x1b[0m"],
)
def test_nothing_that_is_typed_breaks_it(town: NameIndex, typed: str) -> None:
    for kinds in (HIT_KINDS, frozenset(("station",))):
        assert isinstance(town.search(typed, kinds=kinds), list)


def test_syntax_of_other_searches_means_nothing(town: NameIndex) -> None:
    plain = ids(town.search("郑州路"))
    for typed in (
        '"郑州路"',
        "郑州路*",
        "(郑州路)",
        "^郑州路",
        "-郑州路",
        "郑州路\u200f",
        "\x00郑州路\n",
        "\ud800郑州路",
    ):
        assert ids(town.search(typed)) == plain, typed


def test_what_is_nowhere_is_not_found(town: NameIndex) -> None:
    assert town.search("喀什噶尔巴扎") == []
    assert town.search("xqzwvk") == []


def test_a_long_question_is_answered_at_once(town: NameIndex) -> None:
    for typed in ("驿站" * 5000, "z" * 10_000, "驿 " * 5000, "zhengzhou" * 1000):
        assert isinstance(town.search(typed), list)


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("鄭州路（Ｗｉ－Ｆｉ）", "郑州路 wi fi"),
        ("Ａ座１２号", "a座12号"),
        ("ﬁ №5 ㎡", "fi no5 m2"),
        ("İstanbul Straße", "istanbul strasse"),
        ("nǚ lǜ Müller", "nv lv mvller"),
        ("二七·驿站", "二七 驿站"),
        ("a\u200bb\u202ec", "abc"),
        ("\ud83d\ud800\x00", ""),
    ],
)
def test_spelling(text: str, spelt: str) -> None:
    assert normal(text) == spelt
    assert normal(spelt) == spelt


def test_numbers_have_two_spellings() -> None:
    assert other_numbers("第12中学") == "第十二中学"
    assert other_numbers("第十二中学") == "第12中学"
    assert other_numbers("110号") == "110号"
    assert [other_numbers(other_numbers(f"{n}号")) for n in range(10, 100)] == [f"{n}号" for n in range(10, 100)]
