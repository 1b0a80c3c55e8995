"""Functions that the array API lacks, for each array library that is used."""

from typing import Any

import numpy as np
from array_api_compat import is_numpy_array
from scipy import special

__all__ = ["erf"]

# Abramowitz & Stegun 1964, formula 7.1.26.
_P = 0.3275911
_A = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)


def erf(x: Any) -> Any:  # noqa: ANN401 (any array library)
    """Error function.

    Parameters
    ----------
    x : (...) [1]

    Returns
    -------
    (...) [1]
        Within 6e-7 for single precision in NumPy, otherwise to rounding.
    """
    if not is_numpy_array(x):
        return x.erf()
    if x.dtype == np.float32:
        return _erf_single(x)
    return special.erf(x)


def _erf_single(x: Any) -> Any:  # noqa: ANN401
    # SciPy's erf takes 16 ns a number and dominated the synthesis; this one takes 2 ns.
    size = np.abs(x)
    t = 1 / (1 + np.float32(_P) * size)
    polynomial = np.full_like(x, _A[-1])
    for a in reversed(_A[:-1]):
        polynomial *= t
        polynomial += np.float32(a)
    polynomial *= t
    np.multiply(size, -size, out=size)
    return np.copysign(1 - polynomial * np.exp(size), x)
