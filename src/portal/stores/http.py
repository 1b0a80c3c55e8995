"""A store, or a site, behind HTTP: byte ranges, whole files, and patience with a bad host."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from copy import copy
from pathlib import Path
from threading import Event
from typing import TypeVar
from urllib.parse import quote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    InvalidHeader,
    MaxRetryError,
    NewConnectionError,
    SSLError,
)
from urllib3.util import Retry, Timeout

from portal import __version__
from portal.errors import FetchError
from portal.model.record import Problem
from portal.stores.base import Entry, checked_path
from portal.stores.patience import BUSY, BusyError, Patience

__all__ = ["HttpStore", "file_url", "other_size"]

R = TypeVar("R")

_ADDRESS = re.compile(r"https?://[^/\s]")
_PIECE = 1 << 18
# A host that is there takes a connection at once.
_CONNECT = 5.0
# Patience is ours alone: `portal.stores.patience`.
_ONCE = Retry(total=None, connect=False, read=False, status=0, other=0, redirect=5)


class HttpStore:
    """Files below the address `base`.

    Parameters
    ----------
    base
        Address of the folder; a slash is added where it lacks one.
    attempts
        How often a request is repeated after a lost connection or an answer that says
        that the host is busy. One that cannot be reached from the beginning is tried again
        but twice.
    pause
        Wait before the first repetition [s]; doubled each time, at most 60 s. A host that says
        ``Retry-After`` is given that time, at most 60 s too.
    timeout
        Longest silence of the host [s].
    stop
        Ends the waits between repetitions once it is set.
    entries
        The files, as the published catalogue lists them (`Catalog.entries`): a web server
        cannot be asked what it has. None where they are not known.

    Raises
    ------
    FetchError
        If `base` is no address of the web.
    """

    def __init__(
        self,
        base: str,
        *,
        attempts: int = 5,
        pause: float = 0.5,
        timeout: float = 30.0,
        stop: Event | None = None,
        entries: Iterable[Entry] | None = None,
    ) -> None:
        if not _ADDRESS.match(base):
            raise FetchError(
                "address of a store: cannot be used",
                seen=base,
                expected="an address with http:// or https://",
            )
        self._entries = None if entries is None else sorted(entries, key=lambda e: e.path)
        self.base = base if base.endswith("/") else f"{base}/"
        self._patience = Patience(attempts, pause, stop)
        self._attempts: int | None = None
        wait = Timeout(connect=min(_CONNECT, timeout), read=timeout)
        self._pool = _pool(self.base, retries=_ONCE, timeout=wait, maxsize=16)

    def hasty(self) -> "HttpStore":
        """The same store, which asks but once: for a host that has mirrors."""
        other = copy(self)
        other._attempts = 0
        return other

    def url(self, path: str) -> str:
        """Address of the file at `path`."""
        return file_url(self.base, path)

    def entries(self) -> Iterator[Entry | Problem]:
        """All files, sorted by path.

        Raises
        ------
        FetchError
            If they are not known.
        """
        if self._entries is None:
            raise FetchError(
                "store on the web: its files are not known",
                expected="the list of the published catalogue",
                way_out="open the catalogue and pass the entries of the collection",
                where=self.base,
            )
        yield from self._entries

    def read(self, path: str, offset: int, length: int, total: int | None = None) -> bytes:
        """`length` bytes of the file at `path` from `offset`, by one range request.

        Parameters
        ----------
        total
            Size that the file must have, lest bytes of another one be taken for its own [byte].

        Raises
        ------
        FetchError
            If the file is not there or has another size, `path` leaves the store, or the host
            ignores ranges: a whole file is never fetched for a part of it.
        """
        checked_path(path, FetchError)
        return self.patiently(lambda: self._read(path, offset, length, total))

    def _read(self, path: str, offset: int, length: int, total: int | None) -> bytes:
        with self.request(
            self.url(path), {"Range": f"bytes={offset}-{offset + length - 1}"}
        ) as answer:
            if answer.status == 416:
                said = answer.headers.get("Content-Range", "").rpartition("/")[2]
                raise other_size(self.url(path), said, total or offset + length)
            if answer.status != 206:
                raise FetchError(
                    f"{self.url(path)}: cannot be read in parts",
                    seen=f"status {answer.status}",
                    expected="status 206",
                    way_out="fetch the whole file, or ask for byte ranges on that host",
                    code="no-ranges",
                )
            said = answer.headers.get("Content-Range", "")
            if not said.startswith(f"bytes {offset}-"):
                raise FetchError(
                    f"{self.url(path)}: another part was sent",
                    seen=f"Content-Range {said}",
                    expected=f"bytes {offset}-{offset + length - 1}",
                    way_out="ask for byte ranges that keep to the standard on that host",
                    code="no-ranges",
                )
            if total is not None:
                now = said.rpartition("/")[2]
                if (int(now) if now.isdecimal() else self.size(path)) != total:
                    raise other_size(self.url(path), now, total)
            data = answer.read(length + 1)
        if len(data) != length:
            raise FetchError(
                f"{self.url(path)}: part has another length",
                seen=f"{len(data)} bytes",
                expected=f"{length} bytes",
                way_out="open the catalogue again: the file may have changed",
                code="truncated",
            )
        return data

    def size(self, path: str) -> int:
        """Size of the file at `path` [byte].

        Raises
        ------
        FetchError
            If it is not there, or the host does not say.
        """
        url = self.url(checked_path(path, FetchError))
        said = self.told(url, method="HEAD")[1].get("Content-Length", "")
        if not said.isdecimal():
            raise FetchError(
                f"{self.url(path)}: its size is not known",
                seen=f"Content-Length {said or 'none'}",
                expected="a number of bytes",
                way_out="fetch the whole file, or ask for Content-Length on that host",
                code="no-ranges",
            )
        return int(said)

    def save(self, path: str, to: Path, etag: str = "") -> str | None:
        """Store the file at `path` in `to`, which changes in one step.

        Returns
        -------
        The file's ETag, or None if it still has the ETag `etag`, in which case nothing moves.
        """
        return self.patiently(lambda: self._save(path, to, etag))

    def _save(self, path: str, to: Path, etag: str) -> str | None:
        part = to.with_name(f"{to.name}.{os.getpid()}.part")
        headers = {"If-None-Match": etag} if etag else {}
        with self.request(self.url(path), headers) as answer:
            if answer.status == 304:
                return None
            try:
                with part.open("wb") as file:
                    for piece in answer.stream(_PIECE):
                        file.write(piece)
                part.replace(to)
            finally:
                part.unlink(missing_ok=True)
            return str(answer.headers.get("ETag", ""))

    def told(
        self, url: str, headers: dict[str, str] | None = None, method: str = "GET"
    ) -> tuple[int, Mapping[str, str]]:
        """Status and headers of the answer to a request, repeated as need be.

        Raises
        ------
        FetchError
            As `request` does.
        """

        def asked() -> tuple[int, Mapping[str, str]]:
            with self.request(url, headers, method) as answer:
                return answer.status, answer.headers

        return self.patiently(asked)

    @contextmanager
    def request(
        self, url: str, headers: dict[str, str] | None = None, method: str = "GET"
    ) -> Iterator[urllib3.BaseHTTPResponse]:
        """The answer to one request for the address `url`, its body unread; never repeated.

        Raises
        ------
        FetchError
            If the host cannot be reached, breaks off, or refuses; code ``http-404`` and the
            like for a refusal, ``unreachable`` where no connection could be made, and
            ``connection`` for the rest.
        """
        # Without encoding: offsets and checksums are those of the plain file.
        plain = {
            "Accept-Encoding": "identity",
            "User-Agent": f"atomium-portal/{__version__}",
            **(headers or {}),
        }
        try:
            answer = self._pool.request(method, url, headers=plain, preload_content=False)
            try:
                _refuse(url, answer.status, answer.headers)
                yield answer
            finally:
                # An answer not read to its end would block the connection for others.
                answer.close()
        except HTTPError as error:
            raise _lost(url, error) from error

    def patiently(self, get: Callable[[], R], gained: Callable[[], int] = lambda: 0) -> R:
        """What `get` returns, which turns to this host and is repeated as `Patience` says."""
        return self._patience(get, gained, self._attempts)

    def close(self) -> None:
        """End all connections."""
        self._pool.clear()


def other_size(where: str, seen: str, expected: int) -> FetchError:
    """The error for a file that is not the one that the catalogue describes."""
    return FetchError(
        f"{where}: has another size than in the catalogue",
        seen=f"{seen if seen.isdecimal() else 'another number of'} bytes",
        expected=f"{expected} bytes",
        way_out="open the catalogue again: the file has been replaced",
        code="wrong-size",
    )


def file_url(base: str, path: str) -> str:
    """Address of the file at `path` below `base`, percent-encoded."""
    return base + ("" if base.endswith("/") else "/") + quote(path.encode(errors="surrogateescape"))


def _pool(base: str, **options: object) -> urllib3.PoolManager:
    """Connections, through the proxy of the environment where there is one for this host."""
    parts = urlsplit(base)
    proxy = getproxies().get(parts.scheme)
    if proxy and not proxy_bypass(parts.hostname or ""):
        return urllib3.ProxyManager(proxy, **options)  # type: ignore[arg-type]  # passed through
    return urllib3.PoolManager(**options)  # type: ignore[arg-type]  # passed through


def _lost(url: str, error: HTTPError) -> FetchError:
    cause = error.reason if isinstance(error, MaxRetryError) and error.reason else error
    if isinstance(cause, (NewConnectionError, ConnectTimeoutError, SSLError)):
        return FetchError(
            f"{urljoin(url, '/')}: cannot be reached",
            seen=str(cause),
            way_out="check the address and the network, or try again later",
            code="unreachable",
        )
    return FetchError(
        f"{url}: connection lost", seen=str(cause), way_out="try again", code="connection"
    )


def _refuse(url: str, status: int, headers: Mapping[str, str]) -> None:
    if status < 400 or status == 416:
        return
    error = (BusyError if status in BUSY else FetchError)(
        f"{url}: the host refuses",
        seen=f"status {status}",
        way_out="scan and publish again, or tell the data's contact"
        if status == 404
        else "try again later",
        code=f"http-{status}",
    )
    if isinstance(error, BusyError) and (asked := headers.get("Retry-After")):
        with suppress(InvalidHeader):
            error.asked = _ONCE.parse_retry_after(asked)
    raise error
