"""How the desk says what it counted: shares, people, hours, questions and changes in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from stationmap.catalogue import label, tell
from stationmap.errors import Message
from stationmap.planning.demand.trades import trade_of
from stationmap.planning.gaps.reasons import Reason
from stationmap.schema.vocabulary import KINDS, SERVICES
from stationmap.web.wording import metres_words

DAYS = tuple(
    Message(day) for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
)  # in the catalogue with the hours of gaps
WAYS = {"air": Message("in a straight line"), "walk": Message("on foot"), "ride": Message("by e-bike")}
PLAIN_WEIGHTS = {"population": Message("residents"), "people": Message("people"), "count": Message("places")}
LADDER = {
    "exists": Message("A station is there"),
    "open": Message("… and open then"),
    "has": Message("A station has what is needed"),
    "effective": Message("Open then, with what is needed"),
}
LEGEND = {
    Reason.SERVED: Message("Served"),
    Reason.UNKNOWN: Message("Perhaps: hours or services not known"),
    Reason.CLOSED: Message("Closed then"),
    Reason.LACKS: Message("Lacks what is needed"),
    Reason.OTHER_KIND: Message("Other kinds only"),
    Reason.NO_STATION: Message("No station within reach"),
}
VERSUS_LEGEND = (
    Message("Served in both"),
    Message("Only in the first"),
    Message("Only in the second"),
    Message("In neither"),
)


def percent(share: float) -> str:
    """Return a share in percent to a tenth; never 0 for some and never 100 for less than all.

    Examples
    --------
    >>> percent(0.3719), percent(0.0001), percent(0.9999), percent(1.0)
    ('37.2', '<0.1', '>99.9', '100')
    """
    tenths = round(share * 1000)
    if tenths == 0 and share > 0:
        return "<0.1"
    if tenths == 1000 and share < 1:
        return ">99.9"
    return "100" if tenths == 1000 else f"{tenths / 10:.1f}"


def shares(share: Mapping[str, float] | None) -> str:
    """Return an interval of shares, with its sign; a dash where there is nobody."""
    if share is None:
        return "–"
    low, high = percent(share["lower"]), percent(share["upper"])
    return f"{low} %" if low == high else f"{low}–{high} %"


def people(count: float) -> str:
    """Return a number of people, whole."""
    return f"{round(count):,}"


def several(count: Mapping[str, float]) -> str:
    """Return an interval of people."""
    low, high = people(count["lower"]), people(count["upper"])
    return low if low == high else f"{low}–{high}"


def signed(value: float, digits: int = 0) -> str:
    """Return a difference with its sign, a true minus; 0 has none.

    Examples
    --------
    >>> signed(1234.4), signed(-0.04, 1), signed(0.0)
    ('+1,234', '0.0', '0')
    """
    told = f"{abs(value):,.{digits}f}"
    if not float(told.replace(",", "")):
        return told
    return f"{'+' if value > 0 else '−'}{told}"


def weight_words(weight: str, lang: str) -> str:
    """Return who a weight counts: the label of a trade, else its own name."""
    trade = trade_of(weight)
    if trade is not None:
        return trade.zh if lang == "zh" else trade.en
    return tell(PLAIN_WEIGHTS[weight], lang) if weight in PLAIN_WEIGHTS else weight


def hour_words(hour: int, lang: str) -> str:
    """Return an hour of the week."""
    return tell(
        "{day} {from_hour}:00-{to_hour}:00", lang, day=DAYS[hour // 24], from_hour=hour % 24, to_hour=hour % 24 + 1
    )


def time_words(time: Mapping[str, Any] | None, lang: str) -> str:
    """Return the time of a question as :func:`stationmap.report.facts.question_facts` has it."""
    if time is None:
        return tell("at whatever hour", lang)
    if "week_hour" in time:
        return hour_words(time["week_hour"], lang)
    return tell(
        "{date} {from_hour}:00-{to_hour}:00", lang, date=time["date"], from_hour=time["hour"], to_hour=time["hour"] + 1
    )


def question_words(question: Mapping[str, Any], lang: str) -> str:
    """Return what was asked in one line."""
    sentence = "{who} · {kinds} within {reach} {way} · {needs} · {when}"
    kinds = tuple(label(KINDS[code], lang) for code in question["kinds"]) or (Message("stations of any kind"),)
    needs = tuple(label(SERVICES[code], lang) for code in question["needs"]) or (Message("whatever they have"),)
    return tell(
        sentence,
        lang,
        who=weight_words(question["weight"], lang),
        kinds=kinds,
        reach=metres_words(question["reaches_m"][0], lang),
        way=WAYS[question["way"]],
        needs=needs,
        when=time_words(question["time"], lang),
    )


def changes_words(changes: Sequence[Mapping[str, Any]], names: Mapping[str, str], lang: str) -> list[str]:
    """Return each change in a sentence; ``names`` are those of the stations, by id."""
    return [_change_words(change, names, lang) for change in changes]


def _change_words(change: Mapping[str, Any], names: Mapping[str, str], lang: str) -> str:
    for code, sentence in _CHANGES.items():
        if code in change:
            station = str(change[code])
            service = str(change.get("service", ""))
            return tell(
                sentence,
                lang,
                name=names.get(station, station)[:60],
                time=str(change.get("time", ""))[:20],
                hours=str(change.get("hours", "") or "?")[:60],
                service=SERVICES.get(service, service[:40]),
                services=_services(change, lang),
            )
    return str(dict(change))[:80]


def _services(change: Mapping[str, Any], lang: str) -> str:
    given = change.get("services")
    codes = given if isinstance(given, list) else []
    told = [label(SERVICES[code], lang) for code in codes if isinstance(code, str) and code in SERVICES]
    return ("、" if lang == "zh" else ", ").join(told) or tell("services not known", lang)


_CHANGES = {
    "close": Message("{name} closes for good").text,
    "open_till": Message("{name} stays open till {time}").text,
    "set_hours": Message("{name} keeps the hours {hours}").text,
    "add": Message("{name} gets: {service}").text,
    "drop": Message("{name} no longer has: {service}").text,
    "move": Message("{name} moves").text,
    "new": Message("A new station, {hours}: {services}").text,
}
