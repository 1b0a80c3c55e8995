"""The server: one handler of requests over Python's own threading HTTP server.

The standard library suffices because the server is for one machine; a published site lies
on any static host.
"""

import errno
import html
import logging
import os
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from threading import Thread
from time import monotonic, sleep
from typing import BinaryIO
from urllib.parse import quote

from portal.errors import ConfigError
from portal.server.faults import Faults, Served, Troubles
from portal.server.files import Mount, Mounts, locate, media_type
from portal.server.ranges import etag, last_modified, not_modified, selected

__all__ = ["SiteServer", "serving"]

_log = logging.getLogger(__name__)
_EXPOSED = "Accept-Ranges, Content-Length, Content-Range, ETag, Last-Modified"
_PIECE = 1 << 18


class SiteServer(ThreadingHTTPServer):
    """Serves a site, and a store below ``data/``.

    Parameters
    ----------
    site
        Folder of the site.
    data
        Folder served at ``data/``, or several by their places, such as ``data/``.
    host, port
        Where to listen; port 0 takes a free one.
    prefix
        Path under which everything lies, such as ``/sub/path/``.
    faults
        What to do wrong.

    Raises
    ------
    ConfigError
        If a folder is missing or the address cannot be used.
    """

    daemon_threads = True

    def __init__(
        self,
        site: Path,
        data: Path | Mapping[str, Path] | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        prefix: str = "/",
        faults: Faults | None = None,
    ) -> None:
        self.prefix = "/" + "".join(f"{part}/" for part in prefix.split("/") if part)
        self.mounts = Mounts(*_mounts(self.prefix, site, data))
        self.not_found = site / "404.html"
        self.troubles = Troubles(faults or Faults())
        self.requests: list[Served] = []
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            super().__init__((host, port), _Handler)
        except (OSError, OverflowError) as error:
            raise _cannot_listen(host, port, error) from error

    def server_bind(self) -> None:
        """Bind without looking the host's name up, which takes seconds without a network."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.socket.getsockname()[:2]

    @property
    def url(self) -> str:
        """Address of the site, with a slash at the end."""
        host = f"[{self.server_name}]" if ":" in self.server_name else self.server_name
        return f"http://{host}:{self.server_port}{self.prefix}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Note a failed request; a client that goes away is no error."""
        error = sys.exception()
        if not isinstance(error, ConnectionError | TimeoutError):
            _log.error("request from %s failed", client_address, exc_info=error)


@contextmanager
def serving(
    site: Path,
    data: Path | Mapping[str, Path] | None = None,
    *,
    prefix: str = "/",
    faults: Faults | None = None,
) -> Iterator[SiteServer]:
    """A server on a free local port that runs while the context lasts.

    Its `url` is the address of the site, its `requests` the list of what was `Served`.
    """
    with SiteServer(site, data, prefix=prefix, faults=faults) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    """Answers GET, HEAD and OPTIONS."""

    server: SiteServer
    protocol_version = "HTTP/1.1"
    server_version = "portal"
    timeout = 60.0
    # Head and body are two writes; the second must not wait 40 ms for the first's receipt.
    disable_nagle_algorithm = True

    def version_string(self) -> str:
        return self.server_version

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def do_OPTIONS(self) -> None:
        self._start(
            HTTPStatus.NO_CONTENT,
            0,
            {
                "Allow": "GET, HEAD, OPTIONS",
                "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
                "Access-Control-Allow-Headers": "Range, If-Range, If-None-Match, If-Modified-Since",
                "Access-Control-Max-Age": "600",
            },
        )

    def _answer(self) -> None:
        path = self.path.partition("?")[0].partition("#")[0]
        refusal = self.server.troubles.refusal(path)
        if refusal == HTTPStatus.SERVICE_UNAVAILABLE:
            self._page(HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": "0"})
        elif refusal is not None:
            self._page(HTTPStatus.OK)
        elif (found := self.server.mounts.find(path)) is None:
            self._missing()
        else:
            self._resource(path, *found)

    def _resource(self, path: str, mount: Mount, segments: list[str]) -> None:
        target = locate(mount, segments)
        if target is None:
            self._missing()
        elif target.is_dir():
            self._folder(path, mount, segments, target)
        elif path.endswith("/") or not target.is_file():
            self._missing()
        else:
            self._file(target)

    def _folder(self, path: str, mount: Mount, segments: list[str], target: Path) -> None:
        index = locate(mount, [*segments, "index.html"])
        if not path.endswith("/"):
            self._page(HTTPStatus.MOVED_PERMANENTLY, {"Location": mount.url(segments)})
        elif index is not None and index.is_file():
            self._file(index)
        elif mount.listing:
            self._send_text(HTTPStatus.OK, _listing(target), {})
        else:
            self._missing()

    def _file(self, target: Path) -> None:
        try:
            file = target.open("rb")
        except OSError:
            self._page(HTTPStatus.FORBIDDEN)
            return
        with file:
            self._opened(target, file)

    def _opened(self, target: Path, file: BinaryIO) -> None:
        stat = os.fstat(file.fileno())
        ranges = self.server.troubles.ranges(self.path)
        headers = {
            "Content-Type": media_type(target),
            "ETag": etag(stat),
            "Last-Modified": last_modified(stat),
            # Trying out: a rebuilt page must show at the next load.
            "Cache-Control": "no-cache",
        }
        if ranges:
            headers["Accept-Ranges"] = "bytes"
        if not_modified(self.headers, stat):
            del headers["Content-Type"]
            self._start(HTTPStatus.NOT_MODIFIED, None, headers)
            return
        part = selected(self.headers, stat) if ranges and self.command == "GET" else None
        if part is None:
            self._body(HTTPStatus.OK, headers, file, range(stat.st_size))
        elif not part:
            unsatisfied = {"Content-Range": f"bytes */{stat.st_size}"}
            self._page(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, unsatisfied)
        else:
            headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{stat.st_size}"
            self._body(HTTPStatus.PARTIAL_CONTENT, headers, file, part)

    def _body(
        self, status: HTTPStatus, headers: dict[str, str], file: BinaryIO, part: range
    ) -> None:
        served = self._start(status, len(part), headers)
        if self.command != "GET":
            return
        for piece in self._pieces(file, part):
            # Counted first: a client that has it all must find it counted.
            served.bytes += len(piece)
            self.wfile.write(piece)
        self.close_connection |= served.bytes < len(part)

    def _pieces(self, file: BinaryIO, part: range) -> Iterator[bytes]:
        cut = self.server.troubles.cut(self.path, len(part))
        pace = self.server.troubles.pace(self.path)
        left = len(part) if cut is None else cut
        size = _PIECE if pace is None else max(1, min(_PIECE, int(pace / 20)))
        file.seek(part.start)
        begin, sent = monotonic(), 0
        while left > 0 and (piece := file.read(min(size, left))):
            left -= len(piece)
            sent += len(piece)
            if pace is not None:
                sleep(max(0.0, begin + sent / pace - monotonic()))
            yield piece

    def _missing(self) -> None:
        try:
            text = self.server.not_found.read_text(encoding="utf-8")
        except OSError:
            self._page(HTTPStatus.NOT_FOUND)
        else:
            self._send_text(HTTPStatus.NOT_FOUND, text, {})

    def _page(self, status: HTTPStatus, headers: dict[str, str] | None = None) -> None:
        title = f"{status.value} {status.phrase}"
        text = f"<!doctype html><html lang=en><title>{title}</title><h1>{title}</h1></html>\n"
        self._send_text(status, text, headers or {})

    def _send_text(self, status: HTTPStatus, text: str, headers: dict[str, str]) -> None:
        body = text.encode()
        kind = {"Content-Type": "text/html; charset=utf-8"}
        served = self._start(status, len(body), kind | headers)
        if self.command != "HEAD":
            served.bytes = len(body)
            self.wfile.write(body)

    def _start(self, status: HTTPStatus, length: int | None, headers: dict[str, str]) -> Served:
        """Send the head of an answer and note it in the list of requests."""
        asked = self.headers.get("Range", "")
        served = Served(self.command, self.path, asked, int(status), 0)
        self.server.requests.append(served)
        self.send_response(status)
        if length is not None:
            self.send_header("Content-Length", str(length))
        if self.server.troubles.cors(self.path):
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Access-Control-Expose-Headers", _EXPOSED)
        self.send_header("X-Content-Type-Options", "nosniff")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        return served

    def log_message(self, format: str, *args: object) -> None:
        _log.debug("%s " + format, self.client_address[0], *args)


def _mounts(prefix: str, site: Path, data: Path | Mapping[str, Path] | None) -> Iterator[Mount]:
    below = {"data/": data} if isinstance(data, Path) else data or {}
    stores = [Mount(prefix + place, folder, listing=True) for place, folder in below.items()]
    for mount in [Mount(prefix, site), *stores]:
        if not mount.root.is_dir():
            raise ConfigError(
                f"{mount.root}: cannot be served",
                seen="a file" if mount.root.exists() else "nothing there",
                expected="a folder",
                way_out="build the site first with `portal build`" if mount.root == site else "",
            )
        yield mount


def _listing(folder: Path) -> str:
    """A plain page of links to the files and folders in `folder`."""
    names = sorted(f"{entry.name}/" if entry.is_dir() else entry.name for entry in folder.iterdir())
    links = "".join(
        f'<li><a href="./{quote(os.fsencode(name))}">'
        f"{html.escape(os.fsencode(name).decode(errors='replace'))}</a></li>\n"
        for name in names
    )
    return f'<!doctype html><html lang="en"><title>Files</title>\n<ul>\n{links}</ul></html>\n'


def _cannot_listen(host: str, port: int, error: Exception) -> ConfigError:
    taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
    return ConfigError(
        f"{host}:{port}: cannot listen there",
        seen="a port that another program uses" if taken else str(error),
        expected="a free port" if taken else "",
        way_out="choose another with --port, or --port 0 for any free one",
        code="port-in-use" if taken else "",
    )
