"""A mapping applied to a product, a file or a row: which rule gives which value.

For each column the first of these that has a value gives it:

1. a rule with ``:=``;
2. a rule with ``:`` whose value comes from the file;
3. what is derived from the file without a rule;
4. a constant after ``:``, alone or as the last candidate;
5. what is made up for want of anything else, such as a collection named after the folder.

Rules of sections that hold come before those above all sections, and of the rest the first one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from portal.errors import ReadError
from portal.mapping._held import Held, bare, in_unit
from portal.mapping.check import COLUMNS
from portal.mapping.evaluate import Context, evaluate, holds
from portal.mapping.outcomes import KeywordValue, Level, Outcome, against, settled
from portal.mapping.sources import Source
from portal.mapping.syntax import Expression, Rule, Script, Section, Selector
from portal.mapping.values import fitted, in_column, single
from portal.model.cell import Cell
from portal.model.record import Problem, Value
from portal.model.schema import OBSCORE

__all__ = ["Mapping"]

_OBSCORE = {column.name: column for column in OBSCORE}
_NAMES = frozenset(_OBSCORE)


@dataclass(frozen=True, slots=True)
class Mapping:
    """The rules of one mapping file, checked.

    Parameters
    ----------
    name
        Stem of the file.
    script
        What it says.
    modules
        Modules whose functions it may call.
    environment
        Variables of the environment that it declares and that are set, with their values.
    """

    name: str
    script: Script
    modules: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()

    def cells(
        self, source: Source, derived: Iterable[Cell] = ()
    ) -> tuple[tuple[Cell, ...], tuple[Problem, ...]]:
        """The ObsCore values that the rules give for `source`, and what was wrong.

        Cells whose origin is of the kind ``mapping`` come before what is derived from the
        file, those of the kind ``default`` after it (`ranked`). A cell without a value says
        that the column is null. A rule that names a column has what was `derived` for it.
        """
        outcomes = self._settled(source, _best(derived))
        cells = tuple(
            Cell(one.rule.target, one.value, one.origin)
            for one in outcomes
            if one.state == "won" and one.rule.target in _OBSCORE and not one.rule.keyword
        )
        return cells, tuple(one.problem for one in outcomes if one.problem is not None)

    def keywords(self, source: Source) -> tuple[KeywordValue, ...]:
        """Keywords that rules give, for whatever is derived from them."""
        _, _, outcomes = self._keywords(source)
        return tuple(
            KeywordValue(_card_name(one.rule.target), one.value, one.rule.forced, one.origin)
            for one in settled(outcomes)
            if one.state == "won"
        )

    def outcomes(self, source: Source, derived: Iterable[Cell] = ()) -> tuple[Outcome, ...]:
        """What becomes of every rule, in the order of the file.

        Parameters
        ----------
        source
            What the rules are applied to.
        derived
            What was found without rules, of each column the best; it comes before defaults.
        """
        held = _best(derived)
        return tuple(against(one, held) for one in self._settled(source, held))

    def _settled(self, source: Source, derived: dict[str, Cell]) -> list[Outcome]:
        """What becomes of every rule beside the others, in the order of the file."""
        context, sections, tried = self._keywords(source)
        plain = [rule for rule in self.script.rules if not (rule.keyword or _asks(rule))]
        tried += [_tried(rule, sections, context) for rule in plain]
        if asking := [rule for rule in self.script.rules if not rule.keyword and _asks(rule)]:
            # A rule that names columns has the values that the other rules and the file give.
            context.columns = _columns(settled(tried), derived)
            tried += [_tried(rule, sections, context) for rule in asking]
            place = {id(rule): number for number, rule in enumerate(self.script.rules)}
            tried.sort(key=lambda one: place[id(one.rule)])
        found = {id(one.rule): one for one in settled(tried)}
        return [found[id(rule)] for rule in self.script.rules]

    def _keywords(self, source: Source) -> tuple[Context, list[str], list[Outcome]]:
        """What expressions may look at, why sections do not hold, what became of keywords."""
        context = Context(source, dict(self.environment), self.modules)
        outcomes: list[Outcome] = []
        sections: list[str] = []
        inside: set[tuple[str, bool]] = set()
        for number, section in enumerate(self.script.sections):
            # One at a time: it may ask for a keyword that a rule before it gives.
            sections.append(_missed(section, context))
            for rule in self.script.rules:
                if rule.keyword and rule.section == number:
                    outcomes.append(_given(_tried(rule, sections, context), context, inside))
        return context, sections, outcomes


def _best(cells: Iterable[Cell]) -> dict[str, Cell]:
    """Of each column the first cell."""
    found: dict[str, Cell] = {}
    for cell in cells:
        found.setdefault(cell.column, cell)
    return found


def _asks(rule: Rule) -> bool:
    """Whether it names a column of ObsCore on the right."""
    condition = rule.condition
    return not rule.expression.asked.isdisjoint(_NAMES) or not (
        condition is None or condition.asked.isdisjoint(_NAMES)
    )


def _columns(outcomes: Iterable[Outcome], derived: dict[str, Cell]) -> dict[str, Held]:
    """Values of columns before rules that ask for them."""
    values = {name: cell.value for name, cell in derived.items()}
    for one in outcomes:
        if not one.rule.keyword and against(one, derived).state == "won":
            values[one.rule.target] = one.value
    return {
        name: Held(value, _OBSCORE[name].unit or None)
        for name, value in values.items()
        if value is not None and name in _OBSCORE
    }


def _missed(section: Section, context: Context) -> str:
    """Why a section does not hold; '' if it does."""
    for selector in section.selectors:
        try:
            reason = _selected(selector, context)
        except ReadError as error:
            reason = str(error)
        if reason:
            return reason
    return ""


def _selected(selector: Selector, context: Context) -> str:
    source = context.source
    if selector.condition is not None:
        return "" if holds(selector.condition, context) else "its section does not hold"
    if selector.kind == "hdu":
        shown = [str(source.hdu), source.extname.upper()] if source.hdu is not None else []
        fits = any(fnmatchcase(one, p.upper()) for one in shown for p in selector.patterns)
        return "" if fits else f"for HDU {' or '.join(selector.patterns)} only"
    if selector.kind == "files":
        parts = source.path.split("/")
        # Of its path each end, so that a pattern need not know where the folder lies.
        shown = ["/".join(parts[start:]) for start in range(len(parts))]
        fits = any(fnmatchcase(one, p) for one in shown for p in selector.patterns)
        return "" if fits else f"for files {' or '.join(selector.patterns)} only"
    return ""


def _tried(rule: Rule, sections: list[str], context: Context) -> Outcome:
    """What a rule gives by itself; ``won`` until it is compared with others."""
    if sections[rule.section]:
        return Outcome(rule, "elsewhere", reason=sections[rule.section])
    try:
        if rule.condition is not None and not holds(rule.condition, context):
            return Outcome(rule, "elsewhere", reason="its condition does not hold")
        held, chosen = _chosen(rule.expression, context)
        weak = rule.keyword or chosen.constant
        level: Level = "forced" if rule.forced else "default" if weak else "fill"
        if held is None:
            if rule.forced and rule.expression == Expression("literal"):
                return Outcome(rule, "won", level)
            return Outcome(rule, "null", level, reason="the file has no value")
        held = _in_column(rule, held)
        return Outcome(rule, "won", level, held, _value(rule, held))
    except ReadError as error:
        return Outcome(
            rule, "failed", reason=str(error), problem=_problem(context.source.path, rule, error)
        )


def _value(rule: Rule, held: Held) -> Value:
    """The value as the column has it."""
    column = None if rule.keyword else COLUMNS.get(rule.target)
    if column is not None:
        return fitted(column, held.value)
    found = single(held.value)
    return found if isinstance(found, str | int | float | bool) else str(found)


def _chosen(expression: Expression, context: Context) -> tuple[Held | None, Expression]:
    """The value, and the candidate that gave it."""
    if expression.kind != "candidates":
        return evaluate(expression, context), expression
    for part in expression.parts:
        held = evaluate(part, context)
        if held is not None:
            return held, part
    return None, expression


def _in_column(rule: Rule, held: Held) -> Held:
    """The value in the unit of the column, or of a keyword or parameter that on the left."""
    column = None if rule.keyword else COLUMNS.get(rule.target)
    if column is not None:
        return in_column(column, held, rule.unit)
    return in_unit(Held(held.value, held.unit or rule.unit), rule.unit)


def _given(outcome: Outcome, context: Context, inside: set[tuple[str, bool]]) -> Outcome:
    """Put the keyword of a rule where later rules find it."""
    rule = outcome.rule
    name, key = rule.target.upper(), (rule.target.upper(), rule.forced)
    if outcome.state != "won":
        return outcome
    if not rule.forced and bare(context.source.value(rule.target)) is not None:
        return replace(outcome, state="lost", reason=f"the file has {rule.target}")
    place = context.overrides if rule.forced else context.defaults
    if name not in place or (rule.section and key not in inside):
        place[name] = outcome.held and Held(outcome.held.value)
    if rule.section:
        inside.add(key)
    return outcome


def _card_name(name: str) -> str:
    """ESO.TEL.NAME is HIERARCH ESO TEL NAME; paths of HDF5 stay as they are."""
    return name if "/" in name or "@" in name else name.replace(".", " ")


def _problem(path: str, rule: Rule, error: ReadError) -> Problem:
    return Problem(
        path,
        error.code,
        f"{rule.target}: {error.what}",
        error.seen,
        error.expected,
        f"{error.way_out or 'correct the file or the rule'} [{rule.place}]",
        "warning",
    )
