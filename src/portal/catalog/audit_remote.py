"""The files of the catalogue where they are published, without fetching them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urljoin

from portal.catalog.selection import DATA_KINDS, StoredFile, files_of
from portal.catalog.table import Catalog
from portal.errors import FetchError
from portal.model.record import Problem
from portal.stores.http import HttpStore

__all__ = ["audit_remote"]

_WORKERS = 4
_NEEDED = {
    "Access-Control-Allow-Origin": "pages of other sites cannot read the data",
    "Accept-Ranges": "the host does not announce byte ranges",
}


def audit_remote(catalog: Catalog, attempts: int = 3, pause: float = 0.5) -> Iterator[Problem]:
    """Published files that are missing or of another size, and hosts that lack what is needed.

    One HEAD request a file; the first file of each host shows whether the host sends byte
    ranges, may be read from other sites, and leaves the files unencoded.

    Parameters
    ----------
    attempts, pause
        How often a request is repeated, and the wait before the first repetition [s].
    """
    hosts: dict[str, HttpStore] = {}
    files = list(files_of(catalog, None, (*DATA_KINDS, "other"), None))
    first: dict[str, StoredFile] = {}
    for file in files:
        host = urljoin(file.url, "/")
        if host not in hosts:
            hosts[host] = HttpStore(host, attempts=attempts, pause=pause)
            first[host] = file
    try:
        for host in sorted(hosts):
            yield from _host(hosts[host], first[host])
        with ThreadPoolExecutor(_WORKERS) as pool:
            for fault in pool.map(lambda file: _file(hosts[urljoin(file.url, "/")], file), files):
                if fault is not None:
                    yield fault
    finally:
        for store in hosts.values():
            store.close()


def _host(store: HttpStore, file: StoredFile) -> Iterator[Problem]:
    # What is wrong with the file itself is said when its turn comes.
    try:
        status, headers = store.told(file.url, {"Range": "bytes=0-0", "Origin": "null"})
    except FetchError:
        return
    if status != 206 and file.bytes:
        what = "the host ignores byte ranges"
        yield Problem(store.base, "bad-host", what, f"status {status}", "status 206")
    for name, what in _NEEDED.items():
        if name not in headers and (name != "Accept-Ranges" or status != 206):
            yield Problem(store.base, "bad-host", what, "nothing", f"a header {name}")
    if encoding := headers.get("Content-Encoding"):
        what = "the host encodes files, so that offsets do not fit"
        yield Problem(store.base, "bad-host", what, encoding, "no Content-Encoding")


def _file(store: HttpStore, file: StoredFile) -> Problem | None:
    try:
        size = int(store.told(file.url, method="HEAD")[1].get("Content-Length", -1))
    except FetchError as error:
        return Problem(file.path, "missing-file", "file is not published", error.seen, file.url)
    if size != file.bytes:
        seen, expected = f"{size} bytes", f"{file.bytes} bytes"
        return Problem(file.path, "wrong-size", "published file has another size", seen, expected)
    return None
