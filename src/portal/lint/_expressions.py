"""Expressions of rules: read once, tried on all rows of a table at a time.

They are written in the syntax of Python, with columns by their names as numbers, and become
lists, the operator or function first, which any language can walk through.
"""

import ast
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np

from portal.lint._air import in_air
from portal.lint._footprints import crosses, foreign, gap, reach, shaped, size
from portal.lint._view import Floats, Mask, View
from portal.lint._vocabulary import CONTROL, PATTERNS, VOCABULARIES

__all__ = ["Tree", "tree", "where"]

Tree: TypeAlias = str | float | list["Tree"]
_EPOCH = 40587
"""MJD of the first second of POSIX."""

_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Lt: "<", ast.LtE: "<=",
    ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=", ast.And: "and", ast.Or: "or",
}  # fmt: skip
_NUMERIC: dict[str, Callable[..., Any]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "<": np.less,
    "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "==": np.equal,
    "!=": np.not_equal, "and": np.logical_and, "or": np.logical_or, "not": np.logical_not,
    "neg": np.negative, "abs": np.abs, "max": np.maximum, "fmax": np.fmax,
}  # fmt: skip


@lru_cache(maxsize=512)
def tree(expression: str) -> Tree:
    """The `expression` as lists."""
    return _tree(ast.parse(expression, mode="eval").body)


def where(expression: str, view: View) -> Mask:
    """(row,) where the `expression` is true."""
    return np.broadcast_to(np.asarray(_value(tree(expression), view), bool), (len(view),))


def _tree(node: ast.AST) -> Tree:
    match node:
        case ast.BoolOp():
            return [_OPERATORS[type(node.op)], *map(_tree, node.values)]
        case ast.UnaryOp():
            return ["not" if isinstance(node.op, ast.Not) else "neg", _tree(node.operand)]
        case ast.BinOp():
            return [_OPERATORS[type(node.op)], _tree(node.left), _tree(node.right)]
        case ast.Compare():
            sides = [node.left, *node.comparators]
            pairs = zip(sides, node.ops, sides[1:], strict=False)
            return ["and", *([_OPERATORS[type(op)], _tree(a), _tree(b)] for a, op, b in pairs)]
        case ast.Call(func=ast.Name(id=name)):
            return [name, *map(_tree, node.args)]
        case ast.Name():
            return ["column", node.id]
        case ast.Constant(value=str(value)):
            return value
        case ast.Constant(value=int(value) | float(value)):
            return value
    raise ValueError(f"no expression of a rule: {ast.dump(node)}")


def _value(node: Tree, view: View) -> Any:  # noqa: ANN401 - numbers, masks and columns of either
    if not isinstance(node, list):
        return node
    name, *parts = node
    if (of_column := _OF_COLUMNS.get(str(name))) is not None:
        column, lower = _column(parts[0])
        return of_column(view, column, lower, *parts[1:])
    values = [_value(part, view) for part in parts]
    operator = _NUMERIC[str(name)]
    if name in ("and", "or"):
        found = values[0]
        for value in values[1:]:
            found = operator(found, value)
        return found
    return operator(*values)


def _column(node: Tree) -> tuple[str, bool]:
    """The name in ``[column, name]``, and whether ``[lower, [column, name]]`` is asked for."""
    if isinstance(node, list) and node[0] == "lower":
        return _column(node[1])[0], True
    return str(node[1] if isinstance(node, list) else node), False


def _holding(view: View, name: str, lower: bool, holds: Callable[[str], object]) -> Mask:
    """(row,) where there is a text for which `holds` is true; each text is judged once."""
    texts = view.text(name)
    judged = {
        text: text is not None and bool(holds(text.strip().lower() if lower else text))
        for text in set(texts)
    }
    return np.array([judged[text] for text in texts], bool)


def _number(view: View, name: str, lower: bool) -> Floats:
    return view.number(name)


def _known(view: View, name: str, lower: bool) -> Mask:
    return view.known(name)


def _present(view: View, name: str, lower: bool) -> bool:
    return view.column(name) is not None


def _infinite(view: View, name: str, lower: bool) -> Mask:
    return np.asarray(np.isinf(view.number(name)))


def _anywhere(view: View, name: str, lower: bool) -> bool:
    return bool(view.known(name).any())


def _largest(view: View, name: str, lower: bool) -> float:
    return float(np.nanmax(view.number(name), initial=0))


def _repeated(view: View, name: str, lower: bool) -> Mask:
    seen: set[str] = set()
    texts = view.text(name)
    again = np.zeros(len(texts), bool)
    for row, text in enumerate(texts):
        again[row] = bool(text) and text in seen
        seen.add(text)
    return again


def _equals(view: View, name: str, lower: bool, word: str) -> Mask:
    return _holding(view, name, lower, lambda text: text == word)


def _among(view: View, name: str, lower: bool, words: str) -> Mask:
    return _holding(view, name, lower, VOCABULARIES[words].__contains__)


def _matches(view: View, name: str, lower: bool, pattern: str) -> Mask:
    return _holding(view, name, lower, PATTERNS[pattern].fullmatch)


def _blanks(view: View, name: str, lower: bool) -> Mask:
    return _holding(view, name, lower, lambda t: t != t.strip() or CONTROL.search(t))


def _ucd(view: View, name: str, lower: bool) -> Mask:
    from astropy.io.votable.ucd import check_ucd

    return _holding(view, name, lower, lambda text: check_ucd(text, True, has_colon=False))


def _in_air(view: View, name: str, lower: bool) -> Mask:
    return in_air(view)


def _footprint(of: Callable[[View, str], Any]) -> Callable[..., Any]:
    return lambda view, name, lower: of(view, name)


def _ahead(view: View, name: str, lower: bool) -> Floats:
    """(row,) [d] how far the times are ahead of now."""
    return view.number(name) - (_EPOCH + time.time() / 86400)


def _states(view: View, name: str, lower: bool) -> Floats:
    texts = view.text(name)
    counts = [len([s for s in text.split("/") if s]) if text else np.nan for text in texts]
    return np.array(counts, float)


_OF_COLUMNS: dict[str, Callable[..., Any]] = {
    "column": _number,
    "known": _known,
    "present": _present,
    "infinite": _infinite,
    "anywhere": _anywhere,
    "largest": _largest,
    "repeated": _repeated,
    "equals": _equals,
    "among": _among,
    "matches": _matches,
    "blanks": _blanks,
    "states": _states,
    "ahead": _ahead,
    "ucd": _ucd,
    "in_air": _in_air,
    "shaped": _footprint(shaped),
    "foreign": _footprint(foreign),
    "crossed": _footprint(crosses),
    "gap": _footprint(gap),
    "size": _footprint(size),
    "reach": _footprint(reach),
}
"""Functions of a column, given by its name."""
