"""What pages say of advisories: how many models each holds for, and its banner."""

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from portal.catalog.table import Catalog
from portal.model.advisory import Advisory
from portal.pages._text import clean, number
from portal.pages.base import Context

__all__ = ["ADMONITIONS", "affected", "banners", "corrections", "in_force"]

ADMONITIONS = {"error": "danger", "warning": "warning", "info": "info"}
"""The theme's kinds of boxes, by severity."""


def affected(catalog: Catalog) -> dict[str, int]:
    """Number of models that each advisory holds for, if there are any."""
    # A catalogue of an older version has no such column.
    if "advisories" not in {column.name for column in catalog.columns("models")}:
        return {}
    column = catalog.table("models", ["advisories"])["advisories"].combine_chunks()
    counted = pc.value_counts(pc.list_flatten(column.cast(pa.list_(pa.string()))))
    pairs = zip(counted.field("values").to_pylist(), counted.field("counts"), strict=True)
    return {id: count.as_py() for id, count in pairs}


def in_force(catalog: Catalog) -> list[Context]:
    """Advisories that hold for a model, the commonest first."""
    counts = affected(catalog)
    told = [a for a in catalog.advisories if a.id in counts]
    ordered = sorted(told, key=lambda a: (-counts[a.id], a.id))
    return [{**_banner(a), "models": number(counts[a.id])} for a in ordered]


def _banner(advisory: Advisory) -> Context:
    """What a box of the advisory says."""
    return {
        "id": advisory.id,
        "kind": ADMONITIONS[advisory.severity],
        "title": clean(advisory.title),
        "text": clean(advisory.text) or None,
        "way_out": clean(advisory.way_out) or None,
    }


def banners(advisories: Iterable[Advisory], ids: Iterable[str]) -> list[Context]:
    """The boxes of a model with these advisories, the gravest first."""
    return [_banner(a) for a in _holding(advisories, ids)]


def corrections(advisories: Iterable[Advisory], ids: Iterable[str]) -> str:
    """The same in one text, for schema.org's ``correction``."""
    told = (f"{a.title}. {a.text} {a.way_out}" for a in _holding(advisories, ids))
    return " ".join(clean(text).strip() for text in told)


def _holding(advisories: Iterable[Advisory], ids: Iterable[str]) -> list[Advisory]:
    wanted = set(ids)
    order = list(ADMONITIONS)
    told = [a for a in advisories if a.id in wanted]
    return sorted(told, key=lambda a: (order.index(a.severity), a.id))
