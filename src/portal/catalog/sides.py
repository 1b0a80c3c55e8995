"""How long the sides of a field are, by its footprint."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

from portal.model.region import parse_region

__all__ = ["sides_of"]

_CORNERS = 4
_SQUARE = 0.01
"""Part by which the sides of a pixel differ before they are told apart."""
_Place: TypeAlias = tuple[float, float]


def sides_of(
    region: str | None, field: float | None, counts: tuple[float | None, float | None]
) -> tuple[float, float] | None:
    """Lengths of the sides along the first and the second axis of the pixels.

    Parameters
    ----------
    region
        The footprint in words of STC-S; None where it is not known.
    field : scalar [deg]
        Diameter of the circle about it.
    counts
        Pixels along both axes; None or less than 1 where there are none.

    Returns
    -------
    (2,) [deg]
        Of a field without pixels its diameter, both times; None where they cannot be told.

    Notes
    -----
    Which side is which axis follows from the pixels: those of most images are squares. Where that
    does not tell, the first side of the outline is along the first axis. Where there is no
    outline, pixels are taken as squares and `field` as the diagonal.
    """
    wide, high = (max(count or 0.0, 0.0) for count in counts)
    if not wide or not high:
        return None if field is None or wide or high else (field, field)
    shape = parse_region(region) if region else None
    if shape is None:
        return None if field is None else _of_diagonal(field, wide, high)
    if shape.others or shape.circles or len(shape.polygons) != 1:
        return None
    numbers = shape.polygons[0]
    sides = _of_polygon(list(zip(numbers[::2], numbers[1::2], strict=True)))
    if sides is None:
        return None
    first, second = sides
    straight, turned = (abs(math.log(a / wide * high / b)) for a, b in (sides, sides[::-1]))
    return (second, first) if turned < straight - _SQUARE else (first, second)


def _of_diagonal(field: float, wide: float, high: float) -> tuple[float, float]:
    pixel = field / math.hypot(wide, high)
    return wide * pixel, high * pixel


def _of_polygon(places: Sequence[_Place]) -> tuple[float, float] | None:
    """Mean lengths of opposite sides, between the four sharpest corners."""
    count = len(places)
    if count < _CORNERS:
        return None
    turns = [_turn(places[i - 1], places[i], places[(i + 1) % count]) for i in range(count)]
    corners = sorted(sorted(range(count), key=turns.__getitem__)[-_CORNERS:])
    around = [*corners, corners[0] + count]
    lengths = [
        sum(_apart(places[i % count], places[(i + 1) % count]) for i in range(start, end))
        for start, end in pairwise(around)
    ]
    first, second = (lengths[0] + lengths[2]) / 2, (lengths[1] + lengths[3]) / 2
    return (first, second) if first > 0 and second > 0 else None


def _apart(one: _Place, two: _Place) -> float:
    """Great circle between two places [deg]."""
    from astropy.coordinates import angular_separation

    return math.degrees(angular_separation(*map(math.radians, (*one, *two))))


def _turn(before: _Place, at: _Place, after: _Place) -> float:
    """By how much the outline turns at a place [rad], 0 for straight on."""
    bend = abs(_bearing(at, after) - _bearing(at, before))
    return math.pi - min(bend, 2 * math.pi - bend)


def _bearing(one: _Place, two: _Place) -> float:
    """Direction from one place to the other [rad]."""
    a, b = math.radians(one[1]), math.radians(two[1])
    turn = math.radians(two[0] - one[0])
    along = math.cos(a) * math.sin(b) - math.sin(a) * math.cos(b) * math.cos(turn)
    return math.atan2(math.sin(turn) * math.cos(b), along)
