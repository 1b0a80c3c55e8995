"""What the parser makes of the grammar: one method a rule of ``grammar.lark``.

The parser calls them while it reads, so that nothing recurses however deep a line is nested.
"""

from dataclasses import dataclass, replace

from lark import Token, Transformer, v_args

from portal.mapping.syntax import (
    DEEPEST,
    FILE_VARIABLES,
    Constant,
    Expression,
    Fault,
    Kind,
    Selector,
    Slice,
)

__all__ = ["Builder", "Declared", "RuleLine", "SectionLine"]

_MOST = 200
"""Parts that one expression may list."""


@dataclass(frozen=True, slots=True)
class SectionLine:
    """The head of a section."""

    selectors: tuple[Selector, ...]


@dataclass(frozen=True, slots=True)
class Declared:
    """A line ``match``, ``use`` or ``env``: its words, each with its column."""

    kind: str
    words: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule, before it is known where it stands."""

    target: str
    quoted: bool
    unit: str | None
    forced: bool
    expression: Expression
    condition: Expression | None
    column: int


Pattern = tuple[str, int]
_Line = SectionLine | Declared | RuleLine | None


@v_args(inline=True)
class Builder(Transformer[Token, _Line]):
    """Makes the data of `portal.mapping.syntax` out of what the parser reads."""

    def start(self, line: _Line) -> _Line:
        """The line itself."""
        return line

    def section(self, *selectors: Selector) -> SectionLine:
        """A head of a section."""
        return SectionLine(selectors)

    def everywhere(self) -> Selector:
        """Back to all products."""
        return Selector("all")

    def in_hdu(self, *patterns: Pattern) -> Selector:
        """Products of some HDUs."""
        return Selector("hdu", tuple(text for text, _ in patterns))

    def in_files(self, *patterns: Pattern) -> Selector:
        """Files of some names."""
        return Selector("files", tuple(text for text, _ in patterns))

    def where(self, condition: Expression) -> Selector:
        """Products for which something holds."""
        return Selector("when", (), condition)

    def match(self, *patterns: Pattern) -> Declared:
        """Paths that a claimed file has."""
        return Declared("match", patterns)

    def use(self, *names: Token) -> Declared:
        """Modules of functions."""
        return Declared("use", tuple((str(name), _column(name)) for name in names))

    def env(self, *names: Token) -> Declared:
        """Variables of the environment."""
        return Declared("env", tuple((str(name), _column(name)) for name in names))

    def pattern(self, token: Token) -> Pattern:
        """A pattern as it stands."""
        return str(token), _column(token)

    def text_pattern(self, token: Token) -> Pattern:
        """A pattern in quotation marks."""
        return _unquoted(token), _column(token)

    def target(self, name: Token) -> tuple[str, bool, int]:
        """The left side."""
        return str(name), False, _column(name)

    def quoted_target(self, name: Token) -> tuple[str, bool, int]:
        """The left side in backquotes."""
        return _quoted_name(name), True, _column(name)

    def rule(
        self,
        target: tuple[str, bool, int],
        unit: Token | None,
        sign: Token,
        expression: Expression,
        condition: Expression | None,
    ) -> RuleLine:
        """A line that gives a value."""
        name, quoted, column = target
        on_left = None if unit is None else _unit(unit)
        return RuleLine(name, quoted, on_left, sign == ":=", expression, condition, column)

    def choice(
        self, value: Expression, condition: Expression, otherwise: Expression | None
    ) -> Expression:
        """``a if b else c``."""
        parts = (value, condition) if otherwise is None else (value, condition, otherwise)
        return _made("choice", None, *parts)

    def candidates(self, *parts: Expression) -> Expression:
        """``a | b``."""
        return _made("candidates", None, *parts)

    def listed(self, *parts: Expression) -> Expression:
        """``(a, b)``."""
        return _made("list", None, *parts)

    def binary(self, left: Expression, operator: Token, right: Expression) -> Expression:
        """Two sides of an operator."""
        return _made("binary", str(operator), left, right)

    def negation(self, part: Expression) -> Expression:
        """``not a``."""
        return _made("not", None, part)

    def minus(self, part: Expression) -> Expression:
        """``-a``."""
        return _made("minus", None, part)

    def parentheses(self, part: Expression) -> Expression:
        """No part of its own, but as deep as one."""
        return _checked(replace(part, depth=part.depth + 1))

    def index(self, part: Expression, token: Token) -> Expression:
        """``a[1]`` or ``a[1:2]``."""
        start, colon, stop = str(token)[1:-1].partition(":")
        ends = [int(end) if end.strip() else None for end in (start, stop)]
        return replace(_made("index", None, part), slice=Slice(ends[0], ends[1], range=bool(colon)))

    def unit(self, part: Expression, token: Token) -> Expression:
        """``a [km/s]``."""
        return _made("unit", _unit(token), part)

    def number(self, token: Token) -> Expression:
        """A number; whole unless it has a point or a power."""
        text = str(token)
        whole = text.isdecimal() and len(text) <= 18
        value = int(text) if whole else float(text)
        if value in (float("inf"), float("-inf")):
            raise Fault("number too large", text[:40], "at most 1.8e308", _column(token))
        return Expression("literal", value, column=_column(token))

    def text(self, token: Token) -> Expression:
        """A text in quotation marks."""
        return Expression("literal", _unquoted(token), column=_column(token))

    def null(self) -> Expression:
        """No value."""
        return Expression("literal")

    def true(self) -> Expression:
        """Yes."""
        return Expression("literal", True)

    def false(self) -> Expression:
        """No."""
        return Expression("literal", False)

    def variable(self, token: Token) -> Expression:
        """``$NAME``: of the file, or else of the environment."""
        kind: Kind = "variable" if token[1:] in FILE_VARIABLES else "environment"
        return Expression(kind, token[1:], column=_column(token))

    def name(self, token: Token) -> Expression:
        """A keyword, column or path."""
        return Expression("name", str(token), column=_column(token))

    def quoted_name(self, token: Token) -> Expression:
        """A name in backquotes."""
        return Expression("name", _quoted_name(token), column=_column(token))

    def name_in_hdu(self, hdu: Token, name: Token) -> Expression:
        """``HDU[1].NAME``."""
        inside = str(hdu)[4 : str(hdu).rindex("]")].strip()
        wanted: str | int = int(inside) if inside.isdecimal() else inside.strip("'")
        bare = _quoted_name(name) if name.type == "QUOTED" else str(name)
        return Expression("name", bare, hdu=wanted, column=_column(hdu))

    def call(self, name: Token, *parts: Expression | None) -> Expression:
        """``f(a, b)``."""
        made = _made("call", str(name), *(part for part in parts if part is not None))
        return replace(made, column=_column(name))


def _made(kind: Kind, value: Constant, *parts: Expression) -> Expression:
    column = parts[0].column if parts else 1
    if len(parts) > _MOST:
        raise Fault("too many parts", str(len(parts)), f"at most {_MOST}", column)
    depth = 1 + max((part.depth for part in parts), default=0)
    return _checked(Expression(kind, value, parts, depth=depth, column=column))


def _checked(part: Expression) -> Expression:
    if part.depth > DEEPEST:
        raise Fault("nested too deep", "more", f"at most {DEEPEST} levels", part.column)
    return part


def _column(token: Token) -> int:
    return token.column or 1


def _unquoted(token: Token) -> str:
    mark = token[0]
    return token[1:-1].replace(mark * 2, mark)


def _quoted_name(token: Token) -> str:
    name = token[1:-1].strip()
    if not name:
        raise Fault("empty name", repr(str(token)), "a name in backquotes", _column(token))
    return name


def _unit(token: Token) -> str:
    return token[1:-1].strip()
