"""Names of the files of a catalogue and of a site, and the paths built from them."""

from pathlib import Path, PurePosixPath
from urllib.parse import quote, urljoin
from zlib import crc32

from portal.model.collection import Collection

__all__ = [
    "POSTERIOR",
    "absolute_data_url",
    "csv_path",
    "data_href",
    "mirror_urls",
    "model_page",
    "parquet_path",
    "report_path",
    "shard",
]


POSTERIOR = "atomium-posterior"
"""Format of files that may have a report beside them."""


def parquet_path(catalog: Path, table: str) -> Path:
    """Path of the Parquet file of `table`."""
    return catalog / f"{table}.parquet"


def csv_path(catalog: Path, table: str) -> Path:
    """Path of the CSV twin of `table`."""
    return catalog / f"{table}.csv"


def shard(model_id: str) -> str:
    """Two hexadecimal digits that spread model pages over 256 folders.

    The low byte of the CRC-32 of the name, so that a browser computes it too.
    """
    return f"{crc32(model_id.encode()) & 0xFF:02x}"


def model_page(model_id: str) -> str:
    """Path of the page of a model, relative to the site."""
    return f"m/{shard(model_id)}/{model_id}.html"


def absolute_data_url(collection: Collection, path: str) -> str:
    """Address of the file at `path` of the store, percent-encoded."""
    base = urljoin(collection.site_url, collection.data_url)
    return base + _quoted(path)


def mirror_urls(collection: Collection, path: str) -> tuple[str, ...]:
    """Further addresses of the file at `path` of the store."""
    return tuple(base + _quoted(path) for base in collection.mirrors)


def report_path(path: str) -> str:
    """Path or address of the report of a posterior, from that of its file."""
    return f"{path.rpartition('.')[0]}.html"


def data_href(collection: Collection, path: str, depth: int) -> str:
    """Link to a file of the store from a page `depth` folders below the site's root."""
    if "://" in collection.data_url:
        return collection.data_url + _quoted(path)
    return "../" * depth + collection.data_url + _quoted(path)


def _quoted(path: str) -> str:
    # surrogateescape: a file name that is not UTF-8 keeps its bytes.
    return quote(str(PurePosixPath(path)).encode(errors="surrogateescape"))
