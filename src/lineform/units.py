"""Units at the public boundary: quantities go in, plain SI numbers come out.

Inside lineform every number is SI; parameters of models and the axes of observation files
have the units of the data format, written as VOUnit strings.
"""

import math
from functools import cache

import astropy.units as u

from lineform.errors import UnitsError

__all__ = ["factor", "parse", "quantity", "value"]


def value(quantity: u.Quantity, unit: str, name: str = "quantity") -> float:
    """The number of `unit` in a scalar `quantity`.

    Raises
    ------
    UnitsError
        If it has no unit or a unit of another kind.
    """
    if not isinstance(quantity, u.Quantity):
        raise UnitsError(name, expected=f"a quantity in {unit}", seen=repr(quantity))
    try:
        return float(quantity.to_value(unit))
    except (u.UnitConversionError, TypeError) as error:
        bare = quantity.unit == u.dimensionless_unscaled
        raise UnitsError(
            name,
            expected=f"one number in {unit}",
            seen=str(quantity),
            way_out=f"give a unit, such as '{quantity} {unit}'" if bare and unit else "",
        ) from error


def quantity(text: str, name: str = "quantity", example: str = "m") -> u.Quantity:
    """The quantity in a text such as ``1.496e13 cm``.

    Raises
    ------
    UnitsError
        If it is no finite number with a known unit.
    """
    try:
        found = u.Quantity(text)
    except (TypeError, ValueError) as error:
        raise UnitsError(
            name,
            expected=f"a number and a unit such as {example or '1'}",
            seen=repr(text),
            way_out="write the unit as astropy does",
        ) from error
    if found.shape or not math.isfinite(found.value):
        raise UnitsError(name, expected="a finite number", seen=repr(text))
    return found


def parse(text: str, unit: str, name: str = "quantity") -> float:
    """The number of `unit` in a text such as ``1.496e13 cm``.

    Raises
    ------
    UnitsError
        If it is no number with a known unit of the right kind, or not finite.
    """
    return value(quantity(text, name, unit), unit, name)


@cache
def factor(unit: str) -> float:
    """How many SI units one `unit` (a VOUnit string, '' for a pure number) is."""
    return float(u.Unit(unit, format="vounit").si.scale) if unit else 1.0
