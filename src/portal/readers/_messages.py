"""Messages of HDF5 object headers: what each says, or Unsure.

Layouts follow the HDF5 File Format Specification 3.0, section IV.A.2.
"""

import math
import struct
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from portal.model.header import Attribute
from portal.readers._source import Unsure
from portal.readers._types import Kind, datatype, text, values

__all__ = [
    "UNDEFINED",
    "Strings",
    "attribute",
    "attribute_parts",
    "check_fill",
    "dataspace",
    "filters",
    "layout",
    "link",
]

Strings = Callable[[bytes], list[str]]
UNDEFINED = 2**64 - 1
_FILTERS = {1: "gzip", 2: "shuffle", 3: "fletcher32", 4: "szip", 5: "nbit", 6: "scaleoffset"}
_ATTRIBUTE = struct.Struct("<BBHHH").unpack_from
_MOST_ELEMENTS = 64 * 1024


@lru_cache(maxsize=512)
def dataspace(raw: bytes) -> tuple[int, ...]:
    """Lengths of the axes; () for a scalar."""
    if len(raw) < 4:
        raise Unsure
    version, rank, flags = raw[0], raw[1], raw[2]
    if version == 1 and not any(raw[3:8]) and flags in (0, 1):
        start = 8
    elif version == 2 and flags in (0, 1) and raw[3] == (1 if rank else 0):
        start = 4
    else:
        raise Unsure
    count = rank * (1 + flags)
    end = start + 8 * count
    if rank > 32 or not end <= len(raw) < end + 8 or (flags and not rank):
        raise Unsure
    lengths = struct.unpack_from(f"<{count}Q", raw, start)
    if flags and any(now > most for now, most in zip(lengths, lengths[rank:], strict=False)):
        raise Unsure
    return lengths[:rank]


def attribute(raw: bytes, padded: bool, strings: Strings) -> tuple[str, Attribute]:
    """Name and value of an attribute message; `padded` in a header of version 1."""
    (name, kind, shape), data_at = attribute_parts(raw)
    return name, _value(raw[data_at:], kind, shape, padded, strings)


def attribute_parts(raw: bytes) -> tuple[tuple[str, Kind, tuple[int, ...]], int]:
    """Name, datatype and shape of an attribute message, and where in it the value begins."""
    version, _, name_size, type_size, space_size = _ATTRIBUTE(raw)
    if version == 1:
        data_at = 8 + (name_size + 7 & ~7) + (type_size + 7 & ~7) + (space_size + 7 & ~7)
    else:
        data_at = (9 if version == 3 else 8) + name_size + type_size + space_size
    if data_at > len(raw):
        raise Unsure
    return _declared(raw[:data_at]), data_at


@lru_cache(maxsize=4096)
def _declared(raw: bytes) -> tuple[str, Kind, tuple[int, ...]]:
    """What an attribute message says before its value.

    Remembered: the files of a store have the same attributes with other values.
    """
    version, flags, name_size, type_size, space_size = _ATTRIBUTE(raw)
    if version not in (1, 2, 3) or flags or (version == 3 and raw[8] > 1):
        raise Unsure
    start = 9 if version == 3 else 8
    name = raw[start : start + name_size]
    if len(name) < 2 or name.find(b"\0") != name_size - 1:
        raise Unsure
    type_at = start + (name_size + 7 & ~7 if version == 1 else name_size)
    space_at = type_at + (type_size + 7 & ~7 if version == 1 else type_size)
    kind = datatype(raw[type_at : type_at + type_size])
    return text(name[:-1]), kind, dataspace(raw[space_at : space_at + space_size])


def _value(
    raw: bytes, kind: Kind, shape: tuple[int, ...], padded: bool, strings: Strings
) -> Attribute:
    size = kind.size * math.prod(shape)
    if size > _MOST_ELEMENTS or not size <= len(raw) <= size + 7 * padded:
        raise Unsure
    if kind.form != "variable":
        return values(kind, shape, raw[:size])
    found = strings(raw[:size])
    if not shape:
        return found[0]
    return np.array(found, dtype=object).reshape(shape)


def layout(raw: bytes) -> tuple[str, int, int, tuple[int, ...]]:
    """How a dataset is stored: form, address, stored length, and chunk with element size.

    The address of chunks is that of their index, if it is a B-tree of version 1.
    """
    if len(raw) < 4 or raw[0] not in (3, 4):
        raise Unsure
    form = raw[1]
    if form == 0:
        size = int.from_bytes(raw[2:4], "little")
        if not 4 + size <= len(raw) < 12 + size:
            raise Unsure
        return "compact", UNDEFINED, size, ()
    if form == 1:
        if not 18 <= len(raw) < 26:
            raise Unsure
        address, size = struct.unpack_from("<QQ", raw, 2)
        return "contiguous", address, size, ()
    if form == 2:
        if raw[0] == 3:
            return "chunked", int.from_bytes(raw[3:11], "little"), 0, _chunk(raw)
        return "chunked", UNDEFINED, 0, _chunk_4(raw)
    raise Unsure


def _chunk(raw: bytes) -> tuple[int, ...]:
    rank = raw[2]
    end = 11 + 4 * rank
    if not 2 <= rank <= 33 or not end <= len(raw) < end + 8:
        raise Unsure
    chunk = struct.unpack_from(f"<{rank}I", raw, 11)
    # A chunk that the index of this version cannot count.
    if not 0 < math.prod(chunk) < 2**32:
        raise Unsure
    return chunk


def _chunk_4(raw: bytes) -> tuple[int, ...]:
    flags, rank, width = raw[2], raw[3], raw[4]
    if flags not in (0, 1, 2) or not 2 <= rank <= 33 or not 1 <= width <= 8:
        raise Unsure
    end = 5 + rank * width
    chunk = tuple(int.from_bytes(raw[i : i + width], "little") for i in range(5, end, width))
    if len(raw) < end + 1 or not all(chunk):
        raise Unsure
    # What follows the kind of index: parameters, then the address.
    index = raw[end]
    parameters = {1: 12 if flags == 2 else 0, 2: 0, 3: 1, 4: 5, 5: 6}.get(index)
    if parameters is None or not end + 9 + parameters <= len(raw) < end + 17 + parameters:
        raise Unsure
    return chunk


def filters(raw: bytes) -> tuple[str, ...]:
    """Names of the filters in the order applied when writing."""
    version, count = raw[0], raw[1]
    if version not in (1, 2) or not 1 <= count <= 32:
        raise Unsure
    place = 8 if version == 1 else 2
    names = []
    for _ in range(count):
        code = int.from_bytes(raw[place : place + 2], "little")
        if code not in _FILTERS:
            raise Unsure
        place += 2
        name_size = 0
        if version == 1:
            name_size = int.from_bytes(raw[place : place + 2], "little")
            place += 2
        flags, numbers = struct.unpack_from("<HH", raw, place)
        if flags not in (0, 1) or name_size % 8 or numbers > 64:
            raise Unsure
        place += 4 + name_size + 4 * numbers
        if version == 1 and numbers % 2:
            place += 4
        names.append(_FILTERS[code])
    if not place <= len(raw) < place + 8:
        raise Unsure
    return tuple(names)


def check_fill(raw: bytes) -> None:
    """Raise Unsure unless the fill value message is one that HDF5 writes."""
    version = raw[0]
    if version in (1, 2):
        known = raw[1] in (1, 2, 3) and raw[2] in (0, 1, 2) and raw[3] in (0, 1)
        place = 4
        has_value = version == 1 or raw[3] == 1
    elif version == 3:
        flags = raw[1]
        known = (
            not flags & 0xC0 and flags & 3 != 0 and flags & 0x0C != 0x0C and flags & 0x30 != 0x30
        )
        place = 2
        has_value = bool(flags & 0x20)
    else:
        raise Unsure
    if has_value:
        size = int.from_bytes(raw[place : place + 4], "little")
        place += 4 + (0 if size == 0xFFFFFFFF else size)
    if not known or not place <= len(raw) < place + 8:
        raise Unsure


def link(raw: bytes) -> tuple[bytes, int | None]:
    """Name and address of a link message; None for one that is no hard link."""
    flags = raw[1]
    if raw[0] != 1 or flags & 0xE0:
        raise Unsure
    place = 2
    form = 0
    if flags & 8:
        form, place = raw[place], place + 1
    if flags & 4:
        place += 8
    if flags & 16:
        if raw[place] > 1:
            raise Unsure
        place += 1
    width = 1 << (flags & 3)
    size = int.from_bytes(raw[place : place + width], "little")
    place += width
    name = raw[place : place + size]
    place += size
    if not name or len(name) != size or b"\0" in name:
        raise Unsure
    if form == 0:
        if not place + 8 <= len(raw) < place + 16:
            raise Unsure
        return name, int.from_bytes(raw[place : place + 8], "little")
    if form not in (1, 64) or len(raw) < place + 2:
        raise Unsure
    return name, None
