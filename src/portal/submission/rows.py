"""Rows that the author wrote, turned into rules, so that every later scan finds the same values."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

from portal.errors import PortalError
from portal.mapping import made_mapping, parse
from portal.mapping.parsing import LARGEST
from portal.model.record import Row, Value
from portal.obscore.files import load_table
from portal.obscore.mapped import mapped
from portal.submission.finding import Finding

if TYPE_CHECKING:
    from astropy.table import Table

__all__ = ["rules_of_rows", "whole_rules"]

_OF_FILES = ("access_url", "access_format", "access_estsize")
"""What the files and the place where they are published say."""


@dataclass(frozen=True, slots=True)
class _Written:
    """One row: the file and HDU that it is about, '' for all of it, and its values."""

    number: int
    path: str
    hdu: str
    values: Row


def rules_of_rows(table: Path, names: Sequence[str]) -> tuple[str, list[Finding]]:
    """Rules that give the files `names` the values in `table`, and what is wrong with it.

    Its column ``path`` names the file, from the folder of the submission; ``part`` the number
    of the HDU, where a file has several products. Empty cells say nothing.
    """
    try:
        rows = list(_rows(load_table(table)))
    except PortalError as error:
        return "", [_wrong(table, error.what, error.seen, error.expected, error.way_out)]
    findings = [
        *_unknown(table, rows, names), *_unclear(table, rows, names), *_doubled(table, rows),
    ]  # fmt: skip
    if findings:
        return "", findings
    # The longest path first: a pattern holds for every path that ends with it.
    ordered = sorted(rows, key=lambda row: (-row.path.count("/"), row.path, not row.hdu, row.hdu))
    return "".join(_section(row) for row in ordered), []


def whole_rules(own: str, name: str, collection: str, of_rows: str) -> tuple[str, list[Finding]]:
    """The rules of the author, the name of the collection, and those of rows, as one text."""
    script = parse(own, name)
    parts = [own if own.endswith("\n") or not own else f"{own}\n"]
    if not any(rule.target == "obs_collection" for rule in script.rules):
        parts.append(f"[all]\nobs_collection: {_written(collection)}\n")
    text = "".join([*parts, of_rows])
    if len(text) <= LARGEST:
        return text, []
    return own, [
        Finding(
            "error", "rows-too-many", "the rows make too many rules", f"{len(text)} characters",
            f"at most {LARGEST}",
            "say what many rows have in common by one rule of a mapping file instead",
        )
    ]  # fmt: skip


def _rows(table: "Table") -> Iterator[_Written]:
    given = mapped(table, made_mapping("", "rows")).given
    parts = table["part"] if "part" in table.colnames else [""] * len(table)
    for number, (one, part) in enumerate(zip(given, parts, strict=True), start=1):
        values = {k: v for k, v in one.row.items() if k not in _OF_FILES and _is_known(v)}
        hdu = "" if str(part) in ("--", "") else str(part).partition("[")[0]
        yield _Written(number, one.path.removeprefix("./"), hdu, values)


def _is_known(value: Value) -> bool:
    return value is not None and (not isinstance(value, float) or math.isfinite(value))


def _unknown(table: Path, rows: Iterable[_Written], names: Sequence[str]) -> Iterator[Finding]:
    for row in rows:
        if row.path not in names:
            yield _wrong(
                table, f"row {row.number} is about no file of the folder", row.path or "no path",
                "the path of a file from the folder, in a column path",
                "correct the path, or add the file", code="row-without-file",
            )  # fmt: skip


def _unclear(table: Path, rows: Iterable[_Written], names: Sequence[str]) -> Iterator[Finding]:
    for path in sorted({row.path for row in rows}):
        also = next((name for name in names if name.endswith(f"/{path}")), "")
        if also:
            yield _wrong(
                table, f"{path} is also the end of another path", also,
                "names that cannot be taken for one another",
                "rename one of the files, or put both into folders", code="path-unclear",
            )  # fmt: skip


def _doubled(table: Path, rows: Iterable[_Written]) -> Iterator[Finding]:
    counts = Counter((row.path, row.hdu) for row in rows)
    for (path, hdu), count in sorted(counts.items()):
        if count > 1:
            yield _wrong(
                table, f"{count} rows are about {path}{f'[{hdu}]' if hdu else ''}", path,
                "one row for each product", "tell the HDUs apart in a column part, or join them",
                code="row-twice",
            )  # fmt: skip


def _section(row: _Written) -> str:
    selectors = f"files {_written(escape(row.path))}" + (f", hdu {row.hdu}" if row.hdu else "")
    rules = [f"{name}:= {_written(value)}\n" for name, value in row.values.items()]
    return "".join([f"[{selectors}]\n", *rules]) if rules else ""


def _written(value: Value) -> str:
    if isinstance(value, str):
        return "'" + " ".join(value.split()).replace("'", "''") + "'"
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _wrong(
    table: Path, what: str, seen: str, expected: str, way_out: str, code: str = "rows"
) -> Finding:
    return Finding("error", code, what, seen, expected, way_out, table.name)
