"""Downloads: in parallel, resumed where they stopped, verified before they get their name."""

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock
from urllib.parse import urljoin, urlsplit
from urllib.request import url2pathname

from portal.catalog.selection import StoredFile
from portal.client.sums import Sums
from portal.client.verify import fault_of
from portal.errors import FetchError
from portal.stores.http import HttpStore

__all__ = ["Report", "fetch"]

# What is lost of a piece that breaks off is fetched again.
_PIECE = 1 << 16


@dataclass(slots=True)
class Report:
    """What became of the files: paths fetched, paths that were there, and errors."""

    fetched: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    failed: list[FetchError] = field(default_factory=list)
    bytes: int = 0


def fetch(
    files: Sequence[StoredFile],
    folder: Path,
    *,
    workers: int = 4,
    attempts: int = 5,
    pause: float = 0.5,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Download `files` into `folder`, below the paths that they have in the store.

    A file that is there with its size is kept. One that was cut off goes on where it
    stopped. A file gets its name once its size and SHA-256 are right; the sums are added to
    ``SHA256SUMS`` in the folder. One that fails does not stop the others.

    Parameters
    ----------
    files
        What to fetch, as `OpenedCatalog.plan` gives it.
    workers
        Files fetched at a time.
    attempts
        How often a file is tried again without a byte gained.
    pause
        Wait before the second attempt [s]; doubled each time.
    progress
        Called with bytes done and bytes in all [byte], from several threads in turn.
    """
    job = _Job(folder, attempts, pause, _Meter(sum(file.bytes for file in files), progress))
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(workers) as pool:
        try:
            list(pool.map(job.one, files))
        except BaseException:
            # Ctrl-C: the threads stop at the next piece, and what they have is kept.
            job.stop.set()
            pool.shutdown(cancel_futures=True)
            raise
        finally:
            job.close()
    done = {*job.report.fetched, *job.report.kept}
    Sums(folder).add({file.path: file.sha256 for file in files if file.path in done})
    job.report.fetched.sort()
    job.report.kept.sort()
    return job.report


class _Meter:
    """Counts bytes of all threads and reports them."""

    def __init__(self, total: int, report: Callable[[int, int], None]) -> None:
        self._lock = Lock()
        self._total = total
        self._done = 0
        self._report = report

    def add(self, count: int) -> None:
        with self._lock:
            self._done += count
            self._report(self._done, self._total)


class _Job:
    """One call of `fetch`."""

    def __init__(self, folder: Path, attempts: int, pause: float, meter: _Meter) -> None:
        self.report = Report()
        self.stop = Event()
        self._folder = folder.resolve()
        self._attempts = attempts
        self._pause = pause
        self._meter = meter
        self._stores: dict[str, HttpStore] = {}
        self._lock = Lock()

    def one(self, file: StoredFile) -> None:
        """Fetch one file and note what became of it."""
        try:
            kept = self._file(file)
        except FetchError as error:
            with self._lock:
                self.report.failed.append(error)
        except OSError as error:
            with self._lock:
                self.report.failed.append(_unwritable(file, error))
        else:
            with self._lock:
                (self.report.kept if kept else self.report.fetched).append(file.path)
                self.report.bytes += 0 if kept else file.bytes

    def _file(self, file: StoredFile) -> bool:
        target = self._target(file)
        if target.is_file() and target.stat().st_size == file.bytes:
            self._meter.add(file.bytes)
            return True
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{target.name}.part")
        for last in (False, True):
            self._obtain(file, part)
            try:
                _judge(file, part)
                break
            except FetchError:
                # What is there cannot be resumed; the second time it is the host's fault.
                part.unlink(missing_ok=True)
                _note(part).unlink(missing_ok=True)
                if last:
                    raise
                self._meter.add(-file.bytes)
        part.replace(target)
        _note(part).unlink(missing_ok=True)
        return False

    def _obtain(self, file: StoredFile, part: Path) -> None:
        if file.url.startswith("file:"):
            shutil.copyfile(url2pathname(urlsplit(file.url).path), part)
            self._meter.add(file.bytes)
        else:
            self._download(file, part)

    def _target(self, file: StoredFile) -> Path:
        # The catalogue comes from elsewhere: its paths must not lead out of the folder.
        target = self._folder / file.path
        if not Path(os.path.normpath(target)).is_relative_to(self._folder):
            raise FetchError(
                f"{file.path}: leads out of the folder", way_out="do not trust this catalogue"
            )
        return target

    def _download(self, file: StoredFile, part: Path) -> None:
        """Fill `part`, patiently; an attempt that gained bytes does not count."""
        failures = 0
        before = part.stat().st_size if part.is_file() else 0
        self._meter.add(min(before, file.bytes))
        while True:
            try:
                self._attempt(file, part)
                return
            except FetchError as error:
                now = part.stat().st_size if part.is_file() else 0
                failures = 1 if now > before else failures + 1
                before = now
                if failures > self._attempts or error.code not in ("connection", "html-page"):
                    raise
            if self.stop.wait(min(60.0, self._pause * 2 ** (failures - 1))):
                raise _stopped(file)

    def _attempt(self, file: StoredFile, part: Path) -> None:
        """One request for what `part` lacks."""
        have = part.stat().st_size if part.is_file() else 0
        if have == file.bytes:
            return
        headers = {}
        note = _note(part)
        if 0 < have < file.bytes and note.is_file():
            headers = {"Range": f"bytes={have}-", "If-Range": note.read_text()}
        with self._store(file.url).request(file.url, headers) as answer:
            _refuse_other(file, answer.status, answer.headers)
            if answer.status != 206:
                self._meter.add(-min(have, file.bytes))
                have = 0
                _remember(note, answer.headers.get("ETag", ""))
            with part.open("ab" if have else "wb") as out:
                for piece in answer.stream(_PIECE):
                    out.write(piece)
                    self._meter.add(len(piece))
                    if self.stop.is_set():
                        raise _stopped(file)

    def _store(self, url: str) -> HttpStore:
        base = urljoin(url, "/")
        with self._lock:
            if base not in self._stores:
                self._stores[base] = HttpStore(base, attempts=self._attempts, pause=self._pause)
            return self._stores[base]

    def close(self) -> None:
        for store in self._stores.values():
            store.close()


def _note(part: Path) -> Path:
    """Where the validator of the version that `part` is a piece of is kept."""
    return part.with_name(f"{part.name}.etag")


def _remember(note: Path, etag: str) -> None:
    # Only a strong validator vouches for the bytes that are there already.
    if etag.startswith('"'):
        note.write_text(etag)
    else:
        note.unlink(missing_ok=True)


def _refuse_other(file: StoredFile, status: int, headers: Mapping[str, str]) -> None:
    """Refuse an answer that is not the file, before any of it is stored."""
    if headers.get("Content-Type", "").partition(";")[0].strip().lower() == "text/html":
        raise FetchError(
            f"{file.url}: the host sends a web page instead of the file",
            seen="text/html",
            expected=f"{file.bytes} bytes of data",
            way_out="open the address in a browser to see what the host wants",
            code="html-page",
        )
    if status == 206:
        said = headers.get("Content-Range", "").rpartition("/")[2]
    else:
        said = headers.get("Content-Length", "")
    if status == 416 or (said.isdecimal() and int(said) != file.bytes):
        raise FetchError(
            f"{file.url}: has another size than in the catalogue",
            seen=f"{said or 'fewer'} bytes",
            expected=f"{file.bytes} bytes",
            way_out="open the catalogue again: the file has been replaced",
            code="wrong-size",
        )


def _judge(file: StoredFile, part: Path) -> None:
    """Refuse a file that is not what the catalogue says."""
    fault = fault_of(part, file.bytes, file.sha256)
    if fault is not None:
        raise FetchError(
            f"{file.url}: {fault.what}",
            seen=fault.seen,
            expected=fault.expected,
            way_out="fetch again; if it stays so, tell the data's contact",
            code=fault.code,
        )


def _stopped(file: StoredFile) -> FetchError:
    return FetchError(f"{file.path}: stopped", way_out="fetch again to go on", code="stopped")


def _unwritable(file: StoredFile, error: OSError) -> FetchError:
    return FetchError(
        f"{file.path}: cannot be stored",
        seen=error.strerror or type(error).__name__,
        way_out="make room, or fetch into another folder",
        code="unwritable",
    )
