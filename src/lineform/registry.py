"""Finds plug-ins: modules of a package that define the attribute which its protocol names."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

__all__ = ["members"]


@cache
def members(package: str, attribute: str) -> tuple[Any, ...]:
    """What the modules of `package` define as `attribute`, by their `name`.

    Modules whose names begin with an underscore are parts of others, and may need what is not
    installed; they are not imported.
    """
    names = sorted(m.name for m in iter_modules(import_module(package).__path__))
    modules = [import_module(f"{package}.{name}") for name in names if not name.startswith("_")]
    found = [getattr(module, attribute) for module in modules if hasattr(module, attribute)]
    return tuple(sorted(found, key=lambda member: member.name))
