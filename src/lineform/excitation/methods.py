"""Finds the methods of this package: every file that defines ``EXCITATION``."""

from lineform.errors import ConfigError
from lineform.excitation.base import Excitation
from lineform.registry import members

__all__ = ["excitation_named", "excitations"]


def excitations() -> dict[str, Excitation]:
    """All methods by name."""
    return {method.name: method for method in members(__package__, "EXCITATION")}


def excitation_named(name: str) -> Excitation:
    """One method.

    Raises
    ------
    ConfigError
        If there is none of this name.
    """
    if name not in excitations():
        raise ConfigError("excitation", expected=f"one of {', '.join(excitations())}", seen=name)
    return excitations()[name]
