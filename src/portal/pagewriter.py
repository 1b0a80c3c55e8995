"""Writes pages: takes over those that have not changed, renders the others."""

import hashlib
import multiprocessing
import re
import zlib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import chain, groupby, islice
from pathlib import Path

import portal
from portal.errors import BuildError
from portal.pages.base import Bundle, Group, Page
from portal.publish import Stage
from portal.render import Filled, Renderer

__all__ = [
    "Entry",
    "Job",
    "Settings",
    "checksum",
    "read_manifest",
    "write_manifest",
    "write_pages",
]

_CHUNK = 64
_SUM = re.compile(r"[0-9a-f]{8}")
_AHEAD = 3  # portions in hand per worker: enough to keep it busy, few enough to hold


@dataclass(frozen=True, slots=True)
class Settings:
    """What a worker needs to write pages: folders, and the site that was there before."""

    prose: Path
    stage: Path
    old: Path


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the site: its key, its checksum, and the files that it brought along."""

    path: str
    key: str
    sum: str
    files: tuple[str, ...] = ()
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """A page or a bundle to write, and what is known about those that were there before."""

    template: str
    page: Page | Bundle
    former: tuple[Entry | None, ...]


def write_pages(settings: Settings, jobs: Iterable[Job], workers: int = 1) -> Iterator[Entry]:
    """Write the pages of `jobs`, which is read as the work goes on and never held whole.

    Parameters
    ----------
    workers
        Processes; with 0 or 1 the work is done in this one.
    """
    _tools.cache_clear()  # a stage remembers the folders that it has made
    portions = _portions(iter(jobs))
    first = next(portions, ())
    second = next(portions, None)
    if workers <= 1 or second is None:
        rest = portions if second is None else chain((second,), portions)
        for portion in chain((first,), rest):
            yield from _write_portion(settings, portion)
        return
    # forkserver: quick to start, and never a copy of the threads or locks of this process.
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        yield from _spread(pool, settings, chain((first, second), portions), workers * _AHEAD)


def _spread(
    pool: Executor, settings: Settings, portions: Iterator[tuple[Job, ...]], ahead: int
) -> Iterator[Entry]:
    running: deque[Future[list[Entry]]] = deque()
    try:
        for portion in portions:
            running.append(pool.submit(_write_portion, settings, portion))
            if len(running) >= ahead:
                yield from running.popleft().result()
        while running:
            yield from running.popleft().result()
    except BrokenExecutor as error:
        raise BuildError(
            "worker processes: one was killed",
            way_out="look for a lack of memory, and build again; the old site is as it was",
        ) from error
    finally:
        for future in running:
            future.cancel()


def _portions(jobs: Iterator[Job]) -> Iterator[tuple[Job, ...]]:
    # A bundle is a portion of its own.
    for alone, run in groupby(jobs, key=lambda job: isinstance(job.page, Bundle)):
        while portion := tuple(islice(run, 1 if alone else _CHUNK)):
            yield portion


def _write_portion(settings: Settings, jobs: tuple[Job, ...]) -> list[Entry]:
    stage, renderer = _tools(settings)
    entries: list[Entry] = []
    for job in jobs:
        if isinstance(job.page, Bundle):
            entries += _write_bundle(stage, renderer, job.template, job.page, job.former)
        else:
            entries.append(_write(stage, renderer, job.template, job.page, job.former[0]))
    return entries


@cache
def _tools(settings: Settings) -> tuple[Stage, Renderer]:
    return Stage(settings.stage, settings.old), Renderer(settings.prose)


def _write(
    stage: Stage, renderer: Renderer, template: str, page: Page, former: Entry | None
) -> Entry:
    key = _full_key(page.key, _version(renderer, template))
    if former is not None and former.key == key and stage.keep([page.path, *former.files]):
        return Entry(page.path, key, former.sum, former.files, kept=True)
    contents = page.contents()
    # A file name that is not UTF-8 cannot be shown as it is.
    html = renderer.plain(template, contents.context).encode("utf-8", "replace")
    stage.write(page.path, html)
    for path, data in contents.files.items():
        stage.write(path, data)
    return Entry(page.path, key, checksum(html, *contents.files.values()), tuple(contents.files))


def _write_bundle(
    stage: Stage,
    renderer: Renderer,
    template: str,
    bundle: Bundle,
    formers: Sequence[Entry | None],
) -> list[Entry]:
    entries: dict[int, Entry] = {}
    version = _version(renderer, template)
    for group in bundle.groups():
        filled = None if group.context is None else renderer.fill(template, group.context)
        made = _keys(group.more, version) if filled is None else filled.keys(group.more, version)
        keys = dict(zip(group.rows.tolist(), made, strict=True))
        new: list[int] = []
        for place, (row, key) in enumerate(keys.items()):
            path, former = bundle.paths[row], formers[row]
            if former is not None and former.key == key and stage.keep([path, *former.files]):
                entries[row] = Entry(path, key, former.sum, former.files, kept=True)
            else:
                new.append(place)
        for row, page, files in _made(renderer, template, group, filled, new):
            stage.write(bundle.paths[row], page)
            for path, data in files.items():
                stage.write(path, data)
            entries[row] = Entry(
                bundle.paths[row], keys[row], checksum(page, *files.values()), tuple(files)
            )
    return [entries[row] for row in range(len(bundle.paths))]


def _keys(texts: Sequence[str], version: str) -> list[str]:
    return [_full_key(text, version) for text in texts]


def _made(
    renderer: Renderer, template: str, group: Group, filled: Filled | None, new: list[int]
) -> Iterator[tuple[int, bytes, Mapping[str, bytes]]]:
    """The rows, pages and files of those pages of a group that are new."""
    if not new:
        return
    rows = group.rows[new]
    if group.finish is None:
        for row, page in zip(rows.tolist(), filled.pages(new) if filled else (), strict=True):
            yield row, page, {}
        return
    for whole, files in group.finish(rows):
        pages = renderer.fill(template, whole.context or {}).pages(range(len(whole.rows)))
        yield from zip(whole.rows.tolist(), pages, files, strict=True)


def _full_key(key: str, version: str) -> str:
    return hashlib.blake2b(f"{key}\0{version}".encode(), digest_size=12).hexdigest()


@cache
def _version(renderer: Renderer, template: str) -> str:
    """Hash of all but the data that a page of `template` depends on."""
    return f"{renderer.version(template)} {_code_version()}"


@cache
def _code_version() -> str:
    root = Path(portal.__file__).parent
    digest = hashlib.blake2b(portal.__version__.encode(), digest_size=12)
    alone = [root / name for name in ("columns.py", "render.py", "shell.py")]
    folders = ("extraction", "fits", "pages", "previews")
    for path in sorted([*alone, *(p for name in folders for p in root.glob(f"{name}/*.py"))]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def checksum(*parts: bytes) -> str:
    """CRC-32 of `parts` one after another: finds accidents, at next to no cost."""
    total = 0
    for part in parts:
        total = zlib.crc32(part, total)
    return f"{total:08x}"


def read_manifest(path: Path) -> dict[str, Entry]:
    """The pages of a site by their path; none where there is no manifest."""
    if not path.is_file():
        return {}
    entries = {}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            page, key, *more = line.rstrip("\n").split("\t")
            if more and _SUM.fullmatch(more[0]):  # the manifest of an older version has no sums
                entries[page] = Entry(page, key, more[0], tuple(more[1:]))
    return entries


def write_manifest(entries: Iterable[Entry]) -> Iterator[bytes]:
    """The lines of a manifest, sorted by path."""
    for entry in sorted(entries, key=lambda e: e.path):
        yield "\t".join([entry.path, entry.key, entry.sum, *entry.files]).encode() + b"\n"
