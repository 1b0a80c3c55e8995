"""Mappings checked against the columns before any file is read."""

import re
from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches

from portal import units
from portal.errors import MappingError, ReadError
from portal.mapping._typing import Known, Names, alternatives, check_unit, known
from portal.mapping.evaluate import Context, evaluate
from portal.mapping.printing import show
from portal.mapping.sources import RowSource
from portal.mapping.syntax import Expression, Fault, Place, Rule, Script, Word
from portal.mapping.values import fitted, in_column
from portal.model.schema import MODELS, OBSCORE, Column

__all__ = ["COLUMNS", "MODEL_COLUMNS", "PARAMETER", "check"]

PARAMETER = "parameter."
"""What the names of parameters of models begin with."""

# Set by the scan from all files of the collection, or by the file itself.
_NOT_MAPPED = (
    "advisories",
    "bytes",
    "collection",
    "model_path",
    "n_observations",
    "observation_path",
)

MODEL_COLUMNS = {column.name: column for column in MODELS if column.name not in _NOT_MAPPED}
"""Columns of models that a rule may give."""
COLUMNS = MODEL_COLUMNS | {column.name: column for column in OBSCORE}
"""All columns that a rule may give."""

_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


def check(
    script: Script,
    allow: Collection[str] = (),
    allow_env: Collection[str] = (),
    *,
    complete: bool = False,
) -> tuple[MappingError, ...]:
    """What is wrong with a mapping, in the order of its lines.

    Parameters
    ----------
    script
        What the file says.
    allow
        Modules whose functions may be called.
    allow_env
        Variables of the environment that may be used.
    complete
        Whether every column that ObsCore wants must have a rule.
    """
    found = [
        *_declared(script, allow, allow_env),
        *_faults(script),
        *_twice(script.rules),
        *_lacking(script, complete),
    ]
    return tuple(found)


def _declared(
    script: Script, allow: Collection[str], allow_env: Collection[str]
) -> Iterator[MappingError]:
    for word in script.uses:
        if not _MODULE.fullmatch(word.name):
            yield _error("use: no module", word.name, "a name such as mymodule", word)
        elif word.name not in allow:
            yield MappingError(
                "use: functions of a module that was not allowed",
                seen=word.name,
                expected=", ".join(sorted(allow)) or "no module",
                way_out=f"add --allow-code {word.name} if you trust that module",
                where=str(word.place),
                code="code",
            )
    for word in script.environment:
        if not word.name.isidentifier():
            yield _error("env: no variable", word.name, "a name such as OBSERVER", word)
        elif word.name not in allow_env:
            yield MappingError(
                "env: a variable that was not allowed",
                seen=word.name,
                expected=", ".join(sorted(allow_env)) or "no variable",
                way_out=f"add --allow-env {word.name} if what it holds may be published",
                where=str(word.place),
                code="environment",
            )


def _error(what: str, seen: str, expected: str, word: Word) -> MappingError:
    return MappingError(what, seen=seen, expected=expected, where=str(word.place))


def _faults(script: Script) -> Iterator[MappingError]:
    names = Names({word.name for word in script.uses}, {word.name for word in script.environment})
    for section in script.sections:
        for selector in section.selectors:
            if selector.condition is not None:
                yield from _caught(selector.condition, "when", section.place, names)
    for rule in script.rules:
        try:
            _rule(rule, names)
        except Fault as fault:
            yield _located(fault, rule.target, rule.place)


def _caught(condition: Expression, what: str, place: Place, names: Names) -> Iterator[MappingError]:
    try:
        _condition(condition, names)
    except Fault as fault:
        yield _located(fault, what, place)


def _located(fault: Fault, what: str, place: Place) -> MappingError:
    return MappingError(
        f"{what}: {fault.what}",
        seen=fault.seen,
        expected=fault.expected,
        way_out=fault.way_out,
        where=str(place.at(fault.column)),
    )


def _condition(condition: Expression, names: Names) -> None:
    if known(condition, names).type not in ("flag", "any"):
        raise Fault(
            "no condition",
            show(condition)[:60],
            "a comparison such as NAXIS == 3",
            condition.column,
        )


def _rule(rule: Rule, names: Names) -> None:
    if rule.keyword and rule.target.lower() in COLUMNS and not rule.text.startswith("`"):
        raise Fault(
            "a keyword with the name of a column",
            rule.target,
            f"{rule.target.lower()} for the column, `{rule.target}` in backquotes for the keyword",
            rule.place.column,
        )
    column = None if rule.keyword else _column(rule)
    if rule.unit is not None:
        check_unit(rule.unit, rule.place.column)
        _unit_on_left(rule, column)
    if rule.condition is not None:
        _condition(rule.condition, names)
    known(rule.expression, names)
    for part in alternatives(rule.expression):
        _alternative(rule, column, part, known(part, names))


def _column(rule: Rule) -> Column | None:
    """The column that a rule gives; None for a parameter."""
    name = rule.target
    if _is_parameter(name):
        return None
    if name in COLUMNS:
        return COLUMNS[name]
    near = get_close_matches(name.lower(), COLUMNS, 3)
    if near:
        expected = " or ".join(near)
    else:
        expected = f"one of {', '.join(sorted(COLUMNS))}, or parameter.NAME"
    if name.lower() not in COLUMNS:
        expected += f", or `{name}` in backquotes for a keyword of the file"
    raise Fault("unknown column", name, expected, rule.place.column)


def _is_parameter(name: str) -> bool:
    return name.startswith(PARAMETER) and name.removeprefix(PARAMETER).isidentifier()


def _unit_on_left(rule: Rule, column: Column | None) -> None:
    if column is not None and (
        column.type in ("string", "list<string>")
        or not units.same_dimension(str(rule.unit), column.unit)
    ):
        raise _clash(rule, column, str(rule.unit), rule.place.column)


def _clash(rule: Rule, column: Column, unit: str, place: int) -> Fault:
    if column.type in ("string", "list<string>"):
        return Fault("unit of a text", repr(unit), "no unit", place)
    expected = f"a unit of the dimension of {column.unit or 'a pure number'}"
    if column.unit == "m" and any(units.same_dimension(unit, one) for one in ("Hz", "J", "m-1")):
        expected += f", or wavelength({show(_bare(rule.expression))})"
    return Fault("unit of another dimension", repr(unit), expected, place)


def _bare(expression: Expression) -> Expression:
    found = alternatives(expression)[0]
    return found if found.kind == "unit" else Expression("unit", "unit", (found,))


def _alternative(rule: Rule, column: Column | None, part: Expression, found: Known) -> None:
    wanted = rule.unit if column is None else rule.unit or column.unit
    if rule.keyword and found.unit is not None and rule.unit is None:
        raise Fault(
            "unit on the right only",
            show(part)[:60],
            "the unit of the keyword on the left",
            part.column,
        )
    if found.unit is not None and wanted is not None:
        text = column is not None and column.type in ("string", "list<string>")
        if text or not units.same_dimension(found.unit, wanted):
            clash = column or Column(rule.target, "float64", wanted)
            raise _clash(rule, clash, found.unit, part.column)
    if column is not None:
        _fits(column, rule.unit, part, found)


def _fits(column: Column, unit: str | None, part: Expression, found: Known) -> None:
    listed = column.type == "list<string>"
    if found.type == "flag" or (found.type == "list" and not listed):
        raise Fault("value of another type", show(part)[:60], column.type, part.column)
    if _is_known(part):
        try:
            held = evaluate(part, Context(RowSource({}, 0)))
            if held is not None:
                fitted(column, in_column(column, held, unit).value)
        except ReadError as error:
            raise Fault(
                error.what, error.seen, error.expected, part.column, error.way_out
            ) from error


def _is_known(part: Expression) -> bool:
    """Whether its value is known without any file, environment, or code of others."""
    return part.constant and not any(
        one.kind == "environment" or (one.kind == "call" and "." in str(one.value))
        for one in part.walk()
    )


def _twice(rules: Iterable[Rule]) -> Iterator[MappingError]:
    first: dict[tuple[object, ...], Rule] = {}
    for rule in rules:
        key = (rule.target, rule.keyword, rule.forced, rule.section, rule.condition)
        before = first.setdefault(key, rule)
        if before is not rule:
            yield MappingError(
                f"{rule.target}: a second rule",
                seen=rule.text[:60],
                expected=f"one: the first is in line {before.place.line}",
                way_out=f"write {rule.target}: A | B, or add a condition with when",
                where=str(rule.place),
            )


def _lacking(script: Script, complete: bool) -> Iterator[MappingError]:
    targets = {rule.target for rule in script.rules if not rule.keyword}
    lacking = {}
    of_models = any(name in MODEL_COLUMNS or _is_parameter(name) for name in targets)
    if of_models and not script.match:
        lacking["match"] = "grid/x, fields/rho"
    if (of_models or (script.match and not targets)) and "model_id" not in targets:
        lacking["model_id"] = "$STEM"
    if complete:
        needed = [c.name for c in OBSCORE if c.required and c.name not in targets]
        lacking |= dict.fromkeys(needed, "VALUE")
    for name, example in lacking.items():
        yield MappingError(
            f"no rule {name}",
            expected=f"a line such as {name}: {example}",
            where=str(script.place),
        )
