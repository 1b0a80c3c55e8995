"""The protocol of a derivation: a group of ObsCore columns, one module.

A module in ``portal.extraction`` defines ``DERIVATION``. Each is asked for each product; what
it cannot know it leaves out, and the column is null.
"""

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from portal.fits.products import Product
from portal.model.cell import Cell

__all__ = ["Derivation"]


@runtime_checkable
class Derivation(Protocol):
    """Derives some columns of a product."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the ObsCore columns that it may give."""
        ...

    def derive(self, product: Product) -> Iterable[Cell]:
        """The cells that can be known. Must not raise, whatever the header says."""
        ...
