"""Where the files of each collection lie, and the stores to read them from."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urljoin

from portal.client.remote import open_hdf5
from portal.errors import CatalogError
from portal.model.collection import Collection
from portal.stores.http import HttpStore, file_url
from portal.stores.local import LocalStore
from portal.stores.mirrored import MirroredStore

if TYPE_CHECKING:
    import h5py

__all__ = ["Opened", "Places", "is_address"]

Opened: TypeAlias = LocalStore | HttpStore | MirroredStore


def is_address(where: str | Path) -> bool:
    """Whether `where` is an address of the web rather than a folder."""
    return str(where).startswith(("http://", "https://"))


class Places(Mapping[str, Opened]):
    """The store of each collection, opened when it is first read, and anew in each process.

    Parameters
    ----------
    site
        Address of the site that the catalogue came from, if it came from one.
    data
        Address or folder of all files, where it is not what the collections say.

    Raises
    ------
    CatalogError
        If the files of a collection cannot be reached.
    """

    def __init__(
        self, collections: Iterable[Collection], site: str | None, data: str | Path | None
    ) -> None:
        self.bases = {c.id: _bases(c, site, data) for c in collections}
        self._opened: dict[tuple[int, str], Opened] = {}

    def __getitem__(self, collection: str) -> Opened:
        # A connection that a forked process shares with its parent gets the answers of both.
        key = os.getpid(), collection
        if key not in self._opened:
            self._opened[key] = _opened(self.bases[collection])
        return self._opened[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.bases)

    def __len__(self) -> int:
        return len(self.bases)

    def __getstate__(self) -> dict[str, Any]:
        return {"bases": self.bases, "_opened": {}}

    def urls(self, collection: str, path: str) -> tuple[str, ...]:
        """Addresses of a file, ``file:`` for one of this machine; the first is asked first."""
        return tuple(
            (base / path).absolute().as_uri() if isinstance(base, Path) else file_url(base, path)
            for base in self.bases[collection]
        )

    def open(self, collection: str, path: str, total: int) -> "h5py.File":
        """An HDF5 file of `total` bytes, read in blocks where it lies on the web."""
        store = self[collection]
        if isinstance(store, LocalStore):
            import h5py

            store.read(path, 0, 0, total)
            return h5py.File(store.root / path, "r")
        return open_hdf5(store, path, total)

    def close(self) -> None:
        """End all connections."""
        for store in self._opened.values():
            if not isinstance(store, LocalStore):
                store.close()


def _opened(bases: tuple[str | Path, ...]) -> Opened:
    base = bases[0]
    if isinstance(base, Path):
        return LocalStore(base)
    hosts = [HttpStore(str(base)) for base in bases]
    return MirroredStore(hosts) if len(hosts) > 1 else hosts[0]


def _bases(
    collection: Collection, site: str | None, data: str | Path | None
) -> tuple[str | Path, ...]:
    """Below which addresses, or in which folder, the files of a collection lie."""
    if data is not None:
        return (str(data) if is_address(data) else Path(data),)
    # A site that was copied to another host brings its relative addresses along.
    base = urljoin(site or collection.site_url, collection.data_url)
    for address in (base, *collection.mirrors):
        if not is_address(address):
            # A catalogue from elsewhere must not name files of this machine.
            raise CatalogError(
                f"collection {collection.id}: its data cannot be reached",
                seen=address,
                expected="an address with http:// or https://",
                way_out="say where the files lie with `data`",
            )
    return (base, *collection.mirrors)
