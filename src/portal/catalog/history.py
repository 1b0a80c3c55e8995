"""All releases of a catalogue, and the models that were in one and are gone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from portal.catalog.diff import CHANGES, Withdrawal
from portal.catalog.release import Release, load_releases
from portal.catalog.snapshot import Snapshot, model_names
from portal.catalog.withdrawal import load_withdrawn
from portal.errors import CatalogError

__all__ = ["NO_HISTORY", "Gone", "History", "load_history"]


@dataclass(frozen=True)
class Gone:
    """Models that went after one and the same release.

    Parameters
    ----------
    last
        The last release that has them.
    left
        The first release after it, which has them no more; None if there was none since.
    snapshot
        Their rows, and those of their files.
    why
        By the name of a model, why it went and which one to use instead, as far as it is told.
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
        Withdrawn models as the list beside the catalogue has them.
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

    def ids(self, release: Release) -> pa.Array:
        """Names of the models of `release`."""
        return model_names(self.folder / release.version)

    def lost(self, present: pa.Array) -> list[str]:
        """Names of the models of any release that are not among `present`."""
        ids = pa.concat_arrays([pa.array([], pa.string()), *map(self.ids, self.releases)])
        found: list[str] = pc.unique(ids.filter(pc.invert(pc.is_in(ids, present)))).to_pylist()
        return found

    def gone(self, present: pa.Array) -> Iterator[Gone]:
        """Models of any release that are not among `present`, the latest gone first."""
        seen = present
        left: Release | None = None
        for release in reversed(self.releases):
            ids = self.ids(release)
            lost = ids.filter(pc.invert(pc.is_in(ids, seen)))
            if len(lost):
                yield self._gone(release, left, lost)
                seen = pa.concat_arrays([seen, lost])
            left = release

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

    def _gone(self, last: Release, left: Release | None, lost: pa.Array) -> Gone:
        whole = Snapshot.read(self.folder / last.version, last.version)
        parts = [
            table.filter(pc.is_in(table["model_id"], lost)) for table in (whole.models, whole.files)
        ]
        snapshot = Snapshot(whole.name, parts[0], parts[1], whole.columns)
        why = {} if left is None else _told(self.changes(left), lost)
        names = lost.to_pylist()
        why |= {name: self.withdrawn[name] for name in names if name in self.withdrawn}
        return Gone(last, left, snapshot, why)


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
