"""One sky, and the many ways in which FITS files describe it."""

import math

import numpy as np
from astropy.io import fits

from lineform.constants import LIGHT_SPEED
from lineform.species import linear_rotor

LINE = linear_rotor("CO").line("2-1")
VELOCITY = -26.0 + np.arange(-7, 8) * 1.0
PIXEL = 0.1
X = np.arange(-11, 11) * PIXEL
Y = np.arange(-8, 10) * PIXEL
CENTRE = (147.0, 11.0)
RMS = 0.02
"""Of the noise [K]."""


def sky(rms=RMS, seed=3):
    """A source that moves (channel, y, x) [K], which has no symmetry, with white noise."""
    speed = (VELOCITY + 26)[:, None, None]
    x, y = X - 0.02 * speed, Y[:, None]
    shape = np.exp(-((x - 0.2) ** 2) / 0.1 - (y + 0.1) ** 2 / 0.05 - (speed / 2.5) ** 2)
    noise = np.random.default_rng(seed).standard_normal(shape.shape)
    return 3.0 * shape + rms * noise


def header(**changes):
    """The cards of the sky on axes of RA, DEC and radio velocity; None takes a card away."""
    cards = {
        "CTYPE1": "RA---SIN", "CRVAL1": CENTRE[0], "CDELT1": -PIXEL / 3600, "CUNIT1": "deg",
        "CRPIX1": 12.0,
        "CTYPE2": "DEC--SIN", "CRVAL2": CENTRE[1], "CDELT2": PIXEL / 3600, "CUNIT2": "deg",
        "CRPIX2": 9.0,
        "CTYPE3": "VRAD", "CRVAL3": -26e3, "CDELT3": 1e3, "CUNIT3": "m/s", "CRPIX3": 8.0,
        "RESTFRQ": LINE.frequency, "SPECSYS": "LSRK", "RADESYS": "ICRS", "BUNIT": "K",
        "BMAJ": 0.4 / 3600, "BMIN": 0.3 / 3600, "BPA": 30.0,
    }  # fmt: skip
    cards |= {key.replace("__", "-"): value for key, value in changes.items()}
    return fits.Header({key: value for key, value in cards.items() if value is not None})


def write(path, data=None, *more, **changes):
    """A FITS file of the sky, or of other data, with changes of its header; the path."""
    data = sky() if data is None else data
    image = fits.PrimaryHDU(np.asarray(data, ">f4"), header(**changes))
    fits.HDUList([image, *more]).writeto(path, overwrite=True)
    return path


def spectral(kind, at=-26.0, step=1.0):
    """Cards of the same channels on another kind of axis, linear about the middle one."""
    b, rest = at * 1e3 / LIGHT_SPEED, LINE.frequency
    db = step * 1e3 / LIGHT_SPEED
    frequency = rest * (1 - b)
    axes = {
        "VRAD": (at * 1e3, step * 1e3, "m/s"),
        "FREQ": (frequency, -rest * db, "Hz"),
        "WAVE": (LIGHT_SPEED / frequency, LIGHT_SPEED / frequency**2 * rest * db, "m"),
        "VOPT": (LIGHT_SPEED * b / (1 - b), LIGHT_SPEED * db / (1 - b) ** 2, "m/s"),
    }
    ratio = (1 - b) ** 2
    slope = 4 * (1 - b) / (1 + ratio) ** 2
    axes["VELO"] = LIGHT_SPEED * (1 - ratio) / (1 + ratio), LIGHT_SPEED * slope * db, "m/s"
    value, delta, unit = axes[kind]
    return {"CTYPE3": kind, "CRVAL3": value, "CDELT3": delta, "CUNIT3": unit}


def scaled(cards, factor, unit):
    """Cards of a spectral axis in another unit."""
    return cards | {
        "CRVAL3": cards["CRVAL3"] * factor, "CDELT3": cards["CDELT3"] * factor, "CUNIT3": unit
    }  # fmt: skip


def beam_table(majors, minors, angle=30.0, unit="arcsec"):
    """The table of beams that CASA writes."""
    number = len(majors)
    columns = [
        fits.Column("BMAJ", "1E", unit, array=majors),
        fits.Column("BMIN", "1E", unit, array=minors),
        fits.Column("BPA", "1E", "deg", array=np.full(number, angle)),
        fits.Column("CHAN", "1J", array=np.arange(number)),
        fits.Column("POL", "1J", array=np.zeros(number)),
    ]
    return fits.BinTableHDU.from_columns(columns, name="BEAMS")


def jansky(kelvin, solid_angle):
    """Flux density [Jy] of kelvin in a solid angle [sr]."""
    return kelvin * 2 * 1.380649e-23 * (LINE.frequency / LIGHT_SPEED) ** 2 * solid_angle * 1e26


def beam_area(major, minor):
    """Solid angle of a beam [sr] of widths in arcsec."""
    return math.pi / (4 * math.log(2)) * np.radians(major / 3600) * np.radians(minor / 3600)
