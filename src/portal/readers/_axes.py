"""The axes of an observation: checked, in the units of the schema, with their edges."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from portal import units
from portal.errors import ReadError
from portal.model.header import Header
from portal.readers._findings import Findings
from portal.readers._text import describe

__all__ = ["Axis", "Floats", "read_axis", "read_floats"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Axis:
    """Centres along one axis and the outer edges of its first and last element; not to change.

    Parameters
    ----------
    centres : (element,)
        Strictly ascending or descending.
    low, high : scalar [as centres]
        Lower and upper edge; half an element beyond the outermost centres.
    """

    centres: Floats
    low: float
    high: float

    @property
    def span(self) -> float:
        """Length of the axis, from edge to edge [as centres]."""
        return self.high - self.low

    @cached_property
    def widths(self) -> Floats:
        """Width of each element [as centres], (element,)."""
        steps = np.abs(np.diff(self.centres))
        if not len(steps):
            return np.zeros(1)
        return np.concatenate((steps[:1], (steps[:-1] + steps[1:]) / 2, steps[-1:]))


def read_axis(
    header: Header, group: str, name: str, unit: str, findings: Findings, ascending: bool = False
) -> Axis | None:
    """The axis `name` [unit] of an observation, or None with a problem added."""
    centres = read_floats(header, group, name, unit, findings)
    if centres is None:
        return None
    made = _axis(centres.tobytes(), centres.shape, ascending)
    if isinstance(made, Axis):
        return made
    seen, expected = made
    findings.add("bad-axis", f"{group}/{name}: not an axis", seen, expected, "write the axis again")
    return None


@lru_cache(maxsize=256)
def _axis(raw: bytes, shape: tuple[int, ...], ascending: bool) -> Axis | tuple[str, str]:
    """The axis of these centres, or what was seen and what is expected.

    Remembered: the observations of a file, and often of a store, share their axes.
    """
    centres = np.frombuffer(raw, np.float64).reshape(shape)
    if centres.ndim != 1 or not len(centres):
        return f"shape {centres.shape}", "one dimension, at least one element"
    steps = np.diff(centres)
    if not np.isfinite(centres).all():
        return f"{int((~np.isfinite(centres)).sum())} values NaN or infinite", "numbers"
    if not ((steps > 0).all() or (not ascending and (steps < 0).all())):
        if ascending:
            return "values that turn back or repeat", "values that ascend"
        return "values that turn back", "values that ascend or descend"
    return Axis(centres, *_edges(centres))


def read_floats(
    header: Header, group: str, name: str, unit: str, findings: Findings
) -> Floats | None:
    """Values of the dataset `name` of `group` in `unit`, or None with a problem added."""
    path = f"{group}/{name}"
    dataset = header.datasets.get(path)
    if dataset is None:
        below = [p.removeprefix(f"{group}/") for p in header.datasets if p.startswith(f"{group}/")]
        findings.missing("dataset", [name], group, below)
        return None
    if np.dtype(dataset.dtype).kind not in "iuf":
        findings.add(
            "wrong-type",
            f"{path}: not numbers",
            dataset.dtype,
            "numbers such as <f8",
            "write it as the page on the data format says",
        )
        return None
    try:
        values = header.values(path).astype(np.float64)
        factor = unit_factor(header, path, unit, findings)
        return values if factor == 1 else values * factor
    except ReadError as error:
        findings.add_error(error, path)
        return None


def unit_factor(header: Header, path: str, unit: str, findings: Findings) -> float:
    """Number of `unit` in one unit of the dataset at `path`; raises as `units.factor`."""
    given = header.datasets[path].attrs.get("unit")
    if given is None:
        findings.add(
            "missing-unit",
            f"{path}: no unit",
            "no attribute unit",
            unit,
            f"write its attribute unit; the values were taken as {unit}",
            "warning",
        )
        return 1.0
    return units.factor(given if isinstance(given, str) else describe(given), unit)


def _edges(centres: Floats) -> tuple[float, float]:
    ends = [float(centres[0]), float(centres[-1])]
    if len(centres) > 1:
        ends[0] -= float(centres[1] - centres[0]) / 2
        ends[1] += float(centres[-1] - centres[-2]) / 2
    return min(ends), max(ends)
