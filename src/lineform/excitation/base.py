"""The protocol of an excitation method: a module of this package that defines ``EXCITATION``."""

from collections.abc import Callable
from typing import Protocol

from lineform.constants import CMB_TEMPERATURE
from lineform.species import Molecule
from lineform.state import FloatArray, State

__all__ = ["Excitation", "Progress", "no_progress"]

Progress = Callable[[int, int], object]
"""Called with what is done and the total."""


def no_progress(done: int, total: int) -> None:
    """Tell nobody."""


class Excitation(Protocol):
    """One way to find level populations."""

    @property
    def name(self) -> str:
        """What users call it."""
        ...

    def fractions(
        self,
        state: State,
        molecule: Molecule,
        *,
        background: float = CMB_TEMPERATURE,
        progress: Progress = no_progress,
    ) -> FloatArray:
        """Fraction of the molecules in each level, at every point.

        Parameters
        ----------
        state : State
        molecule : Molecule
            Of which the state has the density.
        background : float [K]
            Temperature of the black body around the gas; 0 for darkness.
        progress : callable (done, total)

        Returns
        -------
        (point, level) [1]
            Not negative; the sum over the levels is 1.

        Raises
        ------
        ConfigError
            If the method does not hold for such a state, or data that it needs are missing.
        """
        ...
