"""What becomes of rules: which one gives the value of a column, and why others do not."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from portal.mapping._held import Held
from portal.mapping.syntax import Rule
from portal.model.cell import DERIVED, STATED, Cell, Origin
from portal.model.record import Problem, Value

__all__ = ["KeywordValue", "Level", "Outcome", "State", "against", "ranked", "settled"]

Level: TypeAlias = Literal["forced", "fill", "default"]
State: TypeAlias = Literal["won", "lost", "null", "failed", "elsewhere"]

_RANKS = {"forced": 0, "fill": 1, "default": 2}


@dataclass(frozen=True, slots=True)
class KeywordValue:
    """A keyword that a rule gives; `forced` holds whatever the file has, others where it lacks."""

    name: str
    value: Value
    forced: bool
    origin: Origin


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a rule.

    Parameters
    ----------
    rule
        The rule.
    state
        ``won``; ``lost`` against another; ``null`` where it has no value; ``failed``;
        ``elsewhere`` where its section or condition does not hold.
    level
        How strong its value is.
    held
        Its value and unit.
    value
        The value as the column has it; None for none.
    reason
        Why it did not win.
    problem
        What failed.
    """

    rule: Rule
    state: State
    level: Level = "fill"
    held: Held | None = None
    value: Value = None
    reason: str = ""
    problem: Problem | None = None

    @property
    def origin(self) -> Origin:
        """Where the value came from."""
        expression = self.rule.expression
        return Origin(
            "default" if self.level == "default" else "mapping",
            self.rule.text,
            STATED if expression.direct or expression.constant else DERIVED,
            str(self.rule.place),
        )


def ranked(derived: Iterable[Cell], mapped: Iterable[Cell]) -> tuple[Cell, ...]:
    """All cells, of each column the one that counts first.

    Rules come first, then what was `derived`, then the defaults of rules, then what was made up
    for want of anything else, and why a column was left null.
    """
    mapped, derived = tuple(mapped), tuple(derived)
    return (
        *(cell for cell in mapped if cell.origin.kind != "default"),
        *(cell for cell in derived if _is_found(cell)),
        *(cell for cell in mapped if cell.origin.kind == "default"),
        *(cell for cell in derived if not _is_found(cell)),
    )


def _is_found(cell: Cell) -> bool:
    return cell.value is not None and cell.origin.kind != "default"


def against(outcome: Outcome, derived: dict[str, Cell]) -> Outcome:
    """A default loses against what was derived."""
    cell = None if outcome.rule.keyword else derived.get(outcome.rule.target)
    weak = (outcome.state, outcome.level) == ("won", "default")
    if cell is None or not (weak and _is_found(cell)):
        return outcome
    return replace(outcome, state="lost", reason=f"found without it: {cell.origin.source}")


def settled(tried: Iterable[Outcome]) -> Iterator[Outcome]:
    """The same with one winner for each target."""
    tried = tuple(tried)
    best: dict[tuple[str, bool], Outcome] = {}
    for one in tried:
        key = (one.rule.target, one.rule.keyword)
        if one.state == "won" and (key not in best or _rank(one) < _rank(best[key])):
            best[key] = one
    for one in tried:
        winner = best.get((one.rule.target, one.rule.keyword))
        if one.state == "won" and winner is not one and winner is not None:
            reason = f"the rule in line {winner.rule.place.line} comes before it"
            yield replace(one, state="lost", reason=reason)
        else:
            yield one


def _rank(outcome: Outcome) -> tuple[int, bool]:
    return _RANKS[outcome.level], outcome.rule.section == 0
