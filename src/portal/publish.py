"""A site is built aside and put in place in one step, so that a killed build harms nothing."""

import ctypes
import errno
import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from portal.errors import BuildError

__all__ = [
    "CONTENTS",
    "MANIFEST",
    "Places",
    "Stage",
    "check_places",
    "locked",
    "publish",
    "recover",
]

MANIFEST = ".manifest"
"""Name of the file in a site that lists its pages, their keys and checksums."""
CONTENTS = ".contents"
"""Name of the file in a site that lists its other files and their checksums."""

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@dataclass(frozen=True, slots=True)
class Places:
    """Where a site and what belongs to its making lie, all in one folder."""

    site: Path

    @property
    def stage(self) -> Path:
        """The site while it is made."""
        return self.site.with_name(f".{self.site.name}.new")

    @property
    def old(self) -> Path:
        """The former site, for the moment between two renames."""
        return self.site.with_name(f".{self.site.name}.old")

    @property
    def cache(self) -> Path:
        """What is kept from one build to the next."""
        return self.site.with_name(f".{self.site.name}.cache")


def check_places(places: Places) -> None:
    """Refuse, before anything is written, a folder that no site may replace.

    Raises
    ------
    BuildError
        If it is the root of a file system, or holds something else than a site.
    """
    if os.path.ismount(places.site):
        # A build lies beside the site until it is renamed, which no mounted folder allows.
        raise BuildError(
            "site: no folder that can be replaced",
            seen="the root of a file system",
            expected="a folder in one that can be written",
            way_out="name a folder below it with --site",
            where=str(places.site),
        )
    site = places.site
    if (
        site.exists()
        and not (site / MANIFEST).is_file()
        and (not site.is_dir() or any(site.iterdir()))
    ):
        raise BuildError(
            "site: the folder holds something else",
            seen=f"no {MANIFEST} in it",
            expected="a new or empty folder, or a site made by portal build",
            way_out="name another folder with --site, since a build replaces all that is there",
            where=str(site),
        )


@contextmanager
def locked(places: Places) -> Iterator[None]:
    """Hold the place of a site against other builds.

    Raises
    ------
    BuildError
        If another build is at work there, or nothing can be written there.
    """
    try:
        places.cache.mkdir(parents=True, exist_ok=True)
        file = (places.cache / "lock").open("w")
    except OSError as error:
        raise BuildError(
            "site: cannot be made there",
            seen=error.strerror or str(error),
            way_out="name another folder with --site",
            where=str(places.site),
        ) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BuildError(
                "site: another build is at work",
                way_out="wait for it, or build to another folder",
                where=str(places.site),
            ) from error
        yield


def recover(places: Places) -> None:
    """Undo what a killed build left behind."""
    if places.old.exists() and not places.site.exists():
        places.old.rename(places.site)
    for leftover in (places.stage, places.old):
        if leftover.exists():
            shutil.rmtree(leftover)


def publish(places: Places) -> None:
    """Put the new site in the place of the old one, in one step where the system has it."""
    stage, site = places.stage, places.site
    if not site.exists():
        stage.rename(site)
        return
    if _exchange(stage, site):
        shutil.rmtree(stage)
        return
    site.rename(places.old)
    stage.rename(site)
    shutil.rmtree(places.old)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two paths by Linux's renameat2; False where there is no such call."""
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):
        return False
    paths = (_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other))
    if libc.renameat2(*paths, _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise BuildError("site: cannot be put in place", seen=os.strerror(number), where=str(other))


@dataclass(slots=True)
class Stage:
    """The new site while it is made; what has not changed is linked from the old one."""

    root: Path
    old: Path
    _made: set[str] = field(default_factory=set)

    def write(self, path: str, data: bytes) -> None:
        """Write the new file `path`."""
        target = self._target(path)
        try:
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        except FileExistsError:
            raise BuildError("site: two things want one path", seen=path) from None
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(descriptor, view) :]
        finally:
            os.close(descriptor)

    def write_stream(self, path: str, pieces: Iterator[bytes]) -> int:
        """Write the new file `path` piece by piece; the number of bytes [byte]."""
        size = 0
        with Path(self._target(path)).open("xb") as file:
            for piece in pieces:
                size += file.write(piece)
        return size

    def keep(self, paths: list[str]) -> bool:
        """Take over files of the old site; False, and none taken, if one is missing."""
        taken: list[str] = []
        for path in paths:
            target = self._target(path)
            try:
                os.link(f"{self.old}/{path}", target)
            except OSError:
                for other in taken:
                    os.unlink(other)  # noqa: PTH108 (a hot path)
                return False
            taken.append(target)
        return True

    def place(self, path: str, source: Path) -> None:
        """Have `source` at `path`, as a hard link where possible, unless something is there."""
        target = self._target(path)
        if os.path.lexists(target):
            return
        try:
            os.link(source.resolve(), target)
        except OSError:
            shutil.copyfile(source, target)

    def place_tree(self, path: str, folder: Path) -> None:
        """Have all files below `folder` at `path`, hidden ones apart."""
        for source in sorted(folder.rglob("*")):
            relative = source.relative_to(folder)
            if source.is_file() and not any(part.startswith(".") for part in relative.parts):
                self.place(f"{path}{relative.as_posix()}", source)

    def files(self) -> Iterator[str]:
        """Paths of all files, sorted."""
        # os.walk, not Path.rglob, which takes ten times as long for 100,000 files.
        found: list[str] = []
        for folder, _, names in os.walk(self.root):
            below = os.path.relpath(folder, self.root)
            found += names if below == "." else [f"{below}/{name}" for name in names]
        yield from sorted(found)

    def _target(self, path: str) -> str:
        folder, _, name = path.rpartition("/")
        if not name or "\0" in path or path.startswith("/") or ".." in PurePosixPath(path).parts:
            raise BuildError(
                "site: a path that leads out of it", seen=repr(path), expected="a relative path"
            )
        if folder not in self._made:
            with suppress(FileExistsError):
                (self.root / folder).mkdir(parents=True)
            self._made.add(folder)
        return f"{self.root}/{path}"
