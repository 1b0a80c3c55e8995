"""The band of a product, from whatever of it tells one."""

from dataclasses import replace

from portal.fits.products import Product
from portal.fits.shape import tabular
from portal.spectra._axis import axis_band, channels
from portal.spectra._header import (
    coefficient_band,
    header_band,
    listed_band,
    lookup_band,
    sample_count,
)
from portal.spectra._keywords import keyword_band, selected_energies
from portal.spectra._rows import (
    bin_band,
    channel_band,
    interferometer_band,
    row_band,
    subint_band,
    subint_channels,
)
from portal.spectra._windows import windows_of
from portal.spectra.columns import (
    column_band,
    samples_beside,
    samples_in_line,
    samples_of,
)
from portal.spectra.coordinate import Band
from portal.spectra.events import event_band

__all__ = ["band_of", "samples_in"]


def band_of(product: Product, *, image: bool) -> Band | None:
    """Where a product is on the spectral axis; None if nothing tells it.

    Data that are sampled go before an axis of one channel, and both before keywords; of these
    a lone wavelength counts for an `image` only.
    """
    if product.hdu.kind == "table":
        found = _of_table(product)
    else:
        several = (channels(product) or 1) > 1
        found = (
            lookup_band(product)
            or listed_band(product)
            or (axis_band(product) if several else None)
            or _of_arms(product)
            or _of_line(product)
            or coefficient_band(product)
            or axis_band(product)
        )
    return found or selected_energies(product) or keyword_band(product, image=image)


def samples_in(product: Product) -> tuple[int, str] | None:
    """Number of elements along the spectral axis, and what tells it; None for no such axis."""
    if product.hdu.kind == "table":
        if tabular(product) == "visibility" and (several := channels(product)) is not None:
            return several * windows_of(product).size, f"HDU {product.hdu.index} axes"
        if number := subint_channels(product.hdu):
            return number, f"HDU {product.hdu.index} column DAT_FREQ"
        if tabular(product) != "spectrum":
            return None
        samples = samples_of(product)
        number = samples.number if samples else sample_count(product)
        source = f" column {samples.column.name}" if samples and samples.column else ""
        return number, f"HDU {product.hdu.index}{source}"
    several = channels(product)
    if several is not None and product.hdu.kind == "groups":
        several *= windows_of(product).size
    if several is not None and several > 1:
        return several, f"HDU {product.hdu.index} axes"
    beside = [samples_beside(product, arm) for arm in product.arms]
    if beside and all(beside):
        names = ", ".join(samples.hdu.name for samples in beside if samples)
        return sum(samples.number for samples in beside if samples), names
    line = samples_in_line(product)
    if line is not None:
        return line.number, f"HDU {product.hdu.index} line 1"
    if product.cards.number("COEFF0") is not None and product.axes:
        return product.axes[0].length or 1, f"HDU {product.hdu.index} axes"
    return None if several is None else (several, f"HDU {product.hdu.index} axes")


def _of_table(product: Product) -> Band | None:
    match tabular(product):
        case "event":
            return (
                selected_energies(product)
                or keyword_band(product, image=False)
                or event_band(product)
            )
        case "timeseries":
            return subint_band(product)
        case "spectrum" | "measurements" | "visibility":
            samples = samples_of(product)
            found = column_band(product, samples) if samples else None
            return (
                found
                or row_band(product)
                or bin_band(product)
                or (axis_band(product) if product.axes else None)
                or interferometer_band(product)
                or channel_band(product)
                or header_band(product)
                or coefficient_band(product)
            )
    return None


def _of_line(product: Product) -> Band | None:
    line = samples_in_line(product)
    return None if line is None else column_band(product, line)


def _of_arms(product: Product) -> Band | None:
    """From the shortest to the longest wavelength of the arms; None unless all are known."""
    bands = []
    for arm in product.arms:
        samples = samples_beside(product, arm)
        band = column_band(product, samples) if samples else None
        if band is None:
            return None
        bands.append(band)
    if len(bands) < 2:
        return next(iter(bands), None)
    first = min(bands, key=lambda band: band.low)
    sources = ", ".join(band.origin.source for band in bands)
    origin = replace(first.origin, source=sources)
    return Band(first.low, max(band.high for band in bands), first.quantity, origin)
