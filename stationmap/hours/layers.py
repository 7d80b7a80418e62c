"""Days as layers of spans: painted from the rules, agreed between readings, laid over the night before.

A *layer* holds, for each of many owners, disjoint spans of minutes with a value; a minute without span has none. What
works on several layers cuts them at each other's ends first (:func:`_pieces`), so that every piece has one value in
each layer, and then decides piece by piece with array operations.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationmap.hours.selectors import ASK, CUT, NONE, OPEN, OPEN_ELSE, UNKNOWN_ELSE, Bools, Ints

CLOSED_STATE, OPEN_STATE, UNKNOWN_STATE = range(3)
SAYS_NOTHING = 1 << NONE

_KEY = 4096  # minutes of two days fit below it: owner * _KEY + minute orders by owner, then minute


class Layer(NamedTuple):
    """Spans ordered by owner and start, disjoint within an owner; minutes count from the midnight of the day."""

    owner: Ints
    start: Ints
    end: Ints
    value: NDArray[np.uint8]

    def where(self, keep: Bools | slice) -> "Layer":
        """Return the spans for which ``keep`` holds, or a slice of them."""
        return Layer(self.owner[keep], self.start[keep], self.end[keep], self.value[keep])

    def within(self, first: int, last: int) -> "Layer":
        """Return what lies between two minutes, counted from the first of them."""
        inside = self.where((self.start < last) & (self.end > first))
        start, end = np.maximum(inside.start, first) - first, np.minimum(inside.end, last) - first
        return inside._replace(start=start, end=end)


def paint(drawn: Layer, order: Ints) -> Layer:
    """Let the spans of one day that overlap be painted over each other, in the order of the rules.

    Parameters
    ----------
    drawn : Layer
        The codes of :mod:`stationmap.hours.selectors`, in the order of the rules; those of one rule are disjoint.
    order : NDArray[int64]
        Rule of each span; ascending.

    Returns
    -------
    Layer
        Codes. The later rule holds; a fallback holds only where the rules before it leave the place closed.
    """
    starts_rule = np.ones(order.size, dtype=np.bool_)
    starts_rule[1:] = order[1:] != order[:-1]
    starts_owner = np.ones(order.size, dtype=np.bool_)
    starts_owner[1:] = drawn.owner[1:] != drawn.owner[:-1]
    rule_number = np.cumsum(starts_rule)
    rank: Ints = rule_number - np.maximum.accumulate(np.where(starts_owner, rule_number, 0))
    if not rank.any():
        return drawn
    several = np.isin(drawn.owner, drawn.owner[rank > 0])
    crowded = drawn.where(several)
    ranks = rank[several]
    layers = [crowded.where(ranks == number) for number in range(int(ranks.max()) + 1)]
    pieces, values = _pieces(layers)
    state = np.zeros(pieces.owner.size, dtype=np.uint8)
    for value in values:
        else_only = value >= OPEN_ELSE
        speaks = (value != NONE) & (~else_only | (state == NONE) | (state == CUT))
        state = np.where(speaks, value, state)
    painted = pieces._replace(value=state)
    return _in_order(drawn.where(~several), painted.where(state != NONE))


def agree(readings: Sequence[Layer], alternatives: Sequence[Sequence[int]]) -> Layer:
    """Return what may be said of each minute: one bit for each code that some alternative gives.

    Parameters
    ----------
    readings : Sequence[Layer]
        Codes under each reading of the day.
    alternatives : Sequence[Sequence[int]]
        Each names one reading, or five of which at least four must say the same (else each of the five may be so).

    Returns
    -------
    Layer
        Bits ``1 << code``; where nothing can be said but "nothing", there is no span.
    """
    if len(readings) == 1:
        only = readings[0]
        return only._replace(value=np.left_shift(1, only.value, dtype=np.uint8))
    pieces, values = _pieces(readings)
    bits = np.zeros(pieces.owner.size, dtype=np.uint8)
    for numbers in alternatives:
        if len(numbers) == 1:
            bits |= np.left_shift(1, values[numbers[0]], dtype=np.uint8)
            continue
        votes = np.stack([values[number] for number in numbers])
        voiced = np.bitwise_or.reduce(np.left_shift(1, votes, dtype=np.uint8), axis=0)
        for code in range(UNKNOWN_ELSE + 1):
            voiced = np.where((votes == code).sum(axis=0) >= 4, np.uint8(1 << code), voiced)
        bits |= voiced
    return pieces._replace(value=bits).where(bits != SAYS_NOTHING)


def overlay(day: Layer, night: Layer) -> Layer:
    """Return the states of a calendar day from what it says itself and what the night before runs into it.

    Parameters
    ----------
    day, night : Layer
        Bits from :func:`agree` on the 1440 minutes of the day.

    Returns
    -------
    Layer
        States open or unknown; all else is closed. Neighbouring spans of an owner differ or do not touch.
    """
    alone = day.where(~np.isin(day.owner, night.owner))
    shared = day.where(np.isin(day.owner, night.owner))
    pieces, (own, before) = _pieces([shared, night])
    own, before = (np.where(bits == 0, SAYS_NOTHING, bits) for bits in (own, before))
    together = pieces._replace(value=_STATES[own, before])
    single = alone._replace(value=_STATES[alone.value, SAYS_NOTHING])
    states = _in_order(single, together)
    return joined(states.where(states.value != CLOSED_STATE))


def joined(layer: Layer) -> Layer:
    """Return the layer with spans that touch and say the same made one."""
    opens = np.ones(layer.owner.size, dtype=np.bool_)
    opens[1:] = (
        (layer.owner[1:] != layer.owner[:-1])
        | (layer.start[1:] != layer.end[:-1])
        | (layer.value[1:] != layer.value[:-1])
    )
    if opens.all():
        return layer
    closes = np.ones_like(opens)
    closes[:-1] = opens[1:]
    return Layer(layer.owner[opens], layer.start[opens], layer.end[closes], layer.value[opens])


def combined(layers: Sequence[Layer]) -> Layer:
    """Return several layers as one in order of owners; those of one owner keep the order in which they are given."""
    owner, start, end, value = (np.concatenate(columns) for columns in zip(*layers, strict=True))
    order = np.argsort(owner, kind="stable")
    return Layer(owner[order], start[order], end[order], value[order])


def _in_order(one: Layer, other: Layer) -> Layer:
    """Return two layers without common owners as one."""
    if not one.owner.size or not other.owner.size:
        return one if one.owner.size else other
    return combined((one, other))


def _pieces(layers: Sequence[Layer]) -> tuple[Layer, list[NDArray[np.uint8]]]:
    """Cut layers at each other's ends; return the pieces (their value is nothing) and each layer's values on them.

    There is a piece between any two neighbouring cuts of an owner, also where no layer has a span.
    """
    starts = [layer.owner * _KEY + layer.start for layer in layers]
    ends = [layer.owner * _KEY + layer.end for layer in layers]
    cuts = np.sort(np.concatenate(starts + ends), kind="stable")  # many sorted runs; np.unique takes 20 times longer
    cuts = cuts[np.append(True, cuts[1:] != cuts[:-1])] if cuts.size else cuts
    owner, minute = np.divmod(cuts, _KEY)
    real = np.zeros(cuts.size, dtype=np.bool_)
    real[:-1] = owner[1:] == owner[:-1]
    values = []
    for layer, start, end in zip(layers, starts, ends, strict=True):
        change = np.zeros(cuts.size, dtype=np.int16)
        change[np.searchsorted(cuts, start)] += layer.value
        change[np.searchsorted(cuts, end)] -= layer.value
        values.append(np.cumsum(change, dtype=np.int16).astype(np.uint8)[real])
    following = np.roll(minute, -1)
    return Layer(owner[real], minute[real], following[real], np.zeros(int(real.sum()), np.uint8)), values


def _state(own: int, before: int) -> int:
    """Return the state where a day says ``own`` of itself and the night before runs into it with ``before``."""
    if own in (OPEN_ELSE, UNKNOWN_ELSE) and before not in (NONE, CUT, OPEN_ELSE, UNKNOWN_ELSE):
        own = NONE  # something else speaks
    if own == CUT or (before == CUT and own not in (OPEN_ELSE, UNKNOWN_ELSE)):
        return CLOSED_STATE
    if own == ASK:
        return UNKNOWN_STATE
    if OPEN in (own, before) or OPEN_ELSE in (own, before):
        return OPEN_STATE
    return CLOSED_STATE if own == before == NONE else UNKNOWN_STATE


def _state_table() -> NDArray[np.uint8]:
    """Return the state for any two sets of codes (as bits): unknown where their members do not lead to the same."""
    codes = np.arange(UNKNOWN_ELSE + 1)
    members = (np.arange(1 << codes.size)[:, None] >> codes & 1).astype(np.int64)
    members[0, NONE] = 1
    states = np.array([[_state(own, before) for before in codes.tolist()] for own in codes.tolist()])
    closed, opened, unknown = ((members @ (states == state) @ members.T) > 0 for state in range(3))
    known = np.where(opened, OPEN_STATE, CLOSED_STATE)
    return np.where(unknown | (closed & opened), UNKNOWN_STATE, known).astype(np.uint8)


_STATES = _state_table()
