"""Named places (stations, hosts that might take one) and which of them is nearest, by air on the ellipsoid."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stationmap.errors import InvalidValue
from stationmap.planning.demand.demand import Demand
from stationmap.planning.nearest import nearest
from stationmap.planning.pairs import Pairs

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Near:
    """One place and how far it is by air."""

    id: str
    name: str
    metres: float


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """m places, in an order of their own; a position in it names one.

    Attributes
    ----------
    ids, names : NDArray[object]
        Shape (m,), texts; ids are unique.
    lon, lat : NDArray[float64]
        Shape (m,), WGS 84 degrees.

    Raises
    ------
    InvalidValue
        When the arrays differ in length, or a place is none.
    """

    ids: NDArray[np.object_]
    names: NDArray[np.object_]
    lon: Floats
    lat: Floats

    def __post_init__(self) -> None:
        lengths = {len(self.ids), len(self.names), len(self.lon), len(self.lat)}
        if len(lengths) > 1:
            raise InvalidValue(
                "Places have {ids} ids, {names} names, {lon} longitudes and {lat} latitudes; give one of each for all.",
                ids=len(self.ids),
                names=len(self.names),
                lon=len(self.lon),
                lat=len(self.lat),
            )
        wrong = np.flatnonzero(~((np.abs(self.lon) <= 180) & (np.abs(self.lat) <= 90)))
        if len(wrong):
            raise InvalidValue(
                "Place {id} lies at {lon}, {lat}: that is nowhere in degrees. Are columns swapped, or is it in metres?",
                id=repr(self.ids[wrong[0]]),
                lon=float(self.lon[wrong[0]]),
                lat=float(self.lat[wrong[0]]),
            )

    def __len__(self) -> int:
        return len(self.ids)

    def marked(self, counts: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the positions of places that are marked, by id.

        Raises
        ------
        InvalidValue
            When there is not a mark for each.
        """
        if len(counts) != len(self):
            raise InvalidValue(
                "There are {found} marks of which stations count for {stations} stations. Give one for each.",
                found=len(counts),
                stations=len(self),
            )
        kept = np.flatnonzero(counts)
        return kept[np.argsort(self.ids[kept].astype(np.str_), kind="stable")]

    def nearest(
        self, lon: ArrayLike, lat: ArrayLike, among: NDArray[np.bool_] | None = None
    ) -> tuple[Near | None, ...]:
        """Return the nearest place of each of n points; of equals the first in order; None where there is none.

        Parameters
        ----------
        lon, lat : array_like of float
            Shape (n,), WGS 84 degrees.
        among : NDArray[bool], optional
            Shape (m,): which places count; all when left out.
        """
        kept = np.arange(len(self)) if among is None else np.flatnonzero(among)
        found = nearest(lon, lat, self.lon[kept], self.lat[kept])
        return tuple(
            Near(str(self.ids[kept[at]]), str(self.names[kept[at]]), metres) if at >= 0 else None
            for at, metres in zip(found.station.tolist(), found.distance_m.tolist(), strict=True)
        )


def check_fit(pairs: Pairs, demand: Demand, stations: Places) -> None:
    """Make sure that pairs are of a demand and stations.

    Raises
    ------
    InvalidValue
        When they are not.
    """
    if (pairs.demand, pairs.stations) != (len(demand), len(stations)):
        raise InvalidValue(
            "The pairs are of {demand} places and {stations} stations, but {places} and {found} were given. Make them"
            " anew.",
            demand=pairs.demand,
            stations=pairs.stations,
            places=len(demand),
            found=len(stations),
        )
