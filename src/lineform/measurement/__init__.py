"""Cubes as they were measured: read, understood and made ready for a likelihood."""

from lineform.measurement.base import Measurement
from lineform.measurement.binning import binned
from lineform.measurement.files import read_measurements
from lineform.measurement.memory import Advice, advice
from lineform.measurement.reading import Reading
from lineform.measurement.squares import Squared, squared
from lineform.measurement.understood import understood

__all__ = [
    "Advice",
    "Measurement",
    "Reading",
    "Squared",
    "advice",
    "binned",
    "read_measurements",
    "squared",
    "understood",
]
