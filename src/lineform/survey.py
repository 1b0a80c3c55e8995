"""A survey of winds: parameters that fill their ranges evenly, from a seed."""

import math
from collections.abc import Callable

import numpy as np

from lineform.func.wind import STREAMS, rest_of_streams
from lineform.parameters import Parameters
from lineform.units import factor
from lineform.winds import MORPHOLOGIES, orbital_period

__all__ = ["draw_winds"]

_DIGITS = 4
"""Significant digits of drawn parameters: readable, and more than anyone measures."""

_COMMON = {
    "mass_loss_rate": (1e-7, 1e-5, "log"),
    "initial_velocity": (2.0, 4.0, "linear"),
    "terminal_velocity": (6.0, 20.0, "linear"),
    "acceleration_exponent": (0.5, 3.0, "linear"),
    "stellar_radius": (1.0, 2.0, "linear"),
    "stellar_temperature": (2000.0, 2800.0, "linear"),
    "stellar_mass": (0.8, 3.0, "linear"),
    "temperature_exponent": (0.55, 0.75, "linear"),
    "turbulent_velocity": (0.5, 1.5, "linear"),
    "outer_radius": (250.0, 450.0, "linear"),
    "co_abundance": (1e-4, 8e-4, "log"),
    "sio_abundance": (5e-6, 5e-5, "log"),
}
_SPECIAL = {
    "spherical": {},
    "spiral": {
        "companion_mass": (0.1, 1.2, "linear"),
        "orbital_separation": (12.0, 24.0, "linear"),
        "arm_contrast": (1.0, 3.0, "linear"),
        "arm_height": (0.3, 0.8, "linear"),
    },
    "bipolar": {
        "density_contrast": (1.2, 2.4, "linear"),
        "opening_angle": (20.0, 34.0, "linear"),
    },
    "disk": {
        "density_contrast": (2.5, 5.0, "linear"),
        "opening_angle": (10.0, 20.0, "linear"),
    },
}


def draw_winds(models: int, seed: int) -> list[Parameters]:
    """Parameters of `models` winds, the four shapes in turn.

    Each shape has a scrambled Halton sequence of its own, so that the winds of every shape
    fill the ranges; disks that would carry more than the star loses, one in a hundred, are left
    out. The first winds of a larger survey are those of a smaller one with the same seed.
    """
    each = -(-models // len(MORPHOLOGIES))
    shapes = [_winds(shape, each, (seed, k)) for k, shape in enumerate(MORPHOLOGIES)]
    return [wind for turn in zip(*shapes, strict=True) for wind in turn][:models]


def _winds(morphology: str, number: int, seed: tuple[int, int]) -> list[Parameters]:
    # Here: it takes as long to load as all the rest, and workers draw no winds.
    from scipy.stats import qmc

    dimensions = len(_COMMON) + len(_SPECIAL[morphology])
    sampler = qmc.Halton(dimensions, scramble=True, rng=np.random.default_rng(seed))
    winds: list[Parameters] = []
    while len(winds) < number:
        drawn = (_wind(morphology, point) for point in sampler.random(number - len(winds)))
        winds += [wind for wind in drawn if _possible(wind)]
    return winds


def _possible(wind: Parameters) -> bool:
    """Whether something is left of the mass outside the stream, if there is one."""
    shape = str(wind["morphology"])
    if shape not in STREAMS:
        return True
    opening = np.radians(float(wind["opening_angle"]))
    return bool(rest_of_streams(shape, float(wind["density_contrast"]), opening) > 0)


def _wind(morphology: str, point: np.ndarray) -> Parameters:
    ranges = _COMMON | _SPECIAL[morphology]
    wind: dict[str, float | str] = {"morphology": morphology}
    for (name, (low, high, scale)), t in zip(ranges.items(), point, strict=True):
        wind[name] = _rounded(_SCALES[scale](low, high, float(t)))
    if morphology == "spiral":
        wind |= _orbit(wind)
    return wind


def _orbit(wind: dict[str, float | str]) -> dict[str, float | str]:
    mass = float(wind["stellar_mass"]) + float(wind["companion_mass"])
    period = _rounded(orbital_period(float(wind["orbital_separation"]), mass))
    au_per_year = factor("km/s") * factor("yr") / factor("au")
    spacing = float(wind["terminal_velocity"]) * period * au_per_year
    # Three windings show as a spiral whatever their spacing is.
    radius = min(max(3 * spacing, 150.0), 600.0)
    return {
        "orbital_period": period,
        "arm_spacing": _rounded(spacing),
        "outer_radius": _rounded(radius),
    }


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _logarithmic(low: float, high: float, t: float) -> float:
    return low * math.exp(t * math.log(high / low))


def _linear(low: float, high: float, t: float) -> float:
    return low + t * (high - low)


_SCALES: dict[str, Callable[[float, float, float], float]] = {
    "linear": _linear,
    "log": _logarithmic,
}
