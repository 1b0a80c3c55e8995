"""Places in hours and degrees."""
# ruff: noqa: RUF001

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from portal.previews.sexagesimal import declination, right_ascension, steps


def test_known_places():
    assert right_ascension(69.19, 15 / 36000) == "4h36m45.6s"
    assert right_ascension(359.999999, 15 / 3600) == "0h00m00s"
    assert right_ascension(30.0, 15.0) == "2h"
    assert declination(-62.077, 1 / 3600) == "−62°04′37″"
    assert declination(10.5, 0.5) == "+10°30′"
    assert declination(-0.5, 1 / 60) == "−0°30′"


@given(st.floats(-89, 89), st.floats(1e-5, 80), st.sampled_from([1.0, 15.0]))
def test_steps_are_few_even_and_inside(low, span, whole):
    high = low + span
    found = steps(low, high, whole)
    assert len(found) <= 6
    assert all(low - 1e-9 <= value <= high + 1e-9 for value in found)
    gaps = {round(b - a, 9) for a, b in pairwise(found)}
    assert len(gaps) <= 1 or max(gaps) - min(gaps) < 1e-8
    if found and gaps:
        told = [
            right_ascension(v, min(gaps)) if whole == 15 else declination(v, min(gaps))
            for v in found
        ]
        assert len(set(told)) == len(told)


def test_no_steps_where_there_is_no_range():
    assert steps(1.0, 1.0, 1.0) == steps(math.nan, 2.0, 1.0) == []
