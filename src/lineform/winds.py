"""Analytic winds of AGB stars on a regular grid.

Every wind flows radially with a beta law and loses the stated mass per unit time: the density
follows from the mass flux into each direction, and that flux, averaged over all directions,
is the spherical one. Four shapes:

- spherical;
- spiral: an Archimedean arm, wound by the orbital motion of a companion;
- bipolar: denser, faster lobes along the z axis;
- disk: denser, slower gas about the plane z = 0.
"""

from collections.abc import Callable

import numpy as np
from scipy.special import ive

from lineform.constants import ATOMIC_MASS, GRAVITY
from lineform.errors import ConfigError
from lineform.parameters import PARAMETERS, Parameters
from lineform.state import FloatArray, State
from lineform.units import factor

__all__ = ["H2_MASS", "MORPHOLOGIES", "orbital_period", "silicon_radius", "wind_on_grid"]

H2_MASS = 2.8 * ATOMIC_MASS
"""Gas mass per H2 molecule, with one helium atom for ten hydrogen atoms [kg]."""

_AMBIENT_DENSITY = 1e5
"""H2 between the stars, outside the wind [m-3]."""

_COLDEST = 10.0
"""Gas heated by starlight gets no colder than this [K]."""

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

_ARM_SHARPNESS = 4.0
"""Concentration of the von Mises ridge; the arm is 0.6 rad wide on either side."""

_LOBE_SPEED = 1.7
"""Speed on the axis of the lobes over that of the spherical wind."""

_DISK_SPEED = 0.55
"""Speed in the plane of the disk over that of the spherical wind."""

_EDGE = 0.12
"""Width of the transition between stream and rest [rad]."""


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


def silicon_radius(mass_loss_rate: float, terminal_velocity: float) -> float:
    """Radius at which SiO has fallen to 1/e, frozen onto dust and destroyed by starlight.

    Parameters
    ----------
    mass_loss_rate : [solMass/yr]
    terminal_velocity : [km/s]

    Returns
    -------
    [m]

    Notes
    -----
    Gonzalez Delgado et al. 2003, A&A 411, 123: log r = 19.2 + 0.48 log(rate/speed), r in cm.
    """
    return float(10 ** (19.2 + 0.48 * np.log10(mass_loss_rate / terminal_velocity)) * 1e-2)


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
    morphology = str(parameters.get("morphology"))
    shape = _shape(morphology)
    _check_complete(parameters, (*_NEEDED, *_NEEDED_BY_SHAPE[morphology]))
    p = _si(parameters)
    half = p["outer_radius"]
    axis = (np.arange(cells) + 0.5) * (2 * half / cells) - half
    mesh = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1)
    position = mesh.reshape(-1, 3)
    # The gas inside the star is not part of the wind; the surface stands in for it.
    distance = np.linalg.norm(position, axis=1)
    radius = np.maximum(distance, p["stellar_radius"])
    flux, boost = shape(p, position, radius)
    speed = boost * _beta_law(p, radius)
    hydrogen = p["mass_loss_rate"] * flux / (4 * np.pi * radius**2 * speed * H2_MASS)
    hydrogen = np.where(distance > half, _AMBIENT_DENSITY, hydrogen + _AMBIENT_DENSITY)
    temperature = (
        p["stellar_temperature"] * (radius / p["stellar_radius"]) ** -p["temperature_exponent"]
    )
    return State(
        position=position,
        velocity=speed[:, None] * position / radius[:, None],
        temperature=np.maximum(temperature, _COLDEST),
        turbulence=np.full(len(position), p["turbulent_velocity"]),
        density=_densities(parameters, hydrogen, radius),
        axes=(axis, axis, axis),
    )


def _check_complete(parameters: Parameters, needed: tuple[str, ...]) -> None:
    missing = [name for name in needed if name not in parameters]
    if missing:
        raise ConfigError("wind", expected=f"the parameter {missing[0]}", seen="none")


def _si(parameters: Parameters) -> dict[str, float]:
    return {
        name: value * factor(PARAMETERS[name].unit)
        for name, value in parameters.items()
        if not isinstance(value, str)
    }


def _beta_law(p: dict[str, float], radius: FloatArray) -> FloatArray:
    gained = (1 - p["stellar_radius"] / radius) ** p["acceleration_exponent"]
    rise = p["terminal_velocity"] - p["initial_velocity"]
    return p["initial_velocity"] + rise * gained


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


_Shape = Callable[[dict[str, float], FloatArray, FloatArray], tuple[FloatArray, FloatArray]]
"""From parameters, positions and radii to the mass flux and the speed in each direction, both
over those of the spherical wind."""


def _spherical(
    p: dict[str, float], position: FloatArray, radius: FloatArray
) -> tuple[FloatArray, FloatArray]:
    return np.ones_like(radius), np.ones_like(radius)


def _spiral(
    p: dict[str, float], position: FloatArray, radius: FloatArray
) -> tuple[FloatArray, FloatArray]:
    x, y, z = position.T
    phase = np.arctan2(y, x) + 2 * np.pi * radius / p["arm_spacing"]
    # A von Mises ridge, less its mean over azimuth, so that the arm takes no mass from nowhere.
    mean = float(ive(0, _ARM_SHARPNESS))
    ridge = (np.exp(_ARM_SHARPNESS * (np.cos(phase) - 1)) - mean) / (1 - mean)
    envelope = np.exp(-((z / (p["arm_height"] * radius)) ** 2))
    return 1 + p["arm_contrast"] * envelope * ridge, np.ones_like(radius)


def _bipolar(
    p: dict[str, float], position: FloatArray, radius: FloatArray
) -> tuple[FloatArray, FloatArray]:
    angle = np.arccos(np.clip(np.abs(position[:, 2]) / radius, 0, 1))
    return _two_streams(p["density_contrast"], _LOBE_SPEED, angle, p["opening_angle"], polar=True)


def _disk(
    p: dict[str, float], position: FloatArray, radius: FloatArray
) -> tuple[FloatArray, FloatArray]:
    angle = np.arcsin(np.clip(np.abs(position[:, 2]) / radius, 0, 1))
    return _two_streams(p["density_contrast"], _DISK_SPEED, angle, p["opening_angle"], polar=False)


def _two_streams(
    contrast: float, speed: float, angle: FloatArray, opening: float, *, polar: bool
) -> tuple[FloatArray, FloatArray]:
    """A stream of another density and speed within `opening` of the pole or the equator.

    The density of the rest is such that the flux over all directions averages to one.
    """
    # Midpoints in cos(polar angle): equal weights on the sphere.
    cosine = (np.arange(2000) + 0.5) / 2000
    inside = _membership(np.arccos(cosine) if polar else np.arcsin(cosine), opening)
    boost = 1 + (speed - 1) * inside
    rest = (1 - np.mean(contrast * inside * boost)) / np.mean((1 - inside) * boost)
    if rest <= 0:
        raise ConfigError(
            "density_contrast",
            expected="the stream to carry less than the mass lost",
            seen=f"{contrast:g} within {np.degrees(opening):g} deg",
        )
    inside = _membership(angle, opening)
    boost = 1 + (speed - 1) * inside
    return (contrast * inside + rest * (1 - inside)) * boost, boost


def _membership(angle: FloatArray, opening: float) -> FloatArray:
    return np.asarray(0.5 - 0.5 * np.tanh((angle - opening) / _EDGE))


MORPHOLOGIES: dict[str, _Shape] = {
    "spherical": _spherical,
    "spiral": _spiral,
    "bipolar": _bipolar,
    "disk": _disk,
}
"""Shapes of wind by name."""


def _shape(name: str) -> _Shape:
    if name not in MORPHOLOGIES:
        legal = ", ".join(sorted(MORPHOLOGIES))
        raise ConfigError("morphology", expected=f"one of {legal}", seen=name)
    return MORPHOLOGIES[name]
