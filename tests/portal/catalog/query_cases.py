"""Random queries over all constructs of the language, each with its meaning row by row.

The meaning is computed with three-valued logic (True, False, None for unknown) from the parts
that the query was made of, by none of the code under test but the conversion of units.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt, mul, ne
from random import Random

from portal.catalog.quantity import converted, ratio
from portal.catalog.tokens import KEYWORDS
from portal.model.schema import Column

Truth = bool | None
Row = dict[str, object]
OPERATORS: dict[str, Callable] = {"<": lt, "<=": le, "==": eq, "!=": ne, ">=": ge, ">": gt}
UNITS = {
    "solMass/yr": [
        "solMass/yr",
        "Msun / yr",
        "kg/s",
        "g.s-1",
        "solMass a-1",
        "Mearth yr^-1",
        "ug/d",
    ],
    "km/s": ["km/s", "m/s", "cm s-1", "au/yr", "pc/Myr", "km.s**-1", "mm * s-1", "um.us-1"],
    "m/s": ["m/s", "km/s", "m.s-1", "au/h", "solRad / d", "Hz.km"],
    "au": ["au", "AU", "km", "pc", "solRad", "lyr", "µm", "Angstrom", "parsec"],
    "K.km/s": ["K.km/s", "K km s-1", "mK.km/s", "K m/s"],
    "Hz": ["Hz", "GHz", "MHz", "s-1", "kHz"],
    "deg": ["deg", "rad", "arcsec", "arcmin", "mas", "mrad"],
    "pc": ["pc", "kpc", "lyr", "au", "km", "Mpc"],
    "Jy": ["Jy", "mJy", "W m-2 Hz-1", "erg.s-1.cm-2.Hz-1", "uJy"],
    "kbyte": ["kbyte", "MB", "byte", "Kibyte", "GB", "bit"],
    "byte": ["byte", "kB", "MiB", "bit"],
    "fortnights": ["fortnights"],
}


@dataclass(frozen=True)
class Case:
    """A query, and what it says of a row."""

    text: str
    truth: Callable[[Row], Truth]
    joined: bool = False


def name_of(name: str) -> str:
    plain = name.isascii() and name.isidentifier() and name not in KEYWORDS
    return name if plain else "`" + name.replace("`", "``") + "`"


def both(truths: Sequence[Truth]) -> Truth:
    return False if False in truths else (None if None in truths else True)


def negated(truth: Truth) -> Truth:
    return None if truth is None else not truth


def lower(text: str) -> str:
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in text)


class Maker:
    """Makes cases over a table with these columns and values."""

    def __init__(self, random: Random, columns: Sequence[Column], rows: Sequence[Row]) -> None:
        self.random = random
        self.values = {
            column.name: [row[column.name] for row in rows if row[column.name] is not None]
            for column in columns
        }
        self.columns = [column for column in columns if self.values[column.name]]

    def case(self, depth: int = 3) -> Case:
        kind = self.random.random()
        if depth == 0 or kind < 0.4:
            return self.leaf()
        if kind < 0.6:
            inner = self.case(depth - 1)
            bare = not inner.joined and self.random.random() < 0.3
            text = inner.text if bare else f"({inner.text})"
            return Case(f"not {text}", lambda row: negated(inner.truth(row)))
        cases = [self.case(depth - 1) for _ in range(self.random.choice([2, 2, 3]))]
        word = self.random.choice(["and", "or"])
        joint = self.random.choice([f" {word} ", f"\n {word} ", f"  {word}\t"])
        text = joint.join(f"({case.text})" for case in cases)
        if word == "and":
            return Case(text, lambda row: both([case.truth(row) for case in cases]), joined=True)
        return Case(
            text,
            lambda row: negated(both([negated(case.truth(row)) for case in cases])),
            joined=True,
        )

    def leaf(self) -> Case:
        column = self.random.choice(self.columns)
        makers = [self.null, self.null, self.member, self.comparison, self.comparison, self.pair]
        if column.type.startswith("list<int"):
            makers = [self.null]
        elif column.type.startswith("list"):
            makers = [self.null, self.member, self.member, self.equal, self.contain]
        elif column.type == "bool":
            makers = [self.null, self.flag, self.flag, self.equal, self.member, self.pair]
        elif column.type == "string":
            makers = [*makers, self.contain, self.contain, self.contain]
        else:
            makers = [*makers, self.chain, self.chain]
        if column.name in ("s_ra", "s_dec"):
            makers = [*makers, self.cone, self.cone, self.cone]
        return self.random.choice(makers)(column)

    def null(self, column: Column) -> Case:
        name, opposite = column.name, self.random.random() < 0.5
        text = f"{name_of(name)} is {'not ' * opposite}null"
        return Case(text, lambda row: (row[name] is None) != opposite)

    def flag(self, column: Column) -> Case:
        return Case(name_of(column.name), lambda row: row[column.name])

    def member(self, column: Column) -> Case:
        name, opposite = column.name, self.random.random() < 0.4
        literals = [self.literal(column) for _ in range(self.random.choice([1, 2, 3, 5]))]
        listed = ", ".join(text for text, _ in literals) + self.random.choice(["", "", ","])
        opening, closing = self.random.choice(["()", "[]"])
        wanted = [value for _, value in literals]

        def truth(row: Row) -> Truth:
            found = row[name]
            if found is None:
                return None
            parts = found if isinstance(found, list) else [found]
            return any(part in wanted for part in parts) != opposite

        return Case(f"{name_of(name)} {'not ' * opposite}in {opening}{listed}{closing}", truth)

    def equal(self, column: Column) -> Case:
        return self.comparison(column, self.random.choice(["==", "!="]))

    def comparison(self, column: Column, operator: str = "") -> Case:
        name, operator = column.name, operator or self.random.choice(sorted(OPERATORS))
        literal, value = self.literal(column)

        def truth(row: Row) -> Truth:
            found = row[name]
            if found is None:
                return None
            if isinstance(found, list):
                return (value in found) == (operator == "==")
            return OPERATORS[operator](found, value)

        text = f"{name_of(name)} {operator} {literal}"
        if self.random.random() < 0.3:
            turned = operator.translate(str.maketrans("<>", "><"))
            text = f"{literal} {turned} {name_of(name)}"
        return Case(text, truth)

    def chain(self, column: Column) -> Case:
        name, signs = column.name, [self.random.choice(["<", "<="]) for _ in range(2)]
        literals = sorted((self.literal(column) for _ in range(2)), key=lambda one: one[1])
        (low, at_least), (high, at_most) = literals
        tests = [(OPERATORS[sign]) for sign in signs]

        def truth(row: Row) -> Truth:
            found = row[name]
            if found is None:
                return None
            return tests[0](at_least, found) and tests[1](found, at_most)

        return Case(f"{low} {signs[0]} {name_of(name)} {signs[1]} {high}", truth)

    def cone(self, column: Column) -> Case:
        ra, dec = self.random.choice([(69.19, -62.08), (0.2, 1.0), (-100.5, 89.0), (250.0, -90.0)])
        radius = self.random.choice([0.01, 0.37, 4.5, 61.3, 178.9, 0.0])
        unit, factor = self.random.choice([("", 1), (" deg", 1), ("arcmin", 60), (" rad", None)])
        size = repr(math.radians(radius) if factor is None else radius * factor)
        given = ", ".join([self.number(ra), self.number(dec), f"{size}{unit}"])

        def truth(row: Row) -> Truth:
            at = row["s_ra"], row["s_dec"]
            if None in at or math.inf in at:
                return None
            away = math.acos(max(-1.0, min(1.0, sum(map(mul, _vector(*at), _vector(ra, dec))))))
            return math.degrees(away) <= radius if radius else at == (ra, dec)

        return Case(f"cone({given}{self.random.choice(['', ','])})", truth)

    def contain(self, column: Column) -> Case:
        name, opposite = column.name, self.random.random() < 0.4
        value = self.random.choice(self.values[name])
        if isinstance(value, list):
            wanted = self.random.choice([*value, value[0].lower()])
        else:
            start = self.random.randrange(len(value))
            wanted = value[start : start + self.random.choice([1, 2, 4, 20])]
            wanted = self.random.choice([wanted, wanted.upper(), wanted.lower(), ""])

        def truth(row: Row) -> Truth:
            found = row[name]
            if found is None:
                return None
            has = wanted in found if isinstance(found, list) else lower(wanted) in lower(found)
            return has != opposite

        return Case(f"{self.quoted(wanted)} {'not ' * opposite}in {name_of(name)}", truth)

    def pair(self, column: Column) -> Case:
        """A comparison with another column."""
        others = [other for other in self.columns if _alike(column, other)]
        other = self.random.choice(others)
        orders = ["==", "!="] if column.type == "bool" else sorted(OPERATORS)
        operator = self.random.choice(orders)
        by = ratio(other.unit, column.unit)
        factor = converted(1.0, by) if by else 1.0

        def truth(row: Row) -> Truth:
            left, right = row[column.name], row[other.name]
            if left is None or right is None:
                return None
            return OPERATORS[operator](left, right * factor if factor != 1 else right)

        return Case(f"{name_of(column.name)} {operator} {name_of(other.name)}", truth)

    def literal(self, column: Column) -> tuple[str, object]:
        """A literal, and its value in the unit of the column."""
        value = self.random.choice(self.values[column.name])
        if isinstance(value, list):
            value = self.random.choice([*value, "SiO"]) if column.type == "list<string>" else 1.0
        if isinstance(value, bool):
            return str(value).lower(), value
        if isinstance(value, str):
            return self.quoted(value), value
        if self.random.random() < 0.3:
            value = self.random.choice([value * 1.5, -value, value // 1, 0.0, 1e400, 3.0])
            value = 0.0 if value != value else value
        text = self.number(value)
        if not column.unit or self.random.random() < 0.4:
            return text, value
        unit = self.random.choice(UNITS[column.unit])
        by = ratio(unit, column.unit)
        here = converted(value, 1 / by)
        space = self.random.choice(["", " ", " "])
        if unit[0] in "eE" and not space:
            space = " "
        return f"{self.number(here)}{space}{unit}", converted(here, by)

    def number(self, value: float) -> str:
        if value in (float("inf"), float("-inf")):
            return "1e400" if value > 0 else "-1e400"
        text = repr(value)
        forms = [text, text, text.replace("e", "E"), text if text[0] == "-" else f"+{text}"]
        if text.startswith("0."):
            forms.append(text[1:])
        if text.endswith(".0"):
            forms += [text[:-1], text[:-2]]
        return self.random.choice(forms)

    def quoted(self, text: str) -> str:
        mark = self.random.choice("\"'")
        return mark + text.replace("\\", "\\\\").replace(mark, "\\" + mark) + mark


def _vector(ra: float, dec: float) -> tuple[float, float, float]:
    a, d = math.radians(ra), math.radians(dec)
    return math.cos(d) * math.cos(a), math.cos(d) * math.sin(a), math.sin(d)


def _alike(column: Column, other: Column) -> bool:
    if column.type in ("string", "bool") or other.type in ("string", "bool"):
        return column.type == other.type
    return not other.type.startswith("list") and ratio(other.unit, column.unit) is not None
