"""A text that changes with everything that decides what is read from a file."""

import hashlib
from importlib.util import find_spec
from pathlib import Path

from portal.model.schema import SCHEMA_VERSION

__all__ = ["folder_key", "reading_fingerprint"]

_CODE = (
    "portal.catalog.records",
    "portal.extraction",
    "portal.fits",
    "portal.mapping",
    "portal.model",
    "portal.obscore",
    "portal.readers",
    "portal.scan.products",
    "portal.scan.task",
    "portal.units",
)


_SUFFIXES = (".csv", ".lark", ".py")


def reading_fingerprint(rules_key: str) -> str:
    """Fingerprint of the code of the readers, the schema, and the rules.

    The code itself counts, not a version number that somebody has to remember to raise.
    """
    total = hashlib.sha256(f"{SCHEMA_VERSION}\n{rules_key}".encode())
    for path in _sources():
        total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def folder_key(folder: Path, pattern: str) -> str:
    """Hash of the names and contents of the files in `folder` that match `pattern`."""
    total = hashlib.sha256()
    for path in sorted(folder.glob(pattern)):
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def _sources() -> list[Path]:
    found: list[Path] = []
    for name in _CODE:
        spec = find_spec(name)
        if spec is not None and spec.submodule_search_locations:
            folder = Path(spec.submodule_search_locations[0])
            found += [path for path in folder.iterdir() if path.suffix in _SUFFIXES]
        elif spec is not None and spec.origin:
            found.append(Path(spec.origin))
    return sorted(found)
