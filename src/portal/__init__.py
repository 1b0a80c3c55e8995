"""A store of HDF5 files becomes a catalogue, and the catalogue a static site."""

__all__ = ["__version__"]

__version__ = "0.1.0"
