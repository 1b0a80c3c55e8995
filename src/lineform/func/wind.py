"""Laws of the winds of AGB stars: speed, density, temperature, and how they vary with direction.

A wind flows radially with a beta law. The shape of a wind says how the mass flux and the speed in
each direction are to those of a spherical wind; averaged over all directions the flux is one, so
that each wind loses the stated mass. All is differentiable, at the star and on its axis too.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from array_api_compat import array_namespace, device
from scipy.special import ive

from lineform.constants import ATOMIC_MASS

__all__ = [
    "H2_MASS",
    "SHAPES",
    "STREAMS",
    "Place",
    "Shape",
    "beta_law",
    "flared_disk",
    "hydrogen_density",
    "place",
    "rest_of_streams",
    "rotation",
    "silicon_radius",
    "temperature_law",
]

H2_MASS = 2.8 * ATOMIC_MASS
"""Gas mass per H2 molecule, with one helium atom for ten hydrogen atoms [kg]."""

_COLDEST = 10.0
"""Gas heated by starlight gets no colder than this [K]."""

_ARM_SHARPNESS = 4.0
"""Concentration of the von Mises ridge; the arm is 0.6 rad wide on either side."""

_ARM_MEAN = float(ive(0, _ARM_SHARPNESS))
"""Of the ridge over azimuth, whose greatest value is 1."""

STREAMS = {"bipolar": 1.7, "disk": 0.55}
"""Speed on the axis of the lobes, or in the plane of the disk, over that of a spherical wind."""

_EDGE = 0.12
"""Width of the transition between stream and rest [rad]."""

_LEAST_FLUX = 1e-2
"""Of the rest of a wind over that of a spherical one, however much a stream or an arm carries."""

_AXIS = 100
"""Radius of the star over the distance from the axis below which azimuth loses its meaning."""

# Midpoints in the cosine of the polar angle: equal weights on the sphere.
_POLAR = np.arccos((np.arange(2000) + 0.5) / 2000)


class Place(NamedTuple):
    """Positions about a star; the axis of the wind is z."""

    x: Any
    y: Any
    z: Any
    """Each (...) [m]."""
    squared: Any
    """Squared distance from the centre (...) [m2]."""
    radius: Any
    """Distance from the centre (...) [m]; not less than the radius of the star."""
    axial: Any
    """Distance from the axis (...) [m]; not less than a small part of the radius of the star."""


def place(x: Any, y: Any, z: Any, stellar_radius: Any) -> Place:  # noqa: ANN401
    """Positions about a star.

    The gas inside the star is not part of the wind; the surface stands in for it.

    Parameters
    ----------
    x, y, z : (...) [m]
    stellar_radius : scalar [m]
    """
    xp = array_namespace(x)
    flat = x * x + y * y
    squared = flat + z * z
    # The larger one first, and then its root, which has no derivative at 0.
    least, axis = stellar_radius**2, (stellar_radius / _AXIS) ** 2
    radius = xp.sqrt(xp.where(squared > least, squared, least))
    return Place(x, y, z, squared, radius, xp.sqrt(xp.where(flat > axis, flat, axis)))


def beta_law(
    radius: Any,  # noqa: ANN401
    stellar_radius: Any,  # noqa: ANN401
    initial: Any,  # noqa: ANN401
    terminal: Any,  # noqa: ANN401
    exponent: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    """Speed of a spherical wind, v0 + (v1 - v0) (1 - R / r)^beta.

    Parameters
    ----------
    radius : (...) [m]
        Not less than that of the star.
    stellar_radius : scalar [m]
    initial, terminal : scalar [m s-1]
        v0 at the star and v1 far from it.
    exponent : scalar [1]
        beta.

    Returns
    -------
    (...) [m s-1]
    """
    xp = array_namespace(radius)
    part = 1 - stellar_radius / radius
    above = part > 0
    # A power of 0 has no derivative by its exponent, nor by 0 where the exponent is below 1.
    gained = xp.where(above, xp.where(above, part, 1.0) ** exponent, 0.0)
    return initial + (terminal - initial) * gained


def temperature_law(
    radius: Any,  # noqa: ANN401
    stellar_radius: Any,  # noqa: ANN401
    stellar: Any,  # noqa: ANN401
    exponent: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    """Temperature (...) [K] of gas heated by a star, T (r / R)^-q, and never below 10 K.

    Parameters
    ----------
    radius : (...) [m]
    stellar_radius : scalar [m]
        R.
    stellar : scalar [K]
        T.
    exponent : scalar [1]
        q.
    """
    xp = array_namespace(radius)
    law = stellar * (radius / stellar_radius) ** -exponent
    return xp.where(law > _COLDEST, law, _COLDEST)


def hydrogen_density(rate: Any, flux: Any, radius: Any, speed: Any) -> Any:  # noqa: ANN401
    """Number of H2 molecules (...) [m-3] in a radial wind.

    Parameters
    ----------
    rate : scalar [kg s-1]
        Mass lost by the star.
    flux : (...) [1]
        Mass flux in each direction over that of a spherical wind.
    radius : (...) [m]
    speed : (...) [m s-1]
    """
    # Small times large: the square alone has half the range of single precision.
    return rate * flux / (4 * np.pi * H2_MASS * radius**2 * speed)


def silicon_radius(mass_loss_rate: Any, terminal_velocity: Any) -> Any:  # noqa: ANN401
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
    return 10**17.2 * (mass_loss_rate / terminal_velocity) ** 0.48


def rotation(at: Place, speed: Any, reference: Any, exponent: Any) -> Any:  # noqa: ANN401
    """Angular velocity (...) [s-1] about the axis, the same all over a sphere.

    Parameters
    ----------
    at : Place
    speed : scalar [m s-1]
        At the equator of the sphere with the radius `reference`.
    reference : scalar [m]
    exponent : scalar [1]
        The speed falls as radius to this power: 1 conserves angular momentum, 0.5 is Kepler's.
    """
    return speed * (at.radius / reference) ** -exponent / at.radius


def flared_disk(
    at: Place,
    density: Any,  # noqa: ANN401
    reference: Any,  # noqa: ANN401
    exponent: Any,  # noqa: ANN401
    height: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    """H2 (...) [m-3] of a disk that does not flow, n (r / r0)^-p exp(-(z / (h r))^2).

    Parameters
    ----------
    at : Place
    density : scalar [m-3]
        n, in the plane at the radius `reference`.
    reference : scalar [m]
        r0.
    exponent : scalar [1]
        p.
    height : scalar [1]
        h.
    """
    xp = array_namespace(at.radius)
    law = density * (at.radius / reference) ** -exponent
    return law * xp.exp(-((at.z / (height * at.radius)) ** 2))


Shape: TypeAlias = Callable[[Mapping[str, Any], Place], tuple[Any, Any]]
"""From SI parameters and positions to the mass flux and the speed in each direction, both over
those of the spherical wind."""


def _spherical(p: Mapping[str, Any], at: Place) -> tuple[Any, Any]:
    return 1.0, 1.0


def _spiral(p: Mapping[str, Any], at: Place) -> tuple[Any, Any]:
    xp = array_namespace(at.radius)
    # Radially outwards the arm turns clockwise about the axis: it trails the companion.
    turn = 2 * np.pi * at.radius / p["arm_spacing"] - p.get("arm_phase", 0.0)
    cosine = (at.x * xp.cos(turn) - at.y * xp.sin(turn)) / at.axial
    # A von Mises ridge, less its mean over azimuth, so that the arm takes no mass from nowhere.
    ridge = (xp.exp(_ARM_SHARPNESS * (cosine - 1)) - _ARM_MEAN) / (1 - _ARM_MEAN)
    envelope = xp.exp(-((at.z / (p["arm_height"] * at.radius)) ** 2))
    return _some(1 + p["arm_contrast"] * envelope * ridge), 1.0


def _bipolar(p: Mapping[str, Any], at: Place) -> tuple[Any, Any]:
    xp = array_namespace(at.radius)
    return _two_streams("bipolar", p, xp.atan2(at.axial, xp.abs(at.z)))


def _disk(p: Mapping[str, Any], at: Place) -> tuple[Any, Any]:
    xp = array_namespace(at.radius)
    return _two_streams("disk", p, xp.atan2(xp.abs(at.z), at.axial))


SHAPES: Mapping[str, Shape] = {
    "spherical": _spherical,
    "spiral": _spiral,
    "bipolar": _bipolar,
    "disk": _disk,
}
"""Shapes of wind by name."""


def rest_of_streams(shape: str, contrast: Any, opening: Any) -> Any:  # noqa: ANN401
    """Density outside a stream, over that of a spherical wind, so that the mean flux is one.

    Not above 0 if the stream carries more than the star loses.

    Parameters
    ----------
    shape : str
        ``bipolar`` or ``disk``.
    contrast : scalar array [1]
        Density of the stream over that of a spherical wind.
    opening : scalar array [rad]
        Half-opening angle of the stream.

    Returns
    -------
    scalar [1]
    """
    xp = array_namespace(opening)
    angle = _POLAR if shape == "bipolar" else np.pi / 2 - _POLAR
    inside = _membership(xp.asarray(angle, dtype=opening.dtype, device=device(opening)), opening)
    boost = 1 + (STREAMS[shape] - 1) * inside
    return (1 - xp.mean(contrast * inside * boost)) / xp.mean((1 - inside) * boost)


def _two_streams(shape: str, p: Mapping[str, Any], angle: Any) -> tuple[Any, Any]:  # noqa: ANN401
    contrast, opening = p["density_contrast"], p["opening_angle"]
    rest = _some(rest_of_streams(shape, contrast, opening))
    inside = _membership(angle, opening)
    boost = 1 + (STREAMS[shape] - 1) * inside
    return (contrast * inside + rest * (1 - inside)) * boost, boost


def _membership(angle: Any, opening: Any) -> Any:  # noqa: ANN401
    xp = array_namespace(angle)
    return 0.5 - 0.5 * xp.tanh((angle - opening) / _EDGE)


def _some(flux: Any) -> Any:  # noqa: ANN401
    xp = array_namespace(flux)
    return xp.where(flux > _LEAST_FLUX, flux, _LEAST_FLUX)
