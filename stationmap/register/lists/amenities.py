"""What a list says of services: "热水、微波炉、无厕所、附近200米有公厕、洗衣（8:00-17:00）", or a column for each.

Yes, no and unknown are never turned into one another: where a text does not say clearly whether a service
is there (an outage without an end, a place nearby without a distance, hours that cannot be read), the
answer is unknown and a warning says why. Words that name no service come back as unread, for the note.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from stationmap.errors import Message
from stationmap.hours.text import read as read_hours
from stationmap.register.lists import cells
from stationmap.schema.records import Answer, Provenance, Service
from stationmap.schema.vocabulary import SERVICES, fold, named

_SEPARATORS = re.compile(r"(?:[|、,;\n\t]|(?<!\d)/|/(?!\d)|\+)(?![^(\[【]*[)\]】])")
_BRACKETED = re.compile(r"[(\[【]([^)\]】]*)[)\]】]")
_METRES = re.compile(r"约?(\d+(?:\.\d+)?)\s*(米|m|公里|千米|km)")
_LAST_DAY = re.compile(r"(\d{4})\s*[年/.\-]\s*(\d{1,2})\s*[月/.\-]\s*(\d{1,2})\s*[日号]?")
_TIME = re.compile(r"\d\s*[:点时h]|24\s*小时|24/7|全天|周[一二三四五六日末]|星期|工作日|\d\s*[-~至到]\s*\d+\s*[点时]")
_COUNT = re.compile(r"\d+\s*(?:台|个|张|把|座|套|组|间|处|部|只|位|本|册|余)*")
_MARKS = " :：,.。!！?;；()[]-—·\"'“”"
_MOST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Offer:
    """What one text says of services.

    Parameters
    ----------
    services : tuple of Service
        None twice, in the order of the text.
    unread : tuple of str
        Words that say what no field can hold; they belong into the note.
    strange : tuple of str
        Those of them that name no service at all.
    doubts : tuple of Message
        Why an answer is unknown.
    """

    services: tuple[Service, ...] = ()
    unread: tuple[str, ...] = ()
    doubts: tuple[Message, ...] = ()
    strange: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Judgement:
    """What the words around a service say of it."""

    answer: Answer = Answer.YES
    hours: tuple[str, str] = ("", "")
    nearby_m: float | None = None
    outage_until: date | None = None
    unread: bool = False
    doubt: Message | None = None


def listed(text: str, provenance: Provenance) -> Offer:
    """Return what a list of services in one cell says.

    Parameters
    ----------
    text : str
        Services separated by ``| 、 , ; / +``, line ends or blanks; each with what it has beside its name.
    provenance : Provenance
        Given to every service.

    Notes
    -----
    无 before one name covers that name; before several without a separator (没有厕所和淋浴) all of them. At
    the head of a run joined by 、 (无热水、微波炉) it is not clear whether it covers the rest: their answer
    is unknown.

    Examples
    --------
    >>> [(s.code, str(s.answer)) for s in listed("热水|无厕所", Provenance()).services]
    [('hot_water', 'yes'), ('toilet', 'no')]
    """
    offers: list[Offer] = []
    negative_head = False
    for item, follows in _items(text):
        offer, bare = _read(item, provenance)
        if follows and negative_head and bare:
            offer = _unclear(offer, item)
        else:
            negative_head = not follows and any(service.answer is Answer.NO for service in offer.services)
        offers.append(offer)
    return combined(offers)


def in_column(code: str, text: str, provenance: Provenance) -> Offer:
    """Return what a cell says of the service that its column is for: 有, ×, 2台, 8:00-17:00, 维修中至2026-12-01 …."""
    said = cells.answer(text)
    if said is not None:
        return Offer((Service(code, said, provenance=provenance),))
    folded = unicodedata.normalize("NFKC", text)
    judgement = _judge([folded])
    if judgement.unread and code not in {found for _, _, found in _spelled(folded.casefold())}:
        doubt = Message("{value!r} does not say whether it has {service}.", {"value": text, "service": SERVICES[code]})
        return Offer((Service(code, Answer.UNKNOWN, provenance=provenance),), (text,), (doubt,))
    return _offer([code], judgement, text, provenance)


def answers(text: str) -> bool:
    """Tell whether a cell may answer for the service of its column."""
    return cells.answer(text) is not None or not _judge([unicodedata.normalize("NFKC", text)]).unread


def combined(offers: Iterable[Offer]) -> Offer:
    """Return several offers as one; where they contradict each other the answer is unknown, and a doubt says so."""
    services: dict[str, Service] = {}
    unread: list[str] = []
    doubts: list[Message] = []
    strange: list[str] = []
    contested: set[str] = set()
    for offer in offers:
        unread += offer.unread
        doubts += offer.doubts
        strange += offer.strange
        for service in offer.services:
            known = services.get(service.code, service)
            if {known.answer, service.answer} == {Answer.YES, Answer.NO}:
                contested.add(service.code)
            services[service.code] = _fuller(known, service)
    for code in contested:
        services[code] = Service(code, Answer.UNKNOWN, provenance=services[code].provenance)
        values = {"service": SERVICES[code]}
        doubts.append(Message("The row says both yes and no to {service}; its answer is unknown.", values))
    return Offer(tuple(services.values()), tuple(dict.fromkeys(unread)), tuple(doubts), tuple(dict.fromkeys(strange)))


def preferred(found: Offer, doubtful: Offer) -> Offer:
    """Return what was found, and what was worked out for services that nothing was found of."""
    codes = {service.code for service in found.services}
    more = tuple(service for service in doubtful.services if service.code not in codes)
    return Offer(
        found.services + more,
        found.unread + doubtful.unread,
        found.doubts + doubtful.doubts,
        found.strange + doubtful.strange,
    )


def _fuller(one: Service, other: Service) -> Service:
    """Return the one of two that answers, or that says more; the first of equals."""
    if Answer.UNKNOWN in (one.answer, other.answer):
        return other if one.answer is Answer.UNKNOWN else one
    return other if other.hours_text or other.outage_until else one


def _items(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each item of a list, and whether 、 joins it to the one before."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain[:1] == "[" and plain[-1:] == "]":
        plain = plain[1:-1].replace('"', "").replace("'", "")
    for separator, part in cells.cut(plain, _SEPARATORS):
        joined = separator == "、"
        for word in _words(part.strip()):
            yield word, joined
            joined = False


def _words(part: str) -> Iterator[str]:
    """Split an item at blanks where each word names a service; what names none stays with the word before."""
    if not part or " " not in part or named(SERVICES, part):
        if part:
            yield part
        return
    words = part.split()
    gathered = ""
    i = 0
    while i < len(words):
        size = next((n for n in range(_MOST_WORDS, 0, -1) if named(SERVICES, " ".join(words[i : i + n]))), 1)
        word = " ".join(words[i : i + size])
        if gathered and next(_spelled(word.casefold()), None) and next(_spelled(gathered.casefold()), None):
            yield gathered
            gathered = word
        else:
            gathered = f"{gathered} {word}".strip()
        i += size
    yield gathered


def _read(item: str, provenance: Provenance) -> tuple[Offer, bool]:
    """Return what one item says, and whether it is a bare name, so that a negation before may reach it."""
    term = named(SERVICES, item)
    if term is not None:
        return Offer((Service(term.code, Answer.YES, provenance=provenance),)), True
    notes = _BRACKETED.findall(item)
    base = _BRACKETED.sub("", item)
    spelled = list(_spelled(base.casefold()))
    if not spelled:
        return Offer(unread=(item,), strange=(item,)), False
    groups: list[tuple[list[str], list[str]]] = []
    end = 0
    for start, stop, code in spelled:
        gap = base[end:start]
        if groups and not _turns(gap):
            groups[-1][0].append(code)
            groups[-1][1].append(gap)
        else:
            groups.append(([code], [gap]))
        end = stop
    groups[-1][1].append(base[end:])
    for _, parts in groups:
        parts.extend(notes)
    offers = [_offer(codes, _judge(parts), item, provenance) for codes, parts in groups]
    return combined(offers), len(spelled) == 1 and not _turns(base[: spelled[0][0]])


def _turns(gap: str) -> bool:
    """Tell whether the words between two names say something new of the second one."""
    return bool(_bare(gap)) or bool(re.search("有|提供", gap))


def _judge(parts: Sequence[str]) -> _Judgement:
    """Return what the words around a name say: parts are what stands before, between, behind, and in brackets."""
    judgement = _Judgement()
    for part in parts:
        said = cells.answer(part.strip(_MARKS)) if part.strip(_MARKS) else None
        if said in (Answer.NO, Answer.UNKNOWN):
            judgement = replace(judgement, answer=said)
        elif _bare(part) in cells.words("services")["negations"]:
            judgement = replace(judgement, answer=Answer.NO)
        elif said is None and part.strip(_MARKS):
            judgement = _judge_part(judgement, part)
    return judgement


def _judge_part(judgement: _Judgement, part: str) -> _Judgement:
    folded = part.casefold()
    if any(word in folded for word in cells.words("services")["outage"]):
        return _outage(judgement, part)
    if any(word in folded for word in cells.words("services")["nearby"]):
        return _nearby(judgement, part)
    if _TIME.search(folded):
        return _timed(judgement, part.strip(_MARKS))
    bare = _bare(part)
    if not bare:
        return judgement
    if bare.startswith(_negations()) or bare.endswith(_negations()):
        doubt = Message("{value!r} does not say clearly whether it is there.", {"value": part})
        return replace(judgement, answer=Answer.UNKNOWN, unread=True, doubt=doubt)
    return replace(judgement, unread=True)


def _outage(judgement: _Judgement, part: str) -> _Judgement:
    match = _LAST_DAY.search(part)
    try:
        last = date(*(int(number) for number in match.groups())) if match else None
    except ValueError:
        last = None
    if last is not None:
        return replace(judgement, outage_until=last)
    doubt = Message("{value!r} gives no day when the outage ends; write it like 维修中至2026-12-01.", {"value": part})
    return replace(judgement, answer=Answer.UNKNOWN, unread=True, doubt=doubt)


def _nearby(judgement: _Judgement, part: str) -> _Judgement:
    match = _METRES.search(part)
    if match:
        metres = float(match[1]) * (1 if match[2] in ("米", "m") else 1000)
        return replace(judgement, nearby_m=metres)
    doubt = Message("{value!r} gives no distance; write it like 附近200米.", {"value": part})
    return replace(judgement, answer=Answer.UNKNOWN, unread=True, doubt=doubt)


def _timed(judgement: _Judgement, part: str) -> _Judgement:
    reading = read_hours(part)
    if reading.osm and not reading.uncertain and not reading.unread:
        return replace(judgement, hours=(part, reading.osm))
    doubt = Message("The hours {value!r} of a service could not be read; its answer is unknown.", {"value": part})
    return replace(judgement, answer=Answer.UNKNOWN, hours=(part, ""), unread=True, doubt=doubt)


def _offer(codes: Sequence[str], judgement: _Judgement, item: str, provenance: Provenance) -> Offer:
    services = tuple(
        Service(
            code=code,
            answer=judgement.answer,
            hours_text=judgement.hours[0],
            hours_osm=judgement.hours[1],
            nearby_m=judgement.nearby_m,
            outage_until=judgement.outage_until,
            provenance=provenance,
        )
        for code in dict.fromkeys(codes)
    )
    unread = (item,) if judgement.unread else ()
    return Offer(services, unread, (judgement.doubt,) if judgement.doubt else ())


def _unclear(offer: Offer, item: str) -> Offer:
    doubt = Message(
        "It is not clear whether the 无 before covers {value} too; write 无 or 有 before each.", {"value": item}
    )
    services = tuple(replace(service, answer=Answer.UNKNOWN) for service in offer.services)
    return Offer(services, (*offer.unread, item), (*offer.doubts, doubt), offer.strange)


def _bare(part: str) -> str:
    """Return what is left of the words around a name without padding, counts and marks."""
    rest = _COUNT.sub("", part.casefold().strip(_MARKS))
    if rest.strip(_MARKS) in cells.words("services")["negations"]:
        return rest.strip(_MARKS)
    for word in sorted(cells.words("services")["padding"], key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest.strip(_MARKS)


@cache
def _negations() -> tuple[str, ...]:
    """Return the negations that stand together with other words in one."""
    return tuple(word for word in cells.words("services")["negations"] if not word.isascii())


@cache
def _spellings() -> tuple[re.Pattern[str], dict[str, str]]:
    codes: dict[str, str] = {}
    for term in SERVICES.values():
        for word in (term.code, term.zh, term.en, *term.aliases):
            for form in (unicodedata.normalize("NFKC", word).casefold(), fold(word)):
                codes.setdefault(form, term.code)
    forms = sorted(codes, key=len, reverse=True)
    latin = "|".join(re.escape(form) for form in forms if form.isascii())
    other = "|".join(re.escape(form) for form in forms if not form.isascii())
    return re.compile(f"{other}|(?<![a-z0-9])(?:{latin})(?![a-z0-9])"), codes


def _spelled(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, stop and code of each service named in a case-folded text, the longest names first."""
    pattern, codes = _spellings()
    for match in pattern.finditer(text):
        yield match.start(), match.end(), codes[match[0]]
