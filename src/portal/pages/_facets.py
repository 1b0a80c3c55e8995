"""What a filter of the browse page needs to know of a column before any of it is read."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["choices", "histogram"]

_BINS = 32
_MOST_CHOICES = 40
_LOG_RATIO = 30.0

Bins = dict[str, object]
Choices = list[list[str | int]]


def histogram(values: np.ndarray, whole: bool = False) -> Bins | None:
    """Counts in equal bins from the lowest to the highest value; None if there is but one.

    Parameters
    ----------
    values : (row,)
        NaN stands for no value. None is also the answer for values so far apart that their
        difference is no number. Bins are equal in the logarithm where all values are
        positive and span more than a factor of 30.
    whole
        Whether the values are whole numbers: few of them have a bin each.
    """
    known = np.asarray(values, dtype=float)
    known = known[np.isfinite(known)]
    if known.size == 0:
        return None
    low, high = float(known.min()), float(known.max())
    if low == high or not np.isfinite(high - low):
        return None
    if whole and high - low < _BINS:
        each = np.bincount((known - low).astype(int))
        return {"min": low, "max": high, "log": False, "whole": True, "counts": each.tolist()}
    log = low > 0 and high / low > _LOG_RATIO
    if log:
        known, low_at, high_at = np.log(known), np.log(low), np.log(high)
    else:
        low_at, high_at = low, high
    at = (known - low_at) / (high_at - low_at)
    counts = np.bincount(np.minimum((at * _BINS).astype(int), _BINS - 1), minlength=_BINS)
    return {"min": low, "max": high, "log": log, "whole": False, "counts": counts.tolist()}


def choices(values: pa.ChunkedArray) -> tuple[Choices | None, int]:
    """Values with their counts, the commonest first, and how many differ.

    None stands for the values where every row has the same, or where there are so many that a
    browser had better find them by itself.
    """
    flat = pc.list_flatten(values) if pa.types.is_list(values.type) else values
    found = pc.value_counts(flat.drop_null())
    alike = len(found) == 1 and found[0]["counts"].as_py() == len(values)
    if alike or not 1 <= len(found) <= _MOST_CHOICES:
        return None, len(found)
    counts = Counter({_text(c["values"].as_py()): c["counts"].as_py() for c in found})
    order = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [[value, n] for value, n in order], len(found)


def _text(value: object) -> str:
    """As a browser writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
