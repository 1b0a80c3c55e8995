"""Releases of the data: snapshots of the catalogue that never change again.

A release is a folder named after its version, with ``models.parquet``, ``files.parquet``,
``changes.csv`` (what changed since the release before) and ``release.json``; where products were
observed also ``products.parquet``, with a row for each, and ``provenance.parquet``, with each of
their values and where it is from.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from packaging.version import InvalidVersion, Version

from portal.catalog.diff import CHANGES, Withdrawal, compare, count
from portal.catalog.merkle import root_of
from portal.catalog.metadata import collections_from_json, collections_to_json
from portal.catalog.observed import with_files
from portal.catalog.release_folder import ReleaseTables, new_folder
from portal.catalog.snapshot import Snapshot, identifiers_of
from portal.catalog.table import Catalog
from portal.errors import CatalogError, ConfigError
from portal.model.collection import Collection

__all__ = [
    "RELEASES",
    "Release",
    "load_releases",
    "make_release",
    "read_release",
    "sound",
]

RELEASES = "releases"
"""Folder of a catalogue, and of a site, with its releases."""

_ABOUT = "release.json"
_LEGAL = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+-]{0,63}")
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Release:
    """What ``release.json`` says.

    Parameters
    ----------
    version, date
        Its version, and its day (YYYY-MM-DD).
    root
        Root of the Merkle tree over all files, in hexadecimal.
    models, files, bytes
        Number of models and of their files, and the size of these [byte].
    previous
        Version of the release before; '' for the first.
    changes, reasons
        Models by kind of change since then, and changed ones by reason.
    notes
        What the data manager says about it; paragraphs are parted by empty lines.
    tables
        SHA-256 of each other file of the release, by its name.
    collections
        JSON of the collections as they were.
    """

    version: str
    date: str
    root: str
    models: int
    files: int
    bytes: int
    previous: str
    changes: Mapping[str, int]
    reasons: Mapping[str, int]
    notes: str
    tables: Mapping[str, str]
    collections: str

    @property
    def told(self) -> tuple[Collection, ...]:
        """The collections as they were."""
        return collections_from_json(self.collections)


def make_release(
    catalog: Catalog,
    folder: Path,
    version: str,
    day: str,
    notes: str = "",
    withdrawn: Mapping[str, Withdrawal] | None = None,
    returned: Mapping[str, str] | None = None,
    doubts: Callable[[Sequence[str]], None] = lambda lines: None,
) -> Release:
    """Write the release `version` of `catalog` below `folder`, in one step.

    Parameters
    ----------
    folder
        Where all releases lie.
    day
        YYYY-MM-DD.
    withdrawn
        Why models and products were withdrawn, by their ids.
    returned
        What there is to say of models that were withdrawn and are back.
    doubts
        Told what looks like a slip before anything is written; it may raise.

    Raises
    ------
    CatalogError
        If the release is there already, or a file has no checksum.
    ConfigError
        If the version or date is none, or not after that of the release before, or a withdrawn
        model is in the catalogue or replaced by one that never was.
    """
    before = load_releases(folder)
    _check_version(version, day, before)
    now = replace(Snapshot.of(catalog, version), products=with_files(catalog))
    _check_models(now, withdrawn or {})
    _check_substitutes(now, withdrawn or {}, folder, before)
    changes = CHANGES.empty_table()
    if before:
        last = Snapshot.read(folder / before[-1].version, before[-1].version)
        changes = compare(last, now, withdrawn, returned)
    doubts([*_differing(catalog.collections, version), *_untold(changes)])
    with new_folder(folder, version) as aside:
        tables = ReleaseTables(aside)
        tables.write(now, catalog)
        pacsv.write_csv(changes, aside / "changes.csv")
        counted = count(changes)
        release = Release(
            version,
            day,
            root_of(now.files),
            len(now.models),
            len(now.files),
            pc.sum(now.files["bytes"]).as_py() or 0,
            before[-1].version if before else "",
            counted.kinds,
            counted.reasons,
            notes.strip(),
            tables.digests(),
            collections_to_json(catalog.collections),
        )
        text = json.dumps(asdict(release), indent=1, sort_keys=True, ensure_ascii=False)
        (aside / _ABOUT).write_text(text + "\n", encoding="utf-8")
    return release


def load_releases(folder: Path) -> tuple[Release, ...]:
    """The releases below `folder`, the oldest first; none where there is no such folder.

    Raises
    ------
    CatalogError
        If one cannot be read.
    """
    found = folder.glob(f"*/{_ABOUT}") if folder.is_dir() else ()
    releases = [read_release(p.parent) for p in found if not p.parent.name.startswith(".")]
    return tuple(sorted(releases, key=lambda release: Version(release.version)))


def read_release(folder: Path) -> Release:
    """The release in `folder`.

    Raises
    ------
    CatalogError
        If there is none, or it cannot be read.
    """
    path = folder / _ABOUT
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        # Keys of a newer portal are passed over, so that older readers keep working.
        release = Release(**{f.name: said[f.name] for f in fields(Release)})
        Version(release.version)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CatalogError(
            "release: cannot be read",
            seen=f"{type(error).__name__}: {error}",
            expected=f"a folder with the {_ABOUT} that portal release wrote",
            way_out="copy the folder of the release again",
            where=str(path),
        ) from error
    return release


def sound(folder: Path, release: Release) -> list[str]:
    """What is wrong with the files of a release itself; nothing where it is as it was made."""
    faults = [
        f"{name} is not the one that was released"
        for name, digest in sorted(release.tables.items())
        if _digest(folder / name) != digest
    ]
    if not faults and root_of(Snapshot.read(folder, release.version).files) != release.root:
        faults.append("the root is not that of the files")
    return faults


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _differing(collections: Iterable[Collection], version: str) -> list[str]:
    """What to tell of collections that have another version than the release."""
    return [
        f"collection {c.id}: version {c.version} in its file, but the release is {version}; "
        "pages of models cite the former"
        for c in collections
        if c.version != version
    ]


def _untold(changes: pa.Table) -> list[str]:
    """What to tell of models that were withdrawn without a word."""
    silent = pc.and_(pc.equal(changes["change"], "withdrawn"), pc.equal(changes["note"], ""))
    names = changes.filter(silent)["model_id"].to_pylist()
    if not names:
        return []
    return [
        f"withdrawn without a reason: {_first(names)}; "
        "a line in withdrawn.csv says why and what to use instead"
    ]


def _first(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + (" and more" if len(names) > _MOST_NAMED else "")


def _check_version(version: str, day: str, before: tuple[Release, ...]) -> None:
    try:
        number = Version(version)
    except InvalidVersion:
        number = None
    if number is None or not _LEGAL.fullmatch(version):
        raise ConfigError("version", seen=version, expected="numbers such as 1.0 or 2026.1")
    try:
        if date.fromisoformat(day).isoformat() != day:
            raise ValueError
    except ValueError:
        raise ConfigError("date", seen=day, expected="YYYY-MM-DD") from None
    if not before:
        return
    last = before[-1]
    if any(Version(r.version) == number for r in before):
        raise CatalogError(
            f"release {version}: is there already",
            expected="a release that never changes",
            way_out="give the new one a version of its own",
        )
    if number < Version(last.version) or day < last.date:
        raise ConfigError(
            "release: would come before one that is there",
            seen=f"{version} of {day}",
            expected=f"a version above {last.version}, of {last.date} or later",
        )


def _check_models(now: Snapshot, withdrawn: Mapping[str, Withdrawal]) -> None:
    tables = (table for table in (now.files, now.products) if len(table))
    unknown = [
        path for t in tables for path in t["path"].filter(pc.is_null(t["sha256"])).to_pylist()
    ]
    if unknown:
        raise CatalogError(
            "release: files without a checksum",
            seen=f"{len(unknown)}, the first {unknown[0]}",
            expected="a SHA-256 of every file",
            way_out="run portal scan without --no-checksums",
        )
    back = sorted(withdrawn.keys() & now.identifiers)
    if back:
        raise ConfigError(
            "withdrawn models: in the catalogue",
            seen=_first(back),
            expected="models and products whose files are no more in the store",
            way_out="take the files away and scan, or take the lines out of withdrawn.csv",
        )


def _check_substitutes(
    now: Snapshot, withdrawn: Mapping[str, Withdrawal], folder: Path, before: tuple[Release, ...]
) -> None:
    """Refuse a substitute that has no page."""
    wanted = {why.replaced_by: name for name, why in withdrawn.items() if why.replaced_by}
    unknown = wanted.keys() - now.identifiers
    for release in before if unknown else ():
        unknown -= identifiers_of(folder / release.version)
    if unknown:
        first = min(unknown)
        raise ConfigError(
            "withdrawn models: replaced_by",
            seen=f"{first} for {wanted[first]}",
            expected="a model or product of the catalogue or of a release",
            way_out="correct its name in withdrawn.csv",
        )
