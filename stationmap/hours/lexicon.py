"""The words in which lists tell their hours: one ordered table from text to tokens.

The text is :func:`stationmap.hours.glyphs.plain` text. Every sign of it falls into exactly one token; the first row
of the table that fits takes the longest piece it can, and what fits none is :attr:`Kind.OTHER`. All repetition is
bounded, so reading is linear in the length of the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum, auto


class Kind(StrEnum):
    """What a token is."""

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
    DOUBT = auto()  # 左右, 待定, 隔周: makes what stands by it undecidable
    LABEL = auto()
    SUBJECT = auto()
    FILLER = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """One word: its kind, its plain text, and where it stands (half open) in the plain text."""

    kind: Kind
    text: str
    start: int
    end: int


_CN = "零〇一二两三四五六七八九十廿"
_TO = r"(?:-{1,4}|~{1,4}|至|到)"
_WEEK = r"(?:周|星期|礼拜)"
_DAY = "一二三四五六日"
_LINK = r"\s?(?:[、,/&和及与]|-{1,3}|~{1,3}|至|到)\s?"
_NOT_COUNTED = r"(?![点时月号十百层楼个次名家期分半间常级线站路])"
_CN_WEEKDAYS = (
    rf"(?:每逢|每个|每|逢|例假)?(?<![本上下单双隔])(?:{_WEEK}\s?(?:[{_DAY}]{{1,7}}|天|末(?={_LINK}{_WEEK}))(?!天|{_NOT_COUNTED[3:-1]})"
    rf"(?:{_LINK}(?:{_WEEK}\s?(?:[{_DAY}]{{1,7}}|[天末])(?!天)|[{_DAY}]{{1,7}}(?!天){_NOT_COUNTED}|天(?=[^\w]|$))){{0,8}})"
)
_DIGIT_WEEKDAYS = rf"(?:每|逢)?{_WEEK}\s?[1-7](?![\d.:点时月])(?:{_LINK}(?:{_WEEK}\s?)?[1-7](?![\d.:点时月])){{0,8}}"
_EN_DAYS = (
    r"(?:mon|monday|tue|tues|tuesday|wed|weds|wednesday|thu|thur|thurs|thursday|fri|friday|sat|saturday"
    r"|sun|sunday|mo|tu|we|th|fr|sa|su)s?\.?"
)
_MONTHS = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_GAP = r"[^,;。!?\n()\[\]]"
_PHONE = (
    r"(?:\+?86[- ]?)?(?:1[3-9]\d(?:[- ]?[\d*]{4}){2}|\(?0\d{2,3}\)?[- ]?\d{7,8}(?:[-转]\d{1,6})?"
    r"|[48]00[- ]?\d{3,4}[- ]?\d{3,4}|12\d{3}|9[56]\d{3,4}|[2-9]\d{6,7})(?![\d:])"
)
_PHONE_WORD = (
    r"(?:(?:24小时|全天候?)?(?:联系|咨询|服务|客服|值班|监督|投诉|预约|举报|救援|报修|办公|求助)?"
    r"(?:电话|热线|手机|座机|联系方式)(?:号码)?|tel(?:ephone)?\.?|phone|hotline)"
)
_HOLIDAY_NAMES = (
    r"春节|国庆节?|元旦|清明节?|劳动节|五一(?:劳动节)?(?![路街广村小中号])|十一(?=国庆|期间|假期|长假|黄金周|放假|休)|端午节?"
    r"|中秋节?|除夕|大年(?:三十|初[一二三四五六七八])|年三十|正月(?:初?[一二三四五六七八九十]{1,3})?|农历新?年?|腊月[一二三四五六七八九十]{1,3}"
    r"|初[一二三四五六七八]|黄金周|小长假|新年|圣诞节?|christmas(?: day)?|new year(?:'s day)?|spring festival|national day"
)
_DOING = r"(?:开放|营业|服务|上班|办公|开门|开馆|开业|接待|运营|运行|值班|经营|受理|使用|供应|工作|借阅|对外|入内|入馆|办理业务|提供服务)"
_NOT_DOING = (
    r"(?:不再?|未|暂不|暂未|暂停|停止|禁止|无法|不予|不能|不可|终止|谢绝)(?:对外|免费)?(?:提供)?" + _DOING + "{1,2}"
)
_AS_USUAL = r"(?:正常|照常|照旧|如常|依旧|一样)"
_HOURS_OF_TIME = (
    r"(?:对外|每天|每日|日常|正常|具体)?(?:开放|营业|服务|上班|办公|工作|开馆|接待|受理|运营|使用|借阅|开门|借还|开园|办理|入馆|经营)"
    r"(?:的)?(?:时间|时段|日期|日)(?:段|安排|表)?|时间段?|时段|opening (?:hours|times?)|(?:business|office|working) hours|hours"
)
_PLACE = (
    r"(?:(?:工会|职工|户外|劳动者|环卫|骑手|司机|暖心|爱心|城市|智能|智慧|共享|无人(?:值守)?|自助|便民|公共|社区|党群|我|本|该|全|各)){0,4}"
    r"(?:驿站|书屋|书房|书吧|站点|服务站点?|服务点|服务中心|之家|小家|图书馆|文化宫|港湾|阵地|便利店|门店|营业厅|网点|场馆|公厕|卫生间|超市|药店|馆|站|店|厅)"
    r"(?:内|里)?"
)


def _word(pattern: str) -> str:
    """Return a pattern of Latin words that may not run on into another word."""
    return rf"(?<![a-z])(?:{pattern})(?![a-z])"


_TABLE: tuple[tuple[Kind, str], ...] = (
    (Kind.SPACE, r"[ \t\u3000]+|[\"'“”‘’《》<>「」『』【】※★☆●◆■▲*#_=`^$@\\…]|\.(?!\d)"),
    (
        Kind.HEAD,
        r"(?:(?<=\n)|(?<![\s\S]))[ \t]?(?:\(?(?:\d|[一二三四五六七八九])\)|(?:\d|[一二三四五六七八九])[、.](?!\d))",
    ),
    (Kind.BREAK, r"[。;!?|\n\r]+"),
    (Kind.OPENING, r"[(\[{〔]"),
    (Kind.CLOSING, r"[)\]}〕]"),
    (
        Kind.DISCLAIMER,
        r"(?:具体|实际|最终|详细|一切|请|均|其他|以上|上述|开放|营业|服务|时间|情况|安排|信息|的){0,8}"
        rf"(?:以|按|依){_GAP}{{0,24}}?为准"
        rf"|(?:如|若|如果|倘)?(?:有|遇|因)(?:(?![节假周日]){_GAP}){{0,12}}?(?:变动|变更|变化|调整|特殊情况|恶劣天气|极端天气|不可抗力)"
        r"[^,;。!?\n()\[\]\d]{0,20}"
        rf"|(?:仅供|供)(?:您)?参考|敬请{_GAP}{{0,8}}|恕不{_GAP}{{0,10}}"
        rf"|(?:以|按|依|请|将|会|具体|开放|服务|营业|时间|安排){{0,5}}(?:临时|现场|届时|根据)?(?:另行|提前|临时)(?:通知|公告|公布|安排|告知|电话)"
        rf"{_GAP}{{0,6}}"
        r"|(?:请)?(?:提前)?(?:电话|致电|来电)(?:咨询|预约|联系|询问|确认)|详(?:询|见|情)" + _GAP + r"{0,20}"
        r"|(?:需|须|请|可|凭|应)?(?:提前)?(?:电话|网上|微信|线上|扫码)?预约(?:进入|入场|参观|入馆|使用)?"
        r"|除特殊情况外|特殊情况除外|"
        + _word(
            r"subject to change|(?:hours )?may vary|for reference only|(?:please )?call(?: ahead)?|by appointment(?: only)?"
        ),
    ),
    (
        Kind.PHONE,
        rf"(?<![\d:]){_PHONE}|{_PHONE_WORD}[ :]{{0,3}}(?:{_PHONE}|\(?\d{{2,4}}\)?[- ]?\d{{5,8}}(?!\d))(?:[、/,; ]{{1,2}}{_PHONE}){{0,3}}",
    ),
    (Kind.PHONE, r"24小时(?:服务|值班|咨询|客服|救援|求助|报修)?(?:热线|电话)"),
    (
        Kind.LAST_ENTRY,
        r"(?:停止|截止|止)(?:入场|入馆|入园|进场|进馆|售票|检票|取号|领票|领号|受理|换票|入内|进入|入站|借还|接待)"
        r"|(?:最后|最晚|最迟)(?:入场|入馆|入园|进场|进馆|售票|受理|取号)(?:时间)?|清场|(?:入场|入馆|售票)截止|last (?:entry|admission)",
    ),
    (
        Kind.ALL_DAY,
        r"(?:(?:(?<!\d)7\s?[x×]\s?24|(?<!\d)24\s?[x×/]\s?7|(?<!\d)7\s?/\s?24)(?!\d)\s?(?:个?小时|h(?:ours?|rs?)?(?![a-z]))?"
        r"|(?:365天)?(?:全天候?)?(?:(?<![\d:.])24|二十四|廿四)\s?(?:个?小时(?![内制前后以])|h(?:ou)?rs?(?![a-z])|h(?![a-z]))(?:\s?(?:a day|全天候?))?"
        r"|(?<!\d)7\*24\s?(?:小时|h)?|(?<!\d)24\*7|全天候?|昼夜|全日|通宵|round the clock|all day)(?:不间断|不打烊|全天候?)?",
    ),
    (
        Kind.YEAR_ROUND,
        r"(?:一?年四季|全年|常年|终年|365天|一周七天|每周七天)?无休(?:息日?)?|全年不休(?:息)?|全年(?:天天|每天)开放|365天不打烊",
    ),
    (
        Kind.DAILY,
        r"每(?:一)?天|每日|天天|(?:一|每)周(?:七|7)天|周(?:七|7)天|全周|整周|全年365天|365天|全年|常年|终年|一?年四季|每(?=[早晚上下中])"
        rf"|{_word('daily|every ?day|all week|7 days(?: a week)?|seven days a week|all year(?: round)?|year[- ]round')}",
    ),
    (Kind.OFF_DAY, r"非(?:工作日|上班时间|工作时间)"),
    (
        Kind.MAKEUP,
        r"(?:法定|国家|节假日|因|遇)?(?:调休|补班|调班|补休)(?:的|需)?(?:上班|工作)?(?:的)?(?:日|工作日|周末|周六日?|期间)?(?:的?(?:周末|周六、?日))?",
    ),
    (
        Kind.NTH,
        rf"每(?:个)?月(?:份)?的?(?:第[一二三四五1-5](?:[、和及](?:第)?[一二三四五1-5]){{0,3}}|最后一|最后1|末|底)个?的?{_WEEK}[{_DAY}天]"
        rf"|{_word(r'(?:the )?(?:first|second|third|fourth|last|1st|2nd|3rd|4th) ' + _EN_DAYS + r' of (?:each|every|the) month')}",
    ),
    (
        Kind.WEEKEND,
        r"每?(?:个)?(?:周末|双休日|双休|公休日(?![:为是])|休息日(?![:为是])|週末|礼拜天六|例假日)"
        + rf"|{_word('weekends?')}",
    ),
    (
        Kind.WORKDAY,
        r"每?(?:个)?(?:法定|正常)?(?:工作日|上班日|平日|平时)"
        + rf"|{_word('week ?days?|work(?:ing)? ?days?|business days?')}",
    ),
    (Kind.WEEKDAY, rf"{_CN_WEEKDAYS}|{_DIGIT_WEEKDAYS}|{_word(_EN_DAYS)}"),
    (
        Kind.HOLIDAY,
        r"(?:国家|国定|国|全国|政府|公共|公众)?(?:法定|公共|公众|国定|传统)?(?:的)?(?:节假日|节日|假期|假日|假(?=[及、,日]|$))(?:期间|放假)?"
        r"|(?:国家|国定|国民?)(?:定)?假日?|逢年过节"
        rf"|{_word('(?:public|bank|national|statutory|legal|official)? ?holidays?')}",
    ),
    (Kind.NAMED_HOLIDAY, rf"(?:{_HOLIDAY_NAMES})(?:假期|长假|放假)?(?:期间)?"),
    (Kind.REST, r"(?:其余|其他|其它|剩余)(?:的)?(?:时间|日期|时段|日子|工作日|日|天|月份)|除此(?:以|之)外"),
    (
        Kind.DATE,
        r"(?:20\d{2}|\d{2}(?=年))(?:年|[-/.](?=\d{1,2}[-/.]\d))\s?(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s?(?:月份?|[-/.])\s?"
        r"(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s?(?:[日号]|(?<=\d)(?![\d:点时])))?"
        r"|(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])\s?月份?的?(?:\s?(?:\d{1,2}|[一二三四五六七八九十廿]{1,3})(?:[日号]|(?=\s?"
        + _TO
        + r"\s?\d{1,2}\s?[日号])))?"
        r"|(?<![\d:.])(?:1[0-2]|0?[1-9])(?=\s?" + _TO + r"\s?(?:1[0-2]|0?[1-9])\s?月(?!\d))"
        r"|(?<![\d:.])[一二三四五六七八九十]{1,2}(?=(?:至|到|-|~|、)[一二三四五六七八九十]{1,2}月)"
        r"|(?<![\d:.])(?:1[0-2]|0?[1-9])(?=\s?[、,]\s?(?:1[0-2]|0?[1-9])\s?月(?!\d))"
        r"|(?<![\d:./])(?:1[0-2]|0?[1-9])/(?:[12]\d|3[01]|0?[1-9])(?![\d:/])"
        r"|"
        + _word(
            rf"{_MONTHS} \d{{1,2}}(?:st|nd|rd|th)?(?![\d:])(?:,? 20\d\d)?|\d{{1,2}}(?:st|nd|rd|th)? {_MONTHS}(?: 20\d\d)?|{_MONTHS}(?=\s?(?:-|to|through|until)\s?{_MONTHS})|(?!may\b){_MONTHS}|(?:(?<=to )|(?<=-)|(?<=- )|(?<=through )|(?<=until ))may"
        ),
    ),
    (Kind.YEAR, r"(?<!\d)20\d{2}(?:年度?|(?!\d))"),
    (Kind.NEXT_YEAR, r"(?:次年|翌年|来年|第二年|明年|下一?年(?:度)?)(?:的)?"),
    (Kind.NEXT_DAY, r"次日|翌日|第二天|隔天|隔日|明日|(?<=\d)\+1(?!\d)" + rf"|{_word('next day')}"),
    (
        Kind.SEASON,
        r"(?:春夏|夏秋|秋冬|冬春|春|夏|秋|冬)(?:季|天|令时?|时制?|时令)(?:期间|作息)?(?:时间)?|(?:旺|淡)季(?:期间)?|暑期?假期?|寒假|寒暑假|学期(?:中|内|间)?|"
        + _word("summer|winter|spring|autumn"),
    ),
    (
        Kind.NO_BREAK,
        r"(?:中午|午间|午休(?:时间)?|中途)\s?(?:也|均)?(?:不休息?|无休(?:息)?|不间断|不打烊|不关门|不闭馆|照常\w{0,2}|正常\w{0,2}|连续\w{0,2})|无午休|不午休",
    ),
    (
        Kind.MIDDAY_BREAK,
        r"(?:中午|午间)?午休(?:时间|时段)?|午间休息(?:时间)?|(?:中途|工间)休息(?:时间)?|"
        + _word("lunch(?: break| hour| time)?|(?:mid-?day )?break"),
    ),
    (
        Kind.CLOCK,
        r"(?<![\d:.])\d{1,2}\s?:\s?\d{1,2}(?!\d{2})(?::\d{2})?(?:\s?(?:am|pm|a\.m\.?|p\.m\.?)(?![a-z]))?"
        r"|(?<=:\d\d)\d{2}:\d{2}(?!\d)"
        rf"|(?<![\d:.{_CN}])(?:\d{{1,2}}|[{_CN}]{{1,3}})\s?(?:点钟?|时(?![间段候长令常]))(?:整|半|[一三]刻|(?:\d{{1,2}}(?![\d:点时月日号])|[{_CN}]{{1,3}}(?=分))分?|[零〇一二三四五]?十[一二三四五六七八九]?|[零〇][一-九])?"
        r"|(?<![\d:.])\d{1,2}(?:\.\d{2})?\s?(?:am|pm|a\.m\.?|p\.m\.?)(?![a-z])"
        r"|(?<![\d:.-])(?:0\d|1[0-8])[0-5]\d(?=\s?"
        + _TO
        + r"\s?(?:[01]\d|2[0-4])[0-5]\d(?!\d))|(?<=\d[-~至到 ])(?<!\d{5}[-~至到 ])(?:[01]\d|2[0-4])[0-5]\d(?![\d:])"
        r"|" + _word("noon|midnight"),
    ),
    (Kind.DOTTED, r"(?<![\d:.])\d{1,2}\.\d{1,2}(?![\d.:])"),
    (
        Kind.PART,
        rf"凌晨|清晨|清早|早上|早晨|早间|晨间|上午|午前|次晨|中午|正午|午间|下午|午后|傍晚|晚上|晚间|夜间|夜里|夜晚|深夜|半夜|午夜|[早晚朝夜](?=\s?:?\s?[\d{_CN}])|{_word('am|pm')}",
    ),
    (
        Kind.CLOSED_LABEL,
        r"(?:闭馆|休馆|闭店|店休|公休|休息|休业|闭园|休园|停业|休|闭站)(?:日|时间|日期)(?=[:为是 ])|(?:每周)?(?:闭馆|休馆|公休|休息)日$",
    ),
    (
        Kind.CLOSED,
        rf"{_NOT_DOING}|(?:全天|整天|全馆|全站|全部|例行|固定|统一)?(?:闭馆|休馆|休息|闭店|关门|关闭|停业|歇业|打烊|公休|店休|馆休|休业|闭站|闭园|休园|闭门|放假|关停|停用|例休|轮休日|停止对外|结束营业|休市)"
        rf"(?:日|一天|1天|半天|状态|整理|整休|调整|维护|整修)?|休(?=$|[^\w]|一天)|停(?=$|[^\w])|{_word('closed?|off|shut')}",
    ),
    (
        Kind.USUAL,
        rf"{_AS_USUAL}(?:对外)?(?:免费)?(?:{_DOING}|休馆外){{0,2}}|不休(?:息|馆|业)?|不打烊|不闭馆|不闭站|不间断|不停业|不放假|不歇业|不关门|不闭门|{_word('as usual|(?:open )?normal(?:ly)? ?(?:hours)?')}",
    ),
    (
        Kind.EXCEPTED,
        r"除外|之外|以外|(?<=[日节末休馆一二三四五六天假间])外(?![\w])|(?<=[日节末休馆一二三四五六天假间])外(?=[,均都每全]|周|星期)|不在此(?:列|限)|不含|不包括|"
        + _word("excepted|excluded"),
    ),
    (Kind.EXCEPT, r"除去|除了|除(?![夕此])|不含|不包括|" + _word("except(?:ing)?(?: for)?|excluding|other than")),
    (
        Kind.DOUBT,
        r"左右|前后|大约|大概|约(?=\s?[\d早晚上下])|以后|之后|以前|之前|起(?=[,。;\s()]|$)|开始|内$|以内|不定期?|不固定|不详|未知|未定|待定|待通知|待公布|暂无"
        r"|灵活|弹性|部分|个别|隔周|隔天|单周|双周|单双周|单休|大小周|单号|双号|轮休|轮流|顺延|视情?况?(?:而定)?|适时|不超过|不少于|每隔|上旬|中旬|下旬|月[初底末中]|季度|次周"
        r"|[本上下]周[一二三四五六日天末]?|日出|日落|天亮|天黑|即日起|或",
    ),
    (Kind.LABEL, _HOURS_OF_TIME),
    (
        Kind.OPEN,
        rf"(?:全部|免费|继续|坚持|实行)?(?:对外)?(?:免费)?{_DOING}(?:中|状态|{_DOING})?|{_word('open(?:s|ed|ing)?')}",
    ),
    (Kind.SUBJECT, _PLACE),
    (Kind.RANGE, r"-{1,6}|~{1,6}|至|到|—|" + _word("to|till?|until|through|thru")),
    (Kind.RANGE, r"(?<=\d)一(?=\d)"),
    (Kind.COMMA, r","),
    (Kind.LISTING, r"[、/&+·•]|和|及|与|暨|以及|" + _word("and|&|or")),
    (Kind.COLON, r":"),
    (Kind.DAY_OF_MONTH, r"(?<![\d:.])(?:[12]\d|3[01]|0?[1-9])\s?[日号](?!线|楼|院|门|店|馆)"),
    (Kind.NUMBER, rf"(?<![\d:.])\d{{1,2}}(?![\d:.])|(?<=[早晚朝])[{_CN}]{{1,3}}"),
    (
        Kind.FILLER,
        r"的|为|是|均|都|则|也|亦|仍|对外|面向(?:社会|公众)|免费|全部|实行|实施|执行|逢|每逢|遇|如遇|若遇|遇到|凡|每(?=月|年|周)|每年|自|从|由|于|在|期间|当天|当日|只在|仅在|只|仅|另|包括|包含|含|可"
        r"|按(?:国家)?(?:规定|要求|法定)|依法|国家|统一|之间|止|期|间(?![隔断])|共|两个时段|以上|时候|班次?制?|"
        + _word("from|on|the|is|are|we|between|of|a|at|our|during|also|day|local time"),
    ),
)
_SCANNER = re.compile("|".join(f"(?P<k{index}>{pattern})" for index, (_, pattern) in enumerate(_TABLE)))


_WEAK = {Kind.FILLER, Kind.LISTING, Kind.SUBJECT, Kind.EXCEPT}


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a plain text, in order and without gaps.

    Parameters
    ----------
    text : str
        The plain text (:func:`stationmap.hours.glyphs.plain`).

    Examples
    --------
    >>> [(str(token.kind), token.text) for token in tokens("周一至周五 8:30")]
    [('weekday', '周一至周五'), ('space', ' '), ('clock', '8:30')]
    """
    run: list[Token] = []  # weak words that touch: one unknown word when an unknown one is among them
    for token in _scan(text):
        if token.kind in _WEAK or token.kind is Kind.OTHER:
            run.append(token)
            continue
        yield from _glued(run, text)
        run.clear()
        yield token
    yield from _glued(run, text)


def _glued(run: list[Token], text: str) -> list[Token]:
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
