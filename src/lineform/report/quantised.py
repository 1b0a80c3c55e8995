"""Arrays as short text: whole numbers of one or two bytes with a scale, deflated, in base64."""

import base64
import zlib
from typing import TypedDict

import numpy as np

from lineform.state import FloatArray

__all__ = ["Quantised", "block_mean", "quantised"]


class Quantised(TypedDict):
    """What the page needs to have the values again.

    Code 0 stands for no value, codes 1 to the largest for `low` to `high`, in equal steps of the
    value, or of its logarithm.
    """

    shape: list[int]
    bits: int
    low: float
    high: float
    logarithmic: bool
    data: str


def quantised(
    values: FloatArray,
    *,
    bits: int = 8,
    low: float | None = None,
    high: float | None = None,
    logarithmic: bool = False,
) -> Quantised:
    """An array (any) as text; values beyond the limits are put at them.

    Parameters
    ----------
    values : (any) [any]
        What is not finite, or not positive on a logarithmic scale, has no value.
    bits : 8 or 16
    low, high : float [as values], or None
        None for the least and the largest value.
    logarithmic : bool
        Whether steps are of equal ratio.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = np.log(values) if logarithmic else np.asarray(values, dtype=np.float64)
        ends = [None if end is None else np.log(end) if logarithmic else end for end in (low, high)]
    known = np.isfinite(scaled)
    found = scaled[known] if known.any() else np.zeros(1)
    bottom = float(found.min() if ends[0] is None else ends[0])
    top = float(found.max() if ends[1] is None else ends[1])
    steps = 2**bits - 2
    share = (np.where(known, scaled, bottom) - bottom) / (top - bottom if top > bottom else 1)
    codes = np.where(known, 1 + np.rint(np.clip(share, 0, 1) * steps), 0)
    plain = codes.astype("<u2" if bits == 16 else "u1").tobytes()
    return Quantised(
        shape=list(values.shape),
        bits=bits,
        low=float(np.exp(bottom)) if logarithmic else bottom,
        high=float(np.exp(top)) if logarithmic else top,
        logarithmic=logarithmic,
        data=base64.b64encode(zlib.compress(plain, 9)).decode("ascii"),
    )


def block_mean(values: FloatArray, most: int, axes: int) -> FloatArray:
    """An array whose last `axes` axes have at most `most` steps, each a mean of so many.

    What does not fill a block at the end of an axis makes a block of its own.

    Parameters
    ----------
    values : (any) [any]
        What is not finite counts for nothing in a mean.
    most : int
    axes : int
    """
    for axis in range(values.ndim - axes, values.ndim):
        length = values.shape[axis]
        step = -(-length // most)
        if step == 1:
            continue
        starts = np.arange(0, length, step)
        known = np.isfinite(values)
        total = np.add.reduceat(np.where(known, values, 0), starts, axis=axis)
        count = np.add.reduceat(known.astype(np.int64), starts, axis=axis)
        values = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return values
