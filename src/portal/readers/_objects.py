"""HDF5 object headers of both versions, split into messages; heaps and symbol tables.

Layouts follow the HDF5 File Format Specification 3.0, sections III.A, III.D, III.E and IV.A.1.
"""

import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from portal.errors import ReadError
from portal.readers._checksum import lookup3
from portal.readers._source import Source, Unsure
from portal.readers._types import text

__all__ = ["GlobalHeaps", "Message", "check_heaps", "messages", "symbols"]

Message = tuple[int, bytes, int]
"""Type of a message, its body, and where the body lies in the file."""

_CONTINUATION = 0x10
_HEAP = b"GCOL\x01\0\0\0"
_LARGEST_HEAP = 16 * 1024**2
_MOST_BYTES = 4 * 1024**2
_MOST_CHUNKS = 1000
# Lengths of a node of a group's B-tree and of a symbol table node for the usual ranks 16 and
# 4; the library reads them whole, whatever is used of them.
_TREE_SIZE = 24 + 33 * 8 + 32 * 8
_LEAF_SIZE = 8 + 8 * 40
_DEEPEST = 16
_PREFIX = struct.Struct("<BBHII").unpack_from
_HEAD = struct.Struct("<HHB").unpack_from
_HEAD_2 = struct.Struct("<BHB").unpack_from
_ENTRY = struct.Struct("<QQII16s").iter_unpack
# Constant (1), not to be shared (4), to be marked by programs that do not know it (16): no
# other flag is harmless without a closer look.
_HARMLESS = (0, 1, 4, 5, 16, 17, 20, 21)


def messages(source: Source, address: int) -> tuple[bool, list[Message]]:
    """Whether the header at `address` is of version 1, and its messages in their order."""
    found = source.messages.get(address)
    if found is None:
        start = source.read(address, min(16, source.size - address))
        if start[:4] == b"OHDR":
            found = False, _messages_2(source, address)
        else:
            found = True, _messages_1(source, address, start)
        source.messages[address] = found
    return found


def _messages_1(source: Source, address: int, start: bytes) -> list[Message]:
    version, reserved, count, _, size = _PREFIX(start)
    if version != 1 or reserved:
        raise Unsure
    found: list[Message] = []
    pending = [(address + 16, size)]
    chunks = 0
    while pending:
        place, length = pending.pop(0)
        chunks += 1
        if length > _MOST_BYTES or length % 8 or chunks > _MOST_CHUNKS:
            raise Unsure
        raw = source.read(place, length)
        at = 0
        while at < length:
            kind, size, flags = _HEAD(raw, at)
            at += 8
            if size % 8 or at + size > length or flags not in _HARMLESS:
                raise Unsure
            body = raw[at : at + size]
            found.append((kind, body, place + at))
            at += size
            if kind == _CONTINUATION:
                pending.append(_continued(body))
        if len(found) > count:
            raise Unsure
    if len(found) != count:
        raise Unsure
    return found


def _continued(body: bytes) -> tuple[int, int]:
    place, length = struct.unpack_from("<QQ", body)
    return place, length


def _messages_2(source: Source, address: int) -> list[Message]:
    start = source.read(address, min(40, source.size - address))
    version, flags = start[4], start[5]
    if version != 2 or flags & 0xC0:
        raise Unsure
    prefix = 6 + (16 if flags & 32 else 0) + (4 if flags & 16 else 0)
    width = 1 << (flags & 3)
    size = int.from_bytes(start[prefix : prefix + width], "little")
    prefix += width
    ordered = bool(flags & 4)
    found: list[Message] = []
    pending = [(address, prefix + size + 4, prefix)]
    chunks = 0
    while pending:
        place, length, skipped = pending.pop(0)
        chunks += 1
        if length > _MOST_BYTES or length < skipped + 4 or chunks > _MOST_CHUNKS:
            raise Unsure
        raw = source.read(place, length)
        if int.from_bytes(raw[-4:], "little") != lookup3(raw[:-4]):
            raise Unsure
        if place != address and raw[:4] != b"OCHK":
            raise Unsure
        for kind, body, at in _split_2(raw[skipped:-4], ordered):
            found.append((kind, body, place + skipped + at))
            if kind == _CONTINUATION:
                pending.append((*_continued(body), 4))
    return found


def _split_2(raw: bytes, ordered: bool) -> Iterator[Message]:
    """Messages with their places in `raw`."""
    head = 6 if ordered else 4
    at = 0
    # What is shorter than the head of a message is a gap.
    while at + head <= len(raw):
        kind, size, flags = _HEAD_2(raw, at)
        at += head
        if at + size > len(raw) or flags not in _HARMLESS:
            raise Unsure
        yield kind, raw[at : at + size], at
        at += size
    if any(raw[at:]):
        raise Unsure


def symbols(source: Source, table: bytes) -> Iterator[tuple[bytes, int | None]]:
    """Names and addresses of the entries of an old-style group; None for a soft link.

    Parameters
    ----------
    table
        Body of the symbol table message: addresses of the B-tree and of the local heap.
    """
    if len(table) != 16:
        raise Unsure
    tree, heap_at = struct.unpack("<QQ", table)
    heap = _local_heap(source, heap_at)
    last = b""
    for name_at, address, cached, reserved, scratch in _entries(source, tree, heap):
        name = _name(heap, name_at)
        if not name or name <= last or reserved or cached > 2:
            raise Unsure
        last = name
        if cached == 2:
            _name(heap, int.from_bytes(scratch[:4], "little"))
            yield name, None
            continue
        if cached == 1 and not _same_table(source, address, scratch):
            raise Unsure
        yield name, address


def _same_table(source: Source, address: int, scratch: bytes) -> bool:
    _, found = messages(source, address)
    return any(kind == 0x11 and body == scratch for kind, body, _ in found)


def _name(heap: bytes, place: int) -> bytes:
    end = heap.find(b"\0", place)
    if end < 0 or place >= len(heap):
        raise Unsure
    return heap[place:end]


def _entries(source: Source, tree: int, heap: bytes) -> Iterator[tuple[int, int, int, int, bytes]]:
    """All symbol table entries below the B-tree node at `tree`."""
    pending: list[tuple[int, int | None, bytes, bytes | None]] = [(tree, None, b"", None)]
    nodes = 0
    while pending:
        place, level, low, high = pending.pop()
        nodes += 1
        if nodes > _MOST_CHUNKS * 20:
            raise Unsure
        if level == -1:
            yield from _leaf(source, place, heap, low, high)
            continue
        raw = source.read(place, _TREE_SIZE)
        if raw[:5] != b"TREE\0" or raw[5] > _DEEPEST or level not in (None, raw[5]):
            raise Unsure
        if level is None and raw[8:24] != b"\xff" * 16:
            raise Unsure
        used = int.from_bytes(raw[6:8], "little")
        if used > 32:
            raise Unsure
        numbers = struct.unpack_from(f"<{2 * used + 1}Q", raw, 24)
        keys = [_name(heap, offset) for offset in numbers[::2]]
        if (used and (keys[0] < low or (high is not None and keys[-1] != high))) or (
            keys != sorted(keys)
        ):
            raise Unsure
        below = [(numbers[2 * i + 1], raw[5] - 1, keys[i], keys[i + 1]) for i in range(used)]
        pending.extend(reversed(below))


def _leaf(
    source: Source, place: int, heap: bytes, low: bytes, high: bytes | None
) -> Iterator[tuple[int, int, int, int, bytes]]:
    raw = source.read(place, _LEAF_SIZE)
    count = int.from_bytes(raw[6:8], "little")
    if raw[:5] != b"SNOD\x01" or count > 8:
        raise Unsure
    entries = list(_ENTRY(raw[8 : 8 + 40 * count]))
    # The library finds a name by the keys of the tree: one outside them is lost to it.
    if not entries or _name(heap, entries[0][0]) <= low or _name(heap, entries[-1][0]) != high:
        raise Unsure
    yield from entries


def _local_heap(source: Source, address: int) -> bytes:
    raw = source.read(address, 32)
    size, free, place = struct.unpack_from("<QQQ", raw, 8)
    if raw[:8] != b"HEAP\0\0\0\0" or size > _MOST_BYTES:
        raise Unsure
    heap = source.read(place, size)
    blocks = 0
    while free != 1:
        blocks += 1
        if free % 8 or free + 16 > size or blocks > _MOST_CHUNKS:
            raise Unsure
        free, length = struct.unpack_from("<QQ", heap, (here := free))
        if length < 16 or here + length > size:
            raise Unsure
    return heap


class GlobalHeaps:
    """Text of variable length, from the collections of `source`."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._collections: dict[int, _Heap] = {}

    def strings(self, raw: bytes) -> list[str]:
        """Texts that the references in `raw` (length, address, index; 16 bytes each) name."""
        return [self._one(*reference) for reference in struct.iter_unpack("<IQI", raw)]

    def _one(self, length: int, address: int, index: int) -> str:
        if address == 0:
            return ""
        collection = self._collections.get(address)
        if collection is None:
            collection = self._collections[address] = _collection(self._source, address)
        item, _ = collection.items.get(index, (None, 0))
        if item is None or len(item) != length or length > 64 * 1024:
            raise Unsure
        return text(item.split(b"\0", 1)[0])

    def places(self, raw: bytes) -> Iterator[tuple[int, int, int, int]]:
        """Where the texts of the references in `raw` lie: start and end of collection and text.

        Of references that `strings` has followed.
        """
        for length, address, index in struct.iter_unpack("<IQI", raw):
            if address:
                heap = self._collections[address]
                _, place = heap.items[index]
                yield address, address + heap.size, place, place + length


def check_heaps(source: Source) -> None:
    """Refuse a file with a broken global heap among the bytes fetched so far.

    Raises
    ------
    ReadError
        With code ``damaged``: the library (2.0) never returns from such a heap, so it must
        not see the file.
    """
    for place, block in source.fetched():
        at = block.find(_HEAP)
        while at >= 0:
            with suppress(Unsure, struct.error):
                _collection(source, place + at)
            at = block.find(_HEAP, at + 8)


class _Heap(NamedTuple):
    """A collection: its length, and its objects by their numbers, with their places."""

    size: int
    items: dict[int, tuple[bytes, int]]


def _collection(source: Source, address: int) -> _Heap:
    head = source.read(address, 16)
    size = int.from_bytes(head[8:16], "little")
    if head[:8] != _HEAP or not 4096 <= size <= _LARGEST_HEAP:
        raise Unsure
    raw = source.read(address, size)
    items: dict[int, tuple[bytes, int]] = {}
    at, odd = 16, False
    # To the end like the library, so that no place where it would not get on is missed.
    while at + 16 <= size:
        index, _, reserved, length = struct.unpack_from("<HHIQ", raw, at)
        if index == 0:
            if length == 0 or length > size - at:
                raise _broken(address, f"free space of {length} bytes")
            # Nothing comes after the free space in a heap that is sound.
            odd = odd or length != size - at
            at += length
            continue
        end = at + 16 + length
        if end > size:
            raise _broken(address, f"an object of {length} bytes")
        odd = odd or bool(reserved) or index in items
        items[index] = raw[at + 16 : end], address + at + 16
        at = (end + 7) & ~7
    if odd:
        raise Unsure
    return _Heap(size, items)


def _broken(address: int, seen: str) -> ReadError:
    return ReadError(
        "HDF5 file that cannot be read",
        seen=f"a global heap at byte {address} with {seen}",
        expected="intact metadata",
        way_out="compare its checksum with the original, copy it again or write it anew",
        code="damaged",
    )
