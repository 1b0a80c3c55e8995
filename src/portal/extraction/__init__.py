"""ObsCore values derived from a product, each with its origin; one group of columns a module."""

import logging
from typing import TYPE_CHECKING

from portal.registry import members

if TYPE_CHECKING:
    import numpy as np

    from portal.extraction.base import Derivation
    from portal.fits.hdu import Hdu
    from portal.fits.products import Product
    from portal.model.cell import Cell
    from portal.model.measurement import Measurement

__all__ = ["derive", "fitted", "measurement", "wavelengths"]

_LOG = logging.getLogger(__name__)


def derive(product: "Product") -> "tuple[Cell, ...]":
    """All that can be known of a product, sorted by column, the best of each column first.

    A cell without a value says why a column is null. If a derivation fails, its columns are
    null and their cells say so; the others are not touched.
    """
    from portal.extraction.base import Derivation

    found: list[Cell] = []
    for name, member in members(__name__, "DERIVATION").items():
        assert isinstance(member, Derivation)
        found += _of(name, member, product)
    return tuple(sorted(found, key=lambda cell: cell.column))


def measurement(product: "Product") -> "Measurement":
    """What is told of the values of a product, and of the bins in which they are."""
    from portal.extraction import _measurement
    from portal.model.measurement import Measurement

    try:
        return _measurement.measurement(product)
    # The edge, as below.
    except Exception:
        _LOG.debug("values of %s", product.file.path, exc_info=True)
        return Measurement()


def _of(name: str, derivation: "Derivation", product: "Product") -> "list[Cell]":
    from portal.model.cell import Cell, Origin

    try:
        return list(derivation.derive(product))
    # The edge: a header that nobody thought of must not keep the other values from the reader.
    except Exception as error:
        # The cells tell the user; where it happened is for whoever mends it.
        place = (name, product.file.path, product.hdu.index)
        _LOG.debug("%s of %s, HDU %s", *place, exc_info=True)
        note = f"could not be derived: {type(error).__name__}: {error}"
        origin = Origin("default", f"portal.extraction.{name}", note=note)
        return [Cell(column, None, origin) for column in derivation.columns]


def wavelengths(product: "Product", arm: "Hdu", line: int = 0) -> "np.ndarray | None":
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
        As the axis or the column has them: in air where these are. `fitted` makes them exact.
    """
    from portal.extraction import _samples

    return _samples.wavelengths(product, arm, line)


def fitted(metres: "list[np.ndarray]", band: tuple[float, float]) -> "list[np.ndarray] | None":
    """The wavelengths of all pieces of a spectrum such that they fill the `band` [m].

    Air, a frame of rest and the like move and stretch a spectrum by less than a percent, along a
    straight line to much better than a pixel of a picture. None where they are no such band.
    """
    from portal.extraction import _samples

    return _samples.fitted(metres, band)
