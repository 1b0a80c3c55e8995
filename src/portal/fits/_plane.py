"""The celestial keywords of a header, collected, repaired, and brought into degrees."""

import re
from dataclasses import dataclass

from portal.fits._distortion import Distortion, distortion_of
from portal.fits._matrix import Matrix, matrix_of
from portal.fits.cards import Cards
from portal.fits.frames import frame_of
from portal.fits.magritte import by_magritte
from portal.fits.repairs import Repair
from portal.fits.units import quantity_factor

__all__ = ["NoPlane", "Plane", "plane_of"]

_ALTERNATES = ("", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_MOST_AXES = 9
_ALIKE = 1.5
"""Ratio of the areas of the same pixel in two descriptions of it."""
_LATITUDES = {"RA": "DEC", "GLON": "GLAT", "ELON": "ELAT", "SLON": "SLAT"}
_LONGITUDES = {latitude: longitude for longitude, latitude in _LATITUDES.items()}
_BODIES = re.compile(r"(?:HPL|CRL|SOL|HGL|HL|[A-Z]L)(?:N|T|X|Y|ON|AT)$|SOLAR|AZ|ALT|EL$")
_KNOWN = frozenset(
    "AZP SZP TAN STG SIN ARC ZPN ZEA AIR CYP CEA CAR MER COP COE COD COO SFL PAR MOL AIT BON PCO"
    " TSC CSC QSC HPX XPH TPV NCP GLS".split()
)
_STANDINS = {"TNX": "TAN", "ZPX": "ZPN", "DSS": "TAN", "FLT": "CAR", "SCP": "TAN"}
"""Projections that wcslib lacks, and those that are the same but for a distortion."""
_PLAIN_UNITS = frozenset({"", "deg", "arcmin", "arcsec", "mas", "rad"})


class NoPlane(Exception):
    """Why a header gives no place on the sky."""


@dataclass(frozen=True)
class Plane:
    """A celestial plane in degrees, its two axes in FITS order.

    Parameters
    ----------
    axes
        FITS numbers.
    heads
        Such as ``("RA", "DEC")``.
    algorithm
        Such as ``TAN``; '' for linear coordinates.
    crval, crpix : (2,) [deg], [pixel]
        The reference point; pixels count from 1.
    matrix : (2, 2) [deg]
        World by pixel.
    poles : (2,) [deg]
        LONPOLE and LATPOLE; None where they are the usual ones.
    distortion
        Parameters of the projection, and SIP.
    frame, equinox
        As `frame_of` gives them.
    repairs
        What was read leniently.
    """

    axes: tuple[int, int]
    heads: tuple[str, str]
    algorithm: str
    crval: tuple[float, float]
    crpix: tuple[float, float]
    matrix: Matrix
    poles: tuple[float | None, float | None]
    distortion: Distortion
    frame: str
    equinox: float
    repairs: tuple[Repair, ...]


def plane_of(cards: Cards) -> Plane:
    """The first celestial description of a header, the primary one before alternates.

    Raises
    ------
    NoPlane
        With the reason, if there is none that can be used.
    """
    axes, heads, algorithms, alternate = _pair(cards)
    repairs: list[Repair] = []
    algorithm = _algorithm(algorithms, axes, alternate, repairs)
    scales = [_to_degrees(cards, axis, alternate, repairs) for axis in axes]
    crval = [_crval(cards, axis, alternate) for axis in axes]
    matrix = matrix_of(cards, axes, alternate, repairs)
    if matrix is None:
        raise NoPlane("no size of the pixels: neither CDELT nor CD")
    if alternate and _otherwise(cards, axes, (matrix, scales)):
        raise NoPlane(f"pixels of another size in alternate {alternate} than in the primary")
    latitude = crval[0 if heads[0] in _LONGITUDES else 1] * scales[0]
    if abs(latitude) > 90.0:
        raise NoPlane(f"a latitude of {latitude:g} degrees at the reference point")
    frame, equinox, more = frame_of(cards, min(heads, key=_rank), alternate)
    if not frame:
        raise NoPlane("apparent coordinates of the place and the time")
    distortion, algorithm, rest = distortion_of(cards, axes, heads, algorithm, alternate)
    return Plane(
        axes,
        heads,
        algorithm,
        (crval[0] * scales[0], crval[1] * scales[1]),
        _crpix(cards, axes, alternate, repairs),
        (
            (matrix[0][0] * scales[0], matrix[0][1] * scales[0]),
            (matrix[1][0] * scales[1], matrix[1][1] * scales[1]),
        ),
        _poles(cards, alternate),
        distortion,
        frame,
        equinox,
        (*repairs, *more, *rest),
    )


def _otherwise(cards: Cards, axes: tuple[int, int], own: tuple[Matrix, list[float]]) -> bool:
    """Whether the primary description, of another body, has pixels of another size.

    Programs that bin or cut images change one description of the pixels and forget the others.
    """
    if not all(_BODIES.match(_head(cards, axis)) for axis in axes):
        return False
    units = [quantity_factor(cards.text(f"CUNIT{axis}") or "deg", "deg") for axis in axes]
    primary = matrix_of(cards, axes, "", [])
    if primary is None or units[0] is None or units[1] is None:
        return False
    ((a, b), (c, d)), ((e, f), (g, h)) = primary, own[0]
    area = abs((a * d - b * c) * units[0] * units[1])
    alternate = abs((e * h - f * g) * own[1][0] * own[1][1])
    return not alternate / _ALIKE < area < alternate * _ALIKE


def _head(cards: Cards, axis: int) -> str:
    return (cards.text(f"CTYPE{axis}") or "").upper().partition("-")[0].strip()


def _rank(head: str) -> int:
    return 0 if head in _LATITUDES else 1


def _pair(cards: Cards) -> tuple[tuple[int, int], tuple[str, str], tuple[str, str], str]:
    """Numbers, heads and algorithms of the two celestial axes, and the alternate."""
    other = ""
    for alternate in _ALTERNATES:
        found: dict[str, tuple[int, str]] = {}
        for axis in range(1, _MOST_AXES + 1):
            head, _, tail = (cards.text(f"CTYPE{axis}{alternate}") or "").upper().partition("-")
            found.setdefault(head.strip(), (axis, tail))
            other = other or (head if _BODIES.match(head) else "")
        for longitude, latitude in _LATITUDES.items():
            if longitude in found and latitude in found:
                heads = sorted((longitude, latitude), key=lambda head: found[head][0])
                (one, tail), (two, tail2) = (found[head] for head in heads)
                return (one, two), (heads[0], heads[1]), (tail, tail2), alternate
    if other:
        raise NoPlane(f"coordinates {other} of another body or of the horizon")
    raise NoPlane("no celestial axes")


def _algorithm(
    tails: tuple[str, str], axes: tuple[int, int], alternate: str, repairs: list[Repair]
) -> str:
    """The projection that both axes name, or one in its place."""
    names = {tail.strip("- ").removesuffix("-SIP").strip("- ") for tail in tails}
    if len(names) > 1:
        raise NoPlane(f"axes of different projections: {', '.join(sorted(names))}")
    name = names.pop()
    key = f"CTYPE{axes[0]}{alternate}"
    if any(c.isalnum() is False for c in name) or len(name) > 3:
        raise NoPlane(f"unknown projection {name!r}")
    if name in _STANDINS:
        why = "the same projection without its distortion"
        repairs.append(Repair("projection", key, name, _STANDINS[name], why))
        return _STANDINS[name]
    if name and name not in _KNOWN:
        raise NoPlane(f"unknown projection {name!r}")
    return name


def _to_degrees(cards: Cards, axis: int, alternate: str, repairs: list[Repair]) -> float:
    """Degrees in the unit of an axis."""
    key = f"CUNIT{axis}{alternate}"
    misspelt = f"CRUNIT{axis}{alternate}"
    text = cards.text(key)
    if text is None and misspelt in cards:
        text = cards.text(misspelt)
        repairs.append(Repair("keyword-spelling", misspelt, text or "", key, "not a keyword"))
    text = (text or "").strip()
    if text in ("", "deg"):
        return 1.0
    factor = quantity_factor(text, "deg")
    if factor is None:
        repairs.append(Repair("unit-spelling", key, text, "deg", "no unit of an angle"))
        return 1.0
    if text not in _PLAIN_UNITS:
        now = "deg" if factor == 1.0 else f"{factor:g} deg"
        repairs.append(Repair("unit-spelling", key, text, now, "not as FITS spells it"))
    return factor


def _crval(cards: Cards, axis: int, alternate: str) -> float:
    key = f"CRVAL{axis}{alternate}"
    value = cards.number(key)
    if value is None:
        raise NoPlane(f"no number in {key}")
    return value


def _crpix(
    cards: Cards, axes: tuple[int, int], alternate: str, repairs: list[Repair]
) -> tuple[float, float]:
    found: list[float] = []
    shifted = not alternate and by_magritte(cards)
    for axis in axes:
        key = f"CRPIX{axis}{alternate}"
        value = cards.number(key)
        if value is None:
            why = "no number; FITS takes 0 then"
            repairs.append(Repair("no-reference-pixel", key, cards.text(key) or "", "0", why))
            value = 0.0
        elif shifted:
            why = "Magritte counts pixels from 0, FITS from 1"
            repairs.append(Repair("pixel-origin", key, f"{value:g}", f"{value + 1:g}", why))
            value += 1.0
        found.append(value)
    return found[0], found[1]


def _poles(cards: Cards, alternate: str) -> tuple[float | None, float | None]:
    longitude = cards.number(f"LONPOLE{alternate}")
    if longitude is None and not alternate:
        longitude = cards.number("LONGPOLE")
    latitude = cards.number(f"LATPOLE{alternate}")
    return longitude, latitude if latitude is not None and abs(latitude) <= 90.0 else None
