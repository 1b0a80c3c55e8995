"""Numbers of a model for a cube, straight from a network."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch

from lineform.deprojection.base import Quantity
from lineform.inference.networkfile import NetworkFile
from lineform.inference.neural import sight
from lineform.inference.priordraws import PriorDraws
from lineform.inference.storedraws import StoreNumbers
from lineform.measurement import Measurement
from lineform.state import FloatArray

__all__ = ["Estimate", "estimated", "quantiles"]


class Estimate(NamedTuple):
    """What a network says about a cube."""

    samples: FloatArray
    """(sample, quantity) [unit of each]."""
    warnings: tuple[str, ...]


def estimated(file: NetworkFile, measurement: Measurement, samples: int, seed: int) -> Estimate:
    """Samples of the posterior of the network's quantities.

    Parameters
    ----------
    file : NetworkFile
    measurement : Measurement
    samples : int
    seed : int

    Raises
    ------
    ConfigError
        If the measurement does not fit the network.
    """
    seen = sight(file, measurement)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        latent = file.network.draw(seen.summary, samples, generator)[0][0]
        if file.source["kind"] == "store":
            numbers = StoreNumbers(file.source)(latent)
        else:
            draws = PriorDraws.of(file.source, file.layout)
            numbers = torch.stack([draws.numbers(vector) for vector in latent.double()])
    return Estimate(numbers.numpy(), seen.warnings)


def quantiles(
    quantities: Sequence[Quantity], samples: FloatArray
) -> dict[str, tuple[float, float, float, str]]:
    """The 16, 50 and 84 % quantiles of each quantity, and its unit.

    Parameters
    ----------
    quantities : sequence of Quantity
    samples : (sample, quantity) [unit of each]

    Returns
    -------
    name -> (low, middle, high, unit)
        Those of angles are about their mean direction, and may lie beyond one turn.
    """
    found = {}
    for quantity, column in zip(quantities, samples.T, strict=True):
        centre = 0.0
        if quantity.period:
            phase = np.exp(2j * np.pi * column / quantity.period).mean()
            centre = float(np.angle(phase) / (2 * np.pi) * quantity.period) % quantity.period
            column = column - centre
            column = column - quantity.period * np.round(column / quantity.period)
        low, middle, high = (centre + float(q) for q in np.quantile(column, (0.16, 0.5, 0.84)))
        found[quantity.name] = (low, middle, high, quantity.unit)
    return found
