"""Means, widths and quantiles of weighted samples.

Quantiles of n samples of equal weight are read off at (n + 1) p (Weibull 1939): of whatever
distribution, the interval between two of them has the probability that it names, on average over
draws, as long as the outermost samples are not beyond it (39 samples for 95 %). For unequal weights
n is the effective number of samples (Kish 1965), and the slope between two samples is as wide as
the lighter one, so that a sample of hardly any weight changes hardly anything.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np

from lineform.constants import BOLTZMANN, LIGHT_SPEED
from lineform.cube import Beam
from lineform.posterior.base import QUANTILES, Field, Fit, Number
from lineform.species import Line
from lineform.state import FloatArray

__all__ = [
    "correlations_of",
    "field_of",
    "fit_of",
    "number_correlations_of",
    "number_of",
    "quantiles_of",
    "width_ratio_of",
]

_JANSKY = 1e-26
_ARCSEC = np.pi / 180 / 3600


def quantiles_of(
    samples: FloatArray, weight: FloatArray, probabilities: Sequence[float] = QUANTILES
) -> FloatArray:
    """Quantiles of weighted samples.

    Parameters
    ----------
    samples : (sample, ...) [any]
    weight : (sample,) [1]
        Their sum is 1.
    probabilities : sequence of float [1]

    Returns
    -------
    (probability, ...) [as samples]
        Those beyond the outermost samples are at these.
    """
    flat = samples.reshape(len(samples), -1)
    if np.ptp(weight) == 0:
        # The same by partition, several times faster.
        found = np.quantile(flat, probabilities, axis=0, method="weibull").astype(samples.dtype)
        return found.reshape(len(probabilities), *samples.shape[1:])
    found = np.empty((len(probabilities), flat.shape[1]), samples.dtype)
    step = max(2**22 // max(len(flat), 1), 1)
    for start in range(0, flat.shape[1], step):
        part = slice(start, start + step)
        found[:, part] = _quantiles(flat[:, part], weight, probabilities)
    return found.reshape(len(probabilities), *samples.shape[1:])


def _quantiles(
    samples: FloatArray, weight: FloatArray, probabilities: Sequence[float]
) -> FloatArray:
    if len(samples) == 1:
        return np.repeat(samples, len(probabilities), axis=0)
    order = np.argsort(samples, axis=0, kind="stable")
    ordered = np.take_along_axis(samples, order, axis=0)
    weights = np.asarray(weight, dtype=np.float64)[order]
    step = np.cumsum(weights, axis=0)[:-1]
    half = np.minimum(weights[:-1], weights[1:]) / 2
    found = []
    for probability in _positions(weight, probabilities):
        place = (step + half <= probability).sum(axis=0)[None]
        value = np.take_along_axis(ordered, place, axis=0)
        last = place == len(samples) - 1
        place = np.where(last, 0, place)
        width = np.take_along_axis(half, place, axis=0)
        slope = probability - np.take_along_axis(step, place, axis=0) + width
        share = np.where(last | (width <= 0), 0, slope / np.where(width > 0, 2 * width, 1))
        after = np.take_along_axis(ordered, place + 1, axis=0)
        found.append((value + np.clip(share, 0, 1) * (after - value))[0])
    return np.stack(found)


def _positions(weight: FloatArray, probabilities: Sequence[float]) -> list[float]:
    """Where probabilities lie along the steps of weight: Weibull's places on those of Hazen."""
    count = float(np.sum(weight) ** 2 / np.sum(np.asarray(weight, dtype=np.float64) ** 2))
    end = 0.5 / count
    return [float(np.clip(p + (p - 0.5) / count, end, 1 - end)) for p in probabilities]


def field_of(
    name: str,
    unit: str,
    description: str,
    samples: FloatArray,
    weight: FloatArray,
    prior: FloatArray,
    *,
    logarithmic: bool,
) -> Field:
    """A field from samples of posterior and prior.

    Parameters
    ----------
    name, unit, description : str
    samples : (sample, x, y, z) [unit]
    weight : (sample,) [1]
        Their sum is 1.
    prior : (any, x, y, z) [unit]
        Samples of the prior, all of the same weight.
    logarithmic : bool
        Whether widths are those of the natural logarithm.
    """
    quantiles = quantiles_of(samples, weight)
    of_prior = quantiles_of(prior, _equal(prior))
    ratio = width_ratio_of(quantiles, of_prior, logarithmic=logarithmic)
    mean = _mean(samples, weight)
    return Field(
        name=name,
        unit=unit,
        description=description,
        logarithmic=logarithmic,
        samples=samples.astype(np.float32),
        mean=mean,
        deviation=np.sqrt(_mean((samples - mean) ** 2, weight)),
        quantiles=quantiles,
        prior=of_prior,
        # A single sample has no width, which is not to know it well.
        width_ratio=ratio if len(samples) > 1 else np.full_like(ratio, np.nan),
    )


def width_ratio_of(quantiles: FloatArray, prior: FloatArray, *, logarithmic: bool) -> FloatArray:
    """Width of the 68 % interval over that of the prior; 1 where the prior has no width.

    Parameters
    ----------
    quantiles, prior : (quantile, ...) [any]
        Of `QUANTILES`.
    logarithmic : bool
        Whether widths are those of the natural logarithm.
    """
    ends = np.stack([quantiles[[1, 3]], prior[[1, 3]]]).astype(np.float64)
    if logarithmic:
        ends = np.log(ends)
    posterior, before = ends[:, 1] - ends[:, 0]
    # Of what was known already nothing could be learned.
    known = before <= 0
    return np.where(known, 1, posterior / np.where(known, 1, before))


def number_of(
    name: str,
    unit: str,
    description: str,
    prior: str,
    samples: FloatArray,
    weight: FloatArray,
    prior_samples: FloatArray,
    *,
    logarithmic: bool = False,
    period: float = 0.0,
) -> Number:
    """A number from samples of posterior and prior; see `Number` for the parameters."""
    direction = _direction(samples, weight, period)
    unwrapped = _unwrapped(samples, direction, period)
    before = _unwrapped(prior_samples, direction, period)
    mean = float(_mean(unwrapped, weight))
    return Number(
        name=name,
        unit=unit,
        description=description,
        prior=prior,
        logarithmic=logarithmic,
        period=period,
        samples=unwrapped,
        prior_samples=before,
        mean=mean,
        deviation=float(np.sqrt(_mean((unwrapped - mean) ** 2, weight))),
        quantiles=quantiles_of(unwrapped, weight),
        prior_quantiles=quantiles_of(before, _equal(before)),
    )


def _direction(samples: FloatArray, weight: FloatArray, period: float) -> float:
    """Mean direction of angles; 0 for what is none."""
    if not period:
        return 0.0
    turn = 2 * np.pi / period
    return float(np.angle(np.sum(weight * np.exp(1j * turn * samples)))) / turn % period


def _unwrapped(samples: FloatArray, direction: float, period: float) -> FloatArray:
    """Angles within half a period of a direction, others as they are."""
    values = np.asarray(samples, dtype=np.float64)
    if not period:
        return values
    wrapped: FloatArray = (values - direction + period / 2) % period - period / 2 + direction
    return wrapped


def correlations_of(
    fields: Sequence[Field], weight: FloatArray
) -> dict[tuple[str, str], FloatArray]:
    """Correlations of every two fields in the same cell: names -> (x, y, z) [1].

    0 where one of the two does not vary.
    """
    found = {}
    for a, b in combinations(fields, 2):
        first, second = _standard(a, weight), _standard(b, weight)
        found[a.name, b.name] = _mean(first * second, weight)
    return found


def number_correlations_of(numbers: Sequence[Number], weight: FloatArray) -> FloatArray:
    """Correlations of every two numbers (number, number) [1].

    0 where one of the two does not vary.
    """
    rows = [_scaled(n.samples, weight, logarithmic=n.logarithmic) for n in numbers]
    found: FloatArray = np.eye(len(numbers))
    for (i, first), (j, second) in combinations(enumerate(rows), 2):
        found[i, j] = found[j, i] = _mean(first * second, weight)
    return found


def _standard(field: Field, weight: FloatArray) -> FloatArray:
    return _scaled(field.samples, weight, logarithmic=field.logarithmic)


def _scaled(samples: FloatArray, weight: FloatArray, *, logarithmic: bool) -> FloatArray:
    """Of zero mean and unit variance; 0 where there is none."""
    values = np.log(samples) if logarithmic else samples
    values = values - _mean(values, weight)
    width = np.sqrt(_mean(values**2, weight))
    scaled: FloatArray = values / np.where(width > 0, width, 1)
    return scaled


def fit_of(
    name: str,
    line: Line,
    axes: tuple[FloatArray, FloatArray, FloatArray],
    data: FloatArray,
    rms: FloatArray,
    cubes: Iterable[FloatArray],
    weight: FloatArray,
    *,
    chi2: FloatArray | None = None,
    dof: FloatArray | None = None,
    beams: tuple[Beam, ...] = (),
    centre: tuple[float, float] | None = None,
    correlated: bool = False,
    source: str = "",
    remarks: tuple[str, ...] = (),
) -> Fit:
    """A fit from the cubes of the samples, of which only one at a time is in memory.

    Parameters
    ----------
    name : str
    line : Line
    axes : velocity (channel,) [km/s], x (x,) [arcsec], y (y,) [arcsec]
    data : (channel, y, x) [K]
        NaN where nothing was measured.
    rms : a shape that broadcasts to that of data [K]
    cubes : iterable of (channel, y, x) [K]
        One for each sample.
    weight : (sample,) [1]
    chi2, dof : (channel,) [1], or None
        None for the sum of squares over the rms, and the number of pixels: right for white noise.
    beams, centre, correlated, source, remarks
        See `Fit`.
    """
    flux = _flux(line, *axes)
    seen = np.isfinite(data)
    model, deviation, spectra = _moments(cubes, weight, seen)
    residual = data - model
    noise = np.broadcast_to(rms, data.shape)
    whitened = np.where(seen, residual / noise, 0)
    velocity, x, y = axes
    return Fit(
        name=name,
        line=line,
        velocity=velocity,
        x=x,
        y=y,
        data=data,
        model=model,
        deviation=deviation,
        residual=residual,
        rms=noise,
        chi2=(whitened**2).sum(axis=(1, 2)) if chi2 is None else chi2,
        dof=seen.sum(axis=(1, 2)).astype(float) if dof is None else dof,
        spectrum=flux * np.where(seen, data, 0).sum(axis=(1, 2)),
        spectra=flux * spectra,
        beams=beams,
        centre=centre,
        correlated=correlated,
        source=source,
        remarks=remarks,
    )


def _moments(
    cubes: Iterable[FloatArray], weight: FloatArray, seen: np.ndarray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean and deviation (channel, y, x), and the sums over the pixels seen (sample, channel)."""
    mean, square = np.zeros(seen.shape), np.zeros(seen.shape)
    sums = []
    total = 0.0
    for cube, share in zip(cubes, weight, strict=True):
        sums.append(np.where(seen, cube, 0).sum(axis=(1, 2), dtype=np.float64))
        if not share > 0:
            continue
        # The running mean loses no digits where the deviation is small (West 1979).
        total += float(share)
        step = np.asarray(cube, dtype=np.float64) - mean
        mean += step * (share / total)
        square += share * step * (cube - mean)
    return mean, np.sqrt(square / total), np.stack(sums)


def _flux(line: Line, velocity: FloatArray, x: FloatArray, y: FloatArray) -> FloatArray:
    """Flux density of a pixel of 1 K (channel,) [Jy]: 2 k nu^2 / c^2 times its solid angle."""
    frequency = line.frequency * (1 - velocity * 1e3 / LIGHT_SPEED)
    pixel = abs(float(x[1] - x[0]) * float(y[1] - y[0])) * _ARCSEC**2
    flux: FloatArray = 2 * BOLTZMANN * (frequency / LIGHT_SPEED) ** 2 * pixel / _JANSKY
    return flux


def _equal(samples: FloatArray) -> FloatArray:
    return np.full(len(samples), 1 / max(len(samples), 1))


def _mean(samples: FloatArray, weight: FloatArray) -> FloatArray:
    mean: FloatArray = np.tensordot(weight, samples, axes=1)
    return mean
