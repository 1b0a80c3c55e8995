"""The journal of a scan: each finished batch is a file, so that a killed scan loses nothing."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from portal.catalog.records import RECORDS, decode

__all__ = ["Journal"]

_SUFFIX = ".arrow"


class Journal:
    """Finished batches since the last publication, in the order in which they were written.

    Parameters
    ----------
    folder
        Where the journals lie.
    reading
        Fingerprint of all that decides what is read from a file; the batches of another
        one are of no use and are removed.
    """

    def __init__(self, folder: Path, reading: str) -> None:
        self._all = folder
        self._folder = folder / reading[:16]
        if folder.is_dir():
            for other in folder.iterdir():
                if other != self._folder:
                    shutil.rmtree(other)
        self._next = max((int(p.stem) for p in self._parts()), default=0) + 1

    def append(self, batch: bytes) -> None:
        """Keep `batch`, an Arrow stream of records; whole or not at all."""
        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._folder / f"{self._next:09d}{_SUFFIX}"
        aside = part.with_suffix(".tmp")
        aside.write_bytes(batch)
        aside.replace(part)
        self._next += 1

    def tables(self, columns: Sequence[str] = tuple(RECORDS.names)) -> Iterator[pa.Table]:
        """The batches, oldest first; one cut short by a loss of power is passed over."""
        for part in self._parts():
            try:
                yield decode(part.read_bytes(), columns)
            except (OSError, pa.ArrowException):
                continue

    def is_empty(self) -> bool:
        """Whether there are no batches."""
        return not self._parts()

    def clear(self) -> None:
        """Forget all batches: they are in the published tables."""
        if self._all.is_dir():
            shutil.rmtree(self._all)
        self._next = 1

    def _parts(self) -> list[Path]:
        return sorted(self._folder.glob(f"*{_SUFFIX}"))
