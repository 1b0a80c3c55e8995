"""Units as FITS headers of all ages spell them; what cannot be understood is no unit.

Many headers write units in capitals (``JY/BEAM``, ``M/S``), in words (``Angstroms``), with a
factor (``1E-17 erg/cm^2/s/Ang``) or with a remark (``K (Tb)``). A plain parser refuses them,
reads ``m/S`` as metre per siemens, or reads ``erg/cm2/s/A`` as one per ampere. Here the words
are put into the spelling of the FITS standard (4.0, sec. 4.3) first, and the rest is left to
astropy. No warning is given.
"""

import re
import warnings
from functools import lru_cache

from astropy import units

__all__ = ["fits_unit", "quantity_factor", "shown_unit"]

_LONGEST = 80
"""Longer texts are prose, and would keep the parser busy."""

_HIGHEST_POWER = 99
"""Of ten; with a higher one a text means no unit."""

_WORD = re.compile(r"e-(?![0-9])|[^\W\d_]+")
_NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?"
_FACTOR = re.compile(rf"(?P<mantissa>{_NUMBER})")
_POWER = re.compile(
    rf"(?:(?P<mantissa>{_NUMBER})\s*[xX*]\s*)?"
    r"10\s*(?:(?:\*\*|\^)\s*\(?\s*(?P<power>[+-]?\d+)\s*\)?"
    r"|\(\s*(?P<bracketed>[+-]?\d+)\s*\)|(?P<bare>[+-]\d+))"
)
# A moment map's Jy/beam.km/s is Jy km/s per beam, which a parser takes for Jy per beam km s.
_MOMENT = re.compile(r"\s*/\s*(?P<area>beam|pix)[\s.*]+(?P<velocity>k?m\s*/\s*s)$")
_REMARK = re.compile(r"\s*\([^()]*\)\s*$")

_SPELLINGS = {
    "Angstrom": "angstrom angstroms ang angs angstroem aa å",
    "um": "micron microns micrometer micrometers micrometre micrometres mum",
    "nm": "nanometer nanometers nanometre nanometres nmeter",
    "mm": "millimeter millimeters millimetre millimetres",
    "cm": "centimeter centimeters centimetre centimetres",
    "m": "meter meters metre metres",
    "km": "kilometer kilometers kilometre kilometres",
    "s": "sec secs second seconds",
    "min": "minute minutes mins",
    "h": "hr hrs hour hours",
    "d": "day days",
    "yr": "year years",
    "deg": "degree degrees degs",
    "arcmin": "arcmins arcminute arcminutes",
    "arcsec": "arcsecs arcsecond arcseconds asec",
    "rad": "radian radians",
    "sr": "ster steradian steradians str",
    "Hz": "hz hertz cps",
    "kHz": "khz kilohertz",
    "MHz": "megahertz",
    "GHz": "ghz gigahertz",
    "THz": "thz terahertz",
    "Jy": "jy jansky janskys janskies",
    "mJy": "mjy millijansky milijansky",
    "uJy": "ujy microjansky mujy",
    "K": "kelvin kelvins degk",
    "erg": "ergs",
    "W": "watt watts",
    "J": "joule joules",
    "eV": "ev",
    "keV": "kev",
    "MeV": "",
    "GeV": "gev",
    "ct": "count counts cts cnt cnts",
    "adu": "adus",
    "DN": "dns",
    "electron": "electrons e- elec el",
    "photon": "photons ph phot",
    "mag": "mags magnitude magnitudes abmag",
    "beam": "beams",
    "pix": "pixel pixels pixl",
    "Pa": "pascal",
    "nmgy": "nanomaggy nanomaggie nanomaggies",
}
"""Each unit's own spelling, and words for it in any case."""

_ANY_CASE = {
    word: unit
    for unit, words in _SPELLINGS.items()
    for word in (*words.split(), *([unit.lower()] if len(unit) > 2 else []))
}

_CAPITALS = {
    **{unit.upper(): unit for unit in _SPELLINGS if unit not in ("mJy", "MeV", "h")},
    "MHZ": "MHz",
    "MJY": "MJy",
    "Mjy": "MJy",
    "MEV": "MeV",
    "Mev": "MeV",
    "MS": "ms",
    "D": "d",
    "Mhz": "MHz",
    "Khz": "kHz",
    "Ghz": "GHz",
    "KeV": "keV",
    "Kev": "keV",
    "kms": "km/s",
    "KMS": "km/s",
    **dict.fromkeys(("flam", "FLAM"), "erg/(s.cm2.Angstrom)"),
    **dict.fromkeys(("fnu", "FNU"), "erg/(s.cm2.Hz)"),
}
"""Spellings of which the case matters, or in which capitals stand for small letters."""

_RADIANT = frozenset("erg J W Jy mJy photon ct adu electron DN keV eV mag".split())
"""Beside one of these an ``A`` is an angstrom: spectra are per wavelength, not per current."""

_WORDS = {"ct": "count", "e⁻": "electron", "ph": "photon"}
"""Units that are read as words more easily than as astropy abbreviates them."""
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

_NONE = frozenset(("unitless", "dimensionless", "1"))


@lru_cache(maxsize=4096)
def fits_unit(text: str, *, wavelength: bool = False) -> units.UnitBase | None:
    """The unit that `text` means, or None where it means none that is known.

    Parameters
    ----------
    text
        Value of CUNITi, BUNIT, TUNITn or the like. Enclosing brackets and a remark in brackets
        at the end are passed over.
    wavelength
        Whether a lone ``A`` is an angstrom. Beside an energy, a flux or a count it always is.

    Notes
    -----
    ``S`` is the second and ``M`` the metre: neither siemens nor a prefix alone is met in
    headers. An empty text says nothing, and is no unit.
    """
    text = text.strip().strip("[]'\"").strip()
    if not text or len(text) > _LONGEST:
        return None
    if text.casefold() in _NONE:
        return units.dimensionless_unscaled
    return _parsed(text, wavelength) or _parsed(_REMARK.sub("", text), wavelength)


@lru_cache(maxsize=4096)
def quantity_factor(text: str, to: str) -> float | None:
    """Number of `to` in one unit `text`, or None where one is no unit of the other's kind.

    Parameters
    ----------
    text
        As in `fits_unit`; a lone ``A`` is an angstrom if `to` is a length.
    to
        A unit in the spelling of astropy.
    """
    target = units.Unit(to)
    unit = fits_unit(text, wavelength=target.is_equivalent(units.m))
    if unit is None or not unit.is_equivalent(target):
        return None
    # To 15 digits, so that an angstrom is 1e-10 m and not one unit of the last place more.
    factor = float(f"{unit.to(target):.15g}")
    return factor if 0.0 < factor < float("inf") else None


@lru_cache(maxsize=4096)
def shown_unit(text: str) -> str:
    """The unit that `text` means as people read it, such as ``10⁻¹⁷ erg s⁻¹ cm⁻² Å⁻¹``.

    The text as it stands where it is not understood whole, remarks in brackets included.
    """
    text = text.strip()
    unit = _parsed(text, wavelength=False) if 0 < len(text) <= _LONGEST else None
    if unit is None or not unit.bases or any(int(power) != power for power in unit.powers):
        return text
    order = [_spelling(word, angstrom=True) for word in _WORD.findall(text)]
    parts = sorted(
        zip(unit.bases, unit.powers, strict=True),
        # Bases that the text names by another word come last.
        key=lambda part: (part[1] < 0, [*order, part[0].name].index(part[0].name)),
    )
    scale = units.Unit(unit.scale).to_string("unicode") if unit.scale != 1 else ""
    return " ".join((scale.replace("1×", ""), *(_raised(*part) for part in parts))).strip()


def _raised(base: units.UnitBase, power: float) -> str:
    name = base.to_string("unicode")
    exponent = "" if power == 1 else str(int(power)).translate(_RAISED)
    return f"{_WORDS.get(name, name)}{exponent}"


def _parsed(text: str, wavelength: bool) -> units.UnitBase | None:
    factor, words = _split(text)
    spelt = {_spelling(word) for word in _WORD.findall(words)}
    angstrom = wavelength or not spelt.isdisjoint(_RADIANT)
    words = _WORD.sub(lambda match: _spelling(match[0], angstrom), words)
    # Astropy would look for what else an unknown word may mean, which takes a tenth of a second.
    if not all(_known(word) for word in re.findall(r"[^\W\d_]+", words)):
        return None
    unit = _astropy(_MOMENT.sub(r" \g<velocity> /\g<area>", words))
    if unit is None or not 0.0 < factor < float("inf"):
        return None
    return unit if factor == 1.0 else units.Unit(factor * unit)


def _split(text: str) -> tuple[float, str]:
    """The number before the unit, which is 1 where there is none, and the rest."""
    match = _POWER.match(text) or _FACTOR.match(text)
    if match is None:
        return 1.0, text
    found = match.groupdict()
    mantissa = float((found["mantissa"] or "1").replace("D", "E").replace("d", "e"))
    power = int(found.get("power") or found.get("bracketed") or found.get("bare") or 0)
    rest = text[match.end() :].lstrip(" .*")
    scale = 10.0**power if abs(power) <= _HIGHEST_POWER else float("inf")
    return mantissa * scale, f"1{rest}" if rest[:1] == "/" else rest


def _spelling(word: str, angstrom: bool = False) -> str:
    if word == "A" and angstrom:
        return "Angstrom"
    known = _CAPITALS.get(word) or _ANY_CASE.get(word)
    if known or _known(word):
        return known or word
    return _ANY_CASE.get(word.casefold(), word)


def _known(word: str) -> bool:
    return word in units.get_current_unit_registry().registry


def _astropy(text: str) -> units.UnitBase | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            unit = units.Unit(text.replace("^", "**"))
        # A power too large for a float, and a nesting too deep, escape astropy as they are.
        except (ValueError, TypeError, OverflowError, ZeroDivisionError, RecursionError):
            return None
    return unit if isinstance(unit, units.UnitBase) else None
