"""Under which licence the register is given away: a setting of whoever publishes it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from stationmap.errors import InvalidValue

NONE_NAMED = "No licence is named: ask whoever publishes this register before you publish it further."


@dataclass(frozen=True, slots=True)
class Licence:
    """The words of a licence and where it is read in full.

    Parameters
    ----------
    text : str
        Such as ``CC BY 4.0, 某某市总工会``; by default nothing is granted.
    url : str
        Where it stands in full, "" for nowhere. Pages link to it.

    Raises
    ------
    InvalidValue
        When the url is no http or https address.
    """

    text: str = NONE_NAMED
    url: str = ""

    def __post_init__(self) -> None:
        if self.url and not _is_web_address(self.url):
            raise InvalidValue(
                "{url!r} is no address of a licence. Write it like https://creativecommons.org/licenses/by/4.0/",
                url=self.url[:100],
            )


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and url.isprintable() and " " not in url
    except ValueError:
        return False
