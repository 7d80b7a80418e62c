"""All files of a run into one folder: the data for those who compute, the forms of a report for those who read."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from stationmap.errors import InvalidValue
from stationmap.files.folder import together
from stationmap.files.write import write
from stationmap.report.layers import cells, gaps, write_geopackage
from stationmap.report.tables import area_frame, facts_of
from stationmap.report.weekly import strip
from stationmap.runs.carry import Carried

MOST_GEOJSON = 20_000
"""More cells than this are written as GeoParquet alone: as GeoJSON they would be a file that nothing opens."""
DATA = ("coverage.json", "areas.csv", "gaps.geojson", "cells.parquet", "cells.geojson", "week.svg")
FORMS: Mapping[str, str] = {
    "sheet": "sheet.html",
    "pdf": "sheet.pdf",
    "map": "map.html",
    "workbook": "coverage.xlsx",
    "gpkg": "coverage.gpkg",
}


def write_data(
    carried: Carried, folder: Path, lang: str, *, force: bool = False, refused: Sequence[Mapping[str, Any]] = ()
) -> list[str]:
    """Write the data of a run: all files or none; return their names.

    Parameters
    ----------
    carried : Carried
        The run.
    folder : Path
        Where to; made when it is not there.
    lang : str
        ``zh`` or ``en``.
    force : bool
        Replace files that are there.
    refused : sequence of Mapping
        Rows that do not count, as JSON values.

    Raises
    ------
    InvalidValue
        When one of the files is there and ``force`` is not set.
    UnusableInput
        When the folder cannot be written.
    """
    frame = cells(carried, lang)
    names = [name for name in DATA if name != "cells.geojson" or len(frame) <= MOST_GEOJSON]
    with together(folder, DATA, force=force) as place:
        told = json.dumps(facts_of(carried, lang, refused=refused), ensure_ascii=False, indent=1, allow_nan=False)
        (place / "coverage.json").write_text(told + "\n", encoding="utf-8")
        write(area_frame(carried, lang), place / "areas.csv")
        write(gaps(carried, lang), place / "gaps.geojson")
        write(frame, place / "cells.parquet")
        if "cells.geojson" in names:
            write(frame, place / "cells.geojson")
        (place / "week.svg").write_text(strip(carried, lang), encoding="utf-8")
    return names


def write_report(
    carried: Carried, folder: Path, forms: Sequence[str], lang: str, *, title: str = "", force: bool = False
) -> list[str]:
    """Write the forms of a report: all or none; return the names of the files.

    Parameters
    ----------
    carried : Carried
        The run.
    folder : Path
        Where to; made when it is not there.
    forms : sequence of str
        Of :data:`FORMS`.
    lang : str
        ``zh`` or ``en``.
    title : str
        What the report is called; "" for that of its question.
    force : bool
        Replace files that are there.

    Raises
    ------
    InvalidValue
        When a form is none, or one of the files is there and ``force`` is not set.
    UnusableInput
        When the folder cannot be written, or PDFs cannot be made here.
    """
    unknown = [form for form in forms if form not in FORMS]
    if unknown:
        raise InvalidValue(
            "There is no form {form}; a report has: {known}.", form=repr(unknown[0][:40]), known=tuple(FORMS)
        )
    names = [FORMS[form] for form in dict.fromkeys(forms)]
    with together(folder, names, force=force) as place:
        for form in dict.fromkeys(forms):
            _WRITERS[form](carried, place / FORMS[form], lang, title)
    return names


def _sheet(carried: Carried, path: Path, lang: str, title: str) -> None:
    from stationmap.report.sheet import sheet

    path.write_text(sheet(carried, lang, title=title), encoding="utf-8")


def _pdf(carried: Carried, path: Path, lang: str, title: str) -> None:
    from stationmap.report.pdf import pdf
    from stationmap.report.sheet import sheet

    path.write_bytes(pdf(sheet(carried, lang, title=title)))


def _map(carried: Carried, path: Path, lang: str, title: str) -> None:
    from stationmap.report.coverage_map import coverage_map

    path.write_text(coverage_map(carried, lang, title=title), encoding="utf-8")


def _workbook(carried: Carried, path: Path, lang: str, title: str) -> None:
    from stationmap.report.workbook import workbook

    path.write_bytes(workbook(carried, lang, title=title))


def _gpkg(carried: Carried, path: Path, lang: str, _: str) -> None:
    write_geopackage(carried, path, lang)


_WRITERS: Mapping[str, Callable[[Carried, Path, str, str], None]] = {
    "sheet": _sheet,
    "pdf": _pdf,
    "map": _map,
    "workbook": _workbook,
    "gpkg": _gpkg,
}
