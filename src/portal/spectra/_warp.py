"""Axes that are not linear in what they measure (Greisen et al. 2006, FITS paper III, sec. 3-5)."""

from collections.abc import Callable

import numpy as np

from portal.fits.axes import Axis
from portal.spectra.coordinate import Scale
from portal.spectra.wavelength import SI, SPEED_OF_LIGHT, VELOCITIES, Quantity

__all__ = ["warped"]

_BASES: dict[str, Quantity] = {"F": "frequency", "W": "wavelength", "V": "beta", "A": "air"}
_STEP = 1e-5
"""Of the differences that stand for a derivative, relative; their error is below 1e-9."""


def warped(axis: Axis, scale: Scale, offsets: np.ndarray, rest: float | None) -> np.ndarray:
    """Vacuum wavelengths at the intermediate coordinates `offsets` of a spectral axis.

    Parameters
    ----------
    axis
        With the value at offset 0, and the algorithm that stands in its CTYPE.
    scale
        How its values are read.
    offsets : (pixel,) [unit of the axis]
        Step times distance from the reference pixel.
    rest : scalar [m]
        Rest wavelength.

    Returns
    -------
    (pixel,) [m]
        Not finite where it means none.
    """
    start = axis.crval or 0.0
    felo = axis.ctype.upper().startswith("FELO")
    algorithm = "F2V" if felo else axis.algorithm.upper()
    with np.errstate(all="ignore"):
        if algorithm == "LOG" and start and not scale.base:
            return scale.metres(start * np.exp(offsets / start), rest)
        if len(algorithm) == 3 and algorithm[1] == "2" and algorithm[0] in _BASES:
            return _linear_in(_BASES[algorithm[0]], start, scale, offsets, rest)
        return scale.metres(start + offsets, rest)


def _linear_in(
    base: Quantity, start: float, scale: Scale, offsets: np.ndarray, rest: float | None
) -> np.ndarray:
    """Wavelengths of an axis whose pixels are regular in the quantity `base`.

    There the quantity is x = x(start) + offset dx/ds, which reaches the axis value at the
    reference pixel with the step that CDELT tells.
    """
    size = abs(start)
    if scale.quantity in VELOCITIES:
        of_light = SPEED_OF_LIGHT if SI[scale.quantity] else 1.0
        size = max(size, of_light / (scale.factor or 1.0))
    h = _STEP * size
    there = scale.metres(np.array([start - h, start, start + h]), rest)
    x = _from_wavelength(base, there, rest)
    return _to_wavelength(base)(x[1] + offsets * (x[2] - x[0]) / (2.0 * h), rest)


def _from_wavelength(base: Quantity, metres: np.ndarray, rest: float | None) -> np.ndarray:
    if base == "frequency":
        return SPEED_OF_LIGHT / metres
    if base == "beta":
        squared = (metres / (rest or np.nan)) ** 2
        return (squared - 1.0) / (squared + 1.0)
    return metres


def _to_wavelength(base: Quantity) -> Callable[[np.ndarray, float | None], np.ndarray]:
    # Over one band the index of air is constant to 1e-5 of its width.
    return Scale("wavelength" if base == "air" else base, 1.0).metres
