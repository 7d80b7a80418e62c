"""How the pull of a station fades with the way to it: weights of 0 or more, by metres or by minutes.

Every decay falls, or stays, as the way grows; none rises. Way 0 has the largest weight, always finite. At ``reach``
itself the weight is still the formula's (the boundary is closed), beyond it 0; an infinite way weighs 0. A factor
common to all weights makes no difference to a floating catchment (the ratio of a station falls by as much as its pull
rises), so none is scaled to an area of 1. It does make a difference to
:func:`~stationmap.planning.catchment.fca.potential`.

The unit is part of the decay: zones of 10, 20 and 30 minutes laid over metres would be a number that looks right.
"""

import math
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import InvalidValue

Floats = NDArray[np.float64]

Unit = Literal["m", "min"]

_FLAT = 50.0  # widths; exp(-1250) is 0

LUO_QI = (1.0, 0.68, 0.22)
"""Weights of three zones with a slow decay (Luo and Qi 2009); theirs were of 0-10, 10-20 and 20-30 minutes by car."""

LUO_QI_SHARP = (1.0, 0.42, 0.09)
"""Weights of three zones with a sharp decay (Luo and Qi 2009)."""


class Decay(Protocol):
    """What every decay has: its unit, how far it reaches, and the weight of each way."""

    @property
    def unit(self) -> Unit:
        """Return ``m`` or ``min``: which of the two ways of a pair it weighs."""

    @property
    def reach(self) -> float:
        """Return the longest way that weighs anything, in the unit; infinity where the pairs alone end it."""

    def __call__(self, way: Floats) -> Floats:
        """Return the weight of each way, in the unit; shape as given."""


@dataclass(frozen=True, slots=True)
class Zones:
    """Steps: one weight for each travel zone.

    ``f(d) = w_r`` for the first zone r with ``d <= bound_r``, 0 beyond the last (Luo and Qi 2009, Health & Place 15,
    1100-1107). A way that ends on a bound belongs to the nearer zone. One zone of weight 1 is the plain catchment.

    Parameters
    ----------
    bounds : tuple of float
        Where each zone ends, rising, over 0.
    weights : tuple of float
        One a zone, finite, never rising and none negative.
    unit : {"m", "min"}
        What the bounds are in.

    Raises
    ------
    InvalidValue
        When the bounds do not rise, the weights do, or their number differs.

    Examples
    --------
    >>> Zones((500.0, 1000.0), (1.0, 0.5))(np.array([0.0, 500.0, 501.0, 1000.0, 1000.1])).tolist()
    [1.0, 1.0, 0.5, 0.5, 0.0]
    """

    bounds: tuple[float, ...]
    weights: tuple[float, ...] = LUO_QI
    unit: Unit = "m"

    def __post_init__(self) -> None:
        steps = np.diff(np.array((0.0, *self.bounds)))
        falls = np.diff(np.array((*self.weights, 0.0)))
        fits = len(self.bounds) == len(self.weights) > 0
        if not (fits and (steps > 0).all() and (falls <= 0).all() and math.isfinite(sum(self.bounds + self.weights))):
            raise InvalidValue(
                "Zones to {bounds} with weights {weights} are none: as many weights as bounds, bounds rising from above"
                " 0, weights never rising and none below 0.",
                bounds=self.bounds,
                weights=self.weights,
            )

    @property
    def reach(self) -> float:
        """Return where the last zone ends."""
        return self.bounds[-1]

    def __call__(self, way: Floats) -> Floats:
        """Return the weight of the zone that each way ends in."""
        _check(way)
        zone = np.zeros(way.shape, np.uint8 if len(self.bounds) < 256 else np.uint32)
        for bound in self.bounds:
            zone += (way > bound).view(np.uint8)
        return np.array((*self.weights, 0.0)).take(zone)


@dataclass(frozen=True, slots=True)
class Gaussian:
    """The bell that is 0 where it ends: ``f(d) = (exp(-(d/r)^2 / 2) - exp(-1/2)) / (1 - exp(-1/2))`` for ``d <= r``.

    1 at way 0 and 0 at the reach r, which is its only parameter (Dai 2010, Health & Place 16, 1038-1052). With it the
    floating catchment is known as G2SFCA. A place all of whose stations lie at the reach exactly is therefore in reach
    of them with nothing to gain.

    Parameters
    ----------
    reach : float
        Where it ends, finite and over 0.
    unit : {"m", "min"}
        What the reach is in.

    Raises
    ------
    InvalidValue
        When the reach is not over 0.

    Examples
    --------
    >>> Gaussian(1000.0)(np.array([0.0, 500.0, 1000.0, 1000.1])).round(4).tolist()
    [1.0, 0.7014, 0.0, 0.0]
    """

    reach: float
    unit: Unit = "m"

    def __post_init__(self) -> None:
        _over_nothing("reach", self.reach)

    def __call__(self, way: Floats) -> Floats:
        """Return the height of the bell over each way."""
        _check(way)
        end = math.exp(-0.5)
        part = np.minimum(way / self.reach, 1.0)
        return np.maximum(np.exp(-0.5 * part * part) - end, 0.0) / (1.0 - end)


@dataclass(frozen=True, slots=True)
class Bell:
    """The normal curve by its standard deviation: ``f(d) = exp(-(d/s)^2 / 2)`` for ``d <= reach``.

    1 at way 0, 0.61 at s, 0.14 at 2 s, 0.011 at 3 s. It never comes to 0 by itself: the reach cuts it.

    Parameters
    ----------
    width : float
        s, finite and over 0.
    reach : float
        Where it is cut; infinity leaves that to the pairs.
    unit : {"m", "min"}
        What both are in.

    Raises
    ------
    InvalidValue
        When a parameter is not over 0.
    """

    width: float
    reach: float = math.inf
    unit: Unit = "m"

    def __post_init__(self) -> None:
        _over_nothing("width", self.width)
        _reaching(self.reach)

    def __call__(self, way: Floats) -> Floats:
        """Return the height of the curve over each way."""
        part = np.minimum(way / self.width, _FLAT)
        return _cut(np.exp(-0.5 * part * part), way, self.reach)


@dataclass(frozen=True, slots=True)
class Exponential:
    """``f(d) = exp(-d/s)`` for ``d <= reach``: each further s leaves 0.37 of the pull.

    Parameters
    ----------
    scale : float
        s, finite and over 0.
    reach : float
        Where it is cut; infinity leaves that to the pairs.
    unit : {"m", "min"}
        What both are in.

    Raises
    ------
    InvalidValue
        When a parameter is not over 0.
    """

    scale: float
    reach: float = math.inf
    unit: Unit = "m"

    def __post_init__(self) -> None:
        _over_nothing("scale", self.scale)
        _reaching(self.reach)

    def __call__(self, way: Floats) -> Floats:
        """Return the pull over each way."""
        return _cut(np.exp(-(way / self.scale)), way, self.reach)


@dataclass(frozen=True, slots=True)
class InversePower:
    """Gravity: ``f(d) = (max(d, nearest) / nearest)^-b`` for ``d <= reach``.

    After Hansen 1959, J. Am. Inst. Planners 25, 73-76. His ``d^-b`` has no value at way 0; here whoever is nearer than
    ``nearest`` counts as being that near, and has weight 1. Choose it, do not leave it to chance: it decides how much
    the nearest count.

    Parameters
    ----------
    exponent : float
        b, finite and over 0.
    nearest : float
        The shortest way told apart from none, finite and over 0.
    reach : float
        Where it is cut; infinity leaves that to the pairs.
    unit : {"m", "min"}
        What nearest and reach are in.

    Raises
    ------
    InvalidValue
        When a parameter is not over 0.

    Examples
    --------
    >>> InversePower(2.0, nearest=100.0)(np.array([0.0, 100.0, 200.0, np.inf])).tolist()
    [1.0, 1.0, 0.25, 0.0]
    """

    exponent: float
    nearest: float
    reach: float = math.inf
    unit: Unit = "m"

    def __post_init__(self) -> None:
        _over_nothing("exponent", self.exponent)
        _over_nothing("nearest", self.nearest)
        _reaching(self.reach)

    def __call__(self, way: Floats) -> Floats:
        """Return the pull over each way."""
        return _cut((np.maximum(way, self.nearest) / self.nearest) ** -self.exponent, way, self.reach)


@dataclass(frozen=True, slots=True)
class Epanechnikov:
    """The kernel ``f(d) = 1 - (d/r)^2`` for ``d <= r``: flat about way 0, 0 at the reach r.

    The kernel's factor 3/4 is left out.

    Parameters
    ----------
    reach : float
        Where it ends, finite and over 0.
    unit : {"m", "min"}
        What the reach is in.

    Raises
    ------
    InvalidValue
        When the reach is not over 0.
    """

    reach: float
    unit: Unit = "m"

    def __post_init__(self) -> None:
        _over_nothing("reach", self.reach)

    def __call__(self, way: Floats) -> Floats:
        """Return the height of the kernel over each way."""
        _check(way)
        part = np.minimum(way / self.reach, 1.0)
        return 1.0 - part * part


def _over_nothing(name: str, value: float) -> None:
    if not 0.0 < value < math.inf:
        raise InvalidValue("The {name} of a decay must be a number over 0, not {value}.", name=name, value=value)


def _reaching(reach: float) -> None:
    if reach != math.inf:
        _over_nothing("reach", reach)


def _cut(weight: Floats, way: Floats, reach: float) -> Floats:
    _check(way)
    return weight if reach == math.inf else np.where(way <= reach, weight, 0.0)


def _check(way: Floats) -> None:
    """Raise when a way is none: NaN, or below 0, would pass for far or for near."""
    if way.size and not way.min() >= 0.0:
        raise InvalidValue("A way to a station must be 0 or more, not {value}.", value=float(way.min()))
