"""Rows of the table of a calibration, from what was found of each wind."""

import json
import math
from collections.abc import Mapping, Sequence

import numpy as np

from lineform.inference.diagnostics import CENTRAL, coverage, levels, nearness, uniformity
from lineform.state import FloatArray

__all__ = ["Figure", "figures_of"]

Figure = dict[str, str | float]

Kept = Mapping[str, np.ndarray]
"""Of one wind."""


def figures_of(
    label: str, names: Sequence[str], kept: Sequence[Kept], *, averaged: bool = False
) -> list[Figure]:
    """Coverage, uniformity of levels, and what went wrong in how many winds.

    Parameters
    ----------
    label : str
        Of method, model, and winds.
    names : sequence of str
        Of the numbers of the model.
    kept : sequence of name -> array
        What `bench.calibration` found of each wind.
    averaged : bool
        Whether to look at means of the fields, too: samples must have equal weights.
    """
    numbers = np.stack([each["numbers"] for each in kept])
    rows = [_row(f"{label}: all numbers", numbers)]
    chances = []
    for name, found in zip(names, numbers.T, strict=True):
        chances.append(uniformity(found).chi2)
        rows.append({**_row(f"{label}: {name}", found), "SBC p": _round(chances[-1])})
    smallest = -math.expm1(len(chances) * math.log1p(-min(chances)))
    voxels = np.stack([each["voxels"] for each in kept], axis=1)
    for name, found in zip(("log n", "log v", "log T"), voxels, strict=True):
        rows.append(_row(f"{label}: {name} per cell", found))
    truth = np.stack([each["truth"] for each in kept])
    draws = np.stack([each["draws"] for each in kept], axis=1)
    return [
        *rows,
        _chance(f"{label}: SBC, smallest p of {len(chances)} numbers, for so many", smallest, 0.01),
        _chance(f"{label}: TARP in all numbers, p", _tarp(truth, draws), 0.05),
        *(_average_rows(label, kept) if averaged else []),
        *_search_rows(label, kept),
        *_warned_rows(label, kept),
    ]


def _average_rows(label: str, kept: Sequence[Kept]) -> list[Figure]:
    """Of the means of the fields over eighths of the wind, which fields that are free need."""
    both = np.stack([each["averages"] for each in kept], axis=1)
    truth, draws = both[0], both[1:]
    found = levels(truth, draws, seed=0)
    chances = [uniformity(each).chi2 for each in found.T]
    smallest = -math.expm1(len(chances) * math.log1p(-min(chances)))
    name = "means of log n, log v and log T over eighths"
    return [
        _row(f"{label}: {name}", found),
        _chance(f"{label}: SBC, smallest p of {len(chances)} {name}, for so many", smallest, 0.01),
        _chance(f"{label}: TARP in all {name}, p", _tarp(truth, draws), 0.05),
    ]


def _tarp(truth: FloatArray, draws: FloatArray) -> float:
    """Probability of the distances of truths (case, number) among draws (sample, case, number)."""
    width = truth.std(axis=0)
    reference = np.roll(truth / width, 1, axis=0)
    return uniformity(nearness(truth / width, draws / width, reference, seed=0)).kolmogorov


def _search_rows(label: str, kept: Sequence[Kept]) -> list[Figure]:
    truth, lowest = np.stack([each["energy"] for each in kept]).T
    searched, sampled = np.median([each["seconds"] for each in kept], axis=0)
    return [
        {
            "what": f"{label}: winds whose highest maximum was missed",
            "unit": "",
            # The maximum is never lower than the truth; what is found a little lower is its own.
            "ours": int((lowest > truth).sum()),
            "goal": "",
            "by more than 15": int((lowest > truth + 15).sum()),
        },
        {
            "what": f"{label}: winds with several modes",
            "unit": "",
            "ours": int(sum(each["modes"] > 1 for each in kept)),
            "goal": "",
        },
        {
            "what": f"{label}: median processor time of one wind",
            "unit": "s",
            "ours": _round(searched + sampled),
            "goal": "",
            "search of maxima": _round(searched),
        },
    ]


_WARNED = {"pareto_k": 0.7, "rhat": 1.05}
"""Diagnostics from which samples may not stand for the posterior."""


def _warned_rows(label: str, kept: Sequence[Kept]) -> list[Figure]:
    """Of each diagnostic the worst mode that matters of each wind."""
    told = [json.loads(str(each["diagnostics"])) for each in kept]
    rows: list[Figure] = []
    for name, limit in _WARNED.items():
        worst = [_worst(each, name) for each in told]
        if all(math.isnan(each) for each in worst):
            continue
        rows.append(
            {
                "what": f"{label}: winds with {name} above {limit}",
                "unit": "",
                "ours": int(sum(each > limit for each in worst)),
                "goal": "",
                "median": _round(float(np.nanmedian(worst))),
            }
        )
    return rows


def _worst(told: Mapping[str, float], name: str) -> float:
    modes = int(told.get("modes", 0))
    if not modes:
        return told.get(name, math.nan)
    counted = [
        told.get(f"mode {mode}: {name}", math.nan)
        for mode in range(1, modes + 1)
        if told[f"mode {mode}: probability"] > 0.01
    ]
    return max(counted, default=math.nan)


def _row(what: str, found: FloatArray) -> Figure:
    covered = [coverage(found, probability) for probability in CENTRAL]
    off = max(abs(a - b) for a, b in zip(covered, CENTRAL, strict=True))
    shares = {f"{100 * p:.0f} %": _round(100 * c) for p, c in zip(CENTRAL, covered, strict=True)}
    return {
        "what": f"{what}, coverage off by at most",
        "unit": "",
        "ours": _round(off),
        **shares,
        "goal": "<= 0.05",
    }


def _chance(what: str, probability: float, least: float) -> Figure:
    return {"what": what, "unit": "", "ours": _round(probability), "goal": f"> {least:g}"}


def _round(value: float) -> float:
    return float(f"{value:.3g}")
