"""Axes, curves and bands as SVG, in the classes of the page's style."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from markupsafe import Markup, escape

from lineform.report.wording import number_text, sign_power
from lineform.state import FloatArray

__all__ = ["Chart", "Scale"]

_STEPS = (1, 2, 2.5, 5, 10)
_MOST_DECADES = 6


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to places along an axis.

    Parameters
    ----------
    low, high : float [any]
    start, stop : float [px]
        Where `low` and `high` lie.
    logarithmic : bool
    """

    low: float
    high: float
    start: float
    stop: float
    logarithmic: bool = False

    def __call__(self, values: FloatArray | float) -> FloatArray:
        """Places of values [px]; those beyond the ends are put a little beyond them."""
        ends = np.array([self.low, self.high], dtype=float)
        place = np.asarray(values, dtype=float)
        if self.logarithmic:
            ends, place = np.log(ends), np.log(np.maximum(place, 1e-300))
        share = np.clip((place - ends[0]) / (ends[1] - ends[0]), -0.5, 1.5)
        found: FloatArray = self.start + share * (self.stop - self.start)
        return found

    def ticks(self, most: int = 5) -> list[tuple[float, str]]:
        """Values to mark, and how they are written."""
        if self.logarithmic:
            return self._decades(most)
        return self._evenly(most)

    def _evenly(self, most: int) -> list[tuple[float, str]]:
        span = self.high - self.low
        rough = span / most
        power = 10.0 ** math.floor(math.log10(rough))
        step = power * next(s for s in _STEPS if s * power >= rough * (1 - 1e-9))
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        # As many as tell two neighbours apart; a step of 2.5 has one more.
        largest = max(abs(first), abs(last), 1) * step
        digits = math.floor(math.log10(largest) + 1e-9) - math.floor(math.log10(step) + 1e-9) + 1
        digits += round(step / power, 1) == 2.5
        return [(n * step, _tick(n * step, step, digits)) for n in range(first, last + 1)]

    def _decades(self, most: int) -> list[tuple[float, str]]:
        low, high = math.log10(self.low), math.log10(self.high)
        first, last = math.ceil(low - 1e-9), math.floor(high + 1e-9)
        if last - first < 1:
            return self._within_a_decade(low) or self._evenly(most)
        step = max(-(-(last - first) // most), 1)
        return [(10.0**n, _power(n)) for n in range(first, last + 1, step)]

    def _within_a_decade(self, low: float) -> list[tuple[float, str]]:
        base = 10.0 ** math.floor(low)
        marks = [m * base * f for f in (1, 10) for m in (1, 2, 3, 5, 7)]
        found = [(m, number_text(m, 1)) for m in marks if self.low <= m <= self.high]
        return found if len(found) > 1 else []


def _power(power: int) -> str:
    return f"{10.0**power:g}" if -2 <= power <= 3 else sign_power(power)


def _tick(value: float, step: float, digits: int) -> str:
    if abs(value) >= 1e5 or 0 < abs(step) < 1e-3:
        return number_text(value, digits)
    decimals = max(-math.floor(math.log10(step) + 1e-9), 0)
    if round(step, decimals) != round(step, 9):
        decimals += 1
    return f"{value:.{decimals}f}".replace("-", "−")


@dataclass(slots=True)
class Chart:
    """A picture with two axes.

    Parameters
    ----------
    title : str
        What it shows, for those who cannot see it.
    x, y : Scale
    width, height : float [px]
    """

    title: str
    x: Scale
    y: Scale
    width: float
    height: float
    parts: list[str] = field(default_factory=list)

    def band(self, x: FloatArray, low: FloatArray, high: FloatArray, style: str) -> None:
        """The area between two curves."""
        there = _points(self.x(x), self.y(high))
        back = _points(self.x(x)[::-1], self.y(low)[::-1])
        self.parts.append(f'<path class="{style}" d="M{there}L{back}Z"/>')

    def curve(self, x: FloatArray, y: FloatArray, style: str) -> None:
        """A line through points."""
        self.parts.append(f'<path class="{style}" d="M{_points(self.x(x), self.y(y))}"/>')

    def dots(self, x: FloatArray, y: FloatArray, style: str, radius: float = 2.5) -> None:
        """Points."""
        for left, top in zip(self.x(x), self.y(y), strict=True):
            self.parts.append(
                f'<circle class="{style}" cx="{left:.1f}" cy="{top:.1f}" r="{radius}"/>'
            )

    def level(self, value: float, style: str) -> None:
        """A line across at one height."""
        place = float(self.y(value))
        self.parts.append(
            f'<path class="{style}" d="M{self.x.start:.1f} {place:.1f}H{self.x.stop:.1f}"/>'
        )

    def upright(self, value: float, style: str) -> None:
        """A line from bottom to top."""
        place = float(self.x(value))
        self.parts.append(
            f'<path class="{style}" d="M{place:.1f} {self.y.start:.1f}V{self.y.stop:.1f}"/>'
        )

    def steps(self, edges: FloatArray, heights: FloatArray, style: str) -> None:
        """A histogram."""
        places, tops = self.x(edges), self.y(heights)
        path = f"M{places[0]:.1f} {self.y.start:.1f}"
        for left, top, right in zip(places[:-1], tops, places[1:], strict=True):
            path += f"L{left:.1f} {top:.1f}H{right:.1f}"
        self.parts.append(f'<path class="{style}" d="{path}V{self.y.start:.1f}"/>')

    def text(self, left: float, top: float, words: str, style: str = "") -> None:
        """Words at a place [px]."""
        kind = f' class="{style}"' if style else ""
        self.parts.append(f'<text{kind} x="{left:.1f}" y="{top:.1f}">{escape(words)}</text>')

    def axes(self, across: str = "", upwards: str = "", *, grid: bool = True) -> None:
        """Both axes with their ticks and what they show."""
        self.parts[:0] = [*self._grid(grid), self._frame()]
        bottom, left = self.y.start, self.x.start
        for value, words in self.x.ticks():
            self.text(float(self.x(value)), bottom + 17, words)
        for value, words in self.y.ticks():
            self.text(left - 7, float(self.y(value)) + 4, words, "end")
        if across:
            self.text((left + self.x.stop) / 2, bottom + 36, across, "name")
        if upwards:
            self.text(left - 7, self.y.stop - 9, upwards, "name left")

    def _grid(self, grid: bool) -> Iterable[str]:
        if not grid:
            return
        for value, _ in self.x.ticks():
            place = float(self.x(value))
            yield f'<path class="grid" d="M{place:.1f} {self.y.start:.1f}V{self.y.stop:.1f}"/>'
        for value, _ in self.y.ticks():
            place = float(self.y(value))
            yield f'<path class="grid" d="M{self.x.start:.1f} {place:.1f}H{self.x.stop:.1f}"/>'

    def _frame(self) -> str:
        return (
            f'<path class="axis" d="M{self.x.start:.1f} {self.y.stop:.1f}'
            f'V{self.y.start:.1f}H{self.x.stop:.1f}"/>'
        )

    def svg(self) -> Markup:
        """The picture."""
        size = f'width="{self.width:g}" viewBox="0 0 {self.width:g} {self.height:g}"'
        name = f'role="img" aria-label="{escape(self.title)}"'
        # The words in it were escaped where they were put.
        return Markup(f'<svg class="chart" {size} {name}>{"".join(self.parts)}</svg>')


def _points(x: FloatArray, y: FloatArray) -> str:
    found: Sequence[str] = [f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True)]
    return "L".join(found)
