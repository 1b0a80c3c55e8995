"""Level populations that came with the model, such as those that Magritte has computed."""

import numpy as np

from lineform.constants import CMB_TEMPERATURE
from lineform.errors import ConfigError
from lineform.excitation.base import Progress, no_progress
from lineform.species import Molecule
from lineform.state import FloatArray, State

__all__ = ["EXCITATION"]


class _Stored:
    """Takes the populations of the model as they are; they hold where their program's do."""

    name = "model"

    def fractions(
        self,
        state: State,
        molecule: Molecule,
        *,
        background: float = CMB_TEMPERATURE,
        progress: Progress = no_progress,
    ) -> FloatArray:
        """Fractions (point, level) [1]; see `lineform.excitation.base.Excitation`.

        Raises
        ------
        ConfigError
            If the model has no populations of the molecule, or of another number of levels.
        """
        if molecule.name not in state.populations:
            raise ConfigError(
                f"populations of {molecule.name}",
                expected="some in the model",
                seen=f"those of {', '.join(sorted(state.populations)) or 'no species'}",
                way_out="take another excitation, such as lte",
            )
        populations = state.populations[molecule.name]
        if populations.shape[1] != len(molecule.energy):
            raise ConfigError(
                f"populations of {molecule.name}",
                expected=f"{len(molecule.energy)} levels, as the molecular data have",
                seen=f"{populations.shape[1]} in the model",
                way_out="give the LAMDA file that the populations were computed with",
            )
        total = populations.sum(axis=1, keepdims=True)
        if not (total > 0).all():
            raise ConfigError(
                f"populations of {molecule.name}",
                expected="molecules at every point",
                seen=f"none at {int(np.sum(total <= 0))} points",
            )
        return np.asarray(populations / total)


EXCITATION = _Stored()
