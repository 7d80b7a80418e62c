"""Baidu's Mercator metres: its forward polynomial from BD-09 degrees, and the exact inverse by Newton's iteration.

Baidu approximates a Mercator projection by polynomials in bands of latitude. In the band that begins at 0,
15, 30, 45 or 60 degrees, with coefficients c0..c9, ``t = |lat| / c9``, and the signs of lon and lat carried
over::

    x = c0 + c1 |lon|        y = c2 + c3 t + c4 t² + c5 t³ + c6 t⁴ + c7 t⁵ + c8 t⁶

The coefficients are those of Baidu's public JavaScript API (table ``LL2MC``). Against 664 positions of the
provider they are off by 8 mm at most. Baidu publishes a second set of polynomials for the way back
(``MC2LL``); it misses the first by 0.5 mm, 7 mm, 3 cm, 27 cm and 7 m in the five bands, so the way back
here inverts the forward polynomial instead.

The bands do not meet: at 15, 30, 45 and 60 degrees y jumps up by 1 cm, 4 cm, 41 cm and 14.6 m. Metres
inside such a jump belong to no place; the polynomial of the band that Baidu counts them to is run on.
Within 1 mm of the meridian of Greenwich x overlaps by 0.7 mm. Everywhere else the two directions undo one
another to 1e-7 m.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import comb

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MAX_LAT = 74.0
"""Baidu's own limit of latitude: beyond it there are no metres (its API clamps there)."""


def _about_middle(band: Floats) -> list[float]:
    """Return the coefficients of a band's y in powers of ``t - 1``, exactly.

    In powers of t the terms of the northern bands are 10,000 times their sum, and its last digits are noise.
    """
    terms = [Fraction(term) for term in band[2:9].tolist()]
    powers = range(len(terms))
    return [float(sum(comb(power, low) * terms[power] for power in powers)) for low in powers]


_COEFFICIENTS = """
-0.0003218135878613132  111320.7020701615  0.00369383431289  823725.6402795718  0.46104986909093
    2351.343141331292  1.58060784298199  8.77738589078284  0.37238884252424  7.45
-0.0003441963504368392  111320.7020576856  278.2353980772752  2485758.690035394  6070.750963243378
    54821.18345352118  9540.606633304236  -2710.55326746645  1405.483844121726  22.5
0.00220636496208  111320.7020209128  51751.86112841131  3796837.749470245  992013.7397791013
    -1221952.21711287  1340652.697009075  -620943.6990984312  144416.9293806241  37.5
0.00337398766765  111320.7020202162  4481351.045890365  -23393751.19931662  79682215.47186455
    -115964993.2797253  97236711.15602145  -43661946.33752821  8477230.501135234  52.5
0.0008277824516172526  111320.7020463578  647795574.6671607  -4082003173.641316  10774905663.51142
    -15171875531.51559  12053065338.62167  -5124939663.577472  913311935.9512032  67.5
"""
_BANDS = np.array(_COEFFICIENTS.split(), dtype=np.float64).reshape(5, 10)
_TERMS = [_about_middle(band) for band in _BANDS]
_FIRST_LAT = np.array([0.0, 15.0, 30.0, 45.0, 60.0])
_FIRST_Y = np.array([0.0, 1678043.12, 3481989.83, 5591021.0, 8362377.87])  # the provider's, each within its jump


def forward(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return the Baidu Mercator metres of BD-09 degrees.

    Parameters
    ----------
    lon, lat : ndarray of float64, shape (n,)
        BD-09 degrees.

    Returns
    -------
    x, y : ndarray of float64, shape (n,)
        Metres; NaN where either coordinate is NaN or the latitude is beyond 74 degrees.
    """
    size = np.abs(lat)
    x, y = np.full(lon.shape, np.nan), np.full(lon.shape, np.nan)
    size = np.where((size <= MAX_LAT) & ~np.isnan(lon), size, np.nan)
    for band, here in _by_band(size, _FIRST_LAT):
        c0, c1, c9 = _BANDS[band, [0, 1, 9]]
        x[here] = np.copysign(c0 + c1 * np.abs(lon[here]), lon[here])
        y[here] = np.copysign(_polynomial(_TERMS[band], size[here] / c9 - 1.0), lat[here])
    return x, y


def inverse(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return the BD-09 degrees of Baidu Mercator metres.

    Parameters
    ----------
    x, y : ndarray of float64, shape (n,)
        Metres.

    Returns
    -------
    lon, lat : ndarray of float64, shape (n,)
        BD-09 degrees, exact to 1e-6 m; NaN where either coordinate is NaN or no place has such metres.
    """
    size = np.abs(y)
    lon, lat = np.full(x.shape, np.nan), np.full(x.shape, np.nan)
    size = np.where((size <= _LAST_Y) & (np.abs(x) <= _LAST_X), size, np.nan)
    for band, here in _by_band(size, _FIRST_Y):
        c0, c1, c9 = _BANDS[band, [0, 1, 9]]
        lon[here] = np.copysign(np.clip((np.abs(x[here]) - c0) / c1, 0.0, 180.0), x[here])
        lat[here] = np.copysign(c9 * np.maximum(_root(_TERMS[band], size[here]) + 1.0, 0.0), y[here])
    return lon, lat


def _by_band(size: Floats, first: Floats) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """Yield each band that occurs and the positions in it; NaN is in none."""
    band = np.searchsorted(first, size, side="right") - 1
    band[np.isnan(size)] = -1
    for number in range(len(_BANDS)):
        here = np.flatnonzero(band == number)
        if here.size:
            yield number, here


def _polynomial(terms: Sequence[float], t: Floats) -> Floats:
    value = np.full_like(t, terms[-1])
    for term in reversed(terms[:-1]):
        value *= t
        value += term
    return value


def _root(terms: Sequence[float], y: Floats) -> Floats:
    """Solve a band's polynomial in ``t - 1`` by Newton's iteration from the middle of the band.

    Within each band y rises with latitude, and its slope changes so little that 5 steps reach the last digit.
    """
    slopes = [power * term for power, term in enumerate(terms)][1:]
    t = np.zeros_like(y)
    for _ in range(5):
        t -= (_polynomial(terms, t) - y) / _polynomial(slopes, t)
    return t


_LAST_Y = float(forward(np.zeros(1), np.full(1, MAX_LAT))[1][0])
_LAST_X = float(np.max(_BANDS[:, 0] + 180.0 * _BANDS[:, 1])) + 1e-6
