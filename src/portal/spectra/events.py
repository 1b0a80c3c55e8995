"""The band of a list of events: the energies that its column can hold, if it says so."""

import numpy as np

from portal.fits.hdu import ColumnInfo
from portal.fits.products import Product
from portal.fits.shape import tabular
from portal.model.cell import CONVENTION, Origin
from portal.spectra.coordinate import Band, Scale, band_between, scale_of
from portal.spectra.wavelength import extremes

__all__ = ["energy_column", "event_band"]

_WIDEST = 1e5
"""Of the energies of one instrument, the highest over the lowest; columns reach beyond."""


def event_band(product: Product) -> Band | None:
    """From TLMIN to TLMAX of the energies of events; None for no list, or without such bounds.

    Notes
    -----
    The lowest and the highest energy that was seen say where the source was bright and where
    the detector made noise, and not what was observed: of them nothing follows. Nor does it
    from bounds such as 0 and 1 GeV, which are those of the numbers.
    """
    found = energy_column(product)
    if found is None:
        return None
    column, scale = found
    cards = product.hdu.cards
    low, high = (cards.number(f"{name}{column.number}") for name in ("TLMIN", "TLMAX"))
    if low is None or high is None or not 0.0 < low < high <= _WIDEST * low:
        return None
    note = "the bounds of the energies of events"
    source = f"{cards.source(f'TLMIN{column.number}')} and TLMAX{column.number}"
    origin = Origin("keyword", source, CONVENTION, note=note)
    return band_between(extremes(scale.metres(np.array([low, high]), None)), scale, origin)


def energy_column(product: Product) -> tuple[ColumnInfo, Scale] | None:
    """The energies or wavelengths of a list of events, and how they are read; None for none.

    Numbers of channels are neither.
    """
    if tabular(product) != "event":
        return None
    for column in product.columns:
        scale = scale_of(column.name, column.unit)
        if scale is not None and scale.quantity in ("energy", "wavelength") and scale.factor:
            return column, scale
    return None
