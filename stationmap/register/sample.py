"""The fictional sample city, brought in through the same doors as any list."""

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from stationmap.errors import NotFound
from stationmap.files.read import read
from stationmap.geo.areas import AreaTree
from stationmap.register.boundaries import read_areas, read_streets
from stationmap.register.hosts import read_hosts
from stationmap.register.intake import read_stations

if TYPE_CHECKING:
    from stationmap.register.ledger import Ledger

FILES = ("areas.geojson", "streets.geojson", "stations.csv", "hosts.csv")
LIST = "sample"
WHO = "stationmap"


def sample_folder() -> Path:
    """Return the folder of the sample city: beside the package in a checkout, inside it when installed.

    Raises
    ------
    NotFound
        When neither has it.
    """
    package = Path(str(files("stationmap")))
    for folder in (package.parent / "data", package / "data"):
        if all((folder / name).is_file() for name in FILES):
            return folder
    raise NotFound(
        "The files of the sample city are missing beside {package}. Install stationmap again.", package=package
    )


def load_sample(ledger: "Ledger") -> dict[str, int]:
    """Put the sample city into a ledger, every record marked fictional; return how many of each came in."""
    folder = sample_folder()
    areas = read_areas(folder / FILES[0], datum="wgs84")
    tree = AreaTree(areas)
    streets = read_streets(folder / FILES[1], datum="wgs84")
    stations = read_stations(
        read(folder / FILES[2]),
        datum="wgs84",
        areas=tree,
        known=ledger.matcher(),
        list_name=LIST,
        source=FILES[2],
        fictional=True,
    )
    hosts = read_hosts(
        read(folder / FILES[3]),
        datum="wgs84",
        areas=tree,
        known=ledger.matcher(hosts=True),
        list_name=LIST,
        source=FILES[3],
        fictional=True,
    )
    ledger.gazetteer.put_areas(areas, source=FILES[0], fictional=True, actor=WHO, reason=LIST)
    ledger.gazetteer.put_streets(streets, source=FILES[1], fictional=True, actor=WHO, reason=LIST)
    ledger.put_hosts(hosts.hosts, source=FILES[3], actor=WHO, reason=LIST)
    ledger.put(stations.stations, source=FILES[2], actor=WHO, reason=LIST)
    return {
        "stations": len(stations.stations),
        "hosts": len(hosts.hosts),
        "areas": len(areas),
        "streets": len(streets),
    }
