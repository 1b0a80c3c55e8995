"""The page of what the scan refused or doubted."""

from collections import Counter
from collections.abc import Iterator

from portal.pages._sites import single
from portal.pages._text import clean, number
from portal.pages.base import Context, Page, Source

__all__ = ["PAGE"]

_MOST_ROWS = 1000
_MOST_TEXT = 400


class _Problems:
    template = "problems.html"

    def pages(self, source: Source) -> Iterator[Page]:
        """The page of problems."""
        catalog = source.catalog
        counts: Counter[tuple[str, str]] = Counter()
        rows: list[Context] = []
        for batch in catalog.batches("problems"):
            for row in batch.to_pylist():
                counts[row["severity"], row["code"]] += 1
                if len(rows) < _MOST_ROWS:
                    rows.append(_row(row))
        total = counts.total()
        context: Context = {
            "total": number(total),
            "files": number(catalog.counts["files"]),
            "counts": _counts(counts),
            "rows": rows,
            "left_out": number(total - len(rows)) if total > len(rows) else None,
        }
        description = "What the scan of the store refused or doubted, file by file, and why."
        yield single(catalog, "problems.html", "Problems", description, context)


def _counts(counts: Counter[tuple[str, str]]) -> list[Context]:
    ordered = sorted(counts.items(), key=lambda item: (item[0][0], -item[1], item[0][1]))
    return [
        {"severity": clean(severity), "code": clean(code), "number": number(count)}
        for (severity, code), count in ordered
    ]


def _row(row: dict[str, str | None]) -> Context:
    return {
        key: _short(row[key])
        for key in ("path", "severity", "code", "what", "seen", "expected", "way_out")
    }


def _short(text: str | None) -> str | None:
    if not text:
        return None
    text = clean(text)
    return text if len(text) <= _MOST_TEXT else text[:_MOST_TEXT] + "…"


PAGE = _Problems()
