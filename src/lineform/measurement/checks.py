"""What is wrong with a measurement, found before a run begins."""

import math
from dataclasses import replace

import numpy as np

from lineform.errors import ConfigError, ReadError
from lineform.measurement.base import Measurement
from lineform.measurement.robust import running_mean
from lineform.state import FloatArray

__all__ = ["brightest", "checked_emission", "checked_noise", "without_blanks"]

_FAINTEST = 4.0
"""Smallest signal to noise of a line [1]."""

_WIDTHS = (1, 3, 9)
"""Channels that are averaged in the search for a line."""


def without_blanks(measurement: Measurement, zeros: bool) -> Measurement:
    """The measurement with NaN where nothing was measured.

    Parameters
    ----------
    measurement : Measurement
    zeros : bool
        Whether pixels and channels that are 0 throughout were not measured: a telescope's noise
        is never exactly 0.

    Raises
    ------
    ReadError
        If nothing was measured at all.
    """
    cube, remarks = measurement.intensity, []
    blank = ~np.isfinite(cube)
    if zeros:
        dark = (cube == 0) | blank
        never = np.broadcast_to(dark.all(axis=0), cube.shape)
        never = (never | dark.all(axis=(1, 2), keepdims=True)) & ~blank
        if never.any() and not never.all():
            remarks.append(
                f"{never.mean():.1%} of the cube is 0 throughout: taken for not measured"
            )
            blank = blank | never
    if blank.all():
        raise ReadError(
            "cube",
            expected="numbers",
            seen="NaN in all pixels of all channels" if len(cube) else "no channels",
            way_out="check the ranges that are read, and the file",
            where=measurement.source,
        )
    if infinite := int(np.isinf(cube).sum()):
        remarks.append(f"warning: {infinite} values are infinite: taken for not measured")
    empty = int(blank.all(axis=(1, 2)).sum())
    if empty:
        remarks.append(f"warning: {empty} of {len(cube)} channels are blank, and left out")
    return replace(
        measurement,
        intensity=np.where(blank, np.nan, cube) if blank.any() else cube,
        remarks=(*measurement.remarks, *remarks),
    )


def checked_noise(measurement: Measurement) -> Measurement:
    """The measurement, blank where there is no rms.

    Raises
    ------
    ConfigError
        If the rms is zero or negative.
    """
    rms = measurement.rms
    wrong = rms[np.isfinite(rms) & (rms <= 0)]
    if wrong.size or not np.isfinite(rms).any():
        raise ConfigError(
            "rms",
            expected="a positive one",
            seen=f"{wrong.min():g} in {wrong.size} of {rms.size} places" if wrong.size else "NaN",
            way_out="blank these places in the map of the noise, or give one rms (--rms)",
            where=measurement.source,
        )
    unknown = np.broadcast_to(~np.isfinite(rms), measurement.intensity.shape) & measurement.seen
    if not unknown.any():
        return measurement
    remark = f"{unknown.mean():.1%} of the cube has no rms, and is left out"
    return replace(
        measurement,
        intensity=np.where(unknown, np.nan, measurement.intensity),
        remarks=(*measurement.remarks, remark),
    )


def brightest(measurement: Measurement) -> tuple[float, float]:
    """Largest signal to noise of a voxel, and of means over channels [1]."""
    ratio = measurement.intensity / measurement.rms
    peaks = [float(np.nanmax(_mean(ratio, width))) for width in _WIDTHS if width <= len(ratio)]
    return peaks[0], max(peaks)


def checked_emission(measurement: Measurement, faint: bool, continuum: FloatArray) -> Measurement:
    """The measurement, in which a line stands out.

    Parameters
    ----------
    measurement : Measurement
    faint : bool
        Whether it may not.
    continuum : () or (y, x) [as the measurement]
        Above which it has to.

    Raises
    ------
    ConfigError
        If none does.

    Notes
    -----
    The brightest of n independent normal values is at about the root of 2 ln n.
    """
    _, peak = brightest(replace(measurement, intensity=measurement.intensity - continuum))
    number = max(2.0, float(measurement.seen.sum()) * len(_WIDTHS))
    needed = max(_FAINTEST, math.sqrt(2 * math.log(number)) + 0.5)
    if peak >= needed:
        return measurement
    seen = f"at most {peak:.3g} times the rms, and noise alone reaches {needed - 0.5:.2g}"
    if not faint:
        raise ConfigError(
            f"line {measurement.line.species} {measurement.line.transition}",
            expected=f"a peak of at least {needed:.2g} times the rms",
            seen=seen,
            way_out="check the line, the centre, the velocity range and the rms; or take it as"
            " faint (--faint), for an upper limit",
            where=measurement.source,
        )
    remark = f"warning: no line stands out: {seen}"
    return replace(measurement, remarks=(*measurement.remarks, remark))


def _mean(ratio: FloatArray, width: int) -> FloatArray:
    """Means over channels, in units of their noise where channels are independent."""
    channels = np.arange(len(ratio))
    low, high = channels - (width - 1) // 2, channels + width // 2 + 1
    number = np.minimum(high, len(ratio)) - np.maximum(low, 0)
    share = running_mean(np.isfinite(ratio).astype(float), width)
    return np.asarray(running_mean(ratio, width) * np.sqrt(share * number[:, None, None]))
