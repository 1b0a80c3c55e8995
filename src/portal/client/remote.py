"""HDF5 files opened over HTTP: bytes come in blocks, when they are needed."""

import io
from typing import TYPE_CHECKING, Any, Protocol

from portal.errors import DependencyError
from portal.stores.http import other_size

if TYPE_CHECKING:
    import h5py

__all__ = ["Sized", "missing_package", "open_hdf5"]

# Metadata of a paged file lie together in pieces of this order; larger blocks move more.
_BLOCK = 1 << 18


class Sized(Protocol):
    """A store that knows how large its files are."""

    def read(self, path: str, offset: int, length: int, total: int | None = None) -> bytes:
        """`length` bytes of the file at `path` from `offset`, if it has `total` bytes."""
        ...

    def size(self, path: str) -> int:
        """Size of the file at `path` [byte]."""
        ...


def open_hdf5(store: Sized, path: str, total: int | None = None) -> "h5py.File":
    """The file at `path` of a store, of which only the blocks are read that are touched.

    Parameters
    ----------
    total
        Size that the file must have [byte] [default: what the store says].

    Raises
    ------
    DependencyError
        If fsspec is not installed.
    FetchError
        If the file has another size.
    """
    import h5py

    return h5py.File(_Remote(store, path, total), "r")


def missing_package(what: str, error: ImportError) -> DependencyError:
    """The error for a package of the extra ``remote`` that is not installed."""
    return DependencyError(
        f"{what}: a package is missing",
        seen=str(error),
        way_out="pip install 'atomium-portal[remote]'",
    )


class _Remote(io.RawIOBase):
    """A file of a store, with fsspec's cache of blocks over the store's own patience."""

    def __init__(self, store: Sized, path: str, total: int | None) -> None:
        try:
            from fsspec.caching import BlockCache
        except ImportError as error:
            raise missing_package("opening files over HTTP", error) from error
        self._size = size = store.size(path)
        if total is not None and size != total:
            raise other_size(path, str(size), total)
        self._place = 0

        def fetched(start: int, end: int) -> bytes:
            return store.read(path, start, min(end, size) - start, size)

        self._cache = BlockCache(_BLOCK, fetched, size)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}
        self._place = max(0, start[whence] + offset)
        return self._place

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 (any buffer)
        view = memoryview(buffer).cast("B")
        stop = min(self._place + len(view), self._size)
        # What fsspec's own files call; its caches have no other way in.
        data = self._cache._fetch(self._place, stop) if stop > self._place else b""
        view[: len(data)] = data
        self._place += len(data)
        return len(data)
