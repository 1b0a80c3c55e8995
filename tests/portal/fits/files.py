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
    first = "XTENSION= 'IMAGE   '" if extension else f"SIMPLE  = {'T':>20s}"
    axes = {f"NAXIS{n}": length for n, length in enumerate(lengths, 1)}
    more = {"PCOUNT": 0, "GCOUNT": 1} if extension else {}
    return [first, *numbers({"BITPIX": bits, "NAXIS": len(lengths)} | axes | more)]


def numbers(values: dict[str, int]) -> list[str]:
    """Cards with numbers where the standard has those of the mandatory cards."""
    return [f"{name:8s}= {value:>20d}" for name, value in values.items()]


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
    shape = {"BITPIX": 8, "NAXIS": 2, "NAXIS1": width, "NAXIS2": rows, "PCOUNT": 0, "GCOUNT": 1}
    lines = ["XTENSION= 'BINTABLE'", *numbers(shape | {"TFIELDS": len(columns)})]
    return header([*lines, *described, *cards]) + padded(bytes(rows * width))


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
