"""How much memory a cube needs, and how to bin it where that is too much."""

import math
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lineform.measurement.base import Measurement
from lineform.measurement.linefree import line_free

__all__ = ["Advice", "advice", "free_memory", "size_in_words", "to_read"]

_READ = 8 * 8
"""Bytes for each value of a cube while it is read and its noise is estimated."""

_VOXEL = 4 * 12
"""Bytes for each value of a cube that is compared with a model: data, weights, derivatives."""

_CELL = 4 * 60
"""Bytes for each cell of a model: fields, derivatives, and what a search keeps of its way."""

_FINEST = 3.0
"""Pixels across a beam; more show nothing more."""

_CHANNELS = 24
"""Channels across a line; more seldom show more."""

_MEMINFO = Path("/proc/meminfo")


@dataclass(frozen=True, slots=True)
class Advice:
    """How a cube is best binned for a model of so many cells.

    Parameters
    ----------
    need : float [byte]
        As it is.
    pixels, channels : int
        To average; 1 for none.
    binned : float [byte]
        That the binned cube needs.
    words : str
        Empty where nothing has to be done.
    """

    need: float
    pixels: int
    channels: int
    binned: float
    words: str


def free_memory() -> float:
    """What the machine has free [byte]; infinite where it does not say."""
    try:
        for line in _MEMINFO.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return 1024.0 * float(line.split()[1])
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (OSError, ValueError, AttributeError):
        return math.inf


def to_read(channels: int, height: int, width: int) -> float:
    """What reading a cube needs [byte]."""
    return float(_READ * channels * height * width)


def advice(measurement: Measurement, cells: int, memory: float = 0.0) -> Advice:
    """How to bin a cube.

    Pixels finer than a third of the beam, or of a cell where there is no beam, and channels of
    which there are more than 24 across the line, cost time and tell no more. Beyond that a cube
    is binned only where memory demands it.

    Parameters
    ----------
    measurement : Measurement
        Square, or as it is read.
    cells : int
        Along a side of the model.
    memory : float [byte]
        That may be used; 0 for what the machine has free.
    """
    limit = memory or free_memory()
    pixels = max(1, int(_fine(measurement, cells) / measurement.pixel + 1e-6))
    channels = max(1, _line_channels(measurement) // _CHANNELS)
    need = _needed(measurement, cells, 1, 1)
    while (much := _needed(measurement, cells, pixels, channels)) > limit:
        # Not below eight of either: no structure would be left.
        if min(len(measurement.x), len(measurement.y)) // (pixels + 1) < 8:
            break
        pixels += 1
    words = ""
    if pixels > 1 or channels > 1:
        words = (
            f"{size_in_words(need)} are needed for {_shape(measurement)}; means of {pixels} by"
            f" {pixels} pixels and {channels} channels show as much, and need {size_in_words(much)}"
        )
    if much > limit:
        words = words or f"{size_in_words(need)} are needed"
        words += (
            f", but {size_in_words(limit)} are free: choose a smaller radius, a shorter velocity"
            " range, or fewer cells"
        )
    return Advice(need, pixels, channels, much, words)


def _fine(measurement: Measurement, cells: int) -> float:
    """Width of a pixel that is fine enough [arcsec]."""
    if measurement.beams:
        return min(beam.minor for beam in measurement.beams) / _FINEST
    return measurement.pixel * max(len(measurement.x), len(measurement.y)) / cells


def _line_channels(measurement: Measurement) -> int:
    """Channels that the line fills."""
    free = line_free(measurement.intensity)
    filled = np.flatnonzero(~free & measurement.seen.any(axis=(1, 2)))
    return int(np.ptp(filled)) + 1 if filled.size else len(free)


def _needed(measurement: Measurement, cells: int, pixels: int, channels: int) -> float:
    image = len(measurement.x) // pixels * (len(measurement.y) // pixels)
    cube = image * (len(measurement.velocity) // channels)
    whitening = 0.0
    if measurement.correlated:
        grain = measurement.noise_beam or measurement.beams[0]
        # Independent combinations of pixels, about one for each square of half a width.
        share = min(1.0, (2 * measurement.pixel * pixels) ** 2 / (grain.major * grain.minor))
        whitening = 4.0 * image**2 * share
    return _VOXEL * cube + _CELL * cells**3 + whitening


def _shape(m: Measurement) -> str:
    return f"{len(m.x)} by {len(m.y)} pixels and {len(m.velocity)} channels"


def size_in_words(number: float) -> str:
    """A number of bytes, such as ``1.2 GB``."""
    for unit, size in (("TB", 1e12), ("GB", 1e9)):
        if number >= size:
            return f"{number / size:.2g} {unit}"
    return f"{number / 1e6:.2g} MB"
