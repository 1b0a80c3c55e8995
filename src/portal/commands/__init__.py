"""The commands of ``portal``, one a module."""
