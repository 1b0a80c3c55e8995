"""Reads files of other programs, one format a module."""

from lineform.readers.lamda import read_lamda

__all__ = ["read_lamda"]
