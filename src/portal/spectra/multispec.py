"""Wavelengths of IRAF's multispec format, which stand in the text of WAT2 cards.

F. Valdes, The IRAF/NOAO Spectral World Coordinate Systems (1993, specwcs): an attribute
``specN = "ap beam dtype w1 dw nw z aplow aphigh [functions]"`` for each line of the image.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np

from portal.fits.cards import Cards

__all__ = ["Line", "attributes", "coherent", "coordinates", "lines"]

_CARD = 68
"""Characters of a text that IRAF puts on a card."""
_ATTRIBUTE = re.compile(r"(\w+)\s*=\s*(?:\"([^\"]*)\"?|(\S+))")
_UNDISPERSED, _LINEAR, _LOGARITHMIC, _FUNCTION = -1, 0, 1, 2
_CHEBYSHEV, _LEGENDRE, _CUBIC, _STRAIGHT, _PIXELS, _SAMPLES = range(1, 7)
_MOST = 10000
"""Cards and lines that are looked at; no image has so many."""
_FIELDS = 9
_NEAR = 0.2
"""By how much of itself the first coordinate may miss the approximate one."""
_DECADE = 10.0
"""No spectrograph has more in one order."""


@dataclass(frozen=True, slots=True)
class Line:
    """The dispersion of one line of an image.

    Parameters
    ----------
    kind
        DC-FLAG: 0 linear, 1 log-linear, 2 by functions.
    start, step : scalar [unit of WAT1, or its decimal logarithm]
        At the first physical pixel, and from one to the next.
    length
        Pixels that are valid.
    redshift
        All coordinates are divided by 1 plus this.
    functions
        Numbers that describe the functions, one after the other.
    """

    kind: int
    start: float
    step: float
    length: int
    redshift: float
    functions: tuple[float, ...]


def attributes(cards: Cards, axis: int) -> dict[str, str]:
    """What the cards ``WATaxis_001`` and so on say, by name.

    The text goes on from card to card without a break; blanks at the end of a card, which FITS
    drops, belong to it.
    """
    pieces: list[str] = []
    for number in count(1):
        value = cards.value(f"WAT{axis}_{number:03d}")
        if not isinstance(value, str) or number > _MOST:
            break
        pieces.append(value)
    width = max(map(len, pieces[:-1]), default=0)
    width = _CARD if width > _CARD - 3 else width
    joined = "".join(piece.ljust(width) for piece in pieces)
    return {m[1].lower(): m[2] if m[2] is not None else m[3] for m in _ATTRIBUTE.finditer(joined)}


def lines(cards: Cards) -> list[Line]:
    """The lines with a dispersion, in order; those that cannot be read are left out."""
    told = attributes(cards, 2)
    texts = [told[name] for name in told if re.fullmatch(r"spec\d+", name)]
    found = (_line(text) for text in texts[:_MOST])
    return [line for line in found if line is not None]


def _line(text: str) -> Line | None:
    try:
        numbers = [float(word.replace("D", "E").replace("d", "e")) for word in text.split()]
        kind, length = int(numbers[2]), int(numbers[5])
        line = Line(kind, numbers[3], numbers[4], length, numbers[6], tuple(numbers[_FIELDS:]))
    except (ValueError, IndexError, OverflowError):
        return None
    usable = kind in (_LINEAR, _LOGARITHMIC) or (kind == _FUNCTION and line.functions)
    return line if usable and length > 0 and line.redshift != -1.0 else None


def coherent(line: Line) -> bool:
    """Whether the coordinates agree with the approximate ones told beside their functions.

    They do not in lines that were put together from pieces of others, nor where a line spans
    more than a decade.
    """
    ends = coordinates(line, np.array([1.0, line.length]))
    with np.errstate(all="ignore"):
        if line.kind == _FUNCTION:
            told = line.start / (1.0 + line.redshift)
            return bool(abs(ends[0] - told) <= _NEAR * abs(told))
        return bool(0.0 < ends.min() and ends.max() < _DECADE * ends.min())


def coordinates(line: Line, pixels: np.ndarray) -> np.ndarray:
    """World coordinates at physical pixels.

    Parameters
    ----------
    pixels : (pixel,) [1]
        From 1; fractions lie between the centres.

    Returns
    -------
    (pixel,) [unit of WAT1]
        Not finite where the functions cannot be understood.
    """
    with np.errstate(all="ignore"):
        if line.kind == _FUNCTION:
            return sum(_functions(line, pixels), np.zeros(pixels.shape)) / (1.0 + line.redshift)
        linear = (line.start + line.step * (pixels - 1.0)) / (1.0 + line.redshift)
        return linear if line.kind == _LINEAR else 10.0**linear


def _functions(line: Line, pixels: np.ndarray) -> Iterator[np.ndarray]:
    rest = list(line.functions)
    while rest:
        try:
            weight, zero, kind = rest[0], rest[1], int(rest[2])
            values, used = _function(kind, rest[3:], pixels)
        except (ValueError, IndexError, OverflowError):
            yield np.full(pixels.shape, np.nan)
            return
        yield weight * (zero + values)
        rest = rest[3 + used :]


def _function(kind: int, given: list[float], pixels: np.ndarray) -> tuple[np.ndarray, int]:
    """One function at the `pixels`, and how many of the `given` numbers it took."""
    size = int(given[0])
    if kind == _PIXELS:
        return _interpolated(np.arange(1.0, size + 1.0), given[1 : 1 + size], pixels), 1 + size
    if kind == _SAMPLES:
        pairs = np.array(given[2 : 2 + 2 * size])
        return _interpolated(pairs[0::2], pairs[1::2], pixels), 2 + 2 * size
    first, last = given[1:3]
    terms = size + {_CUBIC: 3, _STRAIGHT: 1}.get(kind, 0)
    known = np.array(given[3 : 3 + terms])
    if not 0 < terms == known.size:
        raise ValueError(terms)
    if kind in (_CUBIC, _STRAIGHT):
        place = (pixels - first) / (last - first) * size
        return _spline(kind, known, size, place), 3 + terms
    place = (2.0 * pixels - first - last) / (last - first)
    if kind == _CHEBYSHEV:
        return np.polynomial.chebyshev.chebval(place, known), 3 + terms
    if kind == _LEGENDRE:
        return np.polynomial.legendre.legval(place, known), 3 + terms
    raise ValueError(kind)


def _spline(kind: int, known: np.ndarray, pieces: int, place: np.ndarray) -> np.ndarray:
    if not np.isfinite(place).all():
        raise ValueError(pieces)
    # The first and the last piece go on beyond the range of the fit.
    piece = np.clip(np.floor(place).astype(int), 0, pieces - 1)
    b = place - piece
    a = 1.0 - b
    if kind == _STRAIGHT:
        straight: np.ndarray = a * known[piece] + b * known[piece + 1]
        return straight
    weights = (a**3, 1.0 + 3.0 * a * (1.0 + a * b), 1.0 + 3.0 * b * (1.0 + a * b), b**3)
    parts = (weight * known[piece + i] for i, weight in enumerate(weights))
    return sum(parts, np.zeros(place.shape))


def _interpolated(at: np.ndarray, values: object, pixels: np.ndarray) -> np.ndarray:
    """Straight lines through the points, also beyond the first and the last."""
    known = np.asarray(values, float)
    if at.size != known.size or at.size < 2:
        raise ValueError(at.size)
    piece = np.clip(np.searchsorted(at, pixels, "right") - 1, 0, at.size - 2)
    slope = (known[piece + 1] - known[piece]) / (at[piece + 1] - at[piece])
    values_at: np.ndarray = known[piece] + slope * (pixels - at[piece])
    return values_at
