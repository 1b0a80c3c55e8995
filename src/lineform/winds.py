"""Analytic winds of AGB stars on a regular grid.

Every wind flows radially with a beta law and loses the stated mass per unit time: the density
follows from the mass flux into each direction, and that flux, averaged over all directions,
is the spherical one. Four shapes:

- spherical;
- spiral: an Archimedean arm, wound by the orbital motion of a companion;
- bipolar: denser, faster lobes along the z axis;
- disk: denser, slower gas about the plane z = 0.
"""

from collections.abc import Mapping

import numpy as np

from lineform.constants import GRAVITY
from lineform.errors import ConfigError
from lineform.func.wind import (
    H2_MASS,
    SHAPES,
    STREAMS,
    beta_law,
    hydrogen_density,
    place,
    rest_of_streams,
    silicon_radius,
    temperature_law,
)
from lineform.parameters import PARAMETERS, Parameters
from lineform.state import FloatArray, State
from lineform.units import factor

__all__ = [
    "AMBIENT_DENSITY",
    "H2_MASS",
    "MORPHOLOGIES",
    "orbital_period",
    "silicon_radius",
    "wind_on_grid",
]

MORPHOLOGIES = tuple(SHAPES)
"""Shapes of wind."""

AMBIENT_DENSITY = 1e5
"""H2 between the stars, outside the wind [m-3]."""

_NEEDED = (
    "mass_loss_rate",
    "initial_velocity",
    "terminal_velocity",
    "acceleration_exponent",
    "stellar_radius",
    "stellar_temperature",
    "temperature_exponent",
    "turbulent_velocity",
    "outer_radius",
)
_NEEDED_BY_SHAPE: dict[str, tuple[str, ...]] = {
    "spherical": (),
    "spiral": ("arm_spacing", "arm_contrast", "arm_height"),
    "bipolar": ("density_contrast", "opening_angle"),
    "disk": ("density_contrast", "opening_angle"),
}


def orbital_period(separation: float, mass: float) -> float:
    """Kepler's third law.

    Parameters
    ----------
    separation : [au]
    mass : [solMass]
        Of both bodies.

    Returns
    -------
    [yr]
    """
    metre = separation * factor("au")
    kilogram = mass * factor("solMass")
    return float(2 * np.pi * np.sqrt(metre**3 / (GRAVITY * kilogram)) / factor("yr"))


def wind_on_grid(parameters: Parameters, cells: int) -> State:
    """The wind with these parameters on `cells`^3 cells.

    Parameters
    ----------
    parameters : name -> value
        As in `lineform.parameters`.
    cells : int
        Cells along each side of the box.

    Raises
    ------
    ConfigError
        If the morphology is unknown or a parameter is missing.
    """
    morphology = _morphology(parameters)
    _check_complete(parameters, (*_NEEDED, *_NEEDED_BY_SHAPE[morphology]))
    p = _si(parameters)
    if morphology in STREAMS:
        _check_streams(morphology, p)
    half = p["outer_radius"]
    axis = (np.arange(cells) + 0.5) * (2 * half / cells) - half
    mesh = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1)
    position = mesh.reshape(-1, 3)
    x, y, z = position.T
    at = place(x, y, z, p["stellar_radius"])
    flux, boost = SHAPES[morphology](p, at)
    speed = boost * beta_law(
        at.radius,
        p["stellar_radius"],
        p["initial_velocity"],
        p["terminal_velocity"],
        p["acceleration_exponent"],
    )
    hydrogen = hydrogen_density(p["mass_loss_rate"], flux, at.radius, speed)
    hydrogen = np.where(at.squared > half**2, 0.0, hydrogen) + AMBIENT_DENSITY
    return State(
        position=position,
        velocity=speed[:, None] * position / at.radius[:, None],
        temperature=temperature_law(
            at.radius, p["stellar_radius"], p["stellar_temperature"], p["temperature_exponent"]
        ),
        turbulence=np.full(len(position), p["turbulent_velocity"]),
        density=_densities(parameters, hydrogen, at.radius),
        axes=(axis, axis, axis),
    )


def _morphology(parameters: Parameters) -> str:
    name = str(parameters.get("morphology"))
    if name not in SHAPES:
        raise ConfigError("morphology", expected=f"one of {', '.join(sorted(SHAPES))}", seen=name)
    return name


def _check_complete(parameters: Parameters, needed: tuple[str, ...]) -> None:
    missing = [name for name in needed if name not in parameters]
    if missing:
        raise ConfigError("wind", expected=f"the parameter {missing[0]}", seen="none")


def _si(parameters: Parameters) -> dict[str, np.float64]:
    return {
        name: np.float64(value) * factor(PARAMETERS[name].unit)
        for name, value in parameters.items()
        if not isinstance(value, str)
    }


def _check_streams(morphology: str, p: Mapping[str, np.float64]) -> None:
    contrast, opening = p["density_contrast"], p["opening_angle"]
    if rest_of_streams(morphology, contrast, opening) <= 0:
        raise ConfigError(
            "density_contrast",
            expected="the stream to carry less than the mass lost",
            seen=f"{contrast:g} within {np.degrees(opening):g} deg",
        )


def _densities(
    parameters: Parameters, hydrogen: FloatArray, radius: FloatArray
) -> dict[str, FloatArray]:
    density = {"H2": hydrogen}
    for species in ("CO", "SiO", "HCN"):
        abundance = parameters.get(f"{species.lower()}_abundance")
        if abundance is not None:
            density[species] = float(abundance) * hydrogen
    if "SiO" in density:
        scale = silicon_radius(
            float(parameters["mass_loss_rate"]), float(parameters["terminal_velocity"])
        )
        density["SiO"] = density["SiO"] * np.exp(-((radius / scale) ** 2))
    return density
