"""Formats of files: each module understands one; `read_file` picks the right one."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from portal import registry
from portal.errors import ReadError
from portal.model.header import Header
from portal.model.record import FileRecord
from portal.readers._cleaning import check_path, cleaned
from portal.readers._findings import Findings
from portal.readers.base import Reader

__all__ = ["finished", "open_header", "read_file", "readers"]


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


def readers(mappings: Sequence[Reader] = ()) -> tuple[Reader, ...]:
    """All readers and `mappings`, in the order in which they are asked.

    Raises
    ------
    TypeError
        If a plug-in is no reader.
    """
    found = (*_plugins(registry.names(__name__)), *mappings)
    return tuple(sorted(found, key=lambda reader: (reader.priority, reader.name)))


@lru_cache(maxsize=4)
def _plugins(names: tuple[str, ...]) -> tuple[Reader, ...]:
    # By the names, so that a module added while the program runs is found too.
    found = []
    for name, member in registry.members(__name__, "READER").items():
        if not isinstance(member, Reader):
            raise TypeError(f"{__name__}.{name}.READER is not a Reader")
        found.append(member)
    return tuple(found)


def read_file(
    path_on_disk: Path, relative_path: str, mappings: Sequence[Reader] = ()
) -> FileRecord:
    """All that one file says; whatever is wrong with it becomes a problem of the record.

    Parameters
    ----------
    path_on_disk
        The file to read.
    relative_path
        Its path in the store, with ``/`` between folders.
    mappings
        Ways to read files of other layouts (`portal.mapping.load_mappings`).
    """
    findings = Findings(relative_path)
    check_path(relative_path, findings)
    try:
        record = _read(path_on_disk, relative_path, mappings, findings)
    except ReadError as error:
        findings.add(error.code, error.what, error.seen, error.expected, error.way_out)
        record = FileRecord("other", "unknown")
    except Exception as error:
        findings.add(
            "reader-failed",
            "a reader failed on this file",
            f"{type(error).__name__}: {error}",
            "rows or a stated reason",
            "report it with the file: the reader should have said what is wrong",
        )
        record = FileRecord("other", "unknown")
    return cleaned(record, findings.problems)


def finished(record: FileRecord, relative_path: str) -> FileRecord:
    """`record` as a catalogue takes it: texts made visible, an awkward path told."""
    findings = Findings(relative_path)
    check_path(relative_path, findings)
    return cleaned(record, findings.problems)


def _read(
    path_on_disk: Path, relative_path: str, mappings: Sequence[Reader], findings: Findings
) -> FileRecord:
    header = open_header(path_on_disk, relative_path)
    for note in header.notes:
        thing, _, reason = note.partition(": ")
        findings.add(
            "left-out",
            f"{thing}: left out",
            reason,
            "text, numbers and plain links of a usual size",
            "nothing, if it is not needed",
            "warning",
        )
    reader = next(reader for reader in readers(mappings) if reader.claims(header))
    return reader.read(header)
