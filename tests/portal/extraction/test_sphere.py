"""Circles and polygons on the sphere."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.extraction._sphere import counter_clockwise, directions, places, smallest_cap

PLACES = st.lists(st.tuples(st.floats(0, 360), st.floats(-90, 90)), min_size=1, max_size=12)


@example([(0.0, 0.0), (63.0, 0.0), (0.0, 46.0), (0.0, 46.0)], 0.0001)
@settings(deadline=None)
@given(PLACES, st.floats(0.0001, 0.9))
def test_the_smallest_circle_holds_all_and_shrinks_no_further(where, size):
    ra, dec = np.array(where).T
    towards = directions([123.0], [-45.0])[0]
    points = towards + size * directions(ra, dec)
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    cap = smallest_cap(points)
    apart = np.linalg.norm(points - cap.axis, axis=1)
    assert apart.max() <= cap.chord * (1 + 1e-6) + 1e-12
    # At least two points lie on the rim, unless all are one.
    if cap.chord > 1e-6:
        assert (apart > cap.chord * (1 - 1e-5)).sum() >= 2


def test_the_circle_about_a_square():
    points = directions([9.5, 10.5, 10.5, 9.5], [-0.5, -0.5, 0.5, 0.5])
    cap = smallest_cap(points)
    assert cap.radius == pytest.approx(0.5**0.5, rel=1e-4)
    ra, dec = places(cap.axis)
    assert (ra, dec) == (pytest.approx(10.0), pytest.approx(0.0, abs=1e-9))


@pytest.mark.parametrize("dec", [-89.9, -30.0, 0.0, 60.0, 89.9])
def test_against_the_clock_is_from_north_over_east_to_south(dec):
    middle = directions([200.0], [dec])[0]
    east = np.cross([0.0, 0.0, 1.0], middle)
    east /= np.linalg.norm(east)
    north = np.cross(middle, east)
    ways = [north, east, -north, -east]
    points = np.array([middle + 0.01 * way for way in ways])
    assert counter_clockwise(points, middle)
    assert not counter_clockwise(points[::-1], middle)


@given(st.floats(0, 359.999), st.floats(-89.9, 89.9))
def test_places_and_directions_are_inverse(ra, dec):
    back = places(directions([ra], [dec]))
    assert back[0][0] == pytest.approx(ra, abs=1e-6)
    assert back[1][0] == pytest.approx(dec, abs=1e-9)
