"""The datum of a list: stated, declared or proved, never guessed.

It is taken, in this order, from

1. the user, who states it;
2. the file, where it declares one that Chinese practice does not make doubtful: any projected or other system
   by its EPSG code; OSM extracts, which are WGS 84 by definition. A plain declaration of WGS 84 (GeoJSON and
   KML know no other) proves nothing in mainland China, where shifted coordinates are put into such files
   every day; it is taken only when no point lies where the shift applies. The name of a column
   (``lng_gcj02``) is a hint, no statement;
3. a column of the file (坐标系, datum) whose cells all name one;
4. proof by the areas that the rows name (:mod:`stationmap.register.lists.evidence`).

Otherwise the import is refused with the evidence in the message.
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import InvalidValue, Message, RefusedImport
from stationmap.geo.datum import canonical, shift_applies
from stationmap.register.lists.evidence import DatumEvidence
from stationmap.register.lists.sheet import Sheet
from stationmap.schema.faults import Severity

Floats = NDArray[np.float64]

_OSM_SUFFIXES = (".pbf", ".osm", ".osm.gz", ".osm.bz2", ".osm.xz", ".osm.zst")
_CODE_OF_WGS84 = re.compile(r"\s*(?:epsg\s*:*\s*)?4326\s*", re.IGNORECASE)
_ALIKE = {"cgcs2000": "wgs84"}


def settle_datum(sheet: Sheet, stated: str, evidence: DatumEvidence | None, x: Floats, y: Floats) -> str:
    """Return the datum of some coordinates.

    Parameters
    ----------
    sheet : Sheet
        The rows; contradictions, and a proof, are put down there as faults of the whole file.
    stated : str
        What the user states, canonical, or "".
    evidence : DatumEvidence, optional
        What the areas say.
    x, y : NDArray
        As received; NaN where there is nothing.

    Raises
    ------
    RefusedImport
        When the datum is neither stated nor declared nor proved, or the rows name several.
    """
    named = _named(sheet, x)
    taken = stated or _declared(sheet, x, y)
    if not taken and len(named) > 1:
        raise RefusedImport(
            "The column {column} of {file} names several datums: {datums}. Import the rows of each by themselves.",
            column=sheet.columns.of("datum"),
            file=sheet.table.source,
            datums=", ".join(named),
        )
    if not taken and named and not (_by_code_only(sheet) and _shifted(x, y)):
        taken = named[0]
        values = {"column": sheet.columns.of("datum"), "datum": taken}
        message = Message("The column {column} says {datum} of all rows; it was taken.", values)
        sheet.fault(None, values["column"], taken, message, Severity.NOTE)
    if taken:
        _tell_other_names(sheet, taken, named)
        _tell_contradiction(sheet, taken, evidence)
        return taken
    if evidence is not None and evidence.proved:
        message = Message(
            "The datum {datum} was proved. {evidence}", {"datum": evidence.best, "evidence": evidence.told()}
        )
        sheet.fault(None, "", evidence.best, message, Severity.NOTE)
        return evidence.best
    refusal = _refusal(sheet, evidence)
    refusal.evidence = evidence
    raise refusal


def _declared(sheet: Sheet, x: Floats, y: Floats) -> str:
    """Return the datum that the file declares, "" when it declares none that can be relied on."""
    if sheet.table.source.casefold().endswith(_OSM_SUFFIXES):
        return "wgs84"
    declared = _canonical_crs(sheet)
    return "" if declared == "wgs84" and _shifted(x, y) else declared


def _shifted(x: Floats, y: Floats) -> bool:
    """Tell whether any point, taken as WGS 84, lies where Chinese practice makes a declaration of it doubtful."""
    return bool(shift_applies(x[np.isfinite(x)], y[np.isfinite(y)]).any())


def _canonical_crs(sheet: Sheet) -> str:
    if sheet.geometry is None or not sheet.table.crs:
        return ""
    try:
        return canonical(sheet.table.crs)
    except InvalidValue:
        return ""


def _named(sheet: Sheet, x: Floats) -> list[str]:
    """Return the datums that the cells of a column name where there are coordinates; none where one names no datum."""
    column = sheet.columns.of("datum")
    texts = dict.fromkeys(text for text, there in zip(sheet.texts("datum"), np.isfinite(x), strict=True) if there)
    named: list[str] = []
    for text in filter(None, texts):
        try:
            named.append(canonical(text))
        except InvalidValue:
            message = Message("{value!r} names no datum that is known; the column decides nothing.", {"value": text})
            sheet.warn(None, column, text, message)
            return []
    return list(dict.fromkeys(named))


def _by_code_only(sheet: Sheet) -> bool:
    """Tell whether a column gives nothing but the EPSG code of WGS 84, which software writes without being asked."""
    return all(_CODE_OF_WGS84.fullmatch(text) for text in sheet.texts("datum") if text)


def _tell_other_names(sheet: Sheet, taken: str, named: Sequence[str]) -> None:
    others = [name for name in named if _ALIKE.get(name, name) != _ALIKE.get(taken, taken)]
    if others:
        column = sheet.columns.of("datum")
        values = {"column": column, "names": ", ".join(others), "datum": taken}
        message = Message("The column {column} says {names}, but {datum} was taken; check which is right.", values)
        sheet.warn(None, column, values["names"], message)


def _tell_contradiction(sheet: Sheet, taken: str, evidence: DatumEvidence | None) -> None:
    hint = sheet.columns.datum_hint
    alike = _ALIKE.get(taken, taken)
    if hint and _ALIKE.get(hint, hint) != alike:
        message = Message(
            "The columns speak of {hint}, but {datum} was taken; check which is right.", {"hint": hint, "datum": taken}
        )
        sheet.warn(None, "", taken, message)
    if evidence is not None and evidence.speaks_against(alike):
        message = Message(
            "The boundaries speak against {datum} and for {best}; stop and check before you use these places. "
            "{evidence}",
            {"datum": taken, "best": evidence.best, "evidence": evidence.told()},
        )
        sheet.warn(None, "", taken, message)


def _refusal(sheet: Sheet, evidence: DatumEvidence | None) -> RefusedImport:
    hint = sheet.columns.datum_hint
    spoken = Message("The columns speak of {hint}; if that is right, state it. ", {"hint": hint}) if hint else ""
    weighed = (
        evidence.told()
        if evidence is not None
        else Message("There are no boundaries to weigh it by: load some, or give them with --areas.")
    )
    if _canonical_crs(sheet) == "wgs84" or _CODE_OF_WGS84.fullmatch("".join(set(sheet.texts("datum")))):
        return RefusedImport(
            "{file} declares WGS 84, but that is not enough: in China coordinates in GCJ-02 are often kept under that "
            "name, and nothing proves which it is. {evidence} {hint}"
            "State it: --datum gcj02 (Amap, Tencent), bd09 (Baidu), wgs84 (GPS, OpenStreetMap), cgcs2000 or EPSG:n.",
            file=sheet.table.source,
            evidence=weighed,
            hint=spoken,
        )
    return RefusedImport(
        "{file} does not say in which datum its coordinates are, and nothing proves it. {evidence} {hint}"
        "State it: --datum gcj02 (Amap, Tencent), bd09 (Baidu), wgs84 (GPS, OpenStreetMap), cgcs2000 or EPSG:n.",
        file=sheet.table.source,
        evidence=weighed,
        hint=spoken,
    )
