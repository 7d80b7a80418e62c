"""In which system the coordinates of demand are: stated, declared or proved, never guessed.

Taken is, in this order: what the user states; what the file declares by a system that is no plain WGS 84; a declared
WGS 84 where no place lies within China's shift, or in a kind of file that must be given its system by hand
(GeoPackage, shapefile, Parquet, GeoTIFF), unless boundaries speak against it; what boundaries prove
(:mod:`stationmap.planning.demand.overlap`). GeoJSON and KML know no other system than WGS 84: in China that
declaration alone says nothing, since shifted coordinates are put into such files every day.
"""

from collections.abc import Sequence
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import InvalidValue, Message, RefusedImport
from stationmap.geo.areas import AreaTree
from stationmap.geo.datum import canonical, is_metric, shift_applies
from stationmap.planning.demand.overlap import Overlap, weigh

MOST_DEGREES = 360.0
"""A coordinate beyond it counts no degrees."""

_DECLARED_BY_HAND = (".gpkg", ".parquet", ".geoparquet", ".shp", ".shx", ".dbf", ".prj", ".tif", ".tiff")
_ALIKE = {"cgcs2000": "wgs84"}

Floats = NDArray[np.float64]


def settle(
    x: Floats,
    y: Floats,
    *,
    stated: str | None,
    declared: str,
    source: str,
    areas: AreaTree | None = None,
    names: Sequence[str] | None = None,
    hint: str = "",
) -> tuple[str, list[Message]]:
    """Return the datum of some coordinates, canonical, and what is to be told of it.

    Parameters
    ----------
    x, y : NDArray, shape (n,)
        As received; NaN where there is none.
    stated : str, optional
        What the user says, in any spelling.
    declared : str
        What the file says, "" for nothing.
    source : str
        The name of the file.
    areas : AreaTree, optional
        Boundaries to weigh it by.
    names : sequence of str, optional
        Name or code of the area of each row.
    hint : str
        The datum that the names of the columns speak of: no statement, but told.

    Raises
    ------
    InvalidValue
        When the stated datum is none, or counts degrees where the coordinates are metres, or the reverse.
    RefusedImport
        When it is neither stated nor declared nor proved.
    """
    metres = _in_metres(x, y)
    said = canonical(stated) if stated else ""
    filed = _canonical(declared)
    _refuse_unit(said or filed, metres, x, y, source)
    overlap = None if metres or areas is None else weigh(x, y, areas, names)
    if said:
        return said, [*_contradiction(said, filed), *_hinted(said, hint), *_doubt(said, overlap)]
    if filed and (filed != "wgs84" or not _shifted(x, y) or _by_hand(source)):
        return filed, _declared(filed, overlap, source)
    if overlap is not None and overlap.proved:
        values = {"datum": overlap.proved, "evidence": overlap.told()}
        proved = Message("The datum {datum} was proved. {evidence}", values)
        return overlap.proved, [proved, *_hinted(overlap.proved, hint)]
    raise _refused(source, filed, overlap, hint)


def _in_metres(x: Floats, y: Floats) -> bool:
    largest = np.maximum(np.abs(x), np.abs(y))
    largest = largest[np.isfinite(largest)]
    return bool(len(largest)) and float(np.median(largest)) > MOST_DEGREES


def _canonical(declared: str) -> str:
    try:
        return canonical(declared) if declared else ""
    except InvalidValue:
        return ""


def _refuse_unit(datum: str, metres: bool, x: Floats, y: Floats, source: str) -> None:
    if metres and not (datum and is_metric(datum)):
        first = int(np.flatnonzero(np.isfinite(x) & np.isfinite(y))[0])
        raise InvalidValue(
            "The coordinates of {file} look like metres ({x:g}, {y:g}), not degrees. Say in which system they are, "
            "for example --demand-datum EPSG:4547.",
            file=source,
            x=float(x[first]),
            y=float(y[first]),
        )
    if not metres and datum and is_metric(datum) and np.isfinite(x).any():
        first = int(np.flatnonzero(np.isfinite(x))[0])
        raise InvalidValue(
            "The coordinates of {file} look like degrees ({x:g}, {y:g}), but {datum} counts metres. Say in which "
            "system they are, for example --demand-datum wgs84.",
            file=source,
            x=float(x[first]),
            y=float(y[first]),
            datum=datum,
        )


def _shifted(x: Floats, y: Floats) -> bool:
    return bool(shift_applies(x[np.isfinite(x)], y[np.isfinite(y)]).any())


def _by_hand(source: str) -> bool:
    return PurePath(source).suffix.lower() in _DECLARED_BY_HAND


def _contradiction(said: str, filed: str) -> list[Message]:
    if not filed or _ALIKE.get(filed, filed) == _ALIKE.get(said, said):
        return []
    values = {"declared": filed, "datum": said}
    return [Message("The file declares {declared}, but {datum} was stated and taken; check which is right.", values)]


def _hinted(datum: str, hint: str) -> list[Message]:
    if not hint or _ALIKE.get(datum, datum) == hint:
        return []
    values = {"hint": hint, "datum": datum}
    return [Message("The columns speak of {hint}, but {datum} was taken; check which is right.", values)]


def _doubt(datum: str, overlap: Overlap | None) -> list[Message]:
    alike = _ALIKE.get(datum, datum)
    better = overlap.better_than(alike) if overlap is not None else ""
    if overlap is None or not better:
        return []
    values = {
        "share": f"{overlap.share(alike):.1%}",
        "datum": datum,
        "better": better,
        "rival": f"{overlap.share(better):.1%}",
        "evidence": overlap.told(),
    }
    return [
        Message(
            "Is the datum right? Taken as {datum}, {share} of the demand lies inside its boundaries; taken as "
            "{better}, {rival} would. Check the datum of the demand, and that of the boundaries, before you use these "
            "numbers. {evidence}",
            values,
        )
    ]


def _declared(datum: str, overlap: Overlap | None, source: str) -> list[Message]:
    alike = _ALIKE.get(datum, datum)
    if overlap is not None and overlap.better_than(alike):
        raise _refused(source, datum, overlap)
    return [Message("The datum {datum} was taken, as the file declares.", {"datum": datum})]


def _refused(source: str, filed: str, overlap: Overlap | None, hint: str = "") -> RefusedImport:
    weighed = (
        overlap.told()
        if overlap is not None
        else Message("There are no boundaries to weigh it by: load some, or give them with --areas.")
    )
    if hint:
        spoken = Message("The columns speak of {hint}; if that is right, state it. ", {"hint": hint})
        weighed = Message("{hint}{evidence}", {"hint": spoken, "evidence": weighed})
    if not filed:
        return RefusedImport(
            "{file} does not say in which datum its coordinates are, and nothing proves it. {evidence} State it: "
            "--demand-datum gcj02 (Amap, Tencent), bd09 (Baidu), wgs84 (GPS, OpenStreetMap), cgcs2000 or EPSG:n.",
            file=source,
            evidence=weighed,
        )
    return RefusedImport(
        "{file} declares {datum}, but that is not enough: in China coordinates in GCJ-02 are often kept under that "
        "name, and nothing proves which it is. {evidence} State it: --demand-datum gcj02 (Amap, Tencent), bd09 "
        "(Baidu), wgs84 (GPS, OpenStreetMap), cgcs2000 or EPSG:n.",
        file=source,
        datum=filed,
        evidence=weighed,
    )
