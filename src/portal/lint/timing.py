"""Times: days of the Modified Julian Date, seconds of exposure, and the two at one."""

from collections.abc import Iterator

import numpy as np

from portal.lint._telling import tell
from portal.lint._view import Floats, Mask, View
from portal.lint.base import Finding, Severity

__all__ = ["CHECK", "Timing"]

_DAY = 86400.0
_EARLIEST, _LATEST = 0.0, 88069.0
"""1858-11-17, before any photograph of a star's spectrum that is kept as data, and 2100-01-01."""
_WORDS = ("t_min", "t_max")
_UNITS = {"minutes": 60.0, "hours": 3600.0, "days": _DAY, "milliseconds": 1e-3}
_EQUAL, _CLOSE = 0.002, 0.02
"""Part by which an exposure in another unit differs from the span; wider ones may be by chance."""


class Timing:
    """Looks at the columns that begin with t_."""

    def findings(self, view: View) -> Iterator[Finding]:
        """Row by row."""
        for name in _WORDS:
            yield from _moments(view, name)
        start, end = (view.number(name) for name in _WORDS)
        yield from tell(
            view, "t-order", "t_min", start > end, "t_min not after t_max", "exchange them",
            also="t_max",
        )  # fmt: skip
        known = [view.known(name) for name in _WORDS]
        for name, wrong in zip(_WORDS, (~known[0] & known[1], known[0] & ~known[1]), strict=True):
            if view.column(name) is not None:
                yield from tell(
                    view, "t-alone", name, wrong, "both t_min and t_max or none",
                    "give the other one too", severity="warning",
                )  # fmt: skip
        yield from _exposures(view, (end - start) * _DAY)


def _moments(view: View, name: str) -> Iterator[Finding]:
    values = view.number(name)
    odd = view.known(name) & ~((values > _EARLIEST) & (values < _LATEST))
    julian = (values > 2_400_000.5 + _EARLIEST) & (values < 2_400_000.5 + _LATEST)
    seconds = values > 1e7
    year = (values >= 1850) & (values < 2100)
    yield from tell(
        view, "t-is-jd", name, odd & julian, "MJD (d)",
        "subtract 2400000.5: this looks like JD",
    )  # fmt: skip
    yield from tell(
        view, "t-is-seconds", name, odd & seconds, "MJD (d)",
        "convert it to MJD: this looks like seconds",
    )  # fmt: skip
    yield from tell(
        view, "t-is-year", name, year, "MJD (d)", "convert it to MJD: this looks like a year"
    )
    yield from tell(
        view, "t-range", name, odd & ~julian & ~seconds, "MJD (d), from 1858 to 2100",
        "convert the date to MJD, or leave it empty",
    )  # fmt: skip


def _exposures(view: View, spans: Floats) -> Iterator[Finding]:
    exposure, resolution = view.number("t_exptime"), view.number("t_resolution")
    for name, values in (("t_exptime", exposure), ("t_resolution", resolution)):
        yield from tell(
            view, "exposure-range", name, view.known(name) & ~((values >= 0) & (values < 1e10)),
            "seconds, above 0", "leave it empty where it is not known",
        )  # fmt: skip
        yield from tell(
            view, "exposure-zero", name, values == 0, "seconds, above 0 but for a bias",
            "leave it empty where it is not known", severity="warning",
        )  # fmt: skip
    told: Mask = np.zeros(len(view), bool)
    for unit, factor in _UNITS.items():
        away = np.where(spans > 0, np.abs(exposure * factor / spans - 1), np.inf)
        for wrong, severity in _graded(away, told):
            yield from tell(
                view, f"exposure-in-{unit}", "t_exptime", wrong, "seconds, as t_max - t_min tells",
                f"multiply it by {factor:g}: this looks like {unit}", severity=severity,
            )  # fmt: skip
        told |= away < _CLOSE
    # A sum over detectors or telescopes may exceed the span, but not by much.
    longer = (exposure > 10 * np.maximum(spans, 1)) & view.known("t_max") & ~told
    yield from tell(
        view, "exposure-longer", "t_exptime", longer, "no more than t_max - t_min",
        "look at units and dates", severity="warning", also="t_max",
    )  # fmt: skip
    coarse = resolution > 1.01 * np.fmax(exposure, spans)
    yield from tell(
        view, "resolution-longer", "t_resolution", coarse, "no longer than the exposure",
        "give it in seconds", severity="warning", also="t_exptime",
    )  # fmt: skip


def _graded(away: Floats, told: Mask) -> tuple[tuple[Mask, Severity], ...]:
    near = (away < _CLOSE) & ~told
    return (near & (away < _EQUAL), "error"), (near & ~(away < _EQUAL), "warning")


CHECK = Timing()
