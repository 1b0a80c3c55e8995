"""The text of a mapping file, read line by line after the grammar in ``grammar.lark``."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from portal.errors import MappingError
from portal.mapping.syntax import Fault, Place, Rule, Script, Section, Word

if TYPE_CHECKING:
    from lark import Lark, UnexpectedInput

    from portal.mapping._builder import RuleLine

__all__ = ["LARGEST", "grammar", "parse", "read_script"]

LARGEST = 100_000
"""Characters that a mapping file may have."""
_LONGEST = 2000
"""Characters that a line of it may have."""

_CODE = re.compile(r"(?:'[^']*'|\"[^\"]*\"|`[^`]*`|[^#'\"`])*")
_KEYWORD = re.compile(r"[A-Z][A-Z0-9_]*(?:[-.][A-Z0-9_]+)*")
_VALUES = {"FALSE", "HDU_OF", "LPAR", "NAME", "NOT", "NULL", "NUMBER", "QUOTED", "STRING", "TRUE"}
_OPERATORS = {"AND", "COMPARE", "IN", "INDEX", "MINUS", "OR", "OVER", "PLUS", "POWER", "TIMES"}
_WORDS = {
    "$END": "the end of the line",
    "ALL": "all",
    "COLON": "':'",
    "COMMA": "','",
    "ELSE": "else",
    "FILES": "files",
    "HDU": "hdu",
    "IF": "if",
    "LPAR": "'('",
    "NAME": "a name",
    "PATTERN": "a pattern",
    "QUOTED": "a name in backquotes",
    "RPAR": "')'",
    "RSQB": "']'",
    "SIGN": ": or :=",
    "STRING": "a text in quotation marks",
    "UNIT": "a [unit]",
    "VBAR": "'|'",
    "WHEN": "when",
}


@cache
def grammar() -> str:
    """The grammar of one line, as lark reads it."""
    return files("portal.mapping").joinpath("grammar.lark").read_text("utf-8")


@cache
def _parser() -> "Lark":
    from lark import Lark

    from portal.mapping._builder import Builder

    return Lark(grammar(), parser="lalr", transformer=Builder(), maybe_placeholders=True)


def parse(text: str, file: str = "") -> Script:
    """What the mapping `text` says; `file` is named in errors.

    Raises
    ------
    MappingError
        For the first line that cannot be read, with its line and column.
    """
    script, errors = read_script(text, file)
    if errors:
        raise errors[0]
    return script


def read_script(text: str, file: str = "") -> tuple[Script, tuple[MappingError, ...]]:
    """What can be read of the mapping `text`, and an error for each line that cannot."""
    start = Place(file)
    if len(text) > LARGEST:
        error = MappingError(
            "mapping file too large",
            seen=f"{len(text)} characters",
            expected=f"at most {LARGEST}",
            where=str(start),
        )
        return Script(place=start), (error,)
    errors: list[MappingError] = []
    lines = list(_parsed(text.removeprefix("\ufeff").split("\n"), start, errors))
    return _script(lines, start), tuple(errors)


def _parsed(
    lines: Iterable[str], start: Place, errors: list[MappingError]
) -> Iterator[tuple[Place, str, object]]:
    for number, line in enumerate(lines, 1):
        place = Place(start.file, number)
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        try:
            yield place, line, _line(line, place)
        except MappingError as error:
            errors.append(error)


def _line(line: str, place: Place) -> object:
    from lark.exceptions import UnexpectedInput

    if len(line) > _LONGEST:
        raise MappingError(
            "line too long",
            seen=f"{len(line)} characters",
            expected=f"at most {_LONGEST}",
            where=str(place.at(_LONGEST + 1)),
        )
    try:
        return _parser().parse(line)
    except Fault as fault:
        raise MappingError(
            fault.what, seen=fault.seen, expected=fault.expected, where=str(place.at(fault.column))
        ) from fault
    except UnexpectedInput as error:
        raise _unexpected(error, line, place) from error


def _unexpected(error: "UnexpectedInput", line: str, place: Place) -> MappingError:
    from lark.exceptions import UnexpectedToken

    column = error.column if error.column > 0 else len(line.rstrip()) + 1
    ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    if ended:
        column = len(_CODE.match(line)[0].rstrip()) + 1  # type: ignore[index]  # matches anything
    rest = line[column - 1 :].rstrip()
    seen = repr(rest[:40]) if rest and not ended else ""
    where = str(place.at(column))
    if rest[:1] in ("'", '"', "`") and rest[0] not in rest[1:]:
        expected = f"a closing {rest[0]}"
        return MappingError("text without an end", seen=seen, expected=expected, where=where)
    accepted = getattr(error, "accepts", None) or getattr(error, "allowed", None) or set()
    return MappingError(
        "cannot be read from here on" if seen else "ends too early",
        seen=seen or "the end of the line",
        expected=_in_words(set(accepted)),
        where=where,
    )


def _in_words(terminals: set[str]) -> str:
    """What the parser would have accepted."""
    found = []
    if "NUMBER" in terminals:
        found.append("a value such as OBJECT, 'text', 1.5 or split($FILENAME, '_')[0]")
        terminals = terminals - _VALUES - {"MINUS", "VARIABLE"}
    if "PLUS" in terminals:
        found.append("an operator")
        terminals = terminals - _OPERATORS
    found += sorted(_WORDS.get(name, name.lower()) for name in terminals - {"COMMENT"})
    if "a name" in found and "match" in found:
        return "NAME: VALUE, NAME:= VALUE, a [section], or a comment after #"
    return found[0] if len(found) == 1 else ", ".join(found[:-1]) + f" or {found[-1]}"


def _script(lines: Iterable[tuple[Place, str, object]], start: Place) -> Script:
    from portal.mapping._builder import Declared, RuleLine, SectionLine

    sections, rules, current = [Section()], list[Rule](), 0
    declared: dict[str, list[Word]] = {"match": [], "use": [], "env": []}
    for place, line, made in lines:
        if isinstance(made, SectionLine):
            if {selector.kind for selector in made.selectors} == {"all"}:
                current = 0
                continue
            current = len(sections)
            sections.append(Section(made.selectors, place.at(line.index("[") + 1)))
        elif isinstance(made, RuleLine):
            rules.append(_rule(made, line, place, current))
        elif isinstance(made, Declared):
            declared[made.kind] += [Word(text, place.at(column)) for text, column in made.words]
    return Script(
        tuple(sections),
        tuple(rules),
        tuple(word.name.strip("/") for word in declared["match"]),
        tuple(declared["use"]),
        tuple(declared["env"]),
        start,
    )


def _rule(made: "RuleLine", line: str, place: Place, section: int) -> Rule:
    code = _CODE.match(line)
    return Rule(
        made.target,
        made.quoted or _KEYWORD.fullmatch(made.target) is not None,
        made.unit,
        made.forced,
        made.expression,
        made.condition,
        section,
        place.at(made.column),
        (line if code is None else code[0]).strip(),
    )
