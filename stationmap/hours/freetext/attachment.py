"""Groups of phrases attached to each other: which days, which times, which part of the year belong to one statement.

People name the days first (周末 10:00-16:00) or last (10:00-16:00（周末）), once for several seasons, or seasons once
for several days. The rules by which one is attached to the other:

- days hold for the times that follow, over any separator, until other days are named;
- days in a bracket of their own, or in a text that begins with times and ends with days, hold for the times before;
- a season holds until the next one, days named before it hold in all of them; an exception of some dates holds for its
  own statement;
- a closing holds for the days named with it, at all seasons;
- closed times within open times (12:00-14:00休息) are a break; a break said once, at the end, is everyone's.

What cannot be attached is in no statement, and so comes out as unread. The pass over a text is one class, and that is
why this module is longer than its neighbours.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from stationmap.hours.freetext.dates import Dates, in_year
from stationmap.hours.freetext.days import Days
from stationmap.hours.freetext.daytime import PARTS
from stationmap.hours.freetext.items import Item, items, minutes
from stationmap.hours.freetext.lexicon import Kind
from stationmap.hours.freetext.phrases import Phrase
from stationmap.hours.freetext.statements import Says, Scope, Statement
from stationmap.hours.rules import DAY_MIN

_NEGATING = tuple("不未非勿没无禁莫")
_GENERIC = re.compile(r"[本我该全各].*|.*[内里]|[馆站店厅]")
_SIGNS = {",", ";", "(", ")", ":", "l", "s", "+"}


def statements(phrases: Sequence[Phrase]) -> list[Statement]:
    """Return the statements of a row of phrases, in order."""
    return _Attacher(*items(phrases)).run()


class _Attacher:
    """One pass over the groups; ``now`` is the statement being put together."""

    def __init__(self, groups: Sequence[Item], word: str) -> None:
        self.groups = groups
        self.word = word
        self.done: list[Statement] = []
        self.now = Statement()
        self.scope: Scope | None = None
        self.fresh = False  # the scope has just been named
        self.outer: Days | None = None  # days named before the first season
        self.subject = ""
        self.year = 0
        self.head = True  # a clause begins
        self.parted = False  # a line or sentence has ended since the last days or times
        self.unknown_to = -1  # where an unknown word ended
        self.days_at, self.depth = -1, 0
        self.kept: Statement | None = None  # set aside while a bracket says something else
        self.doubt: list[int] = []  # 约: makes doubtful what follows
        self.spare: list[int] = []  # 开放, waiting for its times
        self.days_last = _days_last(groups)

    def run(self) -> list[Statement]:
        for item in self.groups:
            handler = _HANDLERS.get(item.kind)
            if handler is not None:
                handler(self, item)
            if item.kind not in _SIGNS:
                self.head = False
            if item.kind in {"d", "times"}:
                self.parted = False
            if item.kind == "w":
                self.unknown_to = item.places[-1] + 1
        self._define()
        self._close()
        told = any(not one.bare for one in self.done)
        for one in self.done:
            half_open = one.half is not None and one.says is not Says.CLOSED and not one.spans
            one.doubtful = one.doubtful or (one.bare and told) or half_open
        return self.done

    def _rest(self, item: Item) -> str:
        return self.word[item.at + len(item.places) :]

    def _use(self, item: Item) -> None:
        self.now.places.extend(item.places)

    def _take(self) -> None:
        """Let the words that waited join the statement that says something now."""
        self.now.places.extend(self.spare)
        self.spare = []
        if self.doubt:
            self.now.places.extend(self.doubt)
            self.now.doubtful = True
            self.doubt = []

    def _close(self) -> None:
        now = self.now
        if now.content or now.days is not None:
            if not now.content:
                now.says, now.bare = Says.OPEN, True
            self.done.append(now)
        self.now = Statement(scope=self.scope, subject=self.subject)

    def _leave(self) -> None:
        """Close the statement; an exception of some dates ends with it, a season goes on."""
        if self.scope is not None and not self.scope.long():
            self.scope = None
        self.fresh = False
        self._close()

    def _finish(self) -> None:
        if self.now.content or self.now.days is not None:
            self._leave()

    # -- days

    def days(self, item: Item) -> None:
        days = _days(item)
        if days.named and self.fresh and self.scope is not None and self.scope.dates and not self.now.content:
            self.scope.feast = item.phrases[0].text  # 2月16日至22日春节期间
            return self._use(item)
        if days.rest:
            self._finish()
            self.scope, self.fresh, self.now = None, False, Statement(subject=self.subject)
        if item.alone and (self.now.content or self.now.days is not None):
            return self._beside(item, days)
        if self.now.content:
            if self.now.days is None and (self.days_last or self._rest(item).startswith(",d")):
                self.now.days = days
                self._use(item)
                return self._leave()
            self._leave()
        elif self.now.days is not None:
            if self._listed(item, self.now.days):
                days = self.now.days | days
            elif item.phrases[0].depth > self.depth:
                self.kept, self.now = self.now, Statement(scope=self.scope, subject=self.subject)
            else:
                self._close()
        elif self._names_the_last(item, days):
            return None
        self.now.days = days
        self.days_at, self.depth = item.at, item.phrases[0].depth
        return self._use(item)

    def _names_the_last(self, item: Item, days: Days) -> bool:
        """Let the name of a feast behind its dates belong to them: 2月16日-2月22日闭馆 春节期间."""
        scope = self.done[-1].scope if self.done else None
        if not days.named or scope is None or scope.long() or not re.match(r"[,;)]|\Z", self._rest(item)):
            return False
        scope.feast = days.named
        self.done[-1].places.extend(item.places)
        return True

    def _listed(self, item: Item, before: Days) -> bool:
        """Whether days after days are one list: only commas between, and no closing that means the last ones alone."""
        between = set(self.word[self.days_at + 1 : item.at])
        closes = re.match(r"[:l]*x", self._rest(item)) is not None and len(before.week) >= 5
        return between <= set(",+()") and not ("," in between and closes)

    def _beside(self, item: Item, days: Days) -> None:
        """Days in a bracket: what the times before them hold for, or the days before them in other words."""
        now = self.now.days
        if now is not None and self.now.content and not (days.week and days.week <= now.week):
            self._leave()
            self.now.days = days
        elif now is None:
            self.now.days = days
        elif days.week and days.week <= now.week:
            self.now.days = replace(now, week=days.week, work=now.work or days.work)
        else:
            self.now.days = now | days
        self._use(item)
        self.days_at = item.at
        if self.now.content:
            self._leave()

    def excepted(self, item: Item) -> None:
        """节假日除外, 除周一外: the contrary of what is said beside it."""
        days, dates = item.of(Kind.DAYS), item.of(Kind.DATES)
        said = Statement(says=Says.CLOSED if item.of(Kind.CLOSED) else Says.OPPOSITE, places=list(item.places))
        if days is not None and isinstance(days.value, Days):
            said.days = days.value
        if dates is not None:
            said.scope = self._scope(item)
        leads = item.of(Kind.EXCEPT) is not None and item.before != "("
        ahead = leads and re.match(r"[^;]*?[dDtTouyxS]", self._rest(item)) is not None
        if ahead and self.now.content:
            self._leave()
        pending = ahead or self.now.content or self.now.days is not None or not self.done
        said.beside = self.now if pending else self.done[-1]
        if not pending and _weekend_closed(self.done[-1]):
            # 周六日休息（节假日除外） might open on holidays; 周一至周五9:00-17:00，周六日休息，节假日除外 does not
            said.beside, said.doubtful = None, item.before == "("
        self.done.append(said)

    def included(self, item: Item) -> None:
        """9:00-17:00（含节假日）: the days beside it and these."""
        days = item.phrases[-1].value
        beside = self.now if self.now.content or self.now.days is not None else self.done[-1] if self.done else None
        if beside is None or not isinstance(days, Days):
            return
        if beside.days is not None:
            beside.days = beside.days | days
            beside.places.extend(item.places)
        else:
            only = Days(holiday=days.holiday, named=days.named)  # of the week it speaks already
            self.done.append(Statement(days=only, says=Says.USUAL, places=list(item.places)))

    def shut(self, item: Item) -> None:
        """闭馆日：周一."""
        self._finish()
        days = Days()
        for phrase in item.phrases:
            if isinstance(phrase.value, Days):
                days = days | phrase.value
        self.done.append(Statement(days=days, says=Says.CLOSED, places=list(item.places)))

    def later(self, item: Item) -> None:
        """节假日另行通知."""
        self._finish()
        self.done.append(Statement(days=_days(item), says=Says.UNKNOWN, calm=True, places=list(item.places)))

    def makeup(self, item: Item) -> None:
        """调休上班日正常开放."""
        self._finish()
        said = Statement(days=_days(item), places=list(item.places))
        if item.of(Kind.OPEN) or item.of(Kind.USUAL):
            said.says = Says.USUAL
        elif item.of(Kind.CLOSED):
            said.says = Says.CLOSED
            said.doubtful = not re.search("上班|工作|补班|周末", item.phrases[0].text)
        elif item.of(Kind.EXCEPTED):
            said.says, said.beside = Says.OPPOSITE, self.done[-1] if self.done else None
        else:
            said.says, said.doubtful = Says.UNKNOWN, True
        self.done.append(said)

    def stretch(self, item: Item) -> None:
        """周日17:00-周四21:50, 8:00-12:00-14:00: neither can be told from a typing error."""
        if item.of(Kind.DAYS):
            self._finish()
        self._use(item)
        self._take()
        self.now.doubtful = True

    # -- parts of the year

    def scoped(self, item: Item) -> None:
        scope = self._scope(item)
        now = self.now.scope
        if item.alone and self.now.content and (now is None or not (now.dates or scope.season)):
            self.now.scope = scope if now is None else Scope(now.season, scope.dates)  # 8:00-18:00（5月-9月）
            self._use(item)
            if re.match(r"\)[,;]*[tT]", self._rest(item)):
                days = self.now.days
                self._close()
                self.now.days = days
            return None
        self._define()
        carried: list[int] = []
        days = self.outer
        if self.now.content:
            self._leave()
        elif self.now.days is not None:
            carried = self.now.places
            days = self._days_before(scope, self.now.days)
        elif not scope.long():
            days = None
        self.scope, self.fresh = scope, True
        self.now = Statement(days=days, scope=scope, subject=self.subject, places=carried)
        return self._use(item)

    def _define(self) -> None:
        """Keep a season that was given dates and nothing else: 夏季为5月至9月."""
        if self.fresh and not self.now.content and self.scope is not None and self.scope.season and self.scope.dates:
            self.done.append(Statement(Days(), self.scope, says=Says.OPEN, places=self.now.places))
            self.scope, self.fresh, self.now = None, False, Statement(subject=self.subject)

    def _days_before(self, scope: Scope, days: Days) -> Days | None:
        """Return the days that a scope named after them leaves in force; the name of a feast goes to the scope."""
        if days.named:
            scope.feast = days.named
            return None
        if scope.long():
            self.outer = days
        return days

    def _scope(self, item: Item) -> Scope:
        season, dates, said = item.of(Kind.SEASON), item.of(Kind.DATES), item.of(Kind.YEAR)
        ranges: Dates = dates.value if dates is not None else ()  # type: ignore[assignment]
        year = int(said.text[:4]) if said is not None else self.year
        weekday = dates is not None and re.search("周|星期|礼拜", dates.text) is not None
        return Scope(season.text if season else "", tuple(in_year(pair, year) for pair in ranges), weekday=weekday)

    def of_year(self, item: Item) -> None:
        self.year = int(item.phrases[0].text[:4])
        self.spare.extend(item.places)

    # -- times

    def times(self, item: Item) -> None:
        phrase = item.phrases[0]
        found: tuple[int, int] | None
        if phrase.kind is Kind.ALL_DAY:
            if item.after == "x" or (re.match(r"[oul:(]*t", self._rest(item)) and "24" not in phrase.text):
                return self._use(item)  # 全天闭馆; 全天 9:00-17:00
            found = None if item.touching and item.after == "w" else (0, DAY_MIN)  # 24小时监控
        else:
            found = minutes(phrase, self.now.spans[-1][1] if self.now.spans else None)
        closed = self.now.says is Says.CLOSED or (self.now.breaks and not self.now.spans)
        if closed or self._holidays_as_usual(item):
            self._leave()
        self.now.says = None
        self._take()
        self._use(item)
        if found is None:
            self.now.doubtful = True
        elif found not in self.now.spans:
            self.now.spans.append(found)
        return None

    def _holidays_as_usual(self, item: Item) -> bool:
        """Whether times behind 节假日照常 are those of every day: no other days are named."""
        days = self.now.days
        if self.now.says is not Says.USUAL or days is None or not days.holiday or days.week:
            return False
        return not self.done and not re.search("[dDSemi]", self._rest(item))

    def pause(self, item: Item) -> None:
        """午休12:00-14:00, 12:00-14:00休息."""
        phrase = item.of(Kind.SPAN)
        found = minutes(phrase) if phrase is not None else None
        if not self.now.spans and (self.now.days is None or self.now.content):
            self._finish()
            self.now.broad = True
        elif self.now.spans and item.before != "(" and not re.search("[tT]", self._rest(item)):
            self.now.broad = True
        self._use(item)
        if found is None:
            self.now.doubtful = True
        else:
            self.now.breaks.append(found)

    def lone_clock(self, item: Item) -> None:
        if not self.parted and (self.now.days is not None or self.now.content or self.fresh):
            self.now.doubtful = True
            self._use(item)

    def part(self, item: Item) -> None:
        if item.after == "x" and self.head:
            self._finish()  # 工作日9:00-17:00，晚间不开放
        if not self.now.content and (self.now.days is not None or item.after == "x"):
            self.now.half = PARTS[item.phrases[0].text]
            self._use(item)

    # -- open and closed

    def closed(self, item: Item) -> None:
        soft = self.now.says is Says.OPEN or not self.now.content
        if item.before == "k":
            self.now.doubtful = self.now.doubtful or self.now.days is not None  # 周六提前1小时关门
            return self._use(item)
        if soft and (self.now.days is not None or self.now.half is not None or self.fresh):
            if not self.fresh:
                self.now.scope = None
        elif self.now.content or self.subject or not self.head or not re.match(r"[,;)(fa]|\Z", self._rest(item)):
            return None
        self.now.says = Says.CLOSED
        self._take()
        self._use(item)
        return self._leave()

    def opened(self, item: Item) -> None:
        if self.unknown_to == item.places[0] or (item.touching and item.after == "w"):
            return  # a piece of something unknown
        if self.now.content:
            self._use(item)
        elif self.now.days is not None or self.fresh:
            self.now.says = Says.USUAL if item.kind == "u" else Says.OPEN
            self._take()
            self._use(item)
        else:
            self.spare.extend(item.places)

    def all_year(self, item: Item) -> None:
        self.done.append(Statement(says=Says.ALWAYS, places=list(item.places)))

    # -- words

    def word_at_head(self, item: Item) -> None:
        """Let an unknown word that heads days or times say whose they are: 图书室：9:00-17:00."""
        text = item.phrases[0].text.strip()
        if item.kind == "w" and text.endswith(_NEGATING) and item.touching:
            self.doubt.extend(item.places)
        leads = re.match(r"[:l]*[dDtTS]", self._rest(item)) and (self.head or item.after == ":")
        if not leads or not any(map(str.isalpha, text)):
            return
        if item.kind == "s" and _GENERIC.fullmatch(text):
            return
        if text != self.subject:
            self._finish()
            self.subject = self.now.subject = text
        if item.kind == "s":
            self._use(item)

    def doubted(self, item: Item) -> None:
        if not self.head and (self.now.content or self.now.days is not None):
            self.now.doubtful = True
            self._use(item)
        else:
            self.doubt.extend(item.places)

    def referred(self, item: Item) -> None:
        """以公告为准 after dates alone: those dates are not known."""
        if self.scope is not None and any(_alike(self.scope, one.scope) for one in self.done):
            self._define()
        if self.fresh and not self.now.content:
            self.now.says, self.now.calm = Says.UNKNOWN, True
            self._use(item)
            self._leave()

    def bracket_end(self, _: Item) -> None:
        if self.kept is not None:
            self._finish()
            self.now, self.kept = self.kept, None

    def clause_end(self, item: Item) -> None:
        self.head = True
        if item.kind == ";":
            self.parted = True
            self.doubt = []
            self.spare = []


_HANDLERS = {
    "d": _Attacher.days,
    "excepted": _Attacher.excepted,
    "included": _Attacher.included,
    "shut": _Attacher.shut,
    "later": _Attacher.later,
    "makeup": _Attacher.makeup,
    "stretch": _Attacher.stretch,
    "scope": _Attacher.scoped,
    "year": _Attacher.of_year,
    "times": _Attacher.times,
    "pause": _Attacher.pause,
    "c": _Attacher.lone_clock,
    "p": _Attacher.part,
    "x": _Attacher.closed,
    "o": _Attacher.opened,
    "u": _Attacher.opened,
    "y": _Attacher.all_year,
    "w": _Attacher.word_at_head,
    "s": _Attacher.word_at_head,
    "q": _Attacher.doubted,
    "a": _Attacher.referred,
    ")": _Attacher.bracket_end,
    ",": _Attacher.clause_end,
    ";": _Attacher.clause_end,
}


def _days(item: Item) -> Days:
    value = item.phrases[0].value
    return value if isinstance(value, Days) else Days()


def _alike(some: Scope, other: Scope | None) -> bool:
    return other is not None and bool(some.season) and some.season[0] == other.season[:1]


def _weekend_closed(one: Statement) -> bool:
    return one.says is Says.CLOSED and one.days is not None and bool(one.days.week & {5, 6})


def _days_last(groups: Sequence[Item]) -> bool:
    """Whether times and days alternate, times first and days last: 9:00-17:00 周一至周五 10:00-16:00 周末."""
    order, last = "", ""
    for item in groups:
        sign = "t" if item.kind in {"times", "o", "u", "x", "y"} else ""
        if item.kind == "d" and not item.phrases[0].depth:
            sign, last = "d", item.after
        if sign and not order.endswith(sign):
            order += sign
    return order.startswith("t") and order.endswith("d") and last in {"", ",", ";", "(", "f", "a"}
