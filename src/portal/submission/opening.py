"""Bundles from elsewhere: opened with distrust, and every byte compared with its hash."""

import hashlib
import json
import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from portal.errors import ReadError
from portal.submission.bundle import DATA, FORMAT, MANIFEST, SUMS, TABLES
from portal.submission.checking import RULES
from portal.submission.settings import NAME

__all__ = ["Bundle", "Promised", "open_bundle"]

_MEMBERS = frozenset([NAME, RULES, MANIFEST, SUMS, *TABLES])
_LARGEST = 512 * 1024**2
"""Bytes that a member other than data may have."""
_MOST = 200_000
"""Members of a bundle."""
_PIECE = 1024**2
_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")
_STRANGE = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')


@dataclass(frozen=True, slots=True)
class Promised:
    """A file of data as the manifest has it."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Bundle:
    """An open bundle whose members are what its hashes say."""

    _zip: zipfile.ZipFile
    files: tuple[Promised, ...]
    apart: tuple[str, ...]
    has_data: bool

    def read(self, name: str) -> bytes:
        """The bytes of a member other than data."""
        return self._zip.read(name)

    def unpack(self, folder: Path) -> None:
        """Write the files of data below `folder`, which has to be empty."""
        for file in self.files:
            target = folder / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            with self._zip.open(f"{DATA}{file.name}") as source, target.open("xb") as out:
                while piece := source.read(_PIECE):
                    out.write(piece)


@contextmanager
def open_bundle(path: Path) -> Iterator[Bundle]:
    """Open the bundle at `path`.

    Raises
    ------
    ReadError
        If it is none, is damaged, or has what no bundle has: paths that lead out of it, links,
        packed or overlapping members, members without a hash.
    """
    with ExitStack() as stack:
        try:
            opened = stack.enter_context(zipfile.ZipFile(path))
            _check_members(opened.infolist(), path)
            hashes = _verified(opened)
            said = _manifest(opened)
            _check_promises(said, hashes)
        except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as error:
            raise _refused("cannot be read", str(error)[:200], "a whole zip file") from error
        yield said


def _check_members(members: list[zipfile.ZipInfo], path: Path) -> None:
    if len(members) > _MOST:
        raise _refused("too many members", str(len(members)), f"at most {_MOST}")
    seen: set[str] = set()
    for one in members:
        _check_name(one.filename)
        if one.filename.casefold() in seen:
            raise _refused("two members of one name", one.filename, "each name once")
        seen.add(one.filename.casefold())
        _check_kind(one)
    missing = sorted(_MEMBERS - {one.filename for one in members})
    if missing:
        raise _refused("a member is missing", missing[0], " and ".join(sorted(_MEMBERS)))
    # Stored members cannot be larger than the file, unless they overlap.
    if sum(one.file_size for one in members) > path.stat().st_size:
        raise _refused("members overlap", "more bytes than the file has", "each byte once")


def _check_name(name: str) -> None:
    parts = PurePosixPath(name).parts
    bad = name.startswith("/") or ".." in parts or "." in name.split("/") or "//" in name
    if bad or _STRANGE.search(name) or any(part != part.strip() for part in parts):
        raise _refused("a path that leads elsewhere", repr(name)[:100], "a plain path")
    inside = name.startswith(DATA) and not name.endswith("/") and name != DATA
    if name not in _MEMBERS and not inside:
        raise _refused("a member that no bundle has", repr(name)[:100], f"files below {DATA}")
    if inside and any(part[0] == "." for part in parts):
        raise _refused("a hidden file", repr(name)[:100], "files of data that can be seen")


def _check_kind(one: zipfile.ZipInfo) -> None:
    mode = one.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise _refused("a member that is no file", one.filename, "files, no links or devices")
    if one.flag_bits & 1:
        raise _refused("a member under lock", one.filename, "files without a password")
    if one.compress_type != zipfile.ZIP_STORED or one.compress_size != one.file_size:
        raise _refused("a packed member", one.filename, "members as they were stored")
    if one.file_size > _LARGEST and one.filename in _MEMBERS:
        raise _refused("a member too large", one.filename, f"up to {_LARGEST} bytes")


def _verified(opened: zipfile.ZipFile) -> dict[str, str]:
    """The hash of each member, compared with its bytes."""
    lines = opened.read(SUMS).decode("utf-8", "replace").splitlines()
    found = [_LINE.fullmatch(line) for line in lines]
    said = {match[2]: match[1] for match in found if match}
    there = set(opened.namelist()) - {SUMS}
    if None in found or set(said) != there or len(said) != len(lines):
        raise _refused("hashes that fit no member", SUMS, "a line for each member")
    for name in sorted(there):
        digest = hashlib.sha256()
        with opened.open(name) as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
        if digest.hexdigest() != said[name]:
            raise _refused("bytes that are not those of the hash", name, said[name])
    return said


def _manifest(opened: zipfile.ZipFile) -> Bundle:
    try:
        said = json.loads(opened.read(MANIFEST))
        if said["bundle"] != FORMAT:
            raise _refused("another layout", str(said["bundle"])[:40], f"version {FORMAT}")
        files = tuple(_promised(one) for one in said["files"])
        apart = tuple(str(name) for name in said["apart"])
        return Bundle(opened, files, apart, bool(said["data"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _refused("a manifest that says too little", repr(error)[:100], MANIFEST) from error


def _promised(said: dict[str, object]) -> Promised:
    name, size, digest = said["path"], said["bytes"], said["sha256"]
    if not (isinstance(name, str) and isinstance(size, int) and isinstance(digest, str)):
        raise TypeError(f"files: {name}"[:100])
    _check_name(f"{DATA}{name}")
    return Promised(name, size, digest)


def _check_promises(said: Bundle, hashes: dict[str, str]) -> None:
    """The data in the bundle are those of the manifest, all of them or none."""
    there = {name: digest for name, digest in hashes.items() if name.startswith(DATA)}
    promised = {f"{DATA}{file.name}": file.sha256 for file in said.files}
    if len(promised) != len(said.files) or there != (promised if said.has_data else {}):
        raise _refused("data that are not those of the manifest", MANIFEST, "the same files")


def _refused(what: str, seen: str, expected: str) -> ReadError:
    return ReadError(
        f"bundle: {what}",
        seen=seen,
        expected=expected,
        way_out="ask the author for a bundle that portal submit-check --bundle wrote",
        code="bundle",
    )
