"""Mapping files written from what they say: the inverse of `portal.mapping.parsing`."""

import re
from collections.abc import Iterator

from portal.mapping.syntax import Constant, Expression, Rule, Script, Section, Selector

__all__ = ["show", "show_rule", "show_script"]

_PLAIN = r"[A-Za-z_]\w*"
_NAME = re.compile(rf"/?{_PLAIN}(?:[-./]\w+)*(?:/?@{_PLAIN}(?:[-.]\w+)*)?|/?@{_PLAIN}(?:[-.]\w+)*")
_KEYWORD = re.compile(r"[A-Z][A-Z0-9_]*(?:[-.][A-Z0-9_]+)*")
_PATTERN = re.compile(r"[^\s\[\],|'\"#]+")
_HDU = re.compile(r"[A-Za-z_][\w-]*")
_RESERVED = frozenset({"and", "else", "false", "if", "in", "not", "null", "or", "true", "when"})

_CHOICE, _CANDIDATES, _OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _MINUS, _POWER, _OPERAND, _ATOM = (
    range(12)
)
_LEVELS = {
    "or": _OR,
    "and": _AND,
    "+": _SUM,
    "-": _SUM,
    "*": _PRODUCT,
    "/": _PRODUCT,
    "**": _POWER,
}


def show_script(script: Script) -> str:
    """The text of a mapping file that says `script`."""
    return "\n".join(_lines(script)) + "\n"


def show_rule(rule: Rule) -> str:
    """The line of a rule."""
    target = _name(rule.target)
    if rule.keyword and not _KEYWORD.fullmatch(rule.target):
        target = f"`{rule.target}`"
    unit = "" if rule.unit is None else f" [{rule.unit}]"
    sign = ":=" if rule.forced else ":"
    when = "" if rule.condition is None else f" when {show(rule.condition, _OR)}"
    return f"{target}{unit}{sign} {show(rule.expression)}{when}"


def show(expression: Expression, level: int = _CHOICE) -> str:
    """The text of an expression, in parentheses where its surroundings bind closer."""
    own, text = _shown(expression)
    return f"({text})" if own < level else text


def _lines(script: Script) -> Iterator[str]:
    if script.match:
        yield f"match: {', '.join(map(_pattern, script.match))}"
    for word, names in (("use", script.uses), ("env", script.environment)):
        if names:
            yield f"{word}: {', '.join(name.name for name in names)}"
    current, shown = 0, 1
    for rule in script.rules:
        if rule.section >= shown:
            yield from map(_head, script.sections[shown : rule.section + 1])
            shown = rule.section + 1
        elif rule.section != current:
            yield "[all]"
        current = rule.section
        yield show_rule(rule)
    yield from map(_head, script.sections[shown:])


def _head(section: Section) -> str:
    return f"[{', '.join(map(_selector, section.selectors))}]"


def _selector(selector: Selector) -> str:
    if selector.condition is not None:
        return f"when {show(selector.condition, _OR)}"
    return " ".join([selector.kind, " | ".join(map(_pattern, selector.patterns))]).strip()


def _shown(part: Expression) -> tuple[int, str]:
    """How close an expression binds, and its text."""
    if part.kind == "binary":
        return _binary(part)
    if part.kind in ("candidates", "choice", "not", "minus"):
        return _worded(part)
    inside = ", ".join(show(one) for one in part.parts)
    if part.kind == "call":
        return _ATOM, f"{part.value}({inside})"
    if part.kind == "list":
        return _ATOM, f"({inside})"
    if part.kind in ("index", "unit"):
        return _OPERAND, show(part.parts[0], _OPERAND) + _after(part)
    if part.kind == "name":
        return _ATOM, _in_hdu(part.hdu) + _name(str(part.value))
    if part.kind == "literal":
        return _ATOM, _constant(part.value)
    return _ATOM, f"${part.value}"


def _binary(part: Expression) -> tuple[int, str]:
    operator = str(part.value)
    own = _LEVELS.get(operator, _COMPARE)
    left, right = own, own + 1
    if own == _COMPARE:
        left = right = _SUM
    elif own == _POWER:
        left, right = _OPERAND, _MINUS
    return own, f"{show(part.parts[0], left)} {operator} {show(part.parts[1], right)}"


def _worded(part: Expression) -> tuple[int, str]:
    if part.kind == "candidates":
        return _CANDIDATES, " | ".join(show(one, _OR) for one in part.parts)
    if part.kind == "not":
        return _NOT, f"not {show(part.parts[0], _NOT)}"
    if part.kind == "minus":
        return _MINUS, f"-{show(part.parts[0], _MINUS)}"
    text = f"{show(part.parts[0], _CANDIDATES)} if {show(part.parts[1], _OR)}"
    if len(part.parts) == 3:
        text += f" else {show(part.parts[2])}"
    return _CHOICE, text


def _after(part: Expression) -> str:
    cut = part.slice
    if cut is None:
        return f" [{part.value}]"
    start, stop = ("" if end is None else str(end) for end in (cut.start, cut.stop))
    return f"[{start}:{stop}]" if cut.range else f"[{start}]"


def _in_hdu(hdu: str | int | None) -> str:
    if hdu is None:
        return ""
    bare = isinstance(hdu, int) or _HDU.fullmatch(hdu)
    return f"HDU[{hdu}]." if bare else f"HDU['{hdu}']."


def _name(name: str) -> str:
    return name if _NAME.fullmatch(name) and name not in _RESERVED else f"`{name}`"


def _pattern(text: str) -> str:
    return text if _PATTERN.fullmatch(text) else _constant(text)


def _constant(value: Constant) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else _number(value)


def _number(value: float | None) -> str:
    return "null" if value is None else repr(value)
