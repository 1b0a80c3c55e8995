"""The energies of the events of a list, where there are enough of them to tell its band."""

import numpy as np

from portal.errors import ReadError
from portal.extraction._shape import tabular
from portal.extraction._spectrum import Band, band_between, scale_of
from portal.extraction._wavelength import extremes
from portal.fits.products import Product
from portal.model.cell import INFERRED, Origin

__all__ = ["event_band"]

_ENOUGH = 100
"""Events: the energies of fewer say where the source was bright, and not what was observed."""


def event_band(product: Product) -> Band | None:
    """From the lowest to the highest energy of an event; None for no list, or a short one."""
    if tabular(product) != "event":
        return None
    for column in product.columns:
        scale = scale_of(column.name, column.unit)
        if scale is None or scale.quantity not in ("energy", "wavelength") or not scale.factor:
            continue
        try:
            values = np.asarray(product.hdu.column(column.name), float).ravel()
        except ReadError:
            continue
        values = values[np.isfinite(values) & (values > 0.0)]
        if values.size < _ENOUGH:
            continue
        source = f"HDU {product.hdu.index} column {column.name}"
        note = "the lowest and the highest of the events"
        origin = Origin("column", source, INFERRED, note=note)
        ends = np.array([values.min(), values.max()])
        return band_between(extremes(scale.metres(ends, None)), scale, origin)
    return None
