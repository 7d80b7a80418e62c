"""Addresses that leave the site: on a sign, in a QR code, in what search engines read. They are absolute."""

import re
from urllib.parse import quote, urlsplit

from flask import current_app, request

from stationmap.errors import InvalidValue

FROM_SIGN = "sign"
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


def site_of(public_url: str) -> str:
    """Return where people reach the site, without a slash at the end; "" where it is not set.

    Raises
    ------
    InvalidValue
        When it is no http or https address of a host.

    Examples
    --------
    >>> site_of("https://map.example.cn/")
    'https://map.example.cn'
    """
    if not public_url:
        return ""
    try:
        parts = urlsplit(public_url.strip())
        sound = parts.scheme in ("http", "https") and _HOST.fullmatch(parts.netloc) and not parts.query
    except ValueError:
        sound = None
    if not sound:
        raise InvalidValue(
            "{url!r} is no address of a site. Write it like https://map.example.cn", url=public_url[:100]
        )
    return public_url.strip().rstrip("/")


def site() -> str:
    """Return where people reach the site: as it is set, else as the present caller reached it.

    A host header that is none gives "", so that nothing of it gets into a page or a code.
    """
    fixed: str = current_app.extensions["public_url"]
    if fixed:
        return fixed
    host = request.headers.get("Host", "")
    return f"{request.scheme}://{host}" if _HOST.fullmatch(host) else ""


def station_address(id: str) -> str:  # noqa: A002 the name in the address
    """Return the address of the page of a station."""
    return f"{site()}/stations/{quote(id, safe='')}"


def sign_address(id: str) -> str:  # noqa: A002 the name in the address
    """Return the address in the QR code of a station: its page, which then asks first whether it is right.

    Raises
    ------
    InvalidValue
        When it is not known where people reach the site.
    """
    if not site():
        raise InvalidValue("The address of this site is not known. Set it, or open this page by its proper name.")
    return f"{station_address(id)}?from={FROM_SIGN}"
