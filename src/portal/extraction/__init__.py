"""ObsCore values derived from a product, each with its origin; one group of columns a module."""

import logging
from typing import TYPE_CHECKING

from portal.registry import members

if TYPE_CHECKING:
    from portal.extraction.base import Derivation
    from portal.fits.products import Product
    from portal.model.cell import Cell
    from portal.model.measurement import Measurement

__all__ = ["derive", "measurement"]

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
