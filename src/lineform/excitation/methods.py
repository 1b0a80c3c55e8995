"""Finds the methods of this package: every file that defines ``EXCITATION``."""

import pkgutil
from functools import cache
from importlib import import_module
from pathlib import Path

from lineform.errors import ConfigError
from lineform.excitation.base import Excitation

__all__ = ["excitation_named", "excitations"]

_PACKAGE, _, _OWN = __name__.rpartition(".")


@cache
def excitations() -> dict[str, Excitation]:
    """All methods by name."""
    names = sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    members = [import_module(f"{_PACKAGE}.{name}") for name in names if name != _OWN]
    found = [member.EXCITATION for member in members if hasattr(member, "EXCITATION")]
    return {method.name: method for method in sorted(found, key=lambda method: method.name)}


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
