"""The columns of a batch of models as pages print them, each distinct value made once."""

import math
from collections.abc import Callable
from functools import cache, cached_property
from itertools import pairwise
from urllib.parse import quote

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from portal.catalog.merge import Rows
from portal.catalog.paths import POSTERIOR, absolute_data_url, data_href, model_page
from portal.columns import Column, numbers, script_json
from portal.pages._batches import Batch
from portal.pages._modeldata import observations_json
from portal.pages._text import clean, human_bytes, number, unit

__all__ = ["Printed", "array", "missing"]

_DEPTH = 2
_ROOT = "../" * _DEPTH
_DIGITS = 6


def missing(values: pa.Array, falsy: bool = False) -> npt.NDArray[np.bool_]:
    """Where there is no value, or with `falsy` an empty text either; NaN is none."""
    if pa.types.is_floating(values.type):
        none = pc.is_null(values, nan_is_null=True)
    elif falsy and pa.types.is_string(values.type):
        none = pc.equal(pc.fill_null(values, ""), "")
    elif falsy and pa.types.is_list(values.type):
        none = pc.equal(pc.fill_null(pc.list_value_length(values), 0), 0)
    else:
        none = pc.is_null(values)
    found: npt.NDArray[np.bool_] = none.to_numpy(zero_copy_only=False)
    return found


class Printed:
    """What is printed of a batch, a text or a column of them for each row of its tables."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self._made: dict[tuple[str, str], Column] = {}

    def model(self, name: str) -> Column:
        """A column of the table of models."""
        return self._of("models", name)

    def observation(self, name: str) -> Column:
        """A column of the table of observations."""
        return self._of("observations", name)

    def file(self, name: str) -> Column:
        """A column of the table of files."""
        return self._of("files", name)

    def _of(self, table: str, name: str) -> Column:
        key = (table, name)
        if key not in self._made:
            self._made[key] = _printed(array(self.batch, table, name), _FIGURES.get(name, _DIGITS))
        return self._made[key]

    @cached_property
    def ids(self) -> list[str]:
        """(model,) names as the tables have them."""
        found: list[str] = self.batch.models["model_id"].to_pylist()
        return found

    @cached_property
    def files_of(self) -> list[list[Rows]]:
        """(model,) rows of the files."""
        return self.batch.rows("files")

    @cached_property
    def observations_of(self) -> list[list[Rows]]:
        """(model,) rows of the observations."""
        return self.batch.rows("observations")

    @cached_property
    def frequency(self) -> Column:
        """(observation,) rest frequency [GHz]."""
        hertz = array(self.batch, "observations", "rest_frequency")
        return _printed(pc.divide(hertz, 1e9), 9)

    @cached_property
    def lines(self) -> Column:
        """(observation,) name of the line; that of the group where it has none."""
        given = array(self.batch, "observations", "line")
        groups = array(self.batch, "observations", "hdf5_group")
        return mapped(pc.if_else(pc.equal(pc.fill_null(given, ""), ""), groups, given), clean)

    @cached_property
    def pixels(self) -> Column:
        """(observation,) pixels along both sides."""
        sides = [array(self.batch, "observations", n).to_pylist() for n in ("s_xel1", "s_xel2")]
        pairs = zip(*sides, strict=True)
        return Column([" × ".join(str(n) for n in pair if n is not None) for pair in pairs])

    @cached_property
    def file_urls(self) -> Column:
        """(file,) absolute address."""
        names = ("collection", "path", "url")
        rows = zip(*(self.batch.files[n].to_pylist() for n in names), strict=True)
        by_id = {c.id: c for c in self.batch.collections}
        return Column([clean(url or absolute_data_url(by_id[c], path)) for c, path, url in rows])

    @cached_property
    def file_hrefs(self) -> Column:
        """(file,) address from a page of a model."""
        names = ("collection", "path")
        rows = zip(*(self.batch.files[n].to_pylist() for n in names), strict=True)
        by_id = {c.id: c for c in self.batch.collections}
        return Column([data_href(by_id[c], path, _DEPTH) for c, path in rows])

    @cached_property
    def file_names(self) -> Column:
        """(file,) name without folders."""
        return self.file("path").map(_basename)

    @cached_property
    def species(self) -> Column:
        """(model,) all species, in words."""
        return Column([clean(", ".join(s or ())) for s in self.batch.models["species"].to_pylist()])

    @cached_property
    def near_names(self) -> Column:
        """(model * place,) names of neighbours."""
        return Column([clean(name) for name in self.batch.near_ids])

    @cached_property
    def near_hrefs(self) -> Column:
        """(model * place,) addresses of neighbours."""
        return Column(list(map(cache(_href), self.batch.near_ids)))

    @cached_property
    def differences(self) -> Column:
        """(model * place * shown,) in what neighbours differ."""
        return Column(self.batch.near.differences)

    @cached_property
    def around(self) -> tuple[Column, Column]:
        """Names and links of the models and of those around: model ``n`` is at ``n + 1``."""
        names = [self.batch.before or "", *self.ids, self.batch.after or ""]
        links = [_href(name) for name in names]
        return Column([clean(name) for name in names]), Column(links)

    @cached_property
    def urls(self) -> Column:
        """(model,) absolute address of the page."""
        by_id = {c.id: c.site_url for c in self.batch.collections}
        rows = zip(self.batch.models["collection"].to_pylist(), self.ids, strict=True)
        return Column([by_id[c] + quote(model_page(name)) for c, name in rows])

    @cached_property
    def facts(self) -> dict[str, Column]:
        """(model,) what is told of each as a whole."""
        engines = [self.model(name).texts() for name in ("engine", "engine_version")]
        made = [" ".join(filter(None, both)) for both in zip(*engines, strict=True)]
        return {
            "Model made with": self.model("code"),
            "Lines made with": Column(made),
            "Points": self.model("n_points"),
            "Species": self.species,
            "Observations": self.model("n_observations"),
            "Format": self.model("format"),
            "Size": mapped(array(self.batch, "models", "bytes"), human_bytes, markup=True),
        }

    @cached_property
    def file_kinds(self) -> Column:
        """(file,) what it holds: a model that was computed, observations, or a posterior."""
        kinds, formats = (array(self.batch, "files", name) for name in ("kind", "format"))
        fitted = pc.equal(pc.fill_null(formats, ""), POSTERIOR)
        return _printed(pc.if_else(fitted, "posterior", kinds), _DIGITS).map(str.capitalize)

    @cached_property
    def file_sizes(self) -> Column:
        """(file,) size in words."""
        return mapped(array(self.batch, "files", "bytes"), human_bytes, markup=True)

    def plain(self, name: str) -> Column:
        """A column of the table of observations as a program reads it."""
        return mapped(array(self.batch, "observations", name), str)

    def plain_file(self, name: str) -> Column:
        """A column of the table of files as a program reads it."""
        return mapped(array(self.batch, "files", name), str, markup=True)

    def json_values(self, name: str) -> Column:
        """A parameter as JSON."""
        return mapped(array(self.batch, "models", name), _json, markup=True)

    @cached_property
    def json_keywords(self) -> Column:
        """(model,) the species as JSON, each after a comma."""
        rows = self.batch.models["species"].to_pylist()
        texts = ["".join("," + _json(name) for name in row or ()) for row in rows]
        return Column(texts, markup=True)

    @cached_property
    def observations_json(self) -> Column:
        """(model,) the observations as the browser reads them."""
        return observations_json(self.batch)

    @cached_property
    def summaries(self) -> Column:
        """(model,) one line that tells a model from others."""
        return Column(summaries(self))


def mapped(values: pa.Array, change: Callable[..., str | None], markup: bool = False) -> Column:
    """A column that prints each distinct value by `change`; nothing for none."""
    encoded = values.dictionary_encode()
    texts = [change(value) or "" for value in encoded.dictionary.to_pylist()]
    codes = encoded.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)
    return Column([*texts, ""], codes, markup)


def _href(model_id: str) -> str:
    return _ROOT + quote(model_page(model_id))


_FIGURES = {"inclination": 4, "azimuth": 4, "distance": 4, "peak_flux_density": 4}


def array(batch: Batch, table: str, name: str) -> pa.Array:
    """One column of a table of the batch."""
    chunked = getattr(batch, table)[name]
    return chunked.combine_chunks() if isinstance(chunked, pa.ChunkedArray) else chunked


def _printed(values: pa.Array, digits: int) -> Column:
    if not pa.types.is_floating(values.type):
        change: Callable[..., str | None] = number
        trusted = not pa.types.is_string(values.type)
        return mapped(values, change, trusted)
    data = values.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)
    distinct, codes = np.unique(data, return_inverse=True)
    return Column(numbers(distinct, digits), codes.reshape(-1), markup=True)


def _basename(path: str) -> str:
    return path.rpartition("/")[2]


def _json(value: object) -> str:
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else "null"
    return clean(script_json(value))


def summaries(printed: Printed) -> list[str]:
    """(model,) shape of the wind, two parameters, lines and number of directions."""
    batch = printed.batch
    heads = [_heads(printed, column) for column in ("morphology", *_SYMBOLS)]
    tails = _tails(printed)
    others = zip(batch.models["code"].to_pylist(), batch.models["format"].to_pylist(), strict=True)
    rows = zip(*heads, tails, others, strict=True)
    return [
        " · ".join(filter(None, said)) or f"Model of {clean(code or kind)}"
        for *said, (code, kind) in rows
    ]


_SYMBOLS = {"mass_loss_rate": "Ṁ", "terminal_velocity": "v∞"}


def _heads(printed: Printed, name: str) -> list[str]:
    column = next((c for c in printed.batch.parameters if c.name == name), None)
    if column is None:
        return [""] * len(printed.ids)
    values = array(printed.batch, "models", name)
    if name not in _SYMBOLS:
        return [f"{text.capitalize()} wind" if text else "" for text in printed.model(name).texts()]
    begin, end = f"{_SYMBOLS[name]} = ", f" {unit(column.unit)}"
    return [begin + text + end if text else "" for text in _printed(values, 3).texts()]


def _tails(printed: Printed) -> list[str]:
    """(model,) lines and number of directions; models that share them share the text."""
    batch, known = printed.batch, dict[bytes, str]()
    named = printed.observation("line")
    views = [printed.observation(name).codes for name in ("inclination", "azimuth")]
    table = np.column_stack([named.codes, *views])
    firsts, texts = batch.first_observation.tolist(), []
    for start, stop in pairwise(firsts):
        rows = table[start:stop]
        key = rows.tobytes()
        if key not in known:
            lines = dict.fromkeys(filter(None, named.take(np.arange(start, stop)).texts()))
            known[key] = _tail(list(lines), len({(a, b) for _, a, b in rows.tolist()}))
        texts.append(known[key])
    return texts


def _tail(lines: list[str], views: int) -> str:
    more = f" and {len(lines) - 4} more lines" if len(lines) > 4 else ""
    directions = f"{views} viewing direction{'s' * (views != 1)}" if views else ""
    return " · ".join(filter(None, [", ".join(lines[:4]) + more, directions]))
