"""Which polarisation states the data hold."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.fits.axes import Axis
from portal.fits.products import Product
from portal.fits.table_kinds import of_pulsar
from portal.headers.keywords import from_card
from portal.model.cell import CONVENTION, DERIVED, Cell, Origin

__all__ = ["DERIVATION"]

_STATES = {
    **dict(enumerate("I Q U V POLI FPOL POLA".split(), 1)),
    **dict(zip(range(-1, -9, -1), "RR LL RL LR XX YY XY YX".split(), strict=True)),
}
"""Numbers on an axis STOKES (FITS 4.0, table 29; beyond 4 the custom of AIPS)."""
_ORDER = "I Q U V RR LL RL LR XX YY XY YX POLI POLA FPOL".split()
"""The order that ObsCore asks for."""
_OF_PULSARS = {"IQUV": "/I/Q/U/V/", "INTEN": "/I/", "AA+BB": "/I/"}
_FEEDS = {"LIN": "/XX/YY/", "CIRC": "/RR/LL/"}
"""What A and B of PSRFITS are, by FD_POLN; L and R have one order in ObsCore."""


@dataclass(frozen=True)
class _Polarisation:
    columns: tuple[str, ...] = ("pol_states",)

    def derive(self, product: Product) -> Iterable[Cell]:
        """States of an axis STOKES or of PSRFITS; nothing where one of them is not known."""
        axis = next((a for a in product.axes if a.kind == "stokes"), None)
        states = _states(axis) if axis else []
        if axis and states:
            source = f"HDU {product.hdu.index} axis {axis.number}"
            text = f"/{'/'.join(sorted(set(states), key=_ORDER.index))}/"
            yield Cell("pol_states", text, Origin("wcs", source, DERIVED))
        elif of_pulsar(product.hdu):
            yield from _of_archive(product)


def _of_archive(product: Product) -> Iterable[Cell]:
    """POL_TYPE of PSRFITS; real and imaginary parts of products are no states of ObsCore."""
    told = (product.hdu.cards.text("POL_TYPE") or "").upper()
    feeds = _FEEDS.get((product.cards.text("FD_POLN") or "").upper()) if told == "AABB" else None
    if states := _OF_PULSARS.get(told, feeds):
        yield from_card(product.hdu.cards, "POL_TYPE", "pol_states", states, CONVENTION)


def _states(axis: Axis) -> list[str]:
    if axis.crval is None:
        return []
    step = axis.cdelt if axis.cdelt else 1.0
    reference = axis.crpix if axis.crpix is not None else 1.0
    # An axis without pixels of its own stands for the one value at its reference.
    length = min(axis.length or 1, 16)
    pixels = range(1, length + 1) if axis.length else [reference]
    found = [_STATES.get(round(axis.crval + (pixel - reference) * step)) for pixel in pixels]
    return [state for state in found if state] if all(found) else []


DERIVATION = _Polarisation()
