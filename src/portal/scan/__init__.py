"""A store becomes a catalogue: finds files, has them read, and publishes the tables."""

from portal.scan.run import TIME_LIMIT, Report, scan
from portal.scan.task import Rules

__all__ = ["TIME_LIMIT", "Report", "Rules", "scan"]
