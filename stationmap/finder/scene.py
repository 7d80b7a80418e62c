"""What one filter and one minute put before a compiled walk: the ground, the hours, which stations have a chance."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.compiled import boxed
from stationmap.finder.ground import Ground
from stationmap.finder.moment import Hours
from stationmap.finder.posts import Posts
from stationmap.finder.services import Offered


class Scene(NamedTuple):
    """Columns that all who ask alike within a minute walk through.

    Attributes
    ----------
    of_place, of_station : NDArray[uint8]
        See :class:`stationmap.finder.blocks.Chances`.
    posts : NDArray[POST]
        One a station.
    ground, hours, offered :
        See there.
    """

    of_place: NDArray[np.uint8]
    of_station: NDArray[np.uint8]
    posts: Posts
    ground: Ground
    hours: Hours
    offered: Offered


SceneBox, in_a_box = boxed(Scene)


class Sought(NamedTuple):
    """What a walk looks for.

    Attributes
    ----------
    k : int
        How many of each kind.
    stage_m : float
        How far at most.
    any_state : bool
        Whether every station does, whatever it is found to be.
    open_now : bool
        Whether the state when he sets out counts as well.
    speed_m_min, margin_min, soon_min : float
        Of the trip.
    """

    k: int
    stage_m: float
    any_state: bool
    open_now: bool
    speed_m_min: float
    margin_min: float
    soon_min: float
