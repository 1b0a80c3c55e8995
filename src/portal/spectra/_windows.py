"""Spectral windows of an interferometer: the same channels at several places of the band."""

import numpy as np

from portal.errors import ReadError
from portal.fits.products import Product

__all__ = ["windows_of"]

_TABLES = (("AIPS FQ", "IF FREQ"), ("FREQUENCY", "BANDFREQ"))
"""Names of the tables, and of their columns of frequencies: AIPS, and FITS-IDI."""
_AXES = ("IF", "BAND")


def windows_of(product: Product) -> np.ndarray:
    """Frequencies of the windows beyond that of the axis of frequencies.

    Returns
    -------
    (window,) [Hz]
        A single 0 where there is no axis of several windows, or no table tells them.
    """
    number = next((a.length for a in product.axes if a.ctype.strip().upper() in _AXES), None)
    for table, column in _TABLES if number and number > 1 else ():
        hdu = next((h for h in product.siblings if h.name.upper() == table), None)
        try:
            values = None if hdu is None else np.asarray(hdu.column(column), float).ravel()
        except ReadError:
            continue
        if values is not None and values.size == number and np.isfinite(values).all():
            return values
    return np.zeros(1)
