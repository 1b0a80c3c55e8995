"""A measured cube of one line, in the units in which it is compared with models."""

from dataclasses import dataclass, field

import numpy as np

from lineform.cube import Beam
from lineform.species import Line
from lineform.state import FloatArray

__all__ = ["Measurement"]


@dataclass(frozen=True, slots=True, eq=False)
class Measurement:
    """One line as a telescope measured it.

    Parameters
    ----------
    line : Line
        With the rest frequency that the velocities refer to.
    velocity : (channel,) [km/s]
        Radio velocity of the channel centres, ascending, in the frame of the file: the systemic
        velocity is part of it.
    channel : float [km/s]
        Width of a channel.
    x, y : (x,), (y,) [arcsec]
        Offsets of the pixel centres from `centre`, ascending, to the right (west) and up (north).
    intensity : (channel, y, x) [W m-2 Hz-1 sr-1]
        Less the background and the continuum; NaN where nothing was measured.
    rms : (channel, y, x) or a shape that broadcasts to it [W m-2 Hz-1 sr-1]
        Of the noise.
    beams : tuple of Beam
        One for each channel, one for all, or none.
    channel_response : str
        ``boxcar``, ``hanning``, or nothing for channels that are samples at their centres.
    correlated : bool
        Whether the noise of neighbouring pixels is correlated.
    noise_beam : Beam or None
        Whose correlation with itself that is; None for the beam of the telescope.
    neighbour : float [1]
        Correlation of the noise with that of the next channel.
    centre : right ascension, declination [deg], or None
        Of the offset (0, 0).
    north : float [deg]
        Position angle of up, ICRS, from north to east: 0 unless the image is turned, or has
        galactic coordinates.
    source : str
        The file, and the group or extension in it.
    distance : float [pc], or None
        Which the file assumes.
    synthetic : bool
        Whether it is an observation of a model, with the star at rest and no continuum.
    remarks : tuple of str
        What was found in the file, and what was assumed, in words.
    """

    line: Line
    velocity: FloatArray
    channel: float
    x: FloatArray
    y: FloatArray
    intensity: FloatArray
    rms: FloatArray
    beams: tuple[Beam, ...] = ()
    channel_response: str = ""
    correlated: bool = False
    noise_beam: Beam | None = None
    neighbour: float = 0.0
    centre: tuple[float, float] | None = None
    north: float = 0.0
    source: str = ""
    distance: float | None = None
    synthetic: bool = False
    remarks: tuple[str, ...] = field(default=())

    @property
    def pixel(self) -> float:
        """Width of a pixel [arcsec]."""
        return float(self.x[1] - self.x[0])

    @property
    def seen(self) -> np.ndarray:
        """Where there is a measurement (channel, y, x)."""
        return np.isfinite(self.intensity)

    def beam(self, channel: int) -> Beam | None:
        """The beam of a channel."""
        if not self.beams:
            return None
        return self.beams[channel if len(self.beams) > 1 else 0]
