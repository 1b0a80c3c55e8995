"""FITS files made byte by byte, with whatever fault a test needs."""

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.fits.opening import FitsFile, open_fits

BLOCK = 2880


def padded(data: bytes, filler: bytes = b"\0") -> bytes:
    return data + filler * (-len(data) % BLOCK)


def header(cards: Iterable[str], end: bool = True) -> bytes:
    lines = [*cards, "END"] if end else list(cards)
    return padded("".join(line.ljust(80)[:80] for line in lines).encode("latin-1"), b" ")


def image_cards(*lengths: int, bits: int = -32, extension: bool = False) -> list[str]:
    first = "XTENSION= 'IMAGE   '" if extension else "SIMPLE  =                    T"
    axes = [f"NAXIS{n}  = {length}" for n, length in enumerate(lengths, 1)]
    more = ["PCOUNT  = 0", "GCOUNT  = 1"] if extension else []
    return [first, f"BITPIX  = {bits}", f"NAXIS   = {len(lengths)}", *axes, *more]


def image(*lengths: int, cards: Iterable[str] = (), extension: bool = False) -> bytes:
    count = 1 if lengths else 0
    for length in lengths:
        count *= length
    return header([*image_cards(*lengths, extension=extension), *cards]) + padded(bytes(4 * count))


def table(columns: dict[str, str], rows: int, width: int, cards: Iterable[str] = ()) -> bytes:
    """A binary table of zeros, of columns by name and format."""
    described = [
        line
        for n, (name, form) in enumerate(columns.items(), 1)
        for line in (f"TTYPE{n}  = '{name}'", f"TFORM{n}  = '{form}'")
    ]
    shape = ["BITPIX  = 8", "NAXIS   = 2", f"NAXIS1  = {width}", f"NAXIS2  = {rows}"]
    lines = ["XTENSION= 'BINTABLE'", *shape, "PCOUNT  = 0", "GCOUNT  = 1"]
    return header([*lines, f"TFIELDS = {len(columns)}", *described, *cards]) + padded(
        bytes(rows * width)
    )


EMPTY = header([*image_cards(), "EXTEND  = T"])


@contextmanager
def opened(folder: Path, data: bytes, name: str = "a.fits") -> Iterator[FitsFile]:
    """The file `data` makes, opened with every warning an error."""
    path = folder / name
    path.write_bytes(data)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with open_fits(path) as file:
            yield file
