"""Finds the engines of this package: every file that defines ``ENGINE``."""

import pkgutil
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from lineform.errors import ConfigError
from lineform.synthesis.base import Engine

__all__ = ["engine_named", "engines"]

_PACKAGE, _, _OWN = __name__.rpartition(".")


@cache
def engines() -> dict[str, Engine]:
    """All engines by name."""
    names = sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    # Names with an underscore are parts of an engine, and may need what is not installed.
    public = [name for name in names if name != _OWN and not name.startswith("_")]
    members = [import_module(f"{_PACKAGE}.{name}") for name in public]
    found = [member.ENGINE for member in members if hasattr(member, "ENGINE")]
    return {engine.name: engine for engine in sorted(found, key=lambda engine: engine.name)}


def engine_named(name: str) -> Engine:
    """One engine; ``auto`` is the fastest of ours that is installed.

    Raises
    ------
    ConfigError
        If there is none of this name.
    """
    if name == "auto":
        name = "numba" if "numba" in engines() and find_spec("numba") else "array"
    if name not in engines():
        raise ConfigError("engine", expected=f"one of auto, {', '.join(engines())}", seen=name)
    return engines()[name]
