"""The checks of the linter as data, for a program in another language: the page Submit."""

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from portal.lint import all_rules
from portal.lint._expressions import tree
from portal.lint._vocabulary import CONTROL, PATTERNS, VOCABULARIES
from portal.model.schema import OBSCORE
from portal.obscore.wanted import EXAMPLES, GROUPS, KIND, MODEL, WANTED

__all__ = ["ELSEWHERE", "described_checks"]

Json: TypeAlias = str | float | Sequence["Json"] | Mapping[str, "Json"]

ELSEWHERE = (
    *("em-air", "o-ucd", "region-crosses", "region-form", "region-fov", "region-frame"),
    "region-misses",
    *("wrong-type", "wrong-ucd", "wrong-unit", "wrong-utype"),
)
"""Findings of `portal.lint` that need more than a row and an expression, and stay out."""


def described_checks() -> dict[str, Json]:
    """Columns, vocabularies, patterns and checks, ready for JSON."""
    return {
        "checks": [
            {
                "also": one.also,
                "code": one.code,
                "column": one.column,
                "expected": one.expected,
                "severity": one.severity,
                "way_out": one.way_out,
                "wrong": tree(one.wrong),
            }
            for one in all_rules()
        ],
        "columns": [
            {
                "description": column.description,
                "name": column.name,
                "type": column.type,
                "unit": column.unit,
            }
            for column in OBSCORE
        ],
        "control": CONTROL.pattern,
        "patterns": {name: [f"^(?:{p.pattern})$", _flags(p)] for name, p in PATTERNS.items()},
        "complete": {
            "examples": EXAMPLES,
            "groups": GROUPS,
            "kind": KIND,
            "model": MODEL,
            "wanted": WANTED,
        },
        "vocabularies": {name: [*sorted(words)] for name, words in VOCABULARIES.items()},
    }


def _flags(pattern: re.Pattern[str]) -> str:
    return "i" if pattern.flags & re.IGNORECASE else ""
