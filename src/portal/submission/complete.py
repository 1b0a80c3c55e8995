"""Whether each file has rows or a reason, and each row what users look for."""

from collections.abc import Iterable, Iterator

from portal.model.record import Problem
from portal.obscore.provenance import Given
from portal.obscore.wanted import EXAMPLES, GROUPS, KIND, MODEL, WANTED
from portal.scan.products import is_product
from portal.stores.local import FITS_SUFFIXES
from portal.submission.finding import Finding, of_problem
from portal.submission.folder import DataFile

__all__ = ["of_files", "of_rows"]

_NO_DATA = ("not-fits",)


def of_files(
    data: Iterable[DataFile], given: Iterable[Given], problems: Iterable[Problem]
) -> Iterator[Finding]:
    """What became of each file: problems of reading, and files that no scan would take."""
    with_rows = {one.path for one in given}
    for problem in problems:
        # A note beside the data is welcome; a reason is all that it needs.
        bystander = problem.code in _NO_DATA and not is_product(problem.path)
        yield of_problem(problem, "warning" if bystander else None)
    for file in data:
        fits = file.name.lower().endswith((".h5", ".hdf5", ".hdf", *FITS_SUFFIXES))
        if file.name in with_rows and not fits:
            yield Finding(
                "error", "name", "a file of data with the name of another thing", file.name,
                "a name that ends with .fits, .fits.gz, .fits.fz or .h5", "rename the file",
                file.name,
            )  # fmt: skip


def of_rows(given: Iterable[Given]) -> Iterator[Finding]:
    """What rows of observed products lack that users look for."""
    for one in given:
        row = one.row
        kind = str(row.get("dataproduct_type") or "")
        if not kind:
            yield Finding(
                "warning", "incomplete-type", "no kind of product", "nothing",
                " or ".join(WANTED), KIND,
                one.path, one.part, "dataproduct_type",
            )  # fmt: skip
        if row.get("calib_level") == MODEL:
            continue
        for group in WANTED.get(kind, ()):
            lacking = [name for name in GROUPS[group] if row.get(name) is None]
            # One of two is told by the linter.
            if len(lacking) == len(GROUPS[group]):
                yield _incomplete(one, group, lacking)


def _incomplete(one: Given, group: str, lacking: list[str]) -> Finding:
    why = [cell.origin.note for cell in one.used if cell.column in lacking and cell.origin.note]
    return Finding(
        "warning", f"incomplete-{group}", f"no {group}, by which users look for data",
        why[0] if why else "nothing", " and ".join(GROUPS[group]),
        EXAMPLES[group], one.path, one.part, lacking[0],
    )  # fmt: skip
