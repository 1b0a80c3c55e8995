"""The drawn figures of a report: profiles, spectra, chi^2, and the corner plot."""

import numpy as np
from markupsafe import Markup

from lineform.posterior import Fit, Number, Posterior, quantiles_of
from lineform.report.drawing import Chart, Scale
from lineform.report.profiles import Profile
from lineform.report.wording import label, shown_unit
from lineform.state import FloatArray

__all__ = ["chi2_chart", "corner_chart", "profile_chart", "spectrum_chart"]

_WIDTH, _HEIGHT = 460.0, 300.0
_LEFT, _TOP, _BOTTOM, _RIGHT = 62.0, 30.0, 48.0, 12.0
_CELL, _GAP = 132.0, 14.0
_CORNER_LEFT, _CORNER_TOP, _CORNER_BOTTOM = 74.0, 26.0, 56.0
_MOST_DOTS = 400
_BINS = 24
_LARGEST_RATIO = 1e8


def _chart(
    title: str, x: tuple[float, float], y: tuple[float, float], *, logarithmic: bool = False
) -> Chart:
    across = Scale(*x, _LEFT, _WIDTH - _RIGHT)
    upwards = Scale(*y, _HEIGHT - _BOTTOM, _TOP, logarithmic)
    return Chart(title, across, upwards, _WIDTH, _HEIGHT)


def profile_chart(profile: Profile) -> Markup:
    """A field by distance from the star: median, 68 and 95 % of posterior and 95 % of prior."""
    field = profile.field
    low, high = _limits(profile)
    title = (
        f"{label(field)} by distance from the star, "
        "with 68 and 95 % bands of the posterior and the 95 % band of the prior"
    )
    chart = _chart(title, (0, float(profile.edges[-1])), (low, high), logarithmic=field.logarithmic)
    q, prior, r = profile.quantiles, profile.prior, profile.radius
    chart.band(r, prior[0], prior[4], "prior")
    chart.curve(r, prior[0], "prior-edge")
    chart.curve(r, prior[4], "prior-edge")
    chart.band(r, q[0], q[4], "band wide")
    chart.band(r, q[1], q[3], "band")
    chart.curve(r, q[2], "median")
    unit = f" [{shown_unit(field.unit)}]" if field.unit else ""
    name = label(field)
    chart.axes("distance from the star [au]", f"{name[0].upper()}{name[1:]}{unit}")
    return chart.svg()


def _limits(profile: Profile) -> tuple[float, float]:
    q, prior = profile.quantiles, profile.prior
    low, high = float(min(q[0].min(), prior[0].min())), float(max(q[4].max(), prior[4].max()))
    if profile.field.logarithmic:
        low = max(low, high / _LARGEST_RATIO)
        margin = (high / low) ** 0.04 if high > low else 2.0
        return low / margin, high * margin
    margin = 0.04 * (high - low) or 1.0
    return low - margin, high + margin


def spectrum_chart(fit: Fit, weight: FloatArray) -> Markup:
    """Flux density of the data, and the median and bands of the samples."""
    bands = quantiles_of(fit.spectra, weight)
    every = np.concatenate([fit.spectrum[None], bands])
    low, high = float(min(np.nanmin(every), 0)), float(np.nanmax(every))
    margin = 0.06 * (high - low) or 1.0
    velocity = fit.velocity
    chart = _chart(
        f"Spectrum of {fit.line.species} {fit.line.transition}: data, and the samples' bands",
        (float(velocity.min()), float(velocity.max())),
        (low - margin * (low < 0), high + margin),
    )
    chart.band(velocity, bands[0], bands[4], "band wide")
    chart.band(velocity, bands[1], bands[3], "band")
    chart.curve(velocity, bands[2], "median")
    chart.dots(velocity, fit.spectrum, "data", 2.2)
    chart.axes("velocity [km s⁻¹]", "Flux density [Jy]")
    return chart.svg()


def chi2_chart(fit: Fit) -> Markup:
    """chi^2 over its expectation, by channel, with the range that noise explains."""
    dof = np.maximum(fit.dof, 1e-9)
    ratio = fit.chi2 / dof
    spread = 2 * np.sqrt(2 / np.maximum(fit.dof, 1))
    velocity = fit.velocity
    high = float(max(np.nanmax(ratio), np.nanmax(1 + spread))) * 1.1
    chart = _chart(
        f"chi squared by channel of {fit.line.species} {fit.line.transition}",
        (float(velocity.min()), float(velocity.max())),
        (0.0, high),
    )
    chart.band(velocity, np.maximum(1 - spread, 0), 1 + spread, "prior")
    chart.level(1.0, "prior-edge")
    chart.curve(velocity, ratio, "line")
    chart.dots(velocity, ratio, "data", 2.2)
    chart.axes("velocity [km s⁻¹]", "χ² by its expectation")
    return chart.svg()


def corner_chart(posterior: Posterior) -> Markup:
    """Every number against every other, and each alone with its prior."""
    numbers, count = posterior.numbers, len(posterior.numbers)
    side = count * _CELL + (count - 1) * _GAP
    size = _CORNER_LEFT + side + 8, _CORNER_TOP + side + _CORNER_BOTTOM
    limits = [_range(number) for number in numbers]
    parts = []
    for row in range(count):
        for column in range(row + 1):
            chart = _corner_cell(posterior, limits, row, column)
            parts += chart.parts
    names = ", ".join(label(number) for number in numbers)
    whole = Chart(f"Corner plot of {names}", Scale(0, 1, 0, 1), Scale(0, 1, 0, 1), *size)
    whole.parts = parts
    return whole.svg()


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
        chart.text(left + _CELL / 2, top - 8, label(first), "name")
    else:
        _together(chart, first, second, posterior)
    chart.parts.insert(0, f'<path class="axis" d="M{left} {top}v{_CELL}h{_CELL}v{-_CELL}Z"/>')
    _corner_ticks(chart, first, second, row == len(posterior.numbers) - 1, column == 0 and row > 0)
    return chart


def _corner_ticks(chart: Chart, first: Number, second: Number, below: bool, beside: bool) -> None:
    if below:
        for value, words in chart.x.ticks(3):
            chart.text(float(chart.x(value)), chart.y.start + 17, words)
        unit = shown_unit(first.unit)
        middle = (chart.x.start + chart.x.stop) / 2
        chart.text(middle, chart.y.start + 38, f"[{unit}]" if unit else "", "name")
    if beside:
        for value, words in chart.y.ticks(3):
            chart.text(chart.x.start - 7, float(chart.y(value)) + 4, words, "end")


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


def _range(number: Number) -> tuple[float, float]:
    """What is shown of a number: all samples, and of the prior no more than helps."""
    values = np.concatenate([number.samples, number.quantiles, number.prior_quantiles[[1, 3]]])
    if number.logarithmic:
        values = np.log(values)
    low, high = float(values.min()), float(values.max())
    margin = 0.06 * (high - low) or 1.0
    ends = low - margin, high + margin
    return (float(np.exp(ends[0])), float(np.exp(ends[1]))) if number.logarithmic else ends
