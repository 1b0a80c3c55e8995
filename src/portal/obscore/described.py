"""The checks of the linter as data, for a program in another language: the page Submit."""

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from portal.lint import all_rules, columns
from portal.lint._air import AIR
from portal.lint._expressions import tree
from portal.lint._footprints import FRAMES
from portal.lint._regions import CLEAR, MOST
from portal.lint._vocabulary import CONTROL, PATTERNS, VOCABULARIES
from portal.model import region
from portal.model.optional import OPTIONAL
from portal.model.schema import OBSCORE, Column
from portal.obscore.wanted import EXAMPLES, GROUPS, KIND, MODEL, WANTED

__all__ = ["described_checks"]

Json: TypeAlias = str | float | Sequence["Json"] | Mapping[str, "Json"]

_UNITS = (
    *("degree", "degrees", "d", "day", "days", "meter", "metre", "second", "sec", "seconds"),
    *("arcsecond", "arcseconds", "asec", "kB", "kilobyte", "1000 byte", "10**3 byte", "10+3byte"),
)
"""Words for units that may be those of ObsCore by another name."""


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
        "columns": [{**_column(one), "description": one.description} for one in OBSCORE],
        "control": CONTROL.pattern,
        "air": AIR,
        "footprints": {"clear": CLEAR, "frames": [*FRAMES], "most": MOST},
        "patterns": {name: [f"^(?:{p.pattern})$", _flags(p)] for name, p in PATTERNS.items()},
        "complete": {
            "examples": EXAMPLES,
            "groups": GROUPS,
            "kind": KIND,
            "model": MODEL,
            "wanted": WANTED,
        },
        "regions": {
            "flavours": sorted(region.FLAVOURS),
            "frames": sorted(region.FRAMES),
            "lengths": region.LENGTHS,
            "numbers": sorted(region.NUMBERS),
            "positions": sorted(region.POSITIONS),
            "unions": sorted(region.UNIONS),
        },
        "table": _of_tables(),
        "vocabularies": {
            **{name: sorted(words) for name, words in VOCABULARIES.items()},
            **_ucd_words(),
        },
    }


def _column(column: Column) -> dict[str, Json]:
    return {
        "name": column.name,
        "type": column.type,
        "ucd": column.ucd,
        "unit": column.unit,
        "utype": column.utype,
    }


def _of_tables() -> dict[str, Json]:
    """What the linter compares the columns of a table with."""
    return {
        "datatypes": columns.DATATYPES,
        "older": [columns.OLDER.pattern, "i"],
        "once": columns.ONCE,
        "optional": [_column(one) for one in OPTIONAL],
        "same": {u: [w for w in _UNITS if columns.same_unit(w, u)] for u in _units()},
        "shapes": sorted(region.NUMBERS),
        "told": columns.SAID,
        "width": columns.WIDTH,
        "words": columns.WORDS,
    }


def _units() -> list[str]:
    return sorted({one.unit for one in (*OBSCORE, *OPTIONAL) if one.unit})


def _ucd_words() -> dict[str, Json]:
    """Words of UCD1+ in small letters: for every place, for the first alone, for later ones."""
    from astropy.utils.data import get_pkg_data_contents

    text = get_pkg_data_contents("data/ucd1p-words.txt", package="astropy.io.votable")
    lines = [line.split("|") for line in text.splitlines() if not line.startswith("#")]
    words = [(kind.strip(), word.strip().lower()) for kind, word, _ in lines]
    return {
        "ucd": [word for kind, word in words if kind in "QEVC"],
        "ucd_first": [word for kind, word in words if kind == "P"],
        "ucd_later": [word for kind, word in words if kind == "S"],
    }


def _flags(pattern: re.Pattern[str]) -> str:
    return "i" if pattern.flags & re.IGNORECASE else ""
