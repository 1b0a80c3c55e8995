"""``portal map``: check, explain and propose mapping files."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portal.commands._common import counted, echo_json, printable
from portal.commands._examined import examined
from portal.errors import ReadError

if TYPE_CHECKING:
    from portal.errors import MappingError
    from portal.mapping import Mapping
    from portal.mapping.outcomes import Outcome
    from portal.mapping.propose import Example, Proposal
    from portal.mapping.syntax import Script

__all__ = ["COMMAND"]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_PLACE = click.Path(exists=True, path_type=Path)
_ALLOW = click.option(
    "--allow-code",
    "allow",
    multiple=True,
    metavar="MODULE",
    help="Let the mapping call functions of this module: its code will run.",
)
_ENVIRONMENT = click.option(
    "--allow-env",
    multiple=True,
    metavar="NAME",
    help="Let the mapping use this variable of the environment: what it holds may be published.",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")


@click.group("map")
def COMMAND() -> None:
    """Check, explain and propose mapping files, which say where columns get their values from.

    Example: portal map check catalog/mappings/pomme.map
    """


@COMMAND.command("check")
@click.argument("maps", nargs=-1, required=True, type=_FILE, metavar="MAP...")
@click.option("--complete", is_flag=True, help="Want a rule for every column that ObsCore wants.")
@_ALLOW
@_ENVIRONMENT
@_JSON
@click.pass_context
def _check(
    ctx: click.Context,
    maps: tuple[Path, ...],
    complete: bool,
    allow: tuple[str, ...],
    allow_env: tuple[str, ...],
    as_json: bool,
) -> None:
    """Test mapping files without any data: what they say, columns, types, units, functions.

    Prints what is wrong, with line and column, and which columns that ObsCore wants have no rule.
    The exit status is 1 if anything is wrong.

    Example: portal map check catalog/mappings/pomme.map
    """
    from portal.mapping.loading import findings, read_text

    found = {
        path: findings(read_text(path), str(path), allow, allow_env, complete=complete)
        for path in maps
    }
    if as_json:
        echo_json([_as_json(path, error) for path in maps for error in found[path][1]])
    else:
        for path, (script, errors) in found.items():
            verdict = counted(len(errors), "finding") if errors else "no findings"
            rules = counted(len(script.rules), "rule")
            click.echo(f"{click.format_filename(path)}: {rules}, {verdict}")
            if bare := _without_rule(script):
                click.echo(f"  left to portal extract: {', '.join(bare)}")
            for error in errors:
                click.echo(f"  {printable(str(error))}")
    ctx.exit(int(any(errors for _, errors in found.values())))


def _without_rule(script: "Script") -> list[str]:
    """Columns that ObsCore wants and no rule gives; none for a mapping of models."""
    from portal.model.schema import OBSCORE

    given = {rule.target for rule in script.rules if not rule.keyword}
    wanted = [column.name for column in OBSCORE if column.required and column.name not in given]
    return [] if script.match else wanted


def _as_json(path: Path, error: "MappingError") -> dict[str, object]:
    line, column = error.where.rsplit(":", 2)[1:]
    return {
        "column": int(column),
        "expected": error.expected,
        "file": str(path),
        "line": int(line),
        "seen": error.seen,
        "way_out": error.way_out,
        "what": error.what,
    }


@COMMAND.command("explain")
@click.argument("mapping", type=_FILE, metavar="MAP")
@click.argument("data", nargs=-1, required=True, type=_FILE, metavar="DATA...")
@_ALLOW
@_ENVIRONMENT
@_JSON
def _explain(
    mapping: Path,
    data: tuple[Path, ...],
    allow: tuple[str, ...],
    allow_env: tuple[str, ...],
    as_json: bool,
) -> None:
    """Tell which rule gives which value for DATA, FITS or HDF5, and why others do not.

    Example: portal map explain catalog/mappings/pomme.map store/models/test-000.h5
    """
    from portal.mapping import load_mapping

    rules = load_mapping(mapping, allow, allow_env)
    with ExitStack() as stack:
        parts = [
            (one.name, list(_values(rules, one)), list(_unused(rules, one)))
            for one in examined(data, stack, rules)
        ]
    if as_json:
        echo_json(
            [{"part": name, "rules": unused, "values": values} for name, values, unused in parts]
        )
        return
    for name, values, unused in parts:
        click.echo(printable(name))
        for value in values:
            shown = f"{value['value']!r} {value['unit']}".strip()
            click.echo(printable(f"  {value['column']:<18} {shown}"))
            where = f" [{value['where']}]" if value["where"] else ""
            click.echo(printable(f"  {'':<18} {value['source']}{where}"))
        for rule in unused:
            click.echo(printable(f"  {rule['state']}: {rule['rule']} [{rule['where']}]"))
            click.echo(printable(f"    {rule['reason']}"))


def _values(rules: "Mapping", one: "Example") -> Iterator[dict[str, object]]:
    """Each value with what gives it: the rules' in their order, then what was found without."""
    from portal.model.schema import OBSCORE

    columns = {column.name: column.unit for column in OBSCORE}
    won = [outcome for outcome in _outcomes(rules, one) if outcome.state == "won"]
    for outcome in won:
        unit = "" if outcome.held is None else outcome.held.unit or ""
        origin = outcome.origin
        yield {
            "column": outcome.rule.target,
            "confidence": origin.confidence,
            "source": origin.source,
            "unit": columns.get(outcome.rule.target, unit),
            "value": outcome.value,
            "where": origin.where,
        }
    taken = {outcome.rule.target for outcome in won}
    for name in (name for name in columns if name not in taken and name in one.derived):
        cell = one.derived[name]
        if cell.value is not None:
            yield {
                "column": name,
                "confidence": cell.origin.confidence,
                "source": cell.origin.source,
                "unit": columns[name],
                "value": cell.value,
                "where": cell.origin.where,
            }


def _unused(rules: "Mapping", one: "Example") -> Iterator[dict[str, object]]:
    """What did not give its value: rules, and what rules replaced."""
    outcomes = _outcomes(rules, one)
    yield from (_lost(outcome) for outcome in outcomes if outcome.state != "won")
    for outcome in outcomes:
        cell = one.derived.get(outcome.rule.target)
        if outcome.state == "won" and cell is not None and cell.value is not None:
            yield {
                "reason": f"the rule in line {outcome.rule.place.line} comes before it",
                "rule": f"{cell.column} = {cell.value!r} from {cell.origin.source}",
                "state": "lost",
                "where": "found without a rule",
            }


def _outcomes(rules: "Mapping", one: "Example") -> "tuple[Outcome, ...]":
    """What becomes of every rule; of a file of another format none is applied."""
    from portal.mapping.outcomes import Outcome

    if not one.unmatched:
        return rules.outcomes(one.source, one.derived.values())
    reason = f"not of the format of the mapping: no {', '.join(one.unmatched)}"
    return tuple(Outcome(rule, "elsewhere", reason=reason) for rule in rules.script.rules)


def _lost(outcome: "Outcome") -> dict[str, object]:
    return {
        "reason": outcome.reason,
        "rule": outcome.rule.text,
        "state": outcome.state,
        "where": str(outcome.rule.place),
    }


@COMMAND.command("propose")
@click.argument("data", nargs=-1, required=True, type=_PLACE, metavar="DATA...")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the mapping here.",
)
@_JSON
def _propose(data: tuple[Path, ...], output: Path | None, as_json: bool) -> None:
    """Write a first mapping for DATA, FITS or HDF5 files or folders, from what their headers say.

    Above each line stand its confidence, between 0 and 1, and what speaks for it. A line in doubt
    is a comment, with the reason. A person has to look at every line. Of a folder the first 300
    files are read.

    Example: portal map propose store/observations/*.h5 -o first.map
    """
    from portal.mapping.propose import propose, proposed_text

    with ExitStack() as stack:
        examples = list(examined(data, stack, failed=_skipped))
        if as_json:
            echo_json([_proposal(one) for one in propose(examples)])
            return
        text = proposed_text(examples)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")


def _skipped(error: ReadError) -> None:
    click.echo(printable(f"left out: {error}"), err=True)


def _proposal(one: "Proposal") -> dict[str, object]:
    return {
        "confidence": one.confidence,
        "doubt": one.doubt,
        "evidence": one.evidence,
        "line": one.line,
        "target": one.target,
        "values": list(one.values),
    }
