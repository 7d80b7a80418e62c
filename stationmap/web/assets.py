"""The front-end's own files: found beside the package or inside the wheel, each version under its own address."""

import gzip
import hashlib
import json
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flask import Response, request

import stationmap
from stationmap.errors import UnusableInput

_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
_PACKED_TYPES = ("image/png", "image/jpeg", "image/webp", "font/woff2")
_LASTING = "public, max-age=31536000, immutable"
_SERVED = ("built", "icons")
_PARTS = "built/parts.json"


@dataclass(frozen=True, slots=True)
class Asset:
    """One body as it is sent: its bytes, its type, its gzip form (None where that is no smaller) and its ETag."""

    body: bytes
    mimetype: str
    gzipped: bytes | None
    tag: str

    @classmethod
    def of(cls, body: bytes, mimetype: str) -> "Asset":
        """Return a body with its gzip form and tag worked out, once."""
        zipped = None if mimetype in _PACKED_TYPES else gzip.compress(body, 9, mtime=0)
        smaller = zipped if zipped is not None and len(zipped) < len(body) else None
        return cls(body, mimetype, smaller, hashlib.sha256(body).hexdigest()[:16])

    def response(self, *, lasting: bool) -> Response:
        """Return the answer to the present request: gzip where it is taken, 304 where the tag is known.

        ``lasting`` says that the address names this very content, so that it may be kept for a year.
        """
        zipped = self.gzipped is not None and takes_gzip()
        response = Response(self.gzipped if zipped and self.gzipped else self.body, mimetype=self.mimetype)
        response.set_etag(f"{self.tag}-gz" if zipped else self.tag)
        response.headers["Cache-Control"] = _LASTING if lasting else "no-cache"
        if self.gzipped is not None:
            response.headers["Vary"] = "Accept-Encoding"
        if zipped:
            response.headers["Content-Encoding"] = "gzip"
        response.make_conditional(request)
        return response


@dataclass(frozen=True, slots=True)
class Parts:
    """Of one script: the files to fetch beside it, all its files (those needed later too), its modules."""

    beside: tuple[str, ...]
    all: tuple[str, ...]
    sources: tuple[str, ...]


_UNBUILT = Parts((), (), ())


def takes_gzip() -> bool:
    """Return whether the caller of the present request takes gzip."""
    return request.accept_encodings["gzip"] > 0


def folder() -> Path:
    """Return the folder of static files: inside the installed wheel, else beside the package in a checkout.

    Raises
    ------
    UnusableInput
        When neither is there; the message says how to install.
    """
    package = Path(stationmap.__file__).parent
    for place in (package / "static", package.parent / "static"):
        if (place / "js" / "main.js").is_file():
            return place
    raise UnusableInput(
        "The static files of the site are neither in {inside} nor in {beside}. Install stationmap again.",
        inside=str(package / "static"),
        beside=str(package.parent / "static"),
    )


class Assets:
    """All static files, read once; a name that was not there at start is not served, whatever path it spells.

    Parameters
    ----------
    place : Path
        The folder with ``built`` (made by ``static/build.mjs`` from ``js`` and ``css``) and ``icons``.

    Examples
    --------
    >>> Assets(folder()).url("built/main.js").startswith("/static/")
    True
    """

    def __init__(self, place: Path) -> None:
        self._place = place
        self._paths = {
            path.relative_to(place).as_posix(): path
            for top in _SERVED
            for path in sorted((place / top).rglob("*"))
            if path.is_file() and path.relative_to(place).as_posix() != _PARTS
        }
        self._read: dict[str, Asset] = {}

    @property
    def names(self) -> frozenset[str]:
        """All names that are served, relative to the folder."""
        return frozenset(self._paths)

    @cached_property
    def parts(self) -> Mapping[str, Parts]:
        """What each script of a page was built of, by its name; empty where the front-end was not built."""
        path = self._place / _PARTS
        if not path.is_file():
            return {}
        told = json.loads(path.read_text(encoding="utf-8"))
        return {name: Parts(**{kind: tuple(names) for kind, names in kinds.items()}) for name, kinds in told.items()}

    def parts_of(self, script: str) -> Parts:
        """Return what a script was built of; nothing where it was not built."""
        return self.parts.get(script, _UNBUILT)

    def sources(self, script: str) -> list[str]:
        """Return the text of every module that a script was built of."""
        return [(self._place / name).read_text(encoding="utf-8") for name in self.parts_of(script).sources]

    @cached_property
    def version(self) -> str:
        """Twelve hex digits over every name and content: a new version, a new address."""
        digest = hashlib.sha256()
        for name, path in self._paths.items():
            digest.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()[:12]

    def url(self, name: str) -> str:
        """Return the address of a file; the version stands before the path, so relative imports keep it."""
        return f"/static/{self.version}/{name}"

    def get(self, name: str) -> Asset | None:
        """Return a file, None when there is none of that name. Two threads may both read it, to the same end."""
        path = self._paths.get(name)
        if path is None:
            return None
        if name not in self._read:
            self._read[name] = _asset(path)
        return self._read[name]


def _asset(path: Path) -> Asset:
    mimetype = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset.of(path.read_bytes(), mimetype)
