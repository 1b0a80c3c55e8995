"""What a mapping file says, as data: sections, rules, expressions."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

__all__ = [
    "DEEPEST",
    "FILE_VARIABLES",
    "Constant",
    "Expression",
    "Fault",
    "Kind",
    "Place",
    "Rule",
    "Script",
    "Section",
    "Selector",
    "Slice",
    "Word",
]

DEEPEST = 60
"""How deep expressions may be nested; all that walks through them recurses no deeper."""

FILE_VARIABLES = ("EXTNAME", "FILENAME", "FOLDER", "HDU", "PATH", "STEM")
"""What may follow ``$`` and is known of every file."""

Constant: TypeAlias = str | int | float | bool | None
Kind: TypeAlias = Literal[
    "literal",
    "name",
    "variable",
    "environment",
    "call",
    "index",
    "unit",
    "minus",
    "not",
    "binary",
    "choice",
    "candidates",
    "list",
]


class Fault(Exception):
    """Something that the grammar allows and the language does not.

    Parameters
    ----------
    what, seen, expected, way_out
        As in `portal.errors.PortalError`.
    column
        Where in the line, from 1.
    """

    def __init__(self, what: str, seen: str, expected: str, column: int, way_out: str = "") -> None:
        super().__init__(what)
        self.what, self.seen, self.expected = what, seen, expected
        self.column, self.way_out = column, way_out


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: file, line and column, both from 1."""

    file: str = ""
    line: int = 1
    column: int = 1

    def at(self, column: int) -> "Place":
        """Another column of the same line."""
        return Place(self.file, self.line, column)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Slice:
    """``[start]``, or ``[start:stop]`` if it is a `range`; either end may be open."""

    start: int | None
    stop: int | None = None
    range: bool = False


@dataclass(frozen=True)
class Expression:
    """A part of the right side of a rule.

    Parameters
    ----------
    kind
        What it is: ``call`` of a function, ``unit`` given to a number, ``choice`` by a
        condition, ordered ``candidates``, ...
    value
        The constant, or the name of a keyword, variable, function, unit or operator.
    parts
        What it is made of; of a ``choice``, the value, the condition, and if there is one the
        value otherwise.
    hdu
        HDU whose keyword is meant: its number or name; None for that of the product.
    slice
        Which of several values an ``index`` takes.
    depth
        How deep it is nested.
    column
        Where it begins in the line of its rule, from 1.
    """

    kind: Kind
    value: Constant = None
    parts: tuple["Expression", ...] = ()
    hdu: str | int | None = None
    slice: Slice | None = None
    depth: int = field(default=1, compare=False)
    column: int = field(default=1, compare=False)

    def walk(self) -> Iterator["Expression"]:
        """The expression itself and all that it is made of."""
        yield self
        for part in self.parts:
            yield from part.walk()

    @cached_property
    def constant(self) -> bool:
        """Whether its value is the same for all files."""
        return not any(
            part.kind in ("name", "variable") or (part.kind, part.value) == ("call", "column")
            for part in self.walk()
        )

    @cached_property
    def asked(self) -> frozenset[str]:
        """Names that it looks up, but those of other HDUs."""
        names = (part.value for part in self.walk() if part.kind == "name" and part.hdu is None)
        return frozenset(map(str, names))

    @cached_property
    def direct(self) -> bool:
        """Whether its value stands in the file or in the rule, and is not computed."""
        return not any(part.kind in ("binary", "call", "choice") for part in self.walk())


@dataclass(frozen=True, slots=True)
class Selector:
    """One condition of a section.

    Parameters
    ----------
    kind
        ``hdu`` and ``files`` by patterns of which one must fit, ``when`` by an expression, or
        ``all``.
    """

    kind: Literal["all", "hdu", "files", "when"]
    patterns: tuple[str, ...] = ()
    condition: Expression | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Rules below it hold where all `selectors` do; the first section has none."""

    selectors: tuple[Selector, ...] = ()
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class Rule:
    """One line that gives a value.

    Parameters
    ----------
    target
        Column, ``parameter.NAME``, or keyword.
    keyword
        Whether the target is a keyword of the file: in capitals, or in backquotes.
    unit
        Unit on the left; None for none.
    forced
        Whether it was written with ``:=``.
    condition
        What follows ``when``.
    section
        Place of its section in the script.
    text
        The line as written, without comment.
    """

    target: str
    keyword: bool
    unit: str | None
    forced: bool
    expression: Expression
    condition: Expression | None = None
    section: int = 0
    place: Place = field(default=Place(), compare=False)
    text: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Word:
    """A name that the file declares, and where."""

    name: str
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class Script:
    """A whole mapping file.

    Parameters
    ----------
    sections
        In the order of the file; the first one has no selectors.
    rules
        In the order of the file.
    match
        Patterns of paths that must all exist in a file that the mapping claims.
    uses, environment
        Modules of functions, and variables of the environment.
    place
        Where the file begins.
    """

    sections: tuple[Section, ...] = (Section(),)
    rules: tuple[Rule, ...] = ()
    match: tuple[str, ...] = ()
    uses: tuple[Word, ...] = ()
    environment: tuple[Word, ...] = ()
    place: Place = field(default=Place(), compare=False)
