"""The files of data of a bundle: compared with those in a store, or put into one."""

import shutil
import tempfile
from pathlib import Path

from portal.errors import ConfigError, ReadError
from portal.submission.folder import DataFile, sha256
from portal.submission.opening import Bundle

__all__ = ["Data"]


class Data:
    """The files of data: those in the store, or unpacked beside it until they are kept."""

    def __init__(self, bundle: Bundle, store: Path | None) -> None:
        self._bundle, self._store = bundle, store
        self._aside: Path | None = None

    def __bool__(self) -> bool:
        return self._store is not None

    @property
    def files(self) -> tuple[DataFile, ...]:
        """Each file where it lies now."""
        root = self._aside or self._store
        assert root is not None  # asked only if there is a store
        return tuple(DataFile(root / file.name, file.name) for file in self._bundle.files)

    def __enter__(self) -> "Data":
        if self._store is None:
            _want_none(self._bundle)
        elif self._bundle.has_data and not _is_filled(self._store):
            self._unpack(self._store)
        else:
            _compare(self._bundle, self._store)
        return self

    def __exit__(self, *_: object) -> None:
        if self._aside is not None:
            shutil.rmtree(self._aside, ignore_errors=True)

    def keep(self) -> None:
        """Put unpacked files into the store."""
        if self._aside is not None and self._store is not None:
            if self._store.is_dir():
                self._store.rmdir()
            self._aside.replace(self._store)
            self._aside = None

    def _unpack(self, store: Path) -> None:
        wanted = sum(file.bytes for file in self._bundle.files)
        store.parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(store.parent).free
        if wanted > free:
            raise ConfigError(
                "--store: too little room", seen=f"{free} bytes", expected=f"{wanted} bytes",
                way_out="choose a folder on another disk",
            )  # fmt: skip
        self._aside = Path(tempfile.mkdtemp(prefix=f".{store.name}.", dir=store.parent))
        self._aside.chmod(0o755)
        try:
            self._bundle.unpack(self._aside)
        except BaseException:
            self.__exit__()
            raise


def _is_filled(store: Path) -> bool:
    return store.exists() and (not store.is_dir() or any(store.iterdir()))


def _want_none(bundle: Bundle) -> None:
    if bundle.has_data:
        raise ConfigError(
            "--store: not given", expected="a folder for the data that the bundle holds",
            way_out="name a new folder",
        )  # fmt: skip


def _compare(bundle: Bundle, store: Path) -> None:
    """Files in the store are those of the bundle, to the byte."""
    for file in bundle.files:
        path = store / file.name
        if path.is_symlink() or not path.is_file():
            seen, expected = "no such file", file.name
        elif path.stat().st_size != file.bytes or sha256(path) != file.sha256:
            seen, expected = "other bytes", file.sha256
        else:
            continue
        raise ReadError(
            f"{file.name}: not the file of the bundle", seen=seen, expected=expected,
            way_out="fetch the files that the author checked, or name an empty folder",
            where=str(store), code="not-the-file",
        )  # fmt: skip
