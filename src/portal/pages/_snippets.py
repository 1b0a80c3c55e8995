"""The samples on the page of a model, and the values that go into their gaps."""

import json
import shlex
from dataclasses import dataclass
from urllib.parse import urljoin

from portal.columns import Column, same
from portal.model.collection import Collection
from portal.pages._examples import Example
from portal.pages.base import Context

__all__ = ["Sampled", "samples"]

_ABOUT_LAZY = (
    "Reads over HTTP what it touches, not the whole file. The cache options matter: the default "
    "moves ten times as much. Needs fsspec, aiohttp and h5py."
)
_ABOUT_CURL = (
    "Resumes too, and stores no error page. A file that is whole already gives error 416, which "
    "does no harm."
)

_ABOUT_SCRIPT = "In a module script, or in the console of any page."

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

_SCRIPT = Example(
    "javascript",
    """
const answer = await fetch("__url__", { headers: { Range: "__range__" } });
const spectrum = new __array__(await answer.arrayBuffer()); // Jy, __dtype__
console.log(Math.max(...spectrum));
""",
)


@dataclass(frozen=True, slots=True)
class Sampled:
    """What the samples of each model of a group are about.

    Parameters
    ----------
    url, sha256
        Of the file; None where no checksum was computed.
    group
        Of its first observation; None where it has none.
    place
        First byte and length [byte] and number type of the spectrum; None where a range request
        alone does not fetch it.
    """

    name: Column
    url: Column
    sha256: Column | None
    group: Column | None
    place: tuple[Column, Column, Column] | None


def samples(collection: Collection, said: Sampled) -> list[Context]:
    """The samples that hold for these models, each with a title and a sentence."""
    shell = {"url": said.url.map(shlex.quote)}
    shown = [
        _shown("wget", "Resumes where it stopped.", _WGET, shell),
        _shown("curl", _ABOUT_CURL, _CURL, shell),
    ]
    if said.sha256 is not None:
        pairs = zip(said.sha256.texts(), said.url.texts(), strict=True)
        sums = Column([shlex.quote(f"{h}  {url.rpartition('/')[2]}") for h, url in pairs])
        about = "Says whether it arrived whole."
        shown.append(_shown("sha256sum", about, _VERIFY, {"sum": sums}))
    models = repr(urljoin(collection.site_url, "catalog/models.parquet"))
    python = {
        "url": said.url.map(repr),
        "models": same(models, len(said.name.codes)),
        "model_id": said.name.map(repr),
    }
    shown.append(_shown("pandas", "This model's row of the catalogue.", _PANDAS, python))
    if said.group is not None:
        python["group"] = said.group.map(repr)
        shown.append(_shown("h5py over HTTP", _ABOUT_LAZY, _LAZY, python))
    if said.place is not None:
        shown.append(_by_range(python, *said.place))
        shown.append(_in_a_page(said.url, *said.place))
    return shown


def _by_range(python: dict[str, Column], first: Column, length: Column, dtype: Column) -> Context:
    ranges = Column([repr(text) for text in _ranges(first, length)])
    gaps = python | {"range": ranges, "dtype": dtype.map(repr)}
    about = " bytes and no HDF5 library: the catalogue knows where each spectrum lies."
    return _shown("One spectrum by byte range", length, _RANGE, gaps, about)


def _in_a_page(url: Column, first: Column, length: Column, dtype: Column) -> Context:
    gaps = {
        "url": url.map(json.dumps),
        "range": Column([json.dumps(text) for text in _ranges(first, length)]),
        "array": dtype.map(_array),
        "dtype": dtype,
    }
    return _shown("The same in a web page", _ABOUT_SCRIPT, _SCRIPT, gaps)


def _array(dtype: str) -> str:
    """JavaScript's array of such numbers; of bytes, if it has none."""
    return {"<f4": "Float32Array", "<f8": "Float64Array"}.get(dtype, "Uint8Array")


def _ranges(first: Column, length: Column) -> list[str]:
    pairs = zip(first.texts(), length.texts(), strict=True)
    return [f"bytes={at}-{int(at) + int(size) - 1}" for at, size in pairs]


def _shown(
    title: str, about: str | Column, example: Example, values: dict[str, Column], more: str = ""
) -> Context:
    return {
        "title": title,
        "about": about,
        "more": more,
        "language": example.language,
        "code": example.parts(values),
    }
