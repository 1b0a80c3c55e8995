"""``portal check-obscore``: test a table of ObsCore rows, without any service."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portal.commands._common import counted, echo_json

if TYPE_CHECKING:
    from portal.lint import Finding

__all__ = ["COMMAND"]


@click.command("check-obscore")
@click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path),
    help="Write the findings as a table too: .csv, .vot, .fits, .parquet or .ecsv.",
)  # fmt: skip
@click.pass_context
def COMMAND(ctx: click.Context, table: Path, as_json: bool, output: Path | None) -> None:
    """Test TABLE against ObsCore 1.1.

    Looks at columns, types, units, UCDs and utypes, at nulls and vocabularies, and at values
    that contradict each other: limits exchanged, a footprint that misses its centre, Julian
    dates, minutes as seconds, wavelengths in air or in another unit. A CSV file has no units
    and UCDs; they are taken as those of the standard.

    The exit status is 1 if there are errors, 0 if not; warnings do not count.

    Example: portal check-obscore obscore.vot
    """
    from portal.lint import FINDINGS, check_table, findings_rows
    from portal.obscore.files import load_table, write_table
    from portal.obscore.table import table_of

    loaded = load_table(table)
    findings = check_table(loaded)
    rows = findings_rows(loaded, findings)
    if output is not None:
        write_table(table_of(rows, FINDINGS), output)
    if as_json:
        echo_json({"table": str(table), "rows": len(loaded), "findings": rows})
    else:
        _echo(table, len(loaded), findings)
    ctx.exit(int(any(one.severity == "error" for one in findings)))


def _echo(table: Path, rows: int, findings: "Sequence[Finding]") -> None:
    errors = sum(one.severity == "error" for one in findings)
    verdict = f"{counted(errors, 'error')}, {counted(len(findings) - errors, 'warning')}"
    told = verdict if findings else "no findings"
    click.echo(f"{click.format_filename(table)}: {counted(rows, 'row')}, {told}")
    for one in findings:
        place = one.column if one.row is None else f"{one.column} of row {one.row}"
        click.echo(
            f"  {one.severity} {one.code}: {place}: expected {one.expected}, got {one.seen}; "
            f"{one.way_out}"
        )
