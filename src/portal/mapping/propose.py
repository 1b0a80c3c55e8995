"""A first mapping for some files, from what their headers say; a person has to look at it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from portal.errors import MappingError
from portal.mapping._clues import CLUES, Clue, expression, leaf, seen
from portal.mapping.loading import made_mapping
from portal.mapping.sources import Source
from portal.model.cell import CONVENTION, INFERRED, Cell
from portal.model.record import Value

__all__ = ["Example", "Proposal", "propose", "proposed_text"]

_SPECTRAL = ("AWAV", "LAMBDA", "LINEAR", "WAVE", "WAVELENGTH")
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Example:
    """One product that a mapping is to be made for.

    Parameters
    ----------
    name
        What it is called in the evidence.
    source
        What rules would read.
    derived
        What is found without rules, by column; a cell without a value says why there is none.
    unmatched
        Patterns of the line ``match`` of a mapping that the file lacks: no rule is for it.
    """

    name: str
    source: Source
    derived: Mapping[str, Cell] = field(default_factory=dict)
    unmatched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """One line.

    Parameters
    ----------
    line
        The rule.
    target
        Its column or keyword.
    confidence : scalar [1]
        How far it can be trusted.
    evidence
        What speaks for it.
    doubt
        What speaks against it, so that it is proposed as a comment; '' for nothing.
    values
        What it gives for each example.
    """

    line: str
    target: str
    confidence: float
    evidence: str
    doubt: str
    values: tuple[Value, ...]


def propose(examples: Sequence[Example]) -> tuple[Proposal, ...]:
    """Rules for the columns of which the names or values in `examples` tell something."""
    found = [_for_column(column, clues, examples) for column, clues in CLUES.items()]
    found += [_stem(examples), *_units(examples)]
    lines = [one for one in found if one is not None]
    named = {one.target for one in lines if one.target != "obs_id" or "$STEM" not in one.line}
    return tuple(one for one in lines if "$STEM" not in one.line or "obs_id" not in named)


def proposed_text(examples: Sequence[Example]) -> str:
    """A mapping file of what `propose` finds, each line with its confidence and evidence."""
    proposals = propose(examples)
    lines = [f"# Proposed from {len(examples)} products; look at every line.", ""]
    for one in proposals:
        head = f"# {one.confidence:g}: {one.evidence}"
        lines += [_line(head), *([_line(f"# In doubt: {one.doubt}")] if one.doubt else [])]
        lines += [f"{'# ' if one.doubt else ''}{one.line}", ""]
    same = [f"#   {name} = {value!r}"[:160] for name, value in _constants(examples)]
    if same:
        lines += ["# The same everywhere, so that a rule could name the value:", *same]
    return "\n".join(lines).rstrip() + "\n"


def _line(text: str) -> str:
    # A text from a file must not begin a line of its own.
    return "".join(c if c.isprintable() else "?" for c in text)


def _for_column(column: str, clues: Sequence[Clue], examples: Sequence[Example]) -> Proposal | None:
    """The names, best first, that together cover most of the examples."""
    chosen: list[str] = []
    trust: list[float] = []
    covered: set[int] = set()
    for clue, text in _candidates(column, clues, examples):
        if trust and clue.confidence < CONVENTION <= min(trust):
            break
        values = _values(f"{column}: {text}", column, examples)
        gained = {place for place, value in enumerate(values) if value is not None} - covered
        if gained and text not in chosen:
            chosen.append(text)
            trust.append(clue.confidence)
            covered |= gained
    if not chosen:
        return None
    line = f"{column}: {' | '.join(chosen)}"
    values = _values(line, column, examples)
    doubt = _doubt(column, min(trust), values, examples)
    return Proposal(line, column, min(trust), _evidence(chosen, values), doubt, values)


def _candidates(
    column: str, clues: Sequence[Clue], examples: Sequence[Example]
) -> Iterator[tuple[Clue, str]]:
    for clue in clues:
        texts = Counter(
            text
            for example in examples
            for name in example.source.names()
            if leaf(name) == clue.name and (text := expression(column, clue, name, example.source))
        )
        # The most frequent way to write it first; then by name, so that the order is settled.
        yield from ((clue, text) for text, _ in sorted(texts.items(), key=lambda t: (-t[1], t[0])))


def _values(line: str, column: str, examples: Sequence[Example]) -> tuple[Value, ...]:
    try:
        mapping = made_mapping(line)
    except MappingError:
        return (None,) * len(examples)
    return tuple(
        next((cell.value for cell in mapping.cells(one.source)[0] if cell.column == column), None)
        for one in examples
    )


def _evidence(chosen: Sequence[str], values: Sequence[Value]) -> str:
    held = [value for value in values if value is not None]
    distinct = list(dict.fromkeys(map(repr, held)))
    shown = ", ".join(distinct[:_SHOWN]) + (", ..." if len(distinct) > _SHOWN else "")
    kind = "always" if len(distinct) == 1 else f"{len(distinct)} values such as"
    return f"{' or '.join(chosen)} in {len(held)} of {len(values)}, {kind} {shown}"[:300]


def _doubt(
    column: str, confidence: float, values: Sequence[Value], examples: Sequence[Example]
) -> str:
    for value, example in zip(values, examples, strict=True):
        cell = example.derived.get(column)
        if cell is None or value is None:
            continue
        if cell.value is None:
            return f"left null in {example.name}: {cell.origin.note or cell.origin.source}"
        if not _alike(cell.value, value) and cell.origin.kind != "default":
            return f"{example.name} gives {cell.value!r} without a rule ({cell.origin.source})"
    return "" if confidence >= CONVENTION else "the name tells little"


def _alike(one: Value, other: Value) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= 1e-6 * max(abs(one), abs(other))
    return one == other


def _stem(examples: Sequence[Example]) -> Proposal | None:
    """The name of the file, where it tells files apart."""
    values = _values("obs_id: $STEM", "obs_id", examples)
    if None in values or len({one.source.path for one in examples}) < 2:
        return None
    evidence = f"the name of each file, such as {values[0]!r}"
    doubt = _doubt("obs_id", CONVENTION, values, examples)
    return Proposal("obs_id: $STEM", "obs_id", CONVENTION, evidence, doubt, values)


def _units(examples: Sequence[Example]) -> Iterator[Proposal]:
    """A unit for axes that have none and whose numbers look like those of Angstrom."""
    found = [(axis, one) for axis in (1, 2, 3) for one in examples if _unitless(axis, one.source)]
    for axis in sorted({axis for axis, _ in found}):
        names = [one.name for place, one in found if place == axis]
        yield Proposal(
            f"CUNIT{axis}: 'Angstrom'",
            f"CUNIT{axis}",
            INFERRED,
            f"CRVAL{axis} looks like it in {len(names)} of {len(examples)}, such as {names[0]}",
            "nothing in the header says the unit",
            tuple("Angstrom" if _unitless(axis, one.source) else None for one in examples),
        )


def _unitless(axis: int, source: Source) -> bool:
    kind, start = (seen(source, f"{key}{axis}") for key in ("CTYPE", "CRVAL"))
    spectral = isinstance(kind, str) and kind.strip().upper().startswith(_SPECTRAL)
    inside = isinstance(start, int | float) and 1000 <= start <= 30_000
    return spectral and inside and not seen(source, f"CUNIT{axis}")


def _constants(examples: Sequence[Example]) -> list[tuple[str, str]]:
    """Names of texts that are the same in all of several examples."""
    if len(examples) < 2:
        return []
    first, *others = examples
    texts = {name: _text(first.source, name) for name in first.source.names()}
    return [
        (name, value)
        for name, value in texts.items()
        if 2 < len(value) < 70 and all(_text(other.source, name) == value for other in others)
    ][:40]


def _text(source: Source, name: str) -> str:
    value = seen(source, name)
    return value if isinstance(value, str) else ""
