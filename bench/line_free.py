"""The noise that is estimated of cubes whose source fills the image and whose line fills the band.

Usage: ``python -m bench.line_free``. Winds of constant speed in 30 channels of 16 by 16 pixels,
with the noise of a beam of 3 pixels, of which rms and channels are estimated as of a file.
"""

import argparse
import math

import numpy as np

from bench.measure import store
from lineform.func.convolve import beam_margin, correlated_noise
from lineform.measurement.linefree import line_free, noise_of_changes
from lineform.measurement.robust import deviation, mean_of
from lineform.state import FloatArray

__all__ = ["cube", "rms", "wind"]

CHANNELS, SIDE, BEAM = 30, 16, 3.0
SIGNALS = (3, 5, 8, 15, 30)
SOURCES = (0.1, 0.3, 0.6, 1.0, 1.5)
LINES = (0.2, 0.5, 0.7, 0.9)
GOAL = "0.8 to 1.25"

_FEWEST = 4
_FINER = 5
"""Speeds in each channel."""


def wind(source: float, line: float) -> FloatArray:
    """A thin wind of constant speed (channel, y, x), with a peak of 1.

    Parameters
    ----------
    source, line : float [1]
        Width over those of the image and of the band.
    """
    half = line * CHANNELS / 2
    parts = (np.arange(_FINER) + 0.5) / _FINER - 0.5
    speed = (np.arange(CHANNELS)[:, None] - (CHANNELS - 1) / 2 + parts) / half
    y, x = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    across = np.hypot(np.hypot(y, x), BEAM / 2.35)
    share = np.sqrt(np.maximum(1 - speed**2, 0))[:, :, None, None]
    radius = across / np.where(share > 0, share, np.inf)
    radius = np.where(share > 0, radius, np.inf)
    bright = np.exp(-((radius / (source * SIDE / 2)) ** 4)) / np.where(share > 0, radius, np.inf)
    mean: FloatArray = bright.mean(axis=1)
    return np.asarray(mean / mean.max())


def cube(source: float, line: float, signal: float, seed: int) -> FloatArray:
    """The wind of a peak over noise of 1."""
    margin = beam_margin(BEAM)
    white = np.random.default_rng(seed).standard_normal((CHANNELS, SIDE + margin, SIDE + margin))
    noise = correlated_noise(white, BEAM, BEAM, 0.0)
    return np.asarray(signal * wind(source, line) + noise)


def rms(data: FloatArray) -> tuple[float, int]:
    """The noise that is estimated, and from how many channels."""
    free = line_free(data)
    number = int(free.sum())
    if number < _FEWEST:
        return noise_of_changes(data), number
    quiet = data[free] - mean_of(data[free])
    return float(deviation(quiet)) * math.sqrt(number / (number - 1)), number


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=4)
    options = parser.parse_args()
    figures = [_figure(source, line, options.seeds) for source in SOURCES for line in LINES]
    store("line_free", "python -m bench.line_free", figures)


def _figure(source: float, line: float, seeds: int) -> dict[str, str | float]:
    found = {
        signal: [rms(cube(source, line, signal, seed)) for seed in range(seeds)]
        for signal in SIGNALS
    }
    every = np.array([level for each in found.values() for level, _ in each])
    return {
        "what": f"source {source:.0%} of the image, line {line:.0%} of the band: rms that is"
        " farthest from the truth",
        "ours": round(float(every[np.abs(every - 1).argmax()]), 3),
        "unit": "of the truth",
        **{
            f"S/N {signal}": f"{np.mean([level for level, _ in each]):.2f} by"
            f" {np.mean([number for _, number in each]):.0f} channels"
            for signal, each in found.items()
        },
        "goal": GOAL,
    }


if __name__ == "__main__":
    main()
