"""What a worker does with a file: read it, hash it, and see that it held still meanwhile."""

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from portal.catalog.records import ReadFile, encode
from portal.executors.limit import is_said, renew
from portal.mapping import Mapping as Ruled
from portal.model.record import FileRecord, Problem
from portal.readers import read_file
from portal.readers.base import Reader
from portal.scan.products import is_product, read_product

__all__ = ["Rules", "Task", "lost", "work"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,199}")
_PIECE = 1024**2
_PASSING = frozenset({"being-written", "unreadable"})
"""Problems that may go away without a change of size or time of the file."""


@dataclass(frozen=True, slots=True)
class Task:
    """One file to deal with.

    Parameters
    ----------
    root, path
        Folder of the store, and the path of the file in it.
    collection
        Collection of the store.
    sha256
        Hash known from an earlier scan of the same bytes.
    read, hash
        What is wanted: the rows of the file, its SHA-256.
    """

    root: str
    path: str
    collection: str
    sha256: str | None = None
    read: bool = True
    hash: bool = True


@dataclass(frozen=True, slots=True)
class Rules:
    """How files are read: `mappings` of HDF5 files of other layouts, and of observed products.

    `products` are the rules of collections, by their ids.
    """

    mappings: Sequence[Reader] = ()
    products: Mapping[str, Ruled] = field(default_factory=dict)


def work(tasks: Sequence[Task], rules: Rules = Rules()) -> tuple[int, bytes]:
    """Deal with `tasks`: how many they were, and what `encode` makes of them."""
    done = []
    for task in tasks:
        renew()
        done.append(_one(task, rules))
    return len(tasks), encode(done)


def lost(task: Task, happened: str) -> tuple[int, bytes]:
    """The result of a file whose reading killed its process, or took too long."""
    late = is_said(happened)
    problem = Problem(
        task.path,
        "reader-timeout" if late else "reader-crashed",
        "reading the file took too long"
        if late
        else "reading the file ended the process that read it",
        happened,
        "a file that can be read",
        "test the file with h5dump; write it again if it is damaged"
        + (", or allow more time with --timeout if the disk is slow" if late else ""),
    )
    try:
        said = (Path(task.root) / task.path).stat()
    except OSError as error:
        return 1, encode([_gone(task, error)])
    record = FileRecord("other", "unknown", problems=(problem,))
    read = ReadFile(
        task.collection, task.path, said.st_size, said.st_mtime_ns, task.sha256, record, True
    )
    return 1, encode([read])


def _one(task: Task, rules: Rules) -> ReadFile:
    path = Path(task.root) / task.path
    try:
        before = path.stat()
    except OSError as error:
        return _gone(task, error)
    try:
        sha256 = _sha256(path) if task.hash and task.sha256 is None else task.sha256
        record = _record(path, task, rules) if task.read else None
        path.open("rb").close()
        after = path.stat()
    except OSError as error:
        problem = _unreadable(task, error)
        sha256, after = task.sha256, before
        record = FileRecord("other", "unknown", problems=(problem,))
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        return _transient(task, _moving(task, before, after))
    retry = record is not None and any(p.code in _PASSING for p in record.problems)
    return ReadFile(
        task.collection, task.path, after.st_size, after.st_mtime_ns, sha256, record, retry
    )


def _record(path: Path, task: Task, rules: Rules) -> FileRecord:
    if is_product(task.path):
        return read_product(path, task.path, rules.products.get(task.collection))
    return _named(read_file(path, task.path, rules.mappings), task)


def _sha256(path: Path) -> str:
    with path.open("rb", buffering=0) as file:
        total, piece = hashlib.sha256(), memoryview(bytearray(_PIECE))
        while size := file.readinto(piece):
            total.update(piece[:size])
            # A large file may take long as long as it gets on.
            renew()
    return total.hexdigest()


def _named(record: FileRecord, task: Task) -> FileRecord:
    """`record`, or a problem where its name cannot be that of a page and of files."""
    rows = (record.model or {}, *record.observations)
    name = next((row["model_id"] for row in rows if row.get("model_id")), None)
    if record.kind == "other" or (isinstance(name, str) and _NAME.fullmatch(name)):
        return record
    if name is None and any(problem.severity == "error" for problem in record.problems):
        return FileRecord("other", record.format, problems=record.problems)
    problem = Problem(
        task.path,
        "bad-name",
        "name of the model cannot be published",
        "none" if name is None else repr(name),
        "letters, digits and . _ + -, at most 200, beginning with a letter or digit",
        "give the model another name",
    )
    return FileRecord("other", record.format, problems=(*record.problems, problem))


def _transient(task: Task, problem: Problem) -> ReadFile:
    """A file that is not in the catalogue this time and is looked at anew next time."""
    record = FileRecord("other", "unknown", problems=(problem,))
    return ReadFile(task.collection, task.path, -1, -1, None, record, True)


def _gone(task: Task, error: OSError) -> ReadFile:
    problem = Problem(
        task.path,
        "vanished",
        "the file was gone when it was to be read",
        error.strerror or type(error).__name__,
        "a file that stays",
        "scan again",
        "warning",
    )
    return _transient(task, problem)


def _unreadable(task: Task, error: OSError) -> Problem:
    return Problem(
        task.path,
        "unreadable",
        "the file cannot be opened",
        error.strerror or type(error).__name__,
        "a file that the scanning user may read",
        "correct its permissions",
    )


def _moving(task: Task, before: os.stat_result, after: os.stat_result) -> Problem:
    return Problem(
        task.path,
        "being-written",
        "the file changed while it was read",
        f"{before.st_size} bytes, then {after.st_size}",
        "a finished file",
        "scan again when it is finished",
    )
