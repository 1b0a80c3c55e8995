"""Pixels and columns, decoded by astropy from headers that are made clean for it."""

import math
import re
import warnings
from typing import TYPE_CHECKING, TypeAlias

from portal.errors import ReadError
from portal.fits._bytes import Bytes
from portal.fits._heap import variable
from portal.fits._scan import BLOCK, Part, axis_lengths
from portal.fits.cards import Cards

if TYPE_CHECKING:
    import numpy as np
    from astropy.io.fits import Header

__all__ = ["MOST_BYTES", "Place", "column", "image", "places"]

Place: TypeAlias = tuple[int, int, str]
"""First byte of a column in its row, the one behind its last, and the letter of its type."""

MOST_BYTES = 1 << 29
"""Data that are read at once [B]."""

_FORM = re.compile(r" *(\d*)([LXBIJKAEDCMPQ])")
_ASCII_FORM = re.compile(r" *[AIFED](\d+)")
_WIDTHS = dict(zip("LBIJKAEDCMPQ", (1, 1, 2, 4, 8, 1, 4, 8, 8, 16, 8, 16), strict=True))
_PLAIN = {"A": "S", "B": "u1", "I": ">i2", "J": ">i4", "K": ">i8", "E": ">f4", "D": ">f8"}
_CODED = ("TSCAL", "TZERO", "TDIM")
_LOST: Place = (0, 0, "")
_MOST_COLUMNS = 999
_KEPT = ("TTYPE", "TFORM", "TSCAL", "TZERO", "TNULL", "TDIM")
_SCALES = ("BSCALE", "BZERO", "BLANK", "ZBLANK", "ZSCALE", "ZZERO", "ZQUANTIZ", "ZDITHER0")
# What astropy raises where a header and its data disagree.
_FAULTS = (
    ArithmeticError,
    AttributeError,
    IndexError,
    KeyError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


def column(
    part: Part, data: Bytes, index: int, number: int, place: Place, row: int | None
) -> "np.ndarray":
    """Column `number`, from 1, of a table, at `place` in its rows; of one row if `row` is given.

    Where rows differ in length, the values of all follow one another.

    Raises
    ------
    ReadError
        If it is too large (code ``too-large``) or damaged (``damaged``).
    """
    import numpy as np

    width, height = (*(axis_lengths(part.cards) or ()), 0, 0)[:2]
    first, last, letter = place
    height = min(height, part.held // width) if 0 < last <= width else 0
    if not 0 <= (row or 0) < height:
        raise _damaged(index, f"no complete row of {width} bytes with column {number}")
    rows = slice(0, height) if row is None else slice(row, row + 1)
    _check_size(index, (height if row is None else 1) * (last - first))
    held = np.frombuffer(data.view(part.start, height * width), np.uint8)
    cells = held[: held.size // width * width].reshape(-1, width)[rows, first:last]
    if first == last:
        values = np.zeros(cells.shape)
    elif letter in _PLAIN and not any(f"{name}{number}" in part.cards for name in _CODED):
        values = _plain(np.ascontiguousarray(cells), letter)
    elif letter in ("P", "Q"):
        start = part.cards.integer("THEAP") or (axis_lengths(part.cards) or (0, 0))[1] * width
        heap = data.view(part.start + start, max(part.held - start, 0))
        _check_size(index, len(heap))
        try:
            return variable(part.cards, number, cells, heap)
        except ValueError as error:
            raise _damaged(index, str(error)) from error
    else:
        values = _by_astropy(part.cards, index, number, cells)
    return values if row is None else values[0]


def _by_astropy(cards: Cards, index: int, number: int, cells: "np.ndarray") -> "np.ndarray":
    """Values of column `number` from the bytes of its `cells`."""
    import numpy as np
    from astropy.io import fits

    header = _column_header(cards, number, cells.shape)
    kind = fits.TableHDU if header["XTENSION"] == "TABLE" else fits.BinTableHDU
    raw = header.tostring().encode("ascii") + cells.tobytes()
    raw += bytes(-len(raw) % BLOCK)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return np.array(kind.fromstring(raw).data.field(0))
        except _FAULTS as error:
            raise _damaged(index, str(error)) from error


def image(part: Part, data: Bytes, index: int) -> "np.ndarray":
    """The pixels of an image, decompressed and scaled.

    Raises
    ------
    ReadError
        If it is too large (code ``too-large``) or damaged (``damaged``).
    """
    import numpy as np
    from astropy.io import fits

    packed = part.cards.value("ZIMAGE") is True
    lengths = axis_lengths(part.cards, "ZNAXIS" if packed else "NAXIS") or (0,)
    bits = part.cards.integer("ZBITPIX" if packed else "BITPIX") or 8
    _check_size(index, math.prod(lengths) * abs(bits) // 8)
    if part.held < part.size:
        raise _damaged(index, f"{part.held} of {part.size} bytes")
    raw = _image_header(part.cards, packed).tostring().encode("ascii")
    raw += data.read(part.start, part.held)
    raw += bytes(-len(raw) % BLOCK)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            if not packed:
                return np.array(fits.ImageHDU.fromstring(raw).data)
            primary = fits.PrimaryHDU().header.tostring().encode("ascii")
            with fits.HDUList.fromstring(primary + raw) as opened:
                return np.array(opened[1].data)
        except _FAULTS as error:
            raise _damaged(index, str(error)) from error


def _plain(cells: "np.ndarray", letter: str) -> "np.ndarray":
    """Values of a column that nothing encodes: bytes in the order of FITS, or text."""
    import numpy as np

    if letter == "A":
        text = np.char.decode(cells.view(f"S{max(cells.shape[1], 1)}"), "latin-1")
        return np.char.rstrip(text)[:, 0]
    values = cells.view(_PLAIN[letter])
    values = values.astype(values.dtype.newbyteorder("="))
    return values[:, 0] if values.shape[1] == 1 else values


def places(cards: Cards) -> dict[int, Place]:
    """Of each column, by number from 1: its first byte, the one behind its last, and its letter.

    Nothing is known of columns behind one whose format is none: they have no bytes.
    """
    found: dict[int, Place] = {}
    count = min(max(cards.integer("TFIELDS") or 0, 0), _MOST_COLUMNS)
    if (cards.text("XTENSION") or "").upper() == "TABLE":
        for number in range(1, count + 1):
            match = _ASCII_FORM.match(cards.text(f"TFORM{number}") or "")
            first = (cards.integer(f"TBCOL{number}") or 0) - 1
            known = match is not None and first >= 0
            found[number] = (first, first + int(match.group(1)), "") if match and known else _LOST
        return found
    place: int | None = 0
    for number in range(1, count + 1):
        width = _width(cards.text(f"TFORM{number}") or "")
        if place is None or width is None:
            place, found[number] = None, _LOST
        else:
            found[number] = (place, place + width[0], width[1])
            place += width[0]
    return found


def _width(form: str) -> tuple[int, str] | None:
    match = _FORM.match(form)
    if match is None:
        return None
    repeat, letter = int(match.group(1)[:18] or 1), match.group(2)
    return (-(-repeat // 8) if letter == "X" else repeat * _WIDTHS[letter]), letter


def _column_header(cards: Cards, number: int, shape: tuple[int, ...]) -> "Header":
    from astropy.io import fits

    ascii_table = (cards.text("XTENSION") or "").upper() == "TABLE"
    header = fits.Header()
    header["XTENSION"] = "TABLE" if ascii_table else "BINTABLE"
    header["BITPIX"], header["NAXIS"] = 8, 2
    header["NAXIS1"], header["NAXIS2"] = shape[1], shape[0]
    header["PCOUNT"], header["GCOUNT"], header["TFIELDS"] = 0, 1, 1
    for name in _KEPT:
        value = cards.value(f"{name}{number}")
        if value is not None:
            header[f"{name}1"] = value
    if ascii_table:
        header["TBCOL1"] = 1
    return header


def _image_header(cards: Cards, packed: bool) -> "Header":
    from astropy.io import fits

    header = fits.Header()
    names = ["XTENSION", "BITPIX", "NAXIS", "NAXIS1", "NAXIS2", "NAXIS3", "NAXIS4"]
    if not packed:
        header["XTENSION"] = "IMAGE"
        axes = range(1, len(axis_lengths(cards) or ()) + 1)
        names = ["BITPIX", "NAXIS", *(f"NAXIS{n}" for n in axes)]
    else:
        names = [n for n in cards if n[:1] in "ZT" or n in ("BITPIX", "NAXIS", "NAXIS1", "NAXIS2")]
        header["XTENSION"] = "BINTABLE"
        names = [*("BITPIX", "NAXIS", "NAXIS1", "NAXIS2", "PCOUNT", "GCOUNT", "TFIELDS"), *names]
    for name in names:
        if name not in header and len(name) <= 8:
            header[name] = cards.value(name)
    if not packed:
        header["PCOUNT"], header["GCOUNT"] = 0, 1
    for name in _SCALES:
        if cards.value(name) is not None:
            header[name] = cards.value(name)
    return header


def _check_size(index: int, size: int) -> None:
    if size > MOST_BYTES:
        raise ReadError(
            f"HDU {index}: too large to be read at once",
            seen=f"{size} bytes",
            expected=f"at most {MOST_BYTES}",
            way_out="cut out a part of it",
            code="too-large",
        )


def _damaged(index: int, seen: str) -> ReadError:
    return ReadError(
        f"HDU {index}: damaged data",
        seen=seen[:200],
        expected="data as the header describes them",
        way_out="get the file again",
        code="damaged",
    )
