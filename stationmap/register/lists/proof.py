"""The datum of a list: stated, declared or proved, never guessed.

It is taken, in this order, from

1. the user, who states it;
2. the file, where it declares one that Chinese practice does not make doubtful: any projected or other system
   by its EPSG code; OSM extracts, which are WGS 84 by definition. A plain declaration of WGS 84 (GeoJSON and
   KML know no other) proves nothing in mainland China, where shifted coordinates are put into such files
   every day; it is taken only when no point lies where the shift applies. The name of a column
   (``lng_gcj02``) is a hint, no statement;
3. proof by the areas that the rows name (:mod:`stationmap.register.lists.evidence`).

Otherwise the import is refused with the evidence in the message.
"""

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import InvalidValue, Message, RefusedImport
from stationmap.geo.datum import canonical, shift_applies
from stationmap.register.lists.evidence import DatumEvidence
from stationmap.register.lists.sheet import Sheet
from stationmap.schema.faults import Severity

Floats = NDArray[np.float64]

_OSM_SUFFIXES = (".pbf", ".osm", ".osm.gz", ".osm.bz2", ".osm.xz", ".osm.zst")
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
        When the datum is neither stated nor declared nor proved.
    """
    taken = stated or _declared(sheet, x, y)
    if taken:
        _tell_contradiction(sheet, taken, evidence)
        return taken
    if evidence is not None and evidence.proved:
        message = Message(
            "The datum {datum} was proved. {evidence}", {"datum": evidence.best, "evidence": evidence.told()}
        )
        sheet.fault(None, "", evidence.best, message, Severity.NOTE)
        return evidence.best
    raise _refusal(sheet, evidence)


def _declared(sheet: Sheet, x: Floats, y: Floats) -> str:
    """Return the datum that the file declares, "" when it declares none that can be relied on."""
    if sheet.table.source.casefold().endswith(_OSM_SUFFIXES):
        return "wgs84"
    if sheet.geometry is None or not sheet.table.crs:
        return ""
    try:
        declared = canonical(sheet.table.crs)
    except InvalidValue:
        return ""
    if declared == "wgs84" and shift_applies(x[np.isfinite(x)], y[np.isfinite(y)]).any():
        return ""
    return declared


def _tell_contradiction(sheet: Sheet, taken: str, evidence: DatumEvidence | None) -> None:
    hint = sheet.columns.datum_hint
    alike = _ALIKE.get(taken, taken)
    if hint and _ALIKE.get(hint, hint) != alike:
        message = Message(
            "The columns speak of {hint}, but {datum} was taken; check which is right.", {"hint": hint, "datum": taken}
        )
        sheet.warn(None, "", taken, message)
    if evidence is not None and evidence.proved and evidence.best != alike:
        message = Message(
            "{datum} was taken, but the areas speak for {best}; check which is right. {evidence}",
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
    return RefusedImport(
        "{file} does not say in which datum its coordinates are, and nothing proves it. {evidence} {hint}"
        "State it: --datum gcj02 (Amap, Tencent), bd09 (Baidu), wgs84 (GPS, OpenStreetMap), cgcs2000 or EPSG:n.",
        file=sheet.table.source,
        evidence=weighed,
        hint=spoken,
    )
