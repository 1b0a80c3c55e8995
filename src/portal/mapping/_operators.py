"""What operators make of two values that are there."""

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from portal import units
from portal.errors import ReadError
from portal.mapping._held import Held, in_unit, is_list
from portal.mapping.functions import Datum, number_of, numbers_of, shortly

__all__ = ["ARITHMETIC", "operated"]

ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": math.pow,
}
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def operated(sign: str, first: Held, second: Held) -> Held:
    """``first sign second``; the second in the unit of the first where they must agree.

    Raises
    ------
    ReadError
        If it cannot be computed or compared.
    """
    if sign == "in":
        return Held(_contained(first, second))
    if sign in ("*", "/", "**"):
        return _computed(sign, first, second)
    if (first.unit is None) != (second.unit is None):
        raise ReadError(
            "a unit on one side only",
            seen=f"{first.unit or 'none'} and {second.unit or 'none'}",
            expected="units on both sides, or on none",
            code="wrong-unit",
        )
    second = in_unit(second, first.unit)
    if sign in ARITHMETIC:
        return _computed(sign, first, second)
    return Held(_compared(sign, first.value, second.value))


def _contained(first: Held, second: Held) -> bool:
    if isinstance(second.value, str):
        return str(first.value) in second.value
    many = second.value if is_list(second.value) else np.asarray(second.value).ravel().tolist()
    return any(_compared("==", first.value, one) for one in many)


def _compared(sign: str, first: Datum, second: Datum) -> bool:
    if isinstance(first, str) != isinstance(second, str):
        # A number may stand in a header as a text.
        try:
            first, second = number_of(first), number_of(second)
        except ReadError:
            if sign in ("==", "!="):
                return sign == "!="
            raise
    if sign in ("==", "!="):
        same = np.array_equal(np.asarray(first), np.asarray(second))
        return same == (sign == "==")
    if not (isinstance(first, str | int | float) and isinstance(second, str | int | float)):
        raise ReadError("a list has no order", expected="one value", code="wrong-type")
    return bool(_ORDER[sign](first, second))


def _computed(sign: str, first: Held, second: Held) -> Held:
    left, right = numbers_of(first.value), numbers_of(second.value)
    many = isinstance(left, np.ndarray) or isinstance(right, np.ndarray)
    try:
        with np.errstate(divide="raise", invalid="raise", over="raise"):
            found = (np.power if many and sign == "**" else ARITHMETIC[sign])(left, right)
    except (ArithmeticError, ValueError) as error:
        raise ReadError(
            "cannot be computed",
            seen=f"{shortly(left)} {sign} {shortly(right)}"[:80],
            expected="a finite number",
            code="range",
        ) from error
    if isinstance(found, complex) or np.any(np.abs(found) > 1e300):
        raise ReadError("number too large", expected="at most 1e300", code="range")
    whole = isinstance(found, int) and abs(found) < 2**63
    value = found if whole or isinstance(found, np.ndarray) else float(found)
    return Held(value, _unit_of(sign, first.unit, second.unit))


def _unit_of(sign: str, first: str | None, second: str | None) -> str | None:
    if sign in ("*", "/") and second is not None:
        return units.product(first or "", second, 1 if sign == "*" else -1)
    return first if first is not None else second
