"""The whole import of the 11 Shanghai files: 48,030 rows into a fresh ledger, with boundaries and validation.

Measured in a process of its own: seconds from the first file read to the last commit (starting Python and importing
the libraries is told apart), and the peak of resident memory over all of it.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MOST_S = 15.0
MOST_MB = 600.0
ROWS = 48_030


def run(quick: bool = False) -> dict[str, object]:
    """Return seconds, peak memory and counts of the import; ``skipped`` where the real input is not there."""
    folder = os.environ.get("STATIONMAP_REAL_DATA")
    if not folder:
        return {"skipped": "STATIONMAP_REAL_DATA is not set: the real input is not here"}
    done = subprocess.run(
        [sys.executable, __file__, folder, "quick" if quick else "full"], check=True, capture_output=True, text=True
    )
    measured: dict[str, object] = json.loads(done.stdout)
    if not quick:
        measured["within"] = (
            measured["rows"] == ROWS and measured["seconds"] <= MOST_S and measured["peak_mb"] <= MOST_MB  # type: ignore[operator]
        )
    return measured


def _measure(folder: Path, quick: bool) -> dict[str, object]:
    started = time.perf_counter()
    import geopandas

    from stationmap.files.read import read
    from stationmap.geo.areas import AreaTree, areas_from_features
    from stationmap.register.hosts import read_hosts
    from stationmap.register.ledger import Ledger

    ready = time.perf_counter()
    files = sorted((folder / "shanghai_amap_poi").glob("*.csv"))[: 2 if quick else None]
    boundaries = geopandas.read_file(folder / "china_admin_datav" / "province" / "310000.json")
    areas = AreaTree(areas_from_features(boundaries, datum="gcj02"))
    counts = {"rows": 0, "accepted": 0, "rejected": 0, "faults": 0, "duplicates": 0, "written": 0}
    with tempfile.TemporaryDirectory() as scratch, Ledger.open(Path(scratch) / "ledger.sqlite") as ledger:
        for path in files:
            table = read(path)
            intake = read_hosts(table, datum=None, areas=areas, known=ledger.matcher(hosts=True))
            written = ledger.put_hosts(
                intake.hosts, actor="bench", reason="import", source=table.source, sha256=table.sha256
            )
            counts["rows"] += intake.rows
            counts["accepted"] += intake.accepted
            counts["rejected"] += len(intake.rejected)
            counts["faults"] += len(intake.faults)
            counts["duplicates"] += len(intake.duplicates)
            counts["written"] += len(written.created) if hasattr(written.created, "__len__") else written.created
    ended = time.perf_counter()
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "seconds": round(ended - ready, 2),
        "libraries_s": round(ready - started, 2),
        "peak_mb": round(peak_mb, 1),
        "files": len(files),
        **counts,
    }


if __name__ == "__main__":
    print(json.dumps(_measure(Path(sys.argv[1]), sys.argv[2] == "quick")))
