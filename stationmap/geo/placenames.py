"""The names of administrative areas as lists write them: full, short, former, or with their parents in front.

A name is compared folded (:func:`stationmap.schema.vocabulary.fold`), with 臺灣縣區鄉鎮 simplified, and without
what separates parts. The short forms of 河口瑶族自治县 are 河口瑶族, 河口 and 河口县; of 管城回族区,
管城回族, 管城 and 管城区; of 浦东新区, 浦东 and 浦东新. One character alone is no short form.

Functional zones (开发区, 高新区, 郑东新区 …) are run like areas and named in lists like areas, but have no place in
the tree of administrative areas and mostly no adcode. They are known by their words.
"""

import re

from stationmap.schema.vocabulary import fold

_PLAIN = str.maketrans("臺灣縣區鄉鎮", "台湾县区乡镇")
_SUFFIXES = (
    *("特别行政区", "自治区", "自治州", "自治县", "自治旗", "地区", "林区", "特区", "新区"),
    *("省", "市", "盟", "州", "县", "区", "旗", "街道办事处", "街道", "镇", "乡"),
)
_PEOPLES = (
    "维吾尔 哈萨克 柯尔克孜 塔吉克 乌孜别克 塔塔尔 俄罗斯 蒙古 达斡尔 鄂温克 鄂伦春 朝鲜 锡伯 赫哲 保安 东乡 撒拉 裕固 "
    "土家 布依 哈尼 傈僳 拉祜 纳西 景颇 布朗 阿昌 普米 德昂 独龙 基诺 仡佬 仫佬 毛南 珞巴 门巴 高山 "
    "壮 回 苗 满 藏 彝 侗 瑶 白 傣 黎 佤 畲 水 土 羌 怒 京 各"
)
_TRAILING_PEOPLE = re.compile(f"(?:{_PEOPLES.replace(' ', '|')})族?$")
_TRAILING_PEOPLE_IN_FULL = re.compile(f"(?:{_PEOPLES.replace(' ', '|')})族$")

_ZONE = re.compile(
    r"(?:开发区|高新区|高新技术.*区|经开区|经济区|(?:工业|产业|科技|科学|物流|软件|创业|创新|经济|化工|农业|文化)园区?"
    r"|保税区|综保区|(?:航空|临空|保税|临|^)港区|航空港|空港|出口加工区|自贸区|自贸试验区|自由贸易试验区|自由贸易港"
    r"|示范区|先行区|试验区|实验区|度假区|风景区|名胜区|景区|旅游区|管理区|管委会|合作区|集聚区|聚集区|商务区|功能区"
    r"|科学城|生态城|大学城|新城|新区"
    r"|developmentzone|hightechzone|economiczone|freetradezone|bondedzone|industrialpark|newarea)$"
    r"|^(?:高新|经开|郑东)$"
)
_NO_ZONES = ("浦东新区", "滨海新区", "沈北新区", "清新区")

_FORMER = {
    "襄樊市": "襄阳市",
    "思茅市": "普洱市",
    "思茅地区": "普洱市",
    "中甸县": "香格里拉市",
    "卢湾区": "黄浦区",
    "闸北区": "静安区",
    "南汇区": "浦东新区",
    "崇文区": "东城区",
    "宣武区": "西城区",
    "塘沽区": "滨海新区",
    "汉沽区": "滨海新区",
    "大港区": "滨海新区",
    "东山区": "越秀区",
    "芳村区": "荔湾区",
    "沧浪区": "姑苏区",
    "平江区": "姑苏区",
    "金阊区": "姑苏区",
    "白下区": "秦淮区",
    "下关区": "鼓楼区",
    "万盛区": "綦江区",
}
"""Areas renamed or merged whole into another, and that other."""


def tidy(name: str) -> str:
    """Return a name as it is compared.

    Examples
    --------
    >>> tidy("臺北市 / 信義區")
    '台北市信義区'
    """
    return re.sub(r"[/\\>|,、—]", "", fold(name)).translate(_PLAIN)


def short_forms(name: str) -> frozenset[str]:
    """Return the short forms of a tidy name, at least two characters each; the name itself is not among them.

    Examples
    --------
    >>> sorted(short_forms("浦东新区"))
    ['浦东', '浦东新']
    >>> sorted(short_forms("管城回族区"))
    ['管城', '管城区', '管城回族']
    >>> short_forms("城区")
    frozenset()
    """
    forms = set()
    for suffix in _SUFFIXES:
        if name.endswith(suffix):
            form = name.removesuffix(suffix)
            forms.add(form)
            peoples = _TRAILING_PEOPLE if suffix.startswith("自治") else _TRAILING_PEOPLE_IN_FULL
            while people := peoples.search(form):
                form = form[: people.start()]
                forms |= {form, form + suffix.removeprefix("自治")} if len(form) >= 2 else set()
    return frozenset(form for form in forms if len(form) >= 2)


def successor(name: str) -> str:
    """Return the present name of an area that was renamed or merged whole into another; "" when none is known.

    Parameters
    ----------
    name : str
        A tidy name.
    """
    return _FORMER.get(name, "")


def predecessors(name: str) -> tuple[str, ...]:
    """Return the names of areas that were renamed or merged whole into one, by its tidy name; sorted.

    Examples
    --------
    >>> predecessors("静安区"), predecessors("金水区")
    (('闸北区',), ())
    """
    return tuple(sorted(former for former, present in _FORMER.items() if present == name))


def has_zone_words(name: str) -> bool:
    """Tell whether a tidy name is that of a functional zone by its words.

    Examples
    --------
    >>> [has_zone_words(name) for name in ("高新区", "郑东新区", "浦东新区", "东港区")]
    [True, True, False, False]
    """
    outside, _, within = name.partition("(")
    parts = (outside, within.rstrip(")"))
    return any(bool(_ZONE.search(part)) and not part.endswith(_NO_ZONES) for part in parts)
