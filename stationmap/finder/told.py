"""The members of a feature that depend on the question, from ``state`` to ``reason``, as the bytes of their JSON.

Whole cities stand in a few hundred ways: what is told of one station is told of all that stand alike, are met alike
and have the same of what is needed. For a minute it is kept under a number, :func:`stationmap.finder.walk.code_of`.
"""

from collections.abc import Sequence
from functools import lru_cache

from stationmap.catalogue import tell
from stationmap.errors import Message
from stationmap.finder.arrival import Door
from stationmap.finder.search import Sight
from stationmap.finder.services import Had
from stationmap.finder.sheet import dumped
from stationmap.finder.standing import Standing, reason, standing
from stationmap.finder.trip import LONGEST_MIN, Seen
from stationmap.finder.walk import Walk, code_of

_UNKNOWN, _YES = int(Door.UNKNOWN), int(Had.YES)


class Teller:
    """Tells of the stations of one answer.

    Parameters
    ----------
    seen : Sight
        What :func:`stationmap.finder.search.sight` returned.
    lang : str
        ``zh`` or ``en``, of the sentences.
    """

    def __init__(self, seen: Sight, lang: str) -> None:
        trip = seen.trip
        self._trip, self._at, self._lang = trip, seen.query_at, lang
        minute, second = divmod(seen.query_at.timestamp(), 60.0)
        self._page: dict[int, bytes] = trip.moment.told.page((lang, minute, second == 0.0, trip.needs))

    def of(self, group: Sequence[Seen]) -> list[bytes]:
        """Return what is told of each station, its services with it where these depend on the time."""
        codes = group.codes if isinstance(group, Walk) else [self._code(seen) for seen in group]
        told = [*map(self._page.get, codes)]
        return [self._looked_up(group[at], codes[at]) if each is None else each for at, each in enumerate(told)]

    def shared(self, seen: Seen, code: int) -> bytes | None:
        """Return what is told of all stations under a code, one of which is given; None where that differs."""
        if code not in self._page:
            self._made(seen, code)
        return self._page.get(code)

    def _code(self, seen: Seen) -> int:
        snapshot, position = self._trip.snapshot, seen.position
        lacks = sum((had != _YES) << need for need, had in enumerate(seen.had))
        alike = self._trip.moment.alike[snapshot.schedule_at[position]]
        far, doubt = seen.minutes > LONGEST_MIN, snapshot.doubt_at[position]
        code = code_of(alike, seen.door, far, doubt, lacks)
        return ~code if snapshot.services.timed_at[position] else code

    def _looked_up(self, seen: Seen, code: int) -> bytes:
        """Return what is told of a station and is not on the page under its code."""
        if code >= 0:
            return self._made(seen, code)
        told = self._page.get(~code) or self._made(seen, ~code)
        return told + b',"services":' + self._trip.said(seen)[1].encode()

    def _made(self, seen: Seen, code: int) -> bytes:
        """Make what is told of a station but for its services, and keep it on the page where others share it."""
        now = standing(self._trip, seen.position)
        told = self._worded(seen, now)
        if seen.door == _UNKNOWN and now.known and seen.minutes <= LONGEST_MIN:
            return told  # why it will be unknown depends on when he arrives
        return self._trip.moment.told.keep(self._page, code, told)

    def _worded(self, seen: Seen, now: Standing) -> bytes:
        why, missing = reason(self._trip, seen, now), self._trip.missing(seen.had)
        return (
            f"{now.told_json(seen.door, self._at, self._lang)},"
            f'"missing":{dumped(missing)},"reason":{_sentence(why, self._lang) if why else "null"}'
        ).encode()


def _sentence(message: Message, lang: str) -> str:
    return dumped(tell(message, lang)) if message.values else _plain_sentence(message.text, lang)


@lru_cache(maxsize=256)
def _plain_sentence(text: str, lang: str) -> str:
    return dumped(tell(text, lang))
