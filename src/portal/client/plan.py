"""What a download would be, before anything moves: files, bytes, time and disk."""

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import overload

from portal.catalog.selection import StoredFile

__all__ = ["Plan", "duration", "is_there", "size"]

_SPEEDS = {"100 Mbit/s": 100e6, "1 Gbit/s": 1e9}


@dataclass(frozen=True)
class Plan(Sequence[StoredFile]):
    """Files to fetch; printed, it says how much they are.

    Parameters
    ----------
    files
        In the order of the catalogue; a size below 0 is not known.
    """

    files: tuple[StoredFile, ...]

    @property
    def bytes(self) -> int:
        """Size of all files of which it is known [byte]."""
        return sum(max(0, file.bytes) for file in self.files)

    def seconds(self, speed: float) -> float:
        """Time that the download takes at least [s], on a line of `speed` [bit/s]."""
        return 8 * self.bytes / speed

    def missing(self, folder: str | Path) -> "Plan":
        """The part that is not in `folder` yet; the disk needs room for its bytes."""
        there = Path(folder)
        return Plan(tuple(file for file in self.files if not is_there(file, there)))

    def fits(self, folder: str | Path) -> bool:
        """Whether the disk below `folder` has room for what is missing there."""
        there = Path(folder).absolute()
        while not there.exists():
            there = there.parent
        return self.missing(folder).bytes <= shutil.disk_usage(there).free

    def __str__(self) -> str:
        kinds = Counter(file.kind for file in self.files)
        counted = ", ".join(f"{number} {kind}s" for kind, number in sorted(kinds.items()))
        times = ", ".join(f"{duration(self.seconds(s))} at {name}" for name, s in _SPEEDS.items())
        return "\n".join(
            [
                f"files  {len(self.files)}{f' ({counted})' if counted else ''}",
                f"size   {size(self.bytes)}, which is the disk that they need",
                f"time   {times}",
            ]
        )

    def __len__(self) -> int:
        return len(self.files)

    def __iter__(self) -> Iterator[StoredFile]:
        return iter(self.files)

    @overload
    def __getitem__(self, index: int) -> StoredFile: ...
    @overload
    def __getitem__(self, index: slice) -> "Plan": ...
    def __getitem__(self, index: int | slice) -> "StoredFile | Plan":
        if isinstance(index, slice):
            return Plan(self.files[index])
        return self.files[index]


def size(number: float) -> str:
    """`number` [byte] for a reader, such as ``1.2 GB``."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if number < 999.5:
            return f"{number:.0f} {unit}" if unit == "bytes" else f"{number:.3g} {unit}"
        number /= 1000
    return f"{number:.1f} TB"


def duration(seconds: float) -> str:
    """`seconds` for a reader, such as ``2 h 13 min``."""
    if seconds < 1:
        return "less than 1 s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours < 48 else f"{hours / 24:.1f} days"


def is_there(file: StoredFile, folder: Path) -> bool:
    """Whether `folder` has the file, of the size that it ought to have; `fetch` looks closer."""
    path = folder / file.path
    return path.is_file() and file.bytes in (-1, path.stat().st_size)
