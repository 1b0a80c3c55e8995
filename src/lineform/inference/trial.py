"""How well a trained network does on simulations that were held out of its training."""

from typing import Any

import numpy as np
import torch

from lineform.inference._telescopes import observed
from lineform.inference.diagnostics import CENTRAL, coverage, levels, nearness, uniformity
from lineform.inference.training import Trained
from lineform.state import FloatArray

__all__ = ["tried"]

_MOST = 1000
"""Simulations that are looked at."""

_SAMPLES = 99
"""Of each posterior."""


def tried(trained: Trained, seed: int) -> dict[str, Any]:
    """Coverage and ranks of latent numbers, and of all of them together.

    Parameters
    ----------
    trained : Trained
    seed : int
        Of telescopes and samples.

    Returns
    -------
    name -> value
        In plain words, numbers and lists: ``simulations`` and ``samples`` (how many),
        ``coverage`` (one for each latent number and central interval, of the probabilities
        ``intervals``), ``rank_p`` (probability of ranks at least as uneven, one for each latent
        number), ``tarp_p`` (the same of all together) and ``width`` (of the posterior over that
        of the prior, the mean for each latent number).
    """
    simulations = trained.simulations
    chosen = trained.held_out[:_MOST]
    generator = torch.Generator().manual_seed(seed)
    truth = simulations.latent[chosen]
    network = trained.network
    with torch.no_grad():
        seen = observed(simulations.sky[chosen], simulations.layout, generator)
        drawn, _ = network.draw(network.summarise(*seen), _SAMPLES, generator)
    truths, draws = truth.double().numpy(), drawn.double().numpy().swapaxes(0, 1)
    for number in simulations.wrapped:
        truths[:, number], draws[:, :, number] = _about_mean(
            truths[:, number], draws[:, :, number]
        )  # fmt: skip
    found = levels(truths, draws, seed)
    near = nearness(truths, draws, np.roll(truths, 1, axis=0), seed)
    return {
        "simulations": len(chosen),
        "samples": _SAMPLES,
        "intervals": list(CENTRAL),
        "coverage": [[coverage(column, p) for p in CENTRAL] for column in found.T],
        "rank_p": [uniformity(column).kolmogorov for column in found.T],
        "tarp_p": uniformity(near).kolmogorov,
        "width": draws.std(axis=0).mean(axis=0).tolist(),
    }


def _about_mean(truth: FloatArray, draws: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Angles in turns as differences from the mean direction of draws (sample, case)."""
    mean = np.angle(np.exp(2j * np.pi * draws).mean(axis=0)) / (2 * np.pi)
    return _nearest(truth - mean), _nearest(draws - mean)


def _nearest(turns: FloatArray) -> FloatArray:
    return np.asarray(turns - np.round(turns))
