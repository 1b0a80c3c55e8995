"""The page of what the scan refused or doubted."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from portal.pages._advisories import in_force
from portal.pages._sites import single
from portal.pages._text import clean, number
from portal.pages.base import Context, Page, Source

__all__ = ["PAGE"]

_MOST_GROUPS = 1000
_MOST_TEXT = 240
_SEVERITIES = ("error", "warning")
_Key: TypeAlias = "tuple[str, str, str]"
_Shown: TypeAlias = "list[tuple[Mapping[str, str | None], int]]"


class _Problems:
    template = "problems.html"

    def pages(self, source: Source) -> Iterator[Page]:
        """The page of problems."""
        catalog = source.catalog
        counts: Counter[tuple[str, str]] = Counter()
        groups = _Groups()
        for batch in catalog.batches("problems"):
            for row in batch.to_pylist():
                counts[row["severity"], row["code"]] += 1
                groups.add(row)
        total, shown = counts.total(), groups.chosen()
        left_out = total - sum(count for _, count in shown)
        context: Context = {
            "total": number(total),
            "files": number(catalog.counts["files"]),
            "kinds": _kinds(counts, shown),
            "advisories": in_force(catalog),
            "left_out": number(left_out) if left_out else None,
        }
        description = "What the scan of the store refused or doubted, file by file, and why."
        yield single(catalog, "problems.html", "Problems", description, context)


class _Groups:
    """Problems of one kind with one file as one, as many as a page shows of each severity."""

    def __init__(self) -> None:
        self._first: dict[_Key, Mapping[str, str | None]] = {}
        self._counts: Counter[_Key] = Counter()
        self._sizes: Counter[str] = Counter()

    def add(self, row: Mapping[str, str | None]) -> None:
        """Count a problem; memory does not grow with those that are not shown."""
        severity = row["severity"] or ""
        key = (severity, row["path"] or "", row["code"] or "")
        if key not in self._first:
            if self._sizes[severity] == _MOST_GROUPS:
                return
            self._sizes[severity] += 1
            self._first[key] = row
        self._counts[key] += 1

    def chosen(self) -> _Shown:
        """The first of each group and their number: errors, then the rest, each as met."""
        rank = {severity: place for place, severity in enumerate(_SEVERITIES)}
        ordered = sorted(self._first, key=lambda key: rank.get(key[0], len(rank)))
        return [(self._first[key], self._counts[key]) for key in ordered[:_MOST_GROUPS]]


def _kinds(counts: Counter[tuple[str, str]], shown: _Shown) -> list[Context]:
    """Severity and code, how often, and the rows of each; errors first, then the commonest."""
    rows: defaultdict[tuple[str | None, str | None], list[Context]] = defaultdict(list)
    for row, count in shown:
        rows[row["severity"], row["code"]].append(_row(row, count))
    ordered = sorted(counts.items(), key=lambda item: (item[0][0], -item[1], item[0][1]))
    return [
        {
            "severity": clean(severity),
            "code": clean(code),
            "number": number(count),
            "rows": rows[severity, code],
        }
        for (severity, code), count in ordered
    ]


def _row(row: Mapping[str, str | None], count: int) -> Context:
    keys = ("path", "what", "seen", "expected", "way_out")
    told = {key: _short(row[key]) for key in keys}
    return {**told, "repeats": number(count) if count > 1 else None}


def _short(text: str | None) -> str | None:
    if not text:
        return None
    text = clean(text)
    return text if len(text) <= _MOST_TEXT else text[:_MOST_TEXT] + "…"


PAGE = _Problems()
