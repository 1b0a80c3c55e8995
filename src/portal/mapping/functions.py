"""The functions of the mapping language; none reads or runs anything but its arguments."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from portal.errors import ReadError
from portal.mapping import _astronomy

if TYPE_CHECKING:
    from re import Pattern

__all__ = [
    "FUNCTIONS",
    "Datum",
    "Function",
    "Type",
    "compiled",
    "number_of",
    "numbers_of",
    "shortly",
]

Datum: TypeAlias = (
    str | int | float | bool | Sequence[str | int | float | bool] | npt.NDArray[np.generic]
)
Type: TypeAlias = Literal["text", "number", "flag", "list", "any"]
_LARGEST = 100_000
"""Characters of a text that a function may make."""


@dataclass(frozen=True, slots=True)
class Function:
    """One function.

    Parameters
    ----------
    parameters
        Types of its arguments.
    returns
        Type of its value.
    call
        What it does with the bare arguments; none of them is null.
    meaning
        One sentence.
    optional
        How many of the last arguments may be left out.
    many
        Whether the last one may be repeated.
    unit
        ``none``: arguments are pure; ``same``: arguments and value share a unit; ``spectral``:
        the value is a wavelength in metres; otherwise the unit of the value.
    """

    parameters: tuple[Type, ...]
    returns: Type
    call: Callable[..., Datum | None]
    meaning: str
    optional: int = 0
    many: bool = False
    unit: str = "none"

    def takes(self, count: int) -> bool:
        """Whether it can be called with so many arguments."""
        least = len(self.parameters) - self.optional
        return count >= least and (self.many or count <= len(self.parameters))

    def type_of(self, place: int) -> Type:
        """Type of an argument."""
        return self.parameters[min(place, len(self.parameters) - 1)]

    @property
    def of_each(self) -> bool:
        """Whether it takes a number, and of many numbers gives as many."""
        return self.parameters[0] == "number"

    def signature(self, name: str) -> str:
        """How it is written, such as ``round(number, number?)``."""
        least = len(self.parameters) - self.optional
        shown = [f"{kind}{'?' if i >= least else ''}" for i, kind in enumerate(self.parameters)]
        return f"{name}({', '.join(shown)}{', ...' if self.many else ''})"


def number_of(value: object) -> int | float:
    """`value` as a finite number, also where a header has it as a text.

    Raises
    ------
    ReadError
        If it is none.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return value
    if isinstance(value, str):
        found = _astronomy.number(value)
        if found is not None:
            return found
    raise ReadError(
        "not a number", seen=shortly(value), expected="a finite number", code="wrong-type"
    )


def numbers_of(value: Datum) -> int | float | npt.NDArray[np.float64]:
    """`number_of`, of each where there are many; those that are NaN or infinite become NaN.

    Raises
    ------
    ReadError
        If something in it is no number.
    """
    if isinstance(value, np.ndarray) and value.dtype.kind in "iuf":
        return np.where(np.isfinite(value), value, np.nan).astype(float)
    if isinstance(value, list | tuple):
        return np.array([number_of(one) if one == one else np.nan for one in value], float)
    return number_of(value)


def shortly(value: object, length: int = 60) -> str:
    """A value in a few words for a message: of many only their number."""
    if isinstance(value, np.ndarray) and value.size != 1:
        return f"{value.size} values"
    return f"{len(value)} values" if isinstance(value, list) else repr(value)[:length]


@lru_cache(maxsize=256)
def compiled(pattern: str) -> "Pattern[str]":
    """A regular expression that takes time in proportion to the text, whatever it says.

    Raises
    ------
    ReadError
        If it is none that RE2 understands.
    """
    import re2

    options = re2.Options()
    options.max_mem = 1 << 20
    options.log_errors = False
    try:
        made: Pattern[str] = re2.compile(pattern, options)
    except (re2.error, UnicodeEncodeError) as error:
        raise ReadError(
            "pattern that cannot be used",
            seen=repr(pattern[:60]),
            expected="a regular expression of RE2: without look-around and back-references",
            code="bad-pattern",
        ) from error
    return made


def _find(text: str, pattern: str) -> str | None:
    found = compiled(pattern).search(text)
    if found is None:
        return None
    return found[1] if found.re.groups else found[0]


def _split(text: str, separator: str) -> list[str]:
    return text.split(separator) if separator else text.split()


def _replace(text: str, old: str, new: str) -> str:
    if len(text) + text.count(old) * len(new) > _LARGEST:
        raise _too_long()
    return text.replace(old, new)


def _join(parts: Sequence[object], separator: str) -> str:
    if sum(len(str(part)) + len(separator) for part in parts) > _LARGEST:
        raise _too_long()
    return separator.join(str(part) for part in parts)


def _too_long() -> ReadError:
    return ReadError("text too long", expected=f"at most {_LARGEST} characters", code="too-large")


def _numbers(*values: Datum) -> npt.NDArray[np.float64]:
    """All numbers among the arguments and in their lists, but those that are NaN or infinite."""
    parts = [
        np.asarray(value, float).ravel()
        if isinstance(value, np.ndarray)
        else np.array([number_of(one) for one in _listed(value) if one == one], float)
        for value in values
    ]
    joined = np.concatenate(parts)
    finite: npt.NDArray[np.float64] = joined[np.isfinite(joined)]
    return finite


def _listed(value: Datum) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else [value]


def _of(fold: Callable[[npt.NDArray[np.float64]], float]) -> Callable[..., float | None]:
    def folded(*values: Datum) -> float | None:
        found = _numbers(*values)
        return float(fold(found)) if found.size else None

    return folded


def _each(call: Callable[..., float]) -> Callable[..., Datum]:
    """`call` for one number or for each of many; of NaN it is NaN."""

    def applied(value: float | npt.NDArray[np.float64], *others: float) -> Datum:
        if not isinstance(value, np.ndarray):
            return call(value, *others)
        found = [call(one, *others) if one == one else one for one in value.ravel().tolist()]
        return np.array(found, float).reshape(value.shape)

    return applied


def _round(value: float, digits: float = 0) -> float:
    return round(value, max(-20, min(20, int(digits)))) if digits else round(value)


def _size(value: Datum) -> int:
    return int(value.size) if isinstance(value, np.ndarray) else len(_listed(value))


FUNCTIONS: dict[str, Function] = {
    "abs": Function(("number",), "number", _each(abs), "Without its sign.", unit="same"),
    "column": Function(
        ("text", "any"),
        "list",
        lambda *_: None,
        "The values of a column of the table of the product, or of that in another HDU.",
        optional=1,
    ),
    "degrees": Function(
        ("text",),
        "number",
        _astronomy.degrees,
        "An angle written as degrees, minutes and seconds, such as '-00 12 30.5'.",
        unit="deg",
    ),
    "find": Function(
        ("text", "text"),
        "text",
        _find,
        "What the regular expression finds, or what its first group does; null for nothing.",
    ),
    "hours": Function(
        ("text",),
        "number",
        _astronomy.hours,
        "An angle written as hours, minutes and seconds, such as '05:35:17.3'.",
        unit="deg",
    ),
    "join": Function(
        ("list", "text"), "text", _join, "The parts of a list with the second text between them."
    ),
    "log10": Function(("number",), "number", _each(math.log10), "Decimal logarithm."),
    "lower": Function(("text",), "text", str.lower, "In small letters."),
    "matches": Function(
        ("text", "text"),
        "flag",
        lambda text, pattern: compiled(pattern).search(text) is not None,
        "Whether the regular expression finds anything.",
    ),
    "max": Function(("any",), "number", _of(np.max), "The largest number.", many=True, unit="same"),
    "mean": Function(
        ("any",), "number", _of(np.mean), "The mean of numbers.", many=True, unit="same"
    ),
    "median": Function(
        ("any",), "number", _of(np.median), "The median of numbers.", many=True, unit="same"
    ),
    "min": Function(
        ("any",), "number", _of(np.min), "The smallest number.", many=True, unit="same"
    ),
    "mjd": Function(
        ("text",),
        "number",
        _astronomy.mjd,
        "The modified Julian date of a date as FITS has it, such as '2015-10-12T03:20:00'.",
        unit="d",
    ),
    "number": Function(("any",), "number", number_of, "A text as a number."),
    "replace": Function(
        ("text", "text", "text"), "text", _replace, "With the second text replaced by the third."
    ),
    "round": Function(
        ("number", "number"),
        "number",
        _each(_round),
        "Rounded to so many digits after the point, or to a whole number.",
        optional=1,
        unit="same",
    ),
    "size": Function(
        ("any",), "number", _size, "How many values a dataset, a column or a list has."
    ),
    "split": Function(
        ("text", "text"), "list", _split, "The parts of a text between the separators."
    ),
    "sqrt": Function(("number",), "number", _each(math.sqrt), "Square root."),
    "strip": Function(("text",), "text", str.strip, "Without blanks at both ends."),
    "text": Function(("any",), "text", str, "A number as a text."),
    "title": Function(("text",), "text", str.title, "Each word with a capital letter."),
    "upper": Function(("text",), "text", str.upper, "In capitals."),
    "vacuum": Function(
        ("number",),
        "number",
        _astronomy.vacuum,
        "The vacuum wavelength of one measured in air.",
        unit="spectral",
    ),
    "wavelength": Function(
        ("number",),
        "number",
        _astronomy.wavelength,
        "The wavelength of a frequency, an energy or a wave number with its unit.",
        unit="spectral",
    ),
}
"""By name; the page on the language documents each."""
