"""Chance of a photon to leave the gas along one direction."""

from typing import Any

from array_api_compat import array_namespace

__all__ = ["escape_probability", "escape_slope"]

_SMALL = 1e-3


def escape_probability(depth: Any) -> Any:  # noqa: ANN401
    """Mean chance of photons emitted along a path to get to its end.

    Parameters
    ----------
    depth : (...) [1]
        Optical depth of the path. Negative in a maser, which makes the "chance" larger than 1.

    Returns
    -------
    (...) [1]

    Notes
    -----
    (1 - exp(-tau)) / tau (Sobolev 1960; Castor 1970, MNRAS 149, 111), with its series where
    that is 0/0.
    """
    xp = array_namespace(depth)
    small = xp.abs(depth) < _SMALL
    safe = xp.where(small, xp.ones_like(depth), depth)
    series = 1 - depth / 2 * (1 - depth / 3 * (1 - depth / 4))
    return xp.where(small, series, -xp.expm1(-safe) / safe)


def escape_slope(depth: Any, probability: Any) -> Any:  # noqa: ANN401
    """Derivative of the escape probability with respect to optical depth.

    Parameters
    ----------
    depth : (...) [1]
    probability : (...) [1]
        Escape probability at `depth`.

    Returns
    -------
    (...) [1]
    """
    xp = array_namespace(depth, probability)
    small = xp.abs(depth) < _SMALL
    safe = xp.where(small, xp.ones_like(depth), depth)
    series = -0.5 + depth / 3 * (1 - 3 * depth / 8 * (1 - 4 * depth / 15))
    # exp(-tau) = 1 - tau beta.
    return xp.where(small, series, (1 - probability) / safe - probability)
