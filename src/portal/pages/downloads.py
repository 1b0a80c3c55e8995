"""The page of the catalogue's tables and of all lists made from it."""

import shlex
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from portal.catalog.paths import absolute_data_url, csv_path, parquet_path
from portal.catalog.table import Catalog
from portal.exporters.base import published
from portal.model.schema import TWINS, Column
from portal.pages._examples import Example
from portal.pages._sites import single, site_url
from portal.pages._text import clean, human_bytes, label, number, unit
from portal.pages.base import Context, Page, Source

__all__ = ["PAGE"]

_ABOUT = {
    "models": "One row a model, with every parameter.",
    "observations": "One row a synthetic observation: the ObsCore columns, then where each "
    "spectrum and moment map lies in its file, to the byte.",
    "files": "One row a file of the store: address, size and SHA-256.",
    "problems": "One row for each thing that the scan refused or doubted.",
    "provenance": "One row for each value of an observed product: where it is from, how sure it "
    "is, and what it beat.",
}
_USE = {
    "aria2": "aria2c --continue --max-concurrent-downloads=4 --input-file=aria2.txt",
    "checksums": "sha256sum --check --quiet --ignore-missing SHA256SUMS",
    "curl": "curl --config curl.txt",
    "fetch": "sh fetch.txt",
    "metalink": "aria2c --continue --max-concurrent-downloads=4 --metalink-file=files.meta4",
    "names": "portal fetch --names names.txt --catalog {site}",
    "pandas": "python3 rows.py",
    "previews": "wget --continue --input-file=previews.txt",
    "rclone": "rclone copy --files-from-raw rclone.txt --no-traverse --http-url {data} :http: .",
    "urls": "wget --continue --force-directories --no-host-directories --cut-dirs={cut} "
    "--input-file=urls.txt",
}
"""What to do with a list, by the name of its exporter."""
_WGET = Example(
    "bash",
    """
wget __urls__
wget --continue --force-directories --no-host-directories --cut-dirs=__cut__ --input-file=urls.txt
""",
)
_CHECK = Example(
    "bash",
    """
wget __sums__
sha256sum --check --quiet --ignore-missing SHA256SUMS
""",
)
_PANDAS = Example(
    "python",
    """
import pandas as pd

models = pd.read_parquet("__models__")
columns = ["model_id", "line", "peak_flux_density"]
observations = pd.read_parquet("__observations__", columns=columns)
print(models.merge(observations, on="model_id").groupby("line").peak_flux_density.describe())
""",
)


class _Downloads:
    template = "downloads.html"

    def pages(self, source: Source) -> Iterator[Page]:
        """The page of downloads."""
        catalog = source.catalog
        sizes = catalog.table("files", ["bytes"])["bytes"]
        total = sum(sizes.to_pylist())
        context: Context = {
            "total": human_bytes(total),
            "count": number(len(sizes)),
            "tables": [_table(catalog, name) for name in catalog.counts],
            "exports": _exports(catalog),
            "samples": _samples(catalog),
        }
        description = "The catalogue as tables, lists of files for wget, and checksums."
        yield single(catalog, "downloads.html", "Downloads", description, context)


def _table(catalog: Catalog, name: str) -> Context:
    return {
        "name": name,
        "about": _ABOUT[name],
        "rows": number(catalog.counts[name]),
        "parquet": _size(parquet_path(catalog.root, name)),
        "csv": _size(csv_path(catalog.root, name)) if name in TWINS else None,
        "columns": [_column(column) for column in catalog.columns(name)],
    }


def _size(path: Path) -> str | None:
    return human_bytes(path.stat().st_size) if path.is_file() else None


def _column(column: Column) -> Context:
    return {
        "name": clean(column.name),
        "type": column.type,
        "unit": unit(column.unit),
        "ucd": clean(column.ucd),
        "meaning": clean(column.description),
    }


def _exports(catalog: Catalog) -> list[Context]:
    site = site_url(catalog)
    data = next((urljoin(site, c.data_url) for c in catalog.collections), site)
    said = {"cut": str(_folders_before(catalog)), "site": site, "data": data}
    return [
        {
            "name": label(e.name),
            "filename": e.filename,
            "about": e.description,
            "use": _USE.get(e.name, "").format(**{k: shlex.quote(v) for k, v in said.items()}),
        }
        for e in sorted(published(), key=lambda e: e.filename)
    ]


def _folders_before(catalog: Catalog) -> int:
    """Folders in the addresses of files that a mirror leaves out, to have SHA256SUMS's paths."""
    for batch in catalog.batches("files", ["collection", "path", "url"], 1):
        for row in batch.to_pylist():
            url = row["url"] or absolute_data_url(
                catalog.collection(row["collection"]), row["path"]
            )
            return int(urlsplit(url).path.strip("/").count("/") - row["path"].count("/"))
    return 0


def _samples(catalog: Catalog) -> list[Context]:
    def address(path: str) -> str:
        return urljoin(site_url(catalog), path)

    shell = {
        "cut": str(_folders_before(catalog)),
        "urls": shlex.quote(address("downloads/urls.txt")),
        "sums": shlex.quote(address("downloads/SHA256SUMS")),
    }
    python = {name: repr(address(f"catalog/{name}.parquet")) for name in ("models", "observations")}
    given = (
        ("Everything with wget", "Resumes where it stopped.", _WGET, shell),
        ("Check what arrived", "In the folder that wget filled.", _CHECK, shell),
        ("The tables with pandas", "No account, no client, no server code.", _PANDAS, python),
    )
    return [
        {
            "title": title,
            "about": about,
            "language": e.language,
            "code": [e.html(values)],
            "more": "",
        }
        for title, about, e, values in given
    ]


PAGE = _Downloads()
