"""Names of the files of a catalogue and of a site, and the paths built from them."""

import re
from pathlib import Path, PurePosixPath
from urllib.parse import quote, urljoin
from zlib import crc32

from portal.model.collection import Collection
from portal.model.schema import TWINS

__all__ = [
    "POSTERIOR",
    "absolute_data_url",
    "csv_path",
    "data_href",
    "mirror_urls",
    "model_page",
    "parquet_path",
    "product_page",
    "report_path",
    "shard",
    "table_paths",
    "thumbnail_path",
]


POSTERIOR = "atomium-posterior"
"""Format of files that may have a report beside them."""


def parquet_path(catalog: Path, table: str) -> Path:
    """Path of the Parquet file of `table`."""
    return catalog / f"{table}.parquet"


def csv_path(catalog: Path, table: str) -> Path:
    """Path of the CSV twin of `table`, one of `portal.model.schema.TWINS`."""
    return catalog / f"{table}.csv"


def table_paths(catalog: Path, table: str) -> tuple[Path, ...]:
    """Paths of all files of `table`, as Parquet and, where it has a twin, as CSV."""
    twin = (csv_path(catalog, table),) if table in TWINS else ()
    return (parquet_path(catalog, table), *twin)


def shard(model_id: str) -> str:
    """Two hexadecimal digits that spread model pages over 256 folders.

    The low byte of the CRC-32 of the name, so that a browser computes it too.
    """
    return f"{crc32(model_id.encode()) & 0xFF:02x}"


def model_page(model_id: str) -> str:
    """Path of the page of a model, relative to the site."""
    return f"m/{shard(model_id)}/{model_id}.html"


_MOST = 200
"""Characters of a name of a page; file systems take some more."""
_ODD = re.compile(rb"[^A-Za-z0-9._+/-]")


def product_page(collection: str, path: str, part: str) -> str:
    """Path of the page of an observed product, relative to the site.

    Its name tells the collection, the path of the file with ``~`` for ``/``, and the part of the
    file; any other character than letters, digits and ``._+-`` is ``=`` and two hexadecimal
    digits for each byte. The browser makes the same name.
    """
    whole = f"{collection}/{path}/{part}".encode(errors="surrogateescape")
    name = _ODD.sub(lambda odd: b"=%02X" % odd[0][0], whole).decode().replace("/", "~")
    if len(name) > _MOST:
        name = f"{name[:120]}~~{crc32(name.encode()):08x}~~{name[-60:]}"
    return f"o/{shard(name)}/{name}.html"


def thumbnail_path(page: str) -> str:
    """Path of the small picture of a product, from that of its page."""
    return f"{page.removesuffix('html')}webp"


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
