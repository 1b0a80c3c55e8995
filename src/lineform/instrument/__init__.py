"""What a telescope does to a cube: pure functions from observation to observation."""

from lineform.instrument._follow import noise_level, primary_gain
from lineform.instrument.noise import with_noise
from lineform.instrument.sky import (
    dish_beam,
    primary_beam_corrected,
    taper_of_baseline,
    tapered,
    with_beam,
    with_primary_beam,
    without_large_scales,
)
from lineform.instrument.spectrometer import with_channels, with_hanning
from lineform.instrument.telescope import Telescope, seen

__all__ = [
    "Telescope",
    "dish_beam",
    "noise_level",
    "primary_beam_corrected",
    "primary_gain",
    "seen",
    "taper_of_baseline",
    "tapered",
    "with_beam",
    "with_channels",
    "with_hanning",
    "with_noise",
    "with_primary_beam",
    "without_large_scales",
]
