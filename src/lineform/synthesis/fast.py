"""The compiled engine: what the plain one does, in loops that Numba turns into machine code."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

import numpy as np

from lineform import __version__
from lineform.errors import ConfigError
from lineform.state import FloatArray, State
from lineform.synthesis.base import Medium, Paths, Tracer
from lineform.synthesis.grid import BEYOND, GridTracer
from lineform.synthesis.imager import Imager
from lineform.synthesis.rays import tracer_of

__all__ = ["ENGINE", "Places", "kernels", "line_transfer", "ready", "stacked", "tracer"]


def kernels(name: str) -> ModuleType:
    """The compiled loops for ``line`` or ``grid``.

    Raises
    ------
    ConfigError
        If Numba is not installed.
    """
    try:
        return import_module(f"lineform.synthesis._{name}_kernels")
    except ModuleNotFoundError as error:
        if error.name != "numba":
            raise
        raise ConfigError(
            "engine numba: numba",
            expected="an installed package",
            seen="none",
            way_out="pip install 'atomium-portal[fast]'",
        ) from error


def line_transfer(
    recession: FloatArray,
    width: FloatArray,
    media: Sequence[Medium],
    velocity: FloatArray,
    entering: FloatArray,
) -> list[FloatArray]:
    """Intensity of lines of one molecule that reaches the observer along each ray.

    Computes with the precision of `width`. For the rest see
    `lineform.synthesis.array.line_transfer`.

    Parameters
    ----------
    recession : (cell + 1, ray) [m s-1]
    width : (cell, ray) [m s-1]
    media : Medium for each line
    velocity : (channel,) [m s-1]
        Ascending.
    entering : (ray,) [W m-2 Hz-1 sr-1]

    Returns
    -------
    list of (channel, ray) [W m-2 Hz-1 sr-1]

    Raises
    ------
    ConfigError
        If Numba is not installed.
    """
    real = width.dtype
    strength, source = (stacked([getattr(m, f) for m in media], real) for f in _LINE)
    lit = [m for m in media if m.continuum is not None]
    continuum = tuple(stacked([getattr(m, f) for m in lit], real) for f in _CONTINUUM)
    cubes = np.empty((len(media), len(velocity), width.shape[1]), real)
    gas = (ready(recession, real), ready(width, real), strength, source)
    ends = ready(velocity, real), ready(entering, real)
    kernels("line").transfer(gas, continuum, *ends, cubes)
    return list(cubes)


_LINE = ("strength", "source")
_CONTINUUM = ("continuum", "continuum_source")


def ready(array: FloatArray, real: np.dtype[np.floating]) -> FloatArray:
    """An array as the kernels are compiled for: of one width, contiguous and writable."""
    return np.require(array, real, ["C", "W"])


def stacked(arrays: Sequence[FloatArray], real: np.dtype[np.floating]) -> FloatArray:
    """Fields (cell, ray) as (line, cell, ray)."""
    if len(arrays) == 1:
        return ready(arrays[0], real)[None]
    return np.stack(arrays).astype(real) if len(arrays) else np.empty((0, 0, 0), real)


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Equally spaced places on rays through a grid, between whose points fields are interpolated.

    Parameters
    ----------
    shape : of the grid
    first, step : (3, ray) [cells]
        The first place of each ray, and the way to the next.
    number : int
        Of the places on each ray.
    real : type of the results
    beyond : float [cells]
        How far fields go on outside the outermost points.
    """

    shape: tuple[int, int, int]
    first: FloatArray
    step: FloatArray
    number: int
    real: type[np.floating]
    beyond: float = 0.0

    def __call__(self, values: FloatArray) -> FloatArray:
        """The field (point,) [any] at all places (place, ray)."""
        out = np.empty((self.number, self.first.shape[1]), self.real)
        # In their own width: to narrow them for a strip of rays would take longer than to use them.
        field = ready(values, values.dtype)
        kernels("grid").gather(field, self.shape, self.first, self.step, out, self.beyond)
        return out

    def spread(self, given: FloatArray, total: FloatArray, values: FloatArray) -> None:
        """Add to the points, `total` (point,), what belongs to the places (place, ray)."""
        field = ready(given, np.dtype(self.real))
        kernels("grid").scatter(field, self.shape, self.first, self.step, total, self.beyond)


class _CompiledGrid(GridTracer):
    """As the plain one, but for places that are found when a field is interpolated there."""

    def __init__(self, state: State, real: type[np.floating]) -> None:
        super().__init__(state)
        self._real = real

    def paths(self, right: FloatArray, up: FloatArray, basis: FloatArray) -> Paths:
        """The ways of rays; see `lineform.synthesis.base.Tracer`."""
        origin = right[:, None] * basis[0] + up[:, None] * basis[1]
        near, far = self._crossing(origin, basis[2])
        length = (near - far) / self._cells
        first = ready(((origin + near[:, None] * basis[2] - self._first) / self._width).T, _DOUBLE)
        step = ready((-length[:, None] * basis[2] / self._width).T, _DOUBLE)
        nx, ny, nz = (int(n) for n in self._shape)
        shape = (nx, ny, nz)
        return Paths(
            start=near,
            step=np.broadcast_to(length.astype(self._real), (self._cells, len(near))),
            edges=Places(shape, first, step, self._cells + 1, self._real, BEYOND),
            middles=Places(shape, first + step / 2, step, self._cells, self._real),
        )


_DOUBLE = np.dtype(np.float64)


def tracer(state: State, real: type[np.floating] = np.float32) -> Tracer:
    """What sends rays through the points of a state, compiled for regular grids.

    Parameters
    ----------
    state : State
    real : type of the numbers along rays, for regular grids
    """
    return _CompiledGrid(state, real) if state.geometry == "grid" else tracer_of(state)


class _Compiled(Imager):
    """The engine that needs Numba."""

    def version(self) -> str:
        """Version of the engine; see `lineform.synthesis.base.Engine`."""
        kernels("line")
        return self.number


ENGINE = _Compiled("numba", __version__, line_transfer, tracer, threaded=True)
"""Engine in compiled loops."""
