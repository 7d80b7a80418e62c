"""``python -m tests.benchmarks [bench.json]``: every benchmark in a process of its own, results as one JSON file."""

import json
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

ONE = "import importlib, json, sys; print('RESULT ' + json.dumps(importlib.import_module(sys.argv[1]).run()))"


def run_all(target: Path) -> int:
    """Run the benchmarks, print and write what they measured; the exit code tells whether every bound was met."""
    results: dict[str, object] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
    }
    failed = []
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        done = subprocess.run(
            [sys.executable, "-c", ONE, f"tests.benchmarks.{path.stem}"], capture_output=True, text=True, check=False
        )
        line = next((text for text in done.stdout.splitlines() if text.startswith("RESULT ")), None)
        if line is None:
            results[path.stem] = {"error": done.stderr[-2000:]}
            failed.append(path.stem)
        else:
            results[path.stem] = json.loads(line.removeprefix("RESULT "))
            failed += [f"{path.stem}: {name}" for name in unmet(results[path.stem])]
        print(f"== {path.stem}\n{json.dumps(results[path.stem], indent=1, ensure_ascii=False)}", flush=True)
    target.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"written to {target}; unmet: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


def unmet(result: object) -> list[str]:
    """Return the names of the bounds that a benchmark says it did not meet."""
    if not isinstance(result, dict):
        return []
    return [name for name, met in result.get("met", {}).items() if not met]


if __name__ == "__main__":
    sys.exit(run_all(Path(sys.argv[1] if len(sys.argv) > 1 else "bench.json")))
