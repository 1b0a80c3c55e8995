"""Marks models and observations by the rules of advisories."""

import re
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from portal.catalog.advisory_file import error_at
from portal.catalog.advisory_rule import Rule, rule_of
from portal.catalog.arrow import arrow_type
from portal.catalog.table import Catalog
from portal.errors import QueryError
from portal.model.advisory import Advisory
from portal.model.record import Problem
from portal.model.schema import Column

__all__ = ["Marker", "unfit"]

_NUMBERS = re.compile(r"\s*v?(\d+(?:\.\d+)*)")
_LIST = pa.list_(pa.string())
_Flags = npt.NDArray[np.bool_]


class Marker:
    """Fills the column ``advisories`` of both tables.

    A model is marked by its own rules and by those that hold for one of its observations; an
    observation by its own rules and by those of its model.

    Parameters
    ----------
    advisories
        The rules; those that are settled (`until`) mark nothing.
    parameters
        The columns of the parameters of the models.

    Raises
    ------
    ConfigError
        If a rule can fit no catalogue.
    """

    def __init__(self, advisories: Iterable[Advisory], parameters: Sequence[Column]) -> None:
        self._rules = [_rule(one, parameters) for one in advisories if not one.until]

    @property
    def problems(self) -> list[Problem]:
        """What there is to say about rules that do not fit the columns of today."""
        return [problem for rule in self._rules for problem in rule.problems]

    def mark(self, models: pa.Table, observations: pa.Table) -> tuple[pa.Table, pa.Table]:
        """Both tables with the column filled.

        Parameters
        ----------
        models
            Rows of models, with their parameters.
        observations
            All rows of the observations of these models, and of products of no model.
        """
        place = pc.index_in(observations["model_id"], value_set=_whole(models["model_id"]))
        # Observed products are of no model: no rule on models holds for them.
        of_model = np.asarray(pc.fill_null(place, -1).to_numpy(), np.int64)
        modelled = of_model >= 0
        lent = _lent(models, observations, place)
        on_models: list[_Flags] = []
        on_observations: list[_Flags] = []
        for rule in self._rules:
            if rule.advisory.table == "models":
                hit = _hits(rule, models)
                on_models.append(hit)
                on_observations.append(modelled & np.append(hit, False)[of_model])
            else:
                seen = _hits(rule, lent)
                on_observations.append(seen)
                marked = of_model[seen & modelled]
                on_models.append(np.bincount(marked, minlength=len(models)) > 0)
        ids = [rule.advisory.id for rule in self._rules]
        return _marked(models, ids, on_models), _marked(observations, ids, on_observations)


def unfit(catalog: Catalog) -> Iterator[str]:
    """A line for each problem that a rule of `catalog` has with its columns."""
    names = ["path", "code", "what", "expected", "way_out"]
    for batch in catalog.batches("problems", names):
        for row in batch.filter(pc.starts_with(batch["code"], "advisory-")).to_pylist():
            yield f"{row['what']}: expected {row['expected']}; {row['way_out']} [{row['path']}]"


def _rule(advisory: Advisory, parameters: Sequence[Column]) -> Rule:
    try:
        return rule_of(advisory, parameters)
    except QueryError as error:
        raise error_at(error, advisory) from error


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks()


def _lent(models: pa.Table, observations: pa.Table, place: pa.ChunkedArray) -> pa.Table:
    """`observations` with the other columns of their models."""
    names = [n for n in models.column_names if n not in observations.column_names]
    taken = models.select(names).take(place)
    for name in names:
        observations = observations.append_column(name, taken[name])
    return observations


def _hits(rule: Rule, table: pa.Table) -> _Flags:
    hit = np.zeros(len(table), bool)
    if rule.query is None:
        return hit
    numbered = table.append_column(_ROW, pa.array(np.arange(len(table))))
    for column in rule.needs:
        if column.name not in table.column_names:
            nothing = pa.nulls(len(table), arrow_type(column))
            numbered = numbered.append_column(column.name, nothing)
    hit[rule.query.filter(numbered)[_ROW].to_numpy()] = True
    return hit & _of_engine(rule.advisory, table) if rule.advisory.engine else hit


_ROW = "\0row"


def _of_engine(rule: Advisory, table: pa.Table) -> _Flags:
    """Rows made by the engine in one of the versions; a version that cannot be read is in none."""
    engine = pc.utf8_lower(pc.utf8_trim_whitespace(table["engine"]))
    same = pc.fill_null(pc.equal(engine, rule.engine.lower()), False)
    wanted = SpecifierSet(rule.versions)
    given = pc.unique(table["engine_version"].filter(same)).to_pylist()
    legal = [text for text in given if text is not None and _contains(wanted, text)]
    if rule.versions:
        same = pc.and_(same, pc.is_in(table["engine_version"], pa.array(legal, pa.string())))
    return np.asarray(same.to_numpy(), bool)


def _contains(wanted: SpecifierSet, text: str) -> bool:
    try:
        version = Version(text)
    except InvalidVersion:
        # What follows the numbers is often of no standard: 0.3.1-dirty.
        numbers = _NUMBERS.match(text)
        if numbers is None:
            return False
        version = Version(numbers[1])
    return wanted.contains(version, prereleases=True)


def _marked(table: pa.Table, ids: Sequence[str], flags: Sequence[_Flags]) -> pa.Table:
    """`table` with a list of the ids whose flags are set in each row."""
    hit = np.column_stack([np.zeros((len(table), 0), bool), *flags])
    offsets = np.concatenate([[0], np.cumsum(hit.sum(1))]).astype(np.int32)
    names = pa.array(ids, pa.string()).take(pa.array(np.nonzero(hit)[1]))
    column = pa.ListArray.from_arrays(pa.array(offsets), names).cast(_LIST)
    at = table.schema.get_field_index("advisories")
    if at < 0:
        return table.append_column("advisories", column)
    return table.set_column(at, "advisories", column)
