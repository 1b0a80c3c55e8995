"""Opens FITS files as they are found: compressed, truncated, with invalid headers."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from portal.errors import ReadError
from portal.fits._bytes import Bytes, opened_bytes
from portal.fits._card import CARD
from portal.fits._scan import Part, parts, parts_of_text
from portal.fits.hdu import Hdu, hdu_of

__all__ = ["FitsFile", "open_fits"]

_OTHERS = {
    b"\x89HDF": "an HDF5 file",
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x9d": "a file packed by compress",
    b"<?xml": "an XML document",
    b"%PDF": "a PDF document",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
}
_MOST_TEXT = 32 << 20
_SAMPLE = 8192
_LINE = re.compile(rb" *[A-Za-z0-9_-]{1,8} *= *\S| *HIERARCH .*=|COMMENT|HISTORY|CONTINUE|END *$")
"""What a line of a header looks like that was saved as text."""
_PAGE = (b"<!DOCTYPE", b"<!doctype", b"<html", b"<HTML")


@dataclass(frozen=True)
class FitsFile:
    """An open FITS file; use it in a ``with`` statement, or close it.

    Parameters
    ----------
    path
        Where it lies.
    hdus
        What it holds.
    notes
        What is wrong with it and was survived, one line each.
    """

    path: Path
    hdus: tuple[Hdu, ...]
    notes: tuple[str, ...]
    _data: Bytes = field(repr=False)

    @property
    def packed(self) -> bool:
        """Whether the whole file is compressed."""
        return self._data.packed

    def __enter__(self) -> "FitsFile":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; headers and arrays that were read stay."""
        self._data.close()


def open_fits(path: str | Path) -> FitsFile:
    """Open a FITS file, whatever its faults, and find its HDUs. No warning is given.

    Files packed by gzip, bzip2 or xz are unpacked on the way, up to a limit; what is missing
    at the end of a file is told in the notes. Headers that were saved as text are read too.

    Raises
    ------
    ReadError
        If nothing can be read: no file, or no FITS (codes ``missing``, ``not-a-file``,
        ``unreadable``, ``empty-file``, ``not-fits``, ``damaged``).
    """
    path = Path(path)
    data = opened_bytes(path)
    try:
        found = list(_as_text(data) or parts(data))
        if not found:
            raise _refusal(path, data)
    except BaseException:
        data.close()
        raise
    hdus = tuple(hdu_of(index, part, data) for index, part in enumerate(found))
    notes = [f"HDU {i}: {note}" for i, part in enumerate(found) for note in part.notes]
    if data.broken:
        notes.append(f"unpacking stopped: {data.broken}")
    return FitsFile(path, hdus, tuple(notes), data)


def _as_text(data: Bytes) -> tuple[Part, ...]:
    head = data.read(0, _SAMPLE)
    if b"\n" not in head[: CARD + 2] or b"\0" in head:
        return ()
    lines = head.splitlines()
    if sum(len(line) > CARD + 1 for line in lines) > len(lines) // 2:
        return ()  # a card of a FITS file that holds a line feed
    said = [line for line in lines[:-1] or lines if line.strip()]
    if sum(bool(_LINE.match(line)) for line in said) <= len(said) // 2:
        return ()  # a program or a text that has assignments, too
    return parts_of_text(data.read(0, _MOST_TEXT).decode("latin-1"))


def _refusal(path: Path, data: Bytes) -> ReadError:
    head = data.read(0, 512)
    if data.broken:
        return _error(path, f"a damaged file: {data.broken}", "get it again", "damaged")
    if not head:
        return _error(path, "an empty file", "get it again", "empty-file")
    seen = next((what for magic, what in _OTHERS.items() if head.startswith(magic)), "")
    if head.lstrip().startswith(_PAGE):
        seen = "a web page, often what a server says instead of a file"
    seen = seen or repr(head[:20].decode("latin-1"))
    return _error(path, seen, "give a FITS file", "not-fits")


def _error(path: Path, seen: str, way_out: str, code: str) -> ReadError:
    return ReadError(
        "not a FITS file",
        seen=seen,
        expected="a header that begins with SIMPLE",
        way_out=way_out,
        where=str(path),
        code=code,
    )
