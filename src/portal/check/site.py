"""A built site: every link leads somewhere, every page and feed can be parsed.

Pages are read once, in chunks by several processes; what crosses between processes is the
set of distinct targets of a chunk, so that 100,000 pages with the same navigation cost no
more than their reading.
"""

import json
import multiprocessing
import os
import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TypeVar
from xml.etree import ElementTree

from portal.check.links import Refused, Target, target
from portal.check.page import Link, PageFacts, css_links
from portal.check.skim import skim
from portal.model.record import Problem

__all__ = ["SiteFiles", "check_site", "list_site", "published_url"]

R = TypeVar("R")

_CHUNK = 200
_XML = (".atom", ".meta4", ".rss", ".svg", ".xml")
_JSON = (".json", ".jsonld", ".webmanifest")
_SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


@dataclass(frozen=True, slots=True)
class SiteFiles:
    """The files of a site.

    Parameters
    ----------
    root
        Its folder.
    paths
        All files, relative to it.
    url
        Address where it is published, or ''.
    stored
        Paths of the files of the stores that are published with the site.
    """

    root: Path
    paths: frozenset[str]
    url: str = ""
    stored: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Sample:
    """Where a target was first met, and how often."""

    page: str
    link: Link
    count: int = 1


@dataclass(slots=True)
class _Found:
    """What a chunk of pages says."""

    problems: list[Problem] = field(default_factory=list)
    targets: dict[Target, _Sample] = field(default_factory=dict)


def list_site(root: Path) -> frozenset[str]:
    """Paths of all files below `root`, links to folders not followed."""
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        base = os.path.relpath(folder, root)
        prefix = "" if base == "." else f"{base}/"
        found += [f"{prefix}{name}" for name in names]
    return frozenset(found)


def published_url(root: Path) -> str:
    """Address for which the site was built, from its ``robots.txt``; '' if it does not say."""
    try:
        text = (root / "robots.txt").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
    found = re.search(r"^Sitemap:\s*(\S+/)[^/\s]*\s*$", text, re.MULTILINE)
    return found.group(1) if found else ""


def check_site(
    site: SiteFiles,
    workers: int = 1,
    sample: int | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Iterator[Problem]:
    """Everything that is wrong with the site, or with about `sample` pages of it."""
    pages = sorted(path for path in site.paths if path.endswith((".html", ".css")))
    pages = pages[:: max(1, len(pages) // sample) if sample else 1]
    merged: dict[Target, _Sample] = {}
    done = 0
    chunks = [pages[i : i + _CHUNK] for i in range(0, len(pages), _CHUNK)]
    for chunk, found in zip(
        chunks, _mapped(partial(_read, site.root, site.url), chunks, workers), strict=True
    ):
        yield from found.problems
        _merge(merged, found.targets)
        done += len(chunk)
        progress(done, len(pages))
    yield from _missing(site, merged)
    yield from _fragments(site, merged, workers)
    for path in sorted(site.paths):
        if path.endswith(_XML):
            yield from _xml(site, path)
        elif path.endswith(_JSON):
            yield from _json(site.root, path)


def _mapped(
    function: Callable[[list[str]], R], chunks: list[list[str]], workers: int
) -> Iterator[R]:
    if workers == 1 or len(chunks) < 2:
        yield from map(function, chunks)
        return
    # Not fork: the caller may run threads, a server for example.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(chunks)), mp_context=context) as pool:
        yield from pool.map(function, chunks)


def _read(root: Path, site_url: str, pages: list[str]) -> _Found:
    found = _Found()
    for page in pages:
        text = _text(root, page, found.problems)
        if text is None:
            continue
        if page.endswith(".css"):
            facts = PageFacts(links=[Link(url, 0) for url in css_links(text)])
        else:
            facts = skim(text)
        for fault in facts.faults:
            place = f"{page}:{fault.line}"
            found.problems.append(Problem(place, fault.code, fault.what, fault.seen))
        _sort_out(found, page, facts.links, facts.ids, site_url)
    return found


def _sort_out(
    found: _Found, page: str, links: Iterable[Link], ids: set[str], site_url: str
) -> None:
    for link in links:
        to = target(page, link.url, site_url)
        if isinstance(to, Refused):
            place = f"{page}:{link.line}"
            found.problems.append(Problem(place, to.code, to.what, link.url))
        elif to is not None:
            if to.path == page and to.fragment in ids:
                # Most fragments are of the same page, which need not be read again for them.
                to = Target(page, "")
            if to in found.targets:
                found.targets[to].count += 1
            else:
                found.targets[to] = _Sample(page, link)


def _merge(all_of_them: dict[Target, _Sample], more: dict[Target, _Sample]) -> None:
    for to, sample in more.items():
        if to in all_of_them:
            all_of_them[to].count += sample.count
        else:
            all_of_them[to] = sample


def _missing(site: SiteFiles, targets: dict[Target, _Sample]) -> Iterator[Problem]:
    told = set()
    for to in sorted(targets, key=lambda t: (t.path, t.fragment)):
        if to.path in told or _exists(site, to.path):
            continue
        told.add(to.path)
        expected = "a file of the site or of the catalogue"
        yield _linked(targets[to], "broken-link", "link leads nowhere", expected)


def _exists(site: SiteFiles, path: str) -> bool:
    return path in site.paths or path in site.stored or f"{path}/index.html" in site.paths


def _fragments(site: SiteFiles, targets: dict[Target, _Sample], workers: int) -> Iterator[Problem]:
    wanted: dict[str, list[Target]] = {}
    for to in targets:
        # "#" and "#top" lead to the top of every page; text fragments are the browser's.
        if to.fragment not in ("", "top") and not to.fragment.startswith(":~:"):
            if to.path.endswith(".html") and to.path in site.paths:
                wanted.setdefault(to.path, []).append(to)
    pages = sorted(wanted)
    chunks = [pages[i : i + _CHUNK] for i in range(0, len(pages), _CHUNK)]
    parts = _mapped(partial(_ids, site.root), chunks, workers)
    for page, ids in chain.from_iterable(parts):
        for to in sorted(wanted[page], key=lambda t: t.fragment):
            if to.fragment not in ids:
                expected = f"an id of {page}"
                yield _linked(targets[to], "broken-fragment", "fragment is no id", expected)


def _ids(root: Path, pages: list[str]) -> list[tuple[str, set[str]]]:
    texts = ((page, _text(root, page, [])) for page in pages)
    return [(page, skim(text).ids) for page, text in texts if text is not None]


def _linked(sample: _Sample, code: str, what: str, expected: str) -> Problem:
    more = f", and {sample.count - 1} more links" if sample.count > 1 else ""
    place = f"{sample.page}:{sample.link.line}"
    return Problem(place, code, what + more, sample.link.url, expected)


def _text(root: Path, path: str, problems: list[Problem]) -> str | None:
    try:
        return (root / path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem(path, "unreadable", "cannot be read", str(error), "UTF-8 text"))
        return None


def _json(root: Path, path: str) -> Iterator[Problem]:
    try:
        json.loads((root / path).read_bytes())
    except (OSError, ValueError) as error:
        yield Problem(path, "bad-json", "JSON cannot be read", str(error))


def _xml(site: SiteFiles, path: str) -> Iterator[Problem]:
    """Well-formedness; of a sitemap also that each address is a page of the site."""
    try:
        for _, element in ElementTree.iterparse(site.root / path):
            if element.tag == _SITEMAP:
                yield from _listed(site, path, (element.text or "").strip())
            element.clear()
    except (OSError, ElementTree.ParseError) as error:
        yield Problem(path, "bad-xml", "XML cannot be read", str(error))


def _listed(site: SiteFiles, sitemap: str, url: str) -> Iterator[Problem]:
    if site.url and not url.startswith(site.url):
        yield Problem(
            sitemap, "bad-sitemap", "address is of another site", url, f"one below {site.url}"
        )
        return
    to = target("", url, site.url)
    if isinstance(to, Target) and not _exists(site, to.path):
        yield Problem(sitemap, "bad-sitemap", "address is no file of the site", url)
