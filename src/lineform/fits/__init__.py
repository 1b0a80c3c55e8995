"""FITS files: observations as cubes that the programs of the field read, and repairs."""

from lineform.fits.cards import Frame, cube_header
from lineform.fits.cubes import UNITS, converted, write_fits
from lineform.fits.repair import repair_magritte

__all__ = ["UNITS", "Frame", "converted", "cube_header", "repair_magritte", "write_fits"]
