"""A store that is a folder of this machine."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import translate
from operator import itemgetter
from pathlib import Path
from stat import S_ISREG, filemode

from portal.errors import ConfigError, ReadError
from portal.model.record import Problem
from portal.stores.base import Entry, checked_path

__all__ = ["FITS_SUFFIXES", "SUFFIXES", "Listing", "LocalStore"]

FITS_SUFFIXES = (".fits", ".fit", ".fts", ".fz", ".fits.gz", ".fit.gz", ".fts.gz")
"""Names of FITS files."""
SUFFIXES = (".h5", ".hdf5", ".he5", ".hdf", ".nc", *FITS_SUFFIXES)
"""Names of files that may hold data; all others are passed over."""

_UNFINISHED = (".tmp", ".part", "~")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(slots=True)
class Listing:
    """The files of a store, column by column, sorted by path.

    One object per file would cost more than finding the files does.
    """

    paths: list[str] = field(default_factory=list)
    bytes: list[int] = field(default_factory=list)
    mtimes_ns: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class LocalStore:
    """Files below `root`; hidden and unfinished ones and those that match `exclude` apart.

    A symbolic link to a file of the store is followed unless the file itself is listed;
    links that leave the store, links to folders inside it and broken ones are problems.
    """

    def __init__(self, root: Path, exclude: Sequence[str] = ()) -> None:
        self.root = root
        self._excluded = re.compile("|".join(translate(p) for p in exclude)) if exclude else None

    def entries(self) -> Iterator[Entry | Problem]:
        """All files, sorted by path; a problem for each that cannot be listed."""
        listing = self.listing()
        found: list[Entry | Problem] = [
            Entry(*row) for row in zip(listing.paths, listing.bytes, listing.mtimes_ns, strict=True)
        ]
        yield from sorted([*found, *listing.problems], key=lambda item: item.path)

    def read(self, path: str, offset: int, length: int, total: int | None = None) -> bytes:
        """`length` bytes of the file at `path` from `offset`, not fewer.

        Parameters
        ----------
        total
            Size that the file must have, lest bytes of another one be taken for its own [byte].

        Raises
        ------
        ReadError
            If the file cannot be read, has another size, ends too early, or `path` leaves the
            store.
        """
        place = self.root / checked_path(path, ReadError)
        try:
            with place.open("rb") as file:
                file.seek(offset)
                data = file.read(length)
                size = os.fstat(file.fileno()).st_size
        except OSError as error:
            raise ReadError(
                "file of the store: cannot be read",
                seen=error.strerror or type(error).__name__,
                expected="a file that can be read",
                where=str(place),
            ) from error
        if total is not None and size != total:
            raise ReadError(
                "file of the store: has another size than in the catalogue",
                seen=f"{size} bytes",
                expected=f"{total} bytes",
                way_out="scan the store again",
                where=str(place),
                code="wrong-size",
            )
        if len(data) != length:
            raise ReadError(
                "file of the store: ends too early",
                seen=f"{len(data)} bytes from {offset}",
                expected=f"{length} bytes",
                where=str(place),
                code="truncated",
            )
        return data

    def listing(self) -> Listing:
        """All files.

        Raises
        ------
        ConfigError
            If the store is not a folder that can be listed.
        """
        if not self.root.is_dir():
            raise ConfigError(
                "store: no such folder",
                seen=str(self.root),
                expected="a folder with models and observations",
                way_out="mount it, or correct `stores` in the file of the collection",
            )
        rows: list[tuple[str, int, int]] = []
        links: list[tuple[str, str]] = []
        problems: list[Problem] = []
        pending = [""]
        while pending:
            folder = pending.pop()
            try:
                with os.scandir(self.root / folder) as found:
                    self._sort_out(folder, found, rows, links, pending, problems)
            except OSError as error:
                problems.append(_unlisted(folder, error))
        self._follow(links, rows, problems)
        rows.sort(key=itemgetter(0))
        paths, sizes, times = (list(c) for c in zip(*rows, strict=True)) if rows else ([], [], [])
        return Listing(paths, sizes, times, sorted(problems, key=lambda p: (p.path, p.code)))

    def _sort_out(
        self,
        folder: str,
        found: Iterator[os.DirEntry[str]],
        rows: list[tuple[str, int, int]],
        links: list[tuple[str, str]],
        pending: list[str],
        problems: list[Problem],
    ) -> None:
        # A hundred thousand files pass through here at every scan.
        prefix = f"{folder}/" if folder else ""
        excluded = self._excluded
        for item in found:
            name = item.name
            path = prefix + name
            if name.startswith(".") or name.endswith(_UNFINISHED):
                continue
            if excluded is not None and excluded.match(path):
                continue
            if item.is_symlink():
                links.append((path, item.path))
            elif item.is_dir(follow_symlinks=False):
                pending.append(path)
            elif name.endswith(SUFFIXES) or name.lower().endswith(SUFFIXES):
                self._add(path, item, rows, problems)

    def _add(
        self,
        path: str,
        item: "os.DirEntry[str] | Path",
        rows: list[tuple[str, int, int]],
        problems: list[Problem],
    ) -> None:
        if not path.isprintable() and _CONTROL.search(path):
            problems.append(_bad_name(path))
            return
        try:
            said = item.stat()
        except OSError as error:
            problems.append(_unlisted(path, error))
            return
        if S_ISREG(said.st_mode):
            rows.append((path, said.st_size, said.st_mtime_ns))
        else:
            problems.append(
                Problem(
                    path,
                    "not-a-file",
                    "not a regular file",
                    filemode(said.st_mode),
                    "a file with data",
                    "remove it from the store, or exclude it in the collection",
                )
            )

    def _follow(
        self,
        links: list[tuple[str, str]],
        rows: list[tuple[str, int, int]],
        problems: list[Problem],
    ) -> None:
        """Add the targets of links, each once."""
        if not links:
            return
        base = os.path.realpath(self.root)
        listed = {f"{base}/{row[0]}" for row in rows}
        for path, place in sorted(links):
            target = os.path.realpath(place)
            if not path.lower().endswith(SUFFIXES) and not os.path.isdir(place):  # noqa: PTH112
                continue
            fault = _fault(path, place, target, base)
            if fault is not None:
                problems.append(fault)
            elif target not in listed:
                listed.add(target)
                self._add(path, Path(place), rows, problems)


def _fault(path: str, place: str, target: str, base: str) -> Problem | None:
    shown = _shown(str(Path(place).readlink()))
    safe = _shown(path)
    if not os.path.exists(place):  # noqa: PTH110 (a Path of a loop raises)
        return Problem(
            safe, "broken-link", "symbolic link leads nowhere", shown, "a file", "remove the link"
        )
    if target != base and not target.startswith(base + "/"):
        return Problem(
            safe,
            "link-outside",
            "symbolic link leaves the store",
            shown,
            "a target inside the store",
            "move the file into the store, or name its folder as a store",
        )
    if os.path.isdir(place):  # noqa: PTH112
        return Problem(
            safe,
            "link-to-folder",
            "symbolic link to a folder of the store",
            shown,
            "a folder, or a link to a file",
            "remove the link: its files are listed where they lie",
            "warning",
        )
    return None


def _unlisted(path: str, error: OSError) -> Problem:
    return Problem(
        _shown(path) or ".",
        "unreadable",
        "cannot be listed",
        error.strerror or type(error).__name__,
        "a file or folder that the scanning user may read",
        "correct its permissions",
    )


def _bad_name(path: str) -> Problem:
    return Problem(
        _shown(path),
        "bad-name",
        "name of the file cannot be published",
        repr(_shown(path)),
        "UTF-8 text without control characters",
        "rename the file",
    )


def _shown(path: str) -> str:
    text = path.encode(errors="surrogateescape").decode(errors="backslashreplace")
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
