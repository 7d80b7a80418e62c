"""The two shifts of China's web maps, GCJ-02 and BD-09: their formulas, adding them and taking them off.

The formulas are those published and used by every open converter. With ``x = lon - 105``, ``y = lat - 35``
in degrees, GCJ-02 (Amap, Tencent) lies east and north of WGS 84 by, in metres,

    E = 300 + x + 2y + 0.1x² + 0.1xy + 0.1√|x| + ⅔(20 sin 6πx + 20 sin 2πx)
        + ⅔(20 sin πx + 40 sin πx/3 + 150 sin πx/12 + 300 sin πx/30)
    N = -100 + 2x + 3y + 0.2y² + 0.1xy + 0.2√|x| + ⅔(20 sin 6πx + 20 sin 2πx)
        + ⅔(20 sin πy + 40 sin πy/3 + 160 sin πy/12 + 320 sin πy/30)

turned into degrees on Krasovsky's ellipsoid. BD-09 (Baidu) is made of GCJ-02, with ``k = 3000π/180``, by

    r = √(lon² + lat²) + 0.00002 sin(k lat)        lon' = r cos θ + 0.0065
    θ = atan2(lat, lon) + 0.000003 cos(k lon)      lat' = r sin θ + 0.006

Against 664 city centres converted by the providers GCJ-02 is off by 0.67 m, nearly the same everywhere
(0.48 m west, 0.47 m south, standard deviation 0.02 m), and BD-09 from GCJ-02 by 0.012 m at most. Where the
shifts apply, and how they end, is told in :mod:`stationmap.geo.mainland`. Taking a shift off undoes adding
it to 1e-6 m everywhere.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationmap.geo import mainland
from stationmap.geo.mainland import INSIDE, NEAR, OUTSIDE, Belt

Floats = NDArray[np.float64]
Pair = tuple[Floats, Floats]

_AXIS_M = 6378245.0
_ECCENTRICITY2 = 0.00669342162296594323
_BD09_TURN = np.pi * 3000.0 / 180.0
_SIN_35, _COS_35 = np.sin(np.radians(35.0)), np.cos(np.radians(35.0))
_CLOSE_DEG = 1e-12  # 1e-7 m: the iteration stops there, within 4e-7 m of its end even in the belts
_MOST_STEPS = 200
_LAST_LEAP = 30
_NOTHING = 1e-300


class Shift(NamedTuple):
    """One shift: its formula, and the belt in which it ends.

    Attributes
    ----------
    formula : callable
        From degrees to the whole shift there, east and north in degrees.
    belt : Belt
        Where the shift fades out.
    """

    formula: Callable[[Floats, Floats], Pair]
    belt: Belt

    def add(self, lon: Floats, lat: Floats) -> Pair:
        """Return the places with the shift added where it applies; elsewhere unchanged to the last bit.

        Parameters
        ----------
        lon, lat : ndarray of float64, shape (n,)
            Degrees; a place with a NaN stays as it is.
        """
        zones = mainland.zone(lon, lat)
        if (zones == INSIDE).all():
            east, north = self.formula(lon, lat)
            return lon + east, lat + north
        new_lon, new_lat = lon.copy(), lat.copy()
        touched = np.flatnonzero(zones != OUTSIDE)
        from_lon, from_lat = lon[touched], lat[touched]
        east, north = self.formula(from_lon, from_lat)
        fading = np.flatnonzero(zones[touched] == NEAR)
        if fading.size:
            weight = self.belt.weight(from_lon[fading], from_lat[fading])
            east[fading] *= weight
            north[fading] *= weight
        new_lon[touched] += east
        new_lat[touched] += north
        return new_lon, new_lat

    def take_off(self, lon: Floats, lat: Floats) -> Pair:
        """Return the places that :meth:`add` moves to the given ones, to 1e-6 m.

        No shift reaches from a belt into a zone farther than ``GUARD_M`` from the line, so the zone of the place
        arrived at tells what applied at its origin.

        Parameters
        ----------
        lon, lat : ndarray of float64, shape (n,)
            Degrees; a place with a NaN stays as it is.
        """
        zones = mainland.zone(lon, lat)
        if (zones == INSIDE).all():
            return _fixed_point(self.formula, lon, lat)
        new_lon, new_lat = lon.copy(), lat.copy()
        for zone, formula in ((INSIDE, self.formula), (NEAR, self._faded)):
            here = np.flatnonzero(zones == zone)
            if here.size:
                new_lon[here], new_lat[here] = _fixed_point(formula, lon[here], lat[here])
        return new_lon, new_lat

    def _faded(self, lon: Floats, lat: Floats) -> Pair:
        """Return the shift near the line: the formula times its weight."""
        weight = self.belt.weight(lon, lat)
        east, north = self.formula(lon, lat)
        return weight * east, weight * north


def _fixed_point(formula: Callable[[Floats, Floats], Pair], lon: Floats, lat: Floats) -> Pair:
    """Return p with ``p + formula(p) = (lon, lat)``, by repeating ``p = (lon, lat) - formula(p)``.

    Each step shrinks the error: 50-fold and more inside China (over a metre GCJ-02 changes by 0.8 cm at most, BD-09
    by 2 cm), to 0.75 of it in the worst place of a belt. Every third step, at first, leaps to where moves shrinking
    on at the last rate would end (Aitken); the plain steps that follow make sure of it.
    """
    here_lon, here_lat = lon.copy(), lat.copy()
    last_lon, last_lat = np.zeros_like(lon), np.zeros_like(lat)
    for step in range(_MOST_STEPS):
        move_lon, move_lat = formula(here_lon, here_lat)
        np.subtract(lon - here_lon, move_lon, out=move_lon)
        np.subtract(lat - here_lat, move_lat, out=move_lat)
        farthest = max(np.abs(move_lon).max(initial=0.0), np.abs(move_lat).max(initial=0.0))
        if step % 3 == 2 and step < _LAST_LEAP:
            rate = (move_lon * last_lon + move_lat * last_lat) / (last_lon**2 + last_lat**2 + _NOTHING)
            leap = 1.0 / (1.0 - np.clip(rate, -0.9, 0.9))
            move_lon *= leap
            move_lat *= leap
        here_lon += move_lon
        here_lat += move_lat
        last_lon, last_lat = move_lon, move_lat
        if farthest <= _CLOSE_DEG:
            break
    return here_lon, here_lat


def _gcj02_formula(lon: Floats, lat: Floats) -> Pair:
    """Return by how many degrees GCJ-02 lies east and north of WGS 84 at a place inside the line.

    Every sine of the formula is that of a multiple of ``u = πx/60`` or ``v = πy/60``, and the latitude is ``v/3`` and
    35 degrees: four calls of sine and cosine do for fourteen, which is most of the time.
    """
    x, y = lon - 105.0, lat - 35.0
    third = y * (np.pi / 180.0)
    sin_third, cos_third = np.sin(third), np.cos(third)
    u = x * (np.pi / 60.0)
    east, (sin_x, cos_x) = _swell(np.sin(u), np.cos(u), 300.0, 150.0)
    north, _ = _swell(*_triple(sin_third, cos_third), 320.0, 160.0)
    double = _double(sin_x, cos_x)
    common = (_triple(*double)[0] + double[0]) * (40.0 / 3.0) + 0.1 * x * y
    root = np.sqrt(np.abs(x))
    east += common + (300.0 + x * (1.0 + 0.1 * x) + 2.0 * y + 0.1 * root)
    north += common + (-100.0 + 2.0 * x + y * (3.0 + 0.2 * y) + 0.2 * root)
    sine = sin_third * _COS_35 + cos_third * _SIN_35
    cosine = cos_third * _COS_35 - sin_third * _SIN_35
    bulge = 1.0 - _ECCENTRICITY2 * sine * sine
    prime_vertical = _AXIS_M * (np.pi / 180.0) / np.sqrt(bulge)  # metres in a degree, before the cosine
    return east / (prime_vertical * cosine), north * bulge / (prime_vertical * (1.0 - _ECCENTRICITY2))


def _swell(sine: Floats, cosine: Floats, slowest: float, slow: float) -> tuple[Floats, Pair]:
    """Return ``⅔(20 sin 60u + 40 sin 20u + slow sin 5u + slowest sin 2u)`` of an angle u, and sin and cos of 60u."""
    sin_5, cos_5 = _fivefold(sine, cosine)
    sin_20, cos_20 = _double(*_double(sin_5, cos_5))
    sin_60, cos_60 = _triple(sin_20, cos_20)
    swell = sin_60 * (40.0 / 3.0)
    swell += sin_20 * (80.0 / 3.0)
    swell += sin_5 * (slow * 2.0 / 3.0)
    swell += sine * cosine * (slowest * 4.0 / 3.0)
    return swell, (sin_60, cos_60)


def _double(sine: Floats, cosine: Floats) -> Pair:
    """Return sine and cosine of twice an angle."""
    return 2.0 * sine * cosine, 1.0 - 2.0 * sine * sine


def _triple(sine: Floats, cosine: Floats) -> Pair:
    """Return sine and cosine of three times an angle."""
    square = 4.0 * sine * sine
    return sine * (3.0 - square), cosine * (1.0 - square)


def _fivefold(sine: Floats, cosine: Floats) -> Pair:
    """Return sine and cosine of five times an angle."""
    square = 4.0 * sine * sine
    return sine * (5.0 + square * (square - 5.0)), cosine * (1.0 + square * (square - 3.0))


def _bd09_formula(lon: Floats, lat: Floats) -> Pair:
    """Return by how many degrees BD-09 lies east and north of GCJ-02 at a place inside the line."""
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD09_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD09_TURN)
    return radius * np.cos(angle) + (0.0065 - lon), radius * np.sin(angle) + (0.006 - lat)


GCJ02 = Shift(_gcj02_formula, mainland.GCJ02_BELT)
BD09 = Shift(_bd09_formula, mainland.BD09_BELT)
