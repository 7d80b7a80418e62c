"""How fast the command line answers: ``stationmap --help`` against an empty Python, in one run."""

import subprocess
import sys
import time

BOUND_S = 0.5


def run(quick: bool = False) -> dict[str, object]:
    """Return the best and the median wall seconds of a few runs of each side."""
    runs = 3 if quick else 11
    sides = {
        "help": [sys.executable, "-m", "stationmap.cli.main", "--help"],
        "help_in_english": [sys.executable, "-m", "stationmap.cli.main", "--help", "--lang", "en"],
        "empty_python": [sys.executable, "-c", "pass"],
    }
    result: dict[str, object] = {}
    for name, command in sides.items():
        taken = sorted(_seconds(command) for _ in range(runs))
        result[name] = {"best_s": round(taken[0], 3), "median_s": round(taken[len(taken) // 2], 3)}
    result["met"] = {f"--help median <= {BOUND_S} s": result["help"]["median_s"] <= BOUND_S}  # type: ignore[index]
    return result


def _seconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=60)
    return time.perf_counter() - began


if __name__ == "__main__":
    import json

    print(json.dumps(run(), indent=1))
