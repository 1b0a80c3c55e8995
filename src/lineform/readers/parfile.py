"""Reads the parameter files that lie beside snapshots.

Those of AMRVAC are Fortran namelists (``.par``), those of Phantom lines ``name = value !
comment`` (``.in``, ``.setup``).
"""

import re
from collections.abc import Mapping
from pathlib import Path

from lineform.errors import ConfigError, ReadError

__all__ = ["read_parfile"]

_LINE = re.compile(r"^\s*(\w+)\s*=\s*([^!#]*)")
_LARGEST = 10_000_000


def read_parfile(path: Path) -> dict[str, float | str]:
    """Names in small letters and values, those of all groups together.

    Raises
    ------
    ReadError
        If the file cannot be read or holds no parameters.
    ConfigError
        If it is a namelist and f90nml is not installed.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise ReadError("parameter file", expected="a text file", where=str(path))
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise ReadError("parameter file", seen=str(error), where=str(path)) from error
    namelist = re.search(r"^\s*&\w", text, re.M) is not None
    found = _namelist(text, path) if namelist else _lines(text)
    if not found:
        raise ReadError(
            "parameter file",
            expected="a namelist or lines 'name = value'",
            seen=repr(text[:40]),
            where=str(path),
        )
    return found


def _lines(text: str) -> dict[str, float | str]:
    matches = (_LINE.match(line) for line in text.splitlines())
    return {m[1].lower(): _value(m[2].strip()) for m in matches if m}


def _value(text: str) -> float | str:
    try:
        return float(text.replace("d", "e").replace("D", "e"))
    except ValueError:
        return text


def _namelist(text: str, path: Path) -> dict[str, float | str]:
    try:
        # Here because it is an extra.
        import f90nml
    except ImportError as error:
        raise ConfigError(
            "parameter file",
            expected="the package f90nml, which reads namelists",
            way_out="pip install 'atomium-portal[dumps]'",
            where=str(path),
        ) from error
    try:
        groups = f90nml.reads(text)
    # f90nml raises whatever a broken text leads it into.
    except Exception as error:
        raise ReadError("namelist", seen=str(error)[:80], where=str(path)) from error
    found: dict[str, float | str] = {}
    for group in groups.values():
        for entry in group if isinstance(group, list) else [group]:
            found |= _plain(entry)
    return found


def _plain(group: Mapping[str, object]) -> dict[str, float | str]:
    return {
        name.lower(): float(value) if isinstance(value, int | float) else str(value)
        for name, value in group.items()
        if value is not None
    }
