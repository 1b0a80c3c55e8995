"""Numbers and names as people write them."""

import math
import re

from lineform.posterior import Field, Number
from lineform.state import FloatArray

__all__ = [
    "after",
    "interval",
    "label",
    "middle_text",
    "number_text",
    "quantity_name",
    "shortened",
    "shown_unit",
    "sign_power",
]

_UNITS = {
    "solMass/yr": "M☉ yr⁻¹",
    "m-3": "m⁻³",
    "m/s": "m s⁻¹",
    "km/s": "km s⁻¹",
    "deg": "°",
    "arcsec": "″",
    "solLum": "L☉",
    "solMass": "M☉",
    "AU": "au",
}
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_DIGITS, _MOST_DIGITS = 3, 9
_STEPS = 2
"""Of the last digit, at least, between the ends of an interval."""
_LONG = re.compile(r"(?<![\w.])-?\d+\.\d{5,}(?:e[+-]?\d+)?(?![\w.])")
"""Of numbers in a text, those with many decimals."""

_DIAGNOSTICS = {
    "pareto_k": "Pareto k of the weights (reliable below 0.7)",
    "not solved": "samples that were not solved",
    "rhat": "R̂ of the chains (1 where they agree)",
    "steps": "steps from the prior to the posterior",
    "ancestors": "draws from the prior that all samples come from",
    "stride": "length of the moves' steps [rad]",
    "effective samples": "samples of equal weight that are worth as much",
    "divergences": "steps that diverged",
    "paths cut": "paths that were cut off",
    "evidence error": "error of ln evidence",
    "error of the evidence": "error of ln evidence",
    "energy": "energy at the maximum",
    "gradient": "gradient at the maximum",
    "strangeness": "strangeness of the data to the network",
}
_AXES = {"x": "to the right", "y": "upwards", "z": "to the observer"}


def sign_power(value: int) -> str:
    """A power of ten, such as 10⁻⁶."""
    return f"10{str(value).translate(_SUPERSCRIPT)}"


def number_text(value: float, digits: int = _DIGITS) -> str:
    """A number to so many digits, with a power of ten where it is very large or small."""
    if not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    power = math.floor(math.log10(abs(float(f"{value:.{digits - 1}e}"))))
    if -3 <= power < 5:
        return f"{value:.{max(digits - 1 - power, 0)}f}".replace("-", "−")
    return f"{value / 10.0**power:.{digits - 1}f} × {sign_power(power)}".replace("-", "−")


def interval(low: float, high: float, digits: int = _DIGITS) -> str:
    """Two ends of an interval, with as many digits as tell them apart."""
    digits = _telling(low, high, digits)
    return f"{number_text(low, digits)} to {number_text(high, digits)}"


def middle_text(quantiles: FloatArray) -> str:
    """The second of three quantiles, with the digits of the interval of the others."""
    low, middle, high = (float(value) for value in quantiles)
    return number_text(middle, _telling(low, high, _DIGITS))


def _telling(low: float, high: float, digits: int) -> int:
    """Digits that tell two numbers apart, no fewer than given."""
    if not (low < high and math.isfinite(high - low)):
        return digits
    power = math.floor(math.log10(max(abs(low), abs(high))))
    finer = math.ceil(power + 1 - math.log10((high - low) / _STEPS))
    return min(max(digits, finer), _MOST_DIGITS)


def quantity_name(name: str) -> str:
    """What a diagnostic is, in words."""
    return _DIAGNOSTICS.get(name, name.replace("_", " "))


def shortened(value: str | float) -> str:
    """A setting as it is printed: numbers to six digits."""
    if isinstance(value, float):
        return f"{value:.6g}"
    return _LONG.sub(lambda found: f"{float(found[0]):.6g}", str(value))


def shown_unit(unit: str) -> str:
    """A unit as it is printed."""
    return _UNITS.get(unit, unit)


def after(unit: str) -> str:
    """A unit as it follows a number, with the space that belongs between them."""
    shown = shown_unit(unit)
    return shown if shown in ("", "°", "″") else f" {shown}"


def label(of: Field | Number) -> str:
    """Name of a field or a number for people."""
    name = of.name
    # Of a number, such as the density contrast, it is a word.
    if isinstance(of, Field) and name.startswith("density_"):
        return f"density of {name.removeprefix('density_')}"
    if name.startswith("velocity_") and name[9:] in _AXES:
        return f"velocity {_AXES[name[9:]]}"
    return {"velocity_radial": "radial velocity"}.get(name, name.replace("_", " "))
