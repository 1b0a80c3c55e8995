"""The spectral axis: vacuum wavelengths in metres that are possible and agree with one another."""

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy.spatial import KDTree

from portal.fits.air import vacuum_of_air
from portal.lint._telling import tell
from portal.lint._view import Floats, Mask, View
from portal.lint.base import Finding

__all__ = ["CHECK", "RADIO", "Spectral"]

RADIO = re.compile(r".*em\.radio.*")
"""An o_ucd that says radio."""
_LONGEST, _LONGEST_RADIO = 100.0, 1e7
"""[m]; longer waves do not pass the ionosphere, but spacecraft receive them (30 Hz is 1e7 m)."""
_SHORTEST = 1e-22
"""[m]; shorter than any gamma ray that was seen (1e16 eV is 1e-22 m)."""
_LIMITS = ("em_min", "em_max")
_SAME = 1e-6
"""Of two wavelengths, apart by less than this part: far below the refraction of air (2.8e-4)."""
_AIR_WINDOW = (2e-7, 2e-6)
"""[m]; where tables of lines are given in air."""


class Spectral:
    """Looks at em_min, em_max, em_res_power and em_xel together."""

    def findings(self, view: View) -> Iterator[Finding]:
        """Row by row."""
        low, high = (view.number(name) for name in _LIMITS)
        yield from tell(
            view, "em-order", "em_min", low > high, "em_min not above em_max",
            "exchange them: the limits are wavelengths, not frequencies", also="em_max",
        )  # fmt: skip
        for name in _LIMITS:
            yield from _possible(view, name)
        yield from _alone(view)
        yield from _power(view)
        yield from _air(view)


def _possible(view: View, name: str) -> Iterator[Finding]:
    values = view.number(name)
    yield from tell(
        view, "em-not-positive", name, view.known(name) & ~(values > 0), "a wavelength above 0 m",
        "leave it empty where it is not known",
    )  # fmt: skip
    short = (values > 0) & (values < _SHORTEST)
    yield from tell(
        view, "em-unit", name, short, "a vacuum wavelength in metres", "convert the unit to m"
    )
    radio = np.array([bool(text and RADIO.fullmatch(text)) for text in view.text("o_ucd")], bool)
    long = (values > _LONGEST) & ~(radio & (values < _LONGEST_RADIO))
    yield from tell(
        view, "em-unit", name, long, f"a vacuum wavelength in metres{_guess(values)}",
        "convert it to a vacuum wavelength in m",
    )  # fmt: skip
    stated = view.known(name) & np.isinf(values)
    yield from tell(view, "em-infinite", name, stated, "a number", "leave it empty")


def _guess(values: Floats) -> str:
    largest = np.nanmax(values, initial=0)
    if largest > 1e6:
        return " (this looks like a frequency in Hz)"
    return " (this looks like nanometres or angstroms)" if largest > _LONGEST else ""


def _alone(view: View) -> Iterator[Finding]:
    known = [view.known(name) for name in _LIMITS]
    for name, wrong in zip(_LIMITS, (~known[0] & known[1], known[0] & ~known[1]), strict=True):
        if view.column(name) is not None:
            yield from tell(
                view, "em-alone", name, wrong, "both limits or none", "give the other limit too"
            )
    counts = view.number("em_xel")
    wrong = (counts > 1) & (view.number("em_min") == view.number("em_max"))
    yield from tell(
        view, "em-no-width", "em_max", wrong, "a range as wide as its channels",
        "give the outer edges of the first and last channel", also="em_xel",
    )  # fmt: skip


def _power(view: View) -> Iterator[Finding]:
    power = view.number("em_res_power")
    yield from tell(
        view, "em-res-power", "em_res_power", view.known("em_res_power") & ~(power >= 0.1),
        "wavelength over resolution, at least 1",
        "divide the wavelength by the resolution: this looks like a width", also="em_min",
    )  # fmt: skip
    yield from tell(
        view, "em-res-power", "em_res_power", (power >= 0.1) & (power < 1),
        "wavelength over resolution, rarely below 1",
        "look whether it is resolution over wavelength", severity="warning", also="em_min",
    )  # fmt: skip
    yield from tell(
        view, "em-res-power", "em_res_power", power > 1e11, "wavelength over resolution",
        "divide the wavelength by the resolution: this looks like a frequency",
    )  # fmt: skip


def _air(view: View) -> Iterator[Finding]:
    """Products of one observation whose limits differ by the refraction of air."""
    names: dict[str, int] = {}
    texts = view.text("obs_id")
    groups = np.array([names.setdefault(text, len(names)) if text else -1 for text in texts], int)
    limits = np.stack([view.number(name) for name in _LIMITS])
    inside = ((limits > _AIR_WINDOW[0]) & (limits < _AIR_WINDOW[1])).all(axis=0) & (groups >= 0)
    inside[inside] = np.bincount(groups[inside])[groups[inside]] > 1
    wrong = np.zeros(len(view), bool)
    wrong[inside] = _in_air(limits[:, inside], groups[inside])
    yield from tell(
        view, "em-air", "em_min", wrong,
        "vacuum wavelengths; another product of this observation has the same limits in vacuum",
        "convert air wavelengths to vacuum", also="em_max",
    )  # fmt: skip


def _in_air(limits: Floats, groups: npt.NDArray[np.int_]) -> Mask:
    """(product,) those whose limits (limit, product) [m], taken as air, are another's in vacuum.

    Products are compared within their groups (product,).
    """
    if not len(groups):
        return np.zeros(0, bool)
    # One tree for all groups: their numbers are an axis along which they are far apart.
    there = KDTree(np.vstack([np.log(limits), groups]).T)
    vacuum = np.vstack([np.log(vacuum_of_air(limits)), groups]).T
    away, _ = there.query(vacuum, distance_upper_bound=_SAME, p=np.inf)
    return np.asarray(np.isfinite(away))


CHECK = Spectral()
