"""Formats of the catalogue; one module is one format, found by the registry."""
