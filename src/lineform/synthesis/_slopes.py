"""Fields beside points: linear about each point, with slopes from its neighbours."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from lineform.state import FloatArray

_NEIGHBOURS = 18
"""Those of a cube among equal ones that share a face or an edge with it."""

_TIE = 1e-6
"""Distances that differ by less than this part of them are equal [1]."""

_FLAT = 0.01
"""Neighbours that spread less than this across a plane, of their whole spread, lie in it [1]."""

_SHARP = 8
"""Changes grow as the slope says up to their limit, 1 % less at 0.75 of it [1]."""

_FAR = 100.0
"""Ratio of a change to its limit beyond which it is the limit to round-off [1]."""

_CLOSEST = 1e-3
"""Neighbours that are closer than this part of the farthest count no more for it [1]."""


class Slopes:
    """How the slope at a point follows from the values of its nearest neighbours.

    What a point needs is found when it is first asked for.

    Parameters
    ----------
    position : (point, 3) [m]
    tree : tree of these points

    Notes
    -----
    Least squares: with the neighbours at x_k, as seen from the point, and w_k = 1 / x_k^2, the
    slope of f is M^-1 sum_k w_k x_k (f_k - f), M = sum_k w_k x_k x_k^T: exact where f is linear.
    Where all neighbours lie in a plane, such as the cells around an axis, a slope within it would
    mislead, and there is none.
    """

    def __init__(self, position: FloatArray, tree: Any) -> None:  # noqa: ANN401
        self._position, self._tree = position, tree
        number = min(_NEIGHBOURS, max(len(position) - 1, 1))
        self.neighbour = np.empty((len(position), number), dtype=np.int32)
        self.weight = np.empty((len(position), number, 3), dtype=np.float32)
        self._known = np.zeros(len(position), dtype=bool)

    def find(self, point: np.ndarray) -> None:
        """Find neighbours and weights [m-1] of these points."""
        point = point[~self._known[point]]
        if not point.size:
            return
        distance, near = self._tree.query(self._position[point], self.neighbour.shape[1] + 2)
        # Of equally near ones all are neighbours or none: no direction is preferred. The point
        # itself stands for those that are missing.
        beyond = distance >= distance[:, -1:] * (1 - _TIE)
        near = np.where(beyond, point[:, None], near)[:, 1:-1]
        apart = self._position[near] - self._position[point, None]
        scale = np.linalg.norm(apart, axis=2).max(axis=1)[:, None, None]
        apart /= np.where(scale > 0, scale, 1)
        weighted = apart / np.maximum((apart**2).sum(axis=2, keepdims=True), _CLOSEST**2)
        matrix = weighted.swapaxes(1, 2) @ apart
        least = np.linalg.eigvalsh(matrix)[:, 0]
        flat = least <= _FLAT * np.trace(matrix, axis1=1, axis2=2)
        matrix[flat], weighted[flat] = np.eye(3), 0
        slope = np.linalg.solve(matrix, weighted.swapaxes(1, 2)).swapaxes(1, 2)
        self.neighbour[point] = near
        self.weight[point] = slope / np.where(scale > 0, scale, 1)
        # Last: other threads may look.
        self._known[point] = True


@dataclass(frozen=True, slots=True, eq=False)
class Slanted:
    """Values at places beside points; see `lineform.synthesis.base.Sampler`.

    A value that the slope leads to stays within those of the point and its neighbours, so that
    nothing shoots over where a field jumps; it bends towards them, c / (1 + (c / l)^8)^(1/8) of a
    change c and a limit l, so that it has a gradient.

    Parameters
    ----------
    slopes : Slopes
        That know the points.
    point : (points here,) int
    number : (edge, ray) int
        Of the point that each place belongs to, within `point`.
    aside : (edge, ray, 3) [m]
        From the point to the place.
    halfway : bool
        Give means of each two places that follow each other, (edge - 1, ray).
    even : bool
        The smaller limit of the two sides holds for both, so that a cell gains on one side of
        its point what it loses on the other.
    """

    slopes: Slopes
    point: np.ndarray
    number: np.ndarray
    aside: FloatArray
    halfway: bool
    even: bool = False

    def __call__(self, values: FloatArray) -> FloatArray:
        """The field (point,) [any] at all places."""
        local = self._local(values)
        # In terms of the ratio, so that a limit of nothing allows nothing.
        change = local.limit * local.ratio / _bend(local.ratio)
        found = values[self.point].astype(np.float32)[self.number] + change
        return np.asarray((found[1:] + found[:-1]) / 2 if self.halfway else found)

    def spread(self, given: FloatArray, total: FloatArray, values: FloatArray) -> None:
        """The transpose of the derivative by the field, at `values` (point,)."""
        if self.halfway:
            ends = np.zeros((1, given.shape[1]))
            given = (np.concatenate([ends, given]) + np.concatenate([given, ends])) / 2
        local = self._local(values)
        by_change = given / _bend(local.ratio) ** (_SHARP + 1)
        by_limit = by_change * local.ratio ** (_SHARP + 1)
        by_slope = [self._sums(by_change * aside) for aside in np.moveaxis(self.aside, 2, 0)]
        neighbour, weight = (a[self.point] for a in (self.slopes.neighbour, self.slopes.weight))
        by_difference = np.einsum("pka,ap->pk", weight.astype(float), by_slope)
        # A limit is the difference to the neighbour that sets it, or to several alike, of which
        # the point itself may be one.
        above, below = (self._sums(by_limit * side) for side in (local.upwards, ~local.upwards))
        if self.even:
            rises = local.difference.max(axis=1) <= -local.difference.min(axis=1)
            above, below = (above - below) * rises, (below - above) * ~rises
        for sign, by_side in ((1, above), (-1, below)):
            difference = sign * local.difference
            most = difference.max(axis=1).clip(min=0)
            sets = difference == most[:, None]
            each = by_side / np.maximum(sets.sum(axis=1) + (most == 0), 1)
            by_difference += sets * each[:, None]
        np.add.at(total, self.point, self._sums(given) - by_difference.sum(axis=1))
        np.add.at(total, neighbour, by_difference)

    def _local(self, values: FloatArray) -> "_Local":
        neighbour, weight = (a[self.point] for a in (self.slopes.neighbour, self.slopes.weight))
        difference = (values[neighbour] - values[self.point, None]).astype(np.float32)
        slope = np.einsum("pk,pka->pa", difference, weight)
        change = np.einsum("era,era->er", slope[self.number], self.aside)
        least, most = difference.min(axis=1).clip(max=0), difference.max(axis=1).clip(min=0)
        if self.even:
            most = np.minimum(most, -least)
            least = -most
        upwards = change >= 0
        limit = np.where(upwards, most[self.number], least[self.number])
        # Where nothing is allowed, all is beyond it.
        ratio = np.where(change == 0, 0, np.full_like(change, _FAR))
        np.divide(change, limit, out=ratio, where=limit != 0)
        return _Local(difference, limit, ratio.clip(max=_FAR), upwards)

    def _sums(self, given: FloatArray) -> FloatArray:
        """Sums (points here,) over the places of each point."""
        sums = np.bincount(self.number.ravel(), given.ravel(), len(self.point))
        return sums.astype(float)


def _bend(ratio: FloatArray) -> FloatArray:
    return np.asarray((1 + ratio**_SHARP) ** (1 / _SHARP))


@dataclass(frozen=True, slots=True, eq=False)
class _Local:
    """Differences to neighbours, the largest change on this side, and the change by it."""

    difference: FloatArray
    limit: FloatArray
    ratio: FloatArray
    upwards: np.ndarray
