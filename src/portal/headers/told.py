"""Units that comments of cards and columns of tables tell."""

import re

from portal.fits.units import fits_unit, quantity_factor

__all__ = ["days_told", "unit_told"]

_BRACKETS = re.compile(r"\[([^\[\]]{1,20})\]")
_EQUINOX = re.compile(r"\s*[JB]?\d{4}(?:\.\d*)?\s*$")


def unit_told(comment: str) -> str | None:
    """The first unit in square brackets (FITS 4.0, sec. 4.3.2); None where there is none.

    What is in brackets and no unit, such as ``[J2000]``, is passed over.
    """
    for text in _BRACKETS.findall(comment):
        unit = None if _EQUINOX.match(text) else fits_unit(text)
        if unit is not None and unit.physical_type != "dimensionless":
            return str(text)
    return None


def days_told(unit: str) -> float | None:
    """Days in one of a column of MJD with the unit `unit`; None where they are no days."""
    if not unit or "mjd" in unit.lower():
        return 1.0
    return 1.0 if quantity_factor(unit, "d") == 1.0 else None
