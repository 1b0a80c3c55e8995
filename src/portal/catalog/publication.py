"""Tables are written aside and then renamed in; a scan that dies is finished or forgotten."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.errors import CatalogError

__all__ = ["NEXT", "STATE", "exclusive", "finish", "prepare", "publish"]

STATE = ".scan"
"""Folder of a catalogue with what the scan remembers; no other command reads it."""

NEXT = ".next"
"""Folder of a catalogue with tables not yet published."""

_READY = "ready"


@contextmanager
def exclusive(root: Path) -> Iterator[None]:
    """Hold the right to write the catalogue in `root`; makes the folder.

    Raises
    ------
    CatalogError
        If another scan holds it, or the folder cannot be written.
    """
    try:
        (root / STATE).mkdir(parents=True, exist_ok=True)
        lock = (root / STATE / "lock").open("a+")
    except OSError as error:
        raise CatalogError(
            "catalogue: cannot be written",
            seen=error.strerror or str(error),
            expected="a folder that the scanning user may write",
            way_out="choose another folder with --catalog",
            where=str(root),
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CatalogError(
                "catalogue: another scan is at work on it",
                expected="one scan at a time",
                way_out="wait until it has ended",
                where=str(root),
                code="locked",
            ) from error
        yield


def prepare(root: Path) -> Path:
    """An empty folder for the next tables."""
    aside = root / NEXT
    if aside.exists():
        shutil.rmtree(aside)
    (aside / STATE).mkdir(parents=True)
    return aside


def publish(root: Path) -> None:
    """Declare the prepared tables complete and put them in place."""
    aside = root / NEXT
    for path in _files(aside):
        _sync(path)
    (aside / _READY).touch()
    _sync(aside)
    finish(root)


def finish(root: Path) -> None:
    """Complete a publication that was cut short, or remove one that was never complete."""
    aside = root / NEXT
    if not aside.is_dir():
        return
    if (aside / _READY).exists():
        for path in _files(aside):
            if path.name != _READY:
                path.replace(root / path.relative_to(aside))
        _sync(root)
    shutil.rmtree(aside)


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file())


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
