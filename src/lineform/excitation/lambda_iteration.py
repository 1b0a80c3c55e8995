"""Accelerated lambda iteration on spherical shells."""

import logging
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lineform.constants import CMB_TEMPERATURE
from lineform.errors import ConfigError
from lineform.excitation._rates import Lines, collision_rates, partner_densities, steady_state
from lineform.excitation._shells import rays_through
from lineform.excitation._sweep import mean_intensity
from lineform.excitation.base import Progress, no_progress
from lineform.func.opacity import doppler_width
from lineform.func.populations import thermal_fractions
from lineform.species import Molecule
from lineform.state import FloatArray, State

__all__ = ["EXCITATION", "LambdaIteration"]

_log = logging.getLogger(__name__)

_LEAST = 1e-8
"""Fractions that are smaller need not converge relative to themselves [1]."""

_FLOOR = 1e-6
"""Least absorption of a line, over what it is without stimulated emission [1]."""

_TINY = 1e-300

_THIN = 1e-5
"""Lines of less optical depth through the whole model see the background alone."""

_MEMORY = 4
"""Iterations from which the next is extrapolated."""

_Light = Callable[[FloatArray, FloatArray, float], tuple[FloatArray, FloatArray]]
"""(absorption, emission, background) -> (mean intensity, its derivative by the source)."""


@dataclass(frozen=True, slots=True)
class LambdaIteration:
    """Light is followed through the whole model, until it agrees with the populations.

    Parameters
    ----------
    name : str
    tolerance : float [1]
        Relative change of the populations that ends the iteration.
    iterations : int
        At most so many.
    core : int
        Rays through the hole inside the innermost shell.
    between : int
        Rays that turn between one shell and the next.

    Notes
    -----
    The mean intensity of each line at each radius comes from the formal solution along rays with
    a list of impact parameters, in the observer's frame, with the Doppler shift of the gas;
    rates of radiation are preconditioned with the local part of the lambda operator (Rybicki &
    Hummer 1991, A&A 245, 171), and every fourth iteration is extrapolated (Ng 1974, J. Chem.
    Phys. 61, 2680).

    Holds for any optical depth and any radial velocity in spherical symmetry, as long as the
    shells resolve the changes of the gas; the populations converge with the second power of
    their number. Lines do not overlap, redistribution over the line is complete, masers do
    not amplify, and no star and no dust shines: the space inside the innermost shell is empty,
    the space outside the outermost one a black body.
    """

    name: str = "lambda"
    tolerance: float = 1e-5
    iterations: int = 500
    core: int = 8
    between: int = 3

    def fractions(
        self,
        state: State,
        molecule: Molecule,
        *,
        background: float = CMB_TEMPERATURE,
        progress: Progress = no_progress,
    ) -> FloatArray:
        """Fractions (point, level) [1]; a model that does not converge is logged.

        Raises
        ------
        ConfigError
            If the state is not spherical, or collision rates are missing.
        """
        if state.geometry != "shells":
            raise ConfigError(
                "excitation lambda",
                expected="a model of spherical shells",
                seen=f"one of {state.geometry}",
                way_out="take --excitation escape, which holds in three dimensions",
            )
        partners = partner_densities(state, molecule)
        lines = Lines.of(molecule, background)
        collisions = collision_rates(molecule, state.temperature, partners)
        density = state.density[molecule.name]
        light = self._light(state, molecule.mass)
        with ThreadPoolExecutor(os.cpu_count()) as threads:

            def improved(old: FloatArray) -> FloatArray:
                absorption, emission = _coefficients(lines, old, density)
                found = threads.map(light, absorption.T, emission.T, lines.occupation)
                return _balanced(collisions, lines, absorption, emission, found)

            first = thermal_fractions(state.temperature, molecule.energy, molecule.weight)
            return self._iterate(improved, first, progress)

    def _light(self, state: State, mass: float) -> _Light:
        radius, speed = state.position[:, 0], state.velocity[:, 0]
        width = doppler_width(state.temperature, state.turbulence, mass)
        shells = rays_through(radius, speed, width, core=self.core, between=self.between)

        def light(
            absorption: FloatArray, emission: FloatArray, background: float
        ) -> tuple[FloatArray, FloatArray]:
            if np.trapezoid(np.maximum(absorption, _TINY) / width, radius) < _THIN:
                return np.full(len(radius), background), np.zeros(len(radius))
            least = np.maximum(absorption, _FLOOR * emission + _TINY)
            mean, local = mean_intensity(shells, least, emission, background)
            # A maser has no local part: its source does not follow from its emission.
            return mean, np.where(absorption < least, 0, local)

        return light

    def _iterate(
        self,
        improved: Callable[[FloatArray], FloatArray],
        first: FloatArray,
        progress: Progress,
    ) -> FloatArray:
        past = [first]
        for count in range(self.iterations):
            new = improved(past[-1])
            change = float((np.abs(new - past[-1]) / (new + _LEAST)).max())
            if change < self.tolerance:
                progress(self.iterations, self.iterations)
                return new
            past.append(new)
            if len(past) == _MEMORY:
                past = [_extrapolated(past)]
            progress(count, self.iterations)
        _log.warning(
            "populations change by %.1e after %d iterations, more than %g",
            *(change, self.iterations, self.tolerance),
        )
        return past[-1]


def _coefficients(
    lines: Lines, fractions: FloatArray, density: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Absorption and emission (point, line) [s-1], the latter in photons per mode."""
    absorption = lines.absorption(fractions) * density[:, None]
    emission = lines.strength * fractions[:, lines.upper] * density[:, None]
    return absorption, np.asarray(emission)


def _balanced(
    collisions: FloatArray,
    lines: Lines,
    absorption: FloatArray,
    emission: FloatArray,
    found: Iterable[tuple[FloatArray, FloatArray]],
) -> FloatArray:
    """Populations in equilibrium with the light, but for what is emitted on the spot."""
    means, locals_ = zip(*found, strict=True)
    local = np.stack(locals_, axis=1)
    own = np.where(local > 0, local * emission / np.maximum(absorption, _TINY), 0)
    occupation = np.stack(means, axis=1) - own
    rates = collisions.copy()
    rates[:, lines.lower, lines.upper] += lines.einstein_a * (1 - local + occupation)
    rates[:, lines.upper, lines.lower] += lines.einstein_a * lines.ratio * occupation
    fractions = np.maximum(steady_state(rates), _TINY)
    return np.asarray(fractions / fractions.sum(axis=1, keepdims=True))


def _extrapolated(past: list[FloatArray]) -> FloatArray:
    """The limit of four iterations in which two errors shrink by a steady factor (Ng 1974)."""
    last = past[-1]
    third, second, first = (b - a for a, b in pairwise(past))
    weight = 1 / np.maximum(last, _LEAST)
    columns = [(first - second).ravel(), (first - third).ravel()]
    matrix = np.array([[np.dot(weight.ravel() * a, b) for b in columns] for a in columns])
    right = np.array([np.dot(weight.ravel() * a, first.ravel()) for a in columns])
    a, b = np.linalg.lstsq(matrix, right)[0]
    limit = (1 - a - b) * last + a * past[-2] + b * past[-3]
    return np.asarray(limit / limit.sum(axis=1, keepdims=True)) if limit.min() > 0 else last


EXCITATION = LambdaIteration()
"""Accelerated lambda iteration."""
