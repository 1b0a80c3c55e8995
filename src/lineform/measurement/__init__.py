"""Cubes as they were measured: read, understood and made ready for a likelihood."""

from lineform.measurement.base import Measurement
from lineform.measurement.files import read_measurements
from lineform.measurement.reading import Reading

__all__ = ["Measurement", "Reading", "read_measurements"]
