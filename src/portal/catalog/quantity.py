"""Units in queries: exact, and the same in every program that speaks the language.

A unit is made of the symbols listed here, those of VOUnits 1.1 (IVOA Recommendation, table 1)
and some names that astronomers write instead, with prefixes and whole powers. Factors are
computed as fractions and rounded once, so that no two programs differ in the last digit.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import lru_cache

__all__ = ["BINARY", "LONE", "PREFIXED", "PREFIXES", "REFUSED", "converted", "ratio", "understood"]

PREFIXED = {
    "A": "A", "C": "A.s", "D": "3.333333333333333e-30 C.m", "F": "C.V-1", "G": "1e-4 T",
    "H": "Wb.A-1", "Hz": "s-1", "J": "N.m", "Jy": "1e-26 W.m-2.Hz-1", "K": "K", "N": "kg.m.s-2",
    "Ohm": "V.A-1", "Pa": "N.m-2", "R": "795774715.45947667884 ph.s-1.m-2.sr-1",
    "Ry": "2.1798723611030e-18 J", "S": "A.V-1", "T": "Wb.m-2", "V": "W.A-1", "W": "J.s-1",
    "Wb": "V.s", "a": "31557600 s", "adu": "adu", "arcmin": "60 arcsec", "arcsec": "arcsec",
    "barn": "1e-28 m2", "beam": "beam", "bin": "bin", "cd": "cd", "chan": "chan", "count": "ct",
    "ct": "ct", "d": "86400 s", "deg": "3600 arcsec", "eV": "1.602176634e-19 J", "erg": "1e-7 J",
    "g": "g", "h": "3600 s", "lm": "cd.sr", "lx": "lm.m-2", "lyr": "9460730472580800 m",
    "m": "m", "mag": "mag", "min": "60 s", "mol": "mol", "pc": "30856775814913673 m", "ph": "ph",
    "photon": "ph", "pix": "pix", "pixel": "pix", "rad": "206264.80624709635516 arcsec",
    "s": "s", "solLum": "3.828e26 W", "solMass": "1.988409870698051e30 kg",
    "solRad": "695700000 m", "sr": "rad2", "u": "1.66053906892e-27 kg", "voxel": "voxel",
    "yr": "31557600 s", "B": "8 bit", "bit": "bit", "byte": "8 bit",
}  # fmt: skip
"""Symbols that take a prefix, in terms of others; a basic one in terms of itself.

Seconds of arc are basic, so that degrees, minutes and seconds convert exactly.
"""

LONE = {
    "AA": "1e-10 m", "AU": "149597870700 m", "Angstrom": "1e-10 m", "Ba": "0.1 Pa",
    "Gauss": "1e-4 T", "Lsun": "solLum", "Mearth": "5.972167867791379e24 kg",
    "Mjup": "1.8981245973360505e27 kg", "Msun": "solMass", "Rearth": "6378100 m",
    "Rjup": "71492000 m", "Rsun": "solRad", "Sun": "Sun", "angstrom": "1e-10 m", "au": "AU",
    "day": "d", "hour": "h", "hr": "h", "mas": "1e-3 arcsec", "micron": "1e-6 m",
    "parsec": "pc", "uas": "1e-6 arcsec", "year": "yr",
}  # fmt: skip
"""Symbols that take none."""

PREFIXES = {
    "da": 1, "h": 2, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18, "Z": 21, "Y": 24,
    "d": -1, "c": -2, "m": -3, "u": -6, "µ": -6, "μ": -6, "n": -9, "p": -12, "f": -15,
    "a": -18, "z": -21, "y": -24,
}  # fmt: skip
"""Powers of ten."""

BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60, "Zi": 70, "Yi": 80}
"""Powers of two, for bit, byte and B."""

REFUSED = ("dB", "dau", "dbyte", "ha", "pcount", "pct", "yd")
"""Symbols that mean one thing by the rules and another to astronomers."""

_LONGEST = 100
_HIGHEST = 20
_FACTOR = re.compile(r"([A-Za-zµμ]+)(?:(?:\^|\*\*)?([-+]?[0-9]+))?\Z")
_JOINT = re.compile(r"[\t-\r \u00a0]*(?:\.|(?<!\*)\*(?!\*))[\t-\r \u00a0]*|[\t-\r \u00a0]+")
_SLASH = re.compile(r"[\t-\r \u00a0]*/[\t-\r \u00a0]*")

# Size, and the power of each basic unit.
_Unit = tuple[Fraction, Mapping[str, int]]


def understood(unit: str) -> bool:
    """Whether `unit` is made of symbols that are listed here."""
    return _parsed(unit) is not None


def ratio(unit: str, to: str) -> Fraction | None:
    """Number of `to` in one `unit`, exactly; None where they differ in dimension.

    Both must be understood, or be written alike.
    """
    if unit == to:
        return Fraction(1)
    one, other = _parsed(unit), _parsed(to)
    if one is None or other is None or one[1] != other[1]:
        return None
    return one[0] / other[0]


def converted(value: float, by: Fraction) -> float:
    """`value`, as its shortest decimal form says it, times `by`, rounded once."""
    if not math.isfinite(value):
        return value
    product = Fraction(repr(value)) * by
    try:
        return float(product)
    except OverflowError:
        return math.inf if product > 0 else -math.inf


@lru_cache(maxsize=1024)
def _parsed(text: str) -> _Unit | None:
    text = text.strip("\t\n\v\f\r \u00a0")
    if text in ("", "1"):
        return Fraction(1), {}
    above, *below = _SLASH.split(text)
    factors = [_JOINT.split(part) for part in below]
    # What a/b.c/d divides by is anybody's guess.
    if len(text) > _LONGEST or (len(factors) > 1 and any(len(part) > 1 for part in factors)):
        return None
    return _product(
        [_factor(word, 1) for word in _JOINT.split(above)]
        + [_factor(word, -1) for part in factors for word in part]
    )


def _product(factors: Iterable[_Unit | None]) -> _Unit | None:
    """All factors in one; None if one is."""
    size, powers = Fraction(1), Counter[str]()
    for factor in factors:
        if factor is None:
            return None
        size *= factor[0]
        for basic, power in factor[1].items():
            powers[basic] += power
    return size, {basic: power for basic, power in powers.items() if power}


def _factor(word: str, sign: int) -> _Unit | None:
    """One symbol with its power, which `sign` may turn round."""
    match = _FACTOR.match(word)
    symbol = match and _symbol(match[1])
    if not match or not symbol:
        return None
    power = sign * (int(match[2][:_LONGEST]) if match[2] else 1)
    if abs(power) > _HIGHEST:
        return None
    return symbol[0] ** power, {basic: power * one for basic, one in symbol[1].items()}


@lru_cache(maxsize=1024)
def _symbol(name: str) -> _Unit | None:
    if name in REFUSED:
        return None
    if name in LONE or name in PREFIXED:
        return _defined(name, LONE.get(name) or PREFIXED[name])
    for prefix, power in PREFIXES.items():
        if name.startswith(prefix) and name[len(prefix) :] in PREFIXED:
            return _scaled(Fraction(10) ** power, name[len(prefix) :])
    if name[:2] in BINARY and name[2:] in ("bit", "byte", "B"):
        return _scaled(Fraction(2) ** BINARY[name[:2]], name[2:])
    return None


def _scaled(by: Fraction, name: str) -> _Unit | None:
    unit = _symbol(name)
    return unit and (unit[0] * by, unit[1])


def _defined(name: str, definition: str) -> _Unit | None:
    """What an entry of the tables says: a number, where it is not 1, and other symbols."""
    if name == definition:
        return Fraction(1), {name: 1}
    number, _, symbols = definition.rpartition(" ")
    unit = _product(_factor(word, 1) for word in symbols.split("."))
    return unit and (unit[0] * Fraction(number or 1), unit[1])
