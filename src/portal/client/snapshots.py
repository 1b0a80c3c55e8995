"""Snapshots to compare and to verify with: releases and catalogues, on this machine or not."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc

from portal.catalog.query import compile_query
from portal.catalog.release import Release, read_release, sound
from portal.catalog.selection import DATA_KINDS, StoredFile
from portal.catalog.snapshot import Snapshot
from portal.catalog.table import Catalog
from portal.client.tables import PublishedTables, cache_folder
from portal.errors import CatalogError, FetchError
from portal.stores.http import HttpStore

__all__ = ["files_of_release", "open_snapshot"]

_ABOUT = "release.json"
_WEB = ("http://", "https://")


def open_snapshot(where: str) -> Snapshot:
    """The release or the catalogue at `where`, a folder or an address.

    Raises
    ------
    CatalogError
        If there is neither.
    FetchError
        If the host cannot be reached.
    """
    if where.startswith(_WEB):
        with TemporaryDirectory() as folder:
            copy = Path(folder)
            if _copied(where, copy):
                return Snapshot.read(copy, read_release(copy).version)
        published = PublishedTables(where, cache_folder())
        try:
            return Snapshot.of(published, where)
        finally:
            published.close()
    path = Path(where)
    if (path / _ABOUT).is_file():
        return Snapshot.read(path, read_release(path).version)
    return Snapshot.of(Catalog.open(path), where)


def files_of_release(
    where: str, text: str = "", kinds: tuple[str, ...] = DATA_KINDS
) -> tuple[Release, list[StoredFile]]:
    """The release at `where`, found to be whole, and its files.

    Parameters
    ----------
    where
        Folder or address of a release.
    text
        Query that selects models; '' for all.
    kinds
        Kinds of files wanted.

    Raises
    ------
    CatalogError
        If there is no release, or its files are not those that were released.
    """
    with TemporaryDirectory() as folder:
        place = Path(where)
        if where.startswith(_WEB):
            place = Path(folder)
            if not _copied(where, place):
                raise CatalogError(
                    "release: none there", seen=where, expected=f"{_ABOUT} below the address"
                )
        release = read_release(place)
        faults = sound(place, release)
        if faults:
            raise CatalogError(
                f"release {release.version}: is damaged",
                seen="; ".join(faults),
                expected="the files that were released",
                way_out="copy the release again from where it was published",
                where=where,
            )
        return release, _chosen(Snapshot.read(place, release.version), text, kinds)


def _chosen(snapshot: Snapshot, text: str, kinds: tuple[str, ...]) -> list[StoredFile]:
    models = compile_query(text, snapshot.columns).filter(snapshot.models)["model_id"]
    files = snapshot.files
    wanted = pc.and_(
        pc.is_in(files["model_id"], models.combine_chunks()),
        pc.is_in(files["kind"], pa.array(kinds, pa.string())),
    )
    rows = files.filter(wanted).to_pylist()
    return [
        StoredFile(r["path"], "", r["bytes"], r["sha256"], r["kind"], r["model_id"]) for r in rows
    ]


def _copied(address: str, folder: Path) -> bool:
    """Copy the release at `address` into `folder`; False where none is."""
    store = HttpStore(address)
    try:
        store.save(_ABOUT, folder / _ABOUT, "")
        for name in sorted(read_release(folder).tables):
            store.save(name, folder / name, "")
    except FetchError as error:
        if error.code != "http-404" or (folder / _ABOUT).exists():
            raise
        return False
    finally:
        store.close()
    return True
