"""``portal query``: the models, or observations, that an expression selects."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portal import registry
from portal.commands._common import echo_json
from portal.commands._speed import speed_of
from portal.commands.export import write_pieces
from portal.errors import ConfigError
from portal.exporters.base import exporters

if TYPE_CHECKING:
    from portal.catalog.query import Table
    from portal.catalog.selection import Selection, TableName
    from portal.catalog.table import Catalog

__all__ = ["COMMAND"]

_SHOWN = {
    "models": ("model_id", "morphology", "mass_loss_rate", "terminal_velocity", "species", "bytes"),
    "observations": ("model_id", "line", "inclination", "azimuth", "peak_flux_density", "path"),
}
_WIDEST = 40


@click.command(
    "query",
    epilog="Example: portal query 'mass_loss_rate > 1e-6 and species == \"CO\"' --as aria2",
)
@click.argument("expression", default="")
@click.option(
    "--catalog",
    type=click.Path(path_type=Path, file_okay=False),
    default="catalog",
    show_default=True,
    help="Catalogue.",
)
@click.option("--observations", is_flag=True, help="Select observations instead of models.")
@click.option("--columns", default="", metavar="A,B", help="Columns to print.")
@click.option(
    "--as",
    "form",
    type=click.Choice(sorted({*registry.names("portal.exporters"), "json"})),
    help="Write this form of the rows or of a list of their files.",
)
@click.option("--urls", "short", flag_value="urls", help="The same as --as urls.")
@click.option("--metalink", "short", flag_value="metalink", help="The same as --as metalink.")
@click.option("--csv", "short", flag_value="csv", help="The same as --as csv.")
@click.option("--json", "short", flag_value="json", help="The same as --as json.")
@click.option("--sql", is_flag=True, help="Print the SELECT that finds the same rows with DuckDB.")
@click.option("--limit", type=click.IntRange(0), help="Take at most so many rows.")
@click.option("--plan", is_flag=True, help="Say how much the files are, and print no rows.")
@click.option(
    "--speed", default="100 Mbit/s", show_default=True, metavar="SPEED", help="For the plan."
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="File [default: standard output]."
)
def COMMAND(
    expression: str,
    catalog: Path,
    observations: bool,
    columns: str,
    form: str | None,
    short: str | None,
    sql: bool,
    limit: int | None,
    plan: bool,
    speed: str,
    output: Path | None,
) -> None:
    """Print what EXPRESSION selects; without one, everything.

    Lists name the files of the models, or, with --observations, those of the observations.
    """
    from portal.catalog.selection import Selection, choose
    from portal.catalog.table import Catalog

    form = _one(form, short)
    opened = Catalog.open(catalog)
    table: TableName = "observations" if observations else "models"
    wanted = [column.strip() for column in columns.split(",")] if columns else None
    if sql:
        click.echo(_statement(opened, expression, table, wanted, limit))
    elif plan:
        _plan(opened, choose(opened, expression, table, limit), speed, as_json=form == "json")
    elif form is None:
        known = {column.name for column in opened.columns(table)}
        shown = wanted or [column for column in _SHOWN[table] if column in known]
        rows = Selection(expression, table).rows(opened, shown)
        _print(rows.slice(0, limit), rows.num_rows, table)
    elif form == "json":
        echo_json(Selection(expression, table, limit=limit).rows(opened, wanted).to_pylist())
    else:
        selection = choose(opened, expression, table, limit, wanted)
        write_pieces(exporters()[form].write(opened, selection), output)


def _statement(
    catalog: "Catalog", text: str, table: str, wanted: list[str] | None, limit: int | None
) -> str:
    from portal.catalog.sql import statement

    own = catalog.columns("observations") if table == "observations" else None
    folder = f"{catalog.root.as_posix()}/"
    select = statement(text, catalog.columns("models"), own, columns=wanted, folder=folder)
    return select if limit is None else f"{select}\nLIMIT {limit}"


def _one(form: str | None, short: str | None) -> str | None:
    """The one form that was asked for.

    Raises
    ------
    ConfigError
        If two were.
    """
    if form and short and form != short:
        raise ConfigError("--as: two forms", seen=f"{form} and {short}", expected="one")
    return form or short


def _plan(catalog: "Catalog", selection: "Selection", speed: str, *, as_json: bool) -> None:
    from portal.catalog.selection import files_of
    from portal.client.plan import duration, size

    sizes = [file.bytes for file in files_of(catalog, selection.model_ids, selection.kinds)]
    total = sum(sizes)
    seconds = 8 * total / speed_of(speed)
    if as_json:
        echo_json({"bytes": total, "files": len(sizes), "seconds": seconds})
        return
    click.echo(f"files  {len(sizes):,}")
    click.echo(f"size   {size(total)} ({total:,} bytes)")
    bare = speed.strip()[-1:].isdigit()
    click.echo(f"time   {duration(seconds)} at {speed}{' Mbit/s' if bare else ''}")
    click.echo(f"disk   {size(total)}: files are stored as they are sent, compressed inside")


def _print(table: "Table", found: int, name: str) -> None:
    """A table with aligned columns, its units in the second line."""
    units = [(field.metadata or {}).get(b"unit", b"").decode() for field in table.schema]
    rows = [[_cell(value) for value in row.values()] for row in table.to_pylist()]
    lines = [table.column_names, units, *rows] if any(units) else [table.column_names, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(table.num_columns)]
    for line in lines:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        click.echo("  ".join(padded).rstrip())
    more = "" if table.num_rows == found else f", {table.num_rows} shown"
    click.echo(f"{found} {name}{more}", file=sys.stderr)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.6g}"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    # A value from a file must not move the cursor.
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"
