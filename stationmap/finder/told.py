"""The members of a feature that depend on the question, from ``state`` to ``reason``, as the bytes of their JSON.

Whole cities keep the same few thousand hours: what is told of one station is told of all that keep the same, are met
alike and have the same of what is needed, as long as that stays so.
"""

from collections.abc import Iterable
from functools import lru_cache

from stationmap.catalogue import tell
from stationmap.errors import Message
from stationmap.finder.arrival import Door
from stationmap.finder.search import Sight
from stationmap.finder.sheet import dumped
from stationmap.finder.standing import Standing, reason, standing
from stationmap.finder.trip import LONGEST_MIN, Seen

_UNKNOWN = int(Door.UNKNOWN)
_MOST_TOLD = 20_000


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
        self._trip, self._at, self._lang = seen.trip, seen.query_at, lang
        self._at_s = seen.query_at.timestamp()
        snapshot, moment = seen.trip.snapshot, seen.trip.moment
        self._moment, self._schedule_at = moment, snapshot.schedule_at
        self._zone_at, self._doubt_at = snapshot.zone_at, snapshot.doubt_at
        self._days = moment.today
        self._lacking: dict[tuple[int, ...], tuple[str, ...]] = {}
        self._passing = moment.pages.setdefault((lang, self._at_s % 60.0 == 0.0), {})

    def of(self, group: Iterable[Seen]) -> list[bytes]:
        """Return what is told of each station, its services with it where these depend on the time."""
        stood, schedule_at, zone_at = self._moment.stood, self._schedule_at, self._zone_at
        days, at_s, lang, told = self._days, self._at_s, self._lang, []
        timed_at, lacking = self._trip.snapshot.services.timed_at, self._lacking
        for seen in group:
            position, _, _, door, _, had, _ = seen
            lacks = lacking.get(had)
            if lacks is None:
                lacks = lacking[had] = self._trip.missing(had)
            schedule = schedule_at[position]
            now: Standing | None = stood[schedule] or self._stands(schedule)
            if now is not None and at_s <= now.plain_until_s and door != _UNKNOWN:
                key = lang, days[zone_at[position]], door, lacks
                told.append(now.whole.get(key) or now.keep(key, self._made(seen, now, lacks)))
            else:
                told.append(self._looked_up(seen, schedule, now, lacks))
            if timed_at[position]:
                told[-1] += b',"services":' + self._trip.said(seen)[1].encode()
        return told

    def _stands(self, schedule: int) -> Standing | None:
        """Return how a schedule stands for longer than a minute, where that was looked up before."""
        now: Standing | None = self._trip.outlook.told.get(self._moment.stretch[schedule])
        if now is not None:
            self._moment.stood[schedule] = now
        return now

    def _looked_up(self, seen: Seen, schedule: int, now: Standing | None, lacks: tuple[str, ...]) -> bytes:
        """Return what is told of a station for no longer than the minute."""
        position, _, minutes, door, _, _, _ = seen
        if door == _UNKNOWN and now is not None:  # why it will be unknown depends on when he arrives
            return self._made(seen, now, lacks)
        passing = schedule, door, lacks, self._doubt_at[position], minutes > LONGEST_MIN
        told: bytes | None = self._passing.get(passing)
        if told is None:
            now = standing(self._trip, position)
            told = self._made(seen, now, lacks)
            if (door != _UNKNOWN or not now.known) and len(self._passing) < _MOST_TOLD:
                self._passing[passing] = told
        return told

    def _made(self, seen: Seen, now: Standing, lacks: tuple[str, ...]) -> bytes:
        why, day = reason(self._trip, seen, now), self._days[self._zone_at[seen.position]]
        return (
            f"{now.told_json(seen.door, self._at, self._at_s, day, self._lang)},"
            f'"missing":{dumped(lacks)},"reason":{_sentence(why, self._lang) if why else "null"}'
        ).encode()


def _sentence(message: Message, lang: str) -> str:
    return dumped(tell(message, lang)) if message.values else _plain_sentence(message.text, lang)


@lru_cache(maxsize=256)
def _plain_sentence(text: str, lang: str) -> str:
    return dumped(tell(text, lang))
