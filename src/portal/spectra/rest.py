"""Rest wavelengths, and which definition a velocity follows."""

from portal.fits.cards import Cards
from portal.fits.units import quantity_factor
from portal.spectra.coordinate import bracketed
from portal.spectra.wavelength import SPEED_OF_LIGHT, Quantity

__all__ = ["is_exact", "radio_or_optical", "rest_wavelength"]

_FREQUENCIES = ("RESTFRQ", "RESTFREQ", "RESTFRQ1", "FREQ0", "OBSFREQ")
_WAVELENGTHS = ("RESTWAV", "RESTWAVE", "RESTWVL")
_DEFINITIONS: dict[str, Quantity] = {
    "RADI": "radio",
    "OPTI": "optical",
    "RELA": "relativistic",
}
_FRAMES = frozenset("-LSR -LSRK -LSRD -HEL -OBS -GEO -TOP -BAR -GAL CITY".split())
_RADIO = 256
"""Added to VELREF of AIPS where the velocity is of the radio definition."""


def rest_wavelength(cards: Cards, alternate: str = "") -> tuple[float | None, str]:
    """The rest wavelength [m], and what says so; None and '' if nothing does.

    That of the `alternate` description of the axes goes before that of the primary one.

    Notes
    -----
    OBSFREQ is off by the velocity of the source over that of light: see `is_exact`.
    """
    own = ((f"RESTFRQ{alternate}",), "Hz"), ((f"RESTWAV{alternate}",), "m")
    for names, unit in (*(own if alternate else ()), (_FREQUENCIES, "Hz"), (_WAVELENGTHS, "m")):
        for name in names:
            value = cards.number(name)
            if value is not None and 0.0 < value < 1e30:
                value *= _factor(cards.comment(name), unit)
                return (SPEED_OF_LIGHT / value if unit == "Hz" else value), cards.source(name)
    return None, ""


def is_exact(source: str) -> bool:
    """Whether what `rest_wavelength` named is the line's own, and no frequency near it."""
    return not source.endswith("OBSFREQ")


def radio_or_optical(cards: Cards, ctype: str) -> Quantity:
    """What VELO and FELO mean: with VELREF of AIPS, with VELDEF or VDEF, or by themselves."""
    definition = (cards.text("VELDEF") or cards.text("VDEF") or "").upper()
    if definition[:4] in _DEFINITIONS:
        return _DEFINITIONS[definition[:4]]
    reference = cards.integer("VELREF")
    if reference is not None and reference != 0:
        return "radio" if reference >= _RADIO else "optical"
    if ctype[:4].upper() == "FELO":
        return "optical"
    # AIPS adds the frame to the name; the VELO of FITS paper III is the relativistic one.
    return "radio" if ctype.upper().strip()[4:] in _FRAMES else "relativistic"


def _factor(comment: str, unit: str) -> float:
    """What a comment such as ``[GHz] rest frequency`` says of the unit."""
    factors = (quantity_factor(text, unit) for text in bracketed(comment))
    return next((factor for factor in factors if factor is not None), 1.0)
