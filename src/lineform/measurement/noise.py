"""The noise of a cube: given, of a map, or estimated from channels without a line."""

from dataclasses import replace

import numpy as np

from lineform.errors import ConfigError
from lineform.measurement.base import Measurement
from lineform.state import FloatArray

__all__ = ["deviation", "line_free", "with_estimated_noise"]

_NORMAL = 1.482602218505602
"""Standard deviation over median absolute deviation, of a normal distribution."""


def deviation(values: FloatArray, axis: int | tuple[int, ...] | None = None) -> FloatArray:
    """Standard deviation by the median absolute deviation, which a few bright values leave alone.

    Parameters
    ----------
    values : (...) [any]
        NaN where there is none.
    axis : int or tuple of int
        Over which it is taken; None for all.

    Returns
    -------
    (rest of axes) [as values]
    """
    middle = np.nanmedian(values, axis=axis, keepdims=True)
    return _NORMAL * np.nanmedian(np.abs(values - middle), axis=axis)


def line_free(cube: FloatArray) -> np.ndarray:
    """Channels that hold nothing but noise.

    Parameters
    ----------
    cube : (channel, y, x) [any]

    Returns
    -------
    (channel,) bool
    """
    level = deviation(cube, (1, 2))
    peak = np.nanmax(np.abs(cube), axis=(1, 2))
    free = np.isfinite(level)
    for _ in range(20):
        typical = np.nanmedian(level[free])
        kept = free & (peak < 5.5 * typical) & (level < 1.5 * typical)
        if not kept.any() or (kept == free).all():
            break
        free = kept
    return free


def with_estimated_noise(measurement: Measurement) -> Measurement:
    """The measurement with an rms estimated from its channels without a line.

    Raises
    ------
    ConfigError
        If there is no noise in it.
    """
    free = line_free(measurement.intensity)
    level = float(deviation(measurement.intensity[free]))
    if not level > 0:
        raise ConfigError(
            "noise",
            expected="an rms above 0",
            seen=f"{level:g} in {int(free.sum())} channels without a line",
            way_out="give the rms of the noise",
            where=measurement.source,
        )
    remark = f"rms estimated from {int(free.sum())} of {len(free)} channels"
    return replace(
        measurement,
        rms=np.full((1, 1, 1), level),
        remarks=(*measurement.remarks, remark),
    )
