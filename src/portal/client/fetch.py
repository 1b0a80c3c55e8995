"""Downloads: in parallel, resumed where they stopped, verified before they get their name."""

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from threading import Event, Lock
from urllib.parse import urljoin, urlsplit
from urllib.request import url2pathname

from portal.catalog.selection import StoredFile
from portal.client.plan import Plan, is_there
from portal.client.sums import Sums
from portal.client.threads import in_threads
from portal.client.verify import fault_of
from portal.errors import FetchError
from portal.stores.http import HttpStore, other_size
from portal.stores.mirrored import is_host_fault

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
    folder: str | Path,
    *,
    workers: int = 4,
    attempts: int = 5,
    pause: float = 0.5,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Download `files` into `folder`, below the paths that they have in the store.

    A file that is there is kept if its SHA-256 is the promised one; it is not read again if
    ``SHA256SUMS`` in the folder says so and is younger than the file. One of which no SHA-256
    is known is kept if size and time are those that the host says. One that was cut off goes on
    where it stopped. A file gets its name, and takes the place of an older one, once its size
    and SHA-256 are right; the sums of files that were fetched or read are added to
    ``SHA256SUMS``. One that fails does not stop the others. A host that is away or refuses is
    left for the next mirror of the file, if it has any.

    Parameters
    ----------
    files
        What to fetch, as `OpenedCatalog.plan` gives it. A size below 0 is not known, and a file
        without one is not resumed.
    workers
        Files fetched at a time.
    attempts
        How often a file is tried again without a byte gained. A host that cannot be reached
        from the beginning is tried again but twice, for all its files together.
    pause
        Wait before the second attempt [s]; doubled each time, at most 60 s, which is also the
        longest that a busy host may ask for.
    progress
        Called with bytes done and bytes in all [byte], from several threads in turn.

    Raises
    ------
    FetchError
        If the folder cannot be used, or ``SHA256SUMS`` not be written.
    """
    to = Path(folder)
    try:
        to.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FetchError(
            f"{to}: cannot be used as a folder",
            seen=error.strerror or type(error).__name__,
            way_out="fetch into another folder",
            code="unwritable",
        ) from error
    job = _Job(to, attempts, pause, _Meter(Plan(tuple(files)).bytes, progress))
    try:
        in_threads(job.one, files, workers, job.stop)
    finally:
        job.close()
        if job.read:
            Sums(to).add({f.path: f.sha256 for f in files if f.path in job.read})
    job.report.fetched.sort()
    job.report.kept.sort()
    return job.report


class _Meter:
    """Counts the bytes that each file has, and reports those of all."""

    def __init__(self, total: int, report: Callable[[int, int], None]) -> None:
        self._lock = Lock()
        self._total = total
        self._done = 0
        self._of: dict[str, int] = {}
        self._report = report

    def set(self, file: StoredFile, count: int) -> None:
        with self._lock:
            self._done += count - self._of.get(file.path, 0)
            self._of[file.path] = count
            self._report(self._done, self._total)


class _Job:
    """One call of `fetch`."""

    def __init__(self, folder: Path, attempts: int, pause: float, meter: _Meter) -> None:
        self.report = Report()
        self.stop = Event()
        self.read: set[str] = set()
        self._folder = folder.resolve()
        self._vouched = Sums(self._folder).vouched()
        self._left: set[str] = set()
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
                if file.sha256 and (not kept or self._vouched.get(file.path) != file.sha256):
                    self.read.add(file.path)
                self.report.bytes += 0 if kept else file.bytes

    def _file(self, file: StoredFile) -> bool:
        target = self._target(file)
        if self._is_right(file, target):
            self._meter.set(file, max(0, file.bytes))
            return True
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{target.name}.part")
        *others, last = self._addresses(file)
        if not any(self._tried(replace(file, url=url), part) for url in others):
            self._whole(replace(file, url=last), part)
        part.replace(target)
        _note(part).unlink(missing_ok=True)
        return False

    def _is_right(self, file: StoredFile, target: Path) -> bool:
        """Whether the file that is there is what the catalogue, or else the host, says."""
        if not is_there(file, self._folder):
            return False
        if file.sha256:
            vouched = self._vouched.get(file.path) == file.sha256
            return vouched or fault_of(target, file.bytes, file.sha256) is None
        if file.url.startswith("file:"):
            return False
        said = self._store(file.url).told(file.url, method="HEAD")[1]
        there = target.stat()
        same = said.get("Content-Length") == str(there.st_size)
        return same and _time_of(said) == int(there.st_mtime)

    def _addresses(self, file: StoredFile) -> list[str]:
        """Where the file lies, hosts that failed last."""
        return sorted((file.url, *file.mirrors), key=lambda url: urljoin(url, "/") in self._left)

    def _tried(self, file: StoredFile, part: Path) -> bool:
        """Whether the file came from a host that is not the last."""
        try:
            self._whole(file, part, hasty=True)
            return True
        except FetchError as error:
            if error.code == "stopped":
                raise
            # Without one file a host may well have the others.
            if is_host_fault(error) and error.code != "http-404":
                self._left.add(urljoin(file.url, "/"))
            return False

    def _whole(self, file: StoredFile, part: Path, *, hasty: bool = False) -> None:
        """Fill `part` with what the catalogue says, or fail."""
        for last in (False, True):
            self._obtain(file, part, hasty)
            try:
                _judge(file, part)
                return
            except FetchError:
                # What is there cannot be resumed; the second time it is the host's fault.
                part.unlink(missing_ok=True)
                _note(part).unlink(missing_ok=True)
                self._meter.set(file, 0)
                if last:
                    raise

    def _obtain(self, file: StoredFile, part: Path, hasty: bool) -> None:
        if file.url.startswith("file:"):
            shutil.copyfile(url2pathname(urlsplit(file.url).path), part)
            self._meter.set(file, part.stat().st_size)
        else:
            have = _size(part)
            self._meter.set(file, max(0, min(have, file.bytes)))
            store = self._store(file.url)
            ask = store.hasty().patiently if hasty else store.patiently
            ask(lambda: self._attempt(file, part), lambda: _size(part))

    def _target(self, file: StoredFile) -> Path:
        # The catalogue comes from elsewhere: its paths must not lead out of the folder.
        target = self._folder / file.path
        if not Path(os.path.normpath(target)).is_relative_to(self._folder):
            raise FetchError(
                f"{file.path}: leads out of the folder", way_out="do not trust this catalogue"
            )
        return target

    def _attempt(self, file: StoredFile, part: Path) -> None:
        """One request for what `part` lacks."""
        have = _size(part)
        if have == file.bytes:
            return
        headers = {}
        note = _note(part)
        if 0 < have < file.bytes and note.is_file():
            headers = _rest(file, have, note)
        with self._store(file.url).request(file.url, headers) as answer:
            _refuse_other(file, answer.status, answer.headers)
            if answer.status != 206:
                have = 0
                _remember(note, file.url, answer.headers.get("ETag", ""))
            with part.open("ab" if have else "wb") as out:
                for piece in answer.stream(_PIECE):
                    if self.stop.is_set():
                        raise _stopped(file)
                    out.write(piece)
                    have += len(piece)
                    self._meter.set(file, min(have, file.bytes) if file.bytes >= 0 else have)
            if (time := _time_of(answer.headers)) is not None:
                os.utime(part, (time, time))

    def _store(self, url: str) -> HttpStore:
        base = urljoin(url, "/")
        with self._lock:
            if base not in self._stores:
                self._stores[base] = HttpStore(
                    base, attempts=self._attempts, pause=self._pause, stop=self.stop
                )
            return self._stores[base]

    def close(self) -> None:
        for store in self._stores.values():
            store.close()


def _size(part: Path) -> int:
    return part.stat().st_size if part.is_file() else 0


def _note(part: Path) -> Path:
    """Where the validator of the version that `part` is a piece of is kept."""
    return part.with_name(f"{part.name}.etag")


def _remember(note: Path, url: str, etag: str) -> None:
    # Only a strong validator vouches for the bytes that are there already.
    if etag.startswith('"'):
        note.write_text(f"{url}\n{etag}", encoding="utf-8")
    else:
        note.unlink(missing_ok=True)


def _rest(file: StoredFile, have: int, note: Path) -> dict[str, str]:
    """Headers that ask for what is missing behind `have` bytes."""
    url, _, etag = note.read_text(encoding="utf-8").partition("\n")
    if url == file.url:
        return {"Range": f"bytes={have}-", "If-Range": etag}
    # Each host has validators of its own; the checksum finds pieces that do not belong together.
    return {"Range": f"bytes={have}-"} if file.sha256 else {}


def _time_of(headers: Mapping[str, str]) -> int | None:
    """When the host says that the file was changed [s since 1970], if it does."""
    try:
        return int(parsedate_to_datetime(headers.get("Last-Modified", "")).timestamp())
    except ValueError:
        return None


def _refuse_other(file: StoredFile, status: int, headers: Mapping[str, str]) -> None:
    """Refuse an answer that is not the file, before any of it is stored."""
    encoding = headers.get("Content-Encoding", "identity")
    if encoding != "identity":
        raise FetchError(
            f"{file.url}: the host encodes the file on its way",
            seen=f"Content-Encoding: {encoding}",
            expected="the file as it is stored",
            way_out="turn compression off for data on that host",
            code="encoded",
        )
    if headers.get("Content-Type", "").partition(";")[0].strip().lower() == "text/html":
        raise FetchError(
            f"{file.url}: the host sends a web page instead of the file",
            seen="text/html",
            expected="data",
            way_out="open the address in a browser to see what the host wants",
            code="html-page",
        )
    if status == 206:
        said = headers.get("Content-Range", "").rpartition("/")[2]
    else:
        said = headers.get("Content-Length", "")
    differs = said.isdecimal() and 0 <= file.bytes != int(said)
    if status == 416 or differs:
        raise other_size(file.url, said, file.bytes)


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
