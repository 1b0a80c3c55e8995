"""What is and what is not constrained, in plain words, from the numbers alone."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np

from lineform.posterior import Field, Fit, Number, Posterior, quantiles_of
from lineform.report.profiles import Profile, profiles_of
from lineform.report.wording import after, interval, label, middle_text, number_text
from lineform.state import FloatArray

__all__ = ["doubts_of", "findings_of", "width_ratio"]

_LEARNED, _PRIOR = 0.5, 0.85
_LIKELY = 3.0
"""Standard deviations by which chi^2 may differ from its expectation."""

_POOR, _LOOSE, _SURE = 1.05, 0.5, 5.0
"""chi^2 per measured value beyond which widths are wrong, if by so many standard deviations."""

_STRONG = 0.7
"""Correlation that is told of."""

_FEW = 39
"""Below this the ends of 95 % intervals lie beyond the outermost samples."""

_ALONE = 1.5
"""Below this many samples there is only one."""

_SMALL_MODE = 0.02

_COARSE = "cells:"
"""How a warning of cells that are too coarse begins."""


def findings_of(posterior: Posterior, profiles: list[Profile]) -> list[tuple[str, list[str]]]:
    """Sentences under their headings."""
    alone = _effective(posterior) < _ALONE
    if alone:
        # One model is no distribution: nothing can be said of widths.
        profiles, posterior = [], replace(posterior, numbers=(), fields=(), correlations={})
    doubts = [] if alone else [*doubts_of(posterior)]
    cells = [] if alone else [*_cells(posterior)]
    verb = "What the samples say of" if doubts else "What is known of"
    parts = (
        ("How well it fits", [_fit(fit) for fit in posterior.fits]),
        (f"{verb} the gas", [_field(profile, not doubts) for profile in profiles]),
        ("Within the most probable solution alone", _alone(posterior, not doubts)),
        (
            f"{verb} the numbers",
            [
                *(_number(number, posterior, not doubts) for number in posterior.numbers),
                *_slowing(posterior),
            ],
        ),
        (
            "What cannot be told apart",
            [*_modes(posterior), *_number_pairs(posterior), *_field_pairs(posterior)],
        ),
        (
            "How far to trust the widths",
            [*doubts, *cells, *_sampling(posterior), *_resolution(posterior)],
        ),
    )
    return [(heading, sentences) for heading, sentences in parts if sentences]


def doubts_of(posterior: Posterior) -> Iterator[str]:
    """Why widths are wrong: samples that miss the posterior, and fits far from the noise."""
    for doubt in posterior.doubts:
        yield f"Widths cannot be trusted: {doubt}."
    for fit in posterior.fits:
        chi2, dof = float(np.nansum(fit.chi2)), float(np.nansum(fit.dof))
        if dof <= 0 or any(doubt.startswith(f"{fit.name}:") for doubt in posterior.doubts):
            continue
        ratio, sigma = chi2 / dof, (chi2 - dof) / np.sqrt(2 * dof)
        name = f"χ² of {fit.line.species} {fit.line.transition} is {number_text(ratio)}"
        if ratio > _POOR and sigma > _SURE:
            yield (
                f"Widths cannot be trusted: {name} per measured value, so the model cannot make "
                "what was measured. They tell how the samples scatter about a wrong model, and "
                "are too small."
            )
        elif ratio < _LOOSE and sigma < -_SURE:
            yield (
                f"Widths cannot be trusted: {name} per measured value, so the noise, or the error "
                "allowed for the model, is overstated. They are too large."
            )


def _fit(fit: Fit) -> str:
    chi2, dof = float(np.nansum(fit.chi2)), float(np.nansum(fit.dof))
    name = f"{fit.line.species} {fit.line.transition}"
    if dof <= 0:
        return f"{name}: nothing was measured."
    ratio = chi2 / dof
    sigma = (chi2 - dof) / np.sqrt(2 * dof)
    said = f"{name}: χ² of the mean model is {number_text(ratio)} per measured value"
    if abs(sigma) <= _LIKELY:
        return f"{said}, as expected of the noise."
    if sigma > 0:
        worst = int(np.nanargmax(fit.chi2 / np.maximum(fit.dof, 1e-9)))
        return (
            f"{said}, more than the noise explains: the model lacks something, or the noise is "
            f"underestimated. It is worst at {number_text(float(fit.velocity[worst]))} km s⁻¹. "
            "Widths are too small as far as the model is wrong."
        )
    return (
        f"{said}, less than expected of the noise: the noise, or the error allowed for the model, "
        "is overestimated, or the noise is correlated or was fitted as if it were signal."
    )


def _field(profile: Profile, trusted: bool) -> str:
    field = profile.field
    if not np.any(profile.prior[4] > profile.prior[0]):
        return f"{label(field)[0].upper()}{label(field)[1:]}: held fixed."
    learned, unknown = profile.learned(), profile.unknown()
    sentences = []
    verb = "known to" if trusted else "the samples scatter by"
    for low, high, spread in learned:
        sentences.append(f"{verb} {_spread(field, spread)} from {_radii(low, high)}")
    name = label(field)
    name = f"{name[0].upper()}{name[1:]}"
    if learned and unknown:
        said = f"{name}: {'; '.join(sentences)}. {_as_prior(unknown)}"
    elif learned:
        said = f"{name}: {'; '.join(sentences)}."
    elif unknown and len(unknown) == 1 and unknown[0][1] >= float(profile.edges[-1]) > 0:
        said = f"{name}: {_hardly(profile, unknown)}"
    elif unknown:
        said = f"{name}: little is learned anywhere. {_as_prior(unknown)}"
    else:
        ratio = number_text(float(np.median(profile.width_ratio)), 2)
        said = f"{name}: a little is learned at all distances; widths are {ratio} of the prior's."
    return said


def _alone(posterior: Posterior, trusted: bool) -> list[str]:
    """What is known of the gas if the other modes are left out."""
    weights = posterior.mode_weights
    if np.sum(weights > _SMALL_MODE) < 2:
        return []
    best = profiles_of(posterior, int(np.argmax(weights)))
    return [_field(profile, trusted) for profile in best]


def _hardly(profile: Profile, unknown: list[tuple[float, float, float]]) -> str:
    if unknown[0][0] <= float(profile.edges[0]):
        return "not constrained by the data at any distance; what is shown is the prior."
    return f"little is learned anywhere. {_as_prior(unknown)}"


def _as_prior(ranges: list[tuple[float, float, float]]) -> str:
    where = " and ".join(_radii(low, high) for low, high, _ in ranges)
    return f"From {where} it is the prior that is seen."


def _radii(low: float, high: float) -> str:
    return f"{number_text(low, 2)} to {number_text(high, 2)} au"


def _spread(field: Field, spread: float) -> str:
    if not field.logarithmic:
        return f"± {number_text(spread, 2)}{after(field.unit)}"
    return f"{100 * spread:.2g} %" if spread < 1 else f"a factor of {number_text(1 + spread, 2)}"


def _number(number: Number, posterior: Posterior, trusted: bool) -> str:
    unit = after(number.unit)
    name = label(number)
    name = f"{name[0].upper()}{name[1:]}"
    if not np.ptp(number.prior_quantiles) > 0:
        return f"{name}: held at {number_text(float(number.quantiles[2]))}{unit}."
    parts = _by_mode(number, posterior)
    if len(parts) > 1:
        said = " or ".join(
            f"{middle_text(q[1:4])}{unit} ({interval(q[1], q[3])}{unit}, mode {mode + 1})"
            for mode, q in parts
        )
        of = "with 68 % probability within" if trusted else "68 % of the samples of"
        return f"{name}: {said}, {of} each mode."
    low, high = (float(number.quantiles[i]) for i in (1, 3))
    ratio = width_ratio(number)
    of = "with 68 % probability" if trusted else "68 % of the samples in"
    middle = middle_text(number.quantiles[1:4])
    said = f"{name}: {middle}{unit}, {of} {interval(low, high)}{unit}"
    if not trusted:
        return f"{said}: {number_text(ratio, 2)} of the prior's width, which is not to be trusted."
    if ratio < _LEARNED:
        return f"{said}. The data decide: the width is {number_text(ratio, 2)} of the prior's."
    if ratio < _PRIOR:
        return f"{said}. Data and prior decide together."
    return f"{said}. The data add nothing to the prior."


def _slowing(posterior: Posterior) -> Iterator[str]:
    """How probable it is that the wind gets slower outwards, unless it hardly is."""
    samples = {number.name: number.samples for number in posterior.numbers}
    if not {"initial_velocity", "terminal_velocity"} <= set(samples):
        return
    slower = samples["terminal_velocity"] < samples["initial_velocity"]
    share = float(posterior.weight[slower].sum())
    if share > _SMALL_MODE:
        yield (
            f"The wind slows down outwards with {100 * share:.0f} % probability: no prior requires "
            "a terminal velocity above the initial one."
        )


def _by_mode(number: Number, posterior: Posterior) -> list[tuple[int, FloatArray]]:
    """Quantiles within each mode, if the number is one of those in which the modes differ."""
    weights = posterior.mode_weights
    found = []
    for mode in np.flatnonzero(weights > _SMALL_MODE):
        part = posterior.mode == mode
        weight = posterior.weight[part] / posterior.weight[part].sum()
        found.append((int(mode), quantiles_of(number.samples[part], weight)))
    found.sort(key=lambda item: float(item[1][2]))
    apart = any(below[3] < above[1] for (_, below), (_, above) in pairwise(found))
    return found if apart else []


def width_ratio(number: Number) -> float:
    """Width of the 68 % interval over that of the prior."""
    ends = np.stack([number.quantiles[[1, 3]], number.prior_quantiles[[1, 3]]])
    if number.logarithmic:
        ends = np.log(ends)
    posterior, before = ends[:, 1] - ends[:, 0]
    return float(posterior / before) if before > 0 else 1.0


def _modes(posterior: Posterior) -> Iterator[str]:
    weights = posterior.mode_weights
    weights = np.sort(weights[weights > _SMALL_MODE])[::-1]
    if len(weights) > 1:
        shares = ", ".join(f"{100 * weight:.0f} %" for weight in weights)
        yield (
            f"There are {len(weights)} separate solutions that the data do not tell apart, of "
            f"probability {shares}. A mean over all of them is none of them: look at single "
            "samples."
        )


def _number_pairs(posterior: Posterior) -> Iterator[str]:
    matrix = posterior.number_correlations
    names = [label(number) for number in posterior.numbers]
    for (i, first), (j, second) in combinations(enumerate(names), 2):
        correlation = float(matrix[i, j])
        if abs(correlation) >= _STRONG:
            sense = "with a larger" if correlation > 0 else "with a smaller"
            yield (
                f"A larger {first} goes {sense} {second} (correlation "
                f"{number_text(correlation, 2)}): the data fix a combination of the two."
            )


def _field_pairs(posterior: Posterior) -> Iterator[str]:
    fields = {field.name: field for field in posterior.fields}
    for pair, values in posterior.correlations.items():
        correlation = float(np.nanmedian(values))
        if abs(correlation) >= _STRONG:
            first, second = (label(fields[name]) for name in pair)
            yield (
                f"{first[0].upper()}{first[1:]} and {second} vary together in most cells "
                f"(correlation {number_text(correlation, 2)}): the data fix a combination of both."
            )


def _sampling(posterior: Posterior) -> Iterator[str]:
    effective = _effective(posterior)
    if effective < _ALONE:
        count = len(posterior.weight)
        only = "There is one model only, the most probable one found"
        collapsed = f"Of {count} samples one has nearly all of the weight"
        yield f"{only if count == 1 else collapsed}: nothing is known of widths."
        return
    said = f"There are {len(posterior.weight)} samples"
    if effective < 0.9 * len(posterior.weight):
        said += f", worth {effective:.0f} of equal weight"
    if effective < _FEW:
        said += ": too few for the ends of 95 % intervals"
    yield f"{said}."


def _cells(posterior: Posterior) -> Iterator[str]:
    """That widths are of a grid whose cells change the result, if they do."""
    for warning in posterior.warnings:
        if warning.startswith(_COARSE):
            yield (
                f"Widths are those of a model of such cells:{warning.removeprefix(_COARSE)}. A "
                "sky that is finer may lie outside of them."
            )


def _effective(posterior: Posterior) -> float:
    """Number of samples of equal weight that are worth as much (Kish 1965)."""
    return float(1 / np.sum(posterior.weight**2))


def _resolution(posterior: Posterior) -> Iterator[str]:
    for fit in posterior.fits:
        if fit.beams:
            beam = fit.beams[len(fit.beams) // 2]
            size = beam.major * posterior.distance
            yield (
                f"The beam of {fit.line.species} {fit.line.transition} is "
                f"{number_text(size, 2)} au wide: what is smaller is blurred on the sky, and "
                "comes from the prior."
            )
