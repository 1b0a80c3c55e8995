"""What lies in the folder of a submission: settings, rules, rows, and data."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from portal.submission.finding import Finding
from portal.submission.settings import NAME

__all__ = ["DataFile", "Folder", "look_into", "sha256"]

_TABLES = (".csv", ".ecsv", ".parquet", ".vot", ".xml")
_PIECE = 1024**2


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of data.

    Parameters
    ----------
    path, name
        Where it lies, and its path from the folder with ``/`` between folders.
    """

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Folder:
    """Files by what they are for; rules and rows are None where there are none."""

    root: Path
    data: tuple[DataFile, ...]
    rules: Path | None
    rows: Path | None

    @property
    def own(self) -> tuple[str, ...]:
        """Names of the files that are no data."""
        there = (self.rules, self.rows)
        return (NAME, *(path.name for path in there if path is not None))


def look_into(root: Path) -> tuple[Folder, list[Finding]]:
    """The files in `root` and the folders below it; hidden ones are passed over."""
    top = sorted(path for path in root.iterdir() if path.is_file() and path.name[0] != ".")
    rules = [path for path in top if path.suffix == ".map"]
    rows = [path for path in top if path.suffix.lower() in _TABLES]
    findings = [*_single(rules, "mapping file"), *_single(rows, "table of rows")]
    set_apart = {root / NAME, *rules, *rows}
    data: list[DataFile] = []
    for path in sorted(root.rglob("*")):
        inner = path.relative_to(root)
        if path in set_apart or any(part[0] == "." for part in inner.parts):
            continue
        if path.is_symlink():
            findings.append(_linked(inner.as_posix()))
        elif path.is_file():
            data.append(DataFile(path, inner.as_posix()))
    if not data:
        findings.append(
            Finding(
                "error",
                "no-data-files",
                "no file of data",
                "nothing",
                "FITS or HDF5 files",
                "put them into the folder, beside submission.toml",
            )
        )
    found = Folder(root, tuple(data), *(one[0] if one else None for one in (rules, rows)))
    return found, findings


def sha256(path: Path) -> str:
    """Hash of a file, read piece by piece."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _single(paths: list[Path], what: str) -> Iterator[Finding]:
    if len(paths) > 1:
        seen = ", ".join(path.name for path in paths)
        yield Finding(
            "error", "several", f"more than one {what}", seen, f"one {what} or none",
            "join them, or put those that are no part of the submission elsewhere",
        )  # fmt: skip


def _linked(name: str) -> Finding:
    return Finding(
        "error", "link", "a link, which leads out of the folder or in circles", "a symbolic link",
        "a file", "put the file itself there", name,
    )  # fmt: skip
