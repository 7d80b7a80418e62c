"""The one door for demand: any file, chosen by what it is."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from stationmap.files.kinds import is_tiff
from stationmap.files.read import read as read_table
from stationmap.files.source import examine
from stationmap.geo.areas import AreaTree
from stationmap.planning.demand.intake import Intake
from stationmap.planning.demand.raster import PEOPLE, from_raster
from stationmap.planning.demand.table import from_table
from stationmap.planning.demand.trades import with_hours


def read(
    path: Path | str,
    *,
    datum: str | None = None,
    weights: Sequence[str] = (),
    areas: AreaTree | None = None,
    hours: Mapping[str, str] | None = None,
    layer: str | None = None,
    encoding: str | None = None,
    id_column: str = "",
    lon_column: str = "",
    lat_column: str = "",
    missing: str = "reject",
    nodata: float | None = None,
    by: int = 1,
    outlines: bool = False,
) -> Intake:
    """Return the demand of a file.

    Parameters
    ----------
    path : Path or str
        A GeoTIFF, or anything that :func:`stationmap.files.read.read` reads: CSV, XLSX, GeoPackage, GeoParquet,
        GeoJSON, shapefile …
    datum : str, optional
        In which system its coordinates are; None to take what it declares or the boundaries prove.
    weights : sequence of str
        Columns; of a raster the names of its bands in their order, :data:`PEOPLE` for the first without any.
    areas : AreaTree, optional
        Boundaries.
    hours : Mapping[str, str], optional
        Weight -> the hours at which it is there, as :func:`stationmap.planning.demand.trades.presence` reads them.
    layer, encoding : str, optional
        Of a table or layer, as :func:`stationmap.files.read.read` takes them.
    id_column, lon_column, lat_column, missing
        Of a table or layer, as :func:`stationmap.planning.demand.table.from_table` takes them.
    nodata, by, outlines
        Of a raster, as :func:`stationmap.planning.demand.raster.from_raster` takes them.

    Raises
    ------
    StationmapError
        As those two say.
    """
    if is_tiff(examine(Path(path))):
        bands = {name: band for band, name in enumerate(weights or (PEOPLE,), start=1)}
        intake = from_raster(path, bands=bands, datum=datum, nodata=nodata, by=by, areas=areas, outlines=outlines)
    else:
        intake = from_table(
            read_table(path, layer=layer, encoding=encoding),
            datum=datum,
            weights=weights,
            id_column=id_column,
            lon_column=lon_column,
            lat_column=lat_column,
            areas=areas,
            missing=missing,
        )
    return replace(intake, demand=with_hours(intake.demand, hours)) if hours else intake
