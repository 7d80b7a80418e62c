"""From rows of cells to named columns: titles, merged cells, headers of two rows, ragged rows."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stationmap.errors import UnusableInput
from stationmap.files.grid import header_position, tabulate


def grid(text: str) -> list[list[str | None]]:
    """A row a line, cells parted by blanks, ``.`` for an empty cell."""
    return [[None if cell == "." else cell for cell in line.split()] for line in text.strip().splitlines()]


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("名称 地址 经度\n甲 路1号 113.5\n", 0),
        ("一览表 . .\n名称 地址 经度\n甲 路1号 113.5\n", 1),
        ("一览表 . . .\n填报单位 . 日期 .\n名称 地址 经度 纬度\n甲 路 1.5 2.5\n", 2),
        (". . .\n. . .\n名称 地址 经度\n甲 路 1.5\n", 2),
        ("甲 113.5 34.5\n乙 113.6 34.6\n", None),
        ("一览表 . .\n甲 113.5 34.5\n乙 113.6 34.6\n", None),
        ("名称\n甲\n乙\n", 0),
        ("名称 地址 . 备注\n甲 路1号 金水区 x\n乙 路2号 二七区 y\n", 0),
        ("单位：工会 日期：三月 电话：略 .\n名称 地址 区 备注\n甲 路1号 金水区 x\n乙 路2号 二七区 y\n", 1),
        ("a b c d e f g h i j\n甲 . . . . . . . . 1\n乙 . . . . . . . . 2\n", 0),
    ],
)
def test_the_header_is_the_first_row_that_fills_the_columns(text: str, position: int | None) -> None:
    assert header_position(grid(text)) == position


def test_dates_in_the_first_row_are_data() -> None:
    assert header_position([["甲", date(2026, 1, 2), 3], ["乙", date(2026, 1, 3), 4]]) is None


def test_a_title_merged_over_the_table_is_left_aside_and_told() -> None:
    body = tabulate(grid("一览表 . .\n名称 地址 经度\n甲 路 x\n"), [1, 2, 3], "f", merges=[((0, 0), (0, 2))])
    assert body.columns == ("名称", "地址", "经度")
    assert body.row_numbers.tolist() == [3]
    assert "Left aside above the rows: 一览表" in "\n".join(map(str, body.notes))


def test_a_header_of_two_rows_takes_the_lower_names() -> None:
    rows = grid("序号 名称 坐标 . 备注\n. . 经度 纬度 .\n1 甲 113.5 34.5 x\n")
    merges = [((0, 0), (1, 0)), ((0, 1), (1, 1)), ((0, 2), (0, 3)), ((0, 4), (1, 4))]
    body = tabulate(rows, [1, 2, 3], "f", merges=merges)
    assert body.columns == ("序号", "名称", "经度", "纬度", "备注")
    assert body.cells.to_numpy().tolist() == [["1", "甲", "113.5", "34.5", "x"]]
    assert "rows 1 to 2" in str(body.notes[0])


def test_names_that_repeat_below_merged_names_are_told_apart_by_them() -> None:
    rows = grid("名称 饮水 . 微波炉 .\n. 有无 时间 有无 时间\n甲 有 全天 无 .\n")
    merges = [((0, 0), (1, 0)), ((0, 1), (0, 2)), ((0, 3), (0, 4))]
    body = tabulate(rows, [1, 2, 3], "f", merges=merges)
    assert body.columns == ("名称", "饮水/有无", "饮水/时间", "微波炉/有无", "微波炉/时间")


def test_cells_merged_downwards_hold_for_each_row() -> None:
    rows = grid("区 名称\n金水区 甲\n. 乙\n. 丙\n二七区 丁\n")
    body = tabulate(rows, range(1, 6), "f", merges=[((1, 0), (3, 0))])
    assert body.cells["区"].tolist() == ["金水区", "金水区", "金水区", "二七区"]
    assert "filled with the value of the merged cell: 2" in "\n".join(map(str, body.notes))


def test_merges_beyond_the_rows_do_no_harm() -> None:
    merges = [((1, 0), (10**6, 0)), ((10**6, 5), (10**6 + 1, 5)), ((0, 0), (10**6, 0)), ((0, 9), (0, 12))]
    body = tabulate(grid("区 名称\n金水区 甲\n. 乙\n. .\n"), range(1, 5), "f", merges=merges)
    assert "甲" in body.cells.to_numpy().ravel().tolist() or body.cells.empty


def test_line_breaks_in_a_column_name_close_up() -> None:
    assert tabulate([["服务\n时间", "名 称"], ["x", "y"]], [1, 2], "f").columns == ("服务时间", "名 称")


def test_numbers_as_column_names_are_names() -> None:
    assert tabulate([["区", 2024, 2025], ["甲", 1, 2]], [1, 2], "f").columns == ("区", "2024", "2025")


def test_nothing_is_refused() -> None:
    with pytest.raises(UnusableInput, match="no cell with anything in it"):
        tabulate([[None, None], []], [1, 2], "f")


cells = st.one_of(st.none(), st.sampled_from(["甲", "乙", "1.5", "x", "2026"]), st.integers(0, 9), st.floats(0, 9))
rows = st.lists(st.lists(cells, max_size=5), max_size=12)
corners = st.tuples(st.integers(0, 14), st.integers(0, 6))
merges = st.lists(st.tuples(corners, corners).filter(lambda m: m[0][0] <= m[1][0] and m[0][1] <= m[1][1]), max_size=4)


@given(rows, merges)
def test_any_rows_become_a_table_that_holds_every_cell_below_the_header(
    given_rows: list[list[object]], given_merges: list[tuple[tuple[int, int], tuple[int, int]]]
) -> None:
    before = [list(row) for row in given_rows]
    try:
        body = tabulate(given_rows, range(1, len(given_rows) + 1), "f", merges=given_merges)
    except UnusableInput:
        assert all(cell is None for row in before for cell in row)
        return
    assert body.cells.shape == (len(body.row_numbers), len(body.columns))
    assert len(set(body.columns)) == len(body.columns)
    for number, row in zip(body.row_numbers, body.cells.to_numpy().tolist(), strict=True):
        kept = [cell for cell in row if cell is not None]
        assert [cell for cell in before[number - 1] if cell is not None and cell not in kept] == []
    aside = "\n".join(map(str, body.notes))
    first = int(body.row_numbers[0]) if len(body.row_numbers) else len(before) + 1
    for row in before[: first - 1]:
        for cell in row:
            assert cell is None or str(cell) in aside or str(cell) in "".join(body.columns)
