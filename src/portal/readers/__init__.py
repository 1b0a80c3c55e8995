"""Formats of files: each module understands one; `read_file` picks the right one."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from portal import registry
from portal.errors import ReadError
from portal.model.header import Header
from portal.model.record import FileRecord, Problem
from portal.readers._findings import Findings
from portal.readers.base import Reader

if TYPE_CHECKING:
    from portal.mapping import MappingFile

__all__ = ["open_header", "read_file", "readers"]


def open_header(path_on_disk: Path, relative_path: str) -> Header:
    """The header of the file at `path_on_disk`, known as `relative_path` in the store.

    Raises
    ------
    ReadError
        With one of the codes ``being-written``, ``damaged``, ``empty``, ``not-hdf5``,
        ``truncated`` and ``unreadable``.
    """
    # Imported here so that `import portal.readers` loads no h5py.
    from portal.readers import _opening

    return _opening.open_header(path_on_disk, relative_path)


def readers() -> tuple[Reader, ...]:
    """All readers, in the order in which they are asked."""
    found = [m for m in registry.members(__name__, "READER").values() if isinstance(m, Reader)]
    return tuple(sorted(found, key=lambda reader: (reader.priority, reader.name)))


def read_file(
    path_on_disk: Path, relative_path: str, mappings: Sequence["MappingFile"] = ()
) -> FileRecord:
    """All that one file says; whatever is wrong with it becomes a problem of the record.

    Parameters
    ----------
    path_on_disk
        The file to read.
    relative_path
        Its path in the store, with ``/`` between folders.
    mappings
        Ways to read files of other layouts, asked in their order.
    """
    findings = Findings(relative_path)
    try:
        record = _read(path_on_disk, relative_path)
    except ReadError as error:
        findings.add(error.code, error.what, error.seen, error.expected, error.way_out)
        record = FileRecord("other", "unknown")
    except Exception as error:  # whatever a file provokes, the scan goes on
        findings.add(
            "reader-failed",
            "a reader failed on this file",
            f"{type(error).__name__}: {error}",
            "rows or a stated reason",
            "report it with the file: the reader should have said what is wrong",
        )
        record = FileRecord("other", "unknown")
    problems = (*record.problems, *findings.problems)
    return FileRecord(
        record.kind, record.format, record.model, record.parameters, record.observations, problems
    )


def _read(path_on_disk: Path, relative_path: str) -> FileRecord:
    header = open_header(path_on_disk, relative_path)
    for reader in readers():
        if reader.claims(header):
            return reader.read(header)
    return FileRecord("other", "unknown", problems=(_unknown(header),))


def _unknown(header: Header) -> Problem:
    return Problem(header.path, "unknown-format", "a format that no reader knows")
