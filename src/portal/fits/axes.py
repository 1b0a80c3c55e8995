"""The axes that a header describes, also those without pixels of their own."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from portal.fits.cards import Cards
from portal.fits.magritte import by_magritte

__all__ = ["Axis", "AxisKind", "axes_of"]

AxisKind: TypeAlias = Literal[
    "longitude", "latitude", "spectral", "time", "stokes", "pixel", "other"
]

_MOST = 32
_WORLD = re.compile(r"(?:CTYPE|CRVAL|CDELT|CUNIT|CRPIX)([1-9][0-9]?)([A-Z]?)")
_BEGINNINGS = frozenset(("CTYPE", "CRVAL", "CDELT", "CUNIT", "CRPIX"))
_IN_BRACKETS = re.compile(r"[\[(]([^\[\]()]+)[\])]\s*$")
_LONGITUDES = {"RA", "GLON", "ELON", "HLON", "SLON", "LON", "AZ", "SOLX", "HPLN", "CRLN"}
_LATITUDES = {"DEC", "GLAT", "ELAT", "HLAT", "SLAT", "LAT", "ALT", "SOLY", "HPLT", "CRLT"}
_SPECTRAL = {
    *("FREQ", "ENER", "WAVN", "VRAD", "WAVE", "VOPT", "ZOPT", "AWAV", "VELO", "BETA", "FELO"),
    *("FREQUENCY", "WAVELENGTH", "WAVELEN", "LAMBDA", "LINEAR", "MULTISPE", "ENERGY", "VELOCITY"),
    *("VELO-LSR", "VELO-HEL", "VELO-OBS", "FELO-LSR", "FELO-HEL", "FELO-OBS", "LAMBDA-A", "WL"),
    *("AWAV-LOG", "WAVE-LOG", "LOGLAM", "LOG-WAVELENGTH", "WAVENUMBER", "VHELIO", "WAVELENGTHS"),
}
_SPECTRAL_WORDS = ("WAVE", "LAMBDA", "LOGLAM", "LOGLIN", "FREQ", "VELO", "ENERG")
_TIMES = {"TIME", "UTC", "TAI", "TT", "TDT", "ET", "IAT", "UT1", "TDB", "TCG", "TCB", "GMT"}
_PIXELS = {"PIXEL", "PIXELS", "X", "Y", "COLUMN", "ROW", "CHANNEL", "INDEX", "LINE"}


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis of an array.

    Parameters
    ----------
    number
        From 1, as FITS counts.
    ctype
        CTYPEn as it stands.
    algorithm
        Of the projection, such as ``TAN``, ``TAN-SIP``, ``LOG`` or ``TAB``; '' for none.
    kind
        What it measures.
    unit
        CUNITn, or the unit that stands in CTYPEn, as it stands; '' for none.
    length
        Its pixels; None where the array has no such axis.
    crval, crpix : scalar [`unit`, pixel]
        None where the header does not say.
    cdelt : scalar [`unit`]
        Step of a pixel, from CDELTn or the diagonal of the CD matrix; None where neither is.
    note
        What of these is not as the header has it, and why; '' for nothing.
    alternate
        Letter of the description that these are of, such as ``A``; '' for the primary one.
    """

    number: int
    ctype: str
    algorithm: str
    kind: AxisKind
    unit: str
    length: int | None
    crval: float | None
    cdelt: float | None
    crpix: float | None
    note: str = ""
    alternate: str = ""


def axes_of(cards: Cards, lengths: tuple[int, ...]) -> tuple[Axis, ...]:
    """The axes of an array of `lengths` in FITS order, with those that only the header names.

    Where the primary description is of pixels or tells nothing, the first alternate one is taken
    that tells more.
    """
    known = dict(enumerate(lengths, 1))
    # Few names of a header begin so, and the pattern takes its time with the others.
    likely = (name for name in cards if name[:5] in _BEGINNINGS)
    named = [(int(match[1]), match[2]) for name in likely if (match := _WORLD.fullmatch(name))]
    letter = ""
    if any(other for _, other in named) and not _of_world(cards, named, ""):
        letters = sorted({other for _, other in named})
        letter = next((other for other in letters if _of_world(cards, named, other)), "")
    count = max([len(lengths), *(n for n, other in named if other == letter)], default=0)
    axes = tuple(_axis(cards, n, known.get(n), letter) for n in range(1, min(count, _MOST) + 1))
    if _indistinct(cards, axes):
        axes = (*(replace(axis, kind="pixel") for axis in axes[:2]), *axes[2:])
    return tuple(map(_righted, axes)) if by_magritte(cards) else axes


def _indistinct(cards: Cards, axes: tuple[Axis, ...]) -> bool:
    """Whether two linear axes have the same values: of a picture, in which neither is of light.

    IRAF writes LINEAR along the slit of a spectrum too, with a step and a label of its own.
    """
    if len(axes) < 2 or any(axis.ctype.strip().upper() != "LINEAR" for axis in axes[:2]):
        return False
    one, two = axes[:2]
    told = one.unit or two.unit or any(cards.text(name) for name in ("WAT1_001", "DC-FLAG"))
    same = one.crval == two.crval and abs(one.cdelt or 1.0) == abs(two.cdelt or 1.0)
    return same and not told and "DISPAXIS" not in cards


def _of_world(cards: Cards, named: Iterable[tuple[int, str]], letter: str) -> bool:
    """Whether a description names an axis of the sky, of light, of time or of polarisation."""
    numbers = {n for n, other in named if other == letter}
    return any(_axis(cards, n, None, letter).kind not in ("other", "pixel") for n in numbers)


def _axis(cards: Cards, n: int, length: int | None, letter: str) -> Axis:
    ctype = cards.text(f"CTYPE{n}{letter}") or ""
    bare = _IN_BRACKETS.sub("", ctype).strip().upper()
    kind, algorithm = _kind(bare)
    cdelt = cards.number(f"CDELT{n}{letter}")
    diagonal = cards.number(f"CD{n}_{n}{letter}")
    return Axis(
        n,
        ctype,
        algorithm,
        kind,
        cards.text(f"CUNIT{n}{letter}") or _unit_in(ctype),
        length,
        cards.number(f"CRVAL{n}{letter}"),
        diagonal if diagonal is not None else cdelt,
        cards.number(f"CRPIX{n}{letter}"),
        alternate=letter,
    )


def _righted(axis: Axis) -> Axis:
    """An axis of Magritte's as FITS counts pixels, and with velocities of the usual sign."""
    sign = -1.0 if axis.kind == "spectral" else 1.0
    return replace(
        axis,
        crpix=None if axis.crpix is None else axis.crpix + 1.0,
        crval=None if axis.crval is None else sign * axis.crval,
        cdelt=None if axis.cdelt is None else sign * axis.cdelt,
        note="Magritte counts pixels from 0, and velocities towards the observer as positive",
    )


def _unit_in(ctype: str) -> str:
    match = _IN_BRACKETS.search(ctype)
    return match.group(1).strip() if match else ""


def _kind(ctype: str) -> tuple[AxisKind, str]:
    if not ctype:
        return "other", ""
    head, _, tail = ctype.partition("-")
    tail = tail.strip("-")
    if head in _LONGITUDES or (head[1:] in ("LON", "LN") and tail):
        return "longitude", tail
    if head in _LATITUDES or (head[1:] in ("LAT", "LT") and tail):
        return "latitude", tail
    if ctype in ("SOLAR-X", "SOLAR-Y"):
        return ("longitude" if ctype.endswith("X") else "latitude"), ""
    if ctype in _SPECTRAL or head in _SPECTRAL or head.startswith(_SPECTRAL_WORDS):
        return "spectral", "" if tail in ("LSR", "HEL", "OBS") or ctype == "LAMBDA-A" else tail
    if head in _TIMES:
        return "time", tail
    if head == "STOKES":
        return "stokes", ""
    return ("pixel" if head in _PIXELS else "other"), tail
