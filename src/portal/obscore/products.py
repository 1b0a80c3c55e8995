"""The products of one file, FITS or HDF5, with all that was found for each."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from portal.errors import ReadError
from portal.extraction import derive, measurement
from portal.fits.opening import open_fits
from portal.fits.products import Product, products, with_keywords
from portal.headers.sky import without_light
from portal.mapping import FitsSource, Hdf5Source, KeywordValue, Mapping, ranked, unmatched
from portal.model.cell import DERIVED, INFERRED, STATED, Cell, Origin
from portal.model.record import FileRecord, Problem, Row
from portal.model.schema import OBSCORE
from portal.obscore.provenance import Given
from portal.readers import open_header, read_file

__all__ = ["Found", "found_in"]

_HDF5 = b"\x89HDF\r\n\x1a\n"
_FILTERS = (
    ("FILTNAM1", "FILTNAM2"),
    ("FILTER1", "FILTER2", "FILTER3"),
    ("FILTER01", "FILTER02", "FILTER03"),
    tuple(f"ESO INS FILT{place} NAME" for place in range(1, 5)),
    ("FILTER", "PUPIL"),
    *(("BAND",), ("FILTERID",), ("FILT_ID",), ("FPA.FILTERID",), ("SUBSET",)),
    *(("CHNLNUM",), ("WAVELNTH",)),
)
"""Keywords that name filters; light goes through all those of one tuple. Wheels come first."""
_FITS = re.compile(r"\.(fits?|fts|fz)(\.\w+)?$", re.IGNORECASE)
_COLUMNS = tuple(column.name for column in OBSCORE)
_BITS = {c.name: 31 if c.type == "int32" else 63 for c in OBSCORE if c.type.startswith("int")}
"""Of whole numbers in each column, without the sign."""


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of one file, and why other parts of it have none."""

    rows: tuple[Given, ...]
    problems: tuple[Problem, ...]


def found_in(path: Path, name: str, mapping: Mapping | None = None) -> Found:
    """The products of the file at `path`, known as `name`.

    Never fails: a file that cannot be used is one problem that says why.
    """
    try:
        found = _hdf5(path, name, mapping) if _is_hdf5(path) else _fits(path, name, mapping)
    except ReadError as error:
        return Found((), (_problem(name, error),))
    except OSError as error:
        unreadable = ReadError(
            "the file cannot be read",
            seen=error.strerror or type(error).__name__,
            expected="a file that may be read",
            way_out="correct its permissions",
            code="unreadable",
        )
        return Found((), (_problem(name, unreadable),))
    return found


def _is_hdf5(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(len(_HDF5))
        for start in (512, 1024, 2048):
            if head == _HDF5 or head.startswith((b"SIMPLE", b"\x1f\x8b")):
                break
            # The format allows a block of the user before its signature.
            file.seek(start)
            head = file.read(len(_HDF5)) if file.tell() == start else b""
    return head == _HDF5


def _fits(path: Path, name: str, mapping: Mapping | None) -> Found:
    with open_fits(path) as file:
        made, reasons = products(file)
        problems = [replace(reason, path=name) for reason in reasons]
        if mapping is not None and (lacking := unmatched(mapping, None)):
            mapping = None
            problems.append(_unmatched(name, lacking))
        problems += [_note(name, note) for note in file.notes]
        rows = []
        for product in made:
            given, wrong = _product(product, name, mapping)
            rows.append(given)
            problems += [replace(one, path=name) for one in wrong]
    if not rows and not problems:
        problems.append(_nothing(name))
    return Found(tuple(rows), tuple(problems))


def _product(
    product: Product, name: str, mapping: Mapping | None
) -> tuple[Given, tuple[Problem, ...]]:
    filters, measured = _filters(product), measurement(product)
    if mapping is None:
        found = _held(ranked(_named(derive(product), name, product.part), ()))
        return Given(name, product.part, found, filters, measured), ()
    keywords = mapping.keywords(FitsSource(product))
    if keywords:
        product = with_keywords(
            product,
            {one.name: _plain(one) for one in keywords if one.forced},
            {one.name: _plain(one) for one in keywords if not one.forced},
        )
    derived = tuple(_ruled(_named(derive(product), name, product.part), keywords))
    mapped, problems = mapping.cells(FitsSource(product), derived)
    found = _held(ranked(derived, mapped))
    return Given(name, product.part, found, filters, measured), problems


def _held(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """`cells`, without whole numbers that no table can hold: a header may tell any."""
    return tuple(cell if _holds(cell) else _too_large(cell) for cell in cells)


def _holds(cell: Cell) -> bool:
    bits = _BITS.get(cell.column)
    return bits is None or not isinstance(cell.value, int) or -(1 << bits) <= cell.value < 1 << bits


def _too_large(cell: Cell) -> Cell:
    note = f"too large a number: {cell.value}"
    return replace(cell, value=None, origin=replace(cell.origin, note=note[:200]))


def _filters(product: Product) -> tuple[tuple[str, ...], ...]:
    if without_light(product):
        return ()
    found = (tuple(filter(None, map(product.cards.text, told))) for told in _FILTERS)
    return tuple(dict.fromkeys(filter(None, found)))


def _plain(keyword: KeywordValue) -> str | bool | int | float | None:
    value = keyword.value
    return value if isinstance(value, str | bool | int | float) else None


def _ruled(cells: Iterable[Cell], keywords: Iterable[KeywordValue]) -> Iterator[Cell]:
    """`cells`, those of keywords that a rule gave with that rule as their origin."""
    by_name = {one.name.upper(): one for one in keywords}
    for cell in cells:
        said = cell.origin.source.upper()
        rule = next((by_name[name] for name in by_name if said.endswith(f" {name}")), None)
        if rule is not None:
            origin = replace(rule.origin, note=cell.origin.note)
            yield replace(cell, origin=origin)
        elif by_name and cell.origin.kind == "wcs":
            places = ", ".join(sorted({one.origin.where for one in by_name.values()}))
            note = "; ".join(filter(None, [cell.origin.note, f"with keywords of {places}"]))
            yield replace(cell, origin=replace(cell.origin, note=note))
        else:
            yield cell


def _named(cells: Iterable[Cell], name: str, part: str) -> Iterator[Cell]:
    """`cells`, the identifier that is made up being that of the whole path."""
    for cell in cells:
        if cell.column == "obs_publisher_did" and cell.origin.kind == "default":
            did = f"ivo://unpublished/fits?{quote(name)}/{quote(part, safe='')}"
            yield replace(cell, value=did)
        else:
            yield cell


def _hdf5(path: Path, name: str, mapping: Mapping | None) -> Found:
    record = read_file(path, name)
    problems: dict[Problem, None] = {}
    header = None if mapping is None else open_header(path, name)
    if mapping is not None and (lacking := unmatched(mapping, header)):
        mapping, problems = None, {_unmatched(name, lacking): None}
    given = []
    for row in record.observations or ({},):
        attributes = tuple(_attributes(path, name, row))
        mapped: tuple[Cell, ...] = ()
        if mapping is not None and header is not None:
            mapped, wrong = mapping.cells(Hdf5Source(header), attributes)
            problems |= dict.fromkeys(wrong)
        if record.observations or _is_product(mapped):
            part = str(row.get("hdf5_group") or "")
            given.append(Given(name, part, _held(ranked(attributes, mapped))))
    if given and not record.observations:
        return Found(tuple(given), tuple(problems))
    reasons = record.problems if given else (*record.problems, *_no_rows(record, name))
    return Found(tuple(given), (*reasons, *problems))


def _is_product(cells: Iterable[Cell]) -> bool:
    """Whether rules say what the file is, beyond constants."""
    return any(cell.origin.kind == "mapping" for cell in cells)


def _attributes(path: Path, name: str, row: Row) -> Iterator[Cell]:
    group = str(row.get("hdf5_group") or "")
    for column in _COLUMNS:
        if row.get(column) is not None:
            source = f"group {group}" if group else "root"
            yield Cell(column, row[column], Origin("attribute", source, STATED))
    folder = path.absolute().parent.name or "files"
    note = "the folder of the file; a mapping can name the collection"
    made = Origin("default", "folder", INFERRED, note=note)
    yield Cell("obs_collection", folder, made)
    did = f"ivo://unpublished/hdf5?{quote(name)}/{quote(group, safe='')}"
    note = "file and group; the authority is a placeholder until a publisher gives its own"
    yield Cell("obs_publisher_did", did, Origin("default", "file name", INFERRED, note=note))
    yield Cell("obs_id", f"{Path(name).stem}", Origin("default", "file name", INFERRED))
    yield Cell("calib_level", 4, Origin("default", "HDF5", INFERRED, note="a product of a model"))
    yield Cell("access_format", "application/x-hdf5", Origin("file", "content", STATED))
    size = -(-path.stat().st_size // 1000)
    yield Cell("access_estsize", size, Origin("file", "size", DERIVED))


def _no_rows(record: FileRecord, name: str) -> Iterator[Problem]:
    if not record.problems:
        yield Problem(
            name,
            "no-observation",
            f"a {record.kind} of the format {record.format}, not an observation",
            seen=record.format,
            expected="an observation, or rules that say what it is",
            way_out="write a mapping with rules for its datasets and attributes",
            severity="warning",
        )


def _note(name: str, note: str) -> Problem:
    return Problem(
        name,
        "survived",
        note,
        way_out="write a repaired copy with portal repair",
        severity="warning",
    )


def _unmatched(name: str, lacking: tuple[str, ...]) -> Problem:
    return Problem(
        name,
        "unmatched",
        "not of the format of the mapping: no rule was applied",
        seen="no " + ", ".join(lacking),
        expected="all paths of its line match",
        way_out="use the mapping for files of its format, or correct its line match",
        severity="warning",
    )


def _nothing(name: str) -> Problem:
    return Problem(
        name,
        "no-data",
        "no data",
        seen="headers without data",
        expected="an image, a spectrum, a time series, events or visibilities",
        way_out="nothing, if none was expected",
        severity="warning",
    )


def _problem(name: str, error: ReadError) -> Problem:
    # A text or a picture beside the data is no fault of theirs.
    beside = error.code == "not-fits" and not _FITS.search(name)
    problem = Problem(name, error.code, error.what, error.seen, error.expected, error.way_out)
    return replace(problem, severity="warning") if beside else problem
