"""HDF5 datatypes that are known exactly, and how their bytes become values.

Layouts follow the HDF5 File Format Specification 3.0, section IV.A.2.d (datatype message).
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from portal.model.header import Attribute
from portal.readers._source import Unsure

__all__ = ["Kind", "datatype", "text", "values"]

_FLOATS = {
    # size: (sign bit, offset, precision, exponent and mantissa places and sizes, bias)
    2: (0x0F, bytes.fromhex("000010000a05000a0f000000")),
    4: (0x1F, bytes.fromhex("0000200017080017 7f000000")),
    8: (0x3F, bytes.fromhex("00004000340b0034ff030000")),
}
# Versions 4 and 5 brought other classes and left these as they are in 3.
_VERSIONS = (1, 3, 4, 5)
_BOOL = (b"FALSE", b"TRUE")
_CODES = {"i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I", "i8": "q", "u8": "Q"}
_CODES |= {"f2": "e", "f4": "f", "f8": "d"}


@dataclass(frozen=True, slots=True)
class Kind:
    """One datatype.

    Parameters
    ----------
    dtype
        As `portal.model.header.Dataset` gives it.
    size
        Length of one element [byte].
    form
        ``number``, ``bool``, ``text`` (of fixed length) or ``variable`` (text in a heap).
    pad
        Of text: 0 ends at a NUL, 1 is filled up with NULs, 2 with spaces.
    one
        Unpacks one number.
    """

    dtype: str
    size: int
    form: str
    pad: int = 0
    one: Callable[[bytes], tuple[int | float, ...]] | None = None


@lru_cache(maxsize=512)
def datatype(raw: bytes) -> Kind:
    """The datatype that the message `raw` describes; raises Unsure for any not known here."""
    if len(raw) < 8:
        raise Unsure
    version, form = raw[0] >> 4, raw[0] & 15
    size = int.from_bytes(raw[4:8], "little")
    if version not in _VERSIONS:
        raise Unsure
    if form == 0:
        return _integer(raw, size)
    if form == 1:
        return _float(raw, size)
    if form == 3:
        return _fixed_text(raw, size)
    if form == 8:
        return _boolean(raw, size, version)
    if form == 9:
        return _variable_text(raw, size)
    raise Unsure


def values(kind: Kind, shape: tuple[int, ...], raw: bytes) -> Attribute:
    """What the bytes `raw` mean: a plain value for shape (), an array for any other."""
    if kind.form == "number":
        if not shape and kind.one is not None:
            return kind.one(raw)[0]
        array: npt.NDArray[np.generic] = np.frombuffer(raw, kind.dtype).reshape(shape)
        return array.astype(array.dtype.newbyteorder("="))
    if kind.form == "bool":
        if not set(raw) <= {0, 1}:
            raise Unsure
        return np.frombuffer(raw, np.bool_).reshape(shape).copy() if shape else raw == b"\x01"
    if kind.form == "text":
        return _shaped([_cut(raw[i : i + kind.size], kind.pad) for i in _starts(raw, kind)], shape)
    raise Unsure


def text(raw: bytes) -> str:
    """Text as everywhere in headers: UTF-8, bytes that are none of it as escapes."""
    return raw.decode("utf-8", "backslashreplace")


def _shaped(texts: list[str], shape: tuple[int, ...]) -> Attribute:
    return np.array(texts, dtype=object).reshape(shape) if shape else texts[0]


def _starts(raw: bytes, kind: Kind) -> range:
    return range(0, len(raw), kind.size)


def _cut(raw: bytes, pad: int) -> str:
    if pad == 0:
        raw = raw.split(b"\0", 1)[0]
    elif pad == 2:
        raw = raw.rstrip(b" ")
    # NumPy drops NULs at the end of any text of fixed length.
    return text(raw.rstrip(b"\0"))


def _checked(known: bool) -> None:
    if not known:
        raise Unsure


def _ends(raw: bytes, length: int) -> None:
    # Messages of version 1 are filled up to a multiple of eight bytes.
    _checked(length <= len(raw) < length + 8)


def _integer(raw: bytes, size: int) -> Kind:
    _ends(raw, 12)
    known = raw[1] in (0, 1, 8, 9) and raw[2:4] == b"\0\0" and size in (1, 2, 4, 8)
    _checked(known and raw[8:12] == struct.pack("<HH", 0, 8 * size))
    order = ">" if raw[1] & 1 else "<"
    return _number(order, f"{'i' if raw[1] & 8 else 'u'}{size}")


def _float(raw: bytes, size: int) -> Kind:
    _ends(raw, 20)
    _checked(size in _FLOATS)
    sign, properties = _FLOATS[size]
    _checked(raw[1] in (0x20, 0x21) and raw[2:4] == bytes((sign, 0)) and raw[8:20] == properties)
    return _number(">" if raw[1] & 1 else "<", f"f{size}")


def _number(order: str, code: str) -> Kind:
    dtype = np.dtype(order + code)
    return Kind(dtype.str, dtype.itemsize, "number", one=struct.Struct(order + _CODES[code]).unpack)


def _fixed_text(raw: bytes, size: int) -> Kind:
    _ends(raw, 8)
    _checked(raw[1] & 15 < 3 and raw[1] >> 4 < 2 and raw[2:4] == b"\0\0" and 0 < size < 2**20)
    return Kind(f"|S{size}", size, "text", raw[1] & 15)


def _variable_text(raw: bytes, size: int) -> Kind:
    # The padding and character set of the text, and then the type of its characters.
    _checked(raw[1] & 15 == 1 and raw[1] >> 4 < 3 and raw[2] < 2 and raw[3] == 0 and size == 16)
    base = raw[8:]
    _checked(len(base) >= 8 and base[4:8] == b"\x01\0\0\0" and base[0] >> 4 in _VERSIONS)
    if base[0] & 15 == 3:
        _ends(base, 8)
        _checked(base[1] & 15 < 3 and base[1] >> 4 < 2 and base[2:4] == b"\0\0")
    else:
        _checked(base[0] & 15 == 0)
        _integer(base, 1)
    return Kind("object", 16, "variable")


def _boolean(raw: bytes, size: int, version: int) -> Kind:
    """The enumeration (FALSE, TRUE) of one byte, as h5py writes truth values."""
    _checked(size == 1 and raw[1:4] == b"\x02\0\0" and len(raw) > 20)
    _checked(raw[8] & 15 == 0 and raw[8] >> 4 in _VERSIONS and raw[12:16] == b"\x01\0\0\0")
    base = _integer(raw[8:20], 1)
    if version >= 3:
        rest = b"\0".join(_BOOL) + b"\0"
    else:
        rest = b"".join(name.ljust(8, b"\0") for name in _BOOL)
    _checked(base.dtype == "|i1" and raw[20 : 20 + len(rest) + 2] == rest + b"\0\x01")
    _ends(raw, 20 + len(rest) + 2)
    return Kind("|b1", 1, "bool")
