"""Values as the columns of the catalogue want them."""

import math
import re
from collections.abc import Callable

import numpy as np

from portal.errors import ReadError
from portal.mapping._held import Held, in_unit
from portal.mapping.functions import Datum, number_of
from portal.model.record import Value
from portal.model.region import parse_region
from portal.model.schema import Column

__all__ = ["PRODUCT_TYPES", "fitted", "in_column", "single"]

PRODUCT_TYPES = (
    "cube",
    "event",
    "image",
    "measurements",
    "sed",
    "spectrum",
    "timeseries",
    "visibility",
)
"""What ObsCore 1.1 allows for dataproduct_type."""

_RANGES = {
    "access_estsize": (0, 1e15),
    "calib_level": (0, 4),
    "em_max": (1e-20, 1e9),
    "em_min": (1e-20, 1e9),
    "em_res_power": (1e-3, 1e13),
    "s_dec": (-90, 90),
    "s_fov": (1e-15, 360),
    "s_ra": (0, 360),
    "s_resolution": (1e-12, 1.3e6),
    "t_exptime": (0, 1e12),
    "t_resolution": (0, 1e12),
}
_TIMES = ("t_max", "t_min")
_POLARISATION = re.compile(r"/(?:(?:I|Q|U|V|RR|LL|RL|LR|XX|YY|XY|YX|POLI|POLA)/)+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_FORMULA = re.compile(r"=|[@+-][^|]*\|")
"""What a spreadsheet that opens the table as CSV would run."""
_SCHEME = re.compile(r"[A-Za-z][\w+.-]*:")
_SCHEMES = ("ftp", "ftps", "gs", "http", "https", "s3", "sftp", "vos")
"""Of addresses that lead to another machine, and run nothing."""


def in_column(column: Column, held: Held, unit: str | None = None) -> Held:
    """The value in the unit of the column; a bare number is in `unit`, or else in that unit."""
    given = Held(held.value, held.unit or unit)
    text = column.type in ("string", "list<string>")
    return in_unit(given, column.unit) if given.unit and not text else given


def fitted(column: Column, value: Datum) -> Value:
    """`value`, in the unit of the column, as `column` holds it.

    Raises
    ------
    ReadError
        If it cannot be one, or is none that ObsCore allows.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if column.type == "string":
        return _text(column, value)
    if column.type == "list<string>":
        return _texts(value)
    number = _number(column, value)
    low, high = _RANGES.get(column.name, (-math.inf, math.inf))
    if not low <= number <= high:
        raise ReadError(
            "out of range", seen=f"{number:g}", expected=f"{low:g} to {high:g}", code="range"
        )
    if column.name in _TIMES and number > 2_000_000:
        raise ReadError(
            "not a date",
            seen=f"{number!r}, which looks like JD",
            expected="MJD (d)",
            way_out="subtract 2400000.5",
            code="range",
        )
    return number


def _number(column: Column, value: Datum) -> int | float:
    if isinstance(value, bool):
        raise ReadError("not a number", seen=str(value), expected="a number", code="wrong-type")
    number = number_of(single(value))
    if column.type.startswith("float"):
        return float(number)
    if number != int(number) or abs(number) >= 2 ** (31 if column.type == "int32" else 63):
        raise ReadError(
            "not a whole number", seen=repr(number), expected=column.type, code="wrong-type"
        )
    return int(number)


def _text(column: Column, value: Datum) -> str:
    value = single(value)
    if isinstance(value, bool):
        raise ReadError("not a text", seen=str(value), expected="a text", code="wrong-type")
    text = str(value)
    for name, wrong, what, expected, code in _WRONG:
        if name in ("", column.name) and wrong(text):
            raise ReadError(what, seen=repr(text[:60]), expected=expected, code=code)
    return text


def _no_address(text: str) -> bool:
    starts = tuple(f"{scheme}://" for scheme in _SCHEMES)
    return _SCHEME.match(text) is not None and not text.lower().startswith(starts)


_WRONG: tuple[tuple[str, Callable[[str], object], str, str, str], ...] = (
    ("", _CONTROL.search, "text with control characters", "a text without them", "wrong-type"),
    ("", _FORMULA.match, "formula of a spreadsheet", "a text that runs nothing", "wrong-type"),
    ("access_url", _no_address, "no address", f"a path, or {', '.join(_SCHEMES)}", "vocabulary"),
    (
        "dataproduct_type",
        lambda text: text not in PRODUCT_TYPES,
        "no type of product",
        ", ".join(PRODUCT_TYPES),
        "vocabulary",
    ),
    (
        "pol_states",
        lambda text: not _POLARISATION.fullmatch(text),
        "no list of states",
        "/I/Q/U/V/",
        "vocabulary",
    ),
    (
        "s_region",
        lambda text: parse_region(text) is None,
        "no footprint",
        "POLYGON ICRS ra dec ... or CIRCLE ICRS ra dec radius, in degrees",
        "vocabulary",
    ),
)
"""Of which column, '' for all, a text is wrong where; what to say, and the code."""


def _texts(value: Datum) -> list[str]:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    return [str(part) for part in value] if not isinstance(value, int | float) else [str(value)]


def single(value: Datum) -> Datum:
    """The one value of a list of one.

    Raises
    ------
    ReadError
        If there are more or none.
    """
    if isinstance(value, str | int | float):
        return value
    if len(value) == 1:
        one = value[0]
        return one.item() if isinstance(one, np.generic) else one
    raise ReadError(
        "not one value",
        seen=f"{len(value)} values",
        expected="one value",
        way_out="add an index to the rule, such as path[0], or take min(path) or max(path)",
        code="wrong-type",
    )
