"""Maps of the noise that are given beside a cube."""

from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.wcs import WCSSUB_LATITUDE, WCSSUB_LONGITUDE

from lineform.errors import ReadError
from lineform.measurement.base import Measurement
from lineform.measurement.brightness import intensity_factor, unit_from
from lineform.measurement.cards import axes_of, cleaned
from lineform.measurement.directions import directions, upright
from lineform.measurement.opening import check_whole, opened
from lineform.measurement.reading import Reading
from lineform.state import FloatArray

__all__ = ["read_noise_map"]

_BESIDE = 0.1
"""Largest distance of a pixel of the map from that of the cube [pixel]."""


def read_noise_map(path: Path, measurement: Measurement) -> FloatArray:
    """The rms of a cube from a FITS image with the same pixels, or more of them.

    Parameters
    ----------
    path : Path
    measurement : Measurement
        The cube.

    Returns
    -------
    (1, y, x) [W m-2 Hz-1 sr-1]

    Raises
    ------
    ReadError
        If it is no image of two axes, or of other pixels.
    UnitsError
        If its unit is unknown.
    """
    with opened(path) as (file, _):
        hdu = _image_in(file, path)
        check_whole(hdu, str(path))
        header, _ = cleaned(hdu.header)
        wcs = axes_of(header, str(path))
        if not wcs.has_celestial:
            raise _unfit(path, "no axes on the sky")
        image = np.squeeze(np.asarray(hdu.data, dtype=float))
        if wcs.wcs.lng > wcs.wcs.lat:
            image = image.T
        sky = wcs.sub([WCSSUB_LONGITUDE, WCSSUB_LATITUDE])
        # None for the star of an observation file, whose cube has no place on the sky.
        star = Reading(centre=measurement.centre)
        how = directions(sky, (image.shape[0], image.shape[1]), star, str(path))
        image, x, y = upright(image, how, *(slice(0, length) for length in image.shape))
        text = str(header.get("BUNIT", ""))
    unit = unit_from(text, str(path))
    factor = intensity_factor(
        unit, measurement.line.frequency, measurement.beams[:1], how.pixel, str(path)
    )
    columns = _places(x, measurement.x, measurement.pixel, path)
    rows = _places(y, measurement.y, measurement.pixel, path)
    return np.asarray(image[np.ix_(rows, columns)][None] * factor)


def _image_in(file: fits.HDUList, path: Path) -> fits.PrimaryHDU:
    for hdu in file:
        shape = hdu.shape if getattr(hdu, "is_image", False) else ()
        if sum(length > 1 for length in shape) == 2:
            return hdu
    raise _unfit(path, "no image of two axes")


def _places(axis: FloatArray, wanted: FloatArray, pixel: float, path: Path) -> np.ndarray:
    """Pixels of the map at those of the cube."""
    step = float(axis[1] - axis[0])
    places = (wanted - axis[0]) / step
    found: np.ndarray = np.rint(places).astype(int)
    beside = max(np.abs(places - found).max(), np.abs(found * (step / pixel - 1)).max())
    if beside > _BESIDE or found[0] < 0 or found[-1] >= len(axis):
        seen = f"{len(axis)} pixels of {step:.6g} arcsec from {axis[0]:.6g} arcsec"
        raise _unfit(path, seen)
    return found


def _unfit(path: Path, seen: str) -> ReadError:
    return ReadError(
        "map of the noise",
        expected="an image with the pixels of the cube",
        seen=seen,
        way_out="cut it from the same grid as the cube, or give one rms (--rms)",
        where=str(path),
    )
