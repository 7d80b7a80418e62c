"""The house stays as it was planned: small rooms, no drawers, nothing re-exported, nothing said of other machines."""

import ast
import re
from pathlib import Path

import pytest

import stationmap

PACKAGE = Path(stationmap.__file__).parent
ROOT = PACKAGE.parent
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 400
# Past 400 lines a module argues for itself in its docstring.
ARGUED = {"hours/freetext/attachment.py"}
DRAWERS = {"utils", "util", "helpers", "common", "core", "services", "manager", "misc", "base"}
TREES = [
    ROOT / name for name in ("stationmap", "static/js", "static/css", "data", "tests", "docs", "Makefile", "README.md")
]


def test_modules_are_small() -> None:
    long = {
        str(path.relative_to(PACKAGE)): lines
        for path in MODULES
        if (lines := path.read_text(encoding="utf-8").count("\n")) > LONGEST
    }
    assert long.keys() <= ARGUED, long
    assert all(lines <= 600 for lines in long.values())


def test_functions_are_short() -> None:
    long = {}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                told = len((ast.get_docstring(node) or "").splitlines())
                lines = (node.end_lineno or node.lineno) - node.lineno + 1 - told
                if lines > 60:
                    long[f"{path.relative_to(PACKAGE)}:{node.name}"] = lines
    assert not long


def test_there_are_no_drawers() -> None:
    # finder/services.py is the field's noun: the services of stations.
    drawers = {str(path.relative_to(PACKAGE)) for path in MODULES if path.stem in DRAWERS} - {"finder/services.py"}
    assert not drawers


@pytest.mark.parametrize("path", [path for path in MODULES if path.name == "__init__.py"], ids=str)
def test_faces_of_packages_import_nothing(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]


def test_no_path_or_registry_of_a_machine_is_kept() -> None:
    foreign = re.compile(r"/work/(?:main|shared)|/home/\w+/|registry\.npmjs|pypi\.org/simple|\"resolved\"")
    files = [
        file
        for tree in [*TREES, ROOT / "package-lock.json"]
        for file in ([tree] if tree.is_file() else tree.rglob("*"))
        if file.is_file() and file.suffix in {".py", ".js", ".css", ".html", ".md", ".toml", ".json", ".po", ""}
    ]
    assert len(files) > 100
    assert not [
        str(file)
        for file in files
        if foreign.search(file.read_text(encoding="utf-8", errors="ignore")) and file != Path(__file__)
    ]
