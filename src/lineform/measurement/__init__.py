"""Cubes as they were measured: read, understood and made ready for a likelihood."""

from lineform.measurement.base import Measurement

__all__ = ["Measurement"]
