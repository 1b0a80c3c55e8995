"""Queries as SQL that DuckDB understands, in this process, on a command line or in a browser.

The condition selects the same rows as everywhere else. A missing value passes no test, so
that a condition on NaN or the empty text is added where it makes a difference.
"""

from collections.abc import Sequence
from decimal import Decimal

from portal.catalog.binding import known_names
from portal.catalog.expression import parse
from portal.catalog.predicate import (
    All,
    Any,
    Between,
    Cone,
    Contains,
    IsIn,
    IsNull,
    Predicate,
    Scalar,
    Test,
    bind,
    columns_used,
)
from portal.model.schema import Column

__all__ = ["statement", "where"]

_OPERATORS = {"==": "=", "!=": "<>"}
_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LARGEST_INTEGER = 2**31
_FLOATS = ("float32", "float64")


def where(text: str, columns: Sequence[Column]) -> str:
    """The condition that the query `text` sets, for the WHERE of a SELECT.

    ``line == "CO 2-1"`` becomes ``"line" = 'CO 2-1'``.

    Raises
    ------
    QueryError
        If `text` is no expression or does not fit the columns; the error marks the place.
    """
    if not text.strip():
        return "TRUE"
    return _condition(bind(parse(text), {column.name: column for column in columns}))


def statement(
    text: str,
    models: Sequence[Column],
    observations: Sequence[Column] | None = None,
    *,
    columns: Sequence[str] | None = None,
    folder: str = "",
) -> str:
    """The SELECT that finds what the query `text` selects.

    Parameters
    ----------
    text
        A query; '' selects every row.
    models
        Columns of the table of models.
    observations
        Columns of the table of observations, to select from that one; the columns of the
        models are lent to it.
    columns
        What to select [default: all columns of the table].
    folder
        Where the Parquet files lie: a folder or an address, ending in ``/``.

    Raises
    ------
    QueryError
        If `text` does not fit the columns, or one of `columns` is none.
    """
    own = models if observations is None else observations
    lent = [c for c in models if c.name not in {column.name for column in own}]
    legal = {column.name: column for column in (*own, *lent)}
    known_names(columns or (), legal)
    predicate = bind(parse(text), legal) if text.strip() else None
    used = {*(columns or ()), *(columns_used(predicate) if predicate else ())}
    borrowed = ["model_id", *(column.name for column in lent if column.name in used)]
    table = "models" if observations is None else "observations"
    wanted = ", ".join(map(_identifier, columns)) if columns else f"{table}.*"
    lines = [f"SELECT {wanted}", f"FROM {_text(f'{folder}{table}.parquet')} AS {table}"]
    if observations is not None and len(borrowed) > 1:
        source = _text(f"{folder}models.parquet")
        names = ", ".join(map(_identifier, borrowed))
        lines.append(f"LEFT JOIN (SELECT {names} FROM {source}) AS models USING (model_id)")
    return "\n".join([*lines, *([f"WHERE {_condition(predicate)}"] if predicate else [])])


def _condition(predicate: Predicate) -> str:
    """`predicate` as the condition of a SELECT."""
    match predicate:
        case All(of):
            return " AND ".join(_bracketed(one, Any) for one in of)
        case Any(of):
            return " OR ".join(_bracketed(one, All) for one in of)
        case IsNull(column, opposite):
            return _is_null(column, opposite)
        case Test(column, operator, value):
            return _test(column, operator, value)
        case Between():
            return _between(predicate)
        case Cone():
            return _within(predicate)
        case IsIn(column, values, opposite):
            return _is_in(column, values, opposite)
        case Contains(column, text, opposite):
            return _contains(_identifier(column.name), text, opposite)


def _identifier(name: str) -> str:
    """A name between the quotation marks of SQL."""
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    """A text between the quotation marks of SQL."""
    return "'" + text.replace("'", "''") + "'"


def _bracketed(predicate: Predicate, kind: type) -> str:
    text = _condition(predicate)
    return f"({text})" if isinstance(predicate, kind) else text


def _and(*conditions: str) -> str:
    """All conditions that are not empty, as one."""
    given = [one for one in conditions if one]
    return given[0] if len(given) == 1 else f"({' AND '.join(given)})"


def _there(column: Column) -> str:
    """What a value that is not null passes; '' where all of them are values."""
    name = _identifier(column.name)
    if column.type.startswith("list"):
        return f"len({name}) > 0"
    if column.type == "string":
        return f"{name} <> ''"
    return f"NOT isnan({name})" if column.type in _FLOATS else ""


def _is_null(column: Column, opposite: bool) -> str:
    name, there = _identifier(column.name), _there(column)
    if opposite:
        return there or f"{name} IS NOT NULL"
    if not there:
        return f"{name} IS NULL"
    missing = f"isnan({name})" if column.type in _FLOATS else f"NOT ({there})"
    return f"({name} IS NULL OR {missing})"


def _test(column: Column, operator: str, value: Scalar) -> str:
    name = _identifier(column.name)
    if isinstance(value, bool):
        return name if value == (operator == "==") else f"NOT {name}"
    if column.type == "string":
        if value == "" and operator == "==":
            return "FALSE"
        sure = operator == "==" or (value != "" and operator in (">", ">="))
    else:
        # NaN is the greatest of all numbers; and where the statistics of a Parquet file say that
        # all numbers pass, DuckDB takes it that NaN does too.
        sure = False
    test = f"{name} {_OPERATORS.get(operator, operator)} {_scalar(value, column)}"
    return test if sure else _and(test, _there(column))


def _between(test: Between) -> str:
    left, right = _operand(test.column), _operand(test.other)
    right = right if test.factor == 1 else f"{right} * {_double(test.factor)}"
    compared = f"{left} {_OPERATORS.get(test.operator, test.operator)} {right}"
    return _and(compared, _there(test.column), _there(test.other))


def _within(cone: Cone) -> str:
    """The haversine formula; a position that is not known is neither inside nor outside."""
    ra, dec = _operand(cone.ra_column), _operand(cone.dec_column)
    east = f"pow(sin(radians({ra} - {_double(cone.ra)}) / 2), 2)"
    north = f"pow(sin(radians({dec} - {_double(cone.dec)}) / 2), 2)"
    cosines = f"cos(radians({_double(cone.dec)})) * cos(radians({dec}))"
    away = f"degrees(2 * asin(least(sqrt({north} + {cosines} * {east}), 1)))"
    test = f"{away} {'>' if cone.opposite else '<='} {_double(cone.radius)}"
    # A CASE, since DuckDB takes no sine of what is infinite.
    return f"CASE WHEN isfinite({ra}) AND isfinite({dec}) THEN {test} ELSE FALSE END"


def _operand(column: Column) -> str:
    name = _identifier(column.name)
    plain = column.type in ("float64", "string", "bool")
    return name if plain else f"CAST({name} AS DOUBLE)"


def _is_in(column: Column, values: tuple[Scalar, ...], opposite: bool) -> str:
    name = _identifier(column.name)
    listed = ", ".join(_scalar(value, column) for value in dict.fromkeys(values))
    if column.type.startswith("list"):
        test = f"list_has_any({name}, [{listed}])"
        return f"({_there(column)} AND NOT {test})" if opposite else test
    if opposite:
        return _and(f"{name} NOT IN ({listed})", _there(column))
    guarded = "" in values or column.type in _FLOATS
    return _and(f"{name} IN ({listed})", _there(column) if guarded else "")


def _contains(name: str, text: str, opposite: bool) -> str:
    if text == "":
        return "FALSE" if opposite else f"{name} <> ''"
    # lower() would change letters beyond ASCII too.
    wanted = _text(text.encode().lower().decode())
    lower = f"translate({name}, '{_UPPER}', '{_UPPER.lower()}')"
    found = f"contains({lower}, {wanted})"
    return f"({name} <> '' AND NOT {found})" if opposite else found


def _scalar(value: Scalar, column: Column) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    # DuckDB would round an integer to the width of a float32 column.
    if column.type != "float32" and value.is_integer() and abs(value) < _LARGEST_INTEGER:
        return str(int(value))
    return _double(value)


def _double(value: float) -> str:
    """The shortest text that gives the number again, with an exponent: SQL's doubles have one."""
    if value in (float("inf"), float("-inf")):
        return f"CAST('{value}' AS DOUBLE)"
    # + 0.0: the zero below zero is the same to SQL.
    sign, digits, exponent = Decimal(repr(value + 0.0)).normalize().as_tuple()
    mantissa = "".join(map(str, digits))
    power = int(exponent) + len(mantissa) - 1
    point = f".{mantissa[1:]}" if len(mantissa) > 1 else ""
    return f"{'-' * sign}{mantissa[0]}{point}e{power}"
