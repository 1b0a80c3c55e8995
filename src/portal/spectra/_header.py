"""Spectral axes that are told away from the data: in the primary header, or by a look-up table."""

import numpy as np

from portal.errors import ReadError
from portal.fits.axes import axes_of
from portal.fits.hdu import ColumnInfo, Hdu
from portal.fits.products import Product
from portal.model.cell import CONVENTION, Origin
from portal.spectra._axis import band_along
from portal.spectra._medium import in_medium
from portal.spectra.columns import channel_edges
from portal.spectra.coordinate import Band, Scale, band_between, scale_of
from portal.spectra.rest import rest_wavelength
from portal.spectra.wavelength import VELOCITIES, extremes

__all__ = ["coefficient_band", "header_band", "listed_band", "lookup_band", "sample_count"]


def sample_count(product: Product) -> int:
    """Number of samples of a spectrum in a table: of its longest column, or its rows."""
    longest = max((c.length for c in product.columns if "A" not in c.format), default=1)
    return longest if longest > 1 else (product.hdu.shape or (1,))[0]


def header_band(product: Product) -> Band | None:
    """The band of a table of fluxes whose axis is told as one of an image.

    In its own header, or in that of an empty primary HDU.
    """
    primary = product.file.hdus[0]
    if product.hdu.kind != "table":
        return None
    for hdu in (product.hdu, *([primary] if primary.kind == "empty" else [])):
        axis = next(iter(axes_of(hdu.cards, (sample_count(product),))), None)
        if axis is not None and axis.crval is not None and axis.cdelt is not None:
            return band_along(product, axis, hdu.index)
    return None


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


def listed_band(product: Product) -> Band | None:
    """The band of an axis whose channels a table of one row lists, as e-CALLISTO writes them.

    A column of the same quantity as the axis, with as many values as that has channels; the
    name of the axis tells the unit where the column tells none.
    """
    tables = [hdu for hdu in product.siblings if hdu.kind == "table" and hdu.shape[:1] == (1,)]
    for axis in product.axes if tables else ():
        scale = scale_of(axis.ctype, axis.unit)
        listed = (
            _listed(product, hdu, column, scale)
            for hdu in (tables if scale else ())
            for column in hdu.columns
            if scale and 1 < column.length == axis.length
        )
        if band := next(filter(None, listed), None):
            return band
    return None


def _listed(product: Product, table: Hdu, column: ColumnInfo, axis: Scale) -> Band | None:
    own = scale_of(column.name, column.unit)
    if own is None or own.quantity != axis.quantity or own.quantity in VELOCITIES:
        return None
    scale = own if own.factor else axis
    try:
        values = np.unique(np.asarray(table.column(column.name), float))
    except ReadError:
        return None
    if scale.factor is None or values.size < 2 or not (np.isfinite(values) & (values > 0)).all():
        return None
    scale = in_medium(scale, product)
    origin = Origin("column", f"HDU {table.index} column {column.name}")
    return band_between(extremes(scale.metres(channel_edges(values), None)), scale, origin)
