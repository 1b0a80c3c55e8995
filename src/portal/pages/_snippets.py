"""The samples on the page of a model, and the values that go into their gaps."""

import shlex
from urllib.parse import urljoin

from portal.catalog.merge import Rows
from portal.catalog.paths import absolute_data_url
from portal.model.collection import Collection
from portal.pages._examples import Example
from portal.pages._text import clean
from portal.pages.base import Context

__all__ = ["samples"]

_WGET = Example("bash", "wget --continue __url__")
_CURL = Example(
    "bash",
    "curl --fail --location --continue-at - --remote-name __url__",
)
_VERIFY = Example("bash", "echo __sum__ | sha256sum --check")
_PANDAS = Example(
    "python",
    """
import pandas as pd

models = pd.read_parquet("__models__", filters=[("model_id", "==", "__model_id__")])
print(models.T)
""",
)
_LAZY = Example(
    "python",
    """
import fsspec
import h5py

remote = fsspec.open("__url__", cache_type="blockcache", block_size=64 * 1024)
with remote as stream, h5py.File(stream) as file:
    view = file["__group__"]
    velocity, spectrum = view["velocity"][:], view["spectrum"][:]
    channel = view["intensity"][len(velocity) // 2]
print(velocity[spectrum.argmax()], spectrum.max(), channel.shape)
""",
)
_RANGE = Example(
    "python",
    """
from urllib.request import Request, urlopen

import numpy as np

request = Request("__url__", headers={"Range": "__range__"})
spectrum = np.frombuffer(urlopen(request).read(), "__dtype__")  # Jy
print(spectrum.max())
""",
)


def samples(
    collection: Collection, row: Rows, observations: list[Rows], files: list[Rows]
) -> list[Context]:
    """The samples that hold for this model, each with a title and a sentence."""
    if not files:
        return []
    file = next((f for f in files if f["kind"] == "observation"), files[0])
    url = file["url"] or absolute_data_url(collection, file["path"])
    shell = {"url": shlex.quote(clean(url))}
    shown = [
        _shown("wget", "Resumes where it stopped.", _WGET, shell),
        _shown("curl", "Resumes too, and stores no error page.", _CURL, shell),
    ]
    if file["sha256"]:
        name = url.rpartition("/")[2]
        line = shlex.quote(f"{file['sha256']}  {name}")
        shown.append(_shown("sha256sum", "Says whether it arrived whole.", _VERIFY, {"sum": line}))
    python = {
        "url": repr(url),
        "models": repr(urljoin(collection.site_url, "catalog/models.parquet")),
        "model_id": repr(row["model_id"]),
    }
    shown.append(_shown("pandas", "This model's row of the catalogue.", _PANDAS, python))
    return shown + _remote(python, observations)


def _remote(values: dict[str, str], observations: list[Rows]) -> list[Context]:
    if not observations:
        return []
    first = observations[0]
    about = (
        "Reads over HTTP what it touches, not the whole file. The cache options matter: the "
        "default moves ten times as much. Needs fsspec, aiohttp and h5py."
    )
    lazy = _shown("h5py over HTTP", about, _LAZY, values | {"group": repr(first["hdf5_group"])})
    offset, nbytes = first.get("spectrum_offset"), first.get("spectrum_nbytes")
    if offset is None or not nbytes or first.get("spectrum_filters"):
        return [lazy]
    gaps = values | {
        "range": repr(f"bytes={offset}-{offset + nbytes - 1}"),
        "dtype": repr(first["spectrum_dtype"]),
    }
    about = f"{nbytes} bytes and no HDF5 library: the catalogue knows where each spectrum lies."
    return [lazy, _shown("One spectrum by byte range", about, _RANGE, gaps)]


def _shown(title: str, about: str, example: Example, values: dict[str, str]) -> Context:
    return {
        "title": title,
        "about": about,
        "language": example.language,
        "code": example.html(values),
    }
