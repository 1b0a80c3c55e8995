"""Tables laid aside in files, a piece at a time."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

__all__ = ["append", "streams"]


def append(path: Path, table: pa.Table) -> None:
    """Add `table` to the file at `path`."""
    # A stream a piece: an IPC stream cannot be added to, and open files are limited.
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as out:
        out.write_table(table)
    with path.open("ab") as file:
        file.write(sink.getvalue())


def streams(path: Path) -> Iterator[pa.Table]:
    """The tables that were added to the file at `path`."""
    with path.open("rb") as file:
        end = path.stat().st_size
        while file.tell() < end:
            with pa.ipc.open_stream(file) as stream:
                yield stream.read_all()
