"""Products of files as rules see them, beside what is found without rules."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from portal.errors import ReadError

if TYPE_CHECKING:
    from portal.mapping import KeywordValue, Mapping
    from portal.mapping.propose import Example
    from portal.model.cell import Cell
    from portal.model.header import Header

__all__ = ["examined"]

_MOST = 300
"""Files of a folder: all stay open at the same time."""


def examined(
    paths: Iterable[Path],
    stack: ExitStack,
    mapping: "Mapping | None" = None,
    failed: Callable[[ReadError], None] | None = None,
) -> "Iterator[Example]":
    """The products of FITS and HDF5 files, also of the first 300 files of folders.

    Parameters
    ----------
    paths
        Files and folders.
    stack
        Closes the files.
    mapping
        What gives keywords before anything is derived.
    failed
        Is told of a file that cannot be read or holds no product; without it, that is an error.

    Raises
    ------
    ReadError
        For such a file, unless there is `failed`; and if there is no product at all.
    """
    seen = 0
    for path in _files(paths):
        try:
            for example in _of_file(path, stack, mapping):
                seen += 1
                yield example
        except ReadError as error:
            if failed is None:
                raise
            failed(error)
    if not seen:
        raise ReadError(
            "no product in any file",
            expected="FITS or HDF5 files with data",
            way_out="name other files",
            code="no-data",
        )


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            inner = (one for one in sorted(path.rglob("*")) if one.is_file())
            data = (one for one in inner if one.suffix != ".map" and one.name[0] != ".")
            yield from islice(data, _MOST)
        else:
            yield path


def _of_file(path: Path, stack: ExitStack, mapping: "Mapping | None") -> "Iterator[Example]":
    from portal.readers import open_header

    try:
        header = open_header(path, path.name)
    except ReadError as error:
        if error.code != "not-hdf5":
            raise
    else:
        yield from _hdf5(path, header, mapping)
        return
    yield from _fits(path, stack, mapping)


def _fits(path: Path, stack: ExitStack, mapping: "Mapping | None") -> "Iterator[Example]":
    from portal.extraction import derive
    from portal.fits.opening import open_fits
    from portal.fits.products import products, with_keywords
    from portal.mapping import FitsSource, unmatched
    from portal.mapping.propose import Example

    made, reasons = products(stack.enter_context(open_fits(path)))
    if not made:
        seen = "; ".join(reason.what for reason in reasons[:3])
        raise ReadError("no product", seen=seen, expected="data", where=str(path), code="no-data")
    lacking = unmatched(mapping, None) if mapping else ()
    for product in made:
        given = mapping.keywords(FitsSource(product)) if mapping and not lacking else ()
        ruled = with_keywords(product, _cards(given, True), _cards(given, False))
        derived = _best(derive(ruled if given else product))
        yield Example(f"{path.name}[{product.part}]", FitsSource(product), derived, lacking)


def _cards(
    given: "Iterable[KeywordValue]", forced: bool
) -> dict[str, str | bool | int | float | complex | None]:
    return {
        one.name: one.value
        for one in given
        if one.forced == forced and not isinstance(one.value, list)
    }


def _hdf5(path: Path, header: "Header", mapping: "Mapping | None") -> "Iterator[Example]":
    from portal.mapping import Hdf5Source, unmatched
    from portal.mapping.propose import Example
    from portal.obscore.products import found_in

    rows, source = found_in(path, path.name).rows, Hdf5Source(header)
    lacking = unmatched(mapping, header) if mapping else ()
    for row in rows:
        yield Example(f"{path.name}[{row.part}]", source, _best(row.cells), lacking)
    if not rows:
        yield Example(path.name, source, unmatched=lacking)


def _best(cells: "Iterable[Cell]") -> "dict[str, Cell]":
    found: dict[str, Cell] = {}
    for cell in cells:
        found.setdefault(cell.column, cell)
    return found
