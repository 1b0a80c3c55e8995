"""A spectral-line cube as seen from one direction, with what it was reduced to."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lineform.errors import ConfigError
from lineform.species import Line
from lineform.state import FloatArray

__all__ = ["Beam", "Observation", "Response", "View"]

_UNEQUAL = 1e-6
"""Largest difference of steps along an axis, as a part of a step."""


@dataclass(frozen=True, slots=True)
class Beam:
    """The Gaussian beam of a telescope.

    Parameters
    ----------
    major, minor : float [arcsec]
        Full widths at half maximum; 0 for none.
    position_angle : float [deg]
        Of the major axis, north to east.
    """

    major: float = 0.0
    minor: float = 0.0
    position_angle: float = 0.0


@dataclass(frozen=True, slots=True)
class Response:
    """What a telescope did to a cube besides its beam; a value is 0 or empty where it did nothing.

    Parameters
    ----------
    primary_beam : float [arcsec]
        Full width at half maximum of the Gaussian that attenuated the sky.
    primary_beam_corrected : bool
        Whether the cube was divided by it in the end.
    largest_scale : float [arcsec]
        Full width at half maximum of the Gaussian whose share of the sky was taken away.
    taper : float [arcsec]
        Full width at half maximum of the Gaussian that made the beam broader.
    channel_response : str
        ``boxcar`` or ``hanning``.
    spectral_resolution : float [km/s]
    noise_rms : float [noise_unit]
    noise_unit : str
        ``Jy/beam`` or ``K``.
    noise_seed : int
    """

    primary_beam: float = 0.0
    primary_beam_corrected: bool = False
    largest_scale: float = 0.0
    taper: float = 0.0
    channel_response: str = ""
    spectral_resolution: float = 0.0
    noise_rms: float = 0.0
    noise_unit: str = ""
    noise_seed: int = 0


@dataclass(frozen=True, slots=True)
class View:
    """Direction from the model to the observer.

    Parameters
    ----------
    inclination : float [deg]
        Angle between the z axis and the direction.
    azimuth : float [deg]
        Angle of the direction about z, from x towards y.
    """

    inclination: float
    azimuth: float

    @classmethod
    def towards(cls, direction: Sequence[float]) -> "View":
        """The view along a vector from the model to the observer.

        Along the z axis, where any azimuth is right, the x axis of the model points right.

        Parameters
        ----------
        direction : x, y, z [any]

        Raises
        ------
        ConfigError
            If it has no length.
        """
        vector = np.asarray(direction, dtype=float)
        length = float(np.linalg.norm(vector))
        if vector.shape != (3,) or not 0 < length < np.inf:
            raise ConfigError(
                "direction",
                expected="three numbers, not all of them 0",
                seen=",".join(f"{x:g}" for x in vector.ravel()),
                way_out="such as 0,0,1 for the view along the z axis",
            )
        x, y, z = vector / length
        inclination = float(np.degrees(np.arctan2(np.hypot(x, y), z)))
        azimuth = float(np.degrees(np.arctan2(y, x)) % 360) if np.hypot(x, y) else 270.0
        return cls(inclination, azimuth)

    def basis(self) -> FloatArray:
        """Unit vectors of the sky.

        Returns
        -------
        (3, 3) [1]
            Row 0 points right and row 1 up as the observer sees them, row 2 to the observer.
            Up is the z axis projected on the sky (its limit where that is a point).
        """
        i, a = np.radians(self.inclination), np.radians(self.azimuth)
        up = np.array([-np.cos(i) * np.cos(a), -np.cos(i) * np.sin(a), np.sin(i)])
        observer = np.array([np.sin(i) * np.cos(a), np.sin(i) * np.sin(a), np.cos(i)])
        basis = np.stack([np.cross(up, observer), up, observer])
        # cos(90 deg) is 6e-17 in floating point; adding zero makes -0 a plain 0.
        return np.round(basis, 15) + 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """One line seen from one direction, in the units of the data format.

    Parameters
    ----------
    line : Line
    view : View
    distance : float [pc]
    background_temperature : float [K]
        Of the black body behind the model, which is subtracted from the cube.
    velocity : (channel,) [km/s]
        Radio velocity, ascending, positive away from the observer.
    x, y : (x,), (y,) [arcsec]
        Offsets of the pixel centres.
    intensity : (channel, y, x) [W m-2 Hz-1 sr-1]
    spectrum : (channel,) [Jy]
    moment0 : (y, x) [K km/s]
    moment1, moment2 : (y, x) [km/s]
    beam : Beam
    response : Response
    optical_depth : (y, x) [1], or None
        The largest of all channels.
    """

    line: Line
    view: View
    distance: float
    background_temperature: float
    velocity: FloatArray
    x: FloatArray
    y: FloatArray
    intensity: FloatArray
    spectrum: FloatArray
    moment0: FloatArray
    moment1: FloatArray
    moment2: FloatArray
    beam: Beam = Beam()
    response: Response = Response()
    optical_depth: FloatArray | None = None

    @property
    def pixel(self) -> float:
        """Width of a pixel [arcsec].

        Raises
        ------
        ConfigError
            If pixels are not square or differ.
        """
        wide, high = _step("x", self.x), _step("y", self.y)
        if abs(wide - high) > _UNEQUAL * wide:
            raise ConfigError("pixels", expected="square ones", seen=f"{wide:g} by {high:g} arcsec")
        return wide

    @property
    def channel(self) -> float:
        """Width of a channel [km/s].

        Raises
        ------
        ConfigError
            If channels differ.
        """
        return _step("velocity", self.velocity)


def _step(name: str, axis: FloatArray) -> float:
    steps = np.diff(axis)
    step = float(axis[-1] - axis[0]) / max(len(axis) - 1, 1)
    if not step > 0 or np.abs(steps - step).max() > _UNEQUAL * step:
        raise ConfigError(
            f"axis {name}",
            expected="at least two points in equal steps, ascending",
            seen=f"{len(axis)} points" if len(axis) < 2 else f"{steps.min():g} to {steps.max():g}",
        )
    return step
