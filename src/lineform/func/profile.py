"""The Gaussian line profile, at a velocity and averaged over a cell with a gradient."""

from typing import Any

from array_api_compat import array_namespace

from lineform.func.special import erf

__all__ = ["averaged_gaussian", "gaussian"]


def gaussian(offset: Any) -> Any:  # noqa: ANN401
    """Normalised Gaussian exp(-x^2) / sqrt(pi).

    Parameters
    ----------
    offset : (...) [1]
        Velocity from the line centre in units of the Doppler width.

    Returns
    -------
    (...) [1]
    """
    xp = array_namespace(offset)
    return xp.exp(-(offset * offset)) * xp.pi**-0.5


def averaged_gaussian(near: Any, far: Any) -> Any:  # noqa: ANN401
    """Mean of the Gaussian along a cell in which the offset changes linearly.

    Exact however much larger than the line width the change is, so that no channel falls
    between two cells.

    Parameters
    ----------
    near, far : (...) [1]
        Offsets at the two ends of the cell, in units of the Doppler width.

    Returns
    -------
    (...) [1]

    Notes
    -----
    (erf(far) - erf(near)) / (2 (far - near)). Where the ends nearly agree, that is 0/0 and its
    Taylor series about the middle m is used, with h half the difference:
    exp(-m^2) (1 + h^2 (2 m^2 - 1)/3 + h^4 (4 m^4 - 12 m^2 + 3)/30) / sqrt(pi).
    """
    xp = array_namespace(near, far)
    half = (far - near) / 2
    # The series is short of h^6/42, the quotient loses eps/h: both are small at eps^(1/8).
    small = xp.abs(half) < xp.finfo(near.dtype).eps ** 0.125
    quotient = (erf(far) - erf(near)) / (4 * xp.where(small, xp.ones_like(half), half))
    middle = (near + far) / 2
    m2 = middle * middle
    h2 = xp.where(small, half * half, xp.zeros_like(half))
    series = 1 + h2 * ((2 * m2 - 1) / 3 + h2 * ((4 * m2 - 12) * m2 + 3) / 30)
    return xp.where(small, gaussian(middle) * series, quotient)
