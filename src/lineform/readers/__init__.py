"""Reads files of other programs, one format a module."""
