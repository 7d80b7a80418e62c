"""A usual question answered by one compiled loop: walked, judged and written without going back to Python."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.compiled import boxed, compiled
from stationmap.finder.pen import Clock, Told, write
from stationmap.finder.phrases import Table, slot_of
from stationmap.finder.scene import Scene, Sought
from stationmap.finder.sheet import Sheet, Texts
from stationmap.finder.stream import all_had, stream
from stationmap.geo.earth import Bend

TOO_FEW, UNTOLD = -3, -4
"""What is returned where the walk does not fill the lists, and where a text is not among the phrases."""

_slot_of = compiled(slot_of)


class Script(NamedTuple):
    """What an answer is written from, whatever is asked: see :func:`stationmap.finder.pen.write`."""

    sheet: Sheet
    links: Texts
    fields: NDArray[np.int8]


ScriptBox, script_in_a_box = boxed(Script)


@compiled
def reply(
    at: tuple[float, float, float],
    bend: Bend,
    scene: Scene,
    starts_min: NDArray[np.float64],
    sought: Sought,
    script: Script,
    clock: Clock,
    phrases: Table,
    tails: Texts,
    out: NDArray[np.uint8],
) -> tuple[int, NDArray[np.int64], NDArray[np.float64], int]:
    """Answer a question.

    Parameters
    ----------
    at, bend, scene, starts_min, sought :
        Of :func:`stationmap.finder.stream.stream`.
    script : Script
        In its box.
    clock, out :
        Of :func:`stationmap.finder.pen.write`.
    tails : Texts
        What stands behind the features: one a zone, that of the first station counts.
    phrases : Table
        What is told of stations, by :func:`stationmap.finder.walk.code_of`.

    Returns
    -------
    size : int
        How many bytes were written; :data:`TOO_FEW`, :data:`UNTOLD`, or what ``write`` returns where it does not do.
    whole, parts, serving :
        What ``stream`` returns.
    """
    whole, parts, serving = stream(at, bend, scene, starts_min, sought)
    rows = len(whole)
    if serving < sought.k or rows < (sought.k if sought.any_state else 2 * sought.k):
        return TOO_FEW, whole, parts, serving
    begins, ends = np.empty(rows, np.int64), np.empty(rows, np.int64)
    for row in range(rows):
        code = whole[row, 3]
        code = ~code if code < 0 else code
        slot = _slot_of(phrases.codes, code)
        if phrases.codes[slot] != code:
            return UNTOLD, whole, parts, serving
        begins[row], ends[row] = phrases.begins[slot], phrases.ends[slot]
    told = Told(phrases.data, begins, ends, all_had(scene, whole, parts, starts_min, sought.margin_min))
    groups, zone = (serving, rows - serving), int(scene.posts[whole[0, 0]]["zone"])
    tail = tails.data[tails.ends[zone] : tails.ends[zone + 1]]
    size = write(out, script.sheet, script.links, script.fields, clock, scene.posts, parts, groups, told, tail)
    return size, whole, parts, serving
