"""Every word a user sees, in his language: one catalogue of Chinese and English.

English sentences stand in the code as the keys; ``locale/<language>/LC_MESSAGES/stationmap.po`` holds each other
language. The labels of the vocabulary are data of :mod:`stationmap.schema.vocabulary`. A further language is a
further folder under ``locale``.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from stationmap.errors import Message
from stationmap.schema.vocabulary import Term

DEFAULT_LANGUAGE = "zh"
LANGUAGES = ("zh", "en")


@cache
def sentences(language: str) -> Mapping[str, str]:
    """Return the catalogue of one language: English sentence -> sentence; empty for English itself.

    Parameters
    ----------
    language : str
        ``zh`` or ``en``.

    Raises
    ------
    KeyError
        When there is no such language.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    if language == "en":
        return {}
    from babel.messages.pofile import read_po  # only where it is needed: `--help` must answer at once

    path = files("stationmap").joinpath("locale", language, "LC_MESSAGES", "stationmap.po")
    with path.open("rb") as source:
        po = read_po(source, locale=language)
    return {str(entry.id): str(entry.string) for entry in po if entry.id and entry.string}


def tell(message: Message | str, language: str, **values: object) -> str:
    """Return a message in a language; a sentence that the catalogue lacks stays English.

    Parameters
    ----------
    message : Message or str
        A Message, or its English text with ``values`` beside it.
    language : str
        ``zh`` or ``en``.
    **values
        What fills the fields when ``message`` is a plain text.

    Examples
    --------
    >>> tell("Row {row} has no name.", "en", row=3)
    'Row 3 has no name.'
    """
    if isinstance(message, str):
        message = Message(message, values)
    sentence = sentences(language).get(message.text, message.text)
    if not message.values:
        return sentence
    return sentence.format_map({name: _word(value, language) for name, value in message.values.items()})


def fiction(fictional: int, stations: int) -> Message | None:
    """Return what must be said over stations of which so many are of the sample city; None when none is.

    Examples
    --------
    >>> str(fiction(2, 5))
    'Fictional: 2 of 5 stations. They are marked, and do not exist.'
    """
    if not fictional:
        return None
    if fictional == stations:
        return Message("Sample city: all stations are fictional. They do not exist.")
    values = {"fictional": fictional, "stations": stations}
    return Message("Fictional: {fictional} of {stations} stations. They are marked, and do not exist.", values)


def label(term: Term, language: str) -> str:
    """Return the label of a vocabulary term in a language."""
    return term.zh if language == "zh" else term.en


def _word(value: object, language: str) -> object:
    if isinstance(value, Message):
        return tell(value, language)
    if isinstance(value, Term):
        return label(value, language)
    if isinstance(value, tuple):
        return ("、" if language == "zh" else ", ").join(str(_word(one, language)) for one in value)
    return value
