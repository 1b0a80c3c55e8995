"""An advisory: what is known to be wrong with some of the models, and by which rule."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

__all__ = ["Advisory", "Severity"]

Severity: TypeAlias = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Advisory:
    """One rule, as its TOML file gives it.

    Parameters
    ----------
    id
        Short name, ``[a-z0-9-]+``; what the column ``advisories`` holds.
    title, text, way_out
        What is wrong in a line, in a paragraph, and what to do about it.
    severity
        ``error`` where the data are wrong, ``warning`` where they need care, else ``info``.
    table
        ``observations`` or ``models``: the rows that the rule is about.
    engine, versions
        Engine, in any case, and the versions of it as PEP 440 specifiers; '' for any.
    where
        Expression of the query language; '' for every row.
    since, until
        Dates (YYYY-MM-DD) of publication and of settlement; '' for none. An advisory that is
        settled marks no row any more.
    place
        File and line where it stands; no part of what it says.
    """

    id: str
    title: str
    text: str = ""
    way_out: str = ""
    severity: Severity = "warning"
    table: Literal["models", "observations"] = "observations"
    engine: str = ""
    versions: str = ""
    where: str = ""
    since: str = ""
    until: str = ""
    place: str = field(default="", compare=False)
