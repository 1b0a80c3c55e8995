"""What is kept of a catalogue at one time: its models and the checksums of their files."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from portal.catalog.arrow import columns_of
from portal.catalog.content import CONTENT, OF_OBSERVATIONS, digests
from portal.catalog.query import Tables
from portal.catalog.selection import DATA_KINDS
from portal.errors import CatalogError
from portal.model.schema import FILES, Column

__all__ = ["FILE_COLUMNS", "Snapshot", "model_names"]

FILE_COLUMNS = tuple(
    c for c in FILES if c.name in ("path", "collection", "bytes", "sha256", "kind", "model_id")
)
"""Columns of the table of files that a snapshot keeps."""


@dataclass(frozen=True)
class Snapshot:
    """Models and files at one time.

    Parameters
    ----------
    name
        What to call it: the version of a release, or where a catalogue lies.
    models
        The table of models, whole.
    files
        `FILE_COLUMNS` of the files that belong to models, sorted by collection and path.
    columns
        The columns of the models, with their units and meanings.
    content
        `CONTENT` of each model; None if it is not known.
    """

    name: str
    models: pa.Table
    files: pa.Table
    columns: tuple[Column, ...]
    content: pa.Array | None = None

    @classmethod
    def of(cls, tables: Tables, name: str) -> "Snapshot":
        """The catalogue as it is now."""
        files = tables.table("files", [c.name for c in FILE_COLUMNS])
        belongs = pc.and_(
            pc.is_valid(files["model_id"]), pc.is_in(files["kind"], pa.array(DATA_KINDS))
        )
        ordered = files.filter(belongs).sort_by(
            [("collection", "ascending"), ("path", "ascending")]
        )
        models = tables.table("models")
        content = digests(models, tables.table("observations", OF_OBSERVATIONS))
        return cls(name, models, ordered, tables.columns("models"), content)

    @classmethod
    def read(cls, folder: Path, name: str) -> "Snapshot":
        """The snapshot whose tables lie in `folder`.

        Raises
        ------
        CatalogError
            If a table is missing or damaged.
        """
        try:
            models, files = (
                pq.read_table(folder / f"{table}.parquet") for table in ("models", "files")
            )
        except (OSError, pa.ArrowException) as error:
            raise _damaged(folder, name, error) from error
        content = None
        if CONTENT.name in models.column_names:
            content = models[CONTENT.name].combine_chunks()
            models = models.drop_columns([CONTENT.name])
        return cls(name, models, files, columns_of(models.schema), content)

    @property
    def ids(self) -> pa.Array:
        """Names of the models, in their order."""
        return self.models["model_id"].combine_chunks()


def model_names(folder: Path) -> pa.Array:
    """Names of the models of the snapshot whose tables lie in `folder`.

    Raises
    ------
    CatalogError
        If the table is missing or damaged.
    """
    try:
        table = pq.read_table(folder / "models.parquet", columns=["model_id"])
    except (OSError, pa.ArrowException) as error:
        raise _damaged(folder, folder.name, error) from error
    return table["model_id"].combine_chunks()


def _damaged(folder: Path, name: str, error: Exception) -> CatalogError:
    return CatalogError(
        f"release {name}: its tables cannot be read",
        seen=str(error),
        expected="the tables that portal release wrote",
        way_out="copy the folder of the release again",
        where=str(folder),
    )
