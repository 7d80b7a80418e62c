"""How weekdays, dates, times and telephone numbers are written: patterns over plain text, for the table of words.

All repetition is bounded. A number counts as a time or a date only where no digit touches it, so that no piece of a
longer number is ever taken for one.
"""

_CN = "零〇一二两三四五六七八九十廿"
_FREE = r"(?<!\d)(?<!\d[:.])"
_TO = r"\s?(?:-{1,4}|~{1,4}|至|到)\s?"


def latin(words: str) -> str:
    """Return a pattern of Latin words that may not run on into another word."""
    return rf"(?<![a-z])(?:{words})(?![a-z])"


def _any(*patterns: str) -> str:
    return "(?:" + "|".join(patterns) + ")"


_WEEK = r"(?:周|星期|礼拜)"
_RUN = rf"(?:(?:一(?!{_WEEK})|[二三四五六日]){{1,7}}(?!天)|一(?!天))"
_NOT_COUNTING = r"(?![天点时月号十百层楼个次名家期分半间常级线站路])"
_LINK = rf"\s?(?:[、/&和及与]|-{{1,3}}|~{{1,3}}|至|到|一(?={_WEEK}))\s?"
_CHINESE_DAYS = (
    rf"(?:每逢|每个|每|逢|例假)?(?<![本上下单双隔]){_WEEK}\s?(?:{_RUN}|天)(?!常)"
    + rf"(?:{_LINK}{_WEEK}\s?(?:{_RUN}|[天末])|(?:{_LINK}|,){_RUN}{_NOT_COUNTING}|{_LINK}天(?!\w)){{0,8}}"
)
_DIGIT = r"[1-7](?![\d.:点时月])"
_DIGIT_DAYS = rf"(?:每|逢)?{_WEEK}\s?{_DIGIT}(?:(?:{_LINK}|,)(?:{_WEEK}\s?)?{_DIGIT}){{0,8}}"
_ENGLISH_DAY = (
    r"(?:mon(?:day)?|tue(?:s|sday)?|wed(?:s|nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
    r"|mo|tu|we|th|fr|sa|su)"
)
WEEKDAYS = _any(_CHINESE_DAYS, _DIGIT_DAYS, latin(rf"{_ENGLISH_DAY}s?\.?"))
NTH = _any(
    r"每个?月(?:份)?的?(?:第[一二三四五1-5](?:\s?[、和及]\s?第?[一二三四五1-5]){0,3}|最后[一1]|[末底])个?的?"
    + _WEEK
    + "[一二三四五六日天]",
    latin(
        "(?:the )?(?:first|second|third|fourth|last|1st|2nd|3rd|4th) "
        rf"{_ENGLISH_DAY} (?:of|in) (?:each|every|the) month"
    ),
)

_MONTH = r"(?:1[0-2]|0?[1-9])"
_CN_MONTH = r"(?:十[一二]?|[一二三四五六七八九])"
_CN_DAY = r"(?:[一二三四五六七八九十廿]{1,3})"
_DAY = rf"(?:\d{{1,2}}|{_CN_DAY})"
_DAY_OF = rf"(?:\s?{_DAY}(?:[日号]|(?={_TO}{_DAY}\s?[日号])))?"
_MONTH_NAME = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_ENGLISH_DATE = _any(
    rf"{_MONTH_NAME} \d{{1,2}}(?:st|nd|rd|th)?(?![\d:])(?:,? 20\d\d)?",
    rf"\d{{1,2}}(?:st|nd|rd|th)? {_MONTH_NAME}(?: 20\d\d)?",
    rf"{_MONTH_NAME}(?=\s?(?:-|to|through|until)\s?{_MONTH_NAME})",
    rf"(?!may\b){_MONTH_NAME}",  # may is a month only where nothing else is meant
    r"(?:(?<=to )|(?<=-)|(?<=- )|(?<=through )|(?<=until ))may",
)
DATE = _any(
    r"(?<!\d)20\d{2}(?P<iso>[-/.])\d{1,2}(?P=iso)\d{1,2}(?!\d)",
    rf"(?<!\d)(?:20)?\d{{2}}年\s?(?:{_MONTH}|{_CN_MONTH})\s?月份?的?{_DAY_OF}",
    rf"{_FREE}{_MONTH}\s?月份?的?{_DAY_OF}",
    rf"(?<![{_CN}]){_CN_MONTH}月份?的?{_DAY_OF}",
    rf"{_FREE}{_MONTH}(?={_TO}{_MONTH}\s?月)",  # 5-9月
    rf"(?<![{_CN}\d]){_CN_MONTH}(?={_TO}{_CN_MONTH}月)",
    rf"{_FREE}{_MONTH}(?=\s?[、,]\s?{_MONTH}\s?月)",  # 1、2月
    rf"{_FREE}(?<!/){_MONTH}/(?:[12]\d|3[01]|0?[1-9])(?![\d:/])",
    latin(_ENGLISH_DATE),
)
DAY_OF_MONTH = rf"(?:{_FREE}\d{{1,2}}|(?<![周期拜{_CN}]){_CN_DAY})\s?[日号](?!线|楼|院|门|店|馆)"

_HALF_DAY = r"(?:\s?(?:am|pm|a\.m\.?|p\.m\.?)(?![a-z]))"
_SPOKEN_MINUTE = (
    r"(?:整|半|[一三]刻|\d{1,2}(?![\d:点时月日号])分?|[一二三四五]?十[一二三四五六七八九]?分?|[零〇][一二三四五六七八九]分?"
    r"|[一二三四五六七八九]分)?"
)
_FOUR = r"(?:[01]\d|2[0-4])[0-5]\d"
CLOCK = _any(
    rf"(?:{_FREE}|(?<=:\d\d))\d{{1,2}}\s?:\s?\d{{2}}(?!\d(?!\d?:\d))(?::\d{{2}})?{_HALF_DAY}?",
    rf"{_FREE}\d{{1,2}}\s?:\s?\d(?!\d)",
    rf"(?<![-~至到]){_FREE}\d{{1,2}};[0-5]\d(?=[-~至到]\d{{1,2}};[0-5]\d(?![\d:;-]))|(?<=;\d\d[-~至到])\d{{1,2}};[0-5]\d",
    rf"(?:{_FREE}\d{{1,2}}|(?<![{_CN}])[{_CN}]{{1,3}})\s?(?:点钟?|时(?![间段候长令常])){_SPOKEN_MINUTE}",
    rf"{_FREE}\d{{1,2}}(?:\.\d{{2}})?{_HALF_DAY}",
    rf"(?<!\d)(?<!\d[:.-])(?:0\d|1[0-8])[0-5]\d(?={_TO}{_FOUR}(?!\d))",  # 0930-1700
    rf"(?:(?<=\d{{4}}[-~至到])|(?<=\d{{4}} [-~] )){_FOUR}(?![\d:])",
    latin("noon|midnight"),
)
DOTTED = rf"{_FREE}\d{{1,2}}\.\d{{1,2}}(?![\d.:]\d|\d)"
NUMBER = rf"{_FREE}\d{{1,2}}(?!\d|[:.]\d)|(?<=[早晚朝])[{_CN}]{{1,3}}"
PART = (
    r"凌晨|清晨|清早|早上|早晨|早间|晨间|上午|午前|次晨|中午|正午|午间|下午|午后|傍晚|晚上|晚间|夜间|夜里|夜晚|深夜|半夜|午夜"
    rf"|[早晚朝夜](?=\s?:?\s?[\d{_CN}])|{latin('am|pm')}"
)
_HOURS = r"(?:个?小时|h(?:ou)?rs?(?![a-z])|h(?![a-z]))"
ALL_DAY = (
    r"(?:(?:(?<!\d)7\s?[x×*]\s?24|(?<!\d)24\s?[x×*/]\s?7|(?<!\d)7\s?/\s?24)(?!\d)\s?" + f"{_HOURS}?"
    rf"|{_FREE}24\s?{_HOURS}\s?(?:[x×*]\s?7\s?天|/\s?天)"
    rf"|(?:365天)?(?:全天候?)?(?:{_FREE}24|二十四|廿四)\s?{_HOURS}(?![内制前后以])(?:\s?(?:a day|全天候?))?"
    r"|全天候?|昼夜|全日|全时段?|通宵|" + latin("round the clock|all day") + ")(?:不间断|不打烊|全天候?)?"
)

PHONE = (
    r"(?:\+?86[- ]?)?(?:1[3-9]\d(?:[- ]?[\d*]{4}){2}|\(?0\d{2,3}\)?[- ]?\d{7,8}(?:[-转]\d{1,6})?"
    r"|[48]00[- ]?\d{3,4}[- ]?\d{3,4}|12\d{3}|9[56]\d{3,4}|[2-9]\d{6,7})(?![\d:])"
)
