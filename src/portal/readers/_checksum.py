"""The checksum of HDF5's newer metadata blocks: Jenkins's lookup3 hash, `hashlittle`."""

import ctypes
from collections.abc import Callable

__all__ = ["lookup3", "lookup3_plain"]

_MASK = 0xFFFFFFFF


def lookup3_plain(data: bytes) -> int:
    """The checksum of `data`, written out; about a hundred times slower than `lookup3`."""
    a = b = c = (0xDEADBEEF + len(data)) & _MASK
    place, left = 0, len(data)
    while left > 12:
        a = (a + int.from_bytes(data[place : place + 4], "little")) & _MASK
        b = (b + int.from_bytes(data[place + 4 : place + 8], "little")) & _MASK
        c = (c + int.from_bytes(data[place + 8 : place + 12], "little")) & _MASK
        a, b, c = _mix(a, b, c)
        place, left = place + 12, left - 12
    if not left:
        return c
    a = (a + int.from_bytes(data[place : place + 4], "little")) & _MASK
    b = (b + int.from_bytes(data[place + 4 : place + 8], "little")) & _MASK
    c = (c + int.from_bytes(data[place + 8 : place + 12], "little")) & _MASK
    return _final(a, b, c)


def _rotated(x: int, k: int) -> int:
    return ((x << k) | (x >> (32 - k))) & _MASK


def _mix(a: int, b: int, c: int) -> tuple[int, int, int]:
    for k in (4, 6, 8, 16, 19, 4):
        # One step of six; the names change places after each.
        a = ((a - c) & _MASK) ^ _rotated(c, k)
        c = (c + b) & _MASK
        a, b, c = b, c, a
    return a, b, c


def _final(a: int, b: int, c: int) -> int:
    for k in (14, 11, 25, 16, 4, 14, 24):
        c = ((c ^ b) - _rotated(b, k)) & _MASK
        a, b, c = b, c, a
    return b


def _from_library() -> Callable[[bytes], int]:
    """The function of the HDF5 library that h5py brings, where its name can be reached."""
    import h5py

    probe = bytes(range(60))
    try:
        function = ctypes.CDLL(h5py.h5.__file__).H5_checksum_lookup3
        function.restype = ctypes.c_uint32
        function.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint32]
        if function(probe, len(probe), 0) == lookup3_plain(probe):
            return lambda data: int(function(data, len(data), 0))
    except (AttributeError, OSError):
        pass
    return lookup3_plain


_fastest: list[Callable[[bytes], int]] = []


def lookup3(data: bytes) -> int:
    """The checksum of `data`, as HDF5 stores it after a block."""
    if not _fastest:
        _fastest.append(_from_library())
    return _fastest[0](data)
