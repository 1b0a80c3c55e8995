"""Types and units of expressions, known before any file is read."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches

from portal import units
from portal.errors import ReadError
from portal.mapping.functions import FUNCTIONS, Function, Type, compiled
from portal.mapping.printing import show
from portal.mapping.syntax import FILE_VARIABLES, Expression, Fault

__all__ = ["Known", "Names", "alternatives", "check_unit", "known"]

_KEYWORD = re.compile(r"[A-Z0-9_][A-Z0-9_ .-]*")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a value: its type, and its unit if it was given one.

    `measured` is whether the file may give it a unit: datasets of HDF5 and columns bring theirs.
    """

    type: Type
    unit: str | None = None
    measured: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """What the file declares: modules of functions, and variables of the environment."""

    modules: Collection[str] = ()
    variables: Collection[str] = ()


def alternatives(expression: Expression) -> list[Expression]:
    """The expressions of which one gives the value of a rule."""
    if expression.kind == "candidates":
        return [one for part in expression.parts for one in alternatives(part)]
    if expression.kind == "choice":
        value, _, *otherwise = expression.parts
        return [one for part in (value, *otherwise) for one in alternatives(part)]
    return [expression]


def known(part: Expression, names: Names) -> Known:
    """Type and unit of an expression.

    Raises
    ------
    Fault
        If it can have no value, whatever the file says.
    """
    if part.kind == "literal":
        return Known(_of_constant(part))
    if part.kind in ("variable", "environment"):
        return _variable(part, names)
    if part.kind == "name":
        return Known("any", measured=_is_dataset(str(part.value)))
    if part.kind == "call":
        return _call(part, names)
    if part.kind == "binary":
        return _binary(part, names)
    return _compound(part, names)


def _is_dataset(name: str) -> bool:
    """Whether it is the path of a dataset, and no keyword or attribute, which have no unit."""
    return "@" not in name and not _KEYWORD.fullmatch(name)


def _of_constant(part: Expression) -> Type:
    if part.value is None:
        return "any"
    if isinstance(part.value, bool):
        return "flag"
    return "text" if isinstance(part.value, str) else "number"


def _variable(part: Expression, names: Names) -> Known:
    if part.kind == "environment" and part.value not in names.variables:
        legal = sorted({*FILE_VARIABLES, *names.variables})
        raise Fault(
            "unknown variable",
            f"${part.value}",
            ", ".join(f"${name}" for name in legal) + f", or a line env: {part.value}",
            part.column,
        )
    return Known("number" if part.value == "HDU" else "text")


def _compound(part: Expression, names: Names) -> Known:
    """What a unit, an index, a sign, ``not`` and alternatives make of their parts."""
    if part.kind == "choice":
        _flag(part.parts[1], names)
        return _shared([part.parts[0], *part.parts[2:]], names)
    if part.kind == "candidates":
        _reachable(part)
        return _shared(list(part.parts), names)
    if part.kind == "list":
        for one in part.parts:
            known(one, names)
        return Known("list")
    if part.kind == "not":
        _flag(part.parts[0], names)
        return Known("flag")
    inner = known(part.parts[0], names)
    if part.kind == "index":
        if inner.type in ("number", "flag"):
            raise Fault("index of one value", show(part), "a text or a list", part.column)
        kept = inner.type == "text" or _is_range(part)
        return Known(inner.type if kept else "any", inner.unit, inner.measured)
    _numeric(part.parts[0], inner)
    if part.kind == "unit":
        return Known("number", _given_unit(part, inner))
    return Known(_kind_of_each(inner), inner.unit, inner.measured)


def _kind_of_each(*parts: Known) -> Type:
    """What is made of each number of `parts`: as many, and of a dataset nobody knows how many."""
    if any(one.type == "list" for one in parts):
        return "list"
    return "any" if any(one.measured for one in parts) else "number"


def _is_range(part: Expression) -> bool:
    return part.slice is not None and part.slice.range


def _given_unit(part: Expression, inner: Known) -> str:
    unit = str(part.value)
    if inner.unit is not None:
        raise Fault(
            "two units",
            show(part),
            f"one unit: the value is in {inner.unit} already",
            part.column,
        )
    check_unit(unit, part.column)
    return unit


def check_unit(unit: str, column: int) -> None:
    """Raise a Fault unless `unit` is one."""
    try:
        units.check(unit)
    except ReadError as error:
        raise Fault(error.what, error.seen, error.expected, column) from error


def _reachable(part: Expression) -> None:
    for one in part.parts[:-1]:
        if one.kind == "literal":
            raise Fault(
                "candidates that are never reached",
                show(part)[:60],
                f"{show(one)} as the last one",
                one.column,
            )


def _flag(part: Expression, names: Names) -> None:
    if known(part, names).type not in ("flag", "any"):
        raise Fault("no condition", show(part)[:60], "a comparison such as NAXIS == 3", part.column)


def _shared(parts: list[Expression], names: Names) -> Known:
    found = [(part, known(part, names)) for part in parts if part != Expression("literal")]
    kinds = {one.type for _, one in found}
    shared = [one.unit for _, one in found]
    kind: Type = kinds.pop() if len(kinds) == 1 else "any"
    unit = shared[0] if shared and len(set(shared)) == 1 else None
    return Known(kind, unit, any(one.measured for _, one in found))


def _numeric(part: Expression, inner: Known) -> None:
    if inner.measured:
        return
    if inner.type not in ("number", "any", "text" if part.kind != "literal" else "any"):
        raise Fault("not a number", show(part)[:60], "a number or a keyword", part.column)


def _binary(part: Expression, names: Names) -> Known:
    left, right = (known(one, names) for one in part.parts)
    measured = left.measured or right.measured
    operator = str(part.value)
    if operator in ("and", "or"):
        for one in part.parts:
            _flag(one, names)
        return Known("flag")
    if operator == "in":
        return Known("flag")
    if operator in ("==", "!=", "<", "<=", ">", ">="):
        _same_unit(part, left, right)
        return Known("flag")
    for one, inner in zip(part.parts, (left, right), strict=True):
        _numeric(one, inner)
    if operator in ("+", "-"):
        _same_unit(part, left, right)
        return Known(_kind_of_each(left, right), left.unit, measured)
    kind = _kind_of_each(left, right)
    return Known(kind, _combined(part, operator, left.unit, right.unit), measured)


def _same_unit(part: Expression, left: Known, right: Known) -> None:
    if left.unit == right.unit or "null" in {show(one) for one in part.parts}:
        return
    if (left.measured and left.unit is None) or (right.measured and right.unit is None):
        return
    if left.unit is None or right.unit is None:
        raise Fault(
            "a unit on one side only",
            show(part)[:60],
            "units on both sides, or on none",
            part.column,
        )
    if not units.same_dimension(left.unit, right.unit):
        raise Fault(
            "units of two dimensions",
            f"{left.unit} and {right.unit}",
            "two of one dimension",
            part.column,
        )


def _combined(part: Expression, operator: str, left: str | None, right: str | None) -> str | None:
    if operator == "**":
        if left is None and right is None:
            return None
        raise Fault(
            "power with a unit",
            show(part)[:60],
            "pure numbers, and the unit after parentheses, such as (10 ** X) [Angstrom]",
            part.column,
        )
    if right is None:
        return left
    return units.product(left or "", right, 1 if operator == "*" else -1)


def _call(part: Expression, names: Names) -> Known:
    name = str(part.value)
    inner = [known(one, names) for one in part.parts]
    if name.rpartition(".")[0] in names.modules:
        return Known("any")
    function = FUNCTIONS.get(name)
    if function is None:
        raise _unknown(name, part.column)
    if not function.takes(len(inner)):
        raise Fault(
            f"{name}: wrong number of arguments",
            str(len(inner)),
            function.signature(name),
            part.column,
        )
    for place, (one, found) in enumerate(zip(part.parts, inner, strict=True)):
        _argument(name, function, place, one, found)
    unit = _unit_of(part, name, function, inner)
    measured = name == "column" or (function.unit == "same" and any(one.measured for one in inner))
    measured = measured or (function.of_each and inner[0].measured)
    kind = _kind_of_each(inner[0]) if function.of_each else function.returns
    return Known(kind, unit, unit is None and measured)


def _unknown(name: str, column: int) -> Fault:
    module, _, _ = name.rpartition(".")
    near = get_close_matches(name.lower(), FUNCTIONS, 3)
    expected = " or ".join(near) if near else f"one of {', '.join(FUNCTIONS)}"
    if module:
        expected = f"a function of the language, or a line use: {module}"
    return Fault("unknown function", name, expected, column)


def _argument(name: str, function: Function, place: int, part: Expression, found: Known) -> None:
    wanted = function.type_of(place)
    fits = wanted in ("any", found.type) or found.type == "any"
    # Of a column each number is taken, as of a dataset.
    fits |= wanted == "number" and found.measured
    if not (fits or (wanted == "number" and found.type == "text" and part.kind != "literal")):
        raise Fault(
            f"{name}: argument of another type",
            f"{show(part)[:60]}, a {found.type}",
            function.signature(name),
            part.column,
        )
    if name in ("find", "matches") and place == 1 and isinstance(part.value, str):
        _pattern(part)


def _pattern(part: Expression) -> None:
    if part.kind == "literal":
        try:
            compiled(str(part.value))
        except ReadError as error:
            raise Fault(error.what, error.seen, error.expected, part.column) from error


def _unit_of(part: Expression, name: str, function: Function, inner: list[Known]) -> str | None:
    given = [one.unit for one in inner]
    if function.unit == "spectral":
        unit = given[0]
        if unit is None and inner[0].measured:
            return "m"
        if unit is None:
            raise Fault(f"{name}: no unit", show(part)[:60], f"{name}(KEYWORD [unit])", part.column)
        if not any(units.same_dimension(unit, one) for one in ("m", "Hz", "J", "m-1")):
            expected = "a unit of wavelength, frequency, energy or wave number"
            raise Fault(f"{name}: unit of another dimension", unit, expected, part.column)
        return "m"
    if function.unit == "same":
        for one in inner[1:] if function.many else ():
            _same_unit(part, inner[0], one)
        return given[0]
    if name != "size" and any(unit is not None for unit in given):
        raise Fault(f"{name}: argument with a unit", show(part)[:60], "none", part.column)
    return None if function.unit == "none" else function.unit
