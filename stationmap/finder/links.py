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

import unicodedata
from typing import Literal
from urllib.parse import quote

from stationmap.geo.datum import wgs84_to_gcj02

SOURCE = "stationmap"
_LONGEST_NAME = 60
_PARTING = str.maketrans(",|;", "，｜；")
_AMAP_MODES = {"walk": "walk", "ride": "ride"}
_BAIDU_MODES = {"walk": "walking", "ride": "riding"}
_TENCENT_MODES = {"walk": "walk", "ride": "bike"}
_APPLE_FLAGS = {"walk": "w", "ride": "c"}


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
    return links_of((lon, lat), (float(shifted_lon), float(shifted_lat)), name, mode)


def links_of(
    place: tuple[float, float], shifted: tuple[float, float], name: str, mode: Literal["walk", "ride"]
) -> dict[str, str]:
    """Return the links of :func:`navigation` to a place of which the GCJ-02 degrees are known."""
    shifted_lon, shifted_lat = f"{shifted[0]:.6f}", f"{shifted[1]:.6f}"
    true_lon, true_lat = f"{place[0]:.6f}", f"{place[1]:.6f}"
    word = quote(_shown(name), safe="")
    return {
        "amap": f"https://uri.amap.com/navigation?to={shifted_lon},{shifted_lat},{word}&mode={_AMAP_MODES[mode]}"
        f"&coordinate=gaode&callnative=1&src={SOURCE}",
        "amap_ebike": f"amapuri://openFeature?featureName=OnRideNavi&rideType=elebike&sourceApplication={SOURCE}"
        f"&lat={shifted_lat}&lon={shifted_lon}&dev=0",
        "baidu": f"https://api.map.baidu.com/direction?destination=latlng:{true_lat},{true_lon}%7Cname:{word}"
        f"&mode={_BAIDU_MODES[mode]}&coord_type=wgs84&output=html&src={SOURCE}",
        "tencent": f"https://apis.map.qq.com/uri/v1/routeplan?type={_TENCENT_MODES[mode]}&to={word}"
        f"&tocoord={true_lat},{true_lon}&coord_type=1&referer={SOURCE}",
        "apple": f"https://maps.apple.com/?daddr={shifted_lat},{shifted_lon}&dirflg={_APPLE_FLAGS[mode]}",
        "geo": f"geo:{true_lat},{true_lon}",
    }


def _shown(name: str) -> str:
    """Return a name on one line without the signs that part the fields of a link, cut to 60 characters."""
    if not name.isprintable():  # what is printable has none of them but the blank
        name = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in name)
    return " ".join(name.split()).translate(_PARTING)[:_LONGEST_NAME]
