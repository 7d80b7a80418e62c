"""geo.outlines: the polygons that hold a point are those that GEOS names without any preparation."""

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon, box

from stationmap.geo.outlines import Outlines

RING = Polygon(box(0, 0, 4, 4).exterior.coords, [box(1, 1, 2, 2).exterior.coords])
SHAPES = [RING, box(1, 1, 2, 2), MultiPolygon([box(5, 0, 6, 1), box(7, 0, 8, 1)]), Point(3, 3).buffer(1.5)]
AXES = st.one_of(st.sampled_from([0.0, 1.0, 1.5, 2.0, 4.0, 5.0, 6.0, 7.5]), st.floats(-1, 9))


@given(st.lists(st.tuples(AXES, AXES), max_size=20))
def test_they_hold_what_geos_says(points):
    lon, lat = np.array(points, dtype=np.float64).reshape(-1, 2).T
    outlines = Outlines(SHAPES)
    truth = {
        (point, number)
        for point in range(len(lon))
        for number, shape in enumerate(SHAPES)
        if shapely.intersects(shape, Point(lon[point], lat[point]))
    }
    assert set(zip(*(each.tolist() for each in outlines.around(lon, lat)), strict=True)) == truth
    for number in range(len(SHAPES)):
        assert np.flatnonzero(outlines.hold(number, lon, lat)).tolist() == sorted(
            point for point, of in truth if of == number
        )


def test_the_polygons_given_are_left_as_they_are_and_sets_are_lent_again():
    shapes = [box(0, 0, 1, 1)]
    outlines = Outlines(shapes)
    for _ in range(3):
        assert outlines.hold(0, np.array([0.5, 2.0]), np.array([0.5, 0.5])).tolist() == [True, False]
    assert not shapely.is_prepared(shapes[0])
    assert len(outlines._ready) == 1


def test_no_polygons_hold_nothing():
    point, number = Outlines([]).around(np.array([1.0]), np.array([1.0]))
    assert (len(point), len(number)) == (0, 0)
