"""The drawn figures of a report: profiles, spectra, and chi^2."""

import numpy as np
from markupsafe import Markup

from lineform.posterior import Fit, quantiles_of
from lineform.report.drawing import Chart, Scale
from lineform.report.profiles import Profile
from lineform.report.wording import label, shown_unit
from lineform.state import FloatArray

__all__ = ["chi2_chart", "profile_chart", "spectrum_chart"]

_WIDTH, _HEIGHT = 460.0, 300.0
_LEFT, _TOP, _BOTTOM, _RIGHT = 62.0, 30.0, 48.0, 12.0
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
        # What is held fixed varies by rounding only, which is not to fill the chart.
        margin = max((high / low) ** 0.04, 1.1) if high > low else 2.0
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
