"""What is found wrong with one file, and its attributes read with a check of each."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from portal import units
from portal.errors import ReadError
from portal.model.header import Attribute
from portal.model.record import Problem, Severity
from portal.readers._text import describe, visible

__all__ = ["Findings", "stem"]


def stem(path: str) -> str:
    """Name of the file at `path` without its folders and its suffix."""
    return PurePosixPath(path).stem


@dataclass
class Findings:
    """Collects the problems of the file at `path`; its getters give None after adding one."""

    path: str
    problems: list[Problem] = field(default_factory=list)

    def add(
        self,
        code: str,
        what: str,
        seen: str = "",
        expected: str = "",
        way_out: str = "",
        severity: Severity = "error",
    ) -> None:
        """Add a problem; its texts are made safe to show."""
        what, seen, expected, way_out = map(visible, (what, seen, expected, way_out))
        self.problems.append(Problem(self.path, code, what, seen, expected, way_out, severity))

    def add_error(self, error: ReadError, where: str, severity: Severity = "error") -> None:
        """Add what `error` says about the part `where` of the file."""
        what = f"{where}: {error.what}"
        self.add(error.code, what, error.seen, error.expected, error.way_out, severity)

    def missing(
        self,
        kind: str,
        names: Iterable[str],
        where: str,
        present: Iterable[str],
        severity: Severity = "error",
    ) -> None:
        """Add a problem for each of `names` that is not in the part `where` of the file."""
        there = ", ".join(sorted(present)[:12])
        for name in names:
            self.add(
                f"missing-{kind}",
                f"{where}: no {kind} {name}",
                f"only {there}" if there else "none",
                f"{kind} {name}",
                "write it as the page on the data format says",
                severity,
            )

    def text(
        self, attrs: Mapping[str, Attribute], name: str, where: str, required: bool = True
    ) -> str | None:
        """The text attribute `name`, or None."""
        value = attrs.get(name)
        if isinstance(value, str) and value.strip():
            return visible(value)
        if value is None or value == "":
            if required:
                self.missing("attribute", [name], where, attrs)
        else:
            self._wrong_type(name, where, value, "text")
        return None

    def number(
        self, attrs: Mapping[str, Attribute], name: str, where: str, unit: str = ""
    ) -> float | None:
        """The finite number `name` [unit]; an attribute ``<name>_unit`` converts it."""
        value = attrs.get(name)
        if value is None:
            self.missing("attribute", [name], where, attrs)
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._wrong_type(name, where, value, f"a number [{unit or '1'}]")
            return None
        given = attrs.get(f"{name}_unit", unit)
        try:
            number = units.convert(float(value), given if isinstance(given, str) else "?", unit)
        except ReadError as error:
            self.add_error(error, f"{where}, attribute {name}")
            return None
        if not math.isfinite(number):
            self.add(
                "not-finite",
                f"{where}: attribute {name} is no finite number",
                describe(value),
                f"a number [{unit or '1'}]",
                "write the value, or leave the attribute out",
            )
            return None
        return number

    def _wrong_type(self, name: str, where: str, value: Attribute, expected: str) -> None:
        self.add(
            "wrong-type",
            f"{where}: attribute {name} of another type",
            f"{describe(value)} ({type(value).__name__})",
            expected,
            "write it as the page on the data format says",
        )
