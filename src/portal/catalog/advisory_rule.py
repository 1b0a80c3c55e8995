"""What the expression of an advisory means for the columns that there are.

A rule outlives the store that it was written for: a parameter that no model has today is a
column without values, not a mistake.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from portal.catalog import expression as tree
from portal.catalog.binding import known
from portal.catalog.expression import Compare, Contain, Member, Name, Node, Not, Null, parse
from portal.catalog.predicate import bind, columns_used
from portal.catalog.query import Query
from portal.errors import QueryError
from portal.model.advisory import Advisory
from portal.model.record import Problem
from portal.model.schema import MODELS, OBSERVATIONS, PARAMETERS, Column

__all__ = ["Rule", "check_rule", "legal_columns", "rule_of"]

_ABSENT = Column("\0absent", "bool")
_FIXED = frozenset(column.name for column in (*MODELS, *OBSERVATIONS))
_MARK = "advisories"


@dataclass(frozen=True)
class Rule:
    """An advisory as it holds for one catalogue.

    Parameters
    ----------
    advisory
        As it is written.
    query
        What it selects; a column that it needs and the table lacks has no values. None if
        nothing, since it does not fit the columns.
    needs
        The columns of the query.
    problems
        What there is to say about it.
    """

    advisory: Advisory
    query: Query | None
    needs: tuple[Column, ...]
    problems: tuple[Problem, ...]


def legal_columns(table: str, parameters: Sequence[Column]) -> dict[str, Column]:
    """The columns that a rule about `table` may name; only those made before the marks."""
    own = OBSERVATIONS if table == "observations" else ()
    every = [*own, *MODELS, *parameters]
    return {column.name: column for column in reversed(every) if column.name != _MARK}


def check_rule(advisory: Advisory) -> None:
    """Raise QueryError if the rule can fit no catalogue, whatever its models have."""
    if advisory.where:
        columns = legal_columns(advisory.table, PARAMETERS)
        bind(_known(parse(advisory.where), columns), {**columns, _ABSENT.name: _ABSENT})


def rule_of(advisory: Advisory, parameters: Sequence[Column]) -> Rule:
    """The rule for a catalogue whose models have these parameters.

    Raises
    ------
    QueryError
        If it can fit no catalogue.
    """
    check_rule(advisory)
    if not advisory.where:
        return Rule(advisory, Query("", frozenset(), None), (), ())
    node = parse(advisory.where)
    # Those of the schema that no model has are known all the same.
    columns = legal_columns(advisory.table, [*PARAMETERS, *parameters])
    here = legal_columns(advisory.table, parameters)
    absent = sorted({name.name for name in _names(node)} - here.keys())
    problems = tuple(_absent(advisory, name, here) for name in absent)
    try:
        predicate = bind(_known(node, columns), {**columns, _ABSENT.name: _ABSENT})
    except QueryError as error:
        return Rule(advisory, None, (), (*problems, _unfit(advisory, error)))
    used = columns_used(predicate)
    query = Query(advisory.where, frozenset(used), predicate)
    return Rule(advisory, query, tuple(used.values()), problems)


def _known(node: Node, columns: Mapping[str, Column]) -> Node:
    """`node` with a column without values for each name that is none of `columns`."""
    match node:
        case tree.All(nodes):
            return tree.All(tuple(_known(one, columns) for one in nodes))
        case tree.Any(nodes):
            return tree.Any(tuple(_known(one, columns) for one in nodes))
        case Not(inner):
            return Not(_known(inner, columns))
    absent: Name | None = None
    for name in _names(node):
        if name.name in _FIXED:
            known(name, columns)
        elif name.name not in columns:
            absent = Name(_ABSENT.name, name.span)
    if absent is None:
        return node
    # Of all that can be asked of a missing value, `is null` alone holds.
    return Null(absent) if isinstance(node, Null) else absent


def _names(node: Node) -> Iterator[Name]:
    match node:
        case tree.All(nodes) | tree.Any(nodes):
            for one in nodes:
                yield from _names(one)
        case Not(inner):
            yield from _names(inner)
        case Compare(left, _, right):
            yield from (side for side in (left, right) if isinstance(side, Name))
        case tree.Cone(name):
            yield from (Name(one, name.span) for one in ("s_ra", "s_dec"))
        case Member(name, _) | Contain(_, name) | Null(name):
            yield name
        case Name():
            yield node


def _absent(advisory: Advisory, name: str, here: Mapping[str, Column]) -> Problem:
    schema = {column.name for column in PARAMETERS}
    near = [] if name in schema else get_close_matches(name, here, n=3, cutoff=0.6)
    return Problem(
        _place(advisory),
        "advisory-column",
        f"advisory {advisory.id}, where: no model has {name}; it counts as missing",
        name,
        " or ".join(near) or "a parameter of the models",
        "correct the name" if near else "nothing, if models with it are to come",
        "warning",
    )


def _unfit(advisory: Advisory, error: QueryError) -> Problem:
    return Problem(
        _place(advisory),
        "advisory-rule",
        f"advisory {advisory.id}, where: {error.what}; it marks nothing",
        error.seen,
        error.expected,
        error.way_out or "correct the rule",
        "warning",
    )


def _place(advisory: Advisory) -> str:
    """File and line, without the folders of this machine."""
    return "/".join(advisory.place.split("/")[-2:]) or f"advisory {advisory.id}"
