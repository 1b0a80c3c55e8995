"""The physics as pure functions over arrays of any library that follows the array API."""

from lineform.func.convolve import gaussian_beam
from lineform.func.moments import Reduced, moment_maps, reduced, spectrum
from lineform.func.opacity import doppler_width, line_absorption
from lineform.func.populations import boltzmann_fraction, partition_function
from lineform.func.profile import averaged_gaussian, gaussian
from lineform.func.radiation import brightness_temperature, planck
from lineform.func.transfer import emergent_intensity, through_cell

__all__ = [
    "Reduced",
    "averaged_gaussian",
    "boltzmann_fraction",
    "brightness_temperature",
    "doppler_width",
    "emergent_intensity",
    "gaussian",
    "gaussian_beam",
    "line_absorption",
    "moment_maps",
    "partition_function",
    "planck",
    "reduced",
    "spectrum",
    "through_cell",
]
