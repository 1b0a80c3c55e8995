"""The corner plot: every number alone with its prior, and against every other."""

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from lineform.posterior import Number, Posterior
from lineform.report.drawing import Chart, Scale
from lineform.report.wording import after, interval, label, shown_unit
from lineform.state import FloatArray

__all__ = ["corner_chart", "corner_style", "narrow_axes"]

_CELL, _GAP = 132.0, 18.0
_CORNER_LEFT, _CORNER_TOP, _CORNER_BOTTOM = 92.0, 26.0, 56.0
_LETTER, _LINE = 7.2, 18.0
"""Width of a letter and height of a line [px]."""

_LEAST = 0.75
"""To which the plot is made smaller on a narrow page; beyond, its letters cannot be read."""

_MOST_DOTS = 400
_BINS = 24
_NARROW = 0.3
"""Below this share of the prior's width the prior is left out of an axis."""


def corner_chart(posterior: Posterior) -> Markup:
    """Every number against every other, and each alone with its prior."""
    numbers, count = posterior.numbers, len(posterior.numbers)
    limits = [_range(number) for number in numbers]
    parts = []
    for row in range(count):
        for column in range(row + 1):
            chart = _corner_cell(posterior, limits, row, column)
            parts += chart.parts
    names = ", ".join(label(number) for number in numbers)
    whole = Chart(f"Corner plot of {names}", Scale(0, 1, 0, 1), Scale(0, 1, 0, 1), *_size(numbers))
    whole.parts = parts
    return whole.svg()


def corner_style(posterior: Posterior) -> str:
    """CSS by which the plot becomes as narrow as the page, as long as it can be read."""
    width, _ = _size(posterior.numbers)
    return f".corner .chart {{ max-width: 100%; min-width: {_LEAST * width:.0f}px; }}\n"


def _size(numbers: Sequence[Number]) -> tuple[float, float]:
    """Width and height of the whole [px]."""
    side = len(numbers) * _CELL + (len(numbers) - 1) * _GAP
    # Titles begin at their panel; that of the last may be longer than it.
    beyond = max(_LETTER * 1.1 * len(label(numbers[-1])) - _CELL, 0) + 8
    return _CORNER_LEFT + side + beyond, _CORNER_TOP + side + _CORNER_BOTTOM


def _corner_cell(
    posterior: Posterior, limits: list[tuple[float, float]], row: int, column: int
) -> Chart:
    left = _CORNER_LEFT + column * (_CELL + _GAP)
    top = _CORNER_TOP + row * (_CELL + _GAP)
    first, second = posterior.numbers[column], posterior.numbers[row]
    x = Scale(*limits[column], left, left + _CELL, first.logarithmic)
    alone = row == column
    upwards = (0.0, 1.08) if alone else limits[row]
    y = Scale(*upwards, top + _CELL, top, second.logarithmic and not alone)
    chart = Chart("", x, y, 0, 0)
    if alone:
        _alone(chart, first, posterior.weight)
        chart.text(left, top - 6, label(first), "name left")
    else:
        _together(chart, first, second, posterior)
    chart.parts.insert(0, f'<path class="axis" d="M{left} {top}v{_CELL}h{_CELL}v{-_CELL}Z"/>')
    _corner_ticks(chart, first, second, row == len(posterior.numbers) - 1, column == 0 and row > 0)
    return chart


def _corner_ticks(chart: Chart, first: Number, second: Number, below: bool, beside: bool) -> None:
    if below:
        for place, words in _across(chart.x):
            chart.text(place, chart.y.start + 17, words)
        unit = shown_unit(first.unit)
        middle = (chart.x.start + chart.x.stop) / 2
        chart.text(middle, chart.y.start + 38, f"[{unit}]" if unit else "", "name")
    if beside:
        last = np.inf
        for value, words in chart.y.ticks(3):
            place = float(chart.y(value))
            if last - place >= _LINE:
                chart.text(chart.x.start - 7, place + 4, words, "end")
                last = place


def _across(scale: Scale) -> list[tuple[float, str]]:
    """Places and words of as many ticks as have room below a panel."""
    best: list[tuple[float, str]] = []
    for most in (3, 2, 1):
        found = [(float(scale(value)), words) for value, words in scale.ticks(most)]
        kept: list[tuple[float, str]] = []
        taken = scale.start - _GAP / 2
        for place, words in found:
            half = _LETTER * len(words) / 2
            if place - half >= taken and place + half <= scale.stop + _GAP / 2:
                kept.append((place, words))
                taken = place + half + _LETTER
        if len(kept) == len(found) > 1:
            return kept
        best = max(best, kept, key=len)
    return best


def _alone(chart: Chart, number: Number, weight: FloatArray) -> None:
    scale = chart.x
    edges = np.linspace(scale.low, scale.high, _BINS + 1)
    if scale.logarithmic:
        edges = np.geomspace(scale.low, scale.high, _BINS + 1)
    before = np.histogram(number.prior_samples, edges)[0].astype(float)
    after = np.histogram(number.samples, edges, weights=weight)[0]
    before *= 1 / max(len(number.prior_samples), 1)
    most = max(float(after.max()), float(before.max()), 1e-12)
    chart.steps(edges, before / most, "prior-steps")
    chart.steps(edges, after / most, "bar")
    for place, style in ((1, "prior-edge"), (2, "median"), (3, "prior-edge")):
        chart.upright(float(number.quantiles[place]), style)


def _together(chart: Chart, first: Number, second: Number, posterior: Posterior) -> None:
    chosen = np.unique(np.linspace(0, len(posterior.weight) - 1, _MOST_DOTS).astype(int))
    chosen = chosen[posterior.weight[chosen] > 0]
    for mode in np.unique(posterior.mode[chosen]):
        part = chosen[posterior.mode[chosen] == mode]
        chart.dots(first.samples[part], second.samples[part], f"dot m{mode % 4}", 2.4)


def narrow_axes(posterior: Posterior) -> list[str]:
    """Ranges of priors that are left out of the plot, being much wider than the samples."""
    return [
        f"{label(number)} {interval(low, high)}{after(number.unit)}"
        for number in posterior.numbers
        if _narrow(number)
        for low, high in [(float(number.prior_quantiles[0]), float(number.prior_quantiles[4]))]
    ]


def _narrow(number: Number) -> bool:
    values, prior = _scaled(number.samples, number), _scaled(number.prior_quantiles[[1, 3]], number)
    return 0 < float(np.ptp(values)) < _NARROW * float(np.ptp(prior))


def _scaled(values: FloatArray, number: Number) -> FloatArray:
    return np.log(values) if number.logarithmic else values


def _range(number: Number) -> tuple[float, float]:
    """What is shown of a number: all samples, and of the prior no more than helps."""
    shown = [number.samples, number.quantiles]
    if not _narrow(number):
        shown.append(number.prior_quantiles[[1, 3]])
    values = _scaled(np.concatenate(shown), number)
    low, high = float(values.min()), float(values.max())
    margin = 0.06 * (high - low) or 1.0
    ends = low - margin, high + margin
    return (float(np.exp(ends[0])), float(np.exp(ends[1]))) if number.logarithmic else ends
