"""Finds plug-ins: one file in a plug-in folder is one member.

A plug-in folder is a package such as ``portal.readers``. Every module in it that does not
begin with an underscore, apart from ``base``, is a member and defines the attribute that
the folder's protocol names (``READER``, ``EXPORTER``, ...). Adding a member is adding a file.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from portal.errors import PortalError

__all__ = ["members", "names"]


@cache
def names(package: str) -> tuple[str, ...]:
    """Sorted names of the plug-in modules in `package`; none of them is imported."""
    path = import_module(package).__path__
    return tuple(
        sorted(
            m.name for m in iter_modules(path) if not m.name.startswith("_") and m.name != "base"
        )
    )


def members(package: str, attribute: str) -> dict[str, object]:
    """Import every plug-in of `package` and return its `attribute` by module name.

    Raises
    ------
    PortalError
        If a module lacks `attribute`.
    """
    return {name: _member(import_module(f"{package}.{name}"), attribute) for name in names(package)}


def _member(module: ModuleType, attribute: str) -> object:
    try:
        return getattr(module, attribute)
    except AttributeError:
        raise PortalError(
            f"{module.__name__}: not a plug-in",
            expected=f"a module attribute {attribute}",
            way_out="define it, or begin the module's name with an underscore",
        ) from None
