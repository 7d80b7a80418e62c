"""Demand goes into bytes and comes back the same to the last bit."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.errors import UnusableInput
from stationmap.planning.demand.demand import Demand
from stationmap.planning.demand.stored import from_parquet, to_parquet


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(-180, 180), st.floats(-90, 90), st.floats(0, 1e12), st.sampled_from(["", "410102"])),
        max_size=20,
    ),
    st.booleans(),
)
def test_what_goes_in_comes_back(rows, with_cells):
    lon, lat, people = (np.array([row[at] for row in rows], float) for at in range(3))
    adcode = np.array([row[3] for row in rows], object)
    ids = np.array([f"格{i}" for i in range(len(rows))], object)
    cells = np.array([shapely.box(i, 0, i + 1, 1 / 3) for i in range(len(rows))], object) if with_cells else None
    hours = np.linspace(0, 1, 168)
    before = Demand(ids, lon, lat, {"人口": people, "id": people}, adcode, cells, {"人口": hours})
    after = from_parquet(to_parquet(before))
    assert after.ids.tolist() == ids.tolist()
    assert after.adcode.tolist() == adcode.tolist()
    assert list(after.weights) == ["人口", "id"]
    for name in ("lon", "lat"):
        assert np.array_equal(getattr(after, name), getattr(before, name))
    assert np.array_equal(after.weight("人口"), people)
    assert np.array_equal(after.presence("人口"), hours)
    assert (after.cells is None) == (cells is None)
    if cells is not None:
        assert shapely.equals_exact(after.cells, cells).all()


@pytest.mark.parametrize("bad", [b"", b"PAR1", b"id,lon,lat\n"])
def test_what_is_no_demand_is_refused_in_words(bad):
    with pytest.raises(UnusableInput, match="Load it again"):
        from_parquet(bad)


def test_a_damaged_file_is_refused(tmp_path):
    whole = to_parquet(
        Demand(np.array(["a"], object), np.zeros(1), np.zeros(1), {"n": np.ones(1)}, np.array([""], object))
    )
    with pytest.raises(UnusableInput):
        from_parquet(whole[: len(whole) // 2])
