"""The list of withdrawn models that a data manager keeps beside the catalogue."""

import csv
from collections.abc import Sequence
from pathlib import Path

from portal.catalog.diff import Withdrawal
from portal.errors import ConfigError

__all__ = ["WITHDRAWN", "load_withdrawn"]

WITHDRAWN = "withdrawn.csv"
"""Name of the list in the folder of a catalogue."""

_COLUMNS = ("id", "reason", "replaced_by")


def load_withdrawn(path: Path) -> dict[str, Withdrawal]:
    """The withdrawn models in the CSV file at `path`, by their ids; none if it is not there.

    Raises
    ------
    ConfigError
        If it cannot be read, lacks a column, or names a model twice or replaces it by itself.
    """
    if not path.is_file():
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            _check_columns(reader.fieldnames or (), path)
            rows = [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(
            "withdrawn models: cannot be read", seen=str(error), expected="CSV", where=str(path)
        ) from error
    found: dict[str, Withdrawal] = {}
    for line, row in rows:
        name, reason, instead = ((row[key] or "").strip() for key in _COLUMNS)
        _check(name, reason, instead, name in found, f"{path}:{line}")
        found[name] = Withdrawal(reason, instead)
    return found


def _check_columns(names: Sequence[str], path: Path) -> None:
    if sorted(names) != sorted(_COLUMNS):
        raise ConfigError(
            "withdrawn models: columns",
            seen=", ".join(names) or "none",
            expected=", ".join(_COLUMNS),
            where=f"{path}:1",
        )


def _check(name: str, reason: str, instead: str, again: bool, where: str) -> None:
    faults = (
        (not name, "id", "nothing", "the name of a model"),
        (again, "id", f"{name} a second time", "each model once"),
        (not reason, "reason", "nothing", "why the model was withdrawn"),
        (bool(name) and instead == name, "replaced_by", instead, "another model, or nothing"),
    )
    for wrong, key, seen, expected in faults:
        if wrong:
            raise ConfigError(f"withdrawn models: {key}", seen=seen, expected=expected, where=where)
