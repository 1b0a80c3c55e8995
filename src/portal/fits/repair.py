"""Writes a copy of a FITS file whose headers keep the FITS standard."""

import textwrap
from collections.abc import Iterator
from pathlib import Path

from portal.errors import ConfigError, ReadError
from portal.fits._card import CARD
from portal.fits._changes import COMMENT, Change, changes_of
from portal.fits._layout import complete, fronted, unrepeated
from portal.fits._scan import BLOCK
from portal.fits._spelling import Line, commented, lines_of, written
from portal.fits._sums import sums_hold
from portal.fits.hdu import Hdu
from portal.fits.opening import FitsFile, open_fits
from portal.fits.repairs import Repair

__all__ = ["write_repaired"]

_SUMS = ("CHECKSUM", "DATASUM")
_HISTORY = 72


def write_repaired(path: str | Path, destination: str | Path) -> tuple[Repair, ...]:
    """Write a copy of a FITS file with its headers set right, and say what was changed.

    The data stay as they are, byte by byte. Each repair is a line of HISTORY in the header
    concerned. A packed file is unpacked.

    Parameters
    ----------
    path
        The file; it is not touched.
    destination
        The copy, which must not exist; it appears when complete.

    Raises
    ------
    ConfigError
        If `destination` exists.
    ReadError
        As `portal.fits.opening.open_fits` does, and if data are missing (code ``truncated``).
    """
    target = Path(destination)
    if target.exists() or target.is_symlink():
        raise ConfigError(
            "repair: the copy exists",
            seen=str(target),
            expected="a path that does not exist; no file is repaired in place",
            way_out="name another one",
        )
    with open_fits(path) as file:
        _check_complete(file)
        repairs: list[Repair] = list(_of_file(file))
        part = target.with_name(f".{target.name}.part")
        try:
            with part.open("wb") as out:
                for hdu in file.hdus:
                    header, found = _header(hdu, repairs if hdu.index == 0 else [])
                    repairs += found
                    out.write(header)
                    for piece in hdu.pieces():
                        out.write(piece)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    return tuple(repairs)


def _check_complete(file: FitsFile) -> None:
    for hdu in file.hdus:
        if not hdu.complete:
            raise ReadError(
                f"HDU {hdu.index}: data that are missing cannot be repaired",
                seen=next((n for n in file.notes if n.startswith(f"HDU {hdu.index}")), "a part"),
                expected="all of its data",
                way_out="get the file again",
                where=str(file.path),
                code="truncated",
            )


def _of_file(file: FitsFile) -> Iterator[Repair]:
    """Faults between the HDUs and at the end."""
    size = file.path.stat().st_size
    if file.packed:
        return
    if size % BLOCK:
        why = "a file is whole blocks of 2880 bytes"
        now = -(-size // BLOCK) * BLOCK
        yield Repair("file-length", "file", f"{size} bytes", f"{now} bytes", why)
    for note in file.notes:
        if "no END card" in note:
            yield Repair("no-end", "END", "", "END", note)


def _header(hdu: Hdu, before: list[Repair]) -> tuple[bytes, list[Repair]]:
    """The header as it is written, and its repairs; those of `before` go into its history."""
    cards = hdu.cards
    lines, repairs = lines_of(cards)
    changes = changes_of(cards)
    lines = _applied(lines, changes, hdu)
    repairs += [change.repair for change in changes]
    for step in (
        lambda lines: fronted(lines, cards, hdu.index == 0, hdu.kind == "groups"),
        unrepeated,
        lambda lines: complete(lines, cards, hdu.kind in ("table", "compressed")),
    ):
        lines, found = step(lines)
        repairs += found
    plain = _joined(lines)
    sums = [line for line in lines if line.name in _SUMS]
    if sums and (repairs or before or not sums_hold(plain, hdu.pieces(), cards)):
        lines = [line for line in lines if line.name not in _SUMS]
        why = "the header changed" if repairs or before else "they do not fit the data"
        repairs.append(Repair("checksum", "CHECKSUM, DATASUM", "sums", "", why))
    history = [line for repair in (*before, *repairs) for line in _told(repair)]
    return (_joined([*lines, *history]) if history else plain), repairs


def _applied(lines: list[Line], changes: list[Change], hdu: Hdu) -> list[Line]:
    by_name = {change.old: change for change in changes if change.old}
    made: list[Line] = []
    for line in lines:
        change = by_name.get(line.name)
        if change is None:
            made.append(line)
        elif change.new == COMMENT:
            made.append(commented(line))
        elif change.new:
            made.append(written(change.new, change.value, hdu.cards.comment(line.name)))
    return made + [written(c.new, c.value, c.repair.why) for c in changes if not c.old]


def _told(repair: Repair) -> Iterator[Line]:
    text = f"Repaired {repair}".encode("ascii", "replace").decode("ascii")
    for part in textwrap.wrap(text, _HISTORY):
        yield Line("HISTORY", (f"HISTORY {part}".ljust(CARD),))


def _joined(lines: list[Line]) -> bytes:
    text = "".join(card for line in lines for card in line.cards) + "END".ljust(CARD)
    return (text + " " * (-len(text) % BLOCK)).encode("ascii")
