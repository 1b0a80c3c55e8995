"""A store becomes a catalogue: finds files, has them read, and publishes the tables."""

from portal.scan.run import Report, scan

__all__ = ["Report", "scan"]
