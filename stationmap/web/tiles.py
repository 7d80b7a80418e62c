"""Base maps of tiles by setting: none (our own vector base), Tianditu, Amap, OpenStreetMap, or an operator's own.

A chosen one is asked by every reader's browser: its host learns which part of the map he looks at. So none is chosen by
default, the page says whom it asks, and the Content-Security-Policy lets exactly its hosts through, for images only.

=========  ==========================================  =======  ==================================================
setting    tiles                                       datum    needs
=========  ==========================================  =======  ==================================================
tianditu   vec_w and cva_w, Web Mercator (EPSG:3857)   WGS 84   a key (``tk``); CGCS2000 is WGS 84 for this purpose
amap       style 8, roads with names                   GCJ-02   nothing; not among Amap's documented services
osm        tile.openstreetmap.org                      WGS 84   light use, a Referer: see its tile usage policy
tiles      an operator's own template                  either   the template
=========  ==========================================  =======  ==================================================

The templates are those of public code that uses these services (OpenStreetMap's from its usage policy); none was asked
while this was written. Whether a map may be published in China, with which review number (审图号), is for the operator
to settle; :attr:`Tiles.approval` shows it.
"""

import re
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import urlsplit

from stationmap.catalogue import tell
from stationmap.errors import InvalidValue, Message
from stationmap.geo.datum import canonical

CHOICES = ("none", "tianditu", "amap", "osm", "tiles")

_TIANDITU = (
    "https://t{{s}}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}"
    "&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
)
_AMAP = "https://webrd0{s}.is.autonavi.com/appmaptile?lang=zh_cn&size=1&scale=1&style=8&x={x}&y={y}&z={z}"
_OSM = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
_KEY = re.compile(r"[0-9A-Za-z_-]{8,128}")
_SUBDOMAINS = re.compile(r"[0-9a-z]{1,16}")
_HOST = re.compile(r"(?:[0-9A-Za-z-]+\.)*[0-9A-Za-z-]+(?::\d{1,5})?|\[[0-9A-Fa-f:]+\](?::\d{1,5})?")
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Tiles:
    """A base map of tiles.

    Attributes
    ----------
    layers : tuple of str
        Templates with ``{z}``, ``{x}``, ``{y}`` (or ``{-y}``) and perhaps ``{s}``, the lowest first.
    subdomains : str
        What stands for ``{s}``, one character each.
    datum : str
        ``wgs84`` or ``gcj02``: what the tiles are drawn in.
    credit : Message or str
        Whose map it is.
    credit_url : str
        Where that is told, "" for nowhere.
    approval : str
        The map's review number (审图号), "" for none.
    max_zoom : int
        The innermost zoom that there are tiles of.
    referrer : str
        Referrer policy of the images: "" for the page's own (nothing is told). ``strict-origin`` tells the site's host
        and never a path, where a provider turns callers away that say nothing.
    """

    layers: tuple[str, ...]
    subdomains: str = ""
    datum: Literal["wgs84", "gcj02"] = "wgs84"
    credit: Message | str = ""
    credit_url: str = ""
    approval: str = ""
    max_zoom: int = 18
    referrer: str = ""

    @property
    def hosts(self) -> tuple[str, ...]:
        """The origins that are asked, as a Content-Security-Policy names them; none for tiles of our own host."""
        origins: dict[str, None] = {}
        for layer in self.layers:
            parts = urlsplit(layer)
            for letter in self.subdomains or "-":
                if parts.netloc:
                    origins[f"{parts.scheme}://{parts.netloc.replace('{s}', letter)}"] = None
        return tuple(origins)

    @property
    def host(self) -> str:
        """The host as it is named to a reader, "" for our own."""
        hosts = [urlsplit(origin).netloc for origin in self.hosts]
        if len(hosts) == 1:
            return hosts[0]
        return hosts[0].partition(".")[2] if hosts else ""

    def settings(self, language: str) -> dict[str, Any]:
        """Return what the scripts of a page need to show the tiles."""
        return {
            "layers": list(self.layers),
            "subdomains": self.subdomains,
            "datum": self.datum,
            "credit": tell(self.credit, language) if isinstance(self.credit, Message) else self.credit,
            "creditUrl": self.credit_url,
            "approval": self.approval,
            "host": self.host,
            "maxZoom": self.max_zoom,
            "referrer": self.referrer,
        }


def choose(
    choice: str,
    *,
    key: str = "",
    url: str = "",
    subdomains: str = "",
    datum: str = "",
    credit: str = "",
    approval: str = "",
) -> Tiles | None:
    """Return the base map of a setting, None for our own vector base.

    Parameters
    ----------
    choice : str
        One of :data:`CHOICES`; "" is none.
    key : str
        Tianditu's ``tk``.
    url, subdomains, datum : str
        Of an operator's own tiles: a template beginning with ``https://``, ``http://`` or, for our own host, ``/``;
        what stands for ``{s}`` ("abc" when left out); any spelling of WGS 84 or GCJ-02 (WGS 84 when left out).
    credit : str
        Whose map it is, in place of the usual words.
    approval : str
        The map's review number.

    Raises
    ------
    InvalidValue
        When there is no such choice, or what it needs is missing or cannot be.
    """
    if choice in ("", "none"):
        return None
    if choice == "tianditu":
        made = _tianditu(key)
    elif choice == "amap":
        made = Tiles((_AMAP,), "1234", "gcj02", Message("© Amap"))
    elif choice == "osm":
        credit_to = Message("© OpenStreetMap contributors")
        made = Tiles((_OSM,), credit=credit_to, max_zoom=19, referrer="strict-origin")
        made = replace(made, credit_url="https://www.openstreetmap.org/copyright")
    elif choice == "tiles":
        made = _own(url, subdomains, datum)
    else:
        raise InvalidValue(
            "There is no base map {choice!r}. Take one of: {known}.", choice=choice, known=", ".join(CHOICES)
        )
    return replace(made, credit=credit[:200] or made.credit, approval=approval[:80])


def _tianditu(key: str) -> Tiles:
    if not _KEY.fullmatch(key):
        raise InvalidValue(
            "Tianditu needs a key of letters and digits. Get one at console.tianditu.gov.cn and set"
            " STATIONMAP_TIANDITU_KEY."
        )
    layers = tuple(_TIANDITU.format(layer=layer, key=key) for layer in ("vec", "cva"))
    return Tiles(layers, "01234567", credit=Message("© Tianditu"), referrer="strict-origin")


def _own(url: str, subdomains: str, datum: str) -> Tiles:
    meant = canonical(datum or "wgs84")
    meant = "wgs84" if meant == "cgcs2000" else meant
    if meant not in ("wgs84", "gcj02"):
        raise InvalidValue("Tiles in {datum} cannot be shown: only WGS 84 and GCJ-02 can.", datum=meant)
    subdomains = subdomains or ("abc" if "{s}" in url else "")
    parts = urlsplit(url.replace("{s}", subdomains[:1]))
    complete = "{z}" in url and "{x}" in url and ("{y}" in url or "{-y}" in url)
    ours = url.startswith("/") and not url.startswith("//")
    theirs = parts.scheme in ("http", "https") and _HOST.fullmatch(parts.netloc) is not None
    if not (complete and (ours or theirs) and len(url) <= _LONGEST and _SUBDOMAINS.fullmatch(subdomains or "a")):
        raise InvalidValue(
            "The address of the tiles {url!r} cannot be used. Set STATIONMAP_TILES_URL like"
            " https://tiles.example.cn/{{z}}/{{x}}/{{y}}.png; {{s}} may stand for a letter of the host.",
            url=url[:100],
        )
    return Tiles((url,), subdomains if "{s}" in url else "", "gcj02" if meant == "gcj02" else "wgs84", max_zoom=19)
