"""``portal extract``: rows of ObsCore from FITS and HDF5 files."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portal.commands._common import counted, echo_json, progress

if TYPE_CHECKING:
    from portal.obscore.response import Response

__all__ = ["COMMAND"]

_TABLE = click.Path(dir_okay=False, path_type=Path)
_SHOWN = ("dataproduct_type", "target_name", "s_ra", "s_dec", "em_min", "em_max", "t_min")


@click.command("extract")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--map", "mapping", type=_TABLE, help="Mapping file with rules for the columns.")
@click.option("-o", "--output", type=_TABLE, help="Write the table: .csv, .vot, .fits, .parquet, .ecsv.")  # fmt: skip # noqa: E501
@click.option("--provenance", type=_TABLE, help="Write where each value is from, as a table.")
@click.option("--problems", type=_TABLE, help="Write what has no row or no value, as a table.")
@click.option("--allow-code", multiple=True, metavar="MODULE", help="Let the mapping call functions of this module: its code will run.")  # fmt: skip # noqa: E501
@click.option("--allow-env", multiple=True, metavar="NAME", help="Let the mapping use this variable of the environment: what it holds may be published.")  # fmt: skip # noqa: E501
@click.option("--curate", type=_TABLE, metavar="BOOK", help="Fill in missing positions and bands from Simbad and lists of filters; BOOK is a JSON file that remembers what was asked and answered.")  # fmt: skip # noqa: E501
@click.option("--offline", is_flag=True, help="With --curate: ask no service, only the book and the shipped list of filters.")  # fmt: skip # noqa: E501
@click.option("--strict", is_flag=True, help="Exit with 1 if a file gave no row.")
@click.option("--json", "as_json", is_flag=True, help="Print rows and problems as JSON.")
@click.pass_context
def COMMAND(
    ctx: click.Context,
    files: tuple[Path, ...],
    mapping: Path | None,
    output: Path | None,
    provenance: Path | None,
    problems: Path | None,
    allow_code: tuple[str, ...],
    allow_env: tuple[str, ...],
    curate: Path | None,
    offline: bool,
    strict: bool,
    as_json: bool,
) -> None:
    """Read rows of ObsCore 1.1 from FILES, FITS or HDF5, and from all files in folders.

    Each product in a file is a row. Every value has an origin and a confidence, which
    --provenance writes; what cannot be known is null. A file or part without a row gives a
    reason.

    Example: portal extract archive/ --map rules.map -o obscore.vot --provenance origins.parquet
    """
    from portal.obscore.files import write_table
    from portal.obscore.response import extract

    with progress("Reading") as report:
        response = extract(files, mapping, allow=allow_code, allow_env=allow_env, progress=report)
    if curate is not None:
        with progress("Curating") as report:
            response.curate(curate, online=not offline, progress=report)
    if output is not None:
        response.write(output, provenance)
    elif provenance is not None:
        write_table(response.provenance(), provenance)
    if problems is not None:
        write_table(response.to_problems(), problems)
    if as_json:
        echo_json({
            "rows": [one.row for one in response.given],
            "problems": [asdict(problem) for problem in response.problems],
        })  # fmt: skip
    else:
        _echo(response, shown=output is None)
    ctx.exit(int(strict and any(p.severity == "error" for p in response.problems)))


def _echo(response: "Response", shown: bool) -> None:
    if shown:
        for one in response.given:
            said = [f"{name}={one.row[name]}" for name in _SHOWN if one.row.get(name) is not None]
            part = f"[{one.part}]" if one.part else ""
            click.echo(f"{click.format_filename(one.path)}{part}: {', '.join(said)}")
    for problem in response.problems:
        click.echo(
            f"{problem.severity} {problem.code}: {click.format_filename(problem.path)}: "
            f"{problem.what}{f', got {problem.seen}' if problem.seen else ''}",
            err=True,
        )
    errors = [problem for problem in response.problems if problem.severity == "error"]
    told = [counted(len(response), "row"), _without(errors)]
    click.echo(", ".join(filter(None, told)), err=True)


def _without(errors: Sequence[object]) -> str:
    return f"{counted(len(errors), 'error')} (see above)" if errors else ""
