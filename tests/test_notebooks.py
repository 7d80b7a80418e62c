"""The notebooks run from the first cell to the last, hold no output and no path, and say so where their input is missing."""

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
AIR_500, WALK_500 = 40_392, 18_752


def ran(name: str, monkeypatch: pytest.MonkeyPatch, real: Path | None = None) -> nbformat.NotebookNode:
    """Return a notebook with the output of all its cells."""
    if real is None:
        monkeypatch.delenv("STATIONMAP_REAL_DATA", raising=False)
    else:
        monkeypatch.setenv("STATIONMAP_REAL_DATA", str(real))
    monkeypatch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    book = nbformat.read(FOLDER / name, as_version=4)
    client = NotebookClient(
        book, timeout=90, kernel_name="python3", resources={"metadata": {"path": str(FOLDER.parent)}}
    )
    client.execute()
    return book


def told(book: nbformat.NotebookNode) -> str:
    """Return all text that a notebook printed."""
    return "\n".join(
        str(output.get("text") or output.get("data", {}).get("text/plain", ""))
        for cell in book.cells
        for output in cell.get("outputs", ())
    )


def test_there_are_two() -> None:
    assert [path.name[:2] for path in NOTEBOOKS] == ["01", "02"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_git_keeps_no_output_and_no_path_of_a_machine(path: Path) -> None:
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code)
    assert not any("def " in cell.source or "class " in cell.source for cell in code), "calls only, no logic"
    text = path.read_text(encoding="utf-8")
    assert not any(place in text for place in ("/home/", "/root", "/work", "/tmp", "C:\\"))


def test_the_first_run_on_the_sample_city(monkeypatch: pytest.MonkeyPatch) -> None:
    said = told(ran("01_first_coverage_run.ipynb", monkeypatch))
    assert "(1614,\n 598," in said
    assert "Of 10,162 couriers, at least 3,923 and at most 6,733 (39 – 66 %)" in said


def test_walking_against_air_ends_plainly_without_its_input(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CellExecutionError, match="STATIONMAP_REAL_DATA is not set") as ended:
        ran("02_walking_against_air.ipynb", monkeypatch)
    assert ended.value.ename == "SystemExit"


@pytest.mark.real
def test_walking_against_air(real_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = told(ran("02_walking_against_air.ipynb", monkeypatch, real_data))
    assert f"{AIR_500:,}" in said
    assert f"{WALK_500:,}" in said
    assert os.environ["STATIONMAP_REAL_DATA"] not in said
