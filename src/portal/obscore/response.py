"""What was extracted from files: rows, where each value is from, and what has none."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from portal.errors import ReadError
from portal.mapping import Mapping, load_mapping
from portal.model.record import Problem
from portal.model.schema import PROBLEMS, PROVENANCE
from portal.obscore.files import write_table
from portal.obscore.lacking import lacking
from portal.obscore.products import found_in
from portal.obscore.provenance import Given, provenance_rows
from portal.obscore.table import table_of

if TYPE_CHECKING:
    from astropy.table import Table

__all__ = ["Response", "extract"]

_PROBLEMS = tuple(column for column in PROBLEMS if column.name != "collection")


@dataclass
class Response:
    """The rows of some files.

    Parameters
    ----------
    given
        All that was found for each row.
    problems
        Files and parts of files that have no row, and values that could not be had.
    """

    given: list[Given]
    problems: list[Problem] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.given)

    def to_table(self) -> "Table":
        """The 30 columns of ObsCore 1.1 with units, UCDs and utypes; masked where null."""
        return table_of([one.row for one in self.given])

    def provenance(self) -> "Table":
        """A row for each value that was found, also for those that another one beat."""
        return table_of(provenance_rows(self.given), PROVENANCE)

    def to_problems(self) -> "Table":
        """A row for each problem."""
        rows = [
            {column.name: getattr(problem, column.name) for column in _PROBLEMS}
            for problem in self.problems
        ]
        return table_of(rows, _PROBLEMS)

    def curate(
        self,
        book: Path | str | None = None,
        *,
        online: bool = True,
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> "Response":
        """Fill positions and bands that are missing, and say in the origins that it was done.

        Positions of stars and the like come from Simbad by ``target_name``; bodies that move,
        lamps, and names of tiles are not asked for. Bands come from a list of filters that is
        shipped, then from the Filter Profile Service of the Spanish Virtual Observatory.
        What the files say is never replaced; `uncurate` takes everything back.

        Parameters
        ----------
        book
            File that remembers what was asked and answered, so that nothing is asked twice and
            a person can correct it; None for memory alone.
        online
            Whether services may be asked; if not, only the book and the shipped list are.
        progress
            Is told how many rows are done, and of how many.

        Raises
        ------
        ConfigError
            If the book cannot be read or written.
        DependencyError
            If astroquery is not installed, and `online` is True.
        """
        from portal.curation import Book, Profiles, Shipped, Simbad, curated

        opened = Book(book)
        resolver = Simbad() if online else None
        bands = (Shipped(), Profiles()) if online else (Shipped(),)
        self.uncurate()
        for done, one in enumerate(self.given):
            progress(done, len(self.given))
            cells, problems = curated(lacking(one), opened, resolver, bands)
            self.given[done] = replace(one, cells=(*one.cells, *cells))
            self.problems += problems
            opened.save()
        progress(len(self.given), len(self.given))
        return self

    def uncurate(self) -> "Response":
        """Take out what was filled in by `curate`."""
        self.given = [
            replace(one, cells=tuple(c for c in one.cells if c.origin.kind != "curation"))
            for one in self.given
        ]
        self.problems = [p for p in self.problems if p.code != "not-curated"]
        return self

    def write(self, path: Path | str, provenance: Path | str | None = None) -> None:
        """Write the table, and beside it that of the origins if it is asked for.

        The format is that of the ending: .csv, .vot, .fits, .parquet or .ecsv.

        Raises
        ------
        CatalogError
            If the ending names no format, or a file cannot be written.
        """
        write_table(self.to_table(), path)
        if provenance is not None:
            write_table(self.provenance(), provenance)


def extract(
    files: Path | str | Iterable[Path | str],
    mapping: Path | str | Mapping | None = None,
    *,
    allow: Collection[str] = (),
    allow_env: Collection[str] = (),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Response:
    """Read rows of ObsCore from files and from all files in folders.

    Parameters
    ----------
    files
        FITS and HDF5 files, and folders that hold some.
    mapping
        A mapping file, or one that was loaded.
    allow
        Modules whose functions the mapping may call: their code will run.
    allow_env
        Variables of the environment that it may use: what they hold may be published.
    progress
        Is told how many files are done, and of how many.

    Raises
    ------
    MappingError
        If the mapping cannot be used; no file is read then.
    ReadError
        If one of `files` does not exist.
    """
    rules = (
        mapping if isinstance(mapping, Mapping | None) else load_mapping(mapping, allow, allow_env)
    )
    named = list(_named(files))
    response = Response([])
    for done, (path, name) in enumerate(named):
        progress(done, len(named))
        found = found_in(path, name, rules)
        response.given += found.rows
        response.problems += found.problems
    progress(len(named), len(named))
    return response


def _named(files: Path | str | Iterable[Path | str]) -> Iterator[tuple[Path, str]]:
    """Each file with the name that it has in problems and identifiers."""
    given = [files] if isinstance(files, Path | str) else files
    for one in map(Path, given):
        if one.is_dir():
            for path in sorted(one.rglob("*")):
                inner = path.relative_to(one)
                hidden = any(part.startswith(".") for part in inner.parts)
                if path.is_file() and not hidden and path.suffix != ".map":
                    yield path, inner.as_posix()
        elif one.exists():
            yield one, one.name
        else:
            raise ReadError(
                "no such file or folder",
                seen=str(one),
                expected="FITS or HDF5 files, or folders of them",
                way_out="look at the path",
                code="missing",
            )
