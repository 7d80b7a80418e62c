"""What a text says of some days: the parts of a statement, as plain data.

Statements are put together by :mod:`stationmap.hours.freetext.attachment` and settled by
:mod:`stationmap.hours.freetext.weeks`.
"""

from dataclasses import dataclass, field
from enum import Enum, auto

from stationmap.hours.freetext.dates import Dates
from stationmap.hours.freetext.days import WEEK, Days
from stationmap.hours.freetext.daytime import Part

_SIX_WEEKS_DAYS = 42


class Says(Enum):
    """What a statement says of its days where it gives no times."""

    OPEN = auto()  # at times not told
    USUAL = auto()  # as on other days
    CLOSED = auto()
    UNKNOWN = auto()  # told elsewhere, later
    ALWAYS = auto()  # 全年无休: no day is left out
    OPPOSITE = auto()  # 除外: the contrary of the statement beside it


@dataclass(eq=False, slots=True)
class Scope:
    """The part of the year for which statements hold: its dates, the season and the feast it was called by."""

    season: str = ""
    dates: Dates = ()
    feast: str = ""
    weekday: bool = False  # the weekday of a date is said: the dates are of one year

    def by_weather(self) -> bool:
        """Whether it is called by a weather (高温期间), served by itself: no season whose contrary is left out."""
        return self.season.startswith(("高温", "酷暑", "低温", "寒冷", "严寒", "防汛", "防暑", "供暖", "采暖"))

    def long(self) -> bool:
        """Whether it is a season and no exception: called one, whole months, or six weeks and more."""
        if self.season or any(not first.day for first, _ in self.dates):
            return True
        lengths = [(last.month - first.month) % 12 * 30 + last.day - first.day for first, last in self.dates]
        return sum(lengths) >= _SIX_WEEKS_DAYS


@dataclass(eq=False, slots=True)
class Statement:
    """What a text says of some days.

    Parameters
    ----------
    days : Days or None
        None: of every day.
    scope : Scope or None
        None: all the year.
    spans, breaks : list of (int, int)
        Open times, and times closed within them, in minutes.
    says : Says or None
        None where ``spans`` or ``breaks`` say it.
    half : Part or None
        The part of the day that is closed (周五下午闭馆).
    beside : Statement or None
        For Says.OPPOSITE the statement whose contrary it is.
    subject : str
        The word at its head (图书室：9:00-17:00), "" for the place itself.
    places : list of int
        The phrases that it was read from.
    broad : bool
        Its breaks hold on every day.
    bare : bool
        It names days and nothing else.
    doubtful : bool
        What it amounts to cannot be known.
    calm : bool
        What it leaves open is unknown in the hours as well: it refers to a later notice, or its days are settled as
        unknown. The reader should see its words, but they put no other day in doubt.
    foreign : bool
        It is of another subject than the place.
    quoted : bool
        It was read, but the reader should see its words (a Spring Festival whose year is not said).
    """

    days: Days | None = None
    scope: Scope | None = None
    spans: list[tuple[int, int]] = field(default_factory=list)
    breaks: list[tuple[int, int]] = field(default_factory=list)
    says: Says | None = None
    half: Part | None = None
    beside: "Statement | None" = None
    subject: str = ""
    places: list[int] = field(default_factory=list)
    broad: bool = False
    bare: bool = False
    doubtful: bool = False
    calm: bool = False
    foreign: bool = False
    quoted: bool = False

    @property
    def content(self) -> bool:
        """Whether it says anything yet."""
        return bool(self.spans or self.breaks or self.says or self.doubtful)

    @property
    def week(self) -> frozenset[int]:
        """The weekdays it speaks of, Monday = 0."""
        return WEEK if self.days is None else self.days.week

    @property
    def part(self) -> Dates:
        """The dates that it is limited to, () for none."""
        return self.scope.dates if self.scope is not None else ()

    @property
    def dated(self) -> bool:
        """Whether it is an exception of some dates."""
        return bool(self.part) and self.scope is not None and not self.scope.long()
