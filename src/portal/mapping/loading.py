"""Mapping files from a folder."""

from pathlib import Path

from portal.errors import MappingError
from portal.mapping.ruleset import MappingFile

__all__ = ["load_mapping", "load_mappings"]


def load_mapping(file: Path) -> MappingFile:
    """The mapping in `file`, named after its stem.

    Raises
    ------
    MappingError
        If it cannot be read or used.
    """
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError(
            "mapping file that cannot be read",
            seen=str(error),
            expected="text in UTF-8",
            where=str(file),
        ) from error
    return MappingFile.from_text(text, file.stem, str(file))


def load_mappings(folder: Path) -> tuple[MappingFile, ...]:
    """All mappings in `folder` (``*.map``), in the order of their names; none if it lacks."""
    return tuple(load_mapping(file) for file in sorted(folder.glob("*.map")))
