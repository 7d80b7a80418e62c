"""Numbers, questions and gaps of an assessment in plain words: the same in the terminal, on the sheet and in tables."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from stationmap.catalogue import label, tell
from stationmap.errors import Message
from stationmap.geo.areas import AreaTree
from stationmap.planning.coverage.shares import Total
from stationmap.planning.demand.trades import trade_of
from stationmap.planning.gaps.patches import Patch
from stationmap.planning.gaps.places import Near
from stationmap.planning.gaps.reasons import IN_WORDS, Reason
from stationmap.planning.moments import DayHour, WeekHour
from stationmap.planning.question import Question
from stationmap.planning.standing import Why
from stationmap.report.charts.drawing import percent
from stationmap.report.charts.week import DAYS
from stationmap.schema.vocabulary import KINDS, SERVICES, fold

WAYS: Mapping[str, Message] = MappingProxyType({
    "air": Message("in a straight line"),
    "walk": Message("on foot along streets"),
    "ride": Message("by bike along streets"),
})  # fmt: skip
STANDINGS: Mapping[Why, Message] = MappingProxyType({
    Why.SERVES: Message("serves"),
    Why.UNKNOWN: Message("may serve: something is not known"),
    Why.CLOSED: Message("closed then"),
    Why.LACKS: Message("lacks what is needed"),
    Why.OTHER_KIND: Message("of another kind"),
})  # fmt: skip
STEPS: Mapping[str, Message] = MappingProxyType({
    "exists": Message("a station stands there"),
    "open": Message("and it is open then"),
    "has": Message("and it has what is needed"),
    "effective": Message("open, and with what is needed"),
})  # fmt: skip
REASONS: Mapping[Reason, Message] = MappingProxyType({
    Reason.SERVED: Message("served"),
    Reason.UNKNOWN: Message("perhaps served: something is not known"),
    Reason.CLOSED: Message("station closed then"),
    Reason.LACKS: Message("station lacks the service"),
    Reason.OTHER_KIND: Message("only other kinds of stations"),
    Reason.NO_STATION: Message("no station within reach"),
})  # fmt: skip
LEVEL_WORDS: Mapping[str, Message] = MappingProxyType({
    "country": Message("country"),
    "province": Message("province"),
    "city": Message("city"),
    "district": Message("district"),
    "street": Message("sub-district"),
})  # fmt: skip
_PEOPLE = Message("people")
_PEOPLE_NAMES = ("population", "people", "pop", "popu", "人口", "常住人口", "person", "persons")
_ROWS = Message("places")
_MOST_HOURS = 2
_MOST_PARTS = 3


def amount(value: float) -> str:
    """Return a sum of a weight: whole, thousands apart; small ones that are not whole to a tenth.

    Examples
    --------
    >>> amount(10162.0), amount(3.25), amount(0.0)
    ('10,162', '3.2', '0')
    """
    return f"{value:,.0f}" if value >= 100 or value == round(value) else f"{value:,.1f}"


def interval(lower: float, upper: float) -> str:
    """Return what is certain and what is possible, once where they read the same.

    Examples
    --------
    >>> interval(4012, 5033), interval(7, 7)
    ('4,012 – 5,033', '7')
    """
    low, high = amount(lower), amount(upper)
    return low if low == high else f"{low} – {high}"


def share(total: Total) -> str:
    """Return the covered share in percent, an interval where something is not known; a dash for nobody.

    Examples
    --------
    >>> share(Total(500.0, 35.0, 130.0, 325.0)), share(Total(500.0, 0.0, 0.0, 0.0))
    ('11 – 40 %', '—')
    """
    if total.share is None:
        return "—"
    low, high = (percent(each) for each in total.share)
    return f"{low} %" if low == high else f"{low} – {high} %"


def metres(value_m: float, lang: str) -> str:
    """Return a distance: whole metres below a kilometre, then kilometres to a tenth."""
    if value_m < 999.5:
        return tell("{metres} m", lang, metres=round(value_m))
    return tell("{kilometres} km", lang, kilometres=f"{value_m / 1000:.1f}".removesuffix(".0"))


def reach_words(reach_m: float | None, lang: str) -> str:
    """Return a reach: a distance, or that it differs by kind of area, as a profile has it."""
    return tell("the reach of each area", lang) if reach_m is None else metres(reach_m, lang)


def weight_words(weight: str, lang: str) -> str:
    """Return what a weight counts: trades and people in words, any other as its column is called."""
    trade = trade_of(weight)
    if trade is not None:
        return trade.zh if lang == "zh" else trade.en
    if weight == "count":
        return tell(_ROWS, lang)
    return tell(_PEOPLE, lang) if fold(weight) in map(fold, _PEOPLE_NAMES) else weight


def time_words(time: WeekHour | DayHour | None, lang: str) -> str:
    """Return the hour that is asked."""
    if time is None:
        return tell("at whatever hour", lang)
    if isinstance(time, WeekHour):
        return tell(
            "{day} {hour:02d}:00-{end:02d}:00 of a normal week",
            lang,
            day=DAYS[time.hour // 24],
            **_hour(time.hour % 24),
        )
    return tell("{date}, {hour:02d}:00-{end:02d}:00", lang, date=_date(time.day), **_hour(time.hour))


def question_words(question: Question, lang: str) -> str:
    """Return what is asked of the stations, in one line."""
    kinds = tuple(label(KINDS[code], lang) for code in KINDS if code in question.kinds)
    needs = tuple(label(SERVICES[code], lang) for code in SERVICES if code in question.needs)
    parts = [
        tell("stations: {kinds}", lang, kinds=kinds or Message("of any kind")),
        tell("with: {needs}", lang, needs=needs) if needs else "",
        time_words(question.time, lang),
    ]
    return ("；" if lang == "zh" else "; ").join(part for part in parts if part)


def total_words(total: Total, weight: str, way: str, lang: str) -> str:
    """Return a total as a sentence that a newspaper could print."""
    who = weight_words(weight, lang)
    if total.share is None:
        return tell("There are no {who} to be served then.", lang, who=who)
    reach = reach_words(total.reach_m, lang)
    values = {"all": amount(total.demand), "who": who, "reach": reach, "way": WAYS[way], "share": share(total)}
    if amount(total.lower) == amount(total.upper):
        return tell(
            "Of {all} {who}, {some} ({share}) have a station that serves them within {reach} {way}.",
            lang,
            some=amount(total.lower),
            **values,
        )
    return tell(
        "Of {all} {who}, at least {lower} and at most {upper} ({share}) have a station that serves them within {reach}"
        " {way}; between the two lies what is not known.",
        lang,
        lower=amount(total.lower),
        upper=amount(total.upper),
        **values,
    )


def place_words(patch: Patch, lang: str) -> str:
    """Return where a gap lies: its area, or its coordinates where no area is known."""
    if patch.path:
        return (" " if lang == "en" else "").join(patch.path[-2:])
    return f"{patch.lat:.4f}, {patch.lon:.4f}"


def parts_words(patch: Patch, areas: AreaTree | None, lang: str) -> str:
    """Return the areas that a gap lies in with the people of each, the greatest first; "" where it lies in one."""
    if areas is None or len(patch.areas) < 2:
        return ""
    known = {area.adcode: area.name for area in areas.areas}
    rows = [(known.get(code) or code or tell("in no area", lang), value) for code, value in patch.areas.items()]
    told = [f"{name} {amount(value)}" for name, value in rows[:_MOST_PARTS] if value > 0]
    more = ["…"] if len(rows) > _MOST_PARTS else []
    return ("、" if lang == "zh" else ", ").join(told + more)


def near_words(near: Near | None, lang: str) -> str:
    """Return a place and how far it is; a dash where there is none."""
    return "—" if near is None else f"{near.name or near.id} ({metres(near.metres, lang)})"


def reason_words(patch: Patch, lang: str) -> str:
    """Return why a gap is one."""
    return tell(IN_WORDS[patch.reason], lang)


def hours_words(patch: Patch, lang: str, *, most: int = _MOST_HOURS) -> str:
    """Return in which hours of the week a gap is open, and why; so many reasons, those of most hours first."""
    if patch.hours is None:
        return ""
    told = [tell(each, lang) for each in patch.hours.words()]
    return ("；" if lang == "zh" else "; ").join(told[:most] + (["…"] if len(told) > most else []))


def extremes(lower: Sequence[float], upper: Sequence[float], demand: Sequence[float], lang: str) -> tuple[str, ...]:
    """Return the hour of the week in which the largest certain share is served, and that with the smallest."""
    there = [hour for hour in range(len(demand)) if demand[hour] > 0]
    if not there:
        return (tell("Nobody is there in any hour.", lang),)
    best = max(there, key=lambda hour: (lower[hour] / demand[hour], -hour))
    worst = min(there, key=lambda hour: (lower[hour] / demand[hour], hour))
    if all(lower[hour] * demand[best] == lower[best] * demand[hour] for hour in there):
        bounds = Total(None, lower[best], upper[best], demand[best])
        return (tell("The same at every hour: {share}.", lang, share=share(bounds)),)
    return tuple(
        tell(
            words.text,
            lang,
            day=DAYS[hour // 24],
            **_hour(hour % 24),
            served=interval(lower[hour], upper[hour]),
            all=amount(demand[hour]),
            share=share(Total(None, lower[hour], upper[hour], demand[hour])),
        )
        for words, hour in (
            (Message("Best hour: {day} {hour:02d}:00-{end:02d}:00, {served} of {all} ({share})."), best),
            (Message("Worst hour: {day} {hour:02d}:00-{end:02d}:00, {served} of {all} ({share})."), worst),
        )
    )


def _hour(hour: int) -> dict[str, int]:
    return {"hour": hour, "end": hour + 1}


def _date(day: date) -> Message:
    return Message("{day} {date}", {"day": DAYS[day.weekday()], "date": day.isoformat()})
