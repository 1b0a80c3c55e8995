"""One header and data unit: what it is, its cards, its columns, and its data on demand."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

from portal.errors import ReadError
from portal.fits._bytes import Bytes
from portal.fits._heap import most_values
from portal.fits._scan import BLOCK, Part, axis_lengths
from portal.fits.cards import Cards

if TYPE_CHECKING:
    import numpy as np

    from portal.fits._decode import Place

__all__ = ["ColumnInfo", "Hdu", "HduKind", "hdu_of"]

HduKind: TypeAlias = Literal["image", "compressed", "table", "groups", "empty"]


_PIECE = 400 * BLOCK
_SMALL = 1 << 20


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """A column of a table as its header describes it.

    Parameters
    ----------
    number
        From 1.
    name, format, unit, dim, ctype, cunit
        TTYPEn, TFORMn, TUNITn, TDIMn, and TCTYPn and TCUNIn of a column of coordinates; ''
        where there is none.
    length
        Values in each row, as the format says; the most of them where rows differ in length.
    crval, crpix, cdelt
        TCRVLn, TCRPXn and TCDLTn.
    comment
        What the header says about it.
    """

    number: int
    name: str
    format: str
    unit: str
    length: int
    dim: str = ""
    ctype: str = ""
    cunit: str = ""
    crval: float | None = None
    crpix: float | None = None
    cdelt: float | None = None
    comment: str = ""

    @property
    def varies(self) -> bool:
        """Whether rows differ in length."""
        return most_values(self.format) is not None

    def beside(self, others: Collection["ColumnInfo"]) -> bool:
        """Whether each of its values can belong to one of a column among `others`."""
        return any(
            self.length == other.length or (self.varies and other.varies) for other in others
        )


@dataclass(frozen=True, eq=False)
class Hdu:
    """A header and data unit.

    Parameters
    ----------
    index
        From 0.
    name
        EXTNAME, or '' .
    kind
        ``empty`` where the header promises no data.
    shape
        Of the data in NumPy order; of a table the number of its rows.
    cards
        The header.
    columns
        Of a table.
    complete
        Whether the file holds all of its data.
    """

    index: int
    name: str
    kind: HduKind
    shape: tuple[int, ...]
    cards: Cards
    columns: tuple[ColumnInfo, ...]
    complete: bool
    _part: Part = field(repr=False)
    _data: Bytes = field(repr=False)
    _read: "dict[int, np.ndarray]" = field(default_factory=dict, repr=False)

    def has(self, name: str) -> bool:
        """Whether a table has the column `name`, in any case."""
        return self.info(name) is not None

    def info(self, name: str) -> ColumnInfo | None:
        """The column `name`, in any case; None if there is none."""
        return self._named.get(name.upper())

    @cached_property
    def _named(self) -> dict[str, ColumnInfo]:
        # The first of columns of one name counts.
        return {column.name.upper(): column for column in reversed(self.columns)}

    @cached_property
    def _places(self) -> "dict[int, Place]":
        from portal.fits._decode import places

        return places(self.cards)

    def column(self, name: str, row: int | None = None) -> "np.ndarray":
        """Values of a column, or of one row of it.

        Returns
        -------
        (row,) or (row, ...) [unit of the column]
            Without the first axis where `row` is given. Where rows differ in length, their
            values one after another: (value,).

        Raises
        ------
        ReadError
            If there is no such column or row (code ``no-column``), it is too large to be read
            (``too-large``) or it is damaged (``damaged``).
        """
        from portal.fits._decode import column

        found = self.info(name)
        if found is None or not self.shape or (row is not None and not 0 <= row < self.shape[0]):
            raise ReadError(
                f"HDU {self.index}: no such column or row",
                seen=name if row is None else f"{name}, row {row}",
                expected=", ".join(sorted(c.name for c in self.columns)[:20]) or "a table",
                way_out="name one of its columns",
                code="no-column",
            )
        number, place = found.number, self._places[found.number]
        if row is None:
            return column(self._part, self._data, self.index, number, place, None)
        if place[2] in ("P", "Q") or self.shape[0] * (place[1] - place[0]) > _SMALL:
            return column(self._part, self._data, self.index, number, place, row)
        # The rows of a small column are asked for one after another.
        if number not in self._read:
            self._read[number] = column(self._part, self._data, self.index, number, place, None)
            self._read[number].flags.writeable = False
        if row >= len(self._read[number]):
            return column(self._part, self._data, self.index, number, place, row)
        cell: np.ndarray = self._read[number][row]
        return cell

    def pieces(self) -> Iterator[bytes]:
        """The bytes of the data as they stand in the file, padded to whole blocks."""
        place, end = self._part.start, self._part.start + self._part.held
        while place < end:
            piece = self._data.read(place, min(_PIECE, end - place))
            place += len(piece)
            if not piece:
                return
            # ASCII tables are filled with blanks.
            filler = b" " if (self.cards.text("XTENSION") or "").upper() == "TABLE" else b"\0"
            yield piece + filler * (-len(piece) % BLOCK)

    def elements(self, start: int, count: int) -> "np.ndarray":
        """`count` elements of an image from `start` on, in the order of the file.

        Only they are read, whatever the size of the image.

        Returns
        -------
        (count,) [as the image]
            Not a number where there is no value, or the file ends before.

        Raises
        ------
        ReadError
            If there is no image, or it is compressed in tiles (code ``no-image``).
        """
        from portal.fits._elements import elements

        if self.kind != "image":
            raise ReadError(
                f"HDU {self.index}: no plain image",
                seen=self.kind,
                expected="an image that is not compressed in tiles",
                way_out="read the whole array",
                code="no-image",
            )
        return elements(self._part, self._data, start, count)

    def array(self) -> "np.ndarray":
        """The data of an image, also of a compressed one, in NumPy order.

        Raises
        ------
        ReadError
            If there is no image (code ``no-image``), it is too large to be read
            (``too-large``) or damaged (``damaged``).
        """
        from portal.fits._decode import image

        if self.kind not in ("image", "compressed"):
            raise ReadError(
                f"HDU {self.index}: no image",
                seen=self.kind,
                expected="an image",
                way_out="choose another HDU",
                code="no-image",
            )
        return image(self._part, self._data, self.index)


def hdu_of(index: int, part: Part, data: Bytes) -> Hdu:
    """What the header of `part` describes."""
    cards = part.cards
    kind = _kind(cards)
    columns = _columns(cards) if kind == "table" else ()
    return Hdu(
        index,
        cards.text("EXTNAME") or "",
        kind,
        _shape(cards, kind),
        cards,
        columns,
        part.held == part.size,
        part,
        data,
    )


def _kind(cards: Cards) -> HduKind:
    lengths = axis_lengths(cards)
    extension = (cards.text("XTENSION") or "").upper()
    if not lengths:
        return "empty"
    if extension in ("BINTABLE", "A3DTABLE", "TABLE"):
        return "compressed" if cards.value("ZIMAGE") is True else "table"
    if lengths[0] == 0 and cards.value("GROUPS") is True:
        return "groups" if all(lengths[1:]) else "empty"
    return "image" if all(lengths) else "empty"


def _shape(cards: Cards, kind: HduKind) -> tuple[int, ...]:
    lengths = axis_lengths(cards, "ZNAXIS" if kind == "compressed" else "NAXIS") or ()
    if kind == "table":
        return lengths[1:2]
    if kind == "groups":
        return (cards.integer("GCOUNT") or 1, *lengths[:0:-1])
    return () if kind == "empty" else lengths[::-1]


def _columns(cards: Cards) -> tuple[ColumnInfo, ...]:
    count = cards.integer("TFIELDS") or 0
    numbers = range(1, min(max(count, 0), 999) + 1)
    return tuple(_column(cards, n) for n in numbers if f"TFORM{n}" in cards)


def _column(cards: Cards, n: int) -> ColumnInfo:
    form = cards.text(f"TFORM{n}") or ""
    return ColumnInfo(
        n,
        cards.text(f"TTYPE{n}") or "",
        form,
        cards.text(f"TUNIT{n}") or "",
        _repeat(form),
        cards.text(f"TDIM{n}") or "",
        cards.text(f"TCTYP{n}") or "",
        cards.text(f"TCUNI{n}") or "",
        cards.number(f"TCRVL{n}"),
        cards.number(f"TCRPX{n}"),
        cards.number(f"TCDLT{n}"),
        cards.text(f"TCOMM{n}") or cards.comment(f"TTYPE{n}"),
    )


def _repeat(form: str) -> int:
    if (most := most_values(form)) is not None:
        return most
    digits = form[: len(form) - len(form.lstrip("0123456789"))]
    if form[len(digits) : len(digits) + 1] == "A":
        return 1
    return int(digits) if digits and len(digits) < 19 and form != digits else 1
