"""The value of an expression for one product, file or row.

Nothing is run but the functions of the language and those of modules that the user allowed.
A value that the file does not have is None, and so is all that is made of it; what is there and
cannot be used is a `portal.errors.ReadError`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import cast

import numpy as np

from portal import units
from portal.errors import ReadError
from portal.mapping._held import Held, bare, in_unit, measured, plain
from portal.mapping._operators import ARITHMETIC, operated
from portal.mapping.functions import FUNCTIONS, Datum, numbers_of, shortly
from portal.mapping.sources import Source, file_fact
from portal.mapping.syntax import Expression

__all__ = ["Context", "Held", "evaluate", "holds", "user_function"]


@dataclass(slots=True)
class Context:
    """What an expression may look at.

    Parameters
    ----------
    source
        The product, file or row.
    environment
        Declared variables of the environment that are set.
    modules
        Modules whose functions may be called.
    defaults, overrides
        Values of keywords that rules gave, by their names in capitals: where the file lacks
        them, and whatever it has.
    columns
        Values of columns of ObsCore, for names under which the file has nothing.
    """

    source: Source
    environment: Mapping[str, str] = field(default_factory=dict)
    modules: Sequence[str] = ()
    defaults: dict[str, Held | None] = field(default_factory=dict)
    overrides: dict[str, Held | None] = field(default_factory=dict)
    columns: Mapping[str, Held] = field(default_factory=dict)


def holds(condition: Expression, context: Context) -> bool:
    """Whether a condition is true; one that asks for what is not there is not.

    Raises
    ------
    ReadError
        If it is neither true nor false.
    """
    found = evaluate(condition, context)
    if found is None or isinstance(found.value, bool):
        return found is not None and bool(found.value)
    raise ReadError(
        "no condition",
        seen=shortly(found.value),
        expected="true or false",
        way_out="compare it with a value",
        code="wrong-type",
    )


def evaluate(part: Expression, context: Context) -> Held | None:
    """The value, or None where there is none.

    Raises
    ------
    ReadError
        If what the file has cannot be used so.
    """
    return _KINDS[part.kind](part, context)


def _literal(part: Expression, context: Context) -> Held | None:
    return None if part.value is None else Held(part.value)


def _variable(part: Expression, context: Context) -> Held | None:
    found = file_fact(context.source, str(part.value))
    return None if found is None else Held(found)


def _environment(part: Expression, context: Context) -> Held | None:
    found = context.environment.get(str(part.value))
    return Held(found) if found else None


def _name(part: Expression, context: Context) -> Held | None:
    name = str(part.value)
    key = name.upper() if part.hdu is None else ""
    if key in context.overrides:
        return context.overrides[key]
    found = context.source.value(name, part.hdu)
    # A column of a table brings its unit.
    unit = found.unit if isinstance(found, Held) else None
    value = bare(found)
    if value is not None:
        return Held(value, unit)
    given = context.defaults.get(key)
    return context.columns.get(name) if given is None and part.hdu is None else given


def _call(part: Expression, context: Context) -> Held | None:
    name = str(part.value)
    if name == "size" and part.parts[0].kind == "name":
        counted = context.source.size(str(part.parts[0].value))
        if counted is not None:
            return Held(counted)
    given = [evaluate(one, context) for one in part.parts]
    held = [one for one in given if one is not None]
    if len(held) < len(given):
        return None
    if name == "column":
        return _column(held, context)
    if "." in name:
        return _of_user(name, held, context)
    return _of_language(name, held)


def _column(held: Sequence[Held], context: Context) -> Held | None:
    hdu = held[1].value if len(held) > 1 else None
    if not (hdu is None or isinstance(hdu, int | str)):
        raise ReadError("no HDU", seen=repr(hdu)[:60], expected="a number or a name")
    found = context.source.column(str(held[0].value), hdu)
    value = None if found is None else plain(found.value)
    return None if found is None or value is None else Held(value, found.unit)


def _of_language(name: str, held: Sequence[Held]) -> Held | None:
    function = FUNCTIONS[name]
    unit = held[0].unit if held else None
    if function.unit == "same":
        values = [in_unit(one, unit).value for one in held]
    else:
        values = [one.value for one in held]
    for place, value in enumerate(values):
        values[place] = _argument(name, function.type_of(place), value)
    if function.unit == "spectral":
        return Held(cast(Datum, function.call(*values, unit or "")), "m")
    try:
        found = function.call(*values)
    except (ValueError, OverflowError, TypeError) as error:
        raise ReadError(
            f"{name}: cannot be computed",
            seen=", ".join(shortly(value, 30) for value in values),
            expected=function.signature(name),
            code="wrong-type",
        ) from error
    if found is None:
        return None
    return Held(found, {"none": None, "same": unit}.get(function.unit, function.unit))


def _argument(name: str, wanted: str, value: Datum) -> Datum:
    if wanted == "number":
        return numbers_of(value)
    if wanted == "text" and not isinstance(value, str):
        if isinstance(value, bool | int | float):
            return str(value)
        raise ReadError(
            f"{name}: not a text", seen=shortly(value), expected="a text", code="wrong-type"
        )
    if wanted == "list" and isinstance(value, str | int | float):
        return [value]
    return value


def user_function(name: str, modules: Sequence[str]) -> Callable[..., object]:
    """The function ``module.function`` of an allowed module.

    Raises
    ------
    ReadError
        If the module was not allowed, cannot be imported, or does not define it itself.
    """
    module, _, short = name.rpartition(".")
    seen = f"{name}"
    if module in modules and not short.startswith("_"):
        try:
            found = getattr(import_module(module), short, None)
        # The edge to code that is not ours: it may fail or stop when it is imported, too.
        except (Exception, SystemExit) as error:
            found, seen = None, f"{name}: {_said(error)}"
        # What a module only imports, such as os.system, is not its own.
        if callable(found) and getattr(found, "__module__", "") == module:
            return cast(Callable[..., object], found)
    raise ReadError(
        "no function of an allowed module",
        seen=seen,
        expected="a function that the module defines",
        way_out="name the module in use:, allow it with --allow-code, and see that it is found",
        code="code",
    )


def _of_user(name: str, held: Sequence[Held], context: Context) -> Held | None:
    function = user_function(name, context.modules)
    try:
        found = plain(function(*(one.value for one in held)))
    except ReadError:
        raise
    # The edge to code that is not ours: whatever it raises is a finding about the rule.
    except (Exception, SystemExit) as error:
        raise ReadError(
            f"{name}: failed",
            seen=_said(error),
            expected="a value",
            code="code",
        ) from error
    return None if found is None else Held(found)


def _said(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return f"it wants to end the program (SystemExit: {error})"
    return f"{type(error).__name__}: {error}"[:120]


def _index(part: Expression, context: Context) -> Held | None:
    held = evaluate(part.parts[0], context)
    cut = part.slice
    if held is None or cut is None:
        return None
    value = held.value.reshape(-1) if isinstance(held.value, np.ndarray) else held.value
    if isinstance(value, bool | int | float):
        value = [value]
    if cut.range:
        found = plain(value[cut.start : cut.stop])
    else:
        place = cut.start or 0
        found = plain(value[place]) if -len(value) <= place < len(value) else None
    return None if found is None else Held(found, held.unit)


def _unit(part: Expression, context: Context) -> Held | None:
    held = evaluate(part.parts[0], context)
    if held is None:
        return None
    if held.unit and units.is_unit(held.unit):
        return in_unit(held, str(part.value))
    return Held(measured(held), str(part.value))


def _minus(part: Expression, context: Context) -> Held | None:
    held = evaluate(part.parts[0], context)
    return None if held is None else Held(-numbers_of(held.value), held.unit)


def _not(part: Expression, context: Context) -> Held:
    return Held(not holds(part.parts[0], context))


def _choice(part: Expression, context: Context) -> Held | None:
    value, condition, *otherwise = part.parts
    if holds(condition, context):
        return evaluate(value, context)
    return evaluate(otherwise[0], context) if otherwise else None


def _candidates(part: Expression, context: Context) -> Held | None:
    found = (evaluate(one, context) for one in part.parts)
    return next((one for one in found if one is not None), None)


def _list(part: Expression, context: Context) -> Held:
    found = (evaluate(one, context) for one in part.parts)
    return Held([cast(str, one.value) for one in found if one is not None])


def _binary(part: Expression, context: Context) -> Held | None:
    sign = str(part.value)
    left, right = part.parts
    if sign == "and":
        return Held(holds(left, context) and holds(right, context))
    if sign == "or":
        return Held(holds(left, context) or holds(right, context))
    first, second = evaluate(left, context), evaluate(right, context)
    if Expression("literal") in part.parts and sign in ("==", "!="):
        return Held(((first or second) is None) == (sign == "=="))
    if first is None or second is None:
        return None if sign in ARITHMETIC else Held(False)
    return operated(sign, first, second)


_KINDS: dict[str, Callable[[Expression, Context], Held | None]] = {
    "binary": _binary,
    "call": _call,
    "candidates": _candidates,
    "choice": _choice,
    "environment": _environment,
    "index": _index,
    "list": _list,
    "literal": _literal,
    "minus": _minus,
    "name": _name,
    "not": _not,
    "unit": _unit,
    "variable": _variable,
}
