"""What the viewer of the page shows: fields, samples and cubes, made small."""

from typing import TypedDict

import numpy as np

from lineform.constants import AU
from lineform.posterior import Field, Fit, Posterior
from lineform.report.profiles import displayed
from lineform.report.quantised import Quantised, block_mean, quantised
from lineform.report.wording import label, shown_unit
from lineform.state import FloatArray

__all__ = ["FieldView", "FitView", "ViewData", "view_data"]

_MOST_CELLS = 64
_SAMPLE_CELLS = 32
_SAMPLES = 8
_MOST_PIXELS = 96
_MOST_VALUES = 800_000
"""Of a cube on the page."""

_SHOWN = (0.002, 0.999)
"""Quantiles of the values at the ends of a scale."""

_WIDEST = 5.0
"""Largest residual that is shown [rms]."""


class FieldView(TypedDict):
    """A field on the page."""

    name: str
    label: str
    unit: str
    logarithmic: bool
    diverging: bool
    median: Quantised
    uncertainty: Quantised
    ratio: Quantised
    samples: Quantised


class FitView(TypedDict):
    """A measured line on the page."""

    label: str
    velocity: list[float]
    x: list[float]
    y: list[float]
    beam: list[list[float]]
    chi2: list[float]
    data: Quantised
    model: Quantised
    residual: Quantised


class ViewData(TypedDict):
    """All that the viewer needs."""

    extent: float
    modes: list[int]
    fields: list[FieldView]
    fits: list[FitView]
    reduced: list[str]


def view_data(posterior: Posterior) -> ViewData:
    """What the viewer shows of a posterior, and in words what was left out for it."""
    chosen = _chosen(posterior)
    x = posterior.axes[0]
    width = float(x[1] - x[0])
    return ViewData(
        extent=float((x[-1] - x[0] + width) / 2 / AU),
        modes=[int(posterior.mode[sample]) for sample in chosen],
        fields=[_field(displayed(field), chosen) for field in posterior.fields],
        fits=[_fit(fit) for fit in posterior.fits],
        reduced=_reduced(posterior, len(chosen)),
    )


def _chosen(posterior: Posterior) -> list[int]:
    """Samples that stand for all: at equal steps of the weight, sorted by mode."""
    order = np.lexsort((np.arange(len(posterior.mode)), posterior.mode))
    count = min(_SAMPLES, len(order))
    total = np.cumsum(posterior.weight[order])
    places = np.searchsorted(total, (np.arange(count) + 0.5) / count * total[-1])
    return sorted({int(order[min(place, len(order) - 1)]) for place in places})


def _field(field: Field, chosen: list[int]) -> FieldView:
    signed = not field.logarithmic and bool(field.quantiles[1].min() < 0)
    median = _reduce(field.quantiles[2], _MOST_CELLS, field.logarithmic)
    low, high = _ends(median[_inside(median.shape)], field.logarithmic, signed)
    half = (field.quantiles[3] - field.quantiles[1]) / 2
    if field.logarithmic:
        half = np.exp(np.log(field.quantiles[3] / field.quantiles[1]) / 2) - 1
    samples = _reduce(field.samples[chosen], _SAMPLE_CELLS, field.logarithmic)
    return FieldView(
        name=field.name,
        label=label(field),
        unit=shown_unit(field.unit),
        logarithmic=field.logarithmic,
        diverging=signed,
        median=quantised(median, low=low, high=high, bits=16, logarithmic=field.logarithmic),
        uncertainty=quantised(block_mean(half, _MOST_CELLS, 3), low=0.0),
        ratio=quantised(block_mean(field.width_ratio, _MOST_CELLS, 3), low=0.0, high=1.2),
        samples=quantised(samples, low=low, high=high, logarithmic=field.logarithmic),
    )


def _reduce(values: FloatArray, most: int, logarithmic: bool) -> FloatArray:
    if not logarithmic:
        return block_mean(values, most, 3)
    reduced: FloatArray = np.exp(block_mean(np.log(values), most, 3))
    return reduced


def _inside(shape: tuple[int, ...]) -> np.ndarray:
    """Cells within the ball that fits into the cube: many a model has nothing in the corners."""
    axes = [(np.arange(n) + 0.5) / n * 2 - 1 for n in shape]
    squares = np.meshgrid(*[axis**2 for axis in axes], indexing="ij")
    inside: np.ndarray = np.sum(squares, axis=0) <= 1
    return inside


def _ends(values: FloatArray, logarithmic: bool, signed: bool) -> tuple[float, float]:
    if signed:
        most = float(np.abs(values).max()) or 1.0
        return -most, most
    # A few cells at the star would take most of the scale.
    low, high = (float(end) for end in np.quantile(values, _SHOWN))
    if logarithmic and high > low:
        # Samples scatter about the median.
        margin = (high / low) ** 0.1
        return low / margin, high * margin
    return (low, high) if high > low else (low / 2, 2 * low or 1.0)


def _fit(fit: Fit) -> FitView:
    side = min(_MOST_PIXELS, max(int((_MOST_VALUES / len(fit.velocity)) ** 0.5), 8))
    data, model = (block_mean(cube, side, 2) for cube in (fit.data, fit.model))
    known = np.isfinite(data)
    both = np.concatenate([data[known], model[known]]) if known.any() else np.zeros(1)
    low, high = (float(end) for end in np.quantile(both, _SHOWN))
    with np.errstate(divide="ignore", invalid="ignore"):
        sigma = block_mean(fit.residual / fit.rms, side, 2)
    residual = quantised(sigma, low=-_WIDEST, high=_WIDEST)
    x, y = (block_mean(axis, side, 1) for axis in (fit.x, fit.y))
    return FitView(
        label=f"{fit.line.species} {fit.line.transition}",
        velocity=[round(float(v), 4) for v in fit.velocity],
        x=[round(float(v), 6) for v in x],
        y=[round(float(v), 6) for v in y],
        beam=[[b.major, b.minor, b.position_angle] for b in fit.beams],
        chi2=[
            round(float(a / b), 3) if b > 0 else 0.0 for a, b in zip(fit.chi2, fit.dof, strict=True)
        ],
        data=quantised(data, low=low, high=high),
        model=quantised(model, low=low, high=high),
        residual=residual,
    )


def _reduced(posterior: Posterior, samples: int) -> list[str]:
    said = []
    cells = max(len(axis) for axis in posterior.axes)
    if cells > _MOST_CELLS:
        said.append(f"maps are means over blocks of cells, {_MOST_CELLS} a side at most")
    if cells > _SAMPLE_CELLS:
        said.append(f"single samples are means over blocks, {_SAMPLE_CELLS} cells a side at most")
    if samples < len(posterior.weight):
        said.append(f"{samples} of {len(posterior.weight)} samples can be looked at one by one")
    for fit in posterior.fits:
        side = min(_MOST_PIXELS, max(int((_MOST_VALUES / len(fit.velocity)) ** 0.5), 8))
        if max(fit.data.shape[1:]) > side:
            said.append(
                f"channel maps of {fit.line.species} {fit.line.transition} are means over "
                f"blocks of pixels, {side} a side at most"
            )
    said.append("values in maps are rounded to 1/254 of the scale, in medians to 1/65534")
    return said
