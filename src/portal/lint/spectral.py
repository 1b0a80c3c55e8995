"""The spectral axis: vacuum wavelengths in metres that are possible and agree with one another."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy.spatial import KDTree

from portal.fits.air import vacuum_of_air
from portal.lint._telling import tell
from portal.lint._terms import NULL, alone
from portal.lint._view import Floats, Mask, View
from portal.lint.base import Finding, Rule

__all__ = ["CHECK", "Spectral"]

_LIMITS = ("em_min", "em_max")
_LONGEST, _LONGEST_RADIO = 100, 1e7
"""[m]; longer waves do not pass the ionosphere, but spacecraft receive them (30 Hz is 1e7 m)."""
_SHORTEST = 1e-22
"""[m]; shorter than any gamma ray that was seen (1e16 eV is 1e-22 m)."""
_SAME = 1e-6
"""Of two wavelengths, apart by less than this part: far below the refraction of air (2.8e-4)."""
_GAPS = 1000
"""Resolution elements in the mean distance of bins beyond which they are not of one product."""
_AIR_WINDOW = (2e-7, 2e-6)
"""[m]; where tables of lines are given in air."""


class Spectral:
    """Looks at em_min, em_max, em_res_power and em_xel together."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Limits, and what they are of."""
        return tuple(_bands())

    def findings(self, view: View) -> Iterator[Finding]:
        """Wavelengths in air, which only other rows can tell."""
        yield from _air(view)


def _bands() -> Iterator[Rule]:
    yield Rule(
        "em-order",
        "em_min",
        "em_min > em_max",
        "em_min not above em_max",
        "exchange them: the limits are wavelengths, not frequencies",
        also="em_max",
    )
    vacuum = "a vacuum wavelength in metres"
    radio = "known(o_ucd) and matches(o_ucd, 'radio')"
    for name in ("em_min", "em_max"):
        yield Rule(
            "em-not-positive",
            name,
            f"known({name}) and not {name} > 0",
            "a wavelength above 0 m",
            NULL,
        )
        yield Rule("em-unit", name, f"0 < {name} < {_SHORTEST}", vacuum, "convert the unit to m")
        long = f"{name} > {_LONGEST} and not ({radio} and {name} < {_LONGEST_RADIO})"
        for high, guess in (("> 1e6", "a frequency in Hz"), ("<= 1e6", "nanometres or angstroms")):
            yield Rule(
                "em-unit",
                name,
                f"{long} and largest({name}) {high}",
                f"{vacuum} (this looks like {guess})",
                "convert it to a vacuum wavelength in m",
            )
        yield Rule(
            "em-infinite", name, f"known({name}) and infinite({name})", "a number", "leave it empty"
        )
    for one, other in (("em_min", "em_max"), ("em_max", "em_min")):
        yield Rule(
            "em-alone", one, alone(one, other), "both limits or none", "give the other limit too"
        )
    yield Rule(
        "em-no-width",
        "em_max",
        "em_xel > 1 and em_min == em_max",
        "a range as wide as its channels",
        "give the outer edges of the first and last channel",
        also="em_xel",
    )
    yield Rule(
        "em-res-power",
        "em_res_power",
        "known(em_res_power) and not em_res_power >= 0.1",
        "wavelength over resolution, at least 1",
        "divide the wavelength by the resolution: this looks like a width",
        also="em_min",
    )
    yield Rule(
        "em-res-power",
        "em_res_power",
        "0.1 <= em_res_power < 1",
        "wavelength over resolution, rarely below 1",
        "look whether it is resolution over wavelength",
        "warning",
        "em_min",
    )
    # Bins that are told may leave gaps between them, but no such ones.
    yield Rule(
        "res-power-above-bins",
        "em_res_power",
        f"em_xel > 1 and em_res_power * (em_max - em_min) > {_GAPS} * em_xel * em_max",
        "a resolution not far below the width of a bin",
        "look at em_res_power and em_xel: they are not of one product",
        "warning",
        "em_xel",
    )
    yield Rule(
        "em-res-power",
        "em_res_power",
        "em_res_power > 1e11",
        "wavelength over resolution",
        "divide the wavelength by the resolution: this looks like a frequency",
    )


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
