"""What is wanted of a file, and what it does not say itself."""

from dataclasses import dataclass
from pathlib import Path

from astropy.units import Quantity

from lineform.cube import Beam

__all__ = ["Reading"]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file of cubes is read.

    Parameters
    ----------
    lines : tuple of str
        Such as ``CO 2-1``: all that lie in the band are read. None for the one nearest to the rest
        frequency of the file, or for all lines of an observation file.
    lamda : tuple of (species, Path)
        LAMDA files, as `lineform.linelist.line_list` takes them.
    groups : tuple of str
        Of an observation file; none for all.
    rest_frequency : float [Hz]
        To which the velocities of a FITS file refer, instead of what it says; 0 for what it says.
    rms : Quantity or None
        Of the noise: a brightness temperature, a flux density per beam or pixel, or an intensity.
        None to take it from the file, or to estimate it.
    noise_map : Path or None
        FITS image of the rms, with the pixels of the cube.
    beam : Beam or None
        Takes the place of that of the file.
    velocity : (low, high) [km/s], or None
        Channels that are read.
    centre : right ascension, declination [deg, ICRS], or None
        Of the star; None for `pixel`, or the reference position of the file.
    pixel : (x, y), or None
        Of the star, counted from 1 as in FITS, along the axes of longitude and latitude.
    radius : float [arcsec]
        Half the side of the square about the star that is read; 0 for the whole image.
    baseline : bool
        Take the mean of the channels without a line away from each pixel.
    faint : bool
        Read a cube in which no line stands out from the noise.
    memory : float [byte]
        That a cube may need; 0 for what the machine has free.
    """

    lines: tuple[str, ...] = ()
    lamda: tuple[tuple[str, Path], ...] = ()
    groups: tuple[str, ...] = ()
    rest_frequency: float = 0.0
    rms: Quantity | None = None
    noise_map: Path | None = None
    beam: Beam | None = None
    velocity: tuple[float, float] | None = None
    centre: tuple[float, float] | None = None
    pixel: tuple[float, float] | None = None
    radius: float = 0.0
    baseline: bool = False
    faint: bool = False
    memory: float = 0.0
