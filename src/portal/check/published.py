"""What is published against the catalogue, and against what the build wrote down."""

import filecmp
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from portal.catalog.history import History, present
from portal.catalog.paths import model_page, table_paths
from portal.catalog.release import RELEASES, load_releases
from portal.catalog.selection import EVERYTHING
from portal.catalog.table import Catalog
from portal.check.site import SiteFiles
from portal.errors import CatalogError
from portal.exporters.base import published
from portal.model.record import Problem
from portal.model.schema import TABLES
from portal.pagewriter import Entry, checksum, read_manifest
from portal.publish import CONTENTS, MANIFEST

__all__ = ["check_published"]

_REBUILD = "run portal build"
_REMAKE = "remove it from the site and run portal build"
_PIECE = 1 << 20


def check_published(
    site: SiteFiles, catalog: Catalog, sample: int | None = None
) -> Iterator[Problem]:
    """Tables, lists, pages and images that are not those of `catalog`, or not as they were built.

    With `sample` the contents of about so many pages are looked at, and lists are not compared.
    """
    manifest = read_manifest(site.root / MANIFEST)
    if not manifest:
        expected = "a list of all pages, with their checksums"
        yield Problem(MANIFEST, "no-manifest", "missing or old", "none", expected, _REBUILD)
        return
    yield from _as_built(site, manifest, sample)
    yield from _orphans(site, manifest)
    fault = _other_scan(site.root, catalog)
    if fault is not None:
        yield fault
        return
    yield from _tables(site.root, catalog)
    yield from _of_catalog(site.root, manifest, catalog)
    if sample is None:
        yield from _lists(site.root, replace(catalog, releases=site.root / RELEASES))


def _other_scan(root: Path, catalog: Catalog) -> Problem | None:
    try:
        published = Catalog.open(root / "catalog").scan_id
    except CatalogError as error:
        return Problem("catalog/", "bad-table", error.what, error.seen, "the tables", _REBUILD)
    if published == catalog.scan_id:
        return None
    what = "the site is of another scan than the catalogue"
    return Problem("catalog/", "other-catalogue", what, published, catalog.scan_id, _REBUILD)


def _tables(root: Path, catalog: Catalog) -> Iterator[Problem]:
    for name in sorted(TABLES):
        for own in table_paths(catalog.root, name):
            there = root / "catalog" / own.name
            if own.is_file() and not _same(own, there):
                yield _differs(f"catalog/{own.name}", there, "the table of the catalogue")


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other) or filecmp.cmp(one, other, shallow=False)
    except OSError:
        return False


def _lists(root: Path, catalog: Catalog) -> Iterator[Problem]:
    for exporter in published():
        path = f"downloads/{exporter.filename}"
        expected = hashlib.sha256()
        try:
            for piece in exporter.write(catalog, EVERYTHING):
                expected.update(piece)
        except CatalogError:
            # A release that cannot be read, which is told already.
            continue
        if _hash(root / path) != expected.digest():
            yield _differs(path, root / path, "what the catalogue gives")


def _hash(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return None


def _differs(path: str, there: Path, expected: str) -> Problem:
    if not there.is_file():
        return Problem(path, "missing", "file is not in the site", "nothing", expected, _REBUILD)
    seen = f"another content of {there.stat().st_size} bytes"
    return Problem(
        path, "differs", "content is not that of the catalogue", seen, expected, _REBUILD
    )


def _of_catalog(root: Path, manifest: dict[str, Entry], catalog: Catalog) -> Iterator[Problem]:
    """Models and products, of today or of a release, without a page, and pages without either."""
    try:
        departed = History(root / RELEASES, load_releases(root / RELEASES)).departed(catalog)
    except (CatalogError, OSError) as error:
        yield Problem(f"{RELEASES}/", "bad-release", "cannot be read", str(error), "", _REBUILD)
        return
    there = {
        "model": {model_page(name) for name in present(catalog, "model").to_pylist()},
        "product": set(present(catalog, "product").to_pylist()),
    }
    for (kind, pages), folder in zip(there.items(), ("m/", "o/"), strict=True):
        wanted = pages | {path for path in departed if path.startswith(folder)}
        for path in sorted(wanted - manifest.keys()):
            yield Problem(path, "missing", f"{kind} has no page", "nothing", "a page", _REBUILD)
        for path in sorted(manifest.keys() - wanted):
            if path.startswith(folder):
                what = f"page of a {kind} that is not in the catalogue"
                yield Problem(path, "orphan", what, "a page", "no such page", _REBUILD)


def _as_built(site: SiteFiles, manifest: dict[str, Entry], sample: int | None) -> Iterator[Problem]:
    step = max(1, len(manifest) // sample) if sample else 1
    for number, path in enumerate(sorted(manifest)):
        entry = manifest[path]
        missing = [name for name in (path, *entry.files) if name not in site.paths]
        yield from map(_missing, missing)
        if not missing and number % step == 0:
            yield from _unchanged(site.root, path, entry.sum, entry.files)
    for path, total in _contents(site.root).items():
        if path in site.paths:
            yield from _unchanged(site.root, path, total)
        else:
            yield _missing(path)


def _missing(path: str) -> Problem:
    return Problem(path, "missing", "file is not in the site", "nothing", "a file", _REBUILD)


def _unchanged(root: Path, path: str, total: str, more: tuple[str, ...] = ()) -> Iterator[Problem]:
    try:
        parts = [(root / name).read_bytes() for name in (path, *more)]
    except OSError as error:
        yield Problem(path, "unreadable", "cannot be read", str(error), "a file", _REBUILD)
        return
    seen = checksum(*parts)
    if seen != total:
        what = "page or a picture of it is not as it was built" if more else "not as it was built"
        yield Problem(path, "differs", what, f"CRC-32 {seen}", f"CRC-32 {total}", _REMAKE)


def _contents(root: Path) -> dict[str, str]:
    try:
        text = (root / CONTENTS).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    parted = (line.rpartition("\t") for line in text.split("\n") if line)
    return {path: total for path, _, total in parted}


def _orphans(site: SiteFiles, manifest: dict[str, Entry]) -> Iterator[Problem]:
    """Files that no build wrote."""
    known = {path for entry in manifest.values() for path in (entry.path, *entry.files)}
    known |= _contents(site.root).keys()
    known |= {f"downloads/{e.filename}" for e in published()}
    known |= {f"catalog/{name}.{kind}" for name in TABLES for kind in ("parquet", "csv")}
    for path in sorted(site.paths - known):
        if not path.startswith("."):
            what = "file that the build did not write"
            yield Problem(path, "orphan", what, "a file", "no such file", _REMAKE)
