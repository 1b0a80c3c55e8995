"""Footprints as tables write them: STC-S and DALI words for circles, polygons, boxes and unions."""

import re
from dataclasses import dataclass

import numpy as np

from portal.lint._view import Floats

__all__ = ["Region", "parse_region", "separation"]

_WORD = re.compile(r"[A-Za-z][\w+-]*|[()]|[^\s()]+")
_FRAMES = frozenset(
    ["icrs", "fk5", "fk4", "j2000", "b1950", "galactic", "ecliptic", "unknownframe"]
)
_POSITIONS = frozenset(["geocenter", "barycenter", "topocenter", "unknownrefpos", "heliocenter"])
_FLAVOURS = frozenset(["spherical2", "cartesian2"])
_UNIONS = frozenset(["union", "intersection", "not"])
_LENGTHS = {"circle": 3, "position": 2, "box": 4}


@dataclass(frozen=True, slots=True)
class Region:
    """One footprint.

    Parameters
    ----------
    frame
        In lower case; ``icrs`` where none is named.
    circles : (circle, 3) [deg]
        Right ascension, declination and radius.
    polygons : (vertex, 2) [deg] each
        Vertices in their order.
    boxes
        Whether there is a shape that is not looked at further.
    """

    frame: str
    circles: tuple[tuple[float, float, float], ...]
    polygons: tuple[Floats, ...]
    boxes: bool = False

    def radius_about(self, ra: float, dec: float) -> float:
        """Largest distance [deg] of the region from a position; 0 for none."""
        reaches = [separation(ra, dec, x, y) + r for x, y, r in self.circles]
        reaches += [separation(ra, dec, p[:, 0], p[:, 1]).max() for p in self.polygons]
        return float(max(reaches, default=0.0))

    def holds(self, ra: float, dec: float, slack: float) -> bool:
        """Whether a position lies within, or within `slack` [deg] of, one of the shapes."""
        if self.boxes:
            return True
        near = any(separation(ra, dec, x, y) <= r + slack for x, y, r in self.circles)
        return near or any(_inside(p, ra, dec, slack) for p in self.polygons)


def separation(ra: float, dec: float, ras: "Floats | float", decs: "Floats | float") -> Floats:
    """Angle [deg] between a position and others, by the formula of Vincenty."""
    a, d, b, e = np.radians(ra), np.radians(dec), np.radians(ras), np.radians(decs)
    across = np.hypot(
        np.cos(e) * np.sin(b - a),
        np.cos(d) * np.sin(e) - np.sin(d) * np.cos(e) * np.cos(b - a),
    )
    along = np.sin(d) * np.sin(e) + np.cos(d) * np.cos(e) * np.cos(b - a)
    return np.asarray(np.degrees(np.arctan2(across, along)))


def parse_region(text: str) -> Region | None:
    """The region that `text` describes; None where it is none."""
    words = _WORD.findall(text)
    circles: list[tuple[float, float, float]] = []
    polygons: list[Floats] = []
    frame, boxes, place = "icrs", False, 0
    while place < len(words):
        word = words[place].lower()
        place += 1
        if word in "()" or word in _UNIONS:
            continue
        if word not in (*_LENGTHS, "polygon"):
            return None
        while place < len(words) and words[place].lower() in _FRAMES | _POSITIONS | _FLAVOURS:
            frame = words[place].lower() if words[place].lower() in _FRAMES else frame
            place += 1
        numbers, place = _numbers(words, place)
        if not _is_whole(word, numbers):
            return None
        if word == "circle":
            circles.append((numbers[0], numbers[1], numbers[2]))
        elif word == "polygon":
            polygons.append(np.array(numbers).reshape(-1, 2))
        boxes |= word in ("box", "position")
    found = bool(circles or polygons or boxes)
    return Region(frame, tuple(circles), tuple(polygons), boxes) if found else None


def _numbers(words: list[str], place: int) -> tuple[list[float], int]:
    numbers = []
    while place < len(words):
        try:
            numbers.append(float(words[place]))
        except ValueError:
            break
        place += 1
    return numbers, place


def _is_whole(word: str, numbers: list[float]) -> bool:
    if not np.isfinite(numbers).all() or any(abs(y) > 90 for y in numbers[1:2]):
        return False
    if word == "polygon":
        return len(numbers) >= 6 and len(numbers) % 2 == 0 and max(map(abs, numbers[1::2])) <= 90
    return len(numbers) == _LENGTHS[word] and (word != "circle" or numbers[2] > 0)


def _inside(polygon: Floats, ra: float, dec: float, slack: float) -> bool:
    """On the plane that touches the sphere at the position, where great circles are straight."""
    x, y, front = _projected(polygon, ra, dec)
    if not front:
        # Wider than half the sky about the position: no plane can tell.
        return True
    turned = np.arctan2(y, x)
    steps = np.diff(np.append(turned, turned[0]))
    winding = np.abs(((steps + np.pi) % (2 * np.pi) - np.pi).sum()) > np.pi
    return bool(winding) or _distance(x, y) <= np.radians(slack)


def _projected(polygon: Floats, ra: float, dec: float) -> tuple[Floats, Floats, bool]:
    a, d = np.radians(polygon[:, 0] - ra), np.radians(polygon[:, 1])
    d0 = np.radians(dec)
    depth = np.sin(d0) * np.sin(d) + np.cos(d0) * np.cos(d) * np.cos(a)
    if (depth <= 1e-9).any():
        return a, d, False
    x = np.cos(d) * np.sin(a) / depth
    y = (np.cos(d0) * np.sin(d) - np.sin(d0) * np.cos(d) * np.cos(a)) / depth
    return x, y, True


def _distance(x: Floats, y: Floats) -> float:
    """Of the origin from the sides [rad]."""
    u, v = np.append(x, x[0]), np.append(y, y[0])
    du, dv = np.diff(u), np.diff(v)
    length = np.maximum(du**2 + dv**2, 1e-300)
    along = np.clip(-(u[:-1] * du + v[:-1] * dv) / length, 0, 1)
    return float(np.hypot(u[:-1] + along * du, v[:-1] + along * dv).min())
