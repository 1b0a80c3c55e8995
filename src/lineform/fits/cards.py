"""The header of a FITS cube: sky, spectral axis, beam, and where the cube comes from.

RA decreases to the right: an offset x to the right of the image is -x in RA. North is up, the
z axis of the model projected on the sky.
"""

from dataclasses import dataclass

from astropy.io import fits

from lineform import __version__
from lineform.constants import LIGHT_SPEED
from lineform.cube import Observation
from lineform.fits._text import ascii_text, unit_of
from lineform.io import Header

__all__ = ["ORIGIN", "Frame", "cube_header"]

_CARD = 60
"""Characters of a text, with its quotes doubled, that surely fit on one card."""

_RESPONSE = {
    "primary_beam": ("PRIBEAM", "[arcsec] FWHM of primary beam"),
    "primary_beam_corrected": ("PRICORR", "Was the primary beam divided out"),
    "largest_scale": ("MAXSCALE", "[arcsec] largest scale recovered"),
    "taper": ("UVTAPER", "[arcsec] FWHM of taper, part of the beam"),
    "channel_response": ("CHANRESP", "Channel response"),
    "spectral_resolution": ("SPECRES", "[km/s] spectral resolution"),
    "noise_rms": ("NOISERMS", "[NOISEUNI] rms of the noise"),
    "noise_unit": ("NOISEUNI", "Unit of NOISERMS"),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """Where on the sky, and on which axis, a cube is written.

    Parameters
    ----------
    ra, dec : float [deg]
        Of the offset (0, 0), ICRS.
    systemic : float [km/s]
        Radio velocity of the star, LSRK, which is added to that of the model.
    frequency : bool
        A frequency axis instead of one of radio velocity.
    """

    ra: float = 0.0
    dec: float = 0.0
    systemic: float = 0.0
    frequency: bool = False


ORIGIN = Frame()
"""The star at (0, 0), at rest, on an axis of velocity."""


def cube_header(
    observation: Observation, header: Header, unit: str, frame: Frame = ORIGIN
) -> fits.Header:
    """The FITS header of a cube.

    Parameters
    ----------
    observation : Observation
    header : Header
    unit : str
    frame : Frame

    Raises
    ------
    ConfigError
        If the steps of an axis differ, or pixels are not square.
    """
    cards = fits.Header()
    cards["BTYPE"] = "Intensity"
    cards["BUNIT"] = unit
    cards.update(_sky_cards(observation, frame))
    cards.update(_spectral_cards(observation, frame))
    beam = observation.beam
    if beam.major:
        cards["BMAJ"] = beam.major / 3600, "[deg] FWHM of the beam, major axis"
        cards["BMIN"] = beam.minor / 3600, "[deg] FWHM of the beam, minor axis"
        cards["BPA"] = beam.position_angle, "[deg] of the major axis, north to east"
    cards.update(_origin_cards(observation, header))
    for name, (key, comment) in _RESPONSE.items():
        if value := getattr(observation.response, name):
            cards[key] = value, comment
    if observation.response.noise_rms:
        cards["NOISESED"] = observation.response.noise_seed, "Seed of the noise"
    for name, value in header.parameters.items():
        cards.add_history(ascii_text(f"{name} = {value} {unit_of(header, name)}".strip()))
    return cards


def _sky_cards(observation: Observation, frame: Frame) -> fits.Header:
    cards = fits.Header()
    axes = (
        ("RA---SIN", observation.x, frame.ra, -1),
        ("DEC--SIN", observation.y, frame.dec, 1),
    )
    step = observation.pixel
    for number, (kind, offsets, centre, sign) in enumerate(axes, 1):
        cards[f"CTYPE{number}"] = kind
        cards[f"CRVAL{number}"] = float(centre)
        cards[f"CRPIX{number}"] = round(1 - float(offsets[0]) / step, 6)
        cards[f"CDELT{number}"] = sign * step / 3600
        cards[f"CUNIT{number}"] = "deg"
    cards["RADESYS"] = "ICRS"
    return cards


def _spectral_cards(observation: Observation, frame: Frame) -> fits.Header:
    step = observation.channel * 1e3
    first = (float(observation.velocity[0]) + frame.systemic) * 1e3
    rest = observation.line.frequency
    cards = fits.Header()
    if frame.frequency:
        axis = "FREQ", rest * (1 - first / LIGHT_SPEED), -rest * step / LIGHT_SPEED, "Hz"
    else:
        axis = "VRAD", first, step, "m/s"
    cards["CTYPE3"], cards["CRVAL3"], cards["CDELT3"], cards["CUNIT3"] = axis
    cards["CRPIX3"] = 1.0
    cards["RESTFRQ"] = rest, "[Hz] rest frequency of the line"
    cards["SPECSYS"] = "LSRK", f"The star moves at {frame.systemic:g} km/s"
    return cards


_SYNTHESIS = {
    "SOLVER": "solver",
    "EXCITATN": "excitation",
    "MOLDATA": "molecular_data",
    "DUST": "dust",
    "STAR": "star",
}
"""Keywords for what an observation file says of how it was made."""


def _origin_cards(observation: Observation, header: Header) -> fits.Header:
    line, view = observation.line, observation.view
    given = header.attributes
    cards = fits.Header()
    texts = {
        "OBJECT": header.name,
        "LINE": f"{line.species} {line.transition}",
        "MOLECULE": line.species,
        "TRANSITI": line.transition,
        "ENGINE": given.get("engine", "lineform"),
        "ENGVERS": given.get("engine_version", __version__),
        "MODCODE": header.code,
        "MODTITLE": header.title,
    }
    texts |= {key: given[name] for key, name in _SYNTHESIS.items() if name in given}
    if any(len(text) + text.count("'") > _CARD for text in texts.values()):
        cards["LONGSTRN"] = "OGIP 1.0", "Some texts go on in CONTINUE"
    # Without comments: astropy would cut them off, with a warning, where the text is long.
    for key, text in texts.items():
        cards[key] = ascii_text(text)
    cards["INCLINAT"] = view.inclination, "[deg] z axis of the model to the observer"
    cards["AZIMUTH"] = view.azimuth, "[deg] of the observer about z, from x to y"
    cards["DISTANCE"] = observation.distance, "[pc] assumed distance"
    cards["BACKTEMP"] = observation.background_temperature, "[K] background, subtracted"
    cards["ORIGIN"] = f"lineform {__version__}", "Program that wrote this file"
    cards["LICENSE"] = "CC-BY-SA-4.0", "Licence of the data, SPDX"
    return cards
