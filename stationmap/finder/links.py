"""Navigation links: each map service is given the place in the coordinate system it takes.

==============  ======================  ==========================================================================
link            coordinates             why
==============  ======================  ==========================================================================
``amap``        GCJ-02                  ``uri.amap.com`` takes its own system unless told otherwise
``amap_ebike``  GCJ-02                  the app's e-bike navigation; ``dev=0`` says: already shifted
``baidu``       WGS 84                  said by ``coord_type=wgs84``; left out, Baidu would take it for BD-09
``tencent``     WGS 84                  said by ``coord_type=1`` (GPS); left out, it would be taken for GCJ-02
``apple``       GCJ-02 in the mainland  its maps of the mainland are AutoNavi's, and users report that coordinates are
                                        taken as they stand on them (phonegap-launch-navigator issue 186); not
                                        confirmed by Apple. Elsewhere WGS 84
``geo``         WGS 84                  RFC 5870: the default system of a ``geo:`` URI
==============  ======================  ==========================================================================

A name goes into a link percent-encoded whole. Signs that part the fields of a link (``,`` and ``|``) become their
full-width twins, control characters blanks, and a long name is cut, so that no name can change what a link does.
Apple is given none: beside a destination it would search for it.
"""

import json
import re
import unicodedata
from typing import Literal

from stationmap.geo.datum import wgs84_to_gcj02

SOURCE = "stationmap"
NAMES = ("amap", "amap_ebike", "baidu", "tencent", "apple", "geo")
_LONGEST_NAME = 60
_UNSAFE = re.compile(r"[^A-Za-z0-9_.~-]+")
_PARTING = str.maketrans(",|;", "，｜；")
_MODES = {"walk": ("walk", "walking", "walk", "w"), "ride": ("ride", "riding", "bike", "c")}
"""How AMap, Baidu, Tencent and Apple call a way of going."""


def _template(amap: str, baidu: str, tencent: str, apple: str) -> str:
    """Return the links of one way of going as JSON, with fields for what :func:`links_json` fills in."""
    links = (
        f"https://uri.amap.com/navigation?to=%s,%s,%s&mode={amap}&coordinate=gaode&callnative=1&src={SOURCE}",
        f"amapuri://openFeature?featureName=OnRideNavi&rideType=elebike&sourceApplication={SOURCE}&lat=%s&lon=%s&dev=0",
        f"https://api.map.baidu.com/direction?destination=latlng:%s%%7Cname:%s&mode={baidu}&coord_type=wgs84"
        f"&output=html&src={SOURCE}",
        f"https://apis.map.qq.com/uri/v1/routeplan?type={tencent}&to=%s&tocoord=%s&coord_type=1&referer={SOURCE}",
        f"https://maps.apple.com/?daddr=%s,%s&dirflg={apple}",
        "geo:%s",
    )
    return json.dumps(dict(zip(NAMES, links, strict=True)), separators=(",", ":"))


TEMPLATES = {mode: _template(*words) for mode, words in _MODES.items()}
"""The links of each way of going as JSON, with fields for what :func:`links_json` fills in, in its order."""


def navigation(lon: float, lat: float, name: str, *, mode: Literal["walk", "ride"] = "walk") -> dict[str, str]:
    """Return links that lead from where a worker is to a place.

    Parameters
    ----------
    lon, lat : float
        The place, WGS 84 degrees.
    name : str
        What the map shows at the place; any text.
    mode : str
        ``walk`` or ``ride``; ``amap_ebike`` is always by e-bike.

    Returns
    -------
    dict of str to str
        ``amap``, ``amap_ebike``, ``baidu``, ``tencent``, ``apple``, ``geo``.

    Examples
    --------
    >>> navigation(113.62, 34.75, "站")["geo"]
    'geo:34.750000,113.620000'
    """
    shifted_lon, shifted_lat = wgs84_to_gcj02(lon, lat)
    links: dict[str, str] = json.loads(links_json(lon, lat, float(shifted_lon), float(shifted_lat), name, mode))
    return links


def links_json(
    lon: float, lat: float, shifted_lon: float, shifted_lat: float, name: str, mode: Literal["walk", "ride"]
) -> str:
    """Return the links of :func:`navigation` as JSON, in the order of :data:`NAMES`, to a place known in GCJ-02 too.

    It is ASCII: whatever is filled in needs no escaping.
    """
    x, y, true = f"{shifted_lon:.6f}", f"{shifted_lat:.6f}", f"{lat:.6f},{lon:.6f}"
    word = _UNSAFE.sub(_encoded, shown(name))
    return TEMPLATES[mode] % (x, y, word, y, x, true, word, word, true, y, x, true)


def _encoded(found: re.Match[str]) -> str:
    """Return signs percent-encoded, byte by byte of their UTF-8."""
    return "%" + found[0].encode().hex("%").upper()


def shown(name: str) -> str:
    """Return a name on one line without the signs that part the fields of a link, cut to 60 characters."""
    if not name.isprintable():  # what is printable has none of them but the blank
        name = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in name)
    return " ".join(name.split()).translate(_PARTING)[:_LONGEST_NAME]
