"""Small datasets by byte offset: what lies close together comes by one request."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from portal.client.threads import in_threads
from portal.errors import CatalogError, FetchError

__all__ = ["Array", "Piece", "Readable", "Row", "piece", "read_pieces", "said", "stacked"]

Array: TypeAlias = npt.NDArray[np.generic]

# Bytes between two datasets that cost less than another request does.
_GAP = 1 << 14


class Row(Protocol):
    """A row of a table: of a data frame, or a dictionary."""

    def __getitem__(self, column: str, /) -> Any:  # noqa: ANN401 (as the column's type)
        """The value in `column`."""
        ...


class Readable(Protocol):
    """A store that is read by offset."""

    def read(self, path: str, offset: int, length: int, total: int | None = None) -> bytes:
        """`length` bytes of the file at `path` from `offset`, if it has `total` bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Piece:
    """Where a dataset that is stored raw and in one piece lies, in a file of `total` bytes."""

    collection: str
    path: str
    offset: int
    nbytes: int
    dtype: str
    shape: tuple[int, ...]
    total: int | None = None

    def array(self, data: bytes) -> Array:
        """The dataset that these bytes are; a copy, which may be written to."""
        return np.frombuffer(data, np.dtype(self.dtype)).reshape(self.shape).copy()


def said(row: Row, column: str) -> Any:  # noqa: ANN401 (as the column's type)
    """What a row of the table of observations has in `column`.

    Raises
    ------
    CatalogError
        If it has no such column.
    """
    try:
        return row[column]
    except (KeyError, TypeError, IndexError) as error:
        raise CatalogError(
            f"row: has no column {column}",
            expected="a row of observations with all its columns",
            way_out="take it from `observations`, or from query(…, observations=True)",
        ) from error


def piece(row: Row, name: str, total: int | None = None) -> Piece:
    """Place of the dataset `name` of one row of the table of observations.

    Parameters
    ----------
    total
        Size of the file [byte].

    Raises
    ------
    CatalogError
        If `row` is no observation.
    FetchError
        If it is not stored in one piece.
    """
    start, length = said(row, f"{name}_offset"), said(row, f"{name}_nbytes")
    if _none(start) or _none(length) or said(row, f"{name}_filters"):
        raise FetchError(
            f"{row['path']}: {name} is not stored in one raw piece",
            seen=str(said(row, f"{name}_filters") or "no offset"),
            way_out="open the file instead",
            code="no-offset",
        )
    shape = tuple(int(number) for number in said(row, f"{name}_shape"))
    place = str(said(row, "obs_collection")), str(said(row, "path")), int(start), int(length)
    return Piece(*place, str(said(row, f"{name}_dtype")), shape, total)


def read_pieces(
    pieces: Sequence[Piece], stores: Mapping[str, Readable], workers: int = 8
) -> list[Array]:
    """The datasets, in the order of `pieces`.

    Parameters
    ----------
    stores
        The store of each collection.
    workers
        Requests at a time.
    """
    found: dict[int, Array] = {}

    def one(span: Sequence[int]) -> None:
        first = pieces[span[0]]
        stop = max(pieces[n].offset + pieces[n].nbytes for n in span)
        span_bytes = stop - first.offset
        data = stores[first.collection].read(first.path, first.offset, span_bytes, first.total)
        for n in span:
            begin = pieces[n].offset - first.offset
            found[n] = pieces[n].array(data[begin : begin + pieces[n].nbytes])

    spans = list(_spans(pieces))
    if len(spans) == 1:
        one(spans[0])
    else:
        in_threads(one, spans, min(workers, len(spans)))
    return [found[n] for n in range(len(pieces))]


def stacked(arrays: Sequence[Array]) -> Array:
    """(row, channel) Arrays of one dimension below each other, NaN behind the shorter ones."""
    longest = max((len(array) for array in arrays), default=0)
    kind = np.result_type(*{array.dtype for array in arrays}) if arrays else np.dtype("f4")
    out = np.full((len(arrays), longest), np.nan, kind)
    for line, array in zip(out, arrays, strict=True):
        line[: len(array)] = array
    return out


def _spans(pieces: Sequence[Piece]) -> Iterator[list[int]]:
    """Indices of pieces that one request fetches, each by its place in the file."""

    def place(n: int) -> tuple[str, str, int]:
        return pieces[n].collection, pieces[n].path, pieces[n].offset

    span: list[int] = []
    stop = 0
    for n in sorted(range(len(pieces)), key=place):
        same = bool(span) and place(n)[:2] == place(span[0])[:2]
        if span and not (same and pieces[n].offset <= stop + _GAP):
            yield span
            span, stop = [], 0
        span.append(n)
        stop = max(stop, pieces[n].offset + pieces[n].nbytes)
    if span:
        yield span


def _none(value: object) -> bool:
    return value is None or value != value  # NaN: pandas' missing number
