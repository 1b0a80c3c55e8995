"""One scan from the stores to the published tables."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path

from portal import __version__
from portal.catalog.advisories import unfit
from portal.catalog.publication import exclusive, finish
from portal.catalog.state import Change, State, severities
from portal.catalog.table import Catalog
from portal.errors import ConfigError
from portal.executors.base import Executor
from portal.model.advisory import Advisory
from portal.model.collection import Collection
from portal.model.record import Problem
from portal.model.schema import SCHEMA_VERSION
from portal.scan.fingerprint import reading_fingerprint
from portal.scan.task import Rules, Task, lost, work
from portal.stores.local import LocalStore

__all__ = ["TIME_LIMIT", "Report", "scan"]

TIME_LIMIT = 120.0
"""Time that reading a file may take, unless another is asked for [s]."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What a scan did and what the catalogue now holds.

    Parameters
    ----------
    read, hashed
        Files that were opened to be read; files of which only the hash was missing.
    new, changed, deleted, unchanged
        Files by how they differ from the last scan.
    rows
        Rows of each table.
    problems
        Problems by severity.
    unsorted
        Settings `sort_by` that name no parameter of the catalogue, each with its collection.
    unfit
        What there is to say about advisories that name no column of the catalogue.
    """

    read: int
    hashed: int
    new: int
    changed: int
    deleted: int
    unchanged: int
    scan_id: str
    rows: dict[str, int] = field(default_factory=dict)
    problems: dict[str, int] = field(default_factory=dict)
    unsorted: tuple[str, ...] = ()
    unfit: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """Listed files, column by column, sorted by collection and path."""

    collections: list[str]
    roots: list[str]
    paths: list[str]
    sizes: list[int]
    mtimes_ns: list[int]
    problems: list[tuple[str, Problem]]


def scan(
    collections: Sequence[Collection],
    catalog: Path,
    executor: Executor,
    *,
    rules: Rules | None = None,
    rules_key: str = "",
    advisories: Sequence[Advisory] = (),
    checksums: bool = True,
    limit: float | None = TIME_LIMIT,
    progress: Progress | None = None,
) -> Report:
    """Bring the catalogue in the folder `catalog` up to date with the stores.

    Parameters
    ----------
    collections
        With names of their own, sorted by them.
    executor
        Who reads the files.
    rules, rules_key
        How files are read, and a text that changes with it.
    advisories
        Rules by which models and observations are marked.
    checksums
        Whether SHA-256 are wanted.
    limit
        Time that reading a file may take, or hashing a megabyte of it [s].
    progress
        Told of files done and files to do.

    Raises
    ------
    CatalogError
        If the catalogue cannot be written or another scan is at work on it.
    ConfigError
        If a store is not there, or lies within another one, or an advisory can fit no
        catalogue.
    """
    _check_apart(collections)
    with exclusive(catalog):
        finish(catalog)
        found = _find(collections)
        settings = _settings(collections, found, advisories)
        state = State(catalog, reading_fingerprint(rules_key), settings)
        listed = state.listing(found.collections, found.paths, found.sizes, found.mtimes_ns)
        change = state.compare(listed, checksums)
        tasks = _tasks(found, change)
        function = partial(work, rules=rules or Rules())
        results = executor.map(function, tasks, lost=lost, limit=limit)
        _carry_out(results, len(tasks), state, progress)
        if tasks or change.deleted or not state.is_current():
            state.publish(listed, collections, found.problems, advisories)
        opened = Catalog.open(catalog)
        return _report(opened, change, tasks, _unsorted(opened, collections))


def _check_apart(collections: Sequence[Collection]) -> None:
    """No file may be found twice, under two paths or in two collections."""
    stores = sorted((Path(s).resolve(), c.id) for c in collections for s in c.stores)
    for (one, its), (other, whose) in pairwise(stores):
        if other.is_relative_to(one):
            raise ConfigError(
                "stores: two of them share files",
                seen=f"{one} ({its}) and {other} ({whose})",
                expected="stores that lie apart",
                way_out="leave one of them out, or name the folders below them",
            )


def _unsorted(catalog: Catalog, collections: Sequence[Collection]) -> tuple[str, ...]:
    known = {column.name for column in catalog.parameters}
    return tuple(
        f"{name} ({collection.id})"
        for collection in collections
        # Not every store has the parameters that are the default.
        if collection.sort_by != Collection("", "").sort_by and catalog.counts["models"]
        for name in collection.sort_by
        if name not in known
    )


def _find(collections: Sequence[Collection]) -> _Found:
    found = _Found([], [], [], [], [], [])
    for collection in collections:
        listings = {
            store: LocalStore(Path(store), collection.exclude).listing()
            for store in collection.stores
        }
        for store, listing in listings.items():
            found.problems.extend((collection.id, problem) for problem in listing.problems)
            found.roots.extend([store] * len(listing.paths))
            found.paths.extend(listing.paths)
            found.sizes.extend(listing.bytes)
            found.mtimes_ns.extend(listing.mtimes_ns)
        found.collections.extend([collection.id] * (len(found.paths) - len(found.collections)))
    return found if all(len(c.stores) < 2 for c in collections) else _merged(found)


def _merged(found: _Found) -> _Found:
    """`found` in order, with each path of a collection once: that of the store named first."""
    first: dict[tuple[str, str], int] = {}
    problems = list(found.problems)
    for row, key in enumerate(zip(found.collections, found.paths, strict=True)):
        kept = first.setdefault(key, row)
        if kept != row:
            problems.append((key[0], _twice(key[1], found.roots[kept], found.roots[row])))
    rows = [first[key] for key in sorted(first)]
    return _Found(
        [found.collections[i] for i in rows],
        [found.roots[i] for i in rows],
        [found.paths[i] for i in rows],
        [found.sizes[i] for i in rows],
        [found.mtimes_ns[i] for i in rows],
        problems,
    )


def _twice(path: str, first: str, second: str) -> Problem:
    return Problem(
        path,
        "duplicate-path",
        "two stores of the collection have this path",
        f"{first} and {second}",
        "one file for each path",
        f"rename or remove one of them; the catalogue has that in {first}",
    )


def _tasks(found: _Found, change: Change) -> list[Task]:
    hashes = change.hashes
    return [
        Task(
            found.roots[i],
            found.paths[i],
            found.collections[i],
            hashes[i].as_py(),
            bool(change.read[i]),
            bool(change.hash[i]),
        )
        for i in (change.read | change.hash).nonzero()[0].tolist()
    ]


def _carry_out(
    results: Iterable[tuple[int, bytes]], total: int, state: State, progress: Progress | None
) -> None:
    done = 0
    for count, batch in results:
        state.journal.append(batch)
        done += count
        if progress is not None:
            progress(done, total)


def _settings(
    collections: Sequence[Collection], found: _Found, advisories: Sequence[Advisory]
) -> str:
    """Fingerprint of what decides how the tables are made from what was read."""
    said = {
        "collections": [asdict(c) for c in collections],
        "problems": [(name, asdict(problem)) for name, problem in found.problems],
        "advisories": [asdict(a) for a in advisories],
        "schema": SCHEMA_VERSION,
        "builder": __version__,
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _report(
    catalog: Catalog, change: Change, tasks: Sequence[Task], unsorted: tuple[str, ...]
) -> Report:
    read = sum(task.read for task in tasks)
    new, changed = int(change.new.sum()), int(change.changed.sum())
    return Report(
        read=read,
        hashed=len(tasks) - read,
        new=new,
        changed=changed,
        deleted=change.deleted,
        unchanged=len(change.new) - new - changed,
        scan_id=catalog.scan_id,
        rows=catalog.counts,
        problems=severities(catalog),
        unsorted=unsorted,
        unfit=tuple(unfit(catalog)),
    )
