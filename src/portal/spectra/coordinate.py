"""What a spectral coordinate is: from its name, its unit and the numbers themselves."""

import math
import re
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from portal.fits.units import fits_unit, quantity_factor
from portal.model.cell import DERIVED, INFERRED, Origin
from portal.spectra.wavelength import SI, VELOCITIES, Quantity, wavelength

__all__ = [
    "Band",
    "Scale",
    "band_between",
    "based",
    "bracketed",
    "named",
    "scale_of",
    "scaled",
    "unit_quantity",
]

_STANDARD: dict[str, Quantity] = {
    "WAVE": "wavelength",
    "AWAV": "air",
    "FREQ": "frequency",
    "ENER": "energy",
    "WAVN": "wavenumber",
    "VRAD": "radio",
    "VOPT": "optical",
    "ZOPT": "redshift",
    "VELO": "relativistic",
    "BETA": "beta",
    "FELO": "optical",
}
"""Codes of FITS paper III, and FELO of AIPS."""

_NAMES: dict[Quantity, str] = {
    "wavelength": """wavelength wavelengths wavel wavelen wlen wave waves wav wvl wl lambda lambdas
    lam lamb lbda waveobs lamobs vacwave wavedata waveab wavea waveb wavec loglam
    loglambda logwave logwavelength logwl lnlam lnwave lnlambda""",
    "air": "awav airwave",
    "frequency": "freq frequency frequencies nu",
    "energy": "energy energies ener",
    "wavenumber": "wavenumber wavenumbers wavenum wavn",
    "radio": "velocity velo vel vlsr vlsrk vrad vhelio vhel vbary",
    "optical": "vopt",
}
_WORDS = {word: quantity for quantity, words in _NAMES.items() for word in words.split()}
_BESIDE = frozenset(
    """log log10 ln a b r z g i obs observed air vac vacuum helio bary lsr lsrk topo spectral axis
    nm um mu micron microns ang angstrom angstroms aa ev kev hz khz mhz ghz km s data grid array
    uvb vis nir blue red green sci ccd scale bin center centre opt in the of per vector values vals
    coord coordinate coordinates""".split()
)
"""Words that may stand beside a word above without changing what it names."""

_UNITS_IN_NAMES = {
    **dict.fromkeys(("nm",), "nm"),
    **dict.fromkeys(("um", "mu", "micron", "microns"), "um"),
    **dict.fromkeys(("ang", "angstrom", "angstroms", "aa"), "Angstrom"),
    **{unit.lower(): unit for unit in ("eV", "keV", "Hz", "kHz", "MHz", "GHz")},
}
_LOG = re.compile(
    r"\s*(?P<base>log_?10|log|dex|ln)[\s(\[{_-]*(?P<unit>[^()\[\]{}]*)", re.IGNORECASE
)
_NATURAL = (6.5, 12.0)
"""Logarithms of 665 and of 160,000 angstroms."""
_LONGEST_DECIMAL = 2.5e-4
"""Spectra of longer waves than this are not sampled in logarithms [m]."""
_OPTICAL = (1e-8, 1e-3)
"""Where natural logarithms are believed that nothing tells [m]."""
_WORD = re.compile(r"[a-z]+(?:10)?")
_BRACKETED = re.compile(r"[\[(]\s*([^\[\]()]+?)\s*[\])]")


@dataclass(frozen=True, slots=True)
class Scale:
    """How numbers of a spectral coordinate are read.

    Parameters
    ----------
    quantity
        What they measure.
    factor : scalar [unit of `portal.spectra.wavelength.SI`]
        What one of them is; None as long as no unit is known.
    base
        Of the logarithm that they are; 0 where they are none.
    confidence, note
        As in `portal.model.cell.Origin`.
    """

    quantity: Quantity
    factor: float | None
    base: float = 0.0
    confidence: float = DERIVED
    note: str = ""

    def metres(self, values: np.ndarray, rest: float | None) -> np.ndarray:
        """Vacuum wavelengths at the coordinates `values`, given the `rest` wavelength.

        Returns
        -------
        (...) [m]
            Of the shape of `values`; not finite where it means none.
        """
        with np.errstate(all="ignore"):
            linear = self.base**values if self.base else values
            return wavelength(self.quantity, linear * (self.factor or np.nan), rest)

    def also(self, note: str, confidence: float) -> "Scale":
        """The same, known no better than with `confidence`."""
        notes = "; ".join(filter(None, (self.note, note)))
        return replace(self, confidence=min(self.confidence, confidence), note=notes)


@dataclass(frozen=True, slots=True)
class Band:
    """Where a product is on the spectral axis.

    Parameters
    ----------
    low, high : scalar [m]
        Vacuum wavelengths of its ends.
    quantity
        What its axis measures.
    origin
        Where it came from.
    step : scalar [m]
        Width of the channel in its middle, where the axis has several; else None.
    """

    low: float
    high: float
    quantity: Quantity
    origin: Origin
    step: float | None = None


def bracketed(comment: str) -> list[str]:
    """What stands in brackets, which is often a unit: ``[Hz] Frequency of the channel``."""
    return _BRACKETED.findall(comment)


def named(name: str) -> tuple[Quantity, float] | None:
    """The quantity that a CTYPE or the name of a column names, and the base of its logarithm.

    None where it names none, or something else about it: ``LAMBDA_REF``, ``WAVE_ERR``.
    """
    head = name.upper().split("-")[0].strip()
    if head in _STANDARD:
        return _STANDARD[head], 0.0
    found = _WORD.findall(name.lower())
    core = [word for word in found if word in _WORDS]
    if not core or any(word not in _WORDS and word not in _BESIDE for word in found):
        return None
    text = "".join(found)
    natural = text.startswith("ln") or "ln" in found
    decimal = text.startswith("log") or "log" in found
    base = math.e if natural else 10.0 if decimal else 0.0
    quantity = _WORDS[core[0]]
    return "air" if quantity == "wavelength" and "air" in found else quantity, base


def unit_quantity(text: str) -> Quantity | None:
    """What a unit is of, if it is one of spectra: no metres, which may be of anything."""
    unit = fits_unit(text, wavelength=True)
    kinds: dict[str, Quantity] = {"Hz": "frequency", "J": "energy"}
    if unit is None:
        return None
    factor = quantity_factor(text, "m")
    if factor is not None:
        return "wavelength" if 1e-13 < factor < 1e-5 else None
    return next((kinds[to] for to in kinds if quantity_factor(text, to) is not None), None)


@lru_cache(maxsize=4096)
def scale_of(name: str, unit: str) -> Scale | None:
    """How a coordinate of this `name` and `unit` is read; None if it is no spectral one."""
    if not unit and unit_quantity(name) is not None:
        name, unit = "", name
    quantity, base = named(name) or (None, 0.0)
    log = _LOG.match(unit)
    if log:
        base = math.e if log["base"].lower() == "ln" else 10.0
        unit = log["unit"]
    unit = unit or _unit_in(name)
    quantity = quantity or (unit_quantity(unit) if not name.strip() or log else None)
    if quantity is None:
        return None
    factor = _factor(unit, quantity)
    if unit and factor is None:
        other = unit_quantity(unit)
        if other is None or quantity in VELOCITIES:
            return None
        # The name says one thing, the unit another: the unit is meant.
        quantity, factor = other, _factor(unit, other)
    return Scale(quantity, factor, base)


def scaled(scale: Scale, values: np.ndarray) -> Scale | None:
    """The `scale` with a unit that the numbers can only be in, where none was told; else None.

    Logarithms that are too large to be decimal ones are natural ones.
    """
    low, high = float(values.min()), float(values.max())
    if scale.factor is not None:
        return based(scale, low, high)
    if scale.base == 10.0 and _NATURAL[0] <= low and high <= _NATURAL[1]:
        scale = _as_natural(scale)
    if scale.quantity not in ("wavelength", "air"):
        return None
    if scale.base:
        usable = -99.0 < low <= high < 99.0
        low, high = (scale.base**low, scale.base**high) if usable else (0.0, 0.0)
    # Between 1 and 3000 it may be nanometres, micrometres or angstroms.
    if 3000.0 <= high <= 1e6 and low >= 90.0:
        unit, factor = "angstrom", 1e-10
    elif 1e-9 <= low and high <= 1e-3:
        unit, factor = "metre", 1.0
    else:
        return None
    return replace(scale, factor=factor).also(f"no unit told; the numbers fit the {unit}", INFERRED)


def based(scale: Scale, low: float, high: float) -> Scale | None:
    """The `scale` with the base of logarithms that numbers from `low` to `high` can be of.

    Decimal ones of light that nobody samples so are natural ones, if they are of light that
    somebody does; None if they are neither.
    """
    if scale.base != 10.0 or scale.quantity not in ("wavelength", "air") or not scale.factor:
        return scale
    if low + math.log10(scale.factor) <= math.log10(_LONGEST_DECIMAL):
        return scale
    ends = (math.log(scale.factor) + low, math.log(scale.factor) + high)
    if math.log(_OPTICAL[0]) <= ends[0] and ends[1] <= math.log(_OPTICAL[1]):
        return _as_natural(scale)
    return None


def _as_natural(scale: Scale) -> Scale:
    return replace(scale, base=math.e).also("the numbers fit natural logarithms", INFERRED)


def band_between(
    ends: tuple[float, float] | None, scale: Scale, origin: Origin, step: float | None = None
) -> Band | None:
    """The band between two wavelengths `ends` [m], of an axis that is read by `scale`."""
    if ends is None:
        return None
    note = "; ".join(filter(None, (origin.note, scale.note)))
    confidence = min(origin.confidence, scale.confidence)
    told = replace(origin, confidence=confidence, note=note)
    usable = step if step is not None and 0.0 < step < math.inf else None
    return Band(ends[0], ends[1], scale.quantity, told, usable)


def _factor(unit: str, quantity: Quantity) -> float | None:
    if quantity in ("redshift", "beta"):
        return 1.0
    return quantity_factor(unit, SI[quantity]) if unit else None


def _unit_in(name: str) -> str:
    found = _WORD.findall(name.lower())
    return next((_UNITS_IN_NAMES[word] for word in found if word in _UNITS_IN_NAMES), "")
