"""The header of an HDF5 file read straight from its metadata blocks: fast, or silent.

Reads what h5py's plain writing gives: superblocks 0, 2 and 3, object headers 1 and 2, groups
with symbol tables or link messages, contiguous, compact and chunked datasets of numbers and
text. Whatever else turns up, or does not fit to the byte, gives None: then the HDF5 library
reads the file (portal.readers._h5py), with the same result where both can read it.
"""

import math
import struct
from functools import partial

import numpy as np
import numpy.typing as npt

from portal.model.header import Attribute, Dataset, Header
from portal.readers import _messages as msg
from portal.readers._checksum import lookup3
from portal.readers._memory import Layout, Memory, Spot
from portal.readers._objects import GlobalHeaps, Message, messages, symbols
from portal.readers._source import SIGNATURE, Source, Unsure
from portal.readers._types import Kind, datatype, values

__all__ = ["read_header"]

_MOST_OBJECTS = 20_000
_MEMORY = Memory()
_UNEXPECTED = (Unsure, struct.error, IndexError, ValueError, KeyError, OverflowError, OSError)

# Types of messages, as the specification numbers them.
_NIL, _SPACE, _LINK_INFO, _TYPE, _OLD_FILL, _FILL, _LINK = 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
_LAYOUT, _GROUP_INFO, _FILTERS, _ATTRIBUTE, _CONTINUED = 0x08, 0x0A, 0x0B, 0x0C, 0x10
_TABLE, _TIME, _ATTRIBUTE_INFO, _FILE_SPACE = 0x11, 0x12, 0x15, 0x17

_ANYWHERE = (_NIL, _ATTRIBUTE, _CONTINUED, _ATTRIBUTE_INFO)
_ONCE = (_SPACE, _TYPE, _FILL, _LAYOUT, _FILTERS, _TIME)


def read_header(source: Source, path: str, memory: Memory | None = None) -> Header | None:
    """The header of `source`, known as `path` in the store; None where the library must read.

    `memory` holds the layouts of files read before; by default one for the whole process.
    """
    memory = _MEMORY if memory is None else memory
    try:
        root = _root(source)
        layout = memory.recall(source, root)
        if layout is None:
            file = _File(source)
            file.walk(root)
            layout = Layout(file.groups, file.datasets, file.kinds, tuple(file.notes))
            memory.keep(source, root, layout, file.spots, file.heaps)
    except _UNEXPECTED:
        return None
    values_of = partial(_values, source, layout)
    return Header(path, layout.groups, layout.datasets, values_of, layout.notes)


def _values(source: Source, layout: Layout, name: str) -> npt.NDArray[np.generic]:
    """Values of the dataset `name`; by the library where they are not plain bytes."""
    # Here because of the library's weight: most files are read without it.
    from portal.readers import _h5py

    dataset, kind = layout.datasets[name], layout.kinds.get(name)
    _h5py.check_size(dataset, name)
    if dataset.offset is not None and dataset.nbytes and kind is not None:
        try:
            raw = source.read(dataset.offset, dataset.nbytes)
            return np.asarray(values(kind, dataset.shape or (1,), raw)).reshape(dataset.shape)
        except _UNEXPECTED:
            pass
    return _h5py.values_of(source.file, layout.datasets)(name)


def _root(source: Source) -> int:
    """Address of the object header of the root group."""
    start = source.start
    if start[:8] != SIGNATURE:
        raise Unsure
    if start[8] == 0:
        return _root_0(source, start)
    if start[8] in (2, 3):
        return _root_2(source, start)
    raise Unsure


def _root_0(source: Source, start: bytes) -> int:
    leaf, internal, flags = struct.unpack_from("<HHI", start, 16)
    base, free, end, driver = struct.unpack_from("<QQQQ", start, 24)
    known = start[9:16] == b"\0\0\0\0\x08\x08\0" and (leaf, internal, flags) == (4, 16, 0)
    if not known or base or free != msg.UNDEFINED or driver != msg.UNDEFINED:
        raise Unsure
    source.limit(end)
    _, address, cached, reserved, scratch = struct.unpack_from("<QQII16s", start, 56)
    if cached > 1 or reserved:
        raise Unsure
    tables = (body for kind, body, _ in messages(source, address)[1] if kind == _TABLE)
    if cached == 1 and scratch not in tables:
        raise Unsure
    return int(address)


def _root_2(source: Source, start: bytes) -> int:
    base, extension, end, root = struct.unpack_from("<QQQQ", start, 12)
    if start[9:12] != b"\x08\x08\0" or base:
        raise Unsure
    source.limit(end)
    if int.from_bytes(start[44:48], "little") != lookup3(start[:44]):
        raise Unsure
    if extension != msg.UNDEFINED:
        for kind, body, _ in messages(source, extension)[1]:
            # A metadata cache image or shared messages would change what addresses mean.
            if kind not in (_NIL, _CONTINUED) and not (kind == _FILE_SPACE and _plain_space(body)):
                raise Unsure
    return int(root)


def _plain_space(body: bytes) -> bool:
    """Whether the file space info is the usual one: version 1, free space not kept."""
    version, strategy, kept, _, page = struct.unpack_from("<BBBQQ", body)
    return bool(version == 1 and strategy < 4 and kept == 0 and 512 <= page <= 2**30)


class _File:
    """Collects groups and datasets, in the order of their names."""

    def __init__(self, source: Source) -> None:
        self.groups: dict[str, dict[str, Attribute]] = {}
        self.datasets: dict[str, Dataset] = {}
        self.notes: list[str] = []
        self._source = source
        self.heaps = GlobalHeaps(source)
        self.kinds: dict[str, Kind] = {}
        self.spots: list[Spot] = []

    def walk(self, root: int) -> None:
        """Read the group at `root` and everything below it."""
        entered: set[int] = set()
        pending: list[tuple[str, int, bool, list[Message]]] = [("", root, *self._object(root))]
        while pending:
            path, address, padded, found = pending.pop()
            if address in entered:
                self.notes.append(f"group {path}: a second link to a group already read")
                continue
            entered.add(address)
            self.groups[path] = self._attributes(path, found, padded)
            below = []
            for name, place in sorted(self._links(found)):
                decoded = name.decode("utf-8", "surrogateescape")
                child = f"{path}/{decoded}" if path else decoded
                if place is None:
                    note = f"link {child}: not followed, it is not a plain link inside the file"
                    self.notes.append(note)
                    continue
                if len(self.groups) + len(self.datasets) + len(pending) >= _MOST_OBJECTS:
                    raise Unsure
                padded, inside = self._object(place)
                if any(kind == _LAYOUT for kind, *_ in inside):
                    self.datasets[child] = self._dataset(child, inside, padded)
                else:
                    below.append((child, place, padded, inside))
            pending.extend(reversed(below))

    def _object(self, address: int) -> tuple[bool, list[Message]]:
        return messages(self._source, address)

    def _attributes(self, path: str, found: list[Message], padded: bool) -> dict[str, Attribute]:
        attributes = {}
        for kind, body, place in found:
            if kind == _ATTRIBUTE:
                if padded:
                    self.spots.append(Spot(path, place, len(body)))
                name, value = msg.attribute(body, padded, self.heaps.strings)
                if name in attributes:
                    raise Unsure
                attributes[name] = value
            elif kind == _ATTRIBUTE_INFO:
                _check_not_dense(body, 2)
        return dict(sorted(attributes.items()))

    def _links(self, found: list[Message]) -> list[tuple[bytes, int | None]]:
        links: list[tuple[bytes, int | None]] = []
        kinds = [kind for kind, *_ in found]
        if (kinds.count(_TABLE), kinds.count(_LINK_INFO)) not in ((1, 0), (0, 1)):
            raise Unsure
        for kind, body, _ in found:
            if kind == _TABLE:
                links += symbols(self._source, body)
            elif kind == _LINK:
                links.append(msg.link(body))
            elif kind == _LINK_INFO:
                _check_not_dense(body, 8)
            elif kind == _GROUP_INFO:
                _check_group_info(body)
            elif kind not in _ANYWHERE:
                raise Unsure
        if len({name for name, _ in links}) != len(links) or (_LINK in kinds and _TABLE in kinds):
            raise Unsure
        return links

    def _dataset(self, path: str, found: list[Message], padded: bool) -> Dataset:
        parts: dict[int, bytes] = {}
        for number, body, _ in found:
            if number in _ONCE:
                if number in parts:
                    raise Unsure
                parts[number] = body
            elif number != _OLD_FILL and number not in _ANYWHERE:
                raise Unsure
        shape, kind = msg.dataspace(parts[_SPACE]), datatype(parts[_TYPE])
        msg.check_fill(parts[_FILL])
        if _TIME in parts and parts[_TIME][:4] != b"\x01\0\0\0":
            raise Unsure
        form, address, nbytes, chunk = msg.layout(parts[_LAYOUT])
        filters = msg.filters(parts[_FILTERS]) if _FILTERS in parts else ()
        self._check_layout(form, address, nbytes, chunk, shape, kind, filters)
        placed = form == "contiguous" and address != msg.UNDEFINED
        self.kinds[path] = kind
        return Dataset(
            shape=shape,
            dtype=kind.dtype,
            offset=address if placed else None,
            nbytes=nbytes if placed else None,
            chunks=chunk[:-1] or None,
            filters=filters,
            attrs=self._attributes(path, found, padded),
            index=address if form == "chunked" and address < self._source.size else None,
        )

    def _check_layout(
        self,
        form: str,
        address: int,
        nbytes: int,
        chunk: tuple[int, ...],
        shape: tuple[int, ...],
        kind: Kind,
        filters: tuple[str, ...],
    ) -> None:
        if form == "chunked":
            known = len(chunk) == len(shape) + 1 and chunk[-1] == kind.size
        else:
            known = nbytes == kind.size * math.prod(shape) and not filters
            if form == "contiguous" and address != msg.UNDEFINED:
                known = known and 0 < address <= self._source.size - nbytes
        if not known:
            raise Unsure


def _check_not_dense(body: bytes, order_size: int) -> None:
    """Raise Unsure unless links or attributes lie in the header itself, not in a heap."""
    version, flags = body[0], body[1]
    place = 2 + (order_size if flags & 1 else 0)
    addresses = 3 if flags & 2 else 2
    if version or flags > 3 or body[place : place + 8 * addresses] != b"\xff" * 8 * addresses:
        raise Unsure
    if not place + 8 * addresses <= len(body) < place + 8 * addresses + 8:
        raise Unsure


def _check_group_info(body: bytes) -> None:
    size = 2 + (4 if body[1] & 1 else 0) + (4 if body[1] & 2 else 0)
    if body[0] or body[1] > 3 or not size <= len(body) < size + 8:
        raise Unsure
