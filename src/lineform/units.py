"""Units at the public boundary: quantities go in, plain SI numbers come out.

Inside lineform every number is SI; parameters of models and the axes of observation files
have the units of the data format, written as VOUnit strings.
"""

from functools import cache

import astropy.units as u

from lineform.errors import UnitsError

__all__ = ["factor", "value"]


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
        raise UnitsError(name, expected=f"one number in {unit}", seen=str(quantity)) from error


@cache
def factor(unit: str) -> float:
    """How many SI units one `unit` (a VOUnit string, '' for a pure number) is."""
    return float(u.Unit(unit, format="vounit").si.scale) if unit else 1.0
