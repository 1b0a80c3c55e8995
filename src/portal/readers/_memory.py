"""Remembers how the last files were laid out: of a file like one of them only values are read.

A header follows from the bytes that were asked for when it was read, and from the end of the
file. Each of these bytes is known to be part of the structure or of the value of certain
attributes. Another file with the same structure, byte by byte, has the same header but for
the attributes of which a byte differs; these are decoded from the file itself, by the same
code. A byte that was asked for more than once belongs to no value alone: such a file is not
remembered.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from portal.model.header import Attribute, Dataset
from portal.readers import _messages as msg
from portal.readers._objects import GlobalHeaps
from portal.readers._source import Source
from portal.readers._types import Kind

__all__ = ["Layout", "Memory", "Spot"]

_MOST_FILES = 8
_MOST_MISSES = 64
_LARGEST = 1024**2  # of remembered bytes of a file
_GAP = 4096
# What a byte is if it is part of no value; one that was asked for twice can be part of none.
_STRUCTURE, _UNUSED, _SHARED = -1, -2, -3

_Places = dict[tuple[int, int], set[int]]


class Spot(NamedTuple):
    """The message of one attribute: whose it is, and where its body lies in the file."""

    owner: str
    place: int
    size: int


@dataclass(frozen=True, slots=True)
class Layout:
    """What a file holds, as `portal.model.header.Header` has it, and the types of datasets."""

    groups: dict[str, dict[str, Attribute]]
    datasets: dict[str, Dataset]
    kinds: dict[str, Kind]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Bytes from `offset` on; `use` is the number of a value, or one of the constants."""

    offset: int
    data: npt.NDArray[np.uint8]
    use: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class _File:
    root: int
    needed: int
    layout: Layout
    spots: Sequence[Spot]
    pieces: Sequence[_Piece]
    users: Sequence[tuple[int, ...]]
    """The spots whose attributes depend on each value."""


class Memory:
    """The layouts of the last files that differed in structure, the latest first."""

    def __init__(self) -> None:
        self._files: tuple[_File, ...] = ()
        self._misses = self._seen = 0

    def recall(self, source: Source, root: int) -> Layout | None:
        """The layout of `source`, whose root is at `root`, if its structure is remembered."""
        asked = len(source.reads)
        for file in self._files:
            if file.root == root and file.needed <= source.size:
                spots = _differing(file, source)
                if spots is not None:
                    self._misses = max(0, self._misses - 2)
                    if file is not self._files[0]:
                        self._put_first(file)
                    return _renewed(file, spots, source)
        # What was only compared says nothing of what a header needs.
        del source.reads[asked:]
        return None

    def keep(
        self, source: Source, root: int, layout: Layout, spots: list[Spot], heaps: GlobalHeaps
    ) -> None:
        """Remember `layout`, for which all that was needed was asked of `source`."""
        self._misses = min(self._misses + 1, _MOST_MISSES)
        self._seen += 1
        if self._misses > _MOST_FILES and self._seen % _MOST_FILES:
            # Of a store whose files are all unlike only some are, since it takes time.
            return
        reads = [(start, start + size) for start, size in source.reads if size]
        pieces = _pieces(source, reads)
        if pieces is None:
            return
        places = _value_places(source, spots, heaps)
        if not all(_assign(pieces, place, number) for number, place in enumerate(places)):
            return
        ends = [d.offset + (d.nbytes or 0) for d in layout.datasets.values() if d.offset]
        needed = max([end for _, end in reads] + ends)
        users = [tuple(sorted(numbers)) for numbers in places.values()]
        self._put_first(_File(root, needed, layout, spots, pieces, users))

    def _put_first(self, file: _File) -> None:
        # One assignment: threads of a Dask worker share this.
        others = (other for other in self._files if other is not file)
        self._files = (file, *others)[:_MOST_FILES]


def _pieces(source: Source, reads: list[tuple[int, int]]) -> list[_Piece] | None:
    """The bytes `reads` in few pieces, each byte marked as unused, structure or shared."""
    spans: list[list[int]] = []
    for start, end in sorted(reads):
        if spans and start <= spans[-1][1] + _GAP:
            spans[-1][1] = max(spans[-1][1], end)
        else:
            spans.append([start, end])
    if sum(end - start for start, end in spans) > _LARGEST:
        return None
    pieces = []
    for start, end in spans:
        times = np.zeros(end - start + 1, np.int32)
        for first, last in reads:
            if start <= first < end:
                times[first - start] += 1
                times[last - start] -= 1
        data = np.frombuffer(source.read(start, end - start), np.uint8)
        count = np.cumsum(times[:-1])
        use = np.select([count == 0, count == 1], [_UNUSED, _STRUCTURE], _SHARED).astype(np.int32)
        pieces.append(_Piece(start, data, use))
    return pieces


def _value_places(source: Source, spots: list[Spot], heaps: GlobalHeaps) -> _Places:
    """Start and end of all that decides on values, with the spots that depend on it.

    A heap comes before the texts in it, so that what is assigned to it is what no text has.
    """
    own: _Places = {}
    whole: _Places = {}
    texts: _Places = {}
    for number, spot in enumerate(spots):
        body = source.read(spot.place, spot.size)
        (_, kind, shape), at = msg.attribute_parts(body)
        own.setdefault((spot.place + at, spot.place + spot.size), set()).add(number)
        if kind.form != "variable":
            continue
        size = kind.size * int(np.prod(shape, dtype=np.int64))
        for start, end, first, last in heaps.places(body[at : at + size]):
            whole.setdefault((start + 16, end), set()).add(number)
            texts.setdefault((first, last), set()).add(number)
    return own | whole | texts


def _assign(pieces: list[_Piece], place: tuple[int, int], number: int) -> bool:
    """Mark the bytes at `place` as those of the value `number`; False if they are more."""
    start, end = place
    for piece in pieces:
        if piece.offset <= start and end <= piece.offset + len(piece.use):
            use = piece.use[start - piece.offset : end - piece.offset]
            if len(use) and use.min() < _STRUCTURE:
                return False
            use[:] = number
            return True
    return False


def _differing(file: _File, source: Source) -> set[int] | None:
    """The spots of `file` whose attributes may differ in `source`; None for another layout."""
    spots: set[int] = set()
    for piece in file.pieces:
        data = np.frombuffer(source.read(piece.offset, len(piece.data)), np.uint8)
        used = piece.use[np.flatnonzero(data != piece.data)]
        values = set(used.tolist())
        if values and not values.isdisjoint((_STRUCTURE, _SHARED)):
            return None
        for value in values:
            if value >= 0:
                spots.update(file.users[value])
    return spots


def _renewed(file: _File, numbers: Iterable[int], source: Source) -> Layout:
    """The layout of `file` with the attributes of the spots `numbers` as in `source`."""
    layout = file.layout
    groups, datasets = layout.groups.copy(), layout.datasets.copy()
    changed: dict[str, dict[str, Attribute]] = {}
    strings = GlobalHeaps(source).strings
    for number in sorted(numbers):
        spot = file.spots[number]
        name, value = msg.attribute(source.read(spot.place, spot.size), True, strings)
        changed.setdefault(spot.owner, {})[name] = value
    for owner, attrs in changed.items():
        if owner in datasets:
            old = datasets[owner]
            datasets[owner] = replace(old, attrs={**old.attrs, **attrs})
        else:
            groups[owner] = {**groups[owner], **attrs}
    return Layout(groups, datasets, layout.kinds, layout.notes)
