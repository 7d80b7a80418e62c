"""A town of five streets by five, drawn by hand as an OSM extract, small enough to check with a pencil.

Junction (row, column) is node ``100 + 10 row + column``; rows run north, columns east, 0.001 degrees apart (111 m
north, 92 m east). Rows are ways 10 to 14, columns 20 to 23; column 4 is ways 24, 25 (steps from row 1 to row 2), 26.

- Row 2 is one-way eastward for vehicles (``oneway=yes``).
- Alley 30 from (0, 0) to (1, 1) has a private gate in its middle (node 150); alley 31 from (0, 1) to (1, 2) an open one
  (node 151).
- Path 32 from (3, 0) to (4, 1) is one-way for walkers.
- Square 33 is an area that touches the streets at (3, 3) only.
- Footway 34 (nodes 201, 202, 203) is an island in the east; ferry 35 goes there from (4, 4).
- Motorway 36 and construction 37 run from (0, 0) to (4, 4).
"""

from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import quoteattr

LON, LAT, STEP = 113.600, 34.750, 0.001

Nodes = dict[int, tuple[float, float, dict[str, str]]]
Streets = dict[int, tuple[list[int], dict[str, str]]]


def junction(row: int, column: int) -> int:
    """Return the node of a junction."""
    return 100 + 10 * row + column


def place(row: float, column: float) -> tuple[float, float]:
    """Return where a junction, or a point between, lies."""
    return LON + STEP * column, LAT + STEP * row


def town() -> tuple[Nodes, Streets]:
    """Return nodes and ways of the town."""
    nodes: Nodes = {junction(r, c): (*place(r, c), {}) for r in range(5) for c in range(5)}
    nodes[150] = (*place(0.5, 0.5), {"barrier": "gate", "access": "private"})
    nodes[151] = (*place(0.5, 1.5), {"barrier": "gate"})
    nodes |= {201: (*place(2, 8), {}), 202: (*place(2.5, 8), {}), 203: (*place(3, 8), {})}
    nodes |= {301: (*place(3.2, 3.6), {}), 302: (*place(3.6, 3.6), {}), 303: (*place(3.6, 3.2), {})}
    street = {"highway": "residential"}
    ways: Streets = {10 + r: ([junction(r, c) for c in range(5)], dict(street)) for r in range(5)}
    ways |= {20 + c: ([junction(r, c) for r in range(5)], dict(street)) for c in range(4)}
    ways[12][1]["oneway"] = "yes"
    ways[24] = ([junction(0, 4), junction(1, 4)], street)
    ways[25] = ([junction(1, 4), junction(2, 4)], {"highway": "steps"})
    ways[26] = ([junction(2, 4), junction(3, 4), junction(4, 4)], street)
    ways[30] = ([junction(0, 0), 150, junction(1, 1)], {"highway": "footway"})
    ways[31] = ([junction(0, 1), 151, junction(1, 2)], {"highway": "footway"})
    ways[32] = ([junction(3, 0), junction(4, 1)], {"highway": "path", "oneway:foot": "yes"})
    ways[33] = ([junction(3, 3), 301, 302, 303, junction(3, 3)], {"highway": "pedestrian", "area": "yes"})
    ways[34] = ([201, 202, 203], {"highway": "footway"})
    ways[35] = ([junction(4, 4), 203], {"highway": "path", "route": "ferry"})
    ways[36] = ([junction(0, 0), junction(4, 4)], {"highway": "motorway"})
    ways[37] = ([junction(0, 0), junction(4, 4)], {"highway": "construction", "construction": "footway"})
    return nodes, ways


def xml(
    nodes: Nodes,
    ways: Streets,
    *,
    relations: str = "",
    box: tuple[float, float, float, float] | None = None,
    ways_first: bool = False,
) -> str:
    """Return an extract as OSM XML."""
    bounds = "" if box is None else '<bounds minlon="{}" minlat="{}" maxlon="{}" maxlat="{}"/>'.format(*box)
    points = "".join(
        f'<node id="{node}" version="1" lon="{lon:.7f}" lat="{lat:.7f}">{_tags(tags)}</node>'
        for node, (lon, lat, tags) in sorted(nodes.items())
    )
    lines = "".join(
        f'<way id="{way}" version="1">{"".join(f"<nd ref={quoteattr(str(ref))}/>" for ref in refs)}{_tags(tags)}</way>'
        for way, (refs, tags) in sorted(ways.items())
    )
    body = lines + points if ways_first else points + lines
    return f'<?xml version="1.0" encoding="UTF-8"?><osm version="0.6">{bounds}{body}{relations}</osm>'


def write(folder: Path, nodes: Nodes, ways: Streets, **more: object) -> Path:
    """Write an extract into a folder; return where."""
    path = folder / "town.osm"
    path.write_text(xml(nodes, ways, **more), encoding="utf-8")  # type: ignore[arg-type]
    return path


def _tags(tags: Mapping[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())
