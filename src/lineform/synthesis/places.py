"""Where rays along an axis of a cubic grid meet it; see `lineform.synthesis.grid`."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineform.state import FloatArray
from lineform.synthesis.grid import BEYOND, CELLS_PER_CELL

__all__ = ["Places"]


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Rays at each pair of offsets, those up in the outer and those to the right in the inner loop.

    Parameters
    ----------
    corner : (2, ray) int
        The point before each ray, along x and y.
    aside : (4, ray) [1]
        How far it is on the way to the next along x and y, in the middles of its cells; and the
        same at the ends of its cells, for which fields go on linearly to the faces of the box.
    level : (2 cell + 1,) int
        The point before the ends and the middles of the cells, in turns, along z. Cell 0 is the
        one nearest the observer.
    along : (2 cell + 1,) [1]
        How far they are on the way to the next.
    length : (ray,) [m]
        Of a cell; 0 for rays that miss the box.
    """

    corner: NDArray[np.int64]
    aside: FloatArray
    level: NDArray[np.int64]
    along: FloatArray
    length: FloatArray

    @classmethod
    def of(cls, cells: int, side: float, offsets: FloatArray) -> "Places":
        """Those of a cube about the origin.

        Parameters
        ----------
        cells : int
            Along each side.
        side : float [m]
        offsets : (pixel,) [m]
        """
        outermost = cells - 1.0
        # As seen from the first point.
        place = offsets * (cells / side) + outermost / 2
        corner = _before(place, cells)
        limits = [np.clip(place, -b, outermost + b) - corner for b in (0.0, BEYOND)]
        up, right = (k.ravel() for k in np.meshgrid(*[range(len(offsets))] * 2, indexing="ij"))
        turns = CELLS_PER_CELL * cells
        depth = outermost + 0.5 - np.arange(2 * turns + 1) * (cells / (2 * turns))
        level = _before(depth, cells)
        middle = np.arange(len(depth)) % 2 == 1
        depth = np.where(middle, np.clip(depth, 0, outermost), depth)
        inside = np.abs(offsets) <= side / 2
        return cls(
            corner=np.stack([corner[right], corner[up]]),
            aside=np.stack([limit[k] for limit in limits for k in (right, up)]),
            level=level,
            along=depth - level,
            length=side / turns * (inside[right] & inside[up]),
        )


def _before(place: FloatArray, cells: int) -> NDArray[np.int64]:
    return np.clip(np.floor(place), 0, cells - 2).astype(np.int64)
