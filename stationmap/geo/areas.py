"""Administrative areas: which one a point is in, by name or by code, and what stands above it.

Areas form a tree by adcode: 429005 潜江市 hangs directly under its province 420000, 310101 黄浦区 directly under
310000. A parent that was not loaded is skipped. Boundaries are closed: a point on one is inside. Where boundaries
leave a gap a point is in no area, and unknown stays unknown; where they overlap the deepest area counts, of equals
the one with the lowest code.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from stationmap.errors import InvalidValue, NotFound, UnusableInput
from stationmap.geo.adcodes import ancestor_codes, cell_code, cell_text, likely_level, likely_parent
from stationmap.geo.datum import convert
from stationmap.geo.outlines import Outlines
from stationmap.geo.placenames import has_zone_words, short_forms, successor, tidy
from stationmap.schema.vocabulary import fold

if TYPE_CHECKING:
    import geopandas

Floats = NDArray[np.float64]

LEVELS = ("country", "province", "city", "district", "street")
_COLUMNS = {
    "adcode": "adcode admincode 行政区代码 行政区划代码 区划代码 行政代码 区划码 代码 code pac gb",
    "name": "name 名称 行政区名称 行政区划名称 区划名称 行政区 行政区划 区县 区划 地区 地名 全称 fullname qh",
    "level": "level 级别 行政级别 层级",
    "parent": "parent parentcode parentadcode 上级代码 上级行政区代码 上级 父级",
    "route": "acroutes",
}
_CHUNK = 100_000
_FILLERS = ("市辖区", "省直辖县级行政区划", "自治区直辖县级行政区划")


@dataclass(frozen=True)
class Area:
    """One administrative area.

    Attributes
    ----------
    adcode : str
        Six digits (nine or twelve for townships); where a file has no codes, the name.
    name : str
        As the file writes it.
    level : str
        ``country``, ``province``, ``city``, ``district`` or ``street``; "" when not known.
    parent : str
        The adcode of the area above, "" when not known. It need not be loaded.
    geometry : BaseGeometry or None
        Polygon or multipolygon in WGS 84 degrees, valid; None when only the name is known.
    """

    adcode: str
    name: str
    level: str
    parent: str
    geometry: BaseGeometry | None


class AreaTree:
    """Areas, to be asked where points are and what names mean. Immutable; may be asked from several threads.

    Parameters
    ----------
    areas : sequence of Area
        From any number of files, in any order. Of several with one adcode (a county's own file repeats the
        county that its city's file has) the boundary with most corners counts; every spelling is known, the
        first is shown.

    Attributes
    ----------
    areas : tuple of Area
        One for each adcode, by adcode.
    """

    def __init__(self, areas: Sequence[Area]) -> None:
        same: dict[str, list[Area]] = defaultdict(list)
        for area in areas:
            same[area.adcode].append(area)
        self.areas: tuple[Area, ...] = tuple(_merged(same[adcode]) for adcode in sorted(same))
        self._number = {area.adcode: number for number, area in enumerate(self.areas)}
        self._above = [self._parent_of(area) for area in self.areas]
        self._by_name: dict[str, list[int]] = defaultdict(list)
        self._by_short_form: dict[str, list[int]] = defaultdict(list)
        for number, area in enumerate(self.areas):
            for name in sorted({tidy(spelt.name) for spelt in same[area.adcode]}):
                self._by_name[name].append(number)
                for form in (name, *sorted(short_forms(name))):
                    self._by_short_form[form].append(number)
        self._draw()

    def locate(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.str_]:
        """Return the adcode of the deepest area that each point is in.

        Parameters
        ----------
        lon, lat : array_like of float
            WGS 84 degrees, broadcast against each other.

        Returns
        -------
        ndarray of str
            Of the broadcast shape; "" where a point is in no area or is NaN.
        """
        wide, high = np.broadcast_arrays(np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64))
        x, y = wide.ravel(), high.ravel()
        nowhere = len(self._drawn)
        deepest = np.full(x.size, nowhere)
        for start in range(0, x.size, _CHUNK):
            part = slice(start, start + _CHUNK)
            some = np.flatnonzero(np.isfinite(x[part]) & np.isfinite(y[part])) + start
            point, number = self._outlines.around(x[some], y[some])
            np.minimum.at(deepest, some[point], number)
        codes = np.array([*(self.areas[number].adcode for number in self._drawn), ""], dtype=np.str_)
        found: NDArray[np.str_] = codes[deepest].reshape(wide.shape)
        return found

    def contains(self, name: ArrayLike, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.int8]:
        """Tell for each point whether it is in an area of a name.

        Parameters
        ----------
        name : array_like of str
            Names as :meth:`named` takes them.
        lon, lat : array_like of float
            WGS 84 degrees; all three broadcast against one another.

        Returns
        -------
        ndarray of int8
            1 in an area of that name, 0 in none though the name is known; -1 where nothing can be said: the name
            is empty, not in the tree, without a boundary or a functional zone's, or the point is NaN.
        """
        spelt, wide, high = np.broadcast_arrays(
            np.asarray(name, dtype=np.str_), np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        )
        x, y = wide.ravel(), high.ravel()
        verdict = np.full(x.size, -1, dtype=np.int8)
        names, kind = np.unique(spelt.ravel(), return_inverse=True)
        rows = np.split(np.argsort(kind, kind="stable"), np.cumsum(np.bincount(kind, minlength=len(names))))
        for one, here in zip(names.tolist(), rows[:-1], strict=True):
            meant = [self._place[area.adcode] for area in self.named(one) if area.adcode in self._place]
            if meant:
                here = here[np.isfinite(x[here]) & np.isfinite(y[here])]
                inside = [self._outlines.hold(place, x[here], y[here]) for place in meant]
                verdict[here] = np.any(inside, axis=0)
        return verdict.reshape(wide.shape)

    def path(self, adcode: str) -> tuple[Area, ...]:
        """Return an area and those above it that are loaded, the root first.

        Raises
        ------
        NotFound
            When no area has that code.
        """
        number = self._number.get(adcode)
        if number is None:
            raise NotFound(
                "There is no area with the code {adcode}. Load its boundary: stationmap load areas FILE --datum gcj02.",
                adcode=repr(adcode),
            )
        return tuple(self.areas[step] for step in reversed(self._upward(number)))

    def named(self, name: str) -> tuple[Area, ...]:
        """Return the areas that a name may mean, by adcode; none when it is not known.

        Tried in this order, until one finds any: the name in full, or the code; and unless its words are those of
        a functional zone: a name of before (闸北区 for 静安区); the short form (浦东 for 浦东新区); another ending
        (密云县 for 密云区, but never a province for what is none); with the parents in front (河南省郑州市金水区,
        郑州金水).

        Parameters
        ----------
        name : str
            As a list writes it.
        """
        asked = tidy(name)
        found = self._simply_named(asked) or self._named_below(asked)
        return tuple(self.areas[number] for number in found)

    def _parent_of(self, area: Area) -> int:
        """Return the number of the nearest area above that is loaded, -1 for none."""
        for code in (area.parent, *ancestor_codes(area.adcode)):
            if code != area.adcode and code in self._number:
                return self._number[code]
        return -1

    def _upward(self, number: int) -> list[int]:
        """Return an area's number and those above it; a ring of parents is cut."""
        steps: list[int] = []
        while number >= 0 and number not in steps:
            steps.append(number)
            number = self._above[number]
        return steps

    def _draw(self) -> None:
        """Index the boundaries, the deepest first."""
        drawn = [(number, area.geometry) for number, area in enumerate(self.areas) if area.geometry is not None]
        drawn.sort(key=lambda each: -len(self._upward(each[0])))
        self._drawn = [number for number, _ in drawn]
        self._place = {self.areas[number].adcode: place for place, number in enumerate(self._drawn)}
        self._outlines = Outlines([polygon for _, polygon in drawn])

    def _simply_named(self, asked: str) -> list[int]:
        """Return the numbers of the areas of a tidy name without parents in front."""
        if asked in self._by_name:
            return self._by_name[asked]
        if asked in self._number:
            return [self._number[asked]]
        if has_zone_words(asked):
            return []
        if successor(asked) in self._by_name:
            return self._by_name[successor(asked)]
        if asked in self._by_short_form:
            return self._by_short_form[asked]
        alike = {number for form in short_forms(asked) for number in self._by_short_form.get(form, ())}
        province = asked.endswith(("省", "自治区", "特别行政区"))
        return sorted(number for number in alike if (self.areas[number].level == "province") == province)

    def _named_below(self, asked: str) -> list[int]:
        """Return the numbers of the areas of a tidy name that begins with parents."""
        for cut in range(2, len(asked) - 1):
            front = asked[:cut]
            found = [number for number in self._simply_named(asked[cut:]) if self._is_above(front, number)]
            if found:
                return found
        return []

    def _is_above(self, front: str, number: int) -> bool:
        """Tell whether a text is made of names of the areas above one, the highest first."""
        for step in reversed(self._upward(number)[1:]):
            name = tidy(self.areas[step].name)
            for form in (name, *sorted(short_forms(name), key=len, reverse=True)):
                if front.startswith(form):
                    front = front.removeprefix(form)
                    break
        return front in ("", *_FILLERS)


def areas_from_features(frame: "geopandas.GeoDataFrame", *, datum: str) -> list[Area]:
    """Return the areas of a layer of boundaries, in WGS 84 and repaired.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        One feature an area, or several for the parts of one. Columns are found by their usual names, those of DataV
        (adcode, name, level, parent, acroutes) and others (行政区代码, 名称, ADMINCODE …). Level and parent are worked
        out of the code where they are missing; without codes the name is the code.
    datum : str
        The coordinate system of the boundaries; what the frame declares is not looked at.

    Returns
    -------
    list of Area
        In the order of the file. Features without a name (the dashed line of the South China Sea) are left out.

    Raises
    ------
    UnusableInput
        When there is no column of names.
    InvalidValue
        When the datum is unknown, or some coordinates cannot be of it.
    """
    found = _columns(frame)
    if "name" not in found:
        raise UnusableInput(
            "The boundaries have no column of names; there are: {columns}. Call one of them name.",
            columns=", ".join(str(column) for column in frame.columns if column != frame.geometry.name) or "-",
        )
    names = [cell_text(value) for value in frame[found["name"]]]
    cells = {field: list(frame[column]) for field, column in found.items()}
    shapes = _repaired(_in_wgs84(np.asarray(frame.geometry.array, dtype=np.object_), datum, names))
    parts: dict[str, list[BaseGeometry]] = defaultdict(list)
    areas: dict[str, Area] = {}
    for row, name in enumerate(names):
        if name:
            area = _described(name, {field: values[row] for field, values in cells.items()})
            areas.setdefault(area.adcode, area)
            parts[area.adcode] += [shapes[row]] if shapes[row] is not None else []
    return [replace(area, geometry=_joined(parts[adcode])) for adcode, area in areas.items()]


def is_functional_zone(name: str) -> bool:
    """Tell whether a name is that of a functional zone by its words (高新区, 经开区, 郑东新区, 航空港区 …).

    Such a zone is no administrative area, and a place in it that lies in some district is no error. Districts whose
    names only sound so (浦东新区, 东港区) are none.
    """
    return has_zone_words(tidy(name))


def _merged(same: Iterable[Area]) -> Area:
    """Return one area for several with the same code: the first, with what others know better."""
    first, *others = same
    for other in others:
        first = replace(
            first,
            name=first.name or other.name,
            level=first.level or other.level,
            parent=first.parent or other.parent,
            geometry=max(first.geometry, other.geometry, key=_corners),
        )
    return first


def _corners(geometry: BaseGeometry | None) -> int:
    return -1 if geometry is None else int(shapely.get_num_coordinates(geometry))


def _columns(frame: "geopandas.GeoDataFrame") -> dict[str, str]:
    """Return which column of a frame holds what, the first of its usual names that is there."""
    folded = {fold(str(column)): column for column in reversed(frame.columns) if column != frame.geometry.name}
    found = {field: [folded[word] for word in words.split() if word in folded] for field, words in _COLUMNS.items()}
    return {field: columns[0] for field, columns in found.items() if columns}


def _described(name: str, cells: Mapping[str, object]) -> Area:
    """Return the area of one feature, without its boundary."""
    adcode = cell_code(cells.get("adcode")) or name
    level = cell_text(cells.get("level")).casefold()
    parent = cell_code(cells.get("parent")) or cell_code(cells.get("route")) or likely_parent(adcode)
    return Area(adcode, name, level if level in LEVELS else likely_level(adcode), parent, None)


def _in_wgs84(shapes: NDArray[np.object_], datum: str, names: Sequence[str]) -> NDArray[np.object_]:
    """Return geometries with their coordinates converted, without heights."""
    flat = shapely.force_2d(shapes)
    corners, owner = shapely.get_coordinates(flat, return_index=True)
    converted = np.column_stack(convert(corners[:, 0], corners[:, 1], source=datum, target="wgs84"))
    lost = owner[np.isnan(converted).any(axis=1)]
    if lost.size:
        raise InvalidValue(
            "The boundary of {name} has coordinates that are no places in {datum}; give the system they are in.",
            name=names[int(lost[0])] or str(int(lost[0]) + 1),
            datum=datum,
        )
    return np.asarray(shapely.set_coordinates(flat, converted))


def _repaired(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the valid polygons that geometries enclose; None for points, lines and empty ones."""
    whole = shapes.copy()
    broken = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    whole[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
    areal = np.isin(shapely.get_type_id(whole), (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON))
    whole[~areal | shapely.is_empty(whole)] = None
    return whole


def _joined(parts: Sequence[BaseGeometry]) -> BaseGeometry | None:
    if len(parts) < 2:
        return parts[0] if parts else None
    return shapely.union_all(parts)
