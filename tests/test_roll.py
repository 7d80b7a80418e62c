"""finder.roll: stations numbered by place are found, counted on from and listed by their ids."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stationmap.finder.roll import Roll
from stationmap.finder.snapshot import Snapshot
from stationmap.hours.calendar import china
from tests.finder_tables import tables

names = st.lists(st.text("ab站\U00020000", min_size=1, max_size=4), unique=True, max_size=12)


def roll_of(ids):
    """Return the roll of stations that are numbered as their ids stand in a list."""
    return Roll.of(ids, np.argsort(np.argsort(np.array(ids, object))))


@given(ids=names, other=st.text("ab站\U00020000", max_size=4), data=st.data())
def test_a_roll_is_the_sorted_list(ids, other, data):
    roll = roll_of(ids)
    assert roll.ids == sorted(ids)
    assert [ids[position] for position in roll.positions.tolist()] == roll.ids
    assert roll.rank[roll.positions].tolist() == list(range(len(ids)))
    for each in [*ids, other]:
        assert roll.position(each) == (ids.index(each) if each in ids else None)
        assert roll.ids[roll.after(each) :] == [id_ for id_ in sorted(ids) if id_ > each]
    wanted = np.array(data.draw(st.lists(st.booleans(), min_size=len(ids), max_size=len(ids))), bool)
    begin = data.draw(st.integers(0, len(ids)))
    meant = [id_ for id_ in sorted(ids) if wanted[ids.index(id_)]]
    assert [ids[position] for position in roll.chosen(wanted).tolist()] == meant
    assert [ids[position] for position in roll.chosen(wanted, begin).tolist()] == [
        id_ for id_ in sorted(ids)[begin:] if id_ in meant
    ]
    assert roll.flags(wanted).tolist() == [id_ in meant for id_ in sorted(ids)]


def test_a_snapshot_numbers_its_stations_by_place_whatever_the_order_of_the_table():
    rng = np.random.default_rng(4)
    stations = [
        {"id": f"{number:04d}", "name": f"n{number}", "lon": 113 + x, "lat": 34 + y}
        for number, (x, y) in enumerate(rng.random((600, 2)).tolist())
    ]
    shuffled = [stations[row] for row in rng.permutation(len(stations)).tolist()]
    snapshot = Snapshot.build(tables(shuffled), china())
    assert snapshot.roll.ids == [each["id"] for each in stations]
    for each in stations[::50]:
        position = snapshot.roll.position(each["id"])
        assert (snapshot.ids[position], snapshot.names[position]) == (each["id"], each["name"])
        assert snapshot.place(position) == (each["lon"], each["lat"])
    lon, lat = (snapshot.stations[name].to_numpy(float) for name in ("lon", "lat"))
    apart = np.hypot(np.diff(lon), np.diff(lat))
    by_id = snapshot.roll.positions
    assert apart.mean() < 0.75 * np.hypot(np.diff(lon[by_id]), np.diff(lat[by_id])).mean()
