"""Vacuum wavelengths of the single samples of a spectrum."""

from collections.abc import Callable

import numpy as np

from portal.errors import ReadError
from portal.fits.hdu import Hdu
from portal.fits.products import Product
from portal.spectra._axis import spectral_axis
from portal.spectra._header import sample_count
from portal.spectra._warp import warped
from portal.spectra.columns import samples_beside, samples_in_line, samples_of
from portal.spectra.coordinate import scale_of, scaled
from portal.spectra.multispec import attributes, coordinates, lines
from portal.spectra.rest import rest_wavelength

__all__ = ["fitted", "wavelengths"]

_NEAR = 0.01
"""By how much of itself an end may miss that of the band; more, and they were read differently."""
_READINGS: tuple[Callable[[np.ndarray], np.ndarray], ...] = (
    lambda values: values,
    lambda values: 10.0**values,
    np.exp,
    lambda values: 1.0 / values,
)


def wavelengths(product: Product, arm: Hdu, line: int = 0) -> np.ndarray | None:
    """About which wavelength each sample of a spectrum is of; None where that is not to be had.

    Parameters
    ----------
    arm
        The HDU of the spectrum, one of `product.arms`.
    line
        Of an array of several: its number, from 0.

    Returns
    -------
    (sample,) [m]
        As the axis or the column has them: in air where these are; or in whatever unit they are,
        where none is told. `fitted` makes them exact.
    """
    try:
        found = _found(product, arm, line)
    except ReadError:
        return None
    if found is None:
        return None
    finite = found[np.isfinite(found)]
    return found if finite.size > 1 and finite.min() > 0.0 else None


def fitted(metres: list[np.ndarray], band: tuple[float, float]) -> list[np.ndarray] | None:
    """The wavelengths of all pieces of a spectrum such that they fill the `band` [m].

    Air, a frame of rest and the like move and stretch a spectrum by less than a percent, along a
    straight line to much better than a pixel of a picture. Coordinates without a unit are
    wavelengths, their logarithms or frequencies, whichever spans as large a part of itself as
    the band does. None where they are no such band.
    """
    for read in (None, *_READINGS):
        with np.errstate(all="ignore"):
            pieces = metres if read is None else [read(piece) for piece in metres]
        ends = [end for piece in pieces if piece.size > 1 for end in _edges(piece)]
        low, high = min(ends, default=0.0), max(ends, default=0.0)
        if 0.0 < low < high < np.inf and _same((low, high), band, absolute=read is None):
            stretch = (band[1] - band[0]) / (high - low)
            return [band[0] + (piece - low) * stretch for piece in pieces]
    return None


def _same(ends: tuple[float, float], band: tuple[float, float], *, absolute: bool) -> bool:
    if absolute:
        return all(abs(a - b) <= _NEAR * b for a, b in zip(ends, band, strict=True))
    spans = [high / low - 1.0 for low, high in (ends, band)]
    return abs(spans[0] - spans[1]) <= _NEAR * spans[1]


def _edges(piece: np.ndarray) -> tuple[float, float]:
    known = np.sort(piece[np.isfinite(piece)])
    if known.size < 2:
        return float("inf"), 0.0
    return float(1.5 * known[0] - 0.5 * known[1]), float(1.5 * known[-1] - 0.5 * known[-2])


def _found(product: Product, arm: Hdu, line: int) -> np.ndarray | None:
    if product.hdu.kind == "table":
        samples = samples_of(product)
        if samples is None or samples.column is None:
            return _of_header(product)
        values = samples.hdu.column(samples.column.name, samples.row)
        return _scaled(product, np.asarray(values, float).ravel(), *_named(samples.column))
    length = arm.shape[-1] if arm.shape else 0
    if product.axes and product.axes[0].ctype.upper().startswith("MULTISPE"):
        return _of_line(product, line, length)
    samples = samples_beside(product, arm) or samples_in_line(product)
    if samples is not None:
        values = np.asarray(samples.hdu.array(), float)
        values = values.reshape(-1, values.shape[-1])
        values = values[min(line, len(values) - 1) if samples.row is None else samples.row]
        name, unit = samples.hdu.name, samples.hdu.cards.text("BUNIT") or ""
        if samples.row is not None:
            name, unit = product.cards.text("COL1") or "", ""
        return _scaled(product, values, name, unit)
    return _along(product) if spectral_axis(product) else _by_coefficients(product, length)


def _named(column: object) -> tuple[str, str]:
    return str(getattr(column, "name", "")), str(getattr(column, "unit", ""))


def _scaled(product: Product, values: np.ndarray, name: str, unit: str) -> np.ndarray | None:
    scale = scale_of(name, unit)
    known = values[np.isfinite(values) & (values != 0.0)]
    if scale is None or known.size < 2:
        return None
    values = np.where(values == 0.0, np.nan, values)
    fitting = scaled(scale, known)
    return values if fitting is None else fitting.metres(values, rest_wavelength(product.cards)[0])


def _of_header(product: Product) -> np.ndarray | None:
    """Of a table of fluxes whose axis is told as one of an image."""
    count = sample_count(product)
    for cards in (product.cards, product.file.hdus[0].cards):
        start, step = cards.number("CRVAL1"), cards.number("CDELT1") or cards.number("CD1_1")
        if start is not None and step:
            pixel = cards.number("CRPIX1") or 1.0
            values: np.ndarray = start + step * (np.arange(1.0, count + 1.0) - pixel)
            return values
    return _by_coefficients(product, count)


def _of_line(product: Product, line: int, length: int) -> np.ndarray | None:
    told = attributes(product.cards, 1)
    scale = scale_of(told.get("label", ""), told.get("units", "")) or scale_of(
        "", told.get("units", "")
    )
    known = lines(product.cards)
    if scale is None or not known:
        return None
    line %= len(known)
    factor, shift = product.cards.number("LTM1_1") or 1.0, product.cards.number("LTV1") or 0.0
    pixels = (np.arange(1.0, length + 1.0) - shift) / factor
    values = coordinates(known[line], pixels)
    fitting = scaled(scale, values) if np.isfinite(values).all() else None
    if fitting is None:
        return None
    values[known[line].length :] = np.nan
    return fitting.metres(values, rest_wavelength(product.cards)[0])


def _along(product: Product) -> np.ndarray | None:
    found = spectral_axis(product)
    if found is None:
        return None
    axis, scale = found
    pixels = np.arange(1.0, (axis.length or 0) + 1.0)
    offsets = (axis.cdelt or 0.0) * (pixels - (1.0 if axis.crpix is None else axis.crpix))
    rest = rest_wavelength(product.cards)[0]
    return warped(axis, scale, offsets, rest) if pixels.size > 1 else None


def _by_coefficients(product: Product, length: int) -> np.ndarray | None:
    """COEFF0 and COEFF1 of SDSS: decimal logarithms of angstroms."""
    first, step = product.cards.number("COEFF0"), product.cards.number("COEFF1")
    if first is None or not step or not 2.5 < first < 5.0:
        return None
    metres: np.ndarray = 10.0 ** (first + step * np.arange(length)) * 1e-10
    return metres
