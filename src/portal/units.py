"""Units as files write them: parsed, compared and converted; every answer is remembered.

Astropy is imported at the first unit that is not already the wanted one, so that a store
in the units of the layout is read without it.
"""

import math
import re
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING

from portal.errors import ReadError

if TYPE_CHECKING:
    from astropy.units import UnitBase

__all__ = ["check", "convert", "factor", "is_unit", "product", "same_dimension"]

_LONGEST = 200
_GREAT = re.compile(r"(?<![0-9.])(?<!^)[0-9]{4,}|[⁰¹²³⁴⁵⁶⁷⁸⁹]{4,}")
"""A power of four digits or more."""


@lru_cache(maxsize=4096)
def factor(unit: str, to: str) -> float:
    """Number of `to` in one `unit`.

    Parameters
    ----------
    unit, to
        VOUnit strings, or any that astropy understands; '' is the pure number.

    Raises
    ------
    ReadError
        If one of them is no unit (code ``unknown-unit``) or they differ in dimension
        (code ``wrong-unit``).
    """
    if unit == to:
        return 1.0
    source, target = _parse(unit), _parse(to)
    try:
        found = float(source.to(target))
        if not 0 < found < math.inf:
            raise _unknown(unit)
        return found
    except ValueError as error:
        raise ReadError(
            "unit of another dimension",
            seen=_shown(unit),
            expected=f"a unit of the dimension of {_shown(to)}",
            way_out="write the value in such a unit, with its name",
            code="wrong-unit",
        ) from error


def convert(value: float, unit: str, to: str) -> float:
    """`value` [unit] in `to`; raises as `factor` does."""
    return value * factor(unit, to)


def same_dimension(unit: str, other: str) -> bool:
    """Whether a value in `unit` can be converted to `other`; False where one is no unit."""
    try:
        factor(unit, other)
    except ReadError:
        return False
    return True


def check(unit: str) -> None:
    """Raise ReadError (code ``unknown-unit``) unless `unit` is understood; '' is."""
    if unit:
        _parse(unit)


def is_unit(unit: str) -> bool:
    """Whether `unit` is understood."""
    try:
        check(unit)
    except ReadError:
        return False
    return True


@lru_cache(maxsize=4096)
def product(unit: str, other: str, power: int = 1) -> str:
    """The unit of a value in `unit` times one in `other` to the `power`; raises as `factor`."""
    return str((_parse(unit) * _parse(other) ** power).to_string())


@lru_cache(maxsize=4096)
def _parse(text: str) -> "UnitBase":
    from astropy import units

    if text.strip() in ("", "1"):
        return units.dimensionless_unscaled
    # A unit is a few characters; a page of text, or 10**9999999, would keep the parser busy.
    if len(text) <= _LONGEST and not _GREAT.search(text):
        for style in ("vounit", None):
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    parsed = units.Unit(text, format=style, parse_strict="raise")
            except (ValueError, TypeError, ZeroDivisionError, OverflowError):
                continue
            # Magnitudes and decibels have no factor.
            if isinstance(parsed, units.UnitBase):
                return parsed
    raise _unknown(text)


def _unknown(text: str) -> ReadError:
    return ReadError(
        "unknown unit",
        seen=_shown(text),
        expected="a VOUnit string such as km/s or W.m-2.Hz-1.sr-1",
        way_out="correct the unit in the file",
        code="unknown-unit",
    )


def _shown(unit: str) -> str:
    return repr(unit[:40])
