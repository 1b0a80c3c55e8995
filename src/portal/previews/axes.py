"""Ticks at round numbers."""

import math
import sys

__all__ = ["shown", "ticks"]

_STEPS = (1.0, 2.0, 5.0, 10.0)


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """At most `most` round numbers, evenly spaced, from `low` to `high`."""
    span = high - low
    if not (math.isfinite(span) and span > 0):
        return []
    raw = span / most
    if raw < sys.float_info.min:
        return []  # no round number is that small
    power = 10.0 ** math.floor(math.log10(raw))
    for factor in _STEPS:
        step = factor * power
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first + 1 <= most:
            # Multiplying, not adding up, keeps 0.3 from becoming 0.30000000000000004.
            return [float(f"{number * step:.12g}") for number in range(first, last + 1)]
    return []


def shown(value: float) -> str:
    """A tick's number: short, with a true minus sign."""
    return f"{value:.4g}".replace("e-0", "e-").replace("e+0", "e").replace("-", "−")
