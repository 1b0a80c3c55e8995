"""All releases of a catalogue, and the models and products that were in one and are gone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from portal.catalog.diff import CHANGES, Withdrawal
from portal.catalog.observed import observed, pages_of
from portal.catalog.paths import model_page
from portal.catalog.release import Release, load_releases
from portal.catalog.snapshot import KINDS, Kind, Snapshot, names_of
from portal.catalog.table import Catalog
from portal.catalog.withdrawal import load_withdrawn
from portal.errors import CatalogError

__all__ = ["NO_HISTORY", "Gone", "History", "load_history", "present"]


@dataclass(frozen=True)
class Gone:
    """Models or products that went after one and the same release.

    Parameters
    ----------
    last
        The last release that has them.
    left
        The first release after it, which has them no more; None if there was none since.
    snapshot
        Their rows, and those of their files.
    why
        By the name of a model or the identifier of a product (``obs_publisher_did``), why it went
        and which one to use instead, as far as it is told.
    """

    last: Release
    left: Release | None
    snapshot: Snapshot
    why: Mapping[str, Withdrawal]


@dataclass(frozen=True)
class History:
    """The releases in `folder`, the oldest first.

    Parameters
    ----------
    folder
        Where they lie.
    releases
        What each says of itself.
    withdrawn
        Withdrawn models and products as the list beside the catalogue has them.
    """

    folder: Path
    releases: tuple[Release, ...]
    withdrawn: Mapping[str, Withdrawal] = field(default_factory=dict)

    def changes(self, release: Release) -> pa.Table:
        """What changed with `release`, as `CHANGES`.

        Raises
        ------
        CatalogError
            If the table cannot be read.
        """
        path = self.folder / release.version / "changes.csv"
        types = {name: pa.string() for name in CHANGES.names}
        convert = pacsv.ConvertOptions(column_types=types, strings_can_be_null=False)
        parse = pacsv.ParseOptions(newlines_in_values=True)
        try:
            return pacsv.read_csv(path, parse_options=parse, convert_options=convert)
        except (OSError, pa.ArrowException) as error:
            raise CatalogError(
                f"release {release.version}: its changes cannot be read",
                seen=str(error),
                expected="the table that portal release wrote",
                way_out="copy the folder of the release again",
                where=str(path),
            ) from error

    def ids(self, release: Release, kind: Kind = "model") -> pa.Array:
        """What tells apart all of a kind in `release`: `portal.catalog.snapshot.names_of`."""
        return names_of(self.folder / release.version, kind)

    def lost(self, present: pa.Array, kind: Kind = "model") -> list[str]:
        """Those of a kind in any release that are not among `present`, as `ids` has them."""
        ids = [self.ids(release, kind) for release in self.releases]
        whole = pa.concat_arrays([pa.array([], pa.string()), *ids])
        found: list[str] = pc.unique(whole.filter(pc.invert(pc.is_in(whole, present)))).to_pylist()
        return found

    def gone(self, present: pa.Array, kind: Kind = "model") -> Iterator[Gone]:
        """Those of a kind in any release that are not among `present`, the latest gone first."""
        seen = present
        left: Release | None = None
        for release in reversed(self.releases):
            ids = self.ids(release, kind)
            lost = ids.filter(pc.invert(pc.is_in(ids, seen)))
            if len(lost):
                yield self._gone(release, left, lost, kind)
                seen = pa.concat_arrays([seen, lost])
            left = release

    def departed(self, catalog: Catalog) -> set[str]:
        """Paths of the pages of all that was in a release and `catalog` has no more."""
        models, products = (self.lost(present(catalog, kind), kind) for kind in KINDS)
        return {*map(model_page, models), *products}

    def returned(self, present: pa.Array) -> dict[str, str]:
        """What to tell of those of `present` that the last release has not, but one before it."""
        if not self.releases:
            return {}
        come = present.filter(pc.invert(pc.is_in(present, self.ids(self.releases[-1]))))
        others = [
            ids.filter(pc.invert(pc.is_in(ids, come))) for ids in map(self.ids, self.releases)
        ]
        return {
            name: _back(gone, gone.why.get(name, Withdrawal()))
            for gone in self.gone(pa.concat_arrays(others))
            for name in gone.snapshot.ids.to_pylist()
        }

    def _gone(self, last: Release, left: Release | None, lost: pa.Array, kind: Kind) -> Gone:
        snapshot = Snapshot.read(self.folder / last.version, last.version).only(kind, lost)
        told = lost if kind == "model" else snapshot.products["obs_publisher_did"]
        why = {} if left is None else _told(self.changes(left), lost)
        names = told.to_pylist()
        why |= {name: self.withdrawn[name] for name in names if name in self.withdrawn}
        return Gone(last, left, snapshot, why)


def present(catalog: Catalog, kind: Kind) -> pa.Array:
    """All of a kind that `catalog` has, as `History.ids` has them."""
    if kind == "product":
        return pa.array(pages_of(observed(catalog)), pa.string())
    return catalog.table("models", ["model_id"])["model_id"].combine_chunks()


def load_history(folder: Path, withdrawn: Path) -> History:
    """The releases in `folder`, with the list `withdrawn` of withdrawn models.

    Raises
    ------
    CatalogError
        If a release cannot be read.
    ConfigError
        If the list cannot be used.
    """
    return History(folder, load_releases(folder), load_withdrawn(withdrawn))


NO_HISTORY = History(Path(), ())
"""Of a catalogue that was never released."""


def _back(gone: Gone, why: Withdrawal) -> str:
    since = gone.left or gone.last
    text = f"It is back: it was withdrawn with release {since.version} of {since.date}."
    return f"{text} {why.reason}".rstrip()


def _told(changes: pa.Table, lost: pa.Array) -> dict[str, Withdrawal]:
    """What a release said of the models that left with it."""
    left = pc.is_in(changes["change"], pa.array(["renamed", "withdrawn"]))
    rows = changes.filter(pc.and_(left, pc.is_in(changes["model_id"], lost)))
    return {
        row["model_id"]: Withdrawal(
            row["note"] or ("It was renamed; its files are the same." if row["new"] else ""),
            row["new"],
        )
        for row in rows.to_pylist()
    }
