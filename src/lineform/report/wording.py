"""Numbers and names as people write them."""

import math

from lineform.posterior import Field, Number

__all__ = ["after", "interval", "label", "number_text", "shown_unit", "sign_power"]

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
_DIGITS = 3
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
    """Two ends of an interval, with as many decimals as tell them apart."""
    return f"{number_text(low, digits)} to {number_text(high, digits)}"


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
