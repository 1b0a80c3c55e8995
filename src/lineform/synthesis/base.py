"""What an engine of radiative transfer is: a function from rays to cubes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from lineform.species import Line, Molecule
from lineform.state import FloatArray

__all__ = ["Engine", "Rays"]


@dataclass(frozen=True, slots=True, eq=False)
class Rays:
    """The gas along parallel rays, one for each pixel; cell 0 is nearest the observer.

    Parameters
    ----------
    step : float [m]
        Length of a cell along the ray.
    recession : (edge, y, x) [m s-1]
        Velocity away from the observer at the ends of the cells; one edge more than cells.
    temperature : (cell, y, x) [K]
    turbulence : (cell, y, x) [m s-1]
    density : name of species -> (cell, y, x) [m-3]
    """

    step: float
    recession: FloatArray
    temperature: FloatArray
    turbulence: FloatArray
    density: Mapping[str, FloatArray]


class Engine(Protocol):
    """Solves the transfer of the lines of one molecule along rays."""

    def __call__(
        self,
        rays: Rays,
        molecule: Molecule,
        lines: Sequence[Line],
        velocity: FloatArray,
        background: float,
    ) -> list[FloatArray]:
        """Cubes of `lines` less the background.

        Parameters
        ----------
        rays : Rays
        molecule : Molecule
        lines : lines of `molecule`
        velocity : (channel,) [m s-1]
            Positive away from the observer.
        background : [K]
            Temperature of the black body behind the gas.

        Returns
        -------
        list of (channel, y, x) [W m-2 Hz-1 sr-1]
        """
        ...
