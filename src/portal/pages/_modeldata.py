"""What a model's page tells the browser of its observations: JSON of columns, not of rows.

The number of observations comes first, then the columns: an array each, or one value where all
observations share it.

`site_src/app/explore/modeldata.js` gives each number its name back; the two alone know the
order. What follows from other numbers is left out: the length of a dataset from its
type and shape, and all shapes from the numbers of channels, rows and columns.
"""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from portal.columns import Column, Integers, script_json
from portal.model.schema import CUBE, SMALL_DATASETS
from portal.pages._batches import Batch
from portal.pages._text import clean

__all__ = ["MODEL_DATA", "observations_json"]

_TEXTS = ("hdf5_group", "line", "species", "transition")
_FLOATS = ("rest_frequency", "inclination", "azimuth", "distance", "s_fov")
_COUNTS = ("n_channels", "s_xel2", "s_xel1")
_OFFSETS = tuple(f"{name}_offset" for name in SMALL_DATASETS)
_TYPES = tuple(f"{name}_dtype" for name in SMALL_DATASETS)
_CUBE = (*(f"{CUBE}_{part}" for part in ("chunks", "dtype", "filters")), f"{CUBE}_index")

MODEL_DATA = (*_TEXTS, *_FLOATS, *_COUNTS, *_OFFSETS, *_TYPES, *_CUBE)
"""Columns of the table of observations that are told."""


def observations_json(batch: Batch) -> Column:
    """(model,) the number of observations, then their columns in the order of `MODEL_DATA`."""
    parts = [_part(batch.observations, name) for name in MODEL_DATA]
    rows = np.column_stack([part.codes for part in parts])
    texts, places, known = list[str](), list[int](), dict[bytes, int]()
    for start, stop in pairwise(batch.first_observation.tolist()):
        # Files of a store are alike: most models share the text with one before.
        key = rows[start:stop].tobytes()
        if key not in known:
            known[key] = len(texts)
            columns = (_column(part.take(_places(start, stop)).texts()) for part in parts)
            texts.append(f"[{stop - start},{','.join(columns)}]")
        places.append(known[key])
    return Column(texts, np.array(places, np.intp), markup=True)


def _places(start: int, stop: int) -> Integers:
    return np.arange(start, stop, dtype=np.intp)


def _column(texts: list[str]) -> str:
    return texts[0] if len(set(texts)) == 1 else f"[{','.join(texts)}]"


def _part(table: pa.Table, name: str) -> Column:
    """One column, each distinct value as JSON; of an older catalogue perhaps none."""
    if name not in table.column_names:
        return Column(["null"], np.zeros(table.num_rows, np.intp))
    values = table[name].combine_chunks()
    if pa.types.is_list(values.type):
        values = pc.binary_join(pc.cast(values, pa.list_(pa.string())), ",")
    encoded = values.dictionary_encode()
    texts = [_json(value) for value in encoded.dictionary.to_pylist()]
    codes = encoded.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)
    return Column([*texts, "null"], codes.astype(np.intp))


def _json(value: object) -> str:
    if isinstance(value, float) and not np.isfinite(value):
        return "null"
    return clean(script_json(value))
