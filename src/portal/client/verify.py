"""Downloads against what was promised: missing, truncated, damaged, or no data at all."""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from portal.catalog.selection import StoredFile
from portal.client.sums import Sums
from portal.model.record import Problem

__all__ = ["fault_of", "is_web_page", "promised", "verify"]

_HEAD = 512
_PAGE = (b"<!doctype", b"<html", b"<head", b"<body", b"<?xml", b"<script")


def verify(
    folder: Path,
    files: Sequence[StoredFile],
    *,
    workers: int = 2,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Problem]:
    """What is wrong with `files` in `folder`, sorted by path; every byte is read.

    Parameters
    ----------
    files
        What ought to be there; a size below 0 or a SHA-256 of '' is not compared.
    progress
        Called with the number of files done and of all.
    """
    found: list[Problem] = []

    def one(file: StoredFile) -> Problem | None:
        fault = fault_of(folder / file.path, file.bytes, file.sha256)
        return None if fault is None else replace(fault, path=file.path)

    # Threads suffice: hashing releases the interpreter.
    with ThreadPoolExecutor(workers) as pool:
        for done, fault in enumerate(pool.map(one, files), 1):
            progress(done, len(files))
            if fault is not None:
                found.append(fault)
    return sorted(found, key=lambda problem: problem.path)


def promised(folder: Path) -> list[StoredFile]:
    """The files that ``SHA256SUMS`` in `folder` promises; their sizes are unknown."""
    sums = Sums(folder).read()
    return [StoredFile(path, "", -1, sha256, "", "") for path, sha256 in sums.items()]


def fault_of(path: Path, bytes: int, sha256: str) -> Problem | None:
    """What is wrong with the file at `path`, or None."""
    where = str(path)
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
            size = file.seek(0, 2)
            # A page is recognised first: its size is wrong as well, but that says less.
            if is_web_page(head) and not path.name.removesuffix(".part").endswith(
                (".html", ".xml")
            ):
                return Problem(where, "html-page", "is a web page", _shown(head), "data")
            if 0 <= bytes != size:
                code = "truncated" if size < bytes else "wrong-size"
                what = "is cut off" if size < bytes else "is too long"
                return Problem(where, code, what, f"{size} bytes", f"{bytes} bytes")
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest() if sha256 else ""
    except OSError as error:
        code = "missing" if isinstance(error, FileNotFoundError) else "unreadable"
        return Problem(where, code, f"is {code}", error.strerror or "", "a file")
    if digest != sha256:
        return Problem(where, "damaged", "has another content", digest, f"SHA-256 {sha256}")
    return None


def is_web_page(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a web page."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PAGE)


def _shown(head: bytes) -> str:
    return head[:40].decode(errors="replace").strip()
