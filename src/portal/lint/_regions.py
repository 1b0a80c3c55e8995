"""Footprints as tables write them: the words of STC-S and DALI, and where a position lies.

Shapes of many rows are looked at together: polygons of as many vertices in one array.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from portal.lint._view import Floats

__all__ = ["NUMBERS", "Extents", "Region", "extents", "parse_region"]

NUMBERS = frozenset(["circle", "multipolygon", "point", "polygon"])
"""Types of DALI whose footprints are numbers without a word before them."""
_FRAMES = frozenset(
    ["icrs", "fk5", "fk4", "j2000", "b1950", "galactic", "galactic_ii", "ecliptic", "unknownframe"]
)
_POSITIONS = frozenset(
    ["geocenter", "barycenter", "topocenter", "heliocenter", "lsr", "relocatable", "unknownrefpos"]
)
_FLAVOURS = frozenset(["spherical2", "cartesian2"])
_UNIONS = frozenset(["union", "intersection", "difference", "not"])
_LENGTHS = {
    "allsky": 0,
    "box": 4,
    "circle": 3,
    "ellipse": 5,
    "point": 2,
    "position": 2,
    "positioninterval": 4,
}
_SHAPES = frozenset([*_LENGTHS, "convex", "polygon"])


@dataclass(frozen=True, slots=True)
class Region:
    """One footprint.

    Parameters
    ----------
    frame
        In lower case; ``icrs`` where none is named.
    circles : (circle, 3) [deg]
        Right ascension, declination and radius.
    polygons
        Numbers of each, right ascension and declination [deg] in turn.
    others
        Whether there is a shape that is not looked at further.
    """

    frame: str
    circles: tuple[tuple[float, ...], ...]
    polygons: tuple[tuple[float, ...], ...]
    others: bool = False


@dataclass(frozen=True, slots=True)
class Extents:
    """How footprints lie about positions, (row,) [deg] each.

    Parameters
    ----------
    reach
        Largest distance of the footprint from the position; 0 for none.
    gap
        Distance of the position from the footprint; 0 inside it.
    size
        Diameter of the largest shape.
    """

    reach: Floats
    gap: Floats
    size: Floats


def parse_region(text: str, xtype: str = "") -> Region | None:
    """The region that `text` describes; None where it is none.

    Parameters
    ----------
    text
        Words and numbers, right ascension and declination in degrees.
    xtype
        That of the column; it names the shape where `text` has only numbers.
    """
    words = text.replace("(", " ( ").replace(")", " ) ").split()
    if xtype in NUMBERS and words and _number(words[0]) is not None:
        words = [xtype.removeprefix("multi"), *words]
    found = _shapes(words)
    if not found:
        return None
    return Region(
        next(frame for _, frame, _ in found),
        tuple(numbers for shape, _, numbers in found if shape in ("circle", "allsky")),
        tuple(numbers for shape, _, numbers in found if shape == "polygon"),
        any(shape not in ("circle", "allsky", "polygon") for shape, _, _ in found),
    )


def _shapes(words: list[str]) -> list[tuple[str, str, tuple[float, ...]]]:
    """Name, frame and numbers of each shape; none at all where a word is not understood."""
    found: list[tuple[str, str, tuple[float, ...]]] = []
    around, place = "icrs", 0
    while place < len(words):
        word = words[place].lower()
        place += 1
        if word in _UNIONS:
            around, place = _frame(words, place, around)
        elif word in _SHAPES:
            frame, place = _frame(words, place, around)
            numbers, place = _numbers(words, place)
            parts = _parts(word, numbers)
            if not parts:
                return []
            found += [(word, frame, part) for part in parts]
        elif word not in "()":
            return []
    return found


def _frame(words: list[str], place: int, around: str) -> tuple[str, int]:
    """The frame that is named next, one that nobody knows too, or the one around it."""
    frame = ""
    while place < len(words):
        word = words[place].lower()
        if not frame and (word in _FRAMES or _is_other_frame(word)):
            frame = word
        elif word not in _POSITIONS and word not in _FLAVOURS:
            break
        place += 1
    return frame or around, place


def _is_other_frame(word: str) -> bool:
    known = _SHAPES | _UNIONS | _POSITIONS | _FLAVOURS
    return word.isalnum() and word not in known and _number(word) is None


def _numbers(words: list[str], place: int) -> tuple[tuple[float, ...], int]:
    try:
        # Most footprints are one shape, whose numbers are all that is left.
        return tuple(map(float, words[place:])), len(words)
    except ValueError:
        numbers = []
    while place < len(words) and (number := _number(words[place])) is not None:
        numbers.append(number)
        place += 1
    if [word.lower() for word in words[place : place + 2]] == ["unit", "deg"]:
        place += 2
    return tuple(numbers), place


def _number(word: str) -> float | None:
    try:
        return float(word)
    except ValueError:
        return None


def _parts(word: str, numbers: tuple[float, ...]) -> list[tuple[float, ...]]:
    """The numbers of one shape, or of each polygon between two that are none; [] if wrong."""
    if word == "allsky":
        return [] if numbers else [(0.0, 0.0, 180.0)]
    if word == "polygon":
        parts = _split(numbers)
        return parts if all(map(_is_polygon, parts)) else []
    if not all(map(math.isfinite, numbers)):
        return []
    if word == "convex":
        return [numbers] if numbers and len(numbers) % 4 == 0 else []
    good = len(numbers) == _LENGTHS[word] and abs(numbers[1]) <= 90
    return [numbers] if good and (word != "circle" or 0 < numbers[2] <= 180) else []


def _split(numbers: tuple[float, ...]) -> list[tuple[float, ...]]:
    if not any(map(math.isnan, numbers)):
        return [numbers]
    parts: list[list[float]] = [[]]
    for number in numbers:
        if not math.isnan(number):
            parts[-1].append(number)
        elif parts[-1]:
            parts.append([])
    return [tuple(part) for part in parts if part or len(parts) == 1]


def _is_polygon(numbers: tuple[float, ...]) -> bool:
    whole = len(numbers) >= 6 and len(numbers) % 2 == 0
    return whole and all(map(math.isfinite, numbers)) and max(map(abs, numbers[1::2])) <= 90


def extents(regions: Sequence[Region | None], ra: Floats, dec: Floats) -> Extents:
    """How each region lies about the position (row,) [deg] of its row.

    Rows without a position, or without a shape that can be looked at, have no gap.
    """
    reach, gap, size = np.zeros(len(ra)), np.full(len(ra), np.inf), np.zeros(len(ra))
    shapes: dict[int, tuple[list[int], list[tuple[float, ...]]]] = {}
    for row, region in enumerate(regions):
        for numbers in () if region is None else (*region.circles, *region.polygons):
            rows, held = shapes.setdefault(len(numbers), ([], []))
            rows.append(row)
            held.append(numbers)
    for length, (rows, held) in shapes.items():
        measure = _circles if length == 3 else _polygons
        measured = measure(np.array(held), ra[rows], dec[rows])
        np.maximum.at(reach, rows, measured.reach)
        np.minimum.at(gap, rows, measured.gap)
        np.maximum.at(size, rows, measured.size)
    return Extents(reach, np.where(np.isfinite(gap), gap, 0.0), size)


def _circles(held: Floats, ra: Floats, dec: Floats) -> Extents:
    """Of circles (shape, 3) [deg] about positions (shape,) [deg]."""
    x, y, radius = held.T
    away = _separation(ra, dec, x, y)
    return Extents(np.minimum(away + radius, 180), np.maximum(away - radius, 0), 2 * radius)


def _polygons(held: Floats, ra: Floats, dec: Floats) -> Extents:
    """Of polygons (shape, 2 vertex) [deg] about positions (shape,) [deg]."""
    x, y = held[:, 0::2], held[:, 1::2]
    away = _separation(ra[:, None], dec[:, None], x, y)
    size = _separation(x[:, :1], y[:, :1], x, y).max(axis=1)
    near = away.max(axis=1) < 89
    # Nothing tells the inside of a polygon about half the sky; one far away has its distance.
    gap = np.where(size < 90, np.maximum(away.min(axis=1) - size, 0), 0.0)
    gap[near] = _gap(*_projected(x[near], y[near], ra[near, None], dec[near, None]))
    return Extents(away.max(axis=1), gap, size)


def _separation(ra: Floats, dec: Floats, x: Floats, y: Floats) -> Floats:
    """Angle [deg] between positions, by the formula of Vincenty."""
    a, d, e = np.radians(x - ra), np.radians(dec), np.radians(y)
    across = np.hypot(
        np.cos(e) * np.sin(a), np.cos(d) * np.sin(e) - np.sin(d) * np.cos(e) * np.cos(a)
    )
    along = np.sin(d) * np.sin(e) + np.cos(d) * np.cos(e) * np.cos(a)
    return np.asarray(np.degrees(np.arctan2(across, along)))


def _projected(x: Floats, y: Floats, ra: Floats, dec: Floats) -> tuple[Floats, Floats]:
    """On the plane that touches the sphere at the position, where great circles are straight."""
    a, d, d0 = np.radians(x - ra), np.radians(y), np.radians(dec)
    depth = np.sin(d0) * np.sin(d) + np.cos(d0) * np.cos(d) * np.cos(a)
    right = np.cos(d) * np.sin(a) / depth
    up = (np.cos(d0) * np.sin(d) - np.sin(d0) * np.cos(d) * np.cos(a)) / depth
    return right, up


def _gap(u: Floats, v: Floats) -> Floats:
    """Distance [deg] of the origin from polygons (shape, vertex) on the plane; 0 inside."""
    turned = np.arctan2(v, u)
    steps = np.roll(turned, -1, axis=1) - turned
    inside = np.abs(((steps + np.pi) % (2 * np.pi) - np.pi).sum(axis=1)) > np.pi
    du, dv = np.roll(u, -1, axis=1) - u, np.roll(v, -1, axis=1) - v
    length = np.maximum(du**2 + dv**2, 1e-300)
    along = np.clip(-(u * du + v * dv) / length, 0, 1)
    nearest = np.hypot(u + along * du, v + along * dv).min(axis=1)
    return np.where(inside, 0.0, np.degrees(np.arctan(nearest)))
