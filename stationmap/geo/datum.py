"""Coordinate systems used for China: WGS 84, GCJ-02, BD-09, Baidu's metres, CGCS2000 and any EPSG code.

China's web maps do not show WGS 84. GCJ-02 (Amap, Tencent) moves a place by 265-621 m, BD-09 (Baidu) by
947-1,376 m: as much as the reach of a station. The formulas and how true they are:
:mod:`stationmap.geo.shift` and :mod:`stationmap.geo.bd09mc`. Where the shift applies:
:mod:`stationmap.geo.mainland`.

Every conversion and its inverse undo one another to 1e-6 m, near the line of the shift too; but converting
twice shifts twice, and no arithmetic can tell. CGCS2000 is taken as WGS 84: they part by the drift of the
continent since 2000, less than a metre. Work runs in chunks that stay in the processor's cache. All
functions may be called from several threads at once.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stationmap.errors import InvalidValue
from stationmap.geo import bd09mc, epsg, mainland, shift

Floats = NDArray[np.float64]
Pair = tuple[Floats, Floats]
Step = Callable[[Floats, Floats], Pair]

DATUMS: tuple[str, ...] = ("wgs84", "gcj02", "bd09", "bd09mc", "cgcs2000")

_SPELLINGS = {
    "wgs84": "wgs84 wgs1984 gps crs84 ogccrs84 urnogcdefcrsogc13crs84 地球 原始",
    "gcj02": "gcj02 gcj gcj02ll mars 火星 国测局 高德 高德地图 腾讯 腾讯地图 amap gaode autonavi tencent",
    "bd09": "bd09 bd09ll baidu 百度 百度地图",
    "bd09mc": "bd09mc bd09mercator baidumercator 百度墨卡托 百度米制",
    "cgcs2000": "cgcs2000 国家2000 大地2000 2000国家大地 国家大地2000 中国大地2000",
}
_MEANING = {word: datum for datum, words in _SPELLINGS.items() for word in words.split()}
_EPSG = re.compile(r"(?:(?:.*\W)?epsg(?:[:/][\d.]*[:/]+|[:/\s]*))?(\d{4,6})")
_SAME_AS = {4326: "wgs84", 4490: "cgcs2000"}

_CHUNK = 8192


@lru_cache(maxsize=1024)
def canonical(name: str) -> str:
    """Return the one name of a coordinate system: a member of :data:`DATUMS`, or ``EPSG:n``.

    Parameters
    ----------
    name : str
        Any usual spelling, English or Chinese: ``WGS-84``, ``GCJ02``, ``火星坐标系``, ``高德``, ``百度``,
        ``EPSG:4490``, ``urn:ogc:def:crs:EPSG::4547``, ``4547``.

    Raises
    ------
    InvalidValue
        When there is no such system, or when it takes other than two coordinates (heights, geocentric).

    Examples
    --------
    >>> canonical("GCJ-02"), canonical("百度坐标系"), canonical("epsg:4326")
    ('gcj02', 'bd09', 'wgs84')
    """
    text = unicodedata.normalize("NFKC", name).casefold().strip()
    words = [_MEANING.get(_bare(part)) for part in (text, *re.split(r"[()]", text))]
    meant = {word for word in words if word}
    if len(meant) == 1:
        return meant.pop()
    code = _EPSG.fullmatch(text)
    if code and epsg.is_plane(int(code[1])):
        return _SAME_AS.get(int(code[1]), f"EPSG:{int(code[1])}")
    raise InvalidValue(
        "There is no coordinate system {name} here. Known: {known}; or give an EPSG code such as EPSG:4547.",
        name=repr(name),
        known=", ".join(DATUMS),
    )


def is_metric(name: str) -> bool:
    """Tell whether a coordinate system counts in metres (or feet) on a plane, not in degrees.

    Raises
    ------
    InvalidValue
        When there is no such system.
    """
    datum = canonical(name)
    return datum == "bd09mc" or (datum.startswith("EPSG:") and epsg.is_projected(int(datum[5:])))


def shift_applies(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Tell for each place whether China's shift applies: whether it lies inside the line of ``mainland``.

    Parameters
    ----------
    lon, lat : array_like of float
        WGS 84 degrees, broadcast against each other; NaN gives False.
    """
    x, y = np.broadcast_arrays(np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64))
    return mainland.inside(x.ravel(), y.ravel()).reshape(x.shape)


def convert(x: ArrayLike, y: ArrayLike, *, source: str, target: str) -> Pair:
    """Convert coordinates from one system to another.

    Parameters
    ----------
    x, y : array_like of float
        Longitude and latitude in degrees, or easting and northing in the units of ``source`` (always in this
        order, whatever order an EPSG code prescribes), broadcast against each other.
    source, target : str
        Any spelling that :func:`canonical` takes.

    Returns
    -------
    x, y : ndarray of float64
        Of the broadcast shape, in the units of ``target``. NaN where an input is NaN or infinite, where it is no
        place of ``source`` (beyond 180 or 90 degrees), or where ``target`` has no such place (bd09mc beyond 74
        degrees, an EPSG projection beyond its domain).

    Raises
    ------
    InvalidValue
        When a system is not known.

    Notes
    -----
    Formulas and accuracy: see the modules named above, and for EPSG codes :mod:`stationmap.geo.epsg`.

    Examples
    --------
    >>> lon, lat = convert(116.377817, 39.911954, source="wgs84", target="gcj02")
    >>> print(f"{lon:.6f} {lat:.6f}")
    116.384047 39.913345
    """
    source, target = canonical(source), canonical(target)
    steps = _steps(source, target)
    most_x, most_y = (np.finfo(np.float64).max,) * 2 if is_metric(source) else (180.0, 90.0)
    wide, high = np.broadcast_arrays(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
    flat_x, flat_y = np.ravel(wide), np.ravel(high)
    out_x, out_y = np.empty(flat_x.size), np.empty(flat_y.size)
    for start in range(0, flat_x.size, _CHUNK):
        part = slice(start, start + _CHUNK)
        some_x, some_y = _within(flat_x[part], flat_y[part], most_x, most_y)
        for step in steps:
            some_x, some_y = step(some_x, some_y)
        out_x[part], out_y[part] = some_x, some_y
    return out_x.reshape(wide.shape), out_y.reshape(wide.shape)


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Return the GCJ-02 degrees of WGS 84 degrees; see :func:`convert`."""
    return convert(lon, lat, source="wgs84", target="gcj02")


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Return the WGS 84 degrees of GCJ-02 degrees, by iteration to 1e-6 m; see :func:`convert`."""
    return convert(lon, lat, source="gcj02", target="wgs84")


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Return the BD-09 degrees of GCJ-02 degrees; see :func:`convert`."""
    return convert(lon, lat, source="gcj02", target="bd09")


def bd09_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Return the GCJ-02 degrees of BD-09 degrees, by iteration to 1e-6 m; see :func:`convert`."""
    return convert(lon, lat, source="bd09", target="gcj02")


def bd09_to_bd09mc(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Return Baidu's Mercator metres of BD-09 degrees; see :func:`convert`."""
    return convert(lon, lat, source="bd09", target="bd09mc")


def bd09mc_to_bd09(x: ArrayLike, y: ArrayLike) -> Pair:
    """Return the BD-09 degrees of Baidu's Mercator metres; see :func:`convert`."""
    return convert(x, y, source="bd09mc", target="bd09")


def _bare(text: str) -> str:
    """Return a name without punctuation and without the words for coordinate system."""
    return re.sub(r"(经纬度)?(坐标系统|坐标系|坐标)?$", "", re.sub(r"[\s\-_.:/]", "", text))


@lru_cache(maxsize=256)
def _steps(source: str, target: str) -> tuple[Step, ...]:
    """Return the steps between two canonical names: along the ladder wgs84 - gcj02 - bd09 - bd09mc."""
    steps: list[Step] = []
    if source == target:
        return ()
    if source.startswith("EPSG:"):
        steps.append(epsg.to_wgs84(int(source[5:])))
    rung = {name: number for number, (name, _, _) in enumerate(_LADDER)}
    start, end = rung.get(source, 0), rung.get(target, 0)
    steps += [up for _, up, _ in _LADDER[start + 1 : end + 1]]
    steps += [down for _, _, down in reversed(_LADDER[end + 1 : start + 1])]
    if target.startswith("EPSG:"):
        steps.append(epsg.from_wgs84(int(target[5:])))
    return tuple(steps)


def _within(x: Floats, y: Floats, most_x: float, most_y: float) -> Pair:
    """Return coordinates with NaN in both where either is NaN or beyond its bound."""
    fit = (np.abs(x) <= most_x) & (np.abs(y) <= most_y)
    if fit.all():
        return x, y
    return np.where(fit, x, np.nan), np.where(fit, y, np.nan)


_LADDER: tuple[tuple[str, Step, Step], ...] = (
    ("wgs84", lambda lon, lat: (lon, lat), lambda lon, lat: (lon, lat)),
    ("gcj02", shift.GCJ02.add, shift.GCJ02.take_off),
    ("bd09", shift.BD09.add, shift.BD09.take_off),
    ("bd09mc", bd09mc.forward, bd09mc.inverse),
)
"""Each system with the steps up to it from the one before, and down again."""
