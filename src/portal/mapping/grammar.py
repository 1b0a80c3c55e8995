"""The grammar of mapping files, one rule a line.

::

    # a comment
    match: grid/x, fields/rho*          paths that must all exist; * and ? stand for characters
    model_id: $STEM                     fill a column from the name of the file ...
    title: header@title                 ... from an attribute ...
    n_points: size(fields/rho)          ... from the number of values of a dataset ...
    parameter.time: header/time [yr]    ... or from a value, with its unit
    parameter.box: sizes[0] [m]         one value of several
    code: 'GADGET'                      a literal fills a column that nothing else has filled
    format:= 'my-format'                := sets a column whatever else was found
"""

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from portal import units
from portal.errors import MappingError, ReadError

__all__ = ["Expression", "Rule", "parse"]

Kind: TypeAlias = Literal["literal", "value", "attribute", "size", "file"]

_RULE = re.compile(r"(?P<target>[A-Za-z_][\w.]*)\s*(?P<sign>:=|:)\s*(?P<rest>.*)", re.DOTALL)
_UNIT = re.compile(r"(?P<rest>.*\S)\s+\[(?P<unit>[^\[\]]*)\]", re.DOTALL)
_TEXT = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_SIZE = re.compile(r"size\(\s*([^()]+?)\s*\)")
_PATH = re.compile(
    r"(?P<path>[^@\s'\"()\[\]$]*)(@(?P<attribute>[^@\s'\"\[\]]+))?(\[(?P<index>\d+)\])?"
)
_FILE = ("$FILENAME", "$STEM")


@dataclass(frozen=True, slots=True)
class Expression:
    """The right side of a rule.

    Parameters
    ----------
    kind
        Where the value comes from.
    path
        Dataset or group; for ``file``, the variable.
    attribute
        Name of the attribute of `path`.
    literal
        The value of a ``literal``.
    index
        Which of several values, from 0; None for the value itself.
    """

    kind: Kind
    path: str = ""
    attribute: str = ""
    literal: str | int | float = ""
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One line: fill or force a column or parameter."""

    target: str
    forced: bool
    source: Expression
    unit: str
    where: str


def parse(text: str, file: str) -> tuple[tuple[str, ...], tuple[Rule, ...]]:
    """The patterns after ``match:`` and the rules of the mapping `text`.

    Raises
    ------
    MappingError
        With `file` and the line.
    """
    patterns: list[str] = []
    rules: list[Rule] = []
    for number, line in enumerate(text.splitlines(), 1):
        where = f"{file}:{number}"
        words = _without_comment(line).strip()
        if not words:
            continue
        match = _RULE.fullmatch(words)
        if match is None:
            raise MappingError(
                "no rule",
                seen=repr(words[:60]),
                expected="NAME: SOURCE, NAME:= VALUE, or a comment after #",
                where=where,
            )
        if match["target"] == "match":
            patterns += _patterns(match["rest"], where)
        else:
            rules.append(_rule(match, where))
    return tuple(patterns), tuple(rules)


def _without_comment(line: str) -> str:
    quote = ""
    for place, character in enumerate(line):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == "#":
            return line[:place]
    return line


def _patterns(text: str, where: str) -> list[str]:
    patterns = [part.strip() for part in text.split(",")]
    if not all(patterns):
        raise MappingError(
            "match: an empty path",
            seen=repr(text[:60]),
            expected="paths separated by commas, such as grid/x, fields/rho*",
            where=where,
        )
    return patterns


def _rule(match: re.Match[str], where: str) -> Rule:
    rest, unit = match["rest"].strip(), ""
    with_unit = _UNIT.fullmatch(rest)
    if with_unit is not None:
        rest, unit = with_unit["rest"], with_unit["unit"].strip()
        try:
            units.check(unit)
        except ReadError as error:
            raise MappingError(
                f"{match['target']}: {error.what}",
                seen=error.seen,
                expected=error.expected,
                where=where,
            ) from error
    return Rule(match["target"], match["sign"] == ":=", _expression(rest, where), unit, where)


def _expression(text: str, where: str) -> Expression:
    if quoted := _TEXT.fullmatch(text):
        return Expression("literal", literal=quoted[1] if quoted[1] is not None else quoted[2])
    if _NUMBER.fullmatch(text):
        return Expression("literal", literal=_number(text))
    if text in _FILE:
        return Expression("file", text)
    if size := _SIZE.fullmatch(text):
        return Expression("size", size[1].strip("/"))
    path = _PATH.fullmatch(text)
    if path is None or not text:
        raise MappingError(
            "no source of a value",
            seen=repr(text[:60]),
            expected="'text', a number, path, path@attribute, path[0], size(path), "
            + " or ".join(_FILE),
            where=where,
        )
    kind: Kind = "attribute" if path["attribute"] else "value"
    index = None if path["index"] is None else int(path["index"])
    return Expression(kind, path["path"].strip("/"), path["attribute"] or "", "", index)


def _number(text: str) -> int | float:
    return float(text) if any(sign in text for sign in ".eE") else int(text)
