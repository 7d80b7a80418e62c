"""What the desk keeps at hand so that it answers while one drags: inputs, pairs and answers of the present revision.

Pairs are measured once to :data:`USUAL_M` and cut to the reach that is asked. Those along streets take longer: they are
measured in the background, and who asks meanwhile is told to wait. All is thrown away when the register moves on, but
for pairs, which stay as long as stations and demand stay where they are.
"""

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import numpy as np
from scipy.spatial import cKDTree

from stationmap.errors import Message, NotFound, StationmapError
from stationmap.geo.earth import geocentric
from stationmap.planning.network.graph import Network
from stationmap.planning.pairs import Pairs
from stationmap.register.plans.demands import KeptDemand
from stationmap.runs.carry import Carried, carry
from stationmap.runs.inputs import Inputs, from_ledger, in_area, pairs_of
from stationmap.runs.spec import Spec
from stationmap.web.live import Live

USUAL_M = 3000.0
MOST_PLACES = 60_000
"""Places that one question on the spot may have; more go to the background."""
MOST_LOADED = 1_000_000
"""Places of demand that a request may load; larger demand is left to the background."""
MOST_PAIRS = 4_000_000
_MOST_KEPT_PAIRS = 3 * MOST_PAIRS
_SAMPLE = 500
_MOST_INPUTS, _MOST_ANSWERS = 4, 400
_T = TypeVar("_T")
Told = tuple[Pairs, tuple[Message, ...]]


class TooLong(StationmapError):
    """The question takes too long to be answered on the spot."""


class Working(StationmapError):
    """What is needed is being worked out; ask again in a moment."""


class Stock:
    """What the desk keeps at hand; safe under threads.

    Parameters
    ----------
    live : Live
        The watched ledger.
    network : Network, optional
        Streets.
    """

    def __init__(self, live: Live, network: Network | None = None) -> None:
        self._live, self.network = live, network
        self._lock = threading.RLock()
        self._stamp: object = None
        self._inputs: OrderedDict[str, Inputs] = OrderedDict()
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()
        self._pairs: OrderedDict[Hashable, Told] = OrderedDict()
        self._demands: list[KeptDemand] | None = None
        self._working: set[Hashable] = set()
        self._faults: dict[Hashable, StationmapError] = {}

    def demands(self) -> list[KeptDemand]:
        """Return what is told of all demand that is kept, that of the sample city last."""
        with self._lock:
            self._renew()
            if self._demands is None:
                found = self._live.ask(lambda ledger: ledger.demands.all())
                self._demands = sorted(found, key=lambda each: (each.fictional, each.name))
            return self._demands

    def demand(self, name: str) -> KeptDemand:
        """Return what is told of one demand, the first for "".

        Raises
        ------
        NotFound
            When there is none of that name.
        """
        known = {each.name: each for each in self.demands()}
        if not name and known:
            return next(iter(known.values()))
        if name not in known:
            raise NotFound(
                "There is no demand called {name}; there are: {known}. Load it first: stationmap load demand FILE",
                name=repr(name[:40]),
                known=tuple(known) or "-",
            )
        return known[name]

    def inputs(self, demand: str) -> Inputs:
        """Return the inputs with some demand, as the register has them now; raises as :meth:`demand`."""
        with self._lock:
            self._renew()
            if demand not in self._inputs:
                self.demand(demand)
                found = self._live.ask(lambda ledger: from_ledger(ledger, demand, network=self.network))
                _remember(self._inputs, demand, found, _MOST_INPUTS)
            return self._inputs[demand]

    def carried(self, spec: Spec) -> Carried:
        """Return a run that was carried out on the spot.

        Raises
        ------
        TooLong
            When it would take too long.
        Working
            When ways along streets are being measured.
        InvalidValue, NotFound
            When it names what is not there.
        """
        if self.too_long(spec):
            raise TooLong("This question takes longer. Save it: it is worked out in the background.")
        return carry(self.inputs(spec.demand), spec, pairs=self.pairs)

    def too_long(self, spec: Spec) -> bool:
        """Tell whether a question takes too long to be answered on the spot; raises as :meth:`carried`."""
        if self.demand(spec.demand).rows > MOST_LOADED:
            return True
        here = in_area(self.inputs(spec.demand), spec.area)
        if len(here.demand) > MOST_PLACES:
            return True
        return bool(len(here.demand) and len(here.supply)) and _about_pairs(here, max(spec.reaches_m)) > MOST_PAIRS

    def pairs(self, inputs: Inputs, reach_m: float, way: str) -> Told:
        """Return pairs to a reach; raises as :meth:`carried`."""
        key = _key(inputs, way)
        with self._lock:
            found = self._pairs.get(key)
            if found is not None and found[0].reach_m >= reach_m:
                self._pairs.move_to_end(key)
                return found[0].within(reach_m), found[1]
            fault = self._faults.pop(key, None)
        if fault is not None:
            raise fault
        far = USUAL_M if reach_m <= USUAL_M and _about_pairs(inputs, USUAL_M) <= MOST_PAIRS else reach_m
        if way == "air" or inputs.network is None or inputs.network.mode != way:
            self._keep(key, pairs_of(inputs, far, way))
            return self.pairs(inputs, reach_m, way)
        self._measure(key, inputs, far, way)
        raise Working("Ways along the streets are being measured. The answer comes in a moment.")

    def answer(self, key: Hashable, make: Callable[[], _T]) -> _T:
        """Return an answer that was given before in this revision, else make and keep it."""
        with self._lock:
            self._renew()
            stamp = self._stamp
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]  # type: ignore[no-any-return]
        made = make()
        with self._lock:
            if stamp == self._stamp:
                _remember(self._answers, key, made, _MOST_ANSWERS)
        return made

    def _renew(self) -> None:
        picture = self._live.picture()
        stamp = (picture.snapshot.revision, picture.made_at)
        if stamp != self._stamp:
            self._stamp, self._demands = stamp, None
            self._inputs.clear()
            self._answers.clear()

    def _keep(self, key: Hashable, found: Told) -> None:
        with self._lock:
            self._pairs[key] = found
            self._pairs.move_to_end(key)
            while len(self._pairs) > 1 and sum(len(pairs) for pairs, _ in self._pairs.values()) > _MOST_KEPT_PAIRS:
                self._pairs.popitem(last=False)

    def _measure(self, key: Hashable, inputs: Inputs, reach_m: float, way: str) -> None:
        """Measure pairs along streets in a thread of their own, once."""

        def work() -> None:
            try:
                self._keep(key, pairs_of(inputs, reach_m, way))
            except StationmapError as fault:
                self._faults[key] = fault
            finally:
                with self._lock:
                    self._working.discard(key)

        with self._lock:
            if key in self._working:
                return
            self._working.add(key)
        threading.Thread(target=work, name="stationmap-ways", daemon=True).start()


def spec_key(spec: Spec | None) -> str:
    """Return a run as a text: the same for the same."""
    return "" if spec is None else json.dumps(spec.values(), sort_keys=True, ensure_ascii=False)


def _key(inputs: Inputs, way: str) -> Hashable:
    """Return what tells pairs apart: where stations and demand are, and the way."""
    digest = hashlib.sha256()
    for places in (inputs.demand, inputs.supply):
        digest.update(places.lon.tobytes())
        digest.update(places.lat.tobytes())
    return digest.digest(), way


def _about_pairs(inputs: Inputs, reach_m: float) -> float:
    """Return about how many pairs by air there are: counted for some of the demand, spread evenly over it."""
    demand, supply = inputs.demand, inputs.supply
    rows = np.unique(np.linspace(0, len(demand) - 1, _SAMPLE).round().astype(np.int64))
    tree = cKDTree(geocentric(supply.lon, supply.lat))
    near = tree.query_ball_point(geocentric(demand.lon[rows], demand.lat[rows]), reach_m, return_length=True)
    return float(near.mean()) * len(demand)


def _remember(kept: OrderedDict[Any, Any], key: Hashable, value: object, most: int) -> None:
    kept[key] = value
    while len(kept) > most:
        kept.popitem(last=False)
