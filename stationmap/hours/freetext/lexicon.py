"""The words in which lists tell their hours: one ordered table from text to tokens.

The text is :func:`stationmap.hours.freetext.glyphs.plain` text. Every sign of it falls into exactly one token: the
first row of the table that fits takes what it fits, and what fits no row is :attr:`Kind.OTHER`. All repetition is
bounded, so that reading is linear in the length of the text. The patterns of weekdays, dates and times stand in
:mod:`stationmap.hours.freetext.notation`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum, auto

from stationmap.hours.freetext import notation
from stationmap.hours.freetext.notation import latin


class Kind(StrEnum):
    """What a token, or a phrase of tokens, is."""

    SPACE = auto()
    BREAK = auto()
    COMMA = auto()
    LISTING = auto()  # 、 / & 和 及: joins what belongs together
    COLON = auto()
    OPENING = auto()
    CLOSING = auto()
    RANGE = auto()
    HEAD = auto()  # the number at the head of a list's line
    DISCLAIMER = auto()
    PHONE = auto()
    LAST_ENTRY = auto()
    ALL_DAY = auto()
    DAILY = auto()
    YEAR_ROUND = auto()
    WEEKDAY = auto()
    WEEKEND = auto()
    WORKDAY = auto()
    OFF_DAY = auto()  # 非工作日
    HOLIDAY = auto()
    NAMED_HOLIDAY = auto()
    NTH = auto()
    REST = auto()  # 其余时间
    ORDINARY_DAY = auto()  # 平日
    MAKEUP = auto()
    YEAR = auto()
    DATE = auto()
    DAY_OF_MONTH = auto()
    NEXT_YEAR = auto()
    SEASON = auto()
    DOTTED = auto()  # 9.30: a time or a date
    CLOCK = auto()
    NUMBER = auto()
    PART = auto()
    NEXT_DAY = auto()
    NO_BREAK = auto()
    MIDDAY_BREAK = auto()
    CLOSED_LABEL = auto()
    CLOSED = auto()
    USUAL = auto()
    OPEN = auto()
    EXCEPT = auto()
    EXCEPTED = auto()
    INCLUDING = auto()
    DOUBT = auto()  # 左右, 待定, 隔周: makes what stands by it undecidable
    LABEL = auto()
    SUBJECT = auto()
    FILLER = auto()
    OTHER = auto()
    SPAN = auto()  # these three are phrases, put together of tokens
    DAYS = auto()
    DATES = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """One word: its kind, its plain text, and where it stands (half open) in the plain text."""

    kind: Kind
    text: str
    start: int
    end: int


_GAP = r"[^,;。!?\n()\[\]]"
_DOING = (
    r"(?:开放|营业|服务|上班|办公|开门|开馆|开业|开园|接待|运营|运行|值班|经营|受理|使用|供应|工作|借阅|入内|入馆"
    r"|办理业务|提供服务)"
)
_NOT_DOING = (
    r"(?:不再?|未|暂不|暂未|暂停|停止|禁止|无法|不予|不能|不可|终止|谢绝)(?:对外|免费)?(?:提供)?" + _DOING + "{1,2}"
)
_SHUT = (
    r"闭馆|休馆|休息|闭店|关门|关闭|停业|歇业|打烊|公休|店休|馆休|休业|闭站|闭园|休园|闭门|放假|关停|停用|例休|停止对外"
    r"|休市"
)
_PLACE_HEAD = (
    r"工会|职工|户外|劳动者|环卫|骑手|司机|暖心|爱心|城市|智能|智慧|共享|无人值守|无人|自助|便民|公共|社区|党群|我|本|该"
    r"|全|各"
)
_PLACE = (
    r"驿站|书屋|书房|书吧|站点|服务站点?|服务点|服务中心|之家|小家|图书馆|文化宫|港湾|阵地|便利店|门店|营业厅|网点|场馆"
    r"|公厕|卫生间|超市|药店|(?:服务|办事|政务|营业)?(?:大厅|窗口)|[馆站店厅]"
)
_PHONE_WORD = (
    r"(?:(?:24小时|全天候?)?(?:联系|咨询|服务|客服|值班|监督|投诉|预约|举报|救援|报修|办公|求助)?"
    r"(?:电话|热线|手机|座机|联系方式)(?:号码)?|tel(?:ephone)?\.?|phone|hotline)"
)
_LOCAL_NUMBER = r"\(?\d{2,4}\)?[- ]?(?:\d{5,8}|\d{3,4}[- ]\d{4})(?!\d)"
_HOLIDAY_NAMES = (
    r"春节|国庆节?|元旦|清明节?|劳动节|五一(?:劳动节)?(?![路街广村小中号])|十一(?=国庆|期间|假期|长假|黄金周|放假|休)"
    r"|端午节?|中秋节?|除夕|大年(?:三十|初[一二三四五六七八])|年三十|正月(?:初?[一二三四五六七八九十]{1,3})?|农历新?年?"
    r"|腊月[一二三四五六七八九十]{1,3}|初[一二三四五六七八]|黄金周|小长假|新年|圣诞节?|"
    + latin(r"christmas(?: day)?|new year(?:'s day)?|spring festival|national day")
)

_TABLE: tuple[tuple[Kind, str], ...] = (
    (Kind.SPACE, r"[ \t]+|[\"'“”‘’《》<>「」『』【】*#_=`^$@\\…·]|\.(?!\d)"),
    (
        Kind.HEAD,
        r"(?:(?<=[\n;。])|(?<=[\n;。] )|(?<=[^\d]:)|\A)"
        r"(?:\([一二三四五六七八九]\)|(?:\d|[一二三四五六七八九]) ?[、.)](?!\d))|\(\d ?\)",
    ),
    (Kind.BREAK, r"[。;!?|\n※★☆●◆■▲•]+"),
    (Kind.OPENING, r"[(\[{〔]"),
    (Kind.CLOSING, r"[)\]}〕]"),
    (
        Kind.DISCLAIMER,
        rf"(?:具体|实际|最终|详细|一切|请|均|其他|以上|上述|开放|营业|服务|时间|情况|安排|信息|的){{0,8}}[以按依]{_GAP}{{0,24}}?为准"
        rf"|(?:如|若|如果|倘)?[有遇因](?:(?![节假周日]){_GAP}){{0,12}}?(?:变动|变更|变化|调整|特殊情况|恶劣天气|极端天气|不可抗力)"
        r"[^,;。!?\n()\[\]\d]{0,20}"
        rf"|(?:仅供|供)您?参考|敬请{_GAP}{{0,8}}|恕不{_GAP}{{0,10}}"
        r"|(?:请|将|会|具体|开放|服务|营业|时间|安排){0,5}(?:临时|现场|届时|根据)?(?:另行|提前|临时)"
        rf"(?:通知|公告|公布|安排|告知|电话){_GAP}{{0,6}}"
        rf"|请?(?:提前)?(?:电话|致电|来电)(?:咨询|预约|联系|询问|确认)|详(?:询|见|情){_GAP}{{0,20}}"
        r"|[需须请可凭应]?(?:提前)?(?:电话|网上|微信|线上|扫码)?预约(?:进入|入场|参观|入馆|使用)?|除特殊情况外|特殊情况除外|试(?:运营|运行|营业)(?:期间)?|"
        + latin("subject to change|(?:hours )?may vary|for reference only|(?:please )?call(?: ahead)?")
        + "|"
        + latin("by appointment(?: only)?"),
    ),
    (
        Kind.PHONE,
        rf"(?<![\d:]){notation.PHONE}"
        rf"|{_PHONE_WORD}[ :]{{0,3}}(?:{notation.PHONE}|{_LOCAL_NUMBER})(?:[、/,; ]{{1,2}}{notation.PHONE}){{0,3}}"
        r"|24小时(?:服务|值班|咨询|客服|救援|求助|报修)?(?:热线|电话)",
    ),
    (
        Kind.LAST_ENTRY,
        r"(?:停止|截止|止)(?:入场|入馆|入园|进场|进馆|售票|检票|取号|领票|领号|受理|换票|入内|进入|入站|借还|接待)"
        r"|(?:最后|最晚|最迟)(?:入场|入馆|入园|进场|进馆|售票|受理|取号)(?:时间)?|清场|(?:入场|入馆|售票)截止"
        r"|(?:(?:闭馆|关门|停业|打烊|结束|下班)前|提前)\s?(?:\d{1,3}|半)\s?个?(?:分钟|小时)|last (?:entry|admission)",
    ),
    (Kind.ALL_DAY, notation.ALL_DAY),
    (
        Kind.YEAR_ROUND,
        r"(?:一?年四季|全年|常年|终年|365天|[一每]周[七7]天)?无休(?:息日?)?|全年不休(?:息)?|全年(?:天天|每天)开放|365天不打烊",
    ),
    (
        Kind.DAILY,
        r"每一?天|每日|天天|[一每]周[七7]天|周[七7]天|全周|整周|全年365天|365天|全年|常年|终年|一?年四季|7天(?=\s?24)"
        rf"|长期(?=对外|免费|{_DOING}|{_SHUT})|每(?=[早晚上下中])|"
        + latin(r"daily|every ?day|all week|7 days(?: a week)?|seven days a week|all year(?: round)?|year[- ]round"),
    ),
    (Kind.OFF_DAY, r"非(?:工作日|上班时间|工作时间)"),
    (
        Kind.MAKEUP,
        r"(?:法定|国家|节假日|因|遇)?(?:调休|补班|调班|补休)[的需]?(?:上班|工作)?的?(?:日|工作日|期间)?(?:的?(?:周末|周六、?日))?",
    ),
    (Kind.NTH, notation.NTH),
    (Kind.ORDINARY_DAY, rf"平日|平时|{latin('week ?days?')}"),
    (Kind.WEEKEND, rf"每?个?(?:周末|双休日|双休|公休日(?![:为是])|休息日(?![:为是])|例假日)|{latin('weekends?')}"),
    (
        Kind.WORKDAY,
        r"每?个?(?:法定|正常)?(?:工作日|上班日)|" + latin("work(?:ing)? ?days?|business days?"),
    ),
    (Kind.WEEKDAY, notation.WEEKDAYS),
    (
        Kind.HOLIDAY,
        r"(?:国家|国定|全国|国|政府)?(?:法定|公共|公众|国定|传统)?的?(?:节假日|节日|假期|假日)(?:期间)?|法定假(?:期间)?|逢年过节|"
        + latin(r"(?:(?:public|bank|national|statutory|legal|official) )?holidays?|ph"),
    ),
    (Kind.NAMED_HOLIDAY, rf"(?:{_HOLIDAY_NAMES})(?:假期|长假)?(?:期间)?"),
    (Kind.REST, r"(?:其余|其他|其它|剩余)的?(?:时间|日期|时段|日子|月份|每天|每日|日|天)|其余(?!时)|除此[以之]外"),
    (Kind.DATE, notation.DATE),
    (Kind.YEAR, r"(?<!\d)20\d{2}(?:年度?|(?!\d))"),
    (Kind.NEXT_YEAR, r"(?:次年|翌年|来年|第二年|明年|下一?年度?)的?"),
    (Kind.NEXT_DAY, r"次日|翌日|第二天|隔天|隔日|明日|(?<=\d)\+1(?!\d)|" + latin("next day")),
    (
        Kind.SEASON,
        r"(?:春夏|夏秋|秋冬|冬春|[春夏秋冬])(?:季|天|令时|令|时制|时)(?:期间|作息)?(?:时间)?|[春夏秋冬](?=\s?[:(])|春夏|夏秋|秋冬|冬春"
        r"|[旺淡]季(?:期间)?|(?:高温|酷暑|低温|寒冷|严寒|防汛|防暑|供暖|采暖)(?:(?:天气|季节?|时段|时期)(?:期间)?|期间)|暑期(?:期间)?|[寒暑]暑?假(?:期间)?|学期[中内间]?|"
        + latin("summer|winter|spring|autumn"),
    ),
    (
        Kind.NO_BREAK,
        rf"(?:中午|午间|午休(?:时间)?|中途)\s?[也均]?(?:不休息?|无休息?|不间断|不打烊|不关门|不闭馆|(?:照常|正常|连续)(?:{_DOING})?)"
        r"|无午休|不午休",
    ),
    (
        Kind.MIDDAY_BREAK,
        r"(?:中午|午间)?午休(?:时间|时段)?|午间休息(?:时间)?|(?:中途|工间)休息(?:时间)?|"
        + latin("lunch(?: break| hour| time)?|(?:mid-?day )?break"),
    ),
    (Kind.CLOCK, notation.CLOCK),
    (Kind.DOTTED, notation.DOTTED),
    (Kind.PART, notation.PART),
    (Kind.SUBJECT, rf"(?:{_PLACE_HEAD}){{0,4}}(?:{_PLACE})[内里]?"),
    (
        Kind.CLOSED_LABEL,
        r"(?:闭馆|休馆|闭店|店休|公休|休息|休业|闭园|休园|停业|休|闭站)(?:日|时间|日期)(?=\s?[:为是])",
    ),
    (
        Kind.CLOSED,
        rf"{_NOT_DOING}|(?:全天|整天|全部|例行|固定|统一|已)?(?:{_SHUT})(?:、?不(?:对外)?开放)?(?:日|一天|1天|状态|整理|整休|调整|维护|整修)?"
        r"|休(?=\W|\Z|一天)|停(?=\W|\Z)|[不未](?:开|对外)(?=\W|\Z)|" + latin("closed?|off|shut"),
    ),
    (
        Kind.USUAL,
        rf"(?:正常|照常|照旧|如常|依旧|一样)(?:对外)?(?:免费)?(?:{_DOING}){{0,2}}|[也仍均都](?:对外)?(?:免费)?{_DOING}"
        r"|不休[息馆业]?|不打烊|不闭馆|不闭站|不间断|不停业|不放假|不歇业|不关门|不闭门|"
        + latin("as usual|(?:open )?normal(?:ly)?"),
    ),
    (
        Kind.EXCEPTED,
        r"除外|之外|以外|(?<=[日节末休馆一二三四五六天假间息])外(?=\W|\Z|[均都每全周星])|不在此[列限]|"
        + latin("excepted|excluded"),
    ),
    (
        Kind.EXCEPT,
        r"除去|除了|除(?![夕此])|不含|不包括|非(?=周|星期|礼拜|节|法定)|"
        + latin("except(?:ing)?(?: for)?|excluding|other than"),
    ),
    (Kind.INCLUDING, r"包括|包含|含|" + latin("including|incl")),
    (
        Kind.DOUBT,
        r"[随同与按跟和](?:(?![节假周])[^,;。\n\d]){1,12}?(?:营业|开放|上班|工作|服务)时间(?:一致|相同|同步|而定)?|随时|不限时间?"
        r"|每?周[一二三四五六两几][天日](?=\W|\Z|制|开|工|营)|的?[前后][一1两二三]?[天日](?!候)|前夕|左右|前后|大约|大概|约(?=\s?[\d早晚上下])|以后|之后|以前|之前|起(?=\W|\Z)|开始|内(?=\W|\Z)|以内|不定期?|不固定|不详|未知|未定"
        r"|待定|待通知|待公布|暂无|可能|也许|有时|偶尔|灵活|弹性|部分|个别|隔周|隔天|单双周|[单双](?:周|号|休)|大小周|轮休|轮流|顺延|视情?况?(?:而定)?|适时"
        r"|不超过|不少于|每隔|[上中下]旬|月[初底末中]|季度|次周|[本上下]周[一二三四五六日天末]?|日出|日落|天亮|天黑|即日起|或",
    ),
    (
        Kind.LABEL,
        r"(?:对外|每天|每日|日常|正常|具体)?(?:开放|营业|服务|上班|办公|工作|开馆|接待|受理|运营|使用|借阅|开门|借还|开园|办理|入馆|经营)"
        r"的?(?:时间|时段|日期|日)(?:段|安排|表)?|时间段?|时段|早餐|早饭|早茶|午餐|中餐|午饭|晚餐|晚饭|夜宵|[早午晚夜]市|"
        + latin("opening (?:hours|times?)|(?:business|office|working) hours|hours"),
    ),
    (
        Kind.OPEN,
        rf"(?:全部|免费|继续|坚持|实行)?(?:对外)?(?:免费)?{_DOING}(?:中|状态|{_DOING})?|{latin('open(?:s|ed|ing)?')}",
    ),
    (Kind.RANGE, r"-{1,6}|~{1,6}|至|到|(?<=\d)一(?=\d)|" + latin("to|till?|until|through|thru")),
    (Kind.COMMA, r","),
    (Kind.LISTING, r"[、/&+]|和|及|与|暨|以及|" + latin("and|or")),
    (Kind.COLON, r":"),
    (Kind.DAY_OF_MONTH, notation.DAY_OF_MONTH),
    (Kind.NUMBER, notation.NUMBER),
    (
        Kind.FILLER,
        r"[的为是均都则也亦仍逢遇凡自从由于在只仅另可止期共]|对外|面向(?:社会|公众)|免费|全部|实行|实施|执行|每逢|[如若]遇|遇到|每年"
        r"|每(?=[月年周])|期间|当天|当日|[只仅]在|仅?限|按(?:国家)?(?:规定|要求|法定)|依法|国家|统一|之间|间(?![隔断])|以上|时候|"
        + latin("from|on|the|is|are|we|between|of|a|at|our|during|also|day|local time|hrs?"),
    ),
)
_SCANNER = re.compile("|".join(f"(?P<k{row}>{pattern})" for row, (_, pattern) in enumerate(_TABLE)))
_WEAK = {Kind.FILLER, Kind.LISTING, Kind.SUBJECT, Kind.EXCEPT, Kind.OTHER}


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a plain text, in order and without gaps.

    Parameters
    ----------
    text : str
        The plain text (:func:`stationmap.hours.freetext.glyphs.plain`).

    Examples
    --------
    >>> [(str(token.kind), token.text) for token in tokens("周一至周五 8:30")]
    [('weekday', '周一至周五'), ('space', ' '), ('clock', '8:30')]
    """
    run: list[Token] = []
    for token in _scan(text):
        if token.kind in _WEAK:
            run.append(token)
            continue
        yield from _glued(run, text)
        run = []
        yield token
    yield from _glued(run, text)


def _glued(run: list[Token], text: str) -> list[Token]:
    """Return weak words that touch as one unknown word when an unknown one is among them: 自 of 自助 is no word."""
    if len(run) > 1 and any(token.kind is Kind.OTHER for token in run):
        start, end = run[0].start, run[-1].end
        return [Token(Kind.OTHER, text[start:end], start, end)]
    return run


def _scan(text: str) -> Iterator[Token]:
    at, other = 0, 0
    while at < len(text):
        match = _SCANNER.match(text, at)
        if not match or match.end() == at:
            at += 1
            continue
        if other < at:
            yield Token(Kind.OTHER, text[other:at], other, at)
        yield Token(_TABLE[int((match.lastgroup or "k0")[1:])][0], match[0], at, match.end())
        at = other = match.end()
    if other < at:
        yield Token(Kind.OTHER, text[other:at], other, at)
