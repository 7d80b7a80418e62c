"""Texts that people typed, made fit to be kept: no control characters, no blanks around them, not too long."""

import unicodedata
from datetime import UTC, date, datetime

from stationmap.errors import InvalidValue, Message


def plain(text: str, *, most: int, what: Message) -> str:
    r"""Return a text without control and invisible characters; line ends stay.

    Parameters
    ----------
    text : str
        As it was typed.
    most : int
        How many characters may be left.
    what : Message
        What the text is, for the sentence that refuses it.

    Raises
    ------
    InvalidValue
        When it is too long.

    Examples
    --------
    >>> plain(" 没\x00有\r\n热水 ", most=9, what=Message("the text"))
    '没有\n热水'
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in lines if c == "\n" or unicodedata.category(c)[0] != "C" or c == "\u200d").strip()
    if len(kept) > most:
        raise InvalidValue(
            "Too long: {what} has {length} characters, at most {most} are kept. Shorten it.",
            what=what,
            length=len(kept),
            most=most,
        )
    return kept


def instant_text(instant: datetime, what: Message) -> str:
    """Return an instant as text in UTC, whole seconds, that sorts as the instants do.

    Raises
    ------
    InvalidValue
        When it has no offset, or lies outside the years 1990 to 2200.
    """
    if instant.tzinfo is None:
        raise InvalidValue("{what} {value} has no offset from UTC. Give one, such as +08:00.", what=what, value=instant)
    if not 1990 <= instant.year <= 2200:
        raise InvalidValue("{what} {value} lies outside the years 1990 to 2200.", what=what, value=instant)
    return instant.astimezone(UTC).isoformat(timespec="seconds")


def day_text(day: date | None) -> str | None:
    """Return a day as ISO text, None for none."""
    return None if day is None else day.isoformat()


def read_day(text: str | None) -> date | None:
    """Return the day of an ISO text, None for none."""
    return None if text is None else date.fromisoformat(text)
