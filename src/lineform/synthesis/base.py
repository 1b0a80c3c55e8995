"""What the parts of a synthesis hand to each other, and what an engine and a tracer are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np

from lineform.constants import CMB_TEMPERATURE
from lineform.cube import View
from lineform.species import Line, Molecule
from lineform.state import FloatArray, State

__all__ = [
    "Dust",
    "Engine",
    "Interpolation",
    "Medium",
    "Paths",
    "Rays",
    "Sampler",
    "Sampling",
    "Scene",
    "Star",
    "Tracer",
]

Interpolation = Literal["auto", "log", "linear"]
"""How densities are interpolated: in their logarithm, as they are, or the better of the two."""


@dataclass(frozen=True, slots=True)
class Dust:
    """Thermal emission and absorption by dust at the temperature of the gas.

    Parameters
    ----------
    opacity : float [m2 kg-1]
        Absorption per mass of gas at `frequency`.
    slope : float [1]
        The opacity grows with this power of the frequency.
    frequency : float [Hz]
    """

    opacity: float
    slope: float = 1.0
    frequency: float = 230e9


@dataclass(frozen=True, slots=True)
class Star:
    """An opaque sphere that shines as a black body.

    Parameters
    ----------
    radius : float [m]
    temperature : float [K]
    position : x, y, z [m]
    """

    radius: float
    temperature: float
    position: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What is observed, and how.

    Parameters
    ----------
    state : State
    molecules : molecule -> its lines
    views : directions
    offsets : (pixel,) [m]
        Pixel centres along both axes of the image, equally spaced.
    velocity : (channel,) [m s-1]
        Ascending, positive away from the observer.
    fractions : name of molecule -> (point, level) [1]
        Level populations; a molecule that is not named is in thermodynamic equilibrium.
    background : float [K]
        Temperature of the black body behind the gas.
    dust : Dust, or None
    star : Star, or None
    rays_per_pixel : int
        Along each side of a pixel.
    quantity : str
        What the cubes hold: the intensity, or the optical depth of line and continuum.
    interpolation : str
        Of densities between the points: in their logarithm, linear in themselves, or of each
        species in its logarithm unless that would lose gas.
    """

    state: State
    molecules: Mapping[Molecule, Sequence[Line]]
    views: Sequence[View]
    offsets: FloatArray
    velocity: FloatArray
    fractions: Mapping[str, FloatArray] = field(default_factory=dict)
    background: float = CMB_TEMPERATURE
    dust: Dust | None = None
    star: Star | None = None
    rays_per_pixel: int = 1
    quantity: Literal["intensity", "optical depth"] = "intensity"
    interpolation: Interpolation = "auto"


class Engine(Protocol):
    """Solves the radiative transfer of a scene; one file of this package, as ``ENGINE``."""

    @property
    def name(self) -> str:
        """Such as ``array``."""
        ...

    @property
    def program(self) -> str:
        """Of which it is a part, as observation files name it."""
        ...

    def version(self) -> str:
        """Version of the program that does the work.

        Raises
        ------
        ConfigError
            If it is not installed.
        """
        ...

    def cubes(self, scene: Scene) -> Iterator[FloatArray]:
        """Cubes of the scene: views in the outer, molecules and lines in the inner loop.

        Yields
        ------
        (channel, y, x) [W m-2 Hz-1 sr-1 or 1]
            The intensity less the background, or the optical depth.
        """
        ...


class Sampler(Protocol):
    """Turns the values of a field at the points into its values at some places."""

    def __call__(self, values: FloatArray) -> FloatArray:
        """The field (point,) [any] at all places (...)."""
        ...

    def spread(self, given: FloatArray, total: FloatArray, values: FloatArray) -> None:
        """The transpose: add what belongs to the places (...) to the points, `total` (point,).

        Where this is not linear in the field, its derivative at `values` (point,) is meant.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Sampling:
    """How values at some places follow from those of the points: a sum of weights times fields.

    Parameters
    ----------
    index : (term, ...) int
        Points.
    weight : (term, ...) [1]
    """

    index: np.ndarray
    weight: FloatArray

    def __call__(self, values: FloatArray) -> FloatArray:
        """The field (point,) [any] at all places (...)."""
        values = values.astype(self.weight.dtype)
        total = values[self.index[0]] * self.weight[0]
        for index, weight in zip(self.index[1:], self.weight[1:], strict=True):
            total += values[index] * weight
        return np.asarray(total)

    def spread(self, given: FloatArray, total: FloatArray, values: FloatArray) -> None:
        """The transpose: add what belongs to the places (...) to the points, `total` (point,)."""
        for index, weight in zip(self.index, self.weight, strict=True):
            np.add.at(total, index, weight * given)


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """How rays run through the gas; cell 0 is nearest the observer.

    Rays with fewer cells than others end in cells without length.

    Parameters
    ----------
    start : (ray,) [m]
        How far before the origin, on the way to the observer, each ray leaves the gas.
    step : (cell, ray) [m]
        Lengths of the cells along the ray.
    edges : Sampler of (cell + 1, ray)
        Of the velocity component that `Tracer.component` gives.
    middles : Sampler of (cell, ray)
        Of all other fields.
    filled : (cell, ray) [1], or None
        Part of each cell that holds gas; by default all of it.
    keeping : Sampler of (cell, ray), or None
        Of densities as they are, if `middles` would not keep their sum.
    """

    start: FloatArray
    step: FloatArray
    edges: Sampler
    middles: Sampler
    filled: FloatArray | None = None
    keeping: Sampler | None = None

    @property
    def amounts(self) -> Sampler:
        """Sampler of (cell, ray) of densities as they are."""
        return self.middles if self.keeping is None else self.keeping


class Tracer(Protocol):
    """Sends parallel rays through the points of one geometry."""

    def paths(self, right: FloatArray, up: FloatArray, basis: FloatArray) -> Paths:
        """The ways of rays.

        Parameters
        ----------
        right, up : (ray,) [m]
            Where the rays cross the plane of the sky through the origin.
        basis : (3, 3) [1]
            Of the view: right, up, and to the observer.
        """
        ...

    def component(self, velocity: FloatArray, basis: FloatArray) -> FloatArray:
        """What `Paths.edges` turns into the velocity away from the observer.

        Parameters
        ----------
        velocity : (point, 3) [m s-1]
        basis : (3, 3) [1]

        Returns
        -------
        (point,) [m s-1]
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Rays:
    """The gas along parallel rays; cell 0 is nearest the observer.

    Parameters
    ----------
    step : (cell, ray) [m]
        Length of the gas in the cells.
    recession : (cell + 1, ray) [m s-1]
        Velocity away from the observer at the ends of the cells.
    temperature : (cell, ray) [K]
    turbulence : (cell, ray) [m s-1]
    density : name of species -> (cell, ray) [m-3]
    lower : line -> (cell, ray) [1]
        Fraction of the molecules in the lower level, of lines that are not in equilibrium.
    excitation : line -> (cell, ray) [1]
        h nu / k T_ex of these lines.
    """

    step: FloatArray
    recession: FloatArray
    temperature: FloatArray
    turbulence: FloatArray
    density: Mapping[str, FloatArray]
    lower: Mapping[Line, FloatArray] = field(default_factory=dict)
    excitation: Mapping[Line, FloatArray] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Medium:
    """What the cells of the rays do to the light of one line.

    Parameters
    ----------
    strength : (cell, ray) [m s-1]
        Optical thickness integrated over velocity.
    source : (cell, ray) [W m-2 Hz-1 sr-1]
        Source function of the line less the background.
    continuum : (cell, ray) [1], or None
        Optical thickness in the continuum.
    continuum_source : (cell, ray) [as source], or None
    """

    strength: FloatArray
    source: FloatArray
    continuum: FloatArray | None = None
    continuum_source: FloatArray | None = None
