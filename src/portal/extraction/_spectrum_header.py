"""Spectral axes that are told away from the data: in the primary header, or by a look-up table."""

from dataclasses import replace

import numpy as np

from portal.errors import ReadError
from portal.extraction._spectrum import Band, Scale, band_between, scale_of
from portal.extraction._spectrum_axis import band_along
from portal.extraction._spectrum_columns import channel_edges
from portal.extraction._spectrum_medium import in_medium
from portal.extraction._spectrum_rest import rest_wavelength
from portal.extraction._wavelength import extremes
from portal.fits.axes import axes_of
from portal.fits.products import Product
from portal.model.cell import CONVENTION, Origin

__all__ = [
    "channel_band",
    "coefficient_band",
    "interferometer_band",
    "lookup_band",
    "primary_band",
    "sample_count",
    "single_dish_band",
]


def sample_count(product: Product) -> int:
    """Number of samples of a spectrum in a table: of its longest column, or its rows."""
    longest = max((c.length for c in product.columns if "A" not in c.format), default=1)
    return longest if longest > 1 else (product.hdu.shape or (1,))[0]


def primary_band(product: Product) -> Band | None:
    """The band of a table of fluxes whose axis is that of an empty primary header."""
    primary = product.file.hdus[0]
    if product.hdu.kind != "table" or primary.kind != "empty":
        return None
    axis = next(iter(axes_of(primary.cards, (sample_count(product),))), None)
    if axis is None or axis.crval is None or axis.cdelt is None:
        return None
    return band_along(product, axis, primary.index)


def coefficient_band(product: Product) -> Band | None:
    """The band by COEFF0 and COEFF1 of SDSS: decimal logarithms of angstroms."""
    cards = product.cards
    first, step = cards.number("COEFF0"), cards.number("COEFF1")
    if first is None or not step or not 2.5 < first < 5.0:
        return None
    table = product.hdu.kind == "table"
    length = (
        sample_count(product) if table else (product.axes[0].length or 1) if product.axes else 1
    )
    ends = first + step * np.array([-0.5, length - 0.5])
    scale = in_medium(Scale("wavelength", 1e-10, 10.0, CONVENTION), product)
    origin = Origin("keyword", f"{cards.source('COEFF0')} and COEFF1")
    return band_between(extremes(scale.metres(ends, None)), scale, origin) if length > 1 else None


def lookup_band(product: Product) -> Band | None:
    """The band of an axis ``-TAB``, whose coordinates stand in a table of the file.

    Greisen et al. (2006), sec. 6: PSi_0 names the table, and PSi_1 its column.
    """
    cards = product.hdu.cards
    for axis in product.axes:
        if axis.algorithm.upper() != "TAB":
            continue
        n = axis.number
        scale = scale_of(axis.ctype.split("-")[0], axis.unit)
        name, column = cards.text(f"PS{n}_0"), cards.text(f"PS{n}_1")
        tables = (hdu for hdu in product.siblings if hdu.name.upper() == (name or "").upper())
        table = next(tables, None)
        if scale is None or scale.factor is None or table is None or column is None:
            continue
        try:
            values = np.unique(np.asarray(table.column(column), float))
        except ReadError:
            continue
        if values.size < 2 or not np.isfinite(values).all():
            continue
        rest, _ = rest_wavelength(product.cards)
        origin = Origin("column", f"HDU {table.index} column {column}")
        return band_between(extremes(scale.metres(channel_edges(values), rest)), scale, origin)
    return None


def single_dish_band(product: Product) -> Band | None:
    """The band of spectra in rows, each with its axis in columns CRVAL1, CDELT1 and CRPIX1.

    SDFITS (Garwood 2000): CTYPE1 and CUNIT1 are columns or keywords.
    """
    table = product.hdu
    names = ("CRVAL1", "CDELT1", "CRPIX1")
    if table.kind != "table" or not all(table.has(name) for name in names):
        return None
    try:
        told = (np.asarray(table.column(name, product.row), float) for name in names)
        start, step, pixel = (values.ravel() for values in told)
        ctype = str(table.column("CTYPE1").ravel()[0]) if table.has("CTYPE1") else ""
    except (ReadError, IndexError):
        return None
    name = ctype or table.cards.text("CTYPE1") or ""
    scale = scale_of(name.strip("b' "), table.cards.text("CUNIT1") or "")
    if scale is None or not start.size:
        return None
    scale = scale if scale.factor is not None else replace(scale, factor=1.0)
    with np.errstate(all="ignore"):
        edges = [start + step * (edge - pixel) for edge in (0.5, sample_count(product) + 0.5)]
    rest, _ = rest_wavelength(product.cards)
    origin = Origin("column", f"HDU {table.index} columns CRVAL1, CDELT1 and CRPIX1")
    ends = extremes(scale.metres(np.concatenate(edges), rest))
    return band_between(ends, scale, origin)


def interferometer_band(product: Product) -> Band | None:
    """The band of optical visibilities: EFF_WAVE and EFF_BAND of OIFITS, in metres.

    Pauls et al. (2005): EFF_BAND is the width of a channel.
    """
    if not product.hdu.name.upper().startswith("OI_"):
        return None
    tables = (hdu for hdu in product.siblings if hdu.name.upper() == "OI_WAVELENGTH")
    table = next(tables, None)
    try:
        if table is None or not table.has("EFF_WAVE"):
            return None
        middle = np.asarray(table.column("EFF_WAVE"), float).ravel()
        width = np.zeros(1)
        if table.has("EFF_BAND"):
            width = np.abs(np.asarray(table.column("EFF_BAND"), float).ravel())
    except ReadError:
        return None
    origin = Origin("column", f"HDU {table.index} columns EFF_WAVE and EFF_BAND")
    edges = np.concatenate([middle - width / 2.0, middle + width / 2.0])
    return band_between(extremes(edges), Scale("wavelength", 1.0), origin)


def channel_band(product: Product) -> Band | None:
    """The band of a spectrum in channels whose energies stand in the table EBOUNDS of the file.

    OGIP CAL/GEN/92-002: E_MIN and E_MAX of each channel, in keV where no unit is told.
    """
    table = next((hdu for hdu in product.siblings if hdu.name.upper() == "EBOUNDS"), None)
    if table is None or not (table.has("E_MIN") and table.has("E_MAX")):
        return None
    column = table.info("E_MIN")
    scale = scale_of("ENERGY", column.unit if column and column.unit else "keV")
    try:
        low, high = (np.asarray(table.column(name), float).ravel() for name in ("E_MIN", "E_MAX"))
    except ReadError:
        return None
    if scale is None or not low.size:
        return None
    # The lowest channel of some detectors begins at 0.
    ends = np.array([low[low > 0.0].min(initial=high.max()), high.max()])
    origin = Origin("column", f"HDU {table.index} columns E_MIN and E_MAX")
    return band_between(extremes(scale.metres(ends, None)), scale, origin)
