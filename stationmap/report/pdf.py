"""The sheet as PDF, by WeasyPrint: an extra, and where it or its system libraries are missing that is said plainly."""

import logging
from typing import Any

from stationmap.errors import UnusableInput


def require_pdf() -> Any:
    """Return WeasyPrint when PDFs can be made here.

    Raises
    ------
    UnusableInput
        When it is not installed, or a system library is missing; the sentence names what to install.
    """
    try:
        import weasyprint
    except ImportError:
        raise UnusableInput(
            "PDFs are made by WeasyPrint, which is not installed. Install it: pip install 'stationmap[pdf]'. Or print"
            " the sheet (HTML) from a browser."
        ) from None
    except OSError as fault:
        raise UnusableInput(
            "WeasyPrint lacks a library of the system: {reason}. On Debian: apt install libpango-1.0-0"
            " libpangoft2-1.0-0 libharfbuzz-subset0. Or print the sheet (HTML) from a browser.",
            reason=str(fault).splitlines()[0],
        ) from None
    return weasyprint


def pdf(html: str) -> bytes:
    """Return a sheet as PDF; nothing is fetched for it.

    Raises
    ------
    UnusableInput
        As :func:`require_pdf` says.
    """
    weasyprint = require_pdf()
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    made: bytes = weasyprint.HTML(string=html, url_fetcher=_nothing).write_pdf()
    return made


def _nothing(url: str, *_: object, **__: object) -> Any:
    raise ValueError(url)
