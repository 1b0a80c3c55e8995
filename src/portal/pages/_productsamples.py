"""The samples on the page of an observed product."""

import re
import shlex
from urllib.parse import urljoin

from markupsafe import Markup

from portal.catalog.datalinks import document_path
from portal.model.collection import Collection
from portal.pages._examples import Example
from portal.pages._observed import Product
from portal.pages.base import Context

__all__ = ["samples"]

_WGET = Example("bash", "wget --continue __url__")
_VERIFY = Example("bash", "echo __sum__ | sha256sum --check")
_ASTROPY = Example(
    "python",
    """
from astropy.io import fits

with fits.open("__url__") as file:
    file.info()
    hdu = file[__hdu__]
    print(hdu.header.get("OBJECT"), hdu.header.get("NAXIS1"), hdu.header.get("NAXIS2"))
""",
)
_PANDAS = Example(
    "python",
    """
import pandas as pd

site, did = "__site__", "__did__"
mine = [("obs_publisher_did", "==", did)]
row = pd.read_parquet(site + "catalog/observations.parquet", filters=mine).iloc[0]
print(row.dropna())
origins = pd.read_parquet(site + "catalog/provenance.parquet", filters=mine)
print(origins.loc[origins["used"], ["column", "value", "kind", "source", "confidence"]])
""",
)
_DATALINK = Example(
    "python",
    """
from astropy.table import Table

links = Table.read("__links__", format="votable")
print(links["semantics", "content_type", "access_url"])
""",
)
_NUMBER = re.compile(r"\d+")


def samples(product: Product, collection: Collection, url: str) -> list[Context]:
    """The samples that hold for a product, each with a title and a sentence."""
    file, row, key = product.file, product.row, product.key
    shown = [_shown("wget", "Resumes where it stopped.", _WGET, {"url": shlex.quote(url)})]
    if file["sha256"]:
        line = f"{file['sha256']}  {url.rpartition('/')[2]}"
        about = "Says whether it arrived whole."
        shown.append(_shown("sha256sum", about, _VERIFY, {"sum": shlex.quote(line)}))
    found = _NUMBER.match(key.part)
    values = {"url": repr(url), "hdu": found[0] if found else "0"}
    about = "Needs astropy; the file is fetched once and kept in its cache."
    shown.append(_shown("astropy", about, _ASTROPY, values))
    site = {"site": repr(collection.site_url), "did": repr(row["obs_publisher_did"])}
    about = "The row of this product, and where each of its values is from."
    shown.append(_shown("pandas", about, _PANDAS, site))
    links = urljoin(collection.site_url, document_path(row | {"model_id": None}))
    about = "What belongs to the file, for programs (DataLink 1.1)."
    shown.append(_shown("Links", about, _DATALINK, {"links": repr(links)}))
    return shown


def _shown(title: str, about: str, example: Example, values: dict[str, str]) -> Context:
    return {
        "title": title,
        "about": about,
        "more": "",
        "language": example.language,
        "code": [Markup(example.html(values))],
    }
