"""What antennas and their spacing do to the sky: primary beam, beam, taper, lost scales."""

import math
from dataclasses import replace

from lineform.constants import LIGHT_SPEED
from lineform.cube import Beam, Observation
from lineform.errors import ConfigError
from lineform.func.convolve import gaussian_beam
from lineform.instrument._follow import follow, once, primary_gain
from lineform.state import FloatArray

__all__ = [
    "dish_beam",
    "primary_beam_corrected",
    "taper_of_baseline",
    "tapered",
    "with_beam",
    "with_primary_beam",
    "without_large_scales",
]

_ROUNDING = 1e-9
"""So much may a width miss its limit, since pixels are differences of rounded numbers."""

_FAINTEST = 0.2
"""Smallest response that is divided out: beyond it a corrected cube is little but noise."""


def dish_beam(diameter: float, frequency: float) -> float:
    """Width of the primary beam of a dish.

    Parameters
    ----------
    diameter : scalar [m]
    frequency : scalar [Hz]

    Returns
    -------
    scalar [arcsec]
        Full width at half maximum.

    Notes
    -----
    1.13 wavelengths over the diameter, which holds for the antennas of ALMA (ALMA Technical
    Handbook); a full Airy pattern of an even aperture has 1.03.
    """
    return math.degrees(1.13 * LIGHT_SPEED / (frequency * diameter)) * 3600


def taper_of_baseline(baseline: float, frequency: float) -> float:
    """Width on the sky of a Gaussian taper in the uv plane.

    Parameters
    ----------
    baseline : scalar [m]
        Full width at half maximum of the taper: its weight is 1/2 at half this length.
    frequency : scalar [Hz]

    Returns
    -------
    scalar [arcsec]
        Full width at half maximum.

    Notes
    -----
    Widths of a Gaussian and its transform: their product is 4 ln 2 / pi wavelengths.
    """
    wavelength = LIGHT_SPEED / frequency
    return math.degrees(4 * math.log(2) / math.pi * wavelength / baseline) * 3600


def tapered(beam: Beam, taper: float) -> Beam:
    """The broader beam that a round Gaussian taper makes.

    Parameters
    ----------
    beam : Beam
    taper : scalar [arcsec]
        Full width at half maximum of the taper on the sky.
    """
    return Beam(math.hypot(beam.major, taper), math.hypot(beam.minor, taper), beam.position_angle)


def with_primary_beam(observation: Observation, width: float) -> Observation:
    """The sky as the antennas attenuate it; the pointing is the centre of the image.

    Parameters
    ----------
    observation : Observation
    width : scalar [arcsec]
        Full width at half maximum of the Gaussian.

    Raises
    ------
    ConfigError
        If the width is not positive, or the sky was already attenuated.
    """
    if not width > 0:
        raise ConfigError("primary beam", expected="a positive width", seen=f"{width:g} arcsec")
    once("primary beam", observation.response.primary_beam)
    response = replace(observation.response, primary_beam=width)
    return follow(
        observation, observation.intensity * primary_gain(observation, width), response=response
    )


def primary_beam_corrected(observation: Observation) -> Observation:
    """The observation divided by its primary beam: right intensities, noise that grows outwards.

    Raises
    ------
    ConfigError
        If there is no primary beam, or the image reaches to where it is below 0.2.
    """
    width = observation.response.primary_beam
    if not width:
        raise ConfigError("correction of the primary beam", expected="a primary beam", seen="none")
    once("correction of the primary beam", observation.response.primary_beam_corrected)
    gain = primary_gain(observation, width)
    if gain.min() < _FAINTEST:
        raise ConfigError(
            "correction of the primary beam",
            expected=f"a response of at least {_FAINTEST:g} in the whole image",
            seen=f"{gain.min():.3g} in a corner",
            way_out="leave the cube uncorrected, or make a smaller image",
        )
    response = replace(observation.response, primary_beam_corrected=True)
    return follow(observation, observation.intensity / gain, response=response)


def without_large_scales(observation: Observation, scale: float) -> Observation:
    """The sky without what is larger than the shortest spacing of an interferometer shows.

    Parameters
    ----------
    observation : Observation
    scale : scalar [arcsec]
        Largest scale that can be recovered, about 0.6 wavelengths over the shortest spacing.

    Raises
    ------
    ConfigError
        If the scale is below two pixels or above twice the image.

    Notes
    -----
    An approximation: the sky less the sky smoothed by a Gaussian of this full width at half
    maximum, which takes the zero spacing away whole and half of the spacings of 0.44
    wavelengths over the scale. The sampling of the uv plane and cleaning are left out.
    """
    pixel = observation.pixel
    width = pixel * len(observation.x)
    if not 2 * pixel <= scale <= 2 * width:
        raise ConfigError(
            "largest scale",
            expected=f"{2 * pixel:.3g} to {2 * width:.3g} arcsec, two pixels to twice the image",
            seen=f"{scale:g}",
        )
    once("loss of large scales", observation.response.largest_scale)
    sky = observation.intensity.astype(float)
    large = gaussian_beam(sky, scale / pixel, scale / pixel, 0.0)
    response = replace(observation.response, largest_scale=scale)
    return follow(observation, sky - large, response=response)


def with_beam(observation: Observation, beam: Beam) -> Observation:
    """The observation through a Gaussian beam.

    Raises
    ------
    ConfigError
        If the beam is wider than the image or narrower than two pixels, or there is one already.
    """
    pixel = observation.pixel
    width = pixel * len(observation.x)
    least, most = 2 * pixel * (1 - _ROUNDING), width * (1 + _ROUNDING)
    if not least <= beam.minor <= beam.major <= most:
        raise ConfigError(
            "beam",
            expected=f"{2 * pixel:.3g} to {width:.3g} arcsec, two pixels to the image",
            seen=f"{beam.major:g} by {beam.minor:g}",
        )
    once("beam", observation.beam.major)
    blurred: FloatArray = gaussian_beam(
        observation.intensity.astype(float),
        beam.major / pixel,
        beam.minor / pixel,
        math.radians(beam.position_angle),
    )
    return follow(observation, blurred, beam=beam)
