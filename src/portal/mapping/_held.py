"""Values with their units, as expressions hand them on."""

import math
import re
from typing import NamedTuple, TypeGuard

import numpy as np

from portal import units
from portal.errors import ReadError
from portal.mapping.functions import Datum, number_of

__all__ = ["Held", "bare", "in_unit", "is_list", "measured", "plain"]

_LONGEST = 100_000
"""Characters of a text that are looked at."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""Characters that move the cursor of a terminal and end lines of tables."""


class Held(NamedTuple):
    """A value and its unit; None for a bare one."""

    value: Datum
    unit: str | None = None


def plain(value: object) -> Datum | None:
    """What a file gave, as a value of the language; None for blank text and for no number."""
    if isinstance(value, np.ndarray):
        return plain(value.item()) if value.size == 1 else value if value.size else None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if isinstance(value, str):
        return _CONTROL.sub(" ", value[:_LONGEST]).strip() or None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list | tuple):
        return [str(one) if isinstance(one, bytes) else one for one in value]
    if value is None or isinstance(value, bool | int):
        return value
    raise ReadError(
        "value of a kind that rules do not know",
        seen=type(value).__name__,
        expected="text, numbers, true or false",
        code="wrong-type",
    )


def bare(value: object) -> Datum | None:
    """`plain` of what a source gave, without its unit."""
    return plain(value.value if isinstance(value, Held) else value)


def is_list(value: object) -> TypeGuard[list[str | int | float | bool]]:
    """Whether it is a list that is no array."""
    return isinstance(value, list)


def measured(held: Held) -> Datum:
    """The number or numbers, also where they stand as text.

    Raises
    ------
    ReadError
        If something in it is no number.
    """
    value = held.value
    if isinstance(value, np.ndarray):
        return value
    return [number_of(one) for one in value] if is_list(value) else number_of(value)


def in_unit(held: Held, unit: str | None) -> Held:
    """The same in another unit; unchanged where either has none."""
    if unit is None or held.unit is None or held.unit == unit:
        return held
    factor, back = units.factor(held.unit, unit), units.factor(unit, held.unit)
    value = measured(held)
    number = number_of(value) if isinstance(value, int | float) else np.asarray(value, float)
    # 3700 / 1e10 is 3.7e-7; 3700 * 1e-10 is not.
    whole = round(back) if 1 < back < 1e15 else 0
    close = whole > 0 and abs(back - whole) < 1e-12 * back
    return Held(number / whole if close else number * factor, unit)
