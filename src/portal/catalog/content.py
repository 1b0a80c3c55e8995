"""What a model is apart from its name and its files: by it a renamed model is known again.

A file of the store's own format holds the name, so that a new name makes other bytes.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from portal.model.schema import MODELS, Column

__all__ = ["CONTENT", "OF_OBSERVATIONS", "digests"]

CONTENT = Column(
    "content",
    "string",
    "",
    "meta.checksum",
    "SHA-256 over the parameters and the numbers of the observations, without the name; none "
    "where there is no observation.",
)
"""Column of a release by which renamed models are found."""

OF_OBSERVATIONS = (
    "model_id",
    "line",
    "rest_frequency",
    "inclination",
    "azimuth",
    "distance",
    "beam_major",
    "beam_minor",
    "beam_pa",
    "s_xel1",
    "s_xel2",
    "n_channels",
    "velocity_min",
    "velocity_max",
    "peak_flux_density",
    "integrated_flux",
    "engine",
    "engine_version",
)
"""Columns of the observations that count."""

_OF_MODELS = ("code", "n_points", "n_observations", "engine", "engine_version")
_MEASURED = ("peak_flux_density", "integrated_flux")
_OWN = frozenset(column.name for column in MODELS)


def digests(models: pa.Table, observations: pa.Table) -> pa.Array:
    """SHA-256 of the content of each model, in hexadecimal; null where it is not told enough.

    Parameters
    ----------
    models
        Rows of models, with their parameters.
    observations
        `OF_OBSERVATIONS` of all their observations.

    Returns
    -------
    (model,) [1]
        Equal parameters alone make no equal models: a model needs observations, all of them
        with a flux.
    """
    parameters = sorted(name for name in models.column_names if name not in _OWN)
    own = _texts(models, [*_OF_MODELS, *parameters]).to_pylist()
    counted = [name for name in OF_OBSERVATIONS if name != "model_id"]
    seen = pa.table(
        {
            "model_id": observations["model_id"],
            "text": _texts(observations, counted),
            "told": _told(observations),
        }
    )
    grouped = seen.group_by("model_id", use_threads=False)
    found = grouped.aggregate([("text", "list"), ("told", "min")])
    place = pc.index_in(models["model_id"], value_set=found["model_id"].combine_chunks())
    made = [
        _digest(text, spectra) if told else None
        for text, spectra, told in zip(
            own,
            found["text_list"].take(place).to_pylist(),
            found["told_min"].take(place).to_pylist(),
            strict=True,
        )
    ]
    return pa.array(made, pa.string())


def _digest(model: str, spectra: Iterable[str]) -> str:
    return sha256("\n\n".join([model, *sorted(spectra)]).encode()).hexdigest()


def _told(observations: pa.Table) -> pa.ChunkedArray:
    first, second = (pc.is_valid(observations[name]) for name in _MEASURED)
    return pc.and_(first, second)


def _texts(table: pa.Table, names: Sequence[str]) -> pa.ChunkedArray:
    """A text for the values of these columns in each row; one without value is left out."""
    lines = [_lines(name, table[name]) for name in names if name in table.column_names]
    # Not "skip": that loses the rows in which all values are missing.
    return pc.binary_join_element_wise(*lines, "", null_handling="replace", null_replacement="")


def _lines(name: str, values: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_list(values.type):
        values = pc.binary_join(values.cast(pa.list_(pa.string())), ",")
    if pa.types.is_floating(values.type):
        # Bits, not digits: no rounding, and no way of writing that may change.
        values = pa.chunked_array([_bits(chunk) for chunk in values.chunks], pa.int64())
    return pc.binary_join_element_wise(f"{name}=", values.cast(pa.string()), "\n", "")


def _bits(values: pa.Array) -> pa.Array:
    doubles = values.cast(pa.float64())
    return pa.array(
        doubles.to_numpy(zero_copy_only=False).view(np.int64),
        mask=doubles.is_null().to_numpy(zero_copy_only=False),
    )
