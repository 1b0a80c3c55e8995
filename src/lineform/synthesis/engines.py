"""Finds the engines of this package: every file that defines ``ENGINE``."""

from importlib.util import find_spec

from lineform.errors import ConfigError
from lineform.registry import members
from lineform.synthesis.base import Engine

__all__ = ["engine_named", "engines"]


def engines() -> dict[str, Engine]:
    """All engines by name."""
    return {engine.name: engine for engine in members(__package__, "ENGINE")}


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
