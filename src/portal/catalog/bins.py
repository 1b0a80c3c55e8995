"""Products as bins of data on four axes: two of the sky, wavelength and time (4DBIN).

Of each axis the description says how many bins there are, and the centre and the width of all of
them together; ObsCore says the same by limits. One goes over into the other without loss: where
no two numbers of double precision give both limits to the last bit, the limits are told as well.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from portal.catalog.sides import sides_of

__all__ = ["AXES", "TOLD", "Bins", "Json", "bins_of", "described", "limits_of"]

Json: TypeAlias = "str | float | bool | list[Json] | dict[str, Json] | None"

AXES = ("x", "y", "em", "t")
TOLD = ("o_unit", "filters", "indexed_axes", "background", "uncertainty")
"""Columns of observations beyond those of ObsCore that the description is made of."""
_ATTRIBUTES = ("target_name", "facility_name", "instrument_name", "pol_states", "access_url")
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


def described(row: Mapping[str, object]) -> dict[str, Json]:
    """The description of a product.

    Parameters
    ----------
    row
        A row of observations, with the columns of ObsCore and `TOLD`.
    """
    kind, level = row["dataproduct_type"], row["calib_level"]
    indexed = str(row["indexed_axes"] or "").split()
    return {
        "id": _text(row["obs_publisher_did"]),
        "class": f"4DBIN.{kind}" if kind else "4DBIN",
        "calibrated": isinstance(level, int) and level >= _CALIBRATED,
        "indexing": "array" if indexed else "ordinal",
        "axes": {name: _axis(name, row, indexed) for name in AXES},
        "value": {"ucd": _text(row["o_ucd"]), "unit": _text(row["o_unit"])},
        "filter": _text(row["filters"]),
        "background": _text(row["background"]),
        "uncertainties": _uncertainties(_text(row["uncertainty"])),
        "attributes": {name: _text(row[name]) for name in _ATTRIBUTES if row[name] is not None},
    }


def _uncertainties(place: str | None) -> Json:
    """Where they stand, and what they are by the name that they have there."""
    if place is None:
        return None
    name = place.lower()
    if "ivar" in name or "invvar" in name:
        kind = "inverse variance"
    else:
        kind = "variance" if "var" in name or name.endswith("stat") else "standard deviation"
    return {"at": place, "kind": kind}


def _axis(name: str, row: Mapping[str, object], indexed: Sequence[str]) -> Json:
    if name in ("x", "y"):
        place, count = ("s_ra", "s_xel1") if name == "x" else ("s_dec", "s_xel2")
        width = _sides(row)[0 if name == "x" else 1]
        found = _told(_number(row[place]), width)
    else:
        count = f"{name}_xel"
        low, high = _number(row[f"{name}_min"]), _number(row[f"{name}_max"])
        found = {} if low is None or high is None else _bins(bins_of(low, high))
    said: dict[str, Json] = {
        "unit": _UNITS[name],
        "bins": _number(row[count]),
        "indexing": "array" if name in indexed else "ordinal",
    }
    return said | found


def _sides(row: Mapping[str, object]) -> tuple[float | None, float | None]:
    counts = (_number(row["s_xel1"]), _number(row["s_xel2"]))
    found = sides_of(_text(row["s_region"]), _number(row["s_fov"]), counts)
    return found or (None, None)


def _told(centre: float | None, width: float | None) -> dict[str, Json]:
    told: dict[str, Json] = {"centre": centre, "width": width}
    return {key: value for key, value in told.items() if value is not None}


def _bins(bins: Bins) -> dict[str, Json]:
    told: dict[str, Json] = {"centre": bins.centre, "width": bins.width}
    return told if bins.limits is None else told | {"limits": list(bins.limits)}


def _number(value: object) -> float | int | None:
    return value if isinstance(value, int | float) and math.isfinite(value) else None


def _text(value: object) -> str | None:
    return None if value is None else str(value)
