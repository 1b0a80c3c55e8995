"""Footprints as tables write them, in the words of STC-S and DALI."""

import math
from dataclasses import dataclass

__all__ = [
    "FLAVOURS",
    "FRAMES",
    "LENGTHS",
    "NUMBERS",
    "POSITIONS",
    "UNIONS",
    "Region",
    "parse_region",
]

NUMBERS = frozenset(["circle", "multipolygon", "point", "polygon"])
"""Types of DALI whose footprints are numbers without a word before them."""
FRAMES = frozenset(
    ["icrs", "fk5", "fk4", "j2000", "b1950", "galactic", "galactic_ii", "ecliptic", "unknownframe"]
)
POSITIONS = frozenset(
    ["geocenter", "barycenter", "topocenter", "heliocenter", "lsr", "relocatable", "unknownrefpos"]
)
FLAVOURS = frozenset(["spherical2", "cartesian2"])
UNIONS = frozenset(["union", "intersection", "difference", "not"])
LENGTHS = {
    "allsky": 0,
    "box": 4,
    "circle": 3,
    "ellipse": 5,
    "point": 2,
    "position": 2,
    "positioninterval": 4,
}
"""How many numbers each shape has, but for polygons."""
_SHAPES = frozenset([*LENGTHS, "convex", "polygon"])


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
        if word in UNIONS:
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
        if not frame and (word in FRAMES or _is_other_frame(word)):
            frame = word
        elif word not in POSITIONS and word not in FLAVOURS:
            break
        place += 1
    return frame or around, place


def _is_other_frame(word: str) -> bool:
    known = _SHAPES | UNIONS | POSITIONS | FLAVOURS
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
    good = len(numbers) == LENGTHS[word] and abs(numbers[1]) <= 90
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
