"""Products as bins of data on four axes: two of the sky, wavelength and time (4DBIN).

Of each axis the description says how many bins there are, and the centre and the width of all of
them together; ObsCore says the same by limits. One goes over into the other without loss: where
no two numbers of double precision give both limits to the last bit, the limits are told as well.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["AXES", "Bins", "Json", "bins_of", "described", "limits_of"]

Json: TypeAlias = "str | float | bool | list[Json] | dict[str, Json] | None"

AXES = ("x", "y", "em", "t")
_UNITS = {"x": "deg", "y": "deg", "em": "m", "t": "d"}
_STEPS = 3
_CALIBRATED = 2
"""Calibration level of ObsCore from which values are physical."""


@dataclass(frozen=True, slots=True)
class Bins:
    """The bins along one axis together.

    Parameters
    ----------
    centre, width
        Of all bins together, in the unit of the axis.
    limits
        First and last edge, where `centre` and `width` do not give them to the last bit.
    """

    centre: float
    width: float
    limits: tuple[float, float] | None = None


def bins_of(low: float, high: float) -> Bins:
    """The bins between the limits `low` and `high`, without loss."""
    centre, width = low + (high - low) / 2, high - low
    for moved in _near(centre):
        for wide in _near(width):
            if moved - wide / 2 == low and moved + wide / 2 == high:
                return Bins(moved, wide)
    return Bins(centre, width, (low, high))


def limits_of(bins: Bins) -> tuple[float, float]:
    """The limits that `bins_of` was given, to the last bit."""
    if bins.limits is not None:
        return bins.limits
    return bins.centre - bins.width / 2, bins.centre + bins.width / 2


def _near(value: float) -> list[float]:
    """`value`, and the numbers next to it."""
    found = [value]
    down = up = value
    for _ in range(_STEPS):
        down, up = math.nextafter(down, -math.inf), math.nextafter(up, math.inf)
        found += [down, up]
    return found


def described(row: Mapping[str, object], filters: str | None = None) -> dict[str, Json]:
    """The description of a product.

    Parameters
    ----------
    row
        A row of observations, with the columns of ObsCore.
    filters
        The filter that its light went through, where it is known.
    """
    kind, level = row["dataproduct_type"], row["calib_level"]
    attributes = ("target_name", "facility_name", "instrument_name", "pol_states", "access_url")
    return {
        "id": _text(row["obs_publisher_did"]),
        "class": f"4DBIN.{kind}" if kind else "4DBIN",
        "calibrated": isinstance(level, int) and level >= _CALIBRATED,
        # Bins of equal widths in a file are counted; here only their common limits are known.
        "indexing": "ordinal",
        "axes": {name: _axis(name, row) for name in AXES},
        "value": {"ucd": _text(row["o_ucd"])},
        "filter": filters,
        "background": None,
        "uncertainties": None,
        "attributes": {name: _text(row[name]) for name in attributes if row[name] is not None},
    }


def _axis(name: str, row: Mapping[str, object]) -> Json:
    if name in ("x", "y"):
        place, count = ("s_ra", "s_xel1") if name == "x" else ("s_dec", "s_xel2")
        found: Json = _told(_number(row[place]), _number(row["s_fov"]))
    else:
        count = f"{name}_xel"
        low, high = _number(row[f"{name}_min"]), _number(row[f"{name}_max"])
        found = None if low is None or high is None else _bins(bins_of(low, high))
    said: dict[str, Json] = {"unit": _UNITS[name], "bins": _number(row[count])}
    return said | (found if isinstance(found, dict) else {})


def _told(centre: float | None, width: float | None) -> Json:
    told: dict[str, Json] = {"centre": centre, "width": width}
    return {key: value for key, value in told.items() if value is not None}


def _bins(bins: Bins) -> Json:
    told: dict[str, Json] = {"centre": bins.centre, "width": bins.width}
    return told if bins.limits is None else told | {"limits": list(bins.limits)}


def _number(value: object) -> float | int | None:
    return value if isinstance(value, int | float) and math.isfinite(value) else None


def _text(value: object) -> str | None:
    return None if value is None else str(value)
