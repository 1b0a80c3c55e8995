"""Populations of energy levels in local thermodynamic equilibrium."""

from typing import Any

from array_api_compat import array_namespace

from lineform.constants import BOLTZMANN

__all__ = ["boltzmann_fraction", "partition_function", "thermal_fractions"]


def partition_function(temperature: Any, energy: Any, weight: Any) -> Any:  # noqa: ANN401
    """Sum over states.

    Parameters
    ----------
    temperature : (...) [K]
    energy : (level,) [J]
        Above the lowest level.
    weight : (level,) [1]

    Returns
    -------
    (...) [1]
    """
    xp = array_namespace(temperature, energy, weight)
    exponent = -energy / (BOLTZMANN * temperature[..., None])
    return xp.sum(weight * xp.exp(exponent), axis=-1)


def boltzmann_fraction(
    temperature: Any,  # noqa: ANN401
    partition: Any,  # noqa: ANN401
    energy: float,
    weight: float,
) -> Any:  # noqa: ANN401
    """Fraction of the molecules that are in one level.

    Parameters
    ----------
    temperature : (...) [K]
    partition : (...) [1]
        Partition function at `temperature`.
    energy : scalar [J]
    weight : scalar [1]

    Returns
    -------
    (...) [1]
    """
    xp = array_namespace(temperature, partition)
    return weight * xp.exp(-energy / (BOLTZMANN * temperature)) / partition


def thermal_fractions(temperature: Any, energy: Any, weight: Any) -> Any:  # noqa: ANN401
    """Fractions of the molecules that are in each level.

    Parameters
    ----------
    temperature : (...) [K]
    energy : (level,) [J]
        Above the lowest level.
    weight : (level,) [1]

    Returns
    -------
    (..., level) [1]
        Their sum over the levels is 1.
    """
    xp = array_namespace(temperature, energy, weight)
    share = weight * xp.exp(-energy / (BOLTZMANN * temperature[..., None]))
    return share / xp.sum(share, axis=-1, keepdims=True)
