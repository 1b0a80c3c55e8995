"""The spectral axis of a FITS cube, whatever it counts, as frequencies."""

from dataclasses import dataclass

import astropy.units as u
import numpy as np
from astropy.wcs import WCS, WCSSUB_SPECTRAL

from lineform.errors import ReadError
from lineform.state import FloatArray

__all__ = ["SpectralAxis", "spectral_axis"]

_CONVENTIONS = {
    "VRAD": ("radio velocity", u.doppler_radio),
    "VOPT": ("optical velocity", u.doppler_optical),
    "VELO": ("relativistic velocity", u.doppler_relativistic),
}
_OTHERS = {"FREQ": "frequency", "WAVE": "wavelength", "WAVN": "wavenumber", "ENER": "energy"}


@dataclass(frozen=True, slots=True, eq=False)
class SpectralAxis:
    """Channels of a cube.

    Parameters
    ----------
    frequency : (channel,) [Hz]
        In the order of the file.
    convention : str
        Such as ``radio velocity`` or ``frequency``.
    frame : str
        Such as ``LSRK``; empty where the file does not say.
    rest : float [Hz]
        Rest frequency of the file; 0 where it has none.
    """

    frequency: FloatArray
    convention: str
    frame: str
    rest: float


def spectral_axis(wcs: WCS, channels: int, rest: float, where: str) -> SpectralAxis:
    """The channels that a header describes.

    Parameters
    ----------
    wcs : WCS
        Of all axes.
    channels : int
    rest : float [Hz]
        Instead of the rest frequency of the header; 0 for that.
    where : str
        The file.

    Raises
    ------
    ReadError
        If velocities have no rest frequency, or the axis is of an unknown kind.
    """
    axis = wcs.sub([WCSSUB_SPECTRAL])
    kind = axis.wcs.ctype[0][:4]
    values = u.Quantity(axis.wcs_pix2world(np.arange(channels), 0)[0], axis.wcs.cunit[0])
    rest = rest or float(wcs.wcs.restfrq)
    if not rest and wcs.wcs.restwav:
        rest = float((wcs.wcs.restwav * u.m).to_value(u.Hz, u.spectral()))
    if kind in _OTHERS:
        name, equivalence = _OTHERS[kind], u.spectral()
    elif kind in _CONVENTIONS:
        name, doppler = _CONVENTIONS[kind]
        if not rest:
            raise ReadError(
                "rest frequency",
                expected=f"RESTFRQ beside an axis of {name}",
                seen="none",
                way_out="give the rest frequency (--rest-frequency)",
                where=where,
            )
        equivalence = doppler(rest * u.Hz)
    else:
        raise ReadError(
            "spectral axis",
            expected=f"one of {', '.join(sorted([*_OTHERS, *_CONVENTIONS]))}",
            seen=kind,
            where=where,
        )
    return SpectralAxis(values.to_value(u.Hz, equivalence), name, wcs.wcs.specsys.strip(), rest)
