"""A store of HDF5 and FITS files becomes a catalogue, and the catalogue a static site."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.obscore.files import load_table
    from portal.obscore.mapped import apply_mapping
    from portal.obscore.response import extract

__all__ = ["__version__", "apply_mapping", "extract", "load_table"]

__version__ = "0.1.0"

_HOMES = {"apply_mapping": "mapped", "extract": "response", "load_table": "files"}


def __getattr__(name: str) -> object:
    # Astropy and lark are loaded only by whoever extracts.
    if name in _HOMES:
        return getattr(import_module(f"portal.obscore.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
