"""Who may use a way: the rules for walkers and for riders of e-bikes, over the tags of OpenStreetMap.

A way is judged by its ``highway`` class first, then by its access tags, the most particular of which decides
(OSM wiki, "Key:access": a tag of a mode overrides the general one); directions last.

=============================================  ===========================  =====================================
highway                                        walk                         ride
=============================================  ===========================  =====================================
trunk, primary, secondary, tertiary, their     yes                          yes
links, unclassified, residential, service,
living_street, road, track, busway
cycleway, path                                 yes                          yes
footway, pedestrian, bridleway, platform,      yes                          pushed, at walking pace; ridden where
corridor, crossing                                                          ``bicycle`` says yes or designated
steps, ladder                                  steps yes, ladder no         no; pushed where a ramp for bicycles
                                                                            is mapped
elevator                                       yes                          pushed
motorway, its links, ``motorroad=yes``         no                           no
construction, proposed, planned, abandoned,    no                           no
razed, disused, raceway, rest_area, services,
bus_guideway, escape, via_ferrata, no
busway and any other class                     only where ``foot`` says so  only where ``bicycle`` says so
=============================================  ===========================  =====================================

- Walkers: ``foot`` before ``access``. Riders: ``electric_bicycle``, ``bicycle``, ``vehicle``, ``access``.
- ``no``, ``private``, ``use_sidepath``, ``agricultural``, ``forestry``, ``military``, ``delivery``, ``permit``,
  ``emergency`` and the like shut a way. ``customers``, ``destination``, ``permissive``, ``discouraged`` and whatever
  is not known do not: a worker who goes to a station has his errand there. Conditions (``access:conditional``) are
  not read. An explicit permission opens what its class shuts, but no motorway and nothing that is not built.
- ``route=ferry`` is shut to both: boats have timetables.
- Streets are walked on whether a pavement is mapped or not (``sidewalk`` is not read).
- Directions: ``oneway`` binds vehicles, not walkers (OSM wiki, "Key:foot:backward", "Key:oneway:foot"). Walkers are
  bound by ``oneway:foot``, ``foot:forward``, ``foot:backward``, and by moving stairs and belts (``conveying=forward``
  or ``backward``). Riders are bound by ``oneway`` and by roundabouts unless ``oneway:bicycle=no`` or a ``cycleway`` is
  ``opposite``; ``bicycle:forward`` and ``bicycle:backward`` come last.
- Barriers on nodes: walls, fences, hedges, ditches, debris stop both; stiles, turnstiles, kissing gates stop riders.
  All others (gates, bollards, blocks, lift gates) let pass. Access tags on the barrier decide before its kind, and
  ``locked=yes`` shuts it where there are none. The wiki ("Barriers") has undocumented barriers imply no access; for
  gates that would cut off every courtyard whose gate stands open all day, so kinds are listed here one by one.
- Bridges and tunnels are ways like others; that they do not meet what they cross follows from their nodes.

China: e-bikes (电动自行车) are non-motor vehicles and go where bicycles go, at 15 km/h at most in their lanes (Road
Traffic Safety Law, 道路交通安全法, Art. 58). ``highway=trunk`` is open to both by the default of all countries in the
wiki ("OSM tags for routing/Access restrictions"); urban expressways closed to them carry ``motorroad=yes`` or
``foot=no``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from stationmap.planning.pairs import WALK_M_MIN

Tags = Mapping[str, str]
Mode = Literal["walk", "ride"]

RIDE_M_MIN = 250.0
"""15 km/h, as the finder rides."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


WAY_KEYS = _words(
    "highway outline area access vehicle foot bicycle electric_bicycle motorroad route oneway junction bridge tunnel"
    " conveying oneway:foot foot:forward foot:backward oneway:bicycle bicycle:forward bicycle:backward"
    " cycleway cycleway:left cycleway:right cycleway:both ramp:bicycle"
)
BARRIER_KEYS = _words("barrier access vehicle foot bicycle electric_bicycle locked")

_ROADS = _words(
    "trunk primary secondary tertiary trunk_link primary_link secondary_link tertiary_link unclassified residential"
    " service living_street road track cycleway path"
)
_FOOTWAYS = _words("footway pedestrian bridleway platform corridor crossing elevator")
_NEVER = _words(
    "motorway motorway_link construction proposed planned abandoned razed disused raceway no bus_guideway escape"
    " via_ferrata rest_area services"
)
_SHUT = _words(
    "no private use_sidepath agricultural forestry military delivery permit emergency employees residents service"
    " official restricted psv bus"
)
_OPEN = _words("yes designated permissive destination customers dismount")
_WALLS = _words("wall fence hedge city_wall retaining_wall ditch debris guard_rail wire_fence")
_NOT_BY_BIKE = _words("stile turnstile full-height_turnstile kissing_gate horse_stile ladder")
_LANES = ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")
_GENERAL: Mapping[Mode, tuple[str, ...]] = {
    "walk": ("foot", "access"),
    "ride": ("electric_bicycle", "bicycle", "vehicle", "access"),
}
_OWN: Mapping[Mode, tuple[str, ...]] = {"walk": ("foot",), "ride": ("electric_bicycle", "bicycle")}


@dataclass(frozen=True, slots=True)
class Passage:
    """How a way is passed: in which directions, at which pace, and of what sort it is."""

    forward: bool
    backward: bool
    speed_m_min: float
    steps: bool = False
    outline: bool = False
    spans: bool = False
    """It is a bridge or a tunnel: the ground's height is not its own."""

    @property
    def shut(self) -> bool:
        """Return whether nobody passes."""
        return not (self.forward or self.backward)


_SHUT_PASSAGE = Passage(forward=False, backward=False, speed_m_min=WALK_M_MIN)


def passage(tags: Tags, mode: Mode) -> Passage:
    """Return how a way with some tags is passed.

    Examples
    --------
    >>> passage({"highway": "residential", "oneway": "yes"}, "walk").backward
    True
    >>> passage({"highway": "residential", "oneway": "yes"}, "ride").backward
    False
    """
    kind = tags.get("highway", "")
    if kind in _NEVER or not kind or tags.get("motorroad") == "yes" or tags.get("route") == "ferry":
        return _SHUT_PASSAGE
    if not _permitted(tags, mode, by_class=_class_open(kind, tags, mode)):
        return _SHUT_PASSAGE
    forward, backward = _walked(tags) if mode == "walk" else _ridden(tags)
    return Passage(
        forward=forward,
        backward=backward,
        speed_m_min=_speed(kind, tags, mode),
        steps=kind == "steps",
        outline=tags.get("area") == "yes" or "outline" in tags,
        spans=tags.get("bridge", "no") != "no" or tags.get("tunnel", "no") != "no",
    )


def stops(tags: Tags, mode: Mode) -> bool:
    """Return whether a barrier with some tags lets nobody pass.

    Examples
    --------
    >>> stops({"barrier": "gate"}, "walk"), stops({"barrier": "gate", "access": "private"}, "walk")
    (False, True)
    """
    kind = tags.get("barrier", "")
    by_kind = kind not in _WALLS and not (mode == "ride" and kind in _NOT_BY_BIKE) and tags.get("locked") != "yes"
    return not _permitted(tags, mode, by_class=by_kind)


def unknown_class(tags: Tags) -> str:
    """Return the ``highway`` class of a way when these rules have never heard of it, else an empty text."""
    kind = tags.get("highway", "")
    return "" if kind in _ROADS | _FOOTWAYS | _NEVER | {"steps", "ladder", "busway"} else kind


def speed_m_min(mode: Mode) -> float:
    """Return the pace of a mode on a level way, metres in a minute."""
    return WALK_M_MIN if mode == "walk" else RIDE_M_MIN


def _class_open(kind: str, tags: Tags, mode: Mode) -> bool:
    if kind == "steps":
        return mode == "walk" or tags.get("ramp:bicycle") in {"yes", "both", "left", "right"}
    return kind in _ROADS or kind in _FOOTWAYS


def _permitted(tags: Tags, mode: Mode, *, by_class: bool) -> bool:
    """Return whether the most particular access tag, or else the class, lets pass."""
    for key in _GENERAL[mode]:
        value = tags.get(key)
        if value in _SHUT:
            return False
        if value in _OPEN:
            return by_class or key in _OWN[mode] or "barrier" in tags
    return by_class


def _walked(tags: Tags) -> tuple[bool, bool]:
    oneway, belt = tags.get("oneway:foot", ""), tags.get("conveying", "")
    against = oneway in {"-1", "reverse"} or belt == "backward"
    bound = oneway in {"yes", "true", "1"} or belt == "forward"
    return (
        not against and tags.get("foot:forward") not in _SHUT,
        not bound and tags.get("foot:backward") not in _SHUT,
    )


def _ridden(tags: Tags) -> tuple[bool, bool]:
    oneway = tags.get("oneway:bicycle") or tags.get("oneway", "")
    if not oneway and tags.get("junction") in {"roundabout", "circular"}:
        oneway = "yes"
    if "oneway:bicycle" not in tags and any(tags.get(lane, "").startswith("opposite") for lane in _LANES):
        oneway = "no"
    return (
        oneway not in {"-1", "reverse"} and tags.get("bicycle:forward") not in _SHUT,
        oneway not in {"yes", "true", "1"} and tags.get("bicycle:backward") not in _SHUT,
    )


def _speed(kind: str, tags: Tags, mode: Mode) -> float:
    if mode == "walk":
        return WALK_M_MIN
    own = next((tags[key] for key in _OWN["ride"] if key in tags), "")
    pushed = own == "dismount" or kind in {"steps", "elevator"}
    pushed |= (kind in _FOOTWAYS or kind not in _ROADS) and own not in {
        "yes",
        "designated",
        "permissive",
        "destination",
    }
    return WALK_M_MIN if pushed else RIDE_M_MIN
