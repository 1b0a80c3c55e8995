"""The shape of a model's page: which parts it has, apart from what they say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from portal.catalog.merge import Rows
from portal.columns import Integers
from portal.model.collection import Collection
from portal.model.schema import Column
from portal.pages._batches import Batch
from portal.pages._printed import array, missing
from portal.pages._reports import reported

__all__ = ["FACTS", "Shape", "shapes"]

Flags = npt.NDArray[np.bool_]
FACTS = {
    "Model made with": ("code",),
    "Lines made with": ("engine", "engine_version"),
    "Points": ("n_points",),
    "Species": ("species",),
    "Observations": ("n_observations",),
    "Format": ("format",),
    "Size": ("bytes",),
}
"""What is told of a model as a whole, and the columns of the catalogue that it is made from."""

_CELLS = ("rest_frequency", "inclination", "azimuth", "distance", "n_channels", "peak_flux_density")


@dataclass(frozen=True, slots=True)
class Shape:
    """Which parts the pages of a group have.

    Parameters
    ----------
    parameters
        Those that the models have.
    facts
        For each of `FACTS` whether it is told.
    observations
        For each, whether frequency, inclination, azimuth, distance, channels, peak flux density
        and pixels are known.
    by_range
        Whether a range request fetches the spectrum of the first one.
    has_sha256
        For each file, whether its checksum is known.
    sampled
        Number of the file that the samples are about.
    neighbours
        For each, the number of differences told.
    advisories
        Ids of those that hold for the models.
    has_report
        Whether a report lies beside the file.
    """

    collection: Collection
    parameters: tuple[Column, ...]
    has_title: bool
    facts: tuple[bool, ...]
    observations: tuple[tuple[bool, ...], ...]
    by_range: bool
    has_sha256: tuple[bool, ...]
    sampled: int
    neighbours: tuple[int, ...]
    has_before: bool
    has_after: bool
    problems: Sequence[Rows]
    advisories: tuple[str, ...] = ()
    has_report: bool = False

    @property
    def n_files(self) -> int:
        """Number of files."""
        return len(self.has_sha256)


def shapes(batch: Batch) -> Iterator[tuple[Shape, Integers]]:
    """The shapes of the pages of a batch, and the models that have each."""
    marks = _Marks(batch)
    groups: dict[tuple[object, ...], list[int]] = {}
    for model in range(batch.models.num_rows):
        groups.setdefault(marks.of(model), []).append(model)
    for rows in groups.values():
        yield marks.shape(rows[0]), np.array(rows, np.intp)


class _Marks:
    """Rows of bytes that are equal where shapes are."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.model = _stacked([~f for f in _of_models(batch)], batch.models.num_rows)
        self.observation = _stacked(_of_observations(batch), batch.observations.num_rows)
        kinds = pc.equal(array(batch, "files", "kind"), "observation")
        observed = pc.fill_null(kinds, False).to_numpy(zero_copy_only=False)
        known = ~missing(array(batch, "files", "sha256"), falsy=True)
        self.file = _stacked([known, observed], batch.files.num_rows)
        near = batch.near
        in_use = np.arange(near.shown.shape[1]) < near.count[:, None]
        self.near = np.where(in_use, near.shown, 9).astype(np.uint8)
        self.collection: list[str] = batch.models["collection"].to_pylist()
        # A catalogue of an older version has no such column.
        has = "advisories" in batch.models.column_names
        told = batch.models["advisories"].to_pylist() if has else [None] * batch.models.num_rows
        self.advisories = [tuple(ids or ()) for ids in told]
        self.reported = reported(batch)

    def of(self, model: int) -> tuple[object, ...]:
        batch, last = self.batch, self.batch.models.num_rows - 1
        first, end = batch.first_observation[model], batch.first_observation[model + 1]
        seen, kept = batch.first_file[model], batch.first_file[model + 1]
        return (
            self.collection[model],
            self.model[model].tobytes(),
            self.observation[first:end].tobytes(),
            self.file[seen:kept].tobytes(),
            self.near[model].tobytes(),
            self.advisories[model],
            self.reported[model],
            model == 0 and batch.before is None,
            model == last and batch.after is None,
            # What is wrong with a model is told of no other.
            model if model in batch.problems else -1,
        )

    def shape(self, model: int) -> Shape:
        batch, count = self.batch, len(self.batch.parameters)
        told = self.model[model].astype(bool).tolist()
        seen = slice(*batch.first_observation[model : model + 2].tolist())
        kept = slice(*batch.first_file[model : model + 2].tolist())
        observations = self.observation[seen].astype(bool).tolist()
        files = self.file[kept].astype(bool).tolist()
        observed = [is_observation for _, is_observation in files]
        return Shape(
            next(c for c in batch.collections if c.id == self.collection[model]),
            tuple(c for c, has in zip(batch.parameters, told[:count], strict=True) if has),
            told[count],
            tuple(told[count + 1 :]),
            tuple(tuple(row[:-1]) for row in observations),
            bool(observations) and observations[0][-1],
            tuple(has for has, _ in files),
            observed.index(True) if True in observed else 0,
            tuple(n for n in self.near[model].tolist() if n < 9),
            not (model == 0 and batch.before is None),
            not (model == batch.models.num_rows - 1 and batch.after is None),
            batch.problems.get(model, ()),
            self.advisories[model],
            self.reported[model],
        )


def _stacked(flags: Sequence[Flags], rows: int) -> npt.NDArray[np.uint8]:
    return np.column_stack([np.zeros((rows, 0), np.uint8), *flags]).astype(np.uint8)


def _of_models(batch: Batch) -> list[Flags]:
    """(parameter and title and fact, model) where it is not told."""
    parameters = [missing(array(batch, "models", c.name)) for c in batch.parameters]
    title = missing(array(batch, "models", "title"), falsy=True)
    facts = [
        np.all([missing(array(batch, "models", name), falsy=True) for name in names], axis=0)
        for names in FACTS.values()
    ]
    return [*parameters, title, *facts]


def _of_observations(batch: Batch) -> list[Flags]:
    """(cell, observation) where it is known, pixels and the place of the spectrum last."""
    cells = [missing(array(batch, "observations", name)) for name in _CELLS]
    sides = [missing(array(batch, "observations", name)) for name in ("s_xel1", "s_xel2")]
    offset, length, dtype, filters = (
        missing(array(batch, "observations", f"spectrum_{n}"), falsy=True)
        for n in ("offset", "nbytes", "dtype", "filters")
    )
    empty = array(batch, "observations", "spectrum_nbytes").fill_null(0).to_numpy() == 0
    placed = ~offset & ~length & ~empty & ~dtype & filters
    return [*(~cell for cell in cells), ~(sides[0] & sides[1]), placed]
