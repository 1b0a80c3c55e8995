"""``portal query``: the models, or observations, that an expression selects."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from portal import registry
from portal.commands._common import echo_json
from portal.commands.export import write_pieces
from portal.errors import ConfigError
from portal.exporters.base import Exporter

if TYPE_CHECKING:
    from portal.catalog.query import Table

__all__ = ["COMMAND"]

_SHOWN = {
    "models": ("model_id", "morphology", "mass_loss_rate", "terminal_velocity", "species", "bytes"),
    "observations": ("model_id", "line", "inclination", "azimuth", "peak_flux_density", "path"),
}
_WIDEST = 40


@click.command(
    "query", epilog="Example: portal query 'mass_loss_rate > 1e-6 and species == \"CO\"' --urls"
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
@click.option("--urls", "form", flag_value="urls", help="Print addresses for wget.")
@click.option("--metalink", "form", flag_value="metalink", help="Print a Metalink 4 document.")
@click.option("--csv", "form", flag_value="csv", help="Print all columns, or --columns, as CSV.")
@click.option("--json", "form", flag_value="json", help="Print all columns, or --columns, as JSON.")
@click.option("--limit", type=click.IntRange(0), help="Print at most so many rows.")
def COMMAND(
    expression: str,
    catalog: Path,
    observations: bool,
    columns: str,
    form: str | None,
    limit: int | None,
) -> None:
    """Print what EXPRESSION selects; without one, everything."""
    from portal.catalog.flat import csv_pieces
    from portal.catalog.query import select_models, select_observations
    from portal.catalog.table import Catalog

    opened = Catalog.open(catalog)
    name = "observations" if observations else "models"
    wanted = [column.strip() for column in columns.split(",")] if columns else None
    if form in ("urls", "metalink"):
        wanted = ["access_url" if observations else "model_id"]
    elif form is None and wanted is None:
        known = {column.name for column in opened.columns(name)}
        wanted = [column for column in _SHOWN[name] if column in known]
    select = select_observations if observations else select_models
    table = select(opened, expression, wanted)
    found = table.num_rows
    table = table.slice(0, limit)
    if form == "json":
        echo_json(table.to_pylist())
    elif form == "csv":
        write_pieces(csv_pieces(table.schema, [table]), None)
    elif form is None:
        _print(table, found, name)
    elif not observations:
        exporter = cast(Exporter, registry.members("portal.exporters", "EXPORTER")[form])
        write_pieces(exporter.write(opened, table["model_id"].to_pylist()), None)
    elif form == "urls":
        # All observations of a model lie in one file.
        for url in dict.fromkeys(table["access_url"].to_pylist()):
            click.echo(url)
    else:
        raise ConfigError(
            "--metalink: lists the files of models",
            seen="--observations",
            way_out="leave --observations out, or use --urls",
        )


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
