"""The whole site from a catalogue: prose, generated pages, tables, exports, feeds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from portal import registry
from portal.catalog.datalinks import document, document_path, items
from portal.catalog.history import History, load_history
from portal.catalog.paths import absolute_data_url, table_paths
from portal.catalog.release import RELEASES
from portal.catalog.selection import EVERYTHING
from portal.catalog.table import Catalog
from portal.catalog.withdrawal import WITHDRAWN
from portal.exporters.base import published
from portal.feeds import atom, robots, sitemaps
from portal.model.imprint import imprint
from portal.model.schema import TABLES
from portal.pages.base import Bundle, PageType, Source
from portal.pagewriter import (
    Entry,
    Job,
    Settings,
    checksum,
    read_manifest,
    write_manifest,
    write_pages,
)
from portal.policy import origins
from portal.prose import NOT_PUBLISHED, check_settings, prose
from portal.publish import CONTENTS, MANIFEST, Places, Stage, check_places, locked, publish, recover

__all__ = ["Options", "Report", "build"]


@dataclass(frozen=True, slots=True)
class Options:
    """What to build, and from what.

    Parameters
    ----------
    catalog, site
        Folder of the tables, and of the site.
    mkdocs
        Settings of the written pages.
    app
        Folder with the browser code, or None.
    stores
        Folders with the files of the store, for previews; those of the collections if none
        is named.
    releases
        Folder of the releases; by default that of the catalogue.
    """

    catalog: Path
    site: Path
    mkdocs: Path = Path("mkdocs.yml")
    app: Path | None = None
    stores: tuple[Path, ...] = ()
    releases: Path | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did."""

    pages: int
    written: int
    kept: int
    deleted: int


def build(
    options: Options,
    workers: int = 1,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Make the site and put it in place in one step.

    Raises
    ------
    BuildError
        If it cannot be made; a site that was there before stays as it was.
    """
    places = Places(options.site.resolve())
    check_places(places)
    check_settings(options.mkdocs)
    catalog = Catalog.open(options.catalog)
    releases = options.releases or options.catalog / RELEASES
    history = load_history(releases, options.catalog / WITHDRAWN)
    catalog = replace(catalog, releases=releases)
    with locked(places):
        recover(places)
        site_url = next((c.site_url for c in catalog.collections), "")
        told = imprint(catalog.collections, _shown_file(catalog))
        connect = origins(a for c in catalog.collections for a in (c.data_url, *c.mirrors))
        written = prose(options.mkdocs, site_url, places.cache, told, connect)
        former = read_manifest(places.site / MANIFEST)
        places.stage.mkdir()
        stage = Stage(places.stage, places.site)
        settings = Settings(written, places.stage, places.site)
        source = Source(catalog, tuple(s for s in options.stores if s.is_dir()), history)
        entries = _pages(source, settings, former, workers, progress)
        _around(stage, written, options, catalog)
        _releases(stage, history)
        _links(stage, catalog)
        _feeds(stage, catalog, history, site_url)
        stage.write_stream(CONTENTS, _contents(stage, entries))
        stage.write_stream(MANIFEST, write_manifest(entries))
        publish(places)
    kept = sum(entry.kept for entry in entries)
    gone = former.keys() - {entry.path for entry in entries}
    return Report(len(entries), len(entries) - kept, kept, len(gone))


def _shown_file(catalog: Catalog) -> str:
    """Address of the first observation, for the pages that show how one file is fetched."""
    for batch in catalog.batches("files", ["collection", "path", "url", "kind"]):
        for row in batch.to_pylist():
            if row["kind"] == "observation":
                collection = catalog.collection(row["collection"])
                return str(row["url"] or absolute_data_url(collection, row["path"]))
    return ""


def _pages(
    source: Source,
    settings: Settings,
    former: dict[str, Entry],
    workers: int,
    progress: Callable[[int, int], None],
) -> list[Entry]:
    products = source.catalog.table("observations", ["model_id"]).column(0).null_count
    total = source.catalog.counts.get("models", 0) + products
    entries: list[Entry] = []
    for entry in write_pages(settings, _jobs(source, former), workers):
        entries.append(entry)
        progress(min(len(entries), total), total)
    return entries


def _jobs(source: Source, former: dict[str, Entry]) -> Iterator[Job]:
    types = registry.members("portal.pages", "PAGE")
    for name in sorted(types):
        page_type = cast(PageType, types[name])
        for page in page_type.pages(source):
            paths = page.paths if isinstance(page, Bundle) else (page.path,)
            yield Job(page_type.template, page, tuple(former.get(path) for path in paths))


def _around(stage: Stage, written: Path, options: Options, catalog: Catalog) -> None:
    """All that is not a generated page."""
    for name in sorted(TABLES):
        for path in table_paths(options.catalog, name):
            if path.is_file():
                stage.place(f"catalog/{path.name}", path)
    for exporter in published():
        stage.write_stream(f"downloads/{exporter.filename}", exporter.write(catalog, EVERYTHING))
    if options.app is not None:
        stage.place_tree("app/", options.app)
    for path in sorted(p for p in written.rglob("*") if p.is_file()):
        relative = path.relative_to(written).as_posix()
        if not relative.startswith(NOT_PUBLISHED):
            # A stub whose page was generated is there already and stays.
            stage.place(relative, path)


def _links(stage: Stage, catalog: Catalog) -> None:
    """A document of links for each model and each file of observed products."""
    collections = {collection.id: collection for collection in catalog.collections}
    for item in items(catalog):
        stage.write(document_path(item.rows[0]), b"".join(document([item], collections)))


def _contents(stage: Stage, entries: list[Entry]) -> Iterator[bytes]:
    """Checksums of the files that neither belong to pages nor can be made anew to compare."""
    of_pages = {path for entry in entries for path in (entry.path, *entry.files)}
    for path in stage.files():
        if path not in of_pages and not path.startswith((".", "catalog/", "downloads/")):
            yield f"{path}\t{checksum((stage.root / path).read_bytes())}\n".encode()


def _releases(stage: Stage, history: History) -> None:
    for release in history.releases:
        for name in ("release.json", *sorted(release.tables)):
            path = f"{RELEASES}/{release.version}/{name}"
            stage.place(path, history.folder / release.version / name)


def _feeds(stage: Stage, catalog: Catalog, history: History, site_url: str) -> None:
    # Pages of what was withdrawn stay, but nobody needs to find them anew.
    hidden = {"404.html", *history.departed(catalog)}
    pages = (p for p in stage.files() if p.endswith(".html") and p not in hidden)
    for name, text in sitemaps(pages, site_url):
        stage.write(name, text.encode())
    stage.write("robots.txt", robots(site_url).encode())
    stage.write("releases.atom", atom(history.releases, catalog.advisories, site_url).encode())
