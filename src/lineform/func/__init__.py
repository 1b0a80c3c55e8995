"""The physics as pure functions over arrays of any library that follows the array API."""

from lineform.func.brightness import (
    beam_solid_angle,
    intensity_from_jansky,
    intensity_from_kelvin,
    jansky_from_intensity,
    jansky_from_kelvin,
    kelvin_from_jansky,
)
from lineform.func.channels import hanning, rebinning, wider_channels
from lineform.func.convolve import correlated_noise, gaussian_beam
from lineform.func.escape import escape_probability, escape_slope
from lineform.func.moments import Reduced, moment_maps, reduced, spectrum
from lineform.func.opacity import doppler_width, line_absorption
from lineform.func.populations import boltzmann_fraction, partition_function, thermal_fractions
from lineform.func.profile import averaged_gaussian, gaussian
from lineform.func.radiation import brightness_temperature, planck
from lineform.func.transfer import emergent_intensity, through_cell

__all__ = [
    "Reduced",
    "averaged_gaussian",
    "beam_solid_angle",
    "boltzmann_fraction",
    "brightness_temperature",
    "correlated_noise",
    "doppler_width",
    "emergent_intensity",
    "escape_probability",
    "escape_slope",
    "gaussian",
    "gaussian_beam",
    "hanning",
    "intensity_from_jansky",
    "intensity_from_kelvin",
    "jansky_from_intensity",
    "jansky_from_kelvin",
    "kelvin_from_jansky",
    "line_absorption",
    "moment_maps",
    "partition_function",
    "planck",
    "rebinning",
    "reduced",
    "spectrum",
    "thermal_fractions",
    "through_cell",
    "wider_channels",
]
