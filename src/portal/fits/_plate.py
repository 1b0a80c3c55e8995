"""Plate solutions of the Digitized Sky Survey, as a tangential plane around the image.

The polynomials are those of the survey's headers (Lasker et al. 1990, AJ 99, 2019): from the
place on the plate in millimetres to standard coordinates in arcseconds around its centre.
"""

from portal.fits._distortion import Distortion
from portal.fits._plane import Plane
from portal.fits.cards import Cards
from portal.fits.repairs import Repair

__all__ = ["plate_of"]

_TERMS = 13
_ARCSECONDS = 3600.0
_WHY = "a plate solution, made linear around the middle of the image"


def plate_of(cards: Cards) -> Plane | None:
    """The plane of a header with a plate solution; None for any other."""
    polynomials = [_coefficients(cards, f"AMD{axis}") for axis in "XY"]
    names = ("PPO3", "PPO6", "XPIXELSZ", "YPIXELSZ", "CNPIX1", "CNPIX2", "NAXIS1", "NAXIS2")
    numbers = [cards.number(name) for name in names]
    centre = _centre(cards)
    if centre is None or None in polynomials or None in numbers:
        return None
    places = [number for number in numbers if number is not None]
    first, second = (polynomial or () for polynomial in polynomials)

    def plane(column: float, row: float) -> tuple[float, float]:
        x = (places[0] - (column + places[4] - 0.5) * places[2]) / 1000.0
        y = ((row + places[5] - 0.5) * places[3] - places[1]) / 1000.0
        return (
            _polynomial(first, x, y) / _ARCSECONDS,
            _polynomial(second, y, x) / _ARCSECONDS,
        )

    middle = ((places[6] + 1.0) / 2.0, (places[7] + 1.0) / 2.0)
    xi, eta = plane(*middle)
    right, above = plane(middle[0] + 1.0, middle[1]), plane(middle[0], middle[1] + 1.0)
    (a, b), (c, d) = matrix = (right[0] - xi, above[0] - xi), (right[1] - eta, above[1] - eta)
    determinant = a * d - b * c
    if not determinant:
        return None
    crpix = (
        middle[0] - (d * xi - b * eta) / determinant,
        middle[1] - (a * eta - c * xi) / determinant,
    )
    repair = Repair("plate-solution", "AMDX1", "polynomials", "TAN", _WHY)
    none = Distortion((), None)
    return Plane(
        (1, 2),
        ("RA", "DEC"),
        "TAN",
        centre,
        crpix,
        matrix,
        (None, None),
        none,
        "fk5",
        2000.0,
        (repair,),
    )


def _coefficients(cards: Cards, head: str) -> tuple[float, ...] | None:
    found = tuple(cards.number(f"{head}{n}") for n in range(1, _TERMS + 1))
    known = tuple(value for value in found if value is not None)
    return known if len(known) == _TERMS else None


def _centre(cards: Cards) -> tuple[float, float] | None:
    """Right ascension and declination of the plate's centre [deg]."""
    parts = [cards.number(f"PLT{name}") for name in ("RAH", "RAM", "RAS", "DECD", "DECM", "DECS")]
    known = [abs(part) for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    hours = known[0] + known[1] / 60.0 + known[2] / 3600.0
    degrees = known[3] + known[4] / 60.0 + known[5] / 3600.0
    return 15.0 * hours, -degrees if (cards.text("PLTDECSN") or "").startswith("-") else degrees


def _polynomial(terms: tuple[float, ...], u: float, v: float) -> float:
    """A polynomial of the survey, `u` being the coordinate of its own axis."""
    square = u * u + v * v
    powers = (u, v, 1.0, u * u, u * v, v * v, square, u**3, u * u * v, u * v * v, v**3)
    return sum(
        term * power
        for term, power in zip(terms, (*powers, u * square, u * square**2), strict=True)
    )
